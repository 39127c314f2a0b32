# Long because: every event stands here beside what it tells.
from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lotstream.contracts.asyncapi import CARRIES
from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.decode import decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import type_of
from lotstream.contracts.json_schema import schemas
from lotstream.contracts.outgoing import Outgoing, answer, messages, refused
from lotstream.contracts.sent import SENT
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ReleaseOrder, RequestAllocation
from lotstream.domain.events import (
    AvailabilityTold,
    Became,
    ComparisonRecorded,
    ConsigneesListed,
    DayOpened,
    Differing,
    DiscrepancyNoted,
    Event,
    Figure,
    Freed,
    GoodsBooked,
    HeldNoticed,
    LineShipped,
    LotCorrected,
    LotSwapped,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderPacked,
    OrderRecorded,
    PackagesChanged,
    PickUndone,
    PromisesReleased,
    ReceiptClosed,
    ReceiptLineTold,
    ReservationFreed,
    ShipmentProgressed,
    SnapshotTaken,
    StockMissing,
    StockPicked,
    StockReceived,
    Undone,
    WaveTask,
    WaveTasksChanged,
)
from lotstream.domain.ledger import Ledger, NotLoaded
from lotstream.domain.model import (
    Lot,
    LotMore,
    LotName,
    Notice,
    OnTheRoad,
    OrderKey,
    OrderLine,
    OrderState,
    ReceiptKey,
    Reservation,
    RoadState,
)
from tests.unit.contracts.building import (
    AT,
    CARTON,
    CONSIGNEE,
    INSPECTED,
    KEY,
    LOOSE,
    MOMENT,
    PACKED,
    ROW,
    decisions,
    shipped,
    told,
    voided,
)


def every_event(ledger: Ledger) -> list[Event]:
    """Return one event of every kind that is told to anybody."""
    order = ledger.orders[KEY]
    freed = (Freed("1", "t1", ROW, 3, 6),)
    sold = [
        Figure("BAG-001", "TOR", "shop", 1500),
        Figure("CER-001", "CHI", "shop", 0),
        Figure("CER-001", "TOR", "b", 9),
    ]
    booked = GoodsBooked("1", LOOSE, 1500, None, date(2026, 9, 1), discrepancy="field_missing", message="No lot.")
    return [
        OrderRecorded(order, decisions(order)),
        OrderChanged(order, freed, decisions(order)),
        OrderAllocated(KEY, order.state, "TOR", decisions(order)),
        OrderCancelled(KEY, OrderState.CANCELLED, "v2", (), (*freed, Freed("1", "t1", ROW, 2, 0, 2, "STAGING/T-1"))),
        OrderClosed(KEY, OrderState.CLOSED, None, (), freed),
        PromisesReleased(KEY, OrderState.BACKORDERED, freed),
        ReservationFreed(KEY, OrderState.BACKORDERED, freed, "hold"),
        HeldNoticed(KEY, 24, "unknown_customer"),
        StockPicked(KEY, OrderState.PICKING, "scanner-4", AT, ()),
        LotSwapped(KEY, "1", "L24B", "scanner-4", AT, freed, (Reservation("t3", ROW._replace(lot="L24B"), 3),)),
        PickUndone(KEY, OrderState.ALLOCATED, (Undone("1", "t1", ROW, ROW, 2),), False, "scanner-4", AT),
        StockMissing(KEY, "1", ROW, 2, 3, "scanner-4", AT),
        PackagesChanged((PACKED, replace(PACKED, parent="P1", weight_kg=None)), None, "packer", AT),
        OrderPacked(KEY, OrderState.PACKED, CARTON, PACKED.contents),
        shipped(),
        voided(),
        DiscrepancyNoted("not_available", "Three more than known.", {"sku": "CER-001"}, Decimal("3.0")),
        StockReceived("TOR", "R-1", None, False, None, AT, (booked, replace(booked, row=ROW, message=None))),
        ReceiptClosed("TOR", "R-1", None, None, "dock", AT, (ReceiptLineTold(None, "BAG-001", None, 0, 1500),)),
        AvailabilityTold(tuple(sold)),
        INSPECTED,
        WaveTasksChanged("W-1", "TOR", (WaveTask("w1", ROW), WaveTask("w2", LOOSE))),
        *corrected(),
        ConsigneesListed("RC-1", (CONSIGNEE,), "glass"),
        *told_at_an_end(),
        ShipmentProgressed("TOR", "SH-1", OnTheRoad(RoadState.LOST, AT, AT, "Columbus OH", None, "Stolen"), (KEY,)),
    ]


