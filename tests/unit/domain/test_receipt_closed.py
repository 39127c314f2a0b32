"""Goods are announced, come, and are compared with what was announced."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import CloseReceipt, DefineItem, ExpectReceipt, GoodsAnnounced
from lotstream.domain.events import DiscrepancyNoted, ReceiptClosed, ReceiptExpected
from lotstream.domain.model import Item, ReceiptKey
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, kinds, only


def announced(line: str, quantity: object = 10, sku: str = "TEA", **more: Any) -> GoodsAnnounced:
    """A line of an announcement."""
    return GoodsAnnounced(line, sku, Decimal(str(quantity)), **more)


def asn(*lines: GoodsAnnounced, version: str | None = None, number: str = "ASN", site: str = SITE) -> ExpectReceipt:
    """An announcement."""
    return ExpectReceipt(site, number, "S-3", date(2026, 9, 1), version, lines)


def closes(receipt: str | None = "R1", expected: str | None = None, **more: Any) -> CloseReceipt:
    """A receipt is closed."""
    return CloseReceipt(more.pop("site", SITE), more.pop("happened", False), "dock", None, receipt, expected)


def told(world: World, command: CloseReceipt) -> list[tuple[object, ...]]:
    """What is told of a receipt: line, lot, expected, received, damaged, in quarantine."""
    return lines(only(world.told(command), ReceiptClosed))


def lines(closed: ReceiptClosed) -> list[tuple[object, ...]]:
    """The lines of what is told."""
    return [(x.line, x.lot, x.expected, x.received, x.damaged, x.quarantined) for x in closed.lines]


def test_what_came_is_told_beside_what_was_announced() -> None:
    """Exact, over, short, damaged, in quarantine and unannounced, lot by lot; told again, nothing is told."""
    world = World()
    world.told(
        asn(
            announced("1", 10, supplier_lot="24A"), announced("2", 2, lot="L2", unit="case"),
            announced("3", 5, lot="L3"), announced("4", 7, lot="L4", expires=date(2027, 1, 1)),
        )
    )  # fmt: skip
    world.told(
        world.receipt(
            goods(None, 8, line="1", supplier="S-3", supplier_lot="24A"),
            goods(None, 2, line="2", supplier="S-3", supplier_lot="24A", status="damaged"),
            goods("L2", 14, line="3"), goods("L3", 3, line="4"), goods("L3", 1, line="5", expires=date(2026, 1, 1)),
            goods("L8", 4, line="6"), expected="ASN",
        )
    )  # fmt: skip
    closed = only(world.told(closes()), ReceiptClosed)
    assert lines(closed) == [
        ("1", "24A", 10, 10, 2, 0), ("2", "L2", 12, 14, 0, 0), ("3", "L3", 5, 4, 0, 1), (None, "L8", 0, 4, 0, 0),
        ("4", "L4", 7, 0, 0, 0),
    ]  # fmt: skip
    assert (closed.expected, closed.supplier, closed.complete, closed.told) == ("ASN", "S-3", False, 1)
    assert closed.lines[-1].expires == date(2027, 1, 1)
    assert world.told(closes()) == ()
    assert world.told(closes(happened=True, expected="ASN")) == ()


def test_what_nobody_announced() -> None:
    """A receipt without an announcement tells what came; of one with, what it does not speak of."""
    world = World()
    world.told(world.receipt(goods("L1")))
    assert told(world, closes()) == [(None, "L1", 0, 10, 0, 0)]
    world.told(asn(announced("1", lot="L2")))
    world.told(world.receipt(goods("L1", 3), number="R2", expected="ASN"))
    assert told(world, closes("R2")) == [(None, "L1", 0, 3, 0, 0), ("1", "L2", 10, 0, 0, 0)]
    world.told(world.receipt(goods("L1", 3), number="R3", expected="NOBODY"))
    closed = only(world.told(closes("R3")), ReceiptClosed)
    assert (lines(closed), closed.expected, closed.supplier) == ([(None, "L1", 0, 3, 0, 0)], "NOBODY", None)


def test_items_of_one_announcement_are_compared_each_with_its_own() -> None:
    """Two items may have a lot of the same number."""
    world = World()
    world.told(DefineItem(Item("SALT")))
    world.told(asn(announced("1", 4, "SALT", lot="L1"), announced("2", 6, lot="L1")))
    world.told(world.receipt(goods("L1", 6, line="1"), expected="ASN"))
    assert told(world, closes()) == [("2", "L1", 6, 6, 0, 0), ("1", "L1", 4, 0, 0, 0)]


def test_a_line_that_names_no_lot_takes_any() -> None:
    """Lots nobody named are counted against it in the order they came; what is more is over on it."""
    world = World()
    world.told(asn(announced("1", 3, lot="L1"), announced("2", 6)))
    lots = (goods("L1", 4, line="1"), goods("L2", 5, line="2"), goods("L3", 2, line="3"))
    world.told(world.receipt(*lots, expected="ASN"))
    assert told(world, closes()) == [
        ("1", "L1", 3, 3, 0, 0), ("2", "L1", 1, 1, 0, 0), ("2", "L2", 5, 5, 0, 0), ("2", "L3", 0, 2, 0, 0),
    ]  # fmt: skip


def test_two_trucks_bring_one_announcement() -> None:
    """Each receipt is measured by what the closed ones before it left; with the last nothing more is awaited."""
    world = World()
    world.told(asn(announced("1", 100)))
    world.told(world.receipt(goods("L1", 60, line="1"), expected="ASN"))
    world.told(world.receipt(goods("L1", 60, line="1"), number="R2", expected="ASN"))
    assert told(world, closes("R1")) == [("1", "L1", 100, 60, 0, 0)]
    closed = only(world.told(closes("R2")), ReceiptClosed)
    assert lines(closed) == [("1", "L1", 40, 60, 0, 0)]
    assert closed.complete
    assert world.told(closes(None, "ASN")) == ()


def test_an_announcement_comes_after_its_goods() -> None:
    """What has come by then is measured by it all the same."""
    world = World()
    world.told(world.receipt(goods("L1", 4), expected="ASN"))
    assert kinds(world.told(asn(announced("1", 4)))) == ["ReceiptExpected"]
    assert told(world, closes()) == [("1", "L1", 4, 4, 0, 0)]


def test_the_last_goods_close_their_receipt() -> None:
    """Goods that say they are the last, and a receipt that says so afterwards, close it in the same decision."""
    world = World()
    world.told(asn(announced("1", 10)))
    delivery = world.receipt(goods("L1"), expected="ASN", final=True)
    events = world.told(delivery)
    assert kinds(events) == ["StockReceived", "ReceiptClosed"]
    assert lines(only(events, ReceiptClosed)) == [("1", "L1", 10, 10, 0, 0)]
    assert world.told(delivery) == ()
    later = world.receipt(goods("L1"), number="R2")
    world.told(later)
    assert kinds(world.told(replace(later, final=True))) == ["StockReceived", "ReceiptClosed"]


def test_goods_that_come_after_their_receipt_was_closed() -> None:
    """Asked, they are refused; when they are there they are booked, noted, and the receipt is told again as a whole."""
    world = World()
    world.told(asn(announced("1", 10)))
    world.told(world.receipt(goods("L1", 6, line="1"), expected="ASN", final=True))
    more = world.receipt(goods("L1", 5, line="2"), happened=False)
    assert world.refused(more) == (Code.CONFLICTING_CONTENT, "receipt")
    events = world.told(replace(more, happened=True))
    assert kinds(events) == ["StockReceived", "DiscrepancyNoted", "ReceiptClosed"]
    closed = only(events, ReceiptClosed)
    assert (lines(closed), closed.told, closed.complete) == ([("1", "L1", 10, 11, 0, 0)], 2, True)
    assert world.told(replace(more, happened=True)) == ()


def test_a_receipt_is_of_one_announcement() -> None:
    """Another one is refused when asked, and noted when the goods are there; the first one counts."""
    world = World()
    world.told(world.receipt(goods("L1", line="1"), expected="ASN"))
    other = world.receipt(goods("L1", line="2"), expected="OTHER", happened=False)
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "expected")
    assert kinds(world.told(replace(other, happened=True))) == ["StockReceived", "DiscrepancyNoted"]
    assert world.refused(closes(expected="OTHER")) == (Code.CONFLICTING_CONTENT, "expected")
    events = world.told(closes(expected="OTHER", happened=True))
    assert kinds(events) == ["ReceiptClosed", "DiscrepancyNoted"]
    assert only(events, ReceiptClosed).expected == "ASN"


def test_a_receipt_may_be_told_its_announcement_when_it_is_closed() -> None:
    """Goods need not name what announced them."""
    world = World()
    world.told(asn(announced("1", 12)))
    world.told(world.receipt(goods("L1")))
    assert told(world, closes(expected="ASN")) == [("1", "L1", 12, 10, 0, 0)]


def test_what_does_not_come_is_given_up() -> None:
    """Without a receipt the rest of an announcement is told as short, once."""
    world = World()
    world.told(asn(announced("1", 10), announced("2", 5, lot="L9")))
    world.told(world.receipt(goods("L1", 10), expected="ASN", final=True))
    closed = only(world.told(closes(None, "ASN")), ReceiptClosed)
    assert (closed.receipt, lines(closed), closed.complete) == (None, [("2", "L9", 5, 0, 0, 0)], True)
    assert world.told(closes(None, "ASN")) == ()
    assert world.refused(asn(announced("1", 11), version="9")) == (Code.CONFLICTING_CONTENT, "expected")


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (closes("R9"), Code.NOT_AVAILABLE, "receipt"),
        (closes(None, "NOBODY"), Code.NOT_AVAILABLE, "expected"),
        (closes(None, None), Code.FIELD_MISSING, "receipt"),
        (closes(site="MARS"), Code.FIELD_INVALID, "site"),
    ],
)
def test_what_cannot_be_closed(command: CloseReceipt, code: Code, field: str) -> None:
    """Asked, what nobody knows is refused; happened, a person is told."""
    world = World()
    assert world.refused(command) == (code, field)
    if code is Code.NOT_AVAILABLE:
        (noted,) = world.told(replace(command, happened=True))
        assert isinstance(noted, DiscrepancyNoted)


def test_goods_are_announced_in_versions() -> None:
    """A newer version replaces the one before while nothing has come; an older one, or none, is refused."""
    world = World()
    first = asn(announced("1", 10), version="1")
    assert kinds(world.told(first)) == ["ReceiptExpected"]
    assert world.told(first) == ()
    assert world.refused(asn(announced("1", 11), version="1")) == (Code.CONFLICTING_CONTENT, "version")
    assert world.refused(asn(announced("1", 11))) == (Code.CONFLICTING_CONTENT, "version")
    second = only(world.told(asn(announced("1", 11), version="2")), ReceiptExpected)
    assert [line.quantity for line in second.expected.lines] == [11]
    assert world.refused(first) == (Code.STALE_VERSION, "version")
    world.told(world.receipt(goods("L1"), expected="ASN"))
    assert world.refused(asn(announced("1", 12), version="3")) == (Code.CONFLICTING_CONTENT, "expected")


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ((), Code.FIELD_MISSING, "lines"),
        ((announced("1"), announced("1")), Code.FIELD_INVALID, "lines.1.line"),
        ((announced("1", sku="NO"),), Code.UNKNOWN_ITEM, "lines.0.sku"),
        ((announced("1", sku=""),), Code.UNKNOWN_ITEM, "lines.0.sku"),
        ((announced("1", sku="", gtin="99"),), Code.UNKNOWN_ITEM, "lines.0.gtin"),
        ((announced("1", unit="ton"),), Code.UNKNOWN_UNIT, "lines.0.unit"),
        ((announced("1", "0.5"),), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        ((announced("1", 0),), Code.NOT_POSITIVE, "lines.0.quantity"),
    ],
)
def test_what_cannot_be_announced(said: tuple[GoodsAnnounced, ...], code: Code, field: str) -> None:
    """Goods that could not be counted are not awaited."""
    assert World().refused(asn(*said)) == (code, field)


def test_announced_by_label_and_for_a_known_site() -> None:
    """A line may name its goods by trade item number; a site has to be there."""
    world = World()
    expected = only(world.told(asn(announced("1", sku="", gtin="12345678905"))), ReceiptExpected).expected
    assert expected.lines[0].sku == "TEA"
    assert world.refused(asn(announced("1"), site="MARS")) == (Code.FIELD_INVALID, "site")


def test_a_closed_receipt_has_to_be_there() -> None:
    """The event of a receipt that is not read is an error, and no receipt made up."""
    closed = ReceiptClosed(SITE, "R1", None, None, None, datetime(2026, 9, 1, tzinfo=UTC), ())
    ledger = World().ledger
    ledger.receipts[ReceiptKey("receipt", "R1")] = None
    with pytest.raises(LookupError):
        apply(ledger, closed)


def test_another_suppliers_lot_is_not_the_announced_one() -> None:
    """Two suppliers may use one number: what the other one brought is unannounced, and the announced lot is short."""
    world = World()
    world.told(asn(announced("1", 10, supplier_lot="24A")))
    lot = goods(None, 4, line="1", supplier="S-4", supplier_lot="24A")
    closed = only(world.told(world.receipt(lot, expected="ASN", final=True)), ReceiptClosed)
    assert lines(closed) == [(None, "24A", 0, 4, 0, 0), ("1", None, 10, 0, 0, 0)]
