from __future__ import annotations

import typing
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lotstream.cli.order_story import story_lines, story_of
from lotstream.cli.order_tellers import TELLERS, tell
from lotstream.cli.order_tellers.words import BECAUSE, POLICIES, Story, rule
from lotstream.domain import events
from lotstream.domain.codes import NotUsed
from lotstream.domain.model import (
    Item,
    KitPart,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Policy,
    Reservation,
    RowKey,
    ShipPolicy,
)
from lotstream.store.reads import Decided

AT = datetime(2026, 9, 1, 14, 0, 2, tzinfo=UTC)
KEY = OrderKey("shop:1", "#1001")
ROW = RowKey("CER-001", "L1", "TOR", "A-01")
ITEMS = {"CER-001": Item("CER-001", base_unit="kg", decimals=3), "BOX": Item("BOX")}
EXPIRED = events.Considered(lot="L0", location="A-01", expires=date(2026, 8, 1), taken=0, free=100, reason="expired")
TAKEN = events.Considered(lot="L1", location="A-01", expires=date(2027, 8, 1), taken=1500, free=1500)


def order() -> Order:
    """Return an order of 2.5 kg with 1.5 kg promised."""
    line = OrderLine(line="1", sku="CER-001", unit="kg", unit_factor=1000, ordered=2500)
    line.reservations.append(Reservation(task="T1", row=ROW, quantity=1500))
    return Order(
        key=KEY, version=None, placed_at=AT, arrival=1, content="x", customer=None, site="TOR",
        state=OrderState.PARTLY_ALLOCATED, lines=[line],
    )  # fmt: skip


def told(*what: events.Event, of: Order | None = None) -> list[str]:
    """Return the story of an order with these events, without the lines about its present standing."""
    of = of or order()
    story = Story("acme", of, tuple(Decided(AT, event) for event in what), ITEMS)
    return [line for line in story_lines(story) if line][1 + len(of.lines) :]