def told_at_an_end() -> tuple[SnapshotTaken, ComparisonRecorded]:
    """Return what there is and how other books differ."""
    differing = Differing("CER-001", None, "good", Decimal("2.50"), Decimal(3), "each")
    compared = ComparisonRecorded(
        Notice(ReceiptKey("comparison", "CP-1"), "hash"), "TOR", AT, 4, 2,
        (differing, Differing("CER-001", "L9", None, Decimal(0), Decimal(-1), "each")), "old-wms",
    )  # fmt: skip
    return SnapshotTaken(Notice(ReceiptKey("snapshot", "SN-1"), "hash"), None, AT), compared


def corrected() -> tuple[LotCorrected, LotCorrected]:
    """Return a lot with another number, and one with facts of every kind under its own."""
    was, row = LotName("CER-001", "L9"), ROW._replace(lot="L9", location="B-9")
    more = LotMore(
        aliases=("L9",), made_from=(LotName("CER-001", "L1"),), cost_total=Decimal(10), cost_units=3, origin="CA",
        facility="F2", details={"grade": "A"},
    )  # fmt: skip
    lot = Lot("CER-001", "L24A", date(2027, 6, 1), date(2026, 6, 1), supplier="S-1", supplier_lot="9", more=more)
    told = ("LC-1", "qa", AT, "A letter", "hash")
    return (
        LotCorrected(was, *told, lot, (Became(row, ROW, 4),), (KEY,)),
        LotCorrected(LotName("CER-001", "L24A"), *told, replace(lot, more=None)),
    )


def every_message(ledger: Ledger) -> list[Outgoing]:
    """Return at least one message of every type that the hub writes."""
    written = [message for event in every_event(ledger) for message in messages(ledger, event, MOMENT)]
    asked = decode(headers_for(type_of("hold.placed"), id="m", source="cli"), _json("hold.placed"))
    refusal = Refusal(Code.ALREADY_SHIPPED, "order", "It has left.")
    answers = [answer(asked, None, MOMENT), answer(asked, refusal, MOMENT)]
    return [*written, *filter(None, answers), *refused(ledger, ReleaseOrder(KEY), refusal, MOMENT)]


def _json(name: str) -> bytes:
    return json.dumps(EXAMPLES[name]).encode()


def test_every_written_message_is_its_pydantic_model(ledger: Ledger) -> None:
    """What is written without pydantic has exactly the fields and values that its model would write, and its schema."""
    written, published = every_message(ledger), schemas()

    assert {message.type for message in written} == {type_of(name) for name in SENT}
    for message in written:
        name = message.type.removeprefix("lotstream.").removesuffix(".v1")
        body = json.loads(message.value)
        again = SENT[name].model_validate_json(message.value).model_dump_json(by_alias=True)
        assert json.loads(again) == body
        Draft202012Validator(published[name], format_checker=FormatChecker()).validate(body)


def test_every_message_goes_to_its_topic(ledger: Ledger) -> None:
    """Topic and type of what is written are those of the AsyncAPI document."""
    topics = {type_of(name): topic.name for topic, names in CARRIES.items() for name in names}

    for message in every_message(ledger):
        assert message.topic == topics[message.type]


def test_the_same_event_gives_the_same_bytes(ledger: Ledger) -> None:
    """Writing is pure: a second run over the log can be compared byte by byte."""
    assert every_message(ledger) == every_message(ledger)


