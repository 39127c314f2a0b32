"""What may be sold is told when it changes, by records of the hub itself, through kills and without a touch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lotstream.domain import ticking as domain_ticking
from lotstream.hub import ticking
from lotstream.hub.ticking import IN_A_ROW_MAX
from tests.hub.small_hub import NOON, SITE, SmallHub, SmallWorker, a_site, order, owners_in, stock

CHANNELS = [{"name": "shop"}, {"name": "strict", "min_days_left": 60}]
LOTS = [("L1", "2026-09-01"), ("L2", "2026-12-01")]


async def a_seller(hub: SmallHub, worker: SmallWorker, owner: str) -> None:
    """Give an owner two channels, a minute between two looks, and stock of which a half expires today."""
    hub.send("settings.changed", {"owner": owner, "channels": CHANNELS, "availability_every_s": 60})
    stock(hub, owner, LOTS)
    await worker.settle()


def later(hub: SmallHub, seconds: float = 60) -> None:
    """Let so many seconds pass for the database and the broker."""
    hub.now += timedelta(seconds=seconds)
    hub.append_time = hub.now


def told(hub: SmallHub, owner: str) -> list[dict[str, str]]:
    """Return what was told of SOAP, message by message: the quantity of each channel that changed."""
    bodies = hub.told(topic="lotstream.availability")
    return [{one["channel"]: one["quantity"] for one in body["figures"]} for body in bodies if body["owner"] == owner]


async def test_what_may_be_sold_is_told_once_a_minute_and_only_when_it_changed() -> None:
    """Many changes within a minute are one message per SKU; a minute without any change is none."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_seller(hub, worker, owner)
    assert told(hub, owner) == []
    later(hub)
    await worker.settle()
    assert told(hub, owner) == [{"shop": "200", "strict": "100"}]
    for number in range(30):
        order(hub, owner, number)
    later(hub, 59)
    await worker.settle()
    assert len(told(hub, owner)) == 1
    later(hub, 1)
    await worker.settle()
    assert told(hub, owner)[1:] == [{"shop": "170"}]
    assert [row["due_at"] for row in hub.rows("owner_clock", owner=owner)] == [None]


async def test_a_day_that_turns_tells_owners_nobody_touches() -> None:
    """What expired with the day may no longer be sold, although the owner has no orders and nothing is sent for it."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(1, 1)
    await a_seller(hub, worker, owner)
    later(hub)
    await worker.settle()
    await hub.tell("day.opened", f"{SITE}/2026-09-02", {"site": SITE, "date": "2026-09-02"})
    await worker.settle()
    later(hub)
    await worker.settle()
    assert told(hub, owner)[1:] == [{"shop": "100"}]


async def test_owners_without_channels_cost_nothing() -> None:
    """Who has no channels has no clock, no figures and no record of the hub, whatever happens to it."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    stock(hub, owner, LOTS)
    order(hub, owner, 1)
    later(hub, 600)
    await worker.settle()
    assert hub.rows("owner_clock") == hub.rows("availability") == []
    assert hub.intake(type="lotstream.clock.ticked.v1") == []


async def test_a_take_over_between_asking_and_deciding_tells_nothing_twice() -> None:
    """The next holder asks under the same id: of the two records one is decided and the other is a duplicate."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_seller(hub, worker, owner)
    later(hub)
    await worker.look()
    worker = await hub.start()
    await worker.look()
    await worker.settle()
    assert [row["outcome"] for row in hub.intake(type="lotstream.clock.ticked.v1")] == ["done", "duplicate"]
    assert len(told(hub, owner)) == 1


async def test_workers_that_forget_everything_tell_the_same() -> None:
    """A log decided again, record by record by workers that know nothing, gives the same figures and hash chains."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 2) + owners_in(1, 1)
    for owner in owners:
        await a_seller(hub, worker, owner)
    for step in range(12):
        for owner in owners[: step % 3 + 1]:
            order(hub, owner, step, quantity=step + 1)
        if step == 6:
            await hub.tell("hold.placed", "H", {"hold": "H", "site": SITE, "location": "BIN-L2"})
        later(hub, 35)
        await worker.settle()
    again = SmallHub()
    again.log = hub.log
    for row in hub.rows("broadcast"):
        await again.store.add_broadcast(row["type"], key=row["key"], body=row["body"])
    replayed = await again.start()
    while await replayed.decide(records_max=1):
        replayed = await again.start()
    for table in ("journal", "outbox", "availability", "owner_clock"):
        assert sorted(map(str, again.rows(table))) == sorted(map(str, hub.rows(table)))
    assert len(told(hub, owners[0])) > 4


async def test_owners_that_are_always_due_keep_nobody_waiting() -> None:
    """With room for one look at a time and three owners who are due again at once, each has its turn."""
    hub = SmallHub(partitions=1, owners_max=1)
    worker = await hub.start()
    await a_site(hub, worker)
    owners = sorted(owners_in(0, 3, partitions=1))
    for owner in owners:
        await a_seller(hub, worker, owner)
    looks = []
    for number in range(9):
        for owner in owners:
            order(hub, owner, number)
        await worker.decide()
        later(hub)
        await worker.look()
        looks += [record.key.decode() for record in hub.log[0][worker.states[0].claim.next_offset :]]
        await worker.decide()
    assert {owner: looks.count(owner) for owner in owners} == dict.fromkeys(owners, 3)


