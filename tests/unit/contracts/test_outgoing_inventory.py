"""What trading partners and ERPs are told of stock: what has become of a lot, and what is there afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lotstream.contracts import write_inventory
from lotstream.domain.events import (
    BalanceOpened,
    Event,
    GoodsBooked,
    GoodsReturned,
    GoodsUsed,
    KitAssembled,
    KitBroken,
    Relocated,
    Returned,
    RowChange,
    SerialHeld,
    SerialReleased,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockMoved,
    StockPicked,
    StockReceived,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    TRANSFER,
    AdjustCode,
    Booked,
    Hold,
    HoldKind,
    OrderState,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    StockRow,
    Transfer,
)
from lotstream.domain.shelves import shelf_of
from tests.unit.contracts.building import AT, KEY, LOOSE, ROW, shipped, told, voided

DAMAGED = ROW._replace(status="damaged")
OTHER_BIN = ROW._replace(location="TOR-A-02", package="P9", pack_size=4)
DOCUMENT = ("TOR", "D-1", "scanner-4", AT)


@pytest.fixture
def stocked(ledger: Ledger) -> Ledger:
    """Return the ledger with goods of the lot in two bins and two conditions, and with some of another lot."""
    rows = [StockRow(ROW, 20), StockRow(OTHER_BIN, 8), StockRow(DAMAGED, 3), StockRow(LOOSE, 1500)]
    rows += [
        StockRow(ROW._replace(lot="L25"), 7),
        StockRow(ROW._replace(site="CHI"), 9),
        StockRow(ROW._replace(package="P1")),
    ]
    ledger.stock = {row.key: row for row in rows}
    return ledger


def told_of_stock(ledger: Ledger, event: Event) -> list[dict[str, Any]]:
    """Return what an event tells on the topic about stock."""
    return [body for topic, body in told(ledger, event) if topic == "lotstream.inventory"]


def only_line(ledger: Ledger, event: Event) -> dict[str, Any]:
    """Return the one line of the one message."""
    (body,) = told_of_stock(ledger, event)
    (line,) = body["lines"]
    return dict(line)


def test_an_adjustment_says_what_of_which_lot_and_what_is_there_now(stocked: Ledger) -> None:
    """Document, lot with its dates, bin, signed quantity, reason, and what the site has of the lot afterwards."""
    event = StockAdjusted(*DOCUMENT, {}, (RowChange("1", OTHER_BIN, -4, "Torn", code=AdjustCode.DAMAGED),))
    (body,) = told_of_stock(stocked, event)

    assert {name: value for name, value in body.items() if name != "lines"} == {
        "owner": "acme", "site": "TOR", "change": "adjusted", "document": "D-1", "expected": None, "source": None,
        "order": None, "by": "scanner-4", "occurred_at": "2026-09-01T14:00:00.125000Z", "decision": "d" * 32,
        "other_site": None, "other_owner": None,
    }  # fmt: skip
    assert body["lines"] == [
        {
            "line": "1", "sku": "CER-001", "lot": "L24A", "expires": "2027-06-01", "made": None,
            "location": "TOR-A-02", "to_location": None, "package": "P9", "pack_size": "4", "returned": False,
            "from_status": "good", "to_status": None, "quantity": "-4", "unit": "each", "serials": [], "reason": "Torn",
            "code": "damaged",
            "on_hand": [{"status": "damaged", "quantity": "3"}, {"status": "good", "quantity": "28"}],
        }
    ]  # fmt: skip


def test_what_is_on_hand_is_the_same_with_and_without_a_shelf(stocked: Ledger) -> None:
    """Whether the goods were allocated before, which makes a shelf of them, does not show."""
    event = StockAdjusted(*DOCUMENT, {}, (RowChange("1", ROW, 1),))
    before = only_line(stocked, event)
    shelf_of(stocked, ROW.sku, ROW.site, today=date(2026, 9, 1).toordinal())

    assert only_line(stocked, event) == before


def test_received_goods_come_with_their_serial_numbers_and_the_announcement(stocked: Ledger) -> None:
    """What an ERP books a receipt with, and why some of it is in quarantine."""
    wrong = GoodsBooked("1", ROW, 2, None, date(2026, 9, 1), 0, "field_invalid", "Another expiry.", ("S1", "S2"))
    (body,) = told_of_stock(stocked, StockReceived("TOR", "R-1", "ASN-9", False, None, AT, (wrong,)))

    assert (body["change"], body["document"], body["expected"]) == ("received", "R-1", "ASN-9")
    (line,) = body["lines"]
    assert (line["from_status"], line["to_status"], line["serials"], line["reason"]) == (
        None, "good", ["S1", "S2"], "Another expiry.",
    )  # fmt: skip


def test_goods_in_another_bin_or_condition_are_neither_more_nor_less(stocked: Ledger) -> None:
    """Both sides are said, and how much it concerns; the quantity has no sign."""
    moved = only_line(stocked, StockMoved(*DOCUMENT, {}, (Relocated("1", ROW, ROW._replace(location="B-7"), 5),)))
    damaged = only_line(stocked, StatusChanged(*DOCUMENT, {}, (Relocated("1", ROW, DAMAGED, 5, reason="Wet"),)))

    assert [moved[name] for name in ("location", "to_location", "from_status", "to_status", "quantity")] == [
        "TOR-A-01", "B-7", "good", "good", "5",
    ]  # fmt: skip
    assert [damaged[name] for name in ("to_location", "from_status", "to_status", "quantity", "reason")] == [
        None, "good", "damaged", "5", "Wet",
    ]  # fmt: skip


def test_what_left_is_told_by_the_bin_it_was_picked_from(stocked: Ledger) -> None:
    """A shipment names its order; voided, the goods stand at the door again."""
    (left,), (back,) = told_of_stock(stocked, shipped()), told_of_stock(stocked, voided())

    assert (left["change"], left["document"], left["order"]) == ("shipped", "SH-1", KEY.order)
    assert [(line["quantity"], line["location"], line["unit"]) for line in left["lines"]] == [
        ("-5", "TOR-A-01", "each"), ("-7", "TOR-A-01", "each"), ("-0.5", "TOR-B-01", "kg"),
    ]  # fmt: skip
    assert (back["change"], back["lines"][0]["quantity"], back["lines"][0]["location"]) == (
        "shipment_voided", "5", "STAGING",
    )  # fmt: skip


def test_returned_goods_name_the_order_they_left_for(stocked: Ledger) -> None:
    """With the reason the customer gave, as goods that came back."""
    back = Returned("1", "1", ROW._replace(returned=True), 2, date(2026, 9, 1), "Taste", serials=("S1",))
    (body,) = told_of_stock(stocked, GoodsReturned("TOR", "RMA-1", KEY, None, AT, {}, (back,)))

    assert (body["change"], body["document"], body["order"]) == ("returned", "RMA-1", KEY.order)
    assert [body["lines"][0][name] for name in ("returned", "reason", "serials")] == [True, "Taste", ["S1"]]


@pytest.mark.parametrize(("kind", "name"), [(KitAssembled, "kit_assembled"), (KitBroken, "kit_broken")])
def test_kits_tell_what_was_used_and_what_was_made(
    stocked: Ledger, kind: type[KitAssembled | KitBroken], name: str
) -> None:
    """Both sides in one message: components are less, kits more, or the other way round."""
    made = GoodsBooked("kits", RowKey("SET", None, "TOR", "K-1"), 2, None, date(2026, 9, 1))
    (body,) = told_of_stock(stocked, kind(*DOCUMENT, (GoodsUsed("1", ROW, 4),), (made,)))

    assert (body["change"], body["document"]) == (name, "D-1")
    assert [(line["line"], line["sku"], line["quantity"]) for line in body["lines"]] == [
        ("1", "CER-001", "-4"), ("kits", "SET", "2"),
    ]  # fmt: skip


def test_goods_that_turned_up_or_were_not_there_have_no_document(stocked: Ledger) -> None:
    """Found is told at the time it was recorded; missing with its order, and only when the bin was booked down."""
    (found,) = told_of_stock(stocked, StockFound(ROW, 3, "shipped"))
    (missing,) = told_of_stock(stocked, StockMissing(KEY, "1", ROW, 3, 2, "scanner-4", AT))

    assert (found["change"], found["document"], found["occurred_at"]) == ("found", None, "2026-09-01T14:00:00.125000Z")
    assert (missing["change"], missing["order"], missing["lines"][0]["quantity"]) == ("missing", KEY.order, "-2")
    assert told_of_stock(stocked, StockMissing(KEY, "1", ROW, 3, 0, None, AT)) == []


def test_opening_balances_and_picks_are_told_to_nobody(stocked: Ledger) -> None:
    """What everybody begins with is no change, and what is picked is in the house still."""
    opened = GoodsBooked("1", ROW, 12, None, date(2026, 9, 1))

    assert told_of_stock(stocked, BalanceOpened("TOR", "B-1", None, AT, (opened,))) == []
    assert told_of_stock(stocked, StockPicked(KEY, OrderState.PICKED, None, AT, ())) == []


def test_a_long_document_is_told_in_several_messages(stocked: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message grows beyond what a topic takes, however many rows a count has changed."""
    monkeypatch.setattr(write_inventory, "LINES_MAX", 2)
    changes = tuple(RowChange(str(number), ROW, 1) for number in range(5))
    bodies = told_of_stock(stocked, StockAdjusted(*DOCUMENT, {}, changes))

    assert [[line["line"] for line in body["lines"]] for body in bodies] == [["0", "1"], ["2", "3"], ["4"]]
    assert {body["document"] for body in bodies} == {"D-1"}


