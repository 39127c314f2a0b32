"""What the floor is told: tasks, put-backs, counts, packages."""

from __future__ import annotations

import json
from dataclasses import replace

from jsonschema import Draft202012Validator, FormatChecker

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.decode import decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import type_of
from lotstream.contracts.json_schema import schemas
from lotstream.contracts.outgoing import answer, messages
from lotstream.contracts.sent_tasks import WaveTasks
from lotstream.domain.events import (
    AvailabilityTold,
    CountKept,
    CountSettled,
    Figure,
    Freed,
    JoinedTask,
    LotSwapped,
    OrderCancelled,
    PackagesChanged,
    PickUndone,
    ReservationFreed,
    RowChange,
    StockCounted,
    StockMissing,
    TasksJoinedWave,
    TasksLeftWave,
    Undone,
    WaveCancelled,
    WaveReleased,
    WaveTask,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    COUNT_PENDING,
    WAVE,
    Booked,
    CountedLine,
    CountPending,
    InWave,
    OrderState,
    ReceiptKey,
    Reservation,
    Wave,
    WaveState,
)
from lotstream.settings import Settings
from tests.unit.contracts.building import AT, CARTON, KEY, LOOSE, MOMENT, PACKED, ROW, told, voided


def test_another_lot_that_was_scanned_changes_the_tasks(ledger: Ledger) -> None:
    """What is given back of the old lot comes first, then the task of the new one; the order's state is the same."""
    taken = Reservation("t3", ROW._replace(lot="L24B"), 3)
    event = LotSwapped(KEY, "1", "L24B", "scanner-4", AT, (Freed("1", "t1", ROW, 3, 6),), (taken,))
    ((topic, body),) = told(ledger, event)

    assert topic == "lotstream.pick-tasks"
    tasks = [(task["task"], task["action"], task["lot"], task["quantity"]) for task in body["tasks"]]
    assert tasks == [("t1", "change", "L24A", "9"), ("t3", "create", "L24B", "3")]


def test_picked_goods_that_nobody_wants_go_back(ledger: Ledger) -> None:
    """Where picked goods are given back, the floor of the site is told to put them back, from where they stand."""
    freed = (Freed("1", "t1", ROW, 5, 0, 2, "STAGING/T-1"), Freed("2", "t2", LOOSE, 1500, 0))
    _, (topic, body), _ = told(ledger, OrderCancelled(KEY, OrderState.CANCELLED, None, (), freed))

    assert topic == "lotstream.floor-tasks"
    (task,) = body["tasks"]
    assert (task["kind"], task["location"], task["to"], task["quantity"]) == (
        "put_back",
        "STAGING/T-1",
        "TOR-A-01",
        "2",
    )
    assert (task["source"], task["order"], task["line"], body["site"]) == (KEY.source, KEY.order, "1", "TOR")


def test_picked_goods_that_may_not_leave_go_back(ledger: Ledger) -> None:
    """What a recall takes from an order is put back, and what it may not keep alone; not what was found missing."""
    freed, settled = Freed("1", "t1", ROW, 5, 0, 5, "DOOR"), Freed("2", "t2", LOOSE, 500, 0, 500, "DOOR")
    recalled = ReservationFreed(KEY, OrderState.BACKORDERED, (freed,), "recalled", (settled,))
    missing = replace(recalled, reason="lot_too_small", settled=())
    floor = [body for topic, body in told(ledger, recalled) if topic == "lotstream.floor-tasks"]

    assert [[(task["kind"], task["line"], task["quantity"]) for task in body["tasks"]] for body in floor] == [
        [("put_back", "1", "5"), ("put_back", "2", "0.5")]
    ]
    assert "lotstream.floor-tasks" not in [topic for topic, _ in told(ledger, missing)]


def test_goods_that_were_not_found_are_told_to_floor_and_people(ledger: Ledger) -> None:
    """The bin is to be counted, and a person is told how much was looked for, or known to be there."""
    (floor, tasks), (alerts, alert), _ = told(ledger, StockMissing(KEY, "2", LOOSE, 500, 1500, None, AT))

    assert (floor, alerts) == ("lotstream.floor-tasks", "lotstream.alerts")
    assert [(task["kind"], task["location"], task["quantity"]) for task in tasks["tasks"]] == [
        ("count", "TOR-B-01", None)
    ]
    assert (alert["code"], alert["quantity"], "lot" in alert["about"]) == ("not_available", "1.5", False)


def test_an_undone_pick_is_put_back_only_where_it_was_asked(ledger: Ledger) -> None:
    """What has happened needs no task; the order's state is told in both cases."""
    event = PickUndone(KEY, OrderState.ALLOCATED, (Undone("1", "t1", ROW, ROW, 2),), False, None, AT)

    assert [topic for topic, _ in told(ledger, event)] == ["lotstream.floor-tasks", "lotstream.order-status"]
    assert [topic for topic, _ in told(ledger, replace(event, happened=True))] == ["lotstream.order-status"]


def test_a_package_is_told_with_what_is_in_it(ledger: Ledger) -> None:
    """Number, weight and contents in base units, on the topic of the floor."""
    ((topic, body),) = told(ledger, PackagesChanged((PACKED,), None, None, AT))

    assert (topic, body["package"], body["weight_kg"], body["status"]) == (
        "lotstream.floor-tasks", CARTON, "6.4", "open",
    )  # fmt: skip
    assert [(one["line"], one["quantity"], one["unit"]) for one in body["contents"]] == [("2", "0.5", "kg")]


