"""Owners nobody touches go on by records of a bounded size, through kills and rebalances, and come to the same lots."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from prometheus_client import REGISTRY

from lotstream.domain import filling, letting_go, settling
from lotstream.hub.deciding import Deciding
from tests.hub.small_hub import BYTES_MAX, SITE, SmallHub, SmallWorker, a_site, order, owners_in, stock

LOTS = [("L1", "2026-09-01"), ("L2", "2026-12-01")]


async def a_full_owner(hub: SmallHub, worker: SmallWorker, owner: str, *, orders: int) -> None:
    """Give an owner orders that are all promised of a lot that is not used after today."""
    stock(hub, owner, LOTS)
    for number in range(orders):
        order(hub, owner, number)
    await worker.settle()
    assert hub.reserved(owner) == {"L1": orders}


async def turn(hub: SmallHub) -> int:
    """Tell every partition that it is tomorrow."""
    return await hub.tell("day.opened", f"{SITE}/2026-09-02", {"site": SITE, "date": "2026-09-02"})


def parts(hub: SmallHub, owner: str) -> list[dict[str, Any]]:
    """Return the intake rows of an owner's parts, in the order of the log."""
    rows = hub.intake(owner=owner, type="lotstream.day.continued.v1")
    return sorted(rows, key=lambda row: int(row["offset"]))


def moved(hub: SmallHub, owner: str) -> Counter[int]:
    """Return how many orders each record of the log moved for an owner."""
    return Counter(row["offset"] for row in hub.rows("journal", owner=owner, type="ReservationFreed"))


def times_reached(limit: str) -> float:
    """Return how often a limit was reached so far."""
    return REGISTRY.get_sample_value("lotstream_limit_reached_total", {"limit": limit}) or 0.0


async def test_owners_nobody_touches_are_moved() -> None:
    """After a day has turned every owner's promises are moved although nothing is sent for any of them."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 4) + owners_in(1, 4)
    for owner in owners:
        await a_full_owner(hub, worker, owner, orders=2)
    await turn(hub)
    await worker.settle()
    assert [hub.reserved(owner) for owner in owners] == [{"L2": 2}] * len(owners)
    assert all([row["outcome"] for row in parts(hub, owner)][-1] == "done" for owner in owners)


async def test_a_broadcast_itself_decides_nothing_about_any_owner() -> None:
    """The record of a turned day changes its partition alone; the orders are moved by the records that follow it."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_full_owner(hub, worker, owner, orders=2)
    number = await turn(hub)
    await worker.broadcasts._append_all()
    await worker.decide()
    (told,) = hub.intake(partition=0, message_id=f"{number}/0")
    assert [row["type"] for row in hub.rows("journal", partition=0, offset=told["offset"])] == ["DayOpened"]
    assert hub.reserved(owner) == {"L1": 2}
    await worker.settle()
    assert hub.reserved(owner) == {"L2": 2}