def test_a_count_that_found_something_else_alerts_people(stocked: Ledger) -> None:
    """One alert a line, with what was counted and what was known; a line that came out even has none."""
    changes = (
        RowChange("1", ROW, -1), RowChange("1", OTHER_BIN, -2), RowChange("2", LOOSE, 250),
        RowChange("3", ROW, -2), RowChange("3", OTHER_BIN, 2),
    )  # fmt: skip
    booked = {"1": Booked(ROW, 25), "2": Booked(LOOSE, 1750), "3": Booked(ROW, 9)}
    (_, less), (topic, more), (last, _) = told(stocked, StockCounted(*DOCUMENT, booked, changes))

    assert (topic, last, less["code"]) == ("lotstream.alerts", "lotstream.inventory", "count_difference")
    assert less["message"] == "25 each of CER-001 lot L24A were counted in TOR-A-01, where 28 were known."
    assert less["about"] == {
        "count": "D-1", "line": "1", "sku": "CER-001", "location": "TOR-A-01", "lot": "L24A",
    }  # fmt: skip
    assert (less["quantity"], more["quantity"], "lot" in more["about"]) == ("-3", "0.25", False)


def test_a_count_that_found_what_was_known_is_told_to_nobody(stocked: Ledger) -> None:
    """Nothing has changed, and nobody has to look."""
    assert told(stocked, StockCounted(*DOCUMENT, {"1": Booked(ROW, 20)}, ())) == []


