from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from lotstream.contracts.convert_orders import Person, place_order
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound_orders import OrderPlaced

Body = dict[str, Any]


def content(body: object) -> str:
    """Return the content hash of an order."""
    return place_order(OrderPlaced.model_validate_json(json.dumps(body)))[0].content


def person(body: Body) -> Person | None:
    """Return the personal data of an order."""
    return place_order(OrderPlaced.model_validate_json(json.dumps(body)))[1]


@pytest.fixture
def body() -> Body:
    """An order that a test may change."""
    return deepcopy(EXAMPLES["order.placed"])


def turned(tree: object) -> object:
    """Return a message with the fields of every object in the opposite order."""
    if isinstance(tree, dict):
        return {name: turned(tree[name]) for name in reversed(tree)}
    return [turned(part) for part in tree] if isinstance(tree, list) else tree


def test_content_does_not_depend_on_how_it_is_written(body: Body) -> None:
    """Key order, nulls, numbers instead of text, trailing zeros and the version make no other content."""
    same = deepcopy(body)
    same["references"] = {"dept": "7", "po": "PO-9"}
    body["references"] = {"po": "PO-9", "dept": "7"}
    same["version"] = "another"
    same["deliver_by"] = None
    same["lines"][0]["lot"] = None
    same["lines"][0]["quantity"] = 12
    same["lines"][1]["quantity"] = "2.00"

    assert content(turned(same)) == content(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("placed_at", "2026-09-01"),
        ("customer", "C-8"),
        ("site", "CHI"),
        ("policy", "FIFO"),
        ("priority", 1),
        ("ship_policy", "complete"),
        ("ship_date", "2026-09-02"),
        ("deliver_by", "2026-09-02"),
        ("cancel_after", "2026-09-02"),
        ("source_location", "TOR-A"),
        ("test", True),
        ("ship_to", {"name": "Another Person"}),
        ("ship_to", {"city": "Dayton"}),
        ("carrier", {"scac": "FDEG"}),
        ("references", {"po": "PO-10"}),
    ],
)
def test_any_other_order_has_other_content(body: Body, field: str, value: object) -> None:
    """Whatever the sender changes in the order's head, it is another content."""
    assert content(body | {field: value}) != content(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line", "9"),
        ("sku", "CER-009"),
        ("gtin", "00012345600012"),
        ("quantity", "13"),
        ("unit", "case"),
        ("lot", "L24A"),
        ("serial", "S-1"),
        ("expires_exact", "2027-06-01"),
        ("min_days_left", 91),
        ("min_pct_left", "50"),
        ("single_lot", True),
        ("max_lots", 1),
        ("policy", "LIFO"),
        ("pack_size", "6"),
        ("source_location", "TOR-A-01"),
        ("ship_date", "2026-09-02"),
    ],
)
def test_any_other_line_is_other_content(body: Body, field: str, value: object) -> None:
    """Whatever the sender changes in a line, it is another content."""
    changed = deepcopy(body)
    changed["lines"][0][field] = value

    assert content(changed) != content(body)


def test_personal_data_stays_out_of_the_command(body: Body) -> None:
    """Name, street, phone and mail are in the person's row alone; the command has its key and the place."""
    body["ship_to"] |= {"company": "Example Ltd", "phone": "+1 555 0100", "email": "person@shop.example"}
    command, somebody = place_order(OrderPlaced.model_validate_json(json.dumps(body)))

    assert somebody is not None
    assert command.person == somebody.key
    assert json.loads(somebody.body) == {
        name: body["ship_to"][name] for name in ("name", "company", "street", "phone", "email")
    }
    for value in ("Example Person", "Example Street", "Example Ltd", "555", "person@shop.example"):
        assert value not in repr(command)
    assert command.city == "Columbus"


def test_equal_personal_data_of_one_owner_is_one_person(body: Body) -> None:
    """The key is 32 hex digits of owner and data: the same consignee is one row, and owners never share one."""
    one, again = person(body), person(body | {"order": "#1002"})
    other = person(body | {"owner": "globex"})

    assert one == again
    assert one is not None
    assert other is not None
    assert one.body == other.body
    assert one.key != other.key
    assert len(one.key) == 32


@pytest.mark.parametrize("ship_to", [None, {}, {"city": "Columbus", "country": "US"}])
def test_an_order_without_personal_data_has_no_person(body: Body, ship_to: Body | None) -> None:
    """A city alone is nobody."""
    assert person(body | {"ship_to": ship_to}) is None
