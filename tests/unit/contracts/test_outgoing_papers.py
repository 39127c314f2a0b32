"""What is told of a lot after something of it has changed that moved no goods."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts.outgoing import messages
from lotstream.contracts.topics import ALERTS, FLOOR_TASKS, INVENTORY
from lotstream.domain.apply import apply
from lotstream.domain.events import (
    ConditionRecorded,
    GoodsBooked,
    HoldPlaced,
    KitAssembled,
    LotDocumented,
    ProductionRecorded,
    StockReceived,
    TitleAccepted,
)
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.model import ConditionKind, Hold, HoldKind, Item, LotDocument, LotName, Notice, ReceiptKey
from tests.unit.contracts.building import AT, INSPECTED, MOMENT, ROW, ledger_of_an_order

PAPER = LotDocument("organic", "CA-1", None, date(2027, 1, 31), "https://papers.example/1", "0a" * 32)


def _body(value: bytes) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(value)
    return body


def test_an_inspection_is_told_with_what_is_known_of_the_lot() -> None:
    """Its inspections, papers and holds, with who and when, as they are after the whole decision."""
    ledger = ledger_of_an_order()
    ledger.receipts[INSPECTED.notice.key] = None
    apply(ledger, HoldPlaced("CER-001", "L24A", Hold("H", HoldKind.HOLD, "moist", "qa-1", AT)))
    apply(ledger, INSPECTED)
    (told,) = messages(ledger, INSPECTED, MOMENT)
    body = _body(told.value)
    assert (told.topic, told.key, body["change"], body["document"]) == (INVENTORY.name, "acme", "inspected", "QI-1")
    (lot,) = body["lots"]
    found = [(one["inspection"], one["passed"], one["by"], one["measured"]) for one in lot["inspections"]]
    assert found == [("QI-1", True, "qa-1", {"moisture_pct": "9.1"})]
    assert [(one["hold"], one["kind"], one["reason"], one["by"]) for one in lot["holds"]] == [
        ("H", "hold", "moist", "qa-1")
    ]


def test_papers_are_told_with_where_they_are() -> None:
    """All papers of the lot, each with its last day, its place and its hash."""
    ledger = ledger_of_an_order()
    event = LotDocumented("CER-001", "L24A", (PAPER,), (PAPER,), False, None, AT)
    apply(ledger, event)
    (told,) = messages(ledger, event, MOMENT)
    body = _body(told.value)
    assert (body["change"], body["by"], body["document"]) == ("documented", None, None)
    assert body["lots"][0]["documents"] == [
        {
            "type": "organic", "number": "CA-1", "issued": None, "expires": "2027-01-31",
            "uri": "https://papers.example/1", "sha256": "0a" * 32,
        }
    ]  # fmt: skip


def test_a_lot_that_waits_for_its_inspection_is_a_task_of_the_floor() -> None:
    """Each line of such a lot is one task, where it stands and how much; other lines are none."""
    ledger = ledger_of_an_order()
    lot = ledger.lots["CER-001", "L24A"]
    waits = await_inspection(lot, lot, Item("CER-001", inspect=True), at=AT - timedelta(hours=1))
    lines = (
        GoodsBooked("1", ROW, 9, waits, date(2026, 9, 1)),
        GoodsBooked("2", ROW._replace(location="B"), 2, lot, date(2026, 9, 1)),
        GoodsBooked("3", ROW._replace(lot=None), 2, None, date(2026, 9, 1)),
    )
    received = StockReceived("TOR", "R-1", None, False, None, AT, lines)
    ledger.receipts[ReceiptKey("receipt", "R-1")] = None
    apply(ledger, received)
    told = {message.topic: _body(message.value) for message in messages(ledger, received, MOMENT)}
    assert ALERTS.name not in told
    (task,) = told[FLOOR_TASKS.name]["tasks"]
    assert (task["kind"], task["lot"], task["location"], task["quantity"]) == ("inspect", "L24A", "TOR-A-01", "9")


@pytest.mark.parametrize(
    ("held", "names", "lot"), [(0, None, None), (1, "L0 of CER-001;", "L0"), (22, "L19 of CER-001 and 2 more;", None)]
)
def test_people_hear_of_lots_that_are_on_hold_by_a_condition(held: int, names: str | None, lot: str | None) -> None:
    """One alert names the first lots; a record that holds none is no alert."""
    lots = tuple(LotName("CER-001", f"L{number}") for number in range(held))
    event = ConditionRecorded(
        Notice(ReceiptKey("condition", "T-1"), "hash"), "TOR", ConditionKind.TEMPERATURE, Decimal("12.50"), "COLD",
        None, lots, lots, None, None, None, "sensor", AT,
    )  # fmt: skip
    told = [_body(message.value) for message in messages(ledger_of_an_order(), event, MOMENT)]
    assert len(told) == (0 if names is None else 1)
    for alert in told:
        assert (alert["alert"], alert["code"], alert["about"]["location"]) == ("condition", "on_hold", "COLD")
        assert alert["message"].startswith("Temperature 12.5 was recorded: on hold are L0 of CER-001")
        assert str(names) in alert["message"]
        assert alert["about"].get("lot") == lot


def test_what_was_bought_or_made_is_told_as_what_comes_in() -> None:
    """Goods that were bought or made are inspected by a task; what is odd about bought ones is an alert."""
    ledger = ledger_of_an_order()
    lot = ledger.lots["CER-001", "L24A"]
    waits = await_inspection(lot, lot, Item("CER-001", inspect=True), at=AT - timedelta(hours=1))
    lines = (GoodsBooked("1", ROW, 9, waits, date(2026, 9, 1), 0, "field_missing", "It lacks something."),)
    for event in (
        TitleAccepted("TOR", "S-1", "seller", None, AT, lines),
        ProductionRecorded("TOR", "P-1", None, AT, (), lines),
        KitAssembled("TOR", "K-1", None, AT, (), lines),
    ):
        told = {message.topic: _body(message.value) for message in messages(ledger, event, MOMENT)}
        assert told[FLOOR_TASKS.name]["tasks"][0]["kind"] == "inspect"
        assert (ALERTS.name in told) == isinstance(event, TitleAccepted)
        if isinstance(event, TitleAccepted):
            assert told[ALERTS.name]["about"]["title"] == "S-1"