@pytest.mark.limit("continued_owners_max")
async def test_only_so_many_owners_are_looked_at_at_once() -> None:
    """However many owners are due, a holder has no more looks in the log than its bound."""
    hub = SmallHub(owners_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 5) + owners_in(1, 5)
    for owner in owners:
        await a_seller(hub, worker, owner)
    later(hub)
    asked = []
    for _ in range(8):
        await worker.look()
        await worker.look()
        asked.append(await worker.decide())
    assert max(asked) == 3
    assert sum(asked) == len(owners)
    assert all(told(hub, owner) for owner in owners)


async def test_nobody_else_lets_the_clock_tick() -> None:
    """A clock.ticked under another source, or under another id of the hub's, is dead-lettered and tells nothing."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_seller(hub, worker, owner)
    for source, id_ in (("shop", "ticked/0/x"), ("lotstream", "continued/0/x")):
        hub.forge("clock.ticked", {"owner": owner}, partition=0, id=id_, source=source, key=owner.encode())
    await worker.settle()
    assert [row["outcome"] for row in hub.intake(type=None)][-2:] == ["dead_lettered"] * 2
    assert told(hub, owner) == []


async def test_a_record_that_was_not_appended_is_asked_for_again() -> None:
    """A partition given back between finding an owner and appending for it asks for it anew when it comes again."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_seller(hub, worker, owner)
    later(hub)
    (tick,) = await worker.broadcasts._continuing.next_parts()
    assert await worker.broadcasts._continuing.next_parts() == []
    worker.give_back(0)
    await worker.broadcasts._continue(tick)
    await worker.claim(0)
    await worker.settle()
    assert len(told(hub, owner)) == 1
    assert hub.now == NOON + timedelta(seconds=60)


async def test_who_sent_an_order_that_is_held_too_long_is_told_once() -> None:
    """After so many hours, by a record of the hub itself although nobody touches the owner, and through a take-over."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    held, silent = owners_in(0, 2)
    hub.send("settings.changed", {"owner": held, "held_notice_hours": 2})
    for owner in (held, silent):
        order(hub, owner, 1)
    await worker.settle()
    assert [row["due_at"] for row in hub.rows("owner_clock")] == [NOON + timedelta(hours=2)]
    later(hub, 7199)
    await worker.settle()
    assert held_alerts(hub) == []
    later(hub, 1)
    await worker.look()
    worker = await hub.start()
    await worker.settle()
    later(hub, 86_400)
    await worker.settle()
    said = "Held for 2 hours. Line 1 wants SOAP, which is not defined; define the item."
    assert held_alerts(hub) == [(held, "unknown_item", said)]
    statuses = hub.told(topic="lotstream.order-status")
    told_of = [status["code"] for status in statuses if status["owner"] == held]
    assert told_of == ["unknown_item", "unknown_item"]
    assert [row["due_at"] for row in hub.rows("owner_clock")] == [None]


def held_alerts(hub: SmallHub) -> list[tuple[str, str, str]]:
    """Return owner, code and sentence of each alert about an order that is held."""
    bodies = hub.told(topic="lotstream.alerts")
    return [(body["owner"], body["code"], body["message"]) for body in bodies if body["alert"] == "held"]


async def test_a_database_ahead_of_the_brokers_is_not_asked_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is a year ahead finds an owner due after every look: it is looked at so often, then once a minute.

    By the brokers' clock nothing is told too early, and everything in time.
    """
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    hub.send("settings.changed", {"owner": owner, "held_notice_hours": 1})
    order(hub, owner, 1, sku="NOBODY-KNOWS")
    await worker.settle()
    hub.now += timedelta(days=365)
    await worker.settle()
    assert len(looks(hub)) == IN_A_ROW_MAX
    await worker.settle()
    assert len(looks(hub)) == IN_A_ROW_MAX
    assert hub.told(topic="lotstream.alerts") == []
    monkeypatch.setattr(ticking, "PAUSE_S", 0.0)
    hub.append_time += timedelta(hours=2)
    await worker.settle()
    assert len(looks(hub)) == IN_A_ROW_MAX + 1
    assert len(hub.told(topic="lotstream.alerts")) == 1


async def test_more_figures_than_are_told_at_once_are_told_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many looks that takes: each is for another time."""
    monkeypatch.setattr(domain_ticking, "FIGURES_MAX", 1)
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    hub.send("settings.changed", {"owner": owner, "channels": [{"name": "shop"}], "availability_every_s": 60})
    skus = [f"SOAP-{number}" for number in range(IN_A_ROW_MAX + 10)]
    for sku in skus:
        hub.send("item.defined", {"owner": owner, "sku": sku, "tracking": "none"})
    lines = [{"line": sku, "sku": sku, "quantity": 5, "location": "BIN"} for sku in skus]
    hub.send("balance.opened", {"owner": owner, "site": SITE, "balance": "B-1", "lines": lines})
    await worker.settle()
    later(hub)
    decided = 1
    while decided:
        await worker.look()
        decided = await worker.decide()
        later(hub, 0.001)
    assert len(told(hub, owner)) == len(skus)


def looks(hub: SmallHub) -> list[dict[str, Any]]:
    """Return the looks at owners by the clock."""
    return hub.intake(type="lotstream.clock.ticked.v1")
