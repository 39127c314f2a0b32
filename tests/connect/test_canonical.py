from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotstream.connect import Refused, body_of, order_cancelled, order_placed
from lotstream.contracts.inbound_orders import OrderCancelled, OrderPlaced


def values(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of a message
    """Return the values of an order."""
    line = {"line": "1", "sku": "CER-001", "quantity": Decimal("1.50")}
    return {"owner": "acme", "source": "erp", "order": "A1", "version": "1", "lines": [line], **changes}


def placed(**changes: Any) -> str:  # noqa: ANN401
    """Return the message id of an order."""
    return order_placed(body_of(OrderPlaced, values(**changes))).message_id


def test_plain_values_become_a_body() -> None:
    """Decimals, days and times arrive as they were, exactly."""
    at = datetime(2026, 9, 1, 14, tzinfo=UTC)
    body = body_of(OrderPlaced, values(placed_at=at, ship_date=date(2026, 9, 2)))
    assert (body.placed_at, body.ship_date, body.lines[0].quantity) == (at, date(2026, 9, 2), Decimal("1.5"))


def test_an_id_follows_from_the_content() -> None:
    """The same order has the same id; another version or another content under the same version has another."""
    assert placed() == placed()
    assert placed() == placed(priority=0, references={})
    assert len({placed(), placed(version="2"), placed(customer="C-7")}) == 3


def test_placing_and_cancelling_have_ids_of_their_own() -> None:
    """A cancellation is never taken for a copy of the order."""
    key = {name: values()[name] for name in ("owner", "source", "order", "version")}
    assert order_cancelled(body_of(OrderCancelled, key)).message_id != placed()


def test_what_the_contract_refuses_is_named_in_the_senders_words() -> None:
    """The refusal names the first field, counts the others and does not repeat the value."""
    with pytest.raises(Refused) as refused:
        body_of(OrderPlaced, values(order="", customer="C" * 200), name=lambda path: f"their {path[-1]}")
    assert refused.value.refusal.field == "their order"
    assert refused.value.refusal.code == "field_invalid"
    assert "1 more like this" in refused.value.refusal.message
    assert "CCC" not in refused.value.refusal.message


def test_a_missing_field_has_a_code_of_its_own() -> None:
    """What is not there is told apart from what is wrong."""
    with pytest.raises(Refused) as refused:
        body_of(OrderPlaced, {**values(), "lines": [{"line": "1"}]})
    assert (refused.value.refusal.code, refused.value.refusal.field) == ("field_missing", "lines.0.quantity")


@pytest.mark.parametrize("text", ["a\0b", "\\\0"])
def test_a_nul_character_is_refused(text: str) -> None:
    """PostgreSQL's text has no NUL, so no message brings one."""
    with pytest.raises(Refused, match="NUL"):
        body_of(OrderPlaced, values(ship_to={"name": text}))


def test_a_text_that_spells_an_escape_is_no_nul() -> None:
    r"""The six characters \u0000 are a text like any other."""
    assert body_of(OrderPlaced, values(ship_to={"name": "\\u0000"})).ship_to is not None


def test_half_a_character_is_refused() -> None:
    """A lone surrogate, as broken JSON escapes make it, is no text."""
    with pytest.raises(Refused):
        body_of(OrderPlaced, values(ship_to={"name": "\ud800"}))