def decision(**changes: object) -> events.LineDecision:
    """Return a decision that has passed over an expired lot, taken 1.5 kg, and counted three rows more."""
    made = events.LineDecision(
        line="1", reserved=(Reservation("T1", ROW, 1500),), backordered=1000, policy="FEFO", policy_from="customer",
        considered=(EXPIRED, TAKEN), not_used={"expired": 3, "location_not_pickable": 1},
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # any of its fields


def test_quantities_are_in_base_units_with_their_unit() -> None:
    """Smallest units are never shown: 2500 thousandths are 2.5 kg."""
    assert list(story_lines(Story("acme", order(), (), ITEMS))) == [
        "Order #1001 of acme from shop:1: partly allocated, filled from TOR",
        "  line 1: 2.5 kg of CER-001: 1.5 kg reserved, 1 kg backordered",
    ]


def test_an_item_that_is_not_defined_is_counted_plainly() -> None:
    """Without its item a quantity is shown as the count it is."""
    assert list(story_lines(Story("acme", order(), (), {})))[1] == (
        "  line 1: 2500 of CER-001: 1500 reserved, 1000 backordered"
    )


def test_a_decision_tells_its_rule_its_rows_and_the_rest_by_reason() -> None:
    """The rule that decided comes first, rows in their order, and what is counted beyond them, none of them twice."""
    assert told(events.OrderRecorded(order(), (decision(),))) == [
        "2026-09-01 14:00:02  The order was taken in.",
        "    line 1: 1.5 kg reserved, 1 kg backordered",
        "      lots are taken first expired, first out (by the customer)",
        "      1. lot L0 in A-01, expires 2026-08-01: not used, it is expired (0.1 kg free)",
        "      2. lot L1 in A-01, expires 2027-08-01: 1.5 kg taken of 1.5 kg free",
        "      3 more not used: expired (2), location not pickable (1)",
    ]


def test_everything_that_was_taken_is_told() -> None:
    """What a decision took beyond the rows it keeps is told all the same."""
    further = Reservation("T2", ROW._replace(lot="L9", location="B-07"), 500)
    lines = told(events.OrderAllocated(KEY, OrderState.ALLOCATED, "TOR", (decision(reserved=(further,)),)))
    assert lines[0].endswith("Stock was promised at TOR.")
    assert "      also 0.5 kg of lot L9 in B-07" in lines


def test_an_order_that_got_nothing_says_so() -> None:
    """Nothing promised, nothing there, and an order that ships complete each have their sentence."""
    nothing = decision(reserved=(), backordered=2500, considered=(), not_used={})
    complete = order()
    complete.ship_policy = ShipPolicy.COMPLETE
    lines = told(events.OrderAllocated(KEY, OrderState.BACKORDERED, "TOR", (nothing,)), of=complete)
    assert [line.strip() for line in lines] == [
        "2026-09-01 14:00:02  Nothing could be promised at TOR.",
        "line 1: 0 kg reserved, 2.5 kg backordered",
        "lots are taken first expired, first out (by the customer)",
        "there was nothing of it",
        "the order ships complete: nothing is promised until all of its lines can be filled",
    ]


def test_a_held_order_says_why() -> None:
    """What holds an order up is said where it stands and where it was taken in."""
    held = order()
    held.held, held.held_message, held.site = "unknown_item", "Line 1 wants TEA, which is not defined.", None
    held.lines[0].quantity_sent, held.lines[0].sku = Decimal("2.5"), "TEA"
    story = Story("acme", held, (Decided(AT, events.OrderRecorded(held)),), ITEMS)
    lines = [line for line in story_lines(story) if line]
    assert lines[0].endswith("no site yet")
    assert lines[1] == "  held: Line 1 wants TEA, which is not defined."
    assert lines[2] == "  line 1: 2.5 kg of TEA"
    assert lines[-1].endswith("The order was taken in, and is held: Line 1 wants TEA, which is not defined.")


@pytest.mark.parametrize(
    ("ships", "horizon", "said"),
    [
        (
            date(2026, 9, 20), (7, "customer"),
            "it ships on 2026-09-20 and is allocated from 2026-09-13 on, 7 days ahead (by the customer)",
        ),
        (
            date(2026, 9, 20), (10**6, "settings"),
            "it ships on 2026-09-20 and is allocated from 0001-01-01 on, 1000000 days ahead (by the owner's settings)",
        ),
        (date(2026, 9, 20), None, "it has come, and the order is about to be allocated"),
        (None, (7, "order"), "it has come, and the order is about to be allocated"),
    ],
)  # fmt: skip
def test_an_order_that_waits_for_its_day_says_until_when(
    ships: date | None, horizon: tuple[int, str] | None, said: str
) -> None:
    """The ship date, the day from which it is allocated, how many days ahead that is, and who says so."""
    waits = order()
    waits.ahead, waits.ship_date, waits.site = True, ships, None
    waits.lines[0].reservations.clear()
    story = Story("acme", waits, (Decided(AT, events.OrderRecorded(waits)),), ITEMS, horizon)
    assert list(story_lines(story))[1] == f"  waits for its day: {said}"
    assert story_of(story)["days_ahead"] == (None if horizon is None else {"days": horizon[0], "by": horizon[1]})


def test_kits_are_told_by_their_components() -> None:
    """What is promised to a line of kits is told per component, in the component's own unit."""
    line = OrderLine("1", "BOX", "each", 1, 2, parts=(KitPart("CER-001", 500, 1), KitPart("TIN", 1, 1)))
    tin = RowKey("TIN", None, "TOR", "T-01")
    line.reservations += [Reservation("T1", ROW, 1000), Reservation("T2", tin, 2)]
    kits = order()
    kits.lines = [line]
    row = events.Considered("L1", "A-01", None, 1000, 1000, sku="CER-001")
    reserved = tuple(line.reservations)
    lines = told(events.OrderRecorded(kits, (decision(reserved=reserved, backordered=0, considered=(row,)),)), of=kits)
    assert "    line 1: 1 kg of CER-001 and 2 of TIN reserved, 0 each backordered" in lines
    assert "      1. CER-001 lot L1 in A-01: 1 kg taken of 1 kg free" in lines
    assert "      also 2 of goods without a lot in T-01" in lines


def test_what_happened_later_is_told_in_words() -> None:
    """Promises taken back, picks, scans, shipments and cancellations each say which lot, how much and where."""
    freed = events.Freed(line="1", task="T1", row=ROW, quantity=500, left=1000, picked=200)
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
    other = Reservation("T2", ROW._replace(lot="L2"), 500)
    lost = events.ReservationFreed(KEY, OrderState.BACKORDERED, (freed,), reason="recalled")
    back = (
        events.Returned("1", "1", ROW, 500, date(2026, 9, 9), "Taste"),
        events.Returned("2", None, ROW, 250, date(2026, 9, 9)),
    )
    lines = told(
        lost,
        events.StockPicked(KEY, OrderState.PICKED, by="scanner-4", at=AT, picks=(picked,)),
        events.LotSwapped(KEY, "1", "L2", None, AT, (replace(freed, picked=0),), (other,)),
        shipment,
        events.OrderCancelled(KEY, OrderState.CANCELLED, None, (events.LineCancelled("1", 1500),)),
        events.CancelRemembered(KEY, None, ()),
        events.HeldNoticed(KEY, 24, "unknown_customer"),
        events.OrderClosed(KEY, OrderState.CLOSED, None, (events.LineCancelled("1", 500),)),
        events.PromisesReleased(KEY, OrderState.BACKORDERED, (replace(freed, picked=0),)),
        events.GoodsReturned("TOR", "RMA-1", KEY, None, AT, {}, back),
        replace(lost, freed=(replace(freed, picked=0),), settled=(replace(freed, picked=0, task="T2"),)),
        replace(lost, freed=(replace(freed, picked=0),), reason=NotUsed.LOT_TOO_SMALL.value),
    )

    assert [line.removeprefix("2026-09-01 14:00:02") for line in lines] == [
        "  Promises were taken back: it is recalled.",
        "    line 1: 0.5 kg of lot L1 given back to A-01, 0.2 kg of it to be put back",
        "  Picked by scanner-4.",
        "    line 1: 1 kg of lot L1 from A-01",
        "  Another lot was scanned: the line takes L2.",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
        "    line 1: 0.5 kg of lot L2 reserved in A-01",
        "  Shipped with S-1.",
        "    line 1: 1 kg of lot L1, expires 2027-08-01, from A-01",
        "  Cancelled.",
        "    line 1: 1.5 kg not wanted any more",
        "  A cancellation came before the order, and was kept for it.",
        "  It was still held after 24 hours, and its sender was told.",
        "  Closed short: nothing more is shipped.",
        "    line 1: 0.5 kg not shipped",
        "  Promises were given back, as somebody asked.",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
        "  Came back with RMA-1.",
        "    line 1: 0.5 kg of lot L1 to A-01: Taste",
        "    not of this order: 0.25 kg of lot L1 to A-01",
        "  Promises were taken back: it is recalled.",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
        "    The order may not keep a part of what is left:",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
        "  Promises were taken back: less is there than was promised.",
        "    line 1: 0.5 kg of lot L1 given back to A-01",
    ]


def test_a_lot_that_was_named_has_no_policy() -> None:
    """Nobody is told that a policy chose what a person named."""
    assert rule(Policy.FEFO, "request") == "the lot was named by whoever asked for it"


def test_rules_beside_the_order_of_use_are_told() -> None:
    """Each rule that bound a line has a sentence with who made it, and one of a later version its name."""
    rules = [
        ("min_days_left", "90", "customer and SKU"), ("transit_days", "2", "customer"),
        ("pack_rule", "cover", "settings"), ("by_colour", "red", "line"),
    ]  # fmt: skip
    made = decision(rules=tuple(events.RuleUsed(*one) for one in rules))
    lines = [line.strip() for line in told(events.OrderRecorded(order(), (made,)))]
    assert lines[3:7] == [
        "90 days of life must be left (by the customer and SKU)",
        "life counts from the delivery, 2 days after the ship date (by the customer)",
        "whole packs that cover what is wanted, over by the least (by the owner's settings)",
        "by_colour red (by the line)",
    ]


def test_every_event_about_an_order_has_its_words() -> None:
    """What the journal keeps under an order is told by a teller of its own, never by the name of a class."""
    about = {
        event for event in typing.get_args(events.Event) if {"key", "order"} & {field.name for field in fields(event)}
    }
    assert about - TELLERS.keys() == set()


def test_what_nobody_tells_is_at_least_in_words() -> None:
    """An event without a teller is named as a person would write it."""
    story = Story("acme", order(), (), ITEMS)
    assert list(tell(story, events.DayContinued(None))) == ["Day continued."]  # type: ignore[arg-type]  # its name counts


@pytest.mark.parametrize("code", NotUsed)
def test_every_reason_has_its_words(code: NotUsed) -> None:
    """No lot is ever left without words for why."""
    assert BECAUSE[code]


@pytest.mark.parametrize("policy", Policy)
def test_every_rule_has_its_words(policy: Policy) -> None:
    """The rule that put lots in their order is said in words, with who made it; a later version's as far as can be."""
    assert POLICIES[policy] in rule(policy.value, "settings")
    assert rule("by_weight", "line") == "lots are taken by weight (by the line)"


def test_what_is_promised_by_lot_says_who_names_the_bin() -> None:
    """Where it stands, in a decision, in a wave and after a scan: the bins shown are where the hub expects it."""
    by_lot = order()
    by_lot.lines[0].reservations = [Reservation("lot-1", ROW, 1500)]
    assert list(story_lines(Story("acme", by_lot, (), ITEMS)))[1].endswith(
        "backordered (by lot: the warehouse names the bin)"
    )
    reserved = (Reservation("lot-1", ROW, 1500),)
    lines = told(events.OrderRecorded(by_lot, (decision(reserved=reserved),)), of=by_lot)
    assert lines[2].strip() == (
        "promised by lot: the warehouse names the bin when it picks; the bins below are where it is expected"
    )
    elsewhere = ROW._replace(location="B-07")
    tasks = tuple(events.JoinedTask("1", "lot-1", row, "lot-w") for row in (ROW, elsewhere))
    assert told(events.TasksJoinedWave(KEY, "W-1", tasks), of=by_lot)[1:] == ["    line 1: lot L1"]
    swapped = events.LotSwapped(KEY, "1", "L1", None, AT, (), reserved)
    assert told(swapped, of=by_lot)[1:] == ["    line 1: 1.5 kg of lot L1 reserved"]
