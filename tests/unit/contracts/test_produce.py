from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import INBOUND
from lotstream.contracts.inbound_orders import OrderPlaced, OrderPlacedLine, OrderReleased
from lotstream.contracts.produce import inbound, stable_id
from lotstream.errors import InputRefused


@pytest.mark.parametrize("name", INBOUND)
def test_what_is_produced_is_what_is_decoded(name: str) -> None:
    """A record made of an example decodes to the same command as the example itself, under the right key."""
    record = inbound(name, EXAMPLES[name], source="test", message_id="m-1")
    decoded = decode(record.headers, record.value)

    assert decoded.command == decode(record.headers, json.dumps(EXAMPLES[name]).encode()).command
    assert record.key == decoded.key.encode()
    assert record.topic == "lotstream.inbound"


def test_a_body_may_be_built_in_python() -> None:
    """Decimals, dates and times in a model or a mapping are written as the messages have them."""
    at = datetime(2026, 9, 1, 14, tzinfo=UTC)
    line = OrderPlacedLine(line="1", sku="CER-001", quantity=Decimal("1.2E+2"), expires_exact=date(2027, 6, 1))
    model = OrderPlaced(owner="acme", source="s", order="1", placed_at=at, lines=(line,))
    plain = {
        "owner": "acme", "source": "s", "order": "1", "placed_at": at,
        "lines": [{"line": "1", "sku": "CER-001", "quantity": Decimal(120), "expires_exact": date(2027, 6, 1)}],
    }  # fmt: skip

    record = inbound("order.placed", model, source="s", message_id="1")
    assert b'"quantity":"120"' in record.value
    assert record == inbound("order.placed", plain, source="s", message_id="1")


def test_the_key_can_be_named() -> None:
    """A test may send a record under a wrong key."""
    assert inbound("order.released", EXAMPLES["order.released"], source="s", message_id="1", key="x").key == b"x"


def test_a_body_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    """A sender learns of a fault at once, and not from the dead letters."""
    with pytest.raises(Undecodable, match="Field order is missing"):
        inbound("order.released", {"owner": "acme", "source": "s"}, source="s", message_id="1")


def test_a_wrong_model_is_refused() -> None:
    """The body of another command is not sent under this one's name."""
    released = OrderReleased(owner="acme", source="s", order="1")

    with pytest.raises(InputRefused, match="must be OrderPlaced, not OrderReleased"):
        inbound("order.placed", released, source="s", message_id="1")


def test_an_unknown_command_is_refused_with_the_known_ones() -> None:
    """A misspelled command lists those there are."""
    with pytest.raises(InputRefused, match=r"no command 'order\.eaten'; the commands are owner\.defined"):
        inbound("order.eaten", {}, source="s", message_id="1")


def test_what_json_cannot_say_is_refused() -> None:
    """A value of another kind is named and not written as its Python text."""
    with pytest.raises(InputRefused, match="A object cannot be part of a message"):
        inbound("order.released", {"owner": object()}, source="s", message_id="1")


def test_stable_ids_depend_on_parts_and_their_bounds() -> None:
    """The same parts give the same id, and moving a letter from one part to the next gives another."""
    assert stable_id("order", "1") == stable_id("order", "1")
    assert stable_id("order", "1") != stable_id("order1", "")
    assert len(stable_id("x")) == 32