def test_a_recorded_order_tells_the_pickers_and_its_sender(ledger: Ledger) -> None:
    """An order that is promised stock gives one message of tasks and one of its state, both keyed by the order."""
    order = ledger.orders[KEY]
    tasks, status = messages(ledger, OrderRecorded(order, decisions(order)), MOMENT)

    assert (tasks.key, status.key) == ("#1001", "#1001")
    assert json.loads(tasks.value)["tasks"] == [
        {
            "task": "t1", "action": "create", "line": "1", "sku": "CER-001", "lot": "L24A", "expires": "2027-06-01",
            "location": "TOR-A-01", "package": None, "quantity": "9", "unit": "each", "serials": [],
            "for": [{"order": "#1001", "line": "1", "quantity": "9"}],
        },
        {
            "task": "t2", "action": "create", "line": "2", "sku": "BAG-001", "lot": None, "expires": None,
            "location": "TOR-B-01", "package": "P1", "quantity": "1.5", "unit": "kg", "serials": [],
            "for": [{"order": "#1001", "line": "2", "quantity": "1.5"}],
        },
    ]  # fmt: skip


def test_an_order_without_promises_has_no_tasks(ledger: Ledger) -> None:
    """A backordered order is told to its sender alone."""
    order = ledger.orders[KEY]

    assert [topic for topic, _ in told(ledger, OrderRecorded(order))] == ["lotstream.order-status"]


def test_the_quantities_of_a_line_add_up(ledger: Ledger) -> None:
    """Allocated, picked, shipped, backordered and cancelled come to what was ordered, in base units."""
    ((_, status),) = told(ledger, StockPicked(KEY, OrderState.PICKING, None, AT, ()))
    parts = ("allocated", "picked", "shipped", "backordered", "cancelled")

    assert [{name: line[name] for name in parts} for line in status["lines"]] == [
        {"allocated": "9", "picked": "0", "shipped": "3", "backordered": "10", "cancelled": "2"},
        {"allocated": "1", "picked": "0.5", "shipped": "0", "backordered": "1", "cancelled": "0"},
    ]
    for line in status["lines"]:
        assert sum(Decimal(line[name]) for name in parts) == Decimal(line["ordered"])


def test_a_line_that_left_with_more_is_not_backordered(ledger: Ledger) -> None:
    """More shipped than ordered leaves nothing open, and no negative quantity."""
    ledger.orders[KEY].lines[0].shipped = 40
    ((_, status),) = told(ledger, StockPicked(KEY, OrderState.PICKING, None, AT, ()))

    assert status["lines"][0]["backordered"] == "0"


def test_a_held_order_says_why(ledger: Ledger) -> None:
    """Code and sentence of a hold are on the status, so that the sender can help."""
    order = ledger.orders[KEY]
    order.held, order.held_message = "unknown_item", "CER-009 is not defined; define it."
    ((_, status),) = told(ledger, OrderRecorded(order))

    assert (status["code"], status["message"]) == ("unknown_item", "CER-009 is not defined; define it.")


@pytest.mark.parametrize(("sku", "unit", "said"), [("CER-009", "case", "case"), ("", "", "each")])
def test_a_line_of_an_unknown_item_is_told_as_it_was_sent(ledger: Ledger, sku: str, unit: str, said: str) -> None:
    """While nobody has defined the item, its quantity is the sender's own, all of it open."""
    line = OrderLine("1", sku, unit, 0, 0, quantity_sent=Decimal("2.50"))
    order = replace(ledger.orders[KEY], lines=[line])
    ledger.orders[KEY] = order
    ((_, status),) = told(ledger, OrderRecorded(order))

    assert status["lines"] == [
        {
            "line": "1", "sku": sku or None, "unit": said, "ordered": "2.5", "allocated": "0", "backordered": "2.5",
            "picked": "0", "shipped": "0", "cancelled": "0",
        }
    ]  # fmt: skip


def test_what_is_left_of_a_task_changes_it(ledger: Ledger) -> None:
    """A task that gave back a part is changed to what is left; the quantity takes the place of the former one."""
    (_, tasks), _ = told(ledger, ReservationFreed(KEY, OrderState.BACKORDERED, (Freed("1", "t1", ROW, 3, 9),), "hold"))

    assert [(task["task"], task["action"], task["quantity"]) for task in tasks["tasks"]] == [("t1", "change", "9")]