def test_a_unit_that_is_set_apart_is_in_another_condition(stocked: Ledger) -> None:
    """By its serial number, with the hold as the document; one that was picked is where it was."""
    unit = Serial(SerialKey("S1", ROW.sku), SerialState.IN_STOCK, DAMAGED, holds=(Hold("H", HoldKind.HOLD, "Leaks"),))
    (body,) = told_of_stock(stocked, SerialHeld(unit, ROW, 1))
    (back,) = told_of_stock(stocked, SerialReleased(replace(unit, holds=(), row=ROW), DAMAGED, 1))

    assert (body["document"], body["lines"][0]["reason"], body["lines"][0]["serials"]) == ("H", "Leaks", ["S1"])
    assert (back["document"], back["lines"][0]["from_status"], back["lines"][0]["to_status"]) == (
        None,
        "damaged",
        "good",
    )
    assert told_of_stock(stocked, SerialHeld(unit, None, 0)) == []


def test_goods_on_the_way_are_told_at_neither_site(stocked: Ledger) -> None:
    """They are gone where they left, come in where they arrive, and in between nothing of them is on hand anywhere."""
    coming = ROW._replace(site="CHI", location="TRANSIT/T-1")
    stocked.stock[coming] = StockRow(coming, 5)
    transfer = Transfer(ReceiptKey(TRANSFER, "T-1"), "TOR", "CHI", "…", ())
    left = TransferShipped("TOR", "T-1", None, AT, transfer, (Relocated("1", ROW, coming, 5),))
    (body,) = told_of_stock(stocked, left)
    assert (body["change"], body["site"], body["other_site"]) == ("transfer_shipped", "TOR", "CHI")
    (line,) = body["lines"]
    assert (line["location"], line["quantity"], line["from_status"], line["to_status"]) == (
        "TOR-A-01",
        "-5",
        "good",
        None,
    )
    came = ROW._replace(site="CHI", location="CHI-1", status="damaged")
    over = GoodsBooked("2", came, 1, None, date(2026, 9, 1), 0, "more_than_shipped", "Nobody sent it.")
    arrived = TransferReceived("CHI", "T-1", None, None, AT, transfer, (Relocated("1", coming, came, 5),), (over,))
    (body,) = told_of_stock(stocked, arrived)
    assert (body["change"], body["site"], body["other_site"]) == ("transfer_received", "CHI", "TOR")
    assert [(one["location"], one["quantity"], one["from_status"], one["to_status"]) for one in body["lines"]] == [
        ("CHI-1", "5", None, "damaged"),
        ("CHI-1", "1", None, "damaged"),
    ]
    assert body["lines"][0]["on_hand"] == [{"status": "good", "quantity": "9"}]
    gone = StockAdjusted("CHI", "A-1", None, AT, {}, (RowChange("1", coming, -5),))
    assert told_of_stock(stocked, gone) == []