async def test_an_owner_without_open_orders_is_not_asked() -> None:
    """Who has no open order and no lot that expires has nothing to continue; it is brought up to date when touched."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    stock(hub, owner, [("L1", None), ("L2", None)])
    await worker.settle()
    number = await turn(hub)
    await worker.settle()
    assert parts(hub, owner) == []
    assert hub.answers()[-1]["message_id"] == str(number)
    order(hub, owner, 1)
    await worker.settle()
    assert hub.reserved(owner) == {"L1": 1}
    assert [row["number"] for row in hub.rows("continuing", owner=owner)] == [number]


@pytest.mark.limit("continued_orders_max")
async def test_an_owner_with_more_orders_than_the_bound_goes_on_in_parts() -> None:
    """Each record moves at most the bound's orders; there are as many as it takes, each under an id of its own."""
    hub = SmallHub(orders_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_full_owner(hub, worker, owner, orders=10)
    before, reached_before = len(parts(hub, owner)), times_reached("continued_orders_max")
    await turn(hub)
    await worker.settle()
    assert hub.reserved(owner) == {"L2": 10}
    assert times_reached("continued_orders_max") == reached_before + 3
    assert sorted(moved(hub, owner).values()) == [1, 3, 3, 3]
    asked = parts(hub, owner)[before:]
    assert len({row["message_id"] for row in asked}) == len(asked) == 4


async def test_a_worker_killed_before_a_part_was_decided_loses_and_doubles_nothing() -> None:
    """The next holder asks for the same part under the same id: of the two records one is decided."""
    hub = SmallHub(orders_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_full_owner(hub, worker, owner, orders=10)
    await turn(hub)
    await worker.look()
    await worker.decide()
    await worker.look()
    killed, worker = worker, await hub.start()
    assert killed.poll() != []
    await worker.look()
    await worker.settle()
    assert hub.reserved(owner) == {"L2": 10}
    assert sorted(moved(hub, owner).values()) == [1, 3, 3, 3]
    assert "duplicate" in [row["outcome"] for row in parts(hub, owner)]
    assert len(hub.rows("outbox", topic="lotstream.pick-tasks")) == 10 + 2 * 10


async def test_a_worker_killed_between_parts_goes_on_where_it_was() -> None:
    """After every single part another worker takes over with nothing in memory; the parts are those of one worker."""
    lots, journals = [], []
    for killed in (False, True):
        hub = SmallHub(orders_max=2)
        worker = await hub.start()
        await a_site(hub, worker)
        (owner,) = owners_in(0, 1)
        await a_full_owner(hub, worker, owner, orders=9)
        order(hub, owner, 99, quantity=500)
        await worker.settle()
        await turn(hub)
        for _ in range(20):
            await worker.look()
            await worker.decide()
            worker = await hub.start() if killed else worker
        await worker.settle()
        lots.append([part for row in hub.rows("sales_order", owner=owner) for part in _parts(row)])
        journals.append([row["body"] for row in hub.rows("journal", owner=owner)])
    assert lots[0] == lots[1]
    assert _without_tasks(journals[0]) == _without_tasks(journals[1])


def _parts(row: dict[str, Any]) -> list[tuple[str, int]]:
    lines = json.loads(row["body"])["lines"]
    return [(part["row"][1], part["quantity"]) for line in lines for part in line.get("reservations", [])]


def _without_tasks(bodies: list[str]) -> list[object]:
    """Leave out what hangs on offsets: a taken-over log has a few duplicates more."""

    def kept(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        if isinstance(value, dict):
            return {name: kept(one) for name, one in value.items() if name not in {"task", "arrival", "placed_at"}}
        return [kept(one) for one in value] if isinstance(value, list) else value

    return [kept(json.loads(body)) for body in bodies]


async def test_a_rebalance_in_the_middle_hands_the_rest_over() -> None:
    """A partition that moves to another worker in the middle of its owners' parts is finished there."""
    hub = SmallHub(orders_max=2)
    first, second = await hub.start(0, 1), await hub.start()
    second.give_back(0, 1)
    first = await hub.start(0, 1)
    await a_site(hub, first)
    owners = owners_in(0, 2) + owners_in(1, 2)
    for owner in owners:
        await a_full_owner(hub, first, owner, orders=6)
    number = await turn(hub)
    for _ in range(3):
        await first.look()
        await first.decide()
    first.give_back(1)
    await second.claim(1)
    await first.settle(second)
    first.give_back(0)
    await second.claim(0)
    await second.settle()
    assert [hub.reserved(owner) for owner in owners] == [{"L2": 6}] * 4
    assert all(sum(moved(hub, owner).values()) == 6 for owner in owners)
    assert hub.answers()[-1]["message_id"] == str(number)


async def test_a_touch_in_the_middle_decides_a_part_first() -> None:
    """A command that comes while an owner is behind finds one more part decided, no more, and is decided itself."""
    hub = SmallHub(orders_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_full_owner(hub, worker, owner, orders=7)
    await turn(hub)
    await worker.broadcasts._append_all()
    order(hub, owner, 100)
    order(hub, owner, 101)
    await worker.decide()
    assert sorted(moved(hub, owner).values()) == [3, 3]
    assert hub.reserved(owner) == {"L1": 1, "L2": 8}
    await worker.settle()
    assert hub.reserved(owner) == {"L2": 9}


@pytest.mark.limit("continued_owners_max")
async def test_only_so_many_owners_are_asked_at_once() -> None:
    """However many owners are behind, a holder has no more parts in the log than its bound."""
    hub = SmallHub(owners_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    reached_before = times_reached("continued_owners_max")
    owners = owners_in(0, 6) + owners_in(1, 6)
    for owner in owners:
        await a_full_owner(hub, worker, owner, orders=1)
    await turn(hub)
    await worker.look()
    await worker.decide()
    asked = []
    for _ in range(20):
        await worker.look()
        await worker.look()
        asked.append(await worker.decide())
    assert max(asked) == 3
    assert times_reached("continued_owners_max") > reached_before
    assert [hub.reserved(owner) for owner in owners] == [{"L2": 1}] * 12


async def test_a_changed_rule_reaches_who_waits_without_a_touch() -> None:
    """Item, customer or settings: whoever waits is served by a record of the hub, whatever else is sent."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    changes: list[tuple[str, dict[str, object], dict[str, object]]] = [
        ("item.defined", {"sku": "SOAP", "min_days_left": 100}, {"sku": "SOAP", "version": 2}),
        ("customer.defined", {"customer": "C", "min_days_left": 100}, {"customer": "C", "version": 2}),
        ("settings.changed", {"min_days_left": 100}, {}),
        ("settings.changed", {"exclude_locations": ["BIN-L2"]}, {}),
    ]
    for owner, (name, strict, loose) in zip(owners_in(0, 4), changes, strict=True):
        stock(hub, owner, [("L2", "2026-12-01")])
        hub.send(name, {"owner": owner, **strict, "version": 2} if "sku" in strict else {"owner": owner, **strict})
        order(hub, owner, 1, customer="C" if name == "customer.defined" else None)
        await worker.settle()
        assert hub.reserved(owner) == {}
        hub.send(name, {"owner": owner, **loose, "version": 3} if "version" in loose else {"owner": owner, **loose})
        await worker.settle()
        assert hub.reserved(owner) == {"L2": 1}, name


async def test_a_rule_that_shuts_a_bin_moves_what_was_promised_of_it() -> None:
    """Settings that exclude a location move the promises there to other stock, part by part, without a touch."""
    hub = SmallHub(orders_max=2)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    await a_full_owner(hub, worker, owner, orders=5)
    hub.send("settings.changed", {"owner": owner, "exclude_locations": ["BIN-L1"]})
    await worker.settle()
    assert hub.reserved(owner) == {"L2": 5}
    assert sorted(moved(hub, owner).values()) == [1, 2, 2]


@pytest.mark.parametrize("seed", range(8))
async def test_the_same_log_gives_the_same_journal_however_workers_come_and_go(seed: int) -> None:
    """A log with turns, holds and rules in it, decided again in other batches by workers that forget everything.

    The heads of the hash chains cover every event, with its place in the log and every task's id.
    """
    draw = random.Random(seed)
    hub = SmallHub(orders_max=2, owners_max=3)
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 2) + owners_in(1, 2)
    for owner in owners:
        stock(hub, owner, [("L1", "2026-09-01"), ("L2", "2026-09-02"), ("L3", "2026-12-01")], quantity=20)
    for step in range(60):
        await something_happens(hub, draw, step, draw.choice(owners))
        if draw.random() < 0.7:
            await worker.look()
            await worker.decide(records_max=draw.randint(1, 9))
    await worker.settle()

    again = SmallHub(orders_max=2, owners_max=3)
    again.log = hub.log
    replayed = await again.start()
    for row in hub.rows("broadcast"):
        await again.store.add_broadcast(row["type"], key=row["key"], body=row["body"])
    while await replayed.decide(records_max=draw.randint(1, 7)):
        replayed = await again.start() if draw.random() < 0.5 else replayed
    for partition, state in worker.states.items():
        assert replayed.states[partition].claim.chain == state.claim.chain
    for table in ("stock", "sales_order", "continuing", "outbox"):
        assert sorted(map(str, again.rows(table))) == sorted(map(str, hub.rows(table)))


async def something_happens(hub: SmallHub, draw: random.Random, step: int, owner: str) -> None:
    """Let one thing happen that makes something due, or that touches an owner."""
    match draw.choice(["order", "order", "order", "order", "day", "hold", "lift", "item", "settings", "receipt"]):
        case "order":
            priority = draw.randint(0, 2) if draw.random() < 0.3 else 0
            order(hub, owner, draw.randint(1, 25), quantity=draw.randint(1, 6), version=str(step), priority=priority)
        case "day":
            await hub.tell("day.opened", f"{SITE}/{step}", {"site": SITE, "date": f"2026-09-0{draw.randint(1, 5)}"})
        case "hold":
            body = {"hold": f"H-{step}", "site": SITE, "location": draw.choice(["BIN-L2", "BIN-L3"])}
            await hub.tell("hold.placed", f"H-{step}", body)
        case "lift":
            await hub.tell("hold.lifted", f"L-{step}", {"site": SITE, "location": draw.choice(["BIN-L2", "BIN-L3"])})
        case "item":
            hub.send("item.defined", {"owner": owner, "sku": "SOAP", "version": step + 2, "min_days_left": step % 40})
        case "settings":
            hub.send("settings.changed", {"owner": owner, "exclude_locations": draw.choice([[], ["BIN-L2"]])})
        case _:
            line = {"line": "1", "sku": "SOAP", "quantity": 5, "lot": "L4", "location": "B", "expires": "2026-11-01"}
            receipt = {"owner": owner, "site": SITE, "happened": True, "receipt": f"R-{step}", "lines": [line]}
            hub.send("stock.received", receipt)


async def test_many_changed_rules_cost_one_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 items that change while 300 orders wait look at those orders once afterwards, not at each change."""
    looked_at = Counter[int]()
    allocate = filling.allocate

    def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - it passes on whatever comes
        looked_at.update([len(looked_at_in)])
        return allocate(*args, **kwargs)

    looked_at_in: list[int] = []
    take = Deciding._decide_one

    def noted(self: Deciding, head: Any, entry: Any) -> None:  # noqa: ANN401 - it passes on whatever comes
        looked_at_in.append(entry.offset)
        take(self, head, entry)

    hub = SmallHub(orders_max=50)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    skus = [f"SKU-{number}" for number in range(300)]
    for number, sku in enumerate(skus):
        hub.send("item.defined", {"owner": owner, "sku": sku, "min_days_left": 100})
        hub.send(
            "balance.opened",
            {"owner": owner, "site": SITE, "balance": sku, "lines": [
                {"line": "1", "sku": sku, "lot": "L", "quantity": 9, "location": sku, "expires": "2026-10-01"}
            ]},
        )  # fmt: skip
        order(hub, owner, number, sku=sku)
    await worker.settle()
    assert hub.reserved(owner) == {}

    monkeypatch.setattr(settling, "allocate", counted)
    monkeypatch.setattr(Deciding, "_decide_one", noted)
    for sku in skus:
        hub.send("item.defined", {"owner": owner, "sku": sku, "version": 2})
    await worker.decide()
    assert sum(looked_at.values()) == 0
    await worker.settle()
    assert sum(row["reserved"] for row in hub.rows("stock", owner=owner)) == 300
    assert sum(looked_at.values()) == 300
    assert max(looked_at.values()) == 50


async def test_items_that_come_late_let_go_only_the_orders_that_miss_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200 orders held for 200 unknown items each item that is defined looks at its own one."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    for number in range(200):
        order(hub, owner, number, sku=f"SKU-{number}")
    await worker.settle()
    looked_at: list[object] = []
    let_go = letting_go.let_go

    def counted(draft: Any, order: Any) -> Any:  # noqa: ANN401 - it passes on whatever comes
        looked_at.append(order.key)
        return let_go(draft, order)

    monkeypatch.setattr(letting_go, "let_go", counted)
    for number in range(200):
        hub.send("item.defined", {"owner": owner, "sku": f"SKU-{number}"})
    await worker.settle()
    assert len(looked_at) == 200
    assert {row["state"] for row in hub.rows("sales_order", owner=owner)} == {"backordered"}


async def test_an_owner_goes_on_whose_part_tells_more_than_a_topic_takes() -> None:
    """Its commands are decided without the part, which is dead-lettered by itself; nothing that expired is shipped."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    stock(hub, owner, LOTS)
    wanted = {"source": "shop", "order": "O-0"}
    lines = [{"line": str(number), "sku": "SOAP", "quantity": 1} for number in range(40)]
    hub.send("order.placed", {"owner": owner, **wanted, "lines": lines})
    await worker.settle()
    assert hub.reserved(owner) == {"L1": 40}
    hub.outgoing_bytes_max = 4000
    worker = await hub.start()
    await turn(hub)
    await worker.settle()
    order(hub, owner, 1)
    left = {"site": SITE, "happened": False, "shipment": "S-1", "orders": [wanted]}
    hub.send("shipment.confirmed", {"owner": owner, **left})
    await worker.settle()
    (letter,) = hub.rows("dead_letter")
    (part,) = hub.intake(outcome="dead_lettered")
    assert (part["type"], letter["code"]) == ("lotstream.day.continued.v1", "too_large")
    assert hub.reserved(owner) == {"L1": 40, "L2": 1}
    (refused,) = [one for one in hub.answers() if one["owner"] == owner]
    assert (refused["type"], refused["code"]) == ("lotstream.shipment.confirmed.v1", "lot_not_allowed")
    hub.outgoing_bytes_max = BYTES_MAX
    await (await hub.start()).settle()
    assert hub.reserved(owner) == {"L2": 41}