def test_an_order_whose_last_day_is_over_says_so(ledger: Ledger) -> None:
    """Its sender, who did not ask for the cancellation, is told the code and the day."""
    ledger.orders[KEY].cancel_after = date(2026, 8, 31)
    (_, status), *_ = told(ledger, OrderCancelled(KEY, OrderState.CANCELLED, None, (), (), "cancelled_after"))
    assert (status["code"], status["message"]) == ("cancelled_after", "Its last day was 2026-08-31.")


def test_a_task_that_gave_back_all_is_cancelled(ledger: Ledger) -> None:
    """Nothing left of a task takes it back, with lot and bin to find it by."""
    ledger.orders[KEY].lines[0].reservations = []
    (_, tasks), _ = told(ledger, OrderCancelled(KEY, OrderState.CANCELLED, None, (), (Freed("1", "t1", ROW, 9, 0),)))

    (task,) = tasks["tasks"]
    assert (task["action"], task["quantity"], task["lot"], task["location"]) == ("cancel", "0", "L24A", "TOR-A-01")


def test_a_task_on_two_staging_places_is_not_cancelled_with_one(ledger: Ledger) -> None:
    """Goods of one task that stand at two places are one task: giving back one place leaves the other."""
    ledger.orders[KEY].lines[0].reservations = [Reservation("t1", ROW, 4, 4, "DOOR-2")]
    freed = (Freed("1", "t1", ROW, 5, 0, picked=5, staged_at="DOOR-1"),)
    (_, tasks), *_ = told(ledger, ReservationFreed(KEY, OrderState.BACKORDERED, freed, "recalled"))

    assert [(task["action"], task["quantity"]) for task in tasks["tasks"]] == [("change", "4")]


def test_tasks_of_two_sites_are_two_messages(ledger: Ledger) -> None:
    """An order that moves to another site takes its tasks back there and makes new ones here."""
    order = ledger.orders[KEY]
    away = ROW._replace(site="CHI")
    event = OrderChanged(order, (Freed("1", "t0", away, 9, 0),), decisions(order))
    sent = [body for topic, body in told(ledger, event) if topic == "lotstream.pick-tasks"]

    assert [(body["site"], [task["action"] for task in body["tasks"]]) for body in sent] == [
        ("CHI", ["cancel"]), ("TOR", ["create", "create"]),
    ]  # fmt: skip


def test_a_shipment_is_confirmed_by_line_and_lot(ledger: Ledger) -> None:
    """A line names what was ordered and left in the ordered unit, and each lot once however many bins it came from."""
    (_, body), *_ = told(ledger, shipped(lines=(LineShipped("1", "CER-001", 24, 12, 12, "case", 12),)))

    assert body["lines"] == [
        {
            "line": "1", "sku": "CER-001", "unit": "case", "ordered": "2", "shipped": "1", "short": "1",
            "short_reason": "backordered",
            "lots": [
                {
                    "lot": "L24A", "expires": "2027-06-01", "made": "2026-06-01", "quantity": "1", "package": CARTON,
                    "serials": [], "sku": None, "cost": None,
                }
            ],
        }
    ]  # fmt: skip


def test_a_shipment_says_what_it_has_cost(ledger: Ledger) -> None:
    """What parts of one lot have cost is added up; where one is unknown the whole is."""
    event = shipped()
    cost = [Decimal("1.25"), Decimal("0.0000005")]
    parts = tuple(replace(part, cost=one) for part, one in zip(event.shipped[:2], cost, strict=True))
    for known, wanted in ((parts, "1.25"), ((parts[0], event.shipped[1]), None)):
        (_, body), *_ = told(ledger, replace(event, shipped=known))
        assert [lot["cost"] for line in body["lines"] for lot in line["lots"]] == [wanted]


def test_a_broken_unit_is_confirmed_in_base_units(ledger: Ledger) -> None:
    """Where a quantity is no whole number of the ordered unit, the whole line is in the base unit."""
    (_, body), *_ = told(ledger, shipped(lines=(LineShipped("1", "CER-001", 24, 12, 7, "case", 12),)))

    (line,) = body["lines"]
    assert (line["unit"], line["ordered"], line["shipped"], line["short"]) == ("each", "24", "12", "7")
    assert line["lots"][0]["quantity"] == "12"


