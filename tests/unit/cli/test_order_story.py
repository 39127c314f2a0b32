from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lotstream.cli.order_story import BECAUSE, Story, story_lines
from lotstream.domain import events
from lotstream.domain.codes import NotUsed
from lotstream.domain.model import Item, Order, OrderKey, OrderLine, OrderState, Reservation, RowKey
from lotstream.store.reads import Decided

AT = datetime(2026, 9, 1, 14, 0, 2, tzinfo=UTC)
KEY = OrderKey("shop:1", "#1001")
ROW = RowKey("CER-001", "L1", "TOR", "A-01")


def order() -> Order:
    """Return an order of 2.5 kg with 1.5 kg promised."""
    line = OrderLine(line="1", sku="CER-001", unit="kg", unit_factor=1000, ordered=2500)
    line.reservations.append(Reservation(task="T1", row=ROW, quantity=1500))
    return Order(
        key=KEY, version=None, placed_at=AT, arrival=1, content="x", customer=None, site="TOR",
        state=OrderState.PARTLY_ALLOCATED, lines=[line],
    )  # fmt: skip


def told(*what: events.Event) -> list[str]:
    """Return the story of an order with these events, without the lines about its present standing."""
    items = {"CER-001": Item("CER-001", base_unit="kg", decimals=3)}
    story = Story("acme", order(), tuple(Decided(AT, event) for event in what), items)
    return list(story_lines(story))[2:]


def test_quantities_are_in_base_units_with_their_unit() -> None:
    """Smallest units are never shown: 2500 thousandths are 2.5 kg."""
    story = Story("acme", order(), (), {"CER-001": Item("CER-001", base_unit="kg", decimals=3)})

    assert list(story_lines(story)) == [
        "Order #1001 of acme from shop:1: partly_allocated, site TOR",
        "  line 1: 2.5 kg of CER-001: reserved 1.5 kg, backordered 1 kg",
    ]


def test_an_item_that_is_not_defined_is_counted_plainly() -> None:
    """Without its item a quantity is shown as the count it is."""
    assert list(story_lines(Story("acme", order(), (), {})))[1] == (
        "  line 1: 2500 of CER-001: reserved 1500, backordered 1000"
    )


def test_a_decision_tells_rows_and_the_rest_by_reason() -> None:
    """Rows are told in their order; what is counted beyond them is summed by reason, none of them twice."""
    considered = (
        events.Considered(lot="L0", location="A-01", expires=date(2026, 8, 1), taken=0, free=100, reason="expired"),
        events.Considered(lot="L1", location="A-01", expires=date(2027, 8, 1), taken=1500, free=1500),
    )
    decision = events.LineDecision(
        line="1", reserved=(Reservation("T1", ROW, 1500),), backordered=1000, policy="FEFO", policy_from="customer",
        considered=considered, not_used={"expired": 3, "hold": 1},
    )  # fmt: skip

    assert told(events.OrderRecorded(order(), (decision,))) == [
        "2026-09-01 14:00:02  recorded",
        "    line 1: 1.5 kg reserved, 1 kg backordered; FEFO by customer",
        "      lot L0 in A-01, expires 2026-08-01: not used, it is expired (0.1 kg free)",
        "      lot L1 in A-01, expires 2027-08-01: 1.5 kg taken of 1.5 kg free",
        "      3 more not used: expired 2, hold 1",
    ]


def test_what_happened_later_is_told_in_words() -> None:
    """Promises taken back, picks, shipments and cancellations each say which lot, how much and where."""
    freed = events.Freed(line="1", task="T1", row=ROW, quantity=500, left=1000)
    staged = ROW._replace(location="DOOR-1")
    picked = events.Picked(line="1", task="T1", row=ROW, staged=staged, quantity=1000)
    shipped = events.Shipped(
        line="1", sku="CER-001", lot="L1", expires=date(2027, 8, 1), made=None, row=staged, picked_from=ROW,
        quantity=1000, reserved=1000, task="T1",
    )  # fmt: skip
    shipment = events.ShipmentConfirmed(
        site="TOR", shipment="S-1", key=KEY, state=OrderState.SHIPPED, by=None, at=AT, customer=None,
        shipped=(shipped,), lines=(),
    )  # fmt: skip
    lines = told(
        events.ReservationFreed(KEY, OrderState.BACKORDERED, (freed,), reason="recalled"),
        events.StockPicked(KEY, OrderState.PICKED, by="scanner-4", at=AT, picks=(picked,)),
        shipment,
        events.OrderCancelled(KEY, OrderState.CANCELLED, None, (events.LineCancelled("1", 1500),)),
    )

    assert [line.removeprefix("2026-09-01 14:00:02") for line in lines] == [
        "  promises taken back, it is recalled",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
        "  picked by scanner-4",
        "    line 1: 1 kg of lot L1 from A-01",
        "  shipped with S-1",
        "    line 1: 1 kg of lot L1, expires 2027-08-01",
        "  cancelled",
        "    line 1: 1.5 kg",
    ]


@pytest.mark.parametrize("code", NotUsed)
def test_every_reason_has_its_words(code: NotUsed) -> None:
    """No lot is ever left without words for why."""
    assert BECAUSE[code]
