"""Counts of the past are decided with what is written of the bins, however the records come to be batched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiokafka import TopicPartition

from lotstream.contracts.topics import INBOUND
from lotstream.hub.lookup import asks_to_look_back
from lotstream.hub.records import read_records
from tests.hub.small_hub import BYTES_MAX, NOON, SITE, SmallHub, a_site, stock

OWNER = "acme"
BEFORE = NOON - timedelta(hours=2)


def count(hub: SmallHub, counted: int, *, number: str = "C-1", **more: object) -> None:
    """Tell a count of the lot's bin."""
    line = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "BIN-L1", "counted": counted}
    body = {"owner": OWNER, "site": SITE, "happened": True, "by": "ann", "count": number, "lines": [line]}
    hub.send("stock.counted", body | more)


def move(hub: SmallHub, quantity: int, *, number: str, **more: object) -> None:
    """Tell that goods left the bin for another one."""
    line = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "BIN-L1", "quantity": quantity, "to": "ELSEWHERE"}
    body = {"owner": OWNER, "site": SITE, "happened": True, "move": number, "lines": [line]}
    hub.send("stock.moved", body | more)


def in_bin(hub: SmallHub) -> int:
    """Return what the bin has."""
    return sum(row["on_hand"] for row in hub.rows("stock", owner=OWNER, location="BIN-L1"))


@pytest.mark.parametrize("records_max", [1, 1000])
async def test_what_moved_since_is_reckoned_in_however_records_are_batched(records_max: int) -> None:
    """A move just before the count, in the same batch or not, and one after it: each is in the sum once."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    stock(hub, OWNER, [("L1", "2026-12-01")])
    await worker.settle()
    move(hub, 10, number="M-1")
    count(hub, 95, as_of=BEFORE.isoformat())
    move(hub, 5, number="M-2")
    count(hub, 95, number="C-2", as_of=BEFORE.isoformat())
    while await worker.decide(records_max=records_max):
        pass
    assert in_bin(hub) == 95 - 10 - 5
    assert [row["outcome"] for row in hub.intake(type="lotstream.stock.counted.v1")] == ["done", "done"]


async def test_a_count_that_waits_is_booked_by_another_worker() -> None:
    """The second counter is sent by a task; what moved meanwhile is right when it is approved."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("settings.changed", {"owner": OWNER, "count_approval": {"units": "5"}})
    stock(hub, OWNER, [("L1", "2026-12-01")])
    count(hub, 80)
    await worker.settle()
    assert in_bin(hub) == 100
    (tasks,) = hub.told(topic="lotstream.floor-tasks")
    assert [(task["kind"], task["location"], task["quantity"]) for task in tasks["tasks"]] == [
        ("count", "BIN-L1", None)
    ]
    hub.append_time += timedelta(minutes=5)
    move(hub, 10, number="M-1")
    approval = {"owner": OWNER, "site": SITE, "happened": True, "by": "bob", "count": "C-1"}
    hub.send("count.approved", {**approval, "by": "ann"})
    hub.send("count.approved", {**approval, "lines": [{"line": "1", "counted": "80"}]})
    await (await hub.start()).settle()
    assert in_bin(hub) == 70
    (refused,) = hub.intake(outcome="refused")
    assert (refused["code"], refused["field"]) == ("field_invalid", "by")


@pytest.mark.parametrize("records_max", [1, 1000])
async def test_what_was_counted_stands_when_a_move_before_it_is_told_later(records_max: int) -> None:
    """Told at once after the count, in the same batch or not, and told twice: the bin has what was counted."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    stock(hub, OWNER, [("L1", "2026-12-01")])
    await worker.settle()
    count(hub, 90)
    for _ in range(2):
        move(hub, 10, number="M-1", occurred_at=BEFORE.isoformat())
    move(hub, 5, number="M-2")
    while await worker.decide(records_max=records_max):
        pass
    assert in_bin(hub) == 90 - 5
    assert sum(row["on_hand"] for row in hub.rows("stock", owner=OWNER)) == 90 - 5 + 10 + 5
    (alert,) = [one for one in hub.told(topic="lotstream.alerts") if one["about"].get("count") and "M-1" in str(one)]
    assert (alert["code"], alert["quantity"], alert["about"]["count"]) == ("count_difference", "10", "C-1")
    changes = [one for one in hub.told(topic="lotstream.inventory") if one["change"] == "counted"]
    assert [(one["document"], [line["quantity"] for line in one["lines"]]) for one in changes] == [
        ("C-1", ["-10"]), ("C-1", ["10"])
    ]  # fmt: skip


async def test_a_count_that_says_when_it_began_stands_too() -> None:
    """It began before the move and was made after it: the bin has what was counted."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    stock(hub, OWNER, [("L1", "2026-12-01")])
    await worker.settle()
    began, counted = (NOON - timedelta(hours=hours) for hours in (3, 1))
    count(hub, 90, occurred_at=began.isoformat(), as_of=counted.isoformat())
    move(hub, 10, number="M-1", occurred_at=BEFORE.isoformat())
    await worker.settle()
    assert in_bin(hub) == 90


async def test_what_is_told_at_once_asks_nothing_of_the_past() -> None:
    """A document of a moment ago, or one that is only asked for, is decided with the others of its batch."""
    moved = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "BIN-L1", "quantity": 1, "to": "ELSEWHERE"}
    body = {"owner": OWNER, "site": SITE, "happened": True, "move": "M-1", "lines": [moved]}
    hub = SmallHub()
    for more in ({}, {"occurred_at": (NOON - timedelta(seconds=59)).isoformat()}):
        hub.send("stock.moved", body | more)
    hub.send("stock.moved", body | {"happened": False, "occurred_at": BEFORE.isoformat()})
    hub.send("stock.moved", body | {"occurred_at": BEFORE.isoformat()})
    log = {TopicPartition(INBOUND.name, partition): records for partition, records in hub.log.items()}
    entries = read_records(log, partitions=hub.partitions, bytes_max=BYTES_MAX)
    assert [asks_to_look_back(entry) for entry in entries] == [False, False, False, True]