def test_weighed_goods_are_confirmed_exactly(ledger: Ledger) -> None:
    """Half a kilogram of a thing counted in grams is half a kilogram, without a lot where it has none."""
    (_, body), *_ = told(ledger, shipped())

    line = body["lines"][1]
    assert (line["unit"], line["ordered"], line["shipped"], line["short_reason"]) == ("kg", "2.5", "0.5", None)
    assert line["lots"][0]["lot"] is None


@pytest.mark.parametrize(("short", "reason"), [(9, "to_follow"), (10, "backordered"), (0, None)])
def test_a_short_line_says_whether_the_rest_will_come(ledger: Ledger, short: int, reason: str | None) -> None:
    """What is promised follows; what is not is backordered."""
    (_, body), *_ = told(ledger, shipped(lines=(LineShipped("1", "CER-001", 24, 12, short, "each", 1),)))

    assert body["lines"][0]["short_reason"] == reason


def test_packages_say_what_is_in_them(ledger: Ledger) -> None:
    """A carton with an SSCC lists the lots that were said to be in it; tracking numbers are told once."""
    (_, body), *_ = told(ledger, shipped())

    assert body["packages"][0] == {
        "sscc": CARTON, "tracking": "TRACK-1", "weight_kg": "6.4",
        "contents": [{"line": "1", "sku": "CER-001", "lot": "L24A", "quantity": "1", "unit": "case"}],
    }  # fmt: skip
    assert body["packages"][1]["contents"] == []
    assert body["carrier"]["tracking"] == ["TRACK-1"]
    assert (body["carrier"]["service"], body["references"]) == ("Ground", {"po": "PO-9"})


def test_goods_that_left_for_an_unknown_order_are_confirmed_without_its_state(ledger: Ledger) -> None:
    """What has happened is told, although nobody knows the order it left for."""
    unknown = OrderKey("paper", "7")
    ledger.closed[unknown] = None

    assert [topic for topic, _ in told(ledger, shipped(key=unknown))] == [
        "lotstream.ship-confirmations", "lotstream.inventory",
    ]  # fmt: skip


def test_an_order_that_was_not_loaded_is_not_taken_for_unknown(ledger: Ledger) -> None:
    """A status is never left out because the order happens not to be in memory."""
    with pytest.raises(NotLoaded):
        told(ledger, shipped(key=OrderKey("paper", "7")))


def test_received_goods_in_quarantine_raise_an_alert_each(ledger: Ledger) -> None:
    """A line that was not right is told with what it concerns and how much it is; the others are not told."""
    right = GoodsBooked("1", ROW, 12, None, date(2026, 9, 1))
    wrong = GoodsBooked("2", ROW, 5, None, date(2026, 9, 1), discrepancy="field_invalid", message="Another expiry.")
    (_, alert), _ = told(ledger, StockReceived("TOR", "R-1", None, False, None, AT, (right, wrong)))

    assert (alert["code"], alert["message"], alert["quantity"]) == ("field_invalid", "Another expiry.", "5")
    assert alert["about"] == {
        "receipt": "R-1", "line": "2", "sku": "CER-001", "location": "TOR-A-01", "lot": "L24A",
    }  # fmt: skip


def test_a_discrepancy_without_quantity_is_told(ledger: Ledger) -> None:
    """Not every discrepancy is about an amount."""
    ((_, alert),) = told(ledger, DiscrepancyNoted("conflicting_content", "Came twice.", {"order": "#1001"}))

    assert alert["quantity"] is None


def test_what_concerns_nobody_outside_is_not_told(ledger: Ledger) -> None:
    """A new day makes no message of its own."""
    assert told(ledger, DayOpened("TOR", date(2026, 9, 2))) == []


def test_a_refused_change_is_told_with_the_state_that_stays(ledger: Ledger) -> None:
    """The sender of a change learns that it was refused and what the order still is."""
    refusal = Refusal(Code.ALREADY_SHIPPED, "order", "It has left.")
    (message,) = refused(ledger, ReleaseOrder(KEY), refusal, MOMENT)
    status = json.loads(message.value)

    assert (status["status"], status["code"], status["version"]) == ("partly_allocated", "already_shipped", "v1")
    assert len(status["lines"]) == 2