def test_a_voided_shipment_is_confirmed_as_voided(ledger: Ledger) -> None:
    """Its receivers are told what did not leave after all, and the floor puts back what no order wants."""
    (topic, body), (floor, tasks), (status, _), _ = told(ledger, voided())

    assert (topic, floor, status) == (
        "lotstream.ship-confirmations", "lotstream.floor-tasks", "lotstream.order-status",
    )  # fmt: skip
    assert (body["voided"], body["lines"][0]["shipped"], body["packages"], body["city"]) == (True, "1", [], "Columbus")
    assert [(task["sku"], task["quantity"], task["location"]) for task in tasks["tasks"]] == [
        ("CER-001", "7", "STAGING"), ("BAG-001", "0.5", "STAGING"),
    ]  # fmt: skip


def test_a_wave_is_told_by_one_message(ledger: Ledger) -> None:
    """Its key is the wave; a task says how much it is for each order line, and how much of that is picked."""
    order = ledger.orders[KEY]
    for line, name in zip(order.lines, ("w1", "w2"), strict=True):
        line.reservations[0].wave = InWave("W-1", name)
    wave = Wave(ReceiptKey(WAVE, "W-1"), "TOR", "c", (KEY,))
    (sent,) = messages(ledger, WaveReleased(wave, None, AT), MOMENT)

    assert (sent.topic, sent.key, sent.type) == ("lotstream.pick-tasks", "W-1", "lotstream.wave_tasks.v1")
    body = json.loads(sent.value)
    assert json.loads(WaveTasks.model_validate_json(sent.value).model_dump_json(by_alias=True)) == body
    Draft202012Validator(schemas()["wave_tasks"], format_checker=FormatChecker()).validate(body)
    assert [(task["task"], task["action"], task["quantity"], task["picked"]) for task in body["tasks"]] == [
        ("w1", "create", "9", "0"), ("w2", "create", "1.5", "0.5"),
    ]  # fmt: skip
    assert body["tasks"][1]["for"] == [
        {"source": KEY.source, "order": KEY.order, "line": "2", "quantity": "1.5", "picked": "0.5"}
    ]


def test_tasks_of_a_wave_are_withdrawn_before_orders_have_their_own(ledger: Ledger) -> None:
    """A wave that is cancelled says so of its tasks; an order's own are cancelled when it joins and created after."""
    wave = Wave(ReceiptKey(WAVE, "W-1"), "TOR", "c", (KEY,), WaveState.CANCELLED)
    ((_, gone),) = told(ledger, WaveCancelled(wave, (WaveTask("w1", ROW),), None, AT))
    assert [(task["task"], task["action"], task["quantity"]) for task in gone["tasks"]] == [("w1", "cancel", "0")]

    mine = (JoinedTask("1", "t1", ROW, "w1"), JoinedTask("2", "t2", LOOSE, "w2", alone=False))
    ((_, before),) = told(ledger, TasksJoinedWave(KEY, "W-1", mine))
    ((_, after),) = told(ledger, TasksLeftWave(KEY, "W-1", mine))
    assert [(task["task"], task["action"], task["quantity"]) for task in before["tasks"]] == [("t1", "cancel", "0")]
    assert [(task["task"], task["action"], task["quantity"]) for task in after["tasks"]] == [("t1", "create", "9")]
    assert told(ledger, TasksLeftWave(KEY, "W-1", mine[1:])) == []


def test_a_sku_at_very_many_sites_is_told_in_several_messages(ledger: Ledger) -> None:
    """Each is no larger than the topic takes, whatever the names; together they say everything once."""
    names = ["\N{GRINNING FACE}" * 120 + str(number) for number in range(2_001)]
    figures = tuple(Figure("CER-001", name, "\x01" * 128, 1) for name in names)
    messages = [body for _, body in told(ledger, AvailabilityTold(figures))]

    assert [figure["site"] for body in messages for figure in body["figures"]] == names
    assert max(len(json.dumps(body)) for body in messages) < Settings.model_fields["outgoing_bytes_max"].default


def test_a_second_counter_is_told_where_to_count_and_nothing_else(ledger: Ledger) -> None:
    """Bin, SKU and lot: neither what the books say nor what was found; nobody is told of a difference before."""
    line = CountedLine("1", "CER-001", "L24A", "TOR-A-01", "P1", None, None, 180, -48)
    pending = CountPending(ReceiptKey(COUNT_PENDING, "C-1"), "TOR", "ann", AT, (line,))
    ((topic, body),) = told(ledger, CountKept("TOR", "C-1", "ann", AT, pending))
    assert topic == "lotstream.floor-tasks"
    (task,) = body["tasks"]
    assert (task["kind"], task["sku"], task["lot"], task["location"], task["package"]) == (
        "count", "CER-001", "L24A", "TOR-A-01", "P1",
    )  # fmt: skip
    assert (task["quantity"], task["line"], task["order"]) == (None, None, None)
    assert not {"180", "48", "-48", "228"} & {str(value) for value in task.values()}
    assert told(ledger, CountSettled("TOR", "C-1", "bob", AT, pending)) == []


def test_who_counts_is_answered_nothing_of_the_books(ledger: Ledger) -> None:
    """The answer to a count says that it was done, whatever it found; only people beside the floor are told of it."""
    decoded = decode(
        headers_for(type_of("stock.counted"), id="m-1", source="handheld"),
        json.dumps({**EXAMPLES["stock.counted"], "happened": False}).encode(),
    )
    sent = answer(decoded, None, moment=MOMENT)
    assert sent is not None
    body = json.loads(sent.value)
    assert (body["outcome"], body["code"], body["message"]) == ("done", None, None)
    assert "quantity" not in body
    counted = StockCounted("TOR", "C-1", "ann", AT, {"1": Booked(ROW, 225)}, (RowChange("1", ROW, -3),))
    assert {topic for topic, _ in told(ledger, counted)} == {"lotstream.inventory", "lotstream.alerts"}
