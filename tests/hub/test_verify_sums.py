from __future__ import annotations

from datetime import UTC, date, datetime

from lotstream.domain.events import GoodsBooked, ShipmentConfirmed, Shipped, StockFound, StockReceived
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Order, OrderKey, OrderLine, OrderState, Reservation, RowKey, StockRow
from lotstream.hub.verify.sums import LotSums, check_lines, check_promises

ROW = RowKey("TEA", "L1", "TOR", "BIN")
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def _order(*, ordered: int, promised: int = 0, shipped: int = 0, cancelled: int = 0) -> Order:
    held = [Reservation("t", ROW, promised)] if promised else []
    line = OrderLine("1", "TEA", "each", 1, ordered, reservations=held, shipped=shipped, cancelled=cancelled)
    return Order(OrderKey("shop", "#1"), None, NOW, 1, "c", None, "TOR", OrderState.ALLOCATED, lines=[line])


def _ledger(*, on_hand: int, reserved: int, order: Order) -> Ledger:
    ledger = Ledger("acme", Sites())
    ledger.stock[ROW] = StockRow(ROW, on_hand, reserved)
    ledger.orders[order.key] = order
    return ledger


def test_received_and_found_less_shipped_is_on_hand() -> None:
    """A lot whose events say 10 + 2 - 5 and that has 7 on hand is sound; with 8 the lot is named with both figures."""
    sums = LotSums()
    sums.add(StockReceived("TOR", "R", None, False, None, NOW, (GoodsBooked("1", ROW, 10, None, date(2026, 9, 1)),)))
    sums.add(StockFound(ROW, 2, "count"))
    gone = Shipped("1", "TEA", "L1", None, None, ROW, ROW, 5, 0, None)
    sums.add(
        ShipmentConfirmed("TOR", "S", OrderKey("shop", "#1"), OrderState.SHIPPED, None, NOW, None, (gone,), ())
    )  # fmt: skip
    sound, wrong = (_ledger(on_hand=count, reserved=0, order=_order(ordered=1)) for count in (7, 8))
    assert list(sums.check(sound)) == []
    [difference] = sums.check(wrong)
    assert (difference.key["lot"], difference.journal, difference.found) == ("L1", 7, 8)


def test_a_row_is_reserved_for_what_orders_hold_of_it() -> None:
    """Reserved without an order behind it, less than orders hold, and more than is there are each found."""
    assert list(check_promises(_ledger(on_hand=5, reserved=3, order=_order(ordered=3, promised=3)))) == []
    [none_behind] = check_promises(_ledger(on_hand=5, reserved=3, order=_order(ordered=3)))
    assert (none_behind.journal, none_behind.found) == (0, 3)
    [too_few] = check_promises(_ledger(on_hand=5, reserved=2, order=_order(ordered=3, promised=3)))
    assert (too_few.journal, too_few.found) == (3, 2)
    [too_many] = check_promises(_ledger(on_hand=2, reserved=3, order=_order(ordered=3, promised=3)))
    assert (too_many.journal, too_many.found, too_many.note) == (2, 3, "more is promised than is there")


def test_the_parts_of_a_line_are_what_was_ordered() -> None:
    """Promised, shipped, backordered and cancelled make what was ordered, with what was shipped over it; else found."""
    for sound in (
        _order(ordered=5, promised=2, shipped=1, cancelled=1),
        _order(ordered=5, shipped=7),
        _order(ordered=5, cancelled=5),
    ):
        assert list(check_lines("acme", sound)) == []
    [difference] = check_lines("acme", _order(ordered=5, promised=3, shipped=4))
    assert (difference.column, difference.journal, difference.found) == ("body.lines[1]", 5, 7)
