from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lotstream.connect import Delivery, ForPeople, NotHandled, Refused, Translation
from lotstream_shopify.connector import ShopifyConnector
from lotstream_shopify.options import Shop, ShopifyOptions

ORDER = json.loads((Path(__file__).parent / "fixtures" / "ordinary.json").read_text())
CONNECTOR = ShopifyConnector(
    ShopifyOptions(shops=(Shop(domain="acme.myshopify.com", owner="acme", secrets=(SecretStr("s"),)),))
)
STRANGE: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    1e300,
    10**40,
    "",
    " ",
    "x" * 2000,
    "\0",
    "\ud800",
    "9" * 30,
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    [],
    [None],
    {},
    {"a": {}},
]
Path_ = tuple[str | int, ...]


def translate(order: Any) -> Translation | Refused | NotHandled:  # noqa: ANN401 - any JSON value
    """Return what a body becomes; any other error than the two that are named fails the test."""
    body = json.dumps(order).encode()
    delivery = Delivery("acme.myshopify.com", "orders/create", "key", body, datetime(2026, 9, 1, tzinfo=UTC))
    try:
        return CONNECTOR.translate(delivery)
    except (Refused, NotHandled) as error:
        return error


def paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:  # noqa: ANN401 - any JSON value
    """Yield the path of every value in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from paths(child, (*path, key))


def changed(order: Any, path: Path_, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a copy of an order with one value replaced."""
    order = copy.deepcopy(order)
    at = order
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return order


@pytest.mark.parametrize("path", list(paths(ORDER)), ids=lambda path: ".".join(map(str, path)))
def test_any_value_may_be_anything(path: Path_) -> None:
    """Whatever stands in a field, the order is read or refused with a field or a sentence, and never breaks."""
    for value in STRANGE:
        outcome = translate(changed(ORDER, path, value))
        if isinstance(outcome, Refused):
            assert outcome.refusal.message.endswith((".", "!"))


@pytest.mark.parametrize(
    "path",
    [p for p in paths(ORDER) if p[0] not in {"id", "line_items", "name"}],
    ids=lambda path: ".".join(map(str, path)),
)
def test_hardly_any_field_has_to_be_there(path: Path_) -> None:
    """Without any one of its other fields an order is still taken."""
    order = copy.deepcopy(ORDER)
    at = order
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    assert isinstance(translate(order), Translation)


@pytest.mark.parametrize("body", [[], "text", 1, None, {}, {"id": 1}, {"id": 1, "name": "#1", "line_items": {}}])
def test_what_is_no_order_is_refused_or_has_nothing_to_ship(body: object) -> None:
    """JSON that is no order is no error of ours."""
    assert isinstance(translate(body), Refused | NotHandled)


def test_ids_keep_every_digit() -> None:
    """An id above 2 to the power of 53 is the same in the message as in the body."""
    order = changed(ORDER, ("line_items", 0, "id"), 2**63 - 1)
    outcome = translate(order)
    assert isinstance(outcome, Translation)
    lines = outcome.messages[0].body.model_dump()["lines"]
    assert lines[0]["line"] == "9223372036854775807"


def test_two_times_of_one_instant_are_one_version() -> None:
    """The offset from UTC changes with daylight saving time; the version does not."""
    winter = translate(changed(ORDER, ("updated_at",), "2026-09-01T09:00:02-05:00"))
    summer = translate(changed(ORDER, ("updated_at",), "2026-09-01T10:00:02-04:00"))
    assert isinstance(winter, Translation)
    assert winter == summer


def test_an_order_in_the_past_does_not_jump_the_queue() -> None:
    """processed_at can be set by an app to any day; created_at is when the order was made."""
    outcome = translate(changed(ORDER, ("processed_at",), "2001-01-01T00:00:00Z"))
    assert isinstance(outcome, Translation)
    assert outcome.messages[0].body.model_dump(mode="json")["placed_at"] == "2026-09-01T14:00:00Z"


@pytest.mark.parametrize(("written", "read"), [(2.0, "2"), ("2", "2"), (10**18 - 1, "999999999999999999")])
def test_counts_are_read_however_they_are_written(written: object, read: str) -> None:
    """A whole number may be a number with a point, or a text."""
    order = changed(ORDER, ("line_items", 0, "current_quantity"), written)
    outcome = translate(changed(order, ("line_items", 0, "fulfillable_quantity"), None))
    assert isinstance(outcome, Translation)
    assert outcome.messages[0].body.model_dump(mode="json")["lines"][0]["quantity"] == read


def test_who_asks_what_is_known_is_for_people_to_answer() -> None:
    """The sentence has the command that prints the answer, and the day by which Shopify wants it: the thirtieth."""
    body = (Path(__file__).parent / "fixtures" / "data-requested.json").read_bytes()
    arrived = datetime(2026, 9, 1, 23, 59, tzinfo=UTC)
    delivery = Delivery("acme.myshopify.com", "customers/data_request", "key", body, arrived)
    with pytest.raises(ForPeople) as asked:
        CONNECTOR.translate(delivery)
    orders = json.loads(body)["orders_requested"]
    references = " ".join(f"--reference shopify_order_id={order}" for order in orders)
    said = f"by 2026-10-01 what `lotstream person show --owner acme --source shopify:acme {references} --json` prints."
    assert said in str(asked.value)