def test_an_order_refused_whole_is_rejected(ledger: Ledger) -> None:
    """An order that was never taken in has no lines and the state rejected."""
    new = OrderKey("shopify:example-shop", "#2")
    ledger.closed[new] = None
    (message,) = refused(ledger, ReleaseOrder(new), Refusal(Code.UNKNOWN_ORDER, "order", "Unknown."), MOMENT)
    status = json.loads(message.value)

    assert (status["status"], status["code"], status["lines"]) == ("rejected", "unknown_order", [])


def test_a_refusal_about_no_order_has_no_status(ledger: Ledger) -> None:
    """Only orders have a state to tell."""
    refusal = Refusal(Code.UNKNOWN_ORDER, "orders.0", "Unknown.")

    assert list(refused(ledger, RequestAllocation((KEY,)), refusal, MOMENT)) == []


@pytest.mark.parametrize(
    ("name", "change", "answered"),
    [
        ("order.cancelled", {}, True),
        ("order.released", {}, True),
        ("allocation.requested", {}, True),
        ("hold.placed", {}, True),
        ("hold.lifted", {}, True),
        ("settings.changed", {}, True),
        ("pick.confirmed", {"happened": False}, True),
        ("pick.confirmed", {"happened": True}, False),
        ("stock.received", {"happened": False}, True),
        ("shipment.confirmed", {"happened": True}, False),
        ("order.placed", {}, False),
        ("item.defined", {}, False),
    ],
)
def test_who_asked_is_answered(name: str, change: dict[str, object], answered: bool) -> None:
    """What was asked is answered under its message id; what has happened, and placed orders, only when refused."""
    value = json.dumps(EXAMPLES[name] | change).encode()
    asked = decode(headers_for(type_of(name), id="m-1", source="cli"), value)
    done = answer(asked, None, MOMENT)
    not_done = answer(asked, Refusal(Code.NOT_AVAILABLE, "lines.0", "Not there."), MOMENT)

    assert (done is not None) is answered
    assert not_done is not None
    assert not_done.key == "m-1"
    assert json.loads(not_done.value) == {
        "owner": "acme", "source": "cli", "message_id": "m-1", "type": type_of(name), "outcome": "refused",
        "code": "not_available", "field": "lines.0", "message": "Not there.",
        "decided_at": "2026-09-01T14:00:00.125000Z", "decision": "d" * 32,
    }  # fmt: skip


def test_what_may_be_sold_is_one_message_per_sku_in_base_units(ledger: Ledger) -> None:
    """All sites and channels of a SKU that changed stand in one message, in the unit the item is counted in."""
    figures = [
        Figure("BAG-001", "TOR", "shop", 1500),
        Figure("CER-001", "CHI", "b", 0),
        Figure("CER-001", "TOR", "b", 9),
    ]
    (bag, cereal) = told(ledger, AvailabilityTold(tuple(figures)))
    assert (bag[0], bag[1]["sku"], bag[1]["unit"]) == ("lotstream.availability", "BAG-001", "kg")
    assert bag[1]["figures"] == [{"site": "TOR", "channel": "shop", "quantity": "1.5"}]
    assert [(one["site"], one["quantity"]) for one in cereal[1]["figures"]] == [("CHI", "0"), ("TOR", "9")]
    assert cereal[1]["as_of"] == "2026-09-01T14:00:00.125000Z"


def test_an_order_held_too_long_is_told_to_its_sender_and_to_a_person(ledger: Ledger) -> None:
    """The status says again why it is held, and for how long; an alert says the same of the order."""
    order = ledger.orders[KEY]
    order.state, order.held, order.held_message = OrderState.HELD, "unknown_customer", "Customer C-1 is not defined."
    (status, order_status), (alerts, alert) = told(ledger, HeldNoticed(KEY, 24, "unknown_customer"))
    assert (status, alerts) == ("lotstream.order-status", "lotstream.alerts")
    assert (order_status["status"], order_status["code"]) == ("held", "unknown_customer")
    assert order_status["message"] == alert["message"] == "Held for 24 hours. Customer C-1 is not defined."
    assert (alert["alert"], alert["code"], alert["about"]) == (
        "held", "unknown_customer", {"order": KEY.order, "source": KEY.source},
    )  # fmt: skip
