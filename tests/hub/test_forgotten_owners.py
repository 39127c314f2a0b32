"""An owner may leave memory after any batch: what is decided about it is the same to the byte, and stops no worker."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from lotstream.contracts.inbound import BROADCAST, BY_HUB, INBOUND
from lotstream.contracts.produce import inbound
from lotstream.contracts.topics import PICK_TASKS
from lotstream.store.sql import queries
from lotstream.testing.memory.database import MemoryDatabase
from lotstream.testing.simulation.reference import COMPARED
from tests.hub.any_message import EAST, OWNER, WEIGHTS, AnyMessage, Body, Task
from tests.hub.replayed import differences
from tests.hub.small_hub import SITE, SmallHub, SmallWorker, a_site

SEEDS, MESSAGES = (2, 150) if os.environ.get("LOTSTREAM_TEST_LENGTH", "short") == "short" else (60, 250)
#: Of so many messages one is followed by whatever the hub and the clock have to do.
SETTLED_EVERY: Final = 5
TASKS_KNOWN: Final = 12
LOADS: Final = frozenset(queries("load").values())
#: What may differ: rows that say nothing are left where they were read last.
QUANTITIES: Final = ("on_hand", "reserved", "promised_elsewhere")


class House:
    """A hub and its only worker, which hears what it is told."""

    async def build(self) -> House:
        """Define two sites and open the day of the first."""
        self.hub = SmallHub(partitions=1)
        self.worker: SmallWorker = await self.hub.start()
        await a_site(self.hub, self.worker)
        await self.hub.tell("site.defined", EAST, {"site": EAST, "calendar": "scripted"})
        await self.worker.settle()
        return self

    async def hear(self, number: int, name: str, body: Body) -> None:
        """Hear a message, and now and then have the clock go on."""
        record = inbound(name, body, source="test", message_id=str(number))
        self.hub.append(0, key=record.key, value=record.value, headers=record.headers)
        await self.worker.decide()
        if number % SETTLED_EVERY == 0:
            await self._happen(number)

    async def _happen(self, number: int) -> None:
        """Have half an hour pass, the bin B1 be held or let go, and from time to time the day turn."""
        self.hub.now = self.hub.append_time = self.hub.now + timedelta(minutes=30)
        held = {"site": SITE, "location": "B1", "version": number, "hold": number % (2 * SETTLED_EVERY) == 0}
        await self.hub.tell("location.defined", f"B1/{number}", held)
        if number % (10 * SETTLED_EVERY) == 0:
            date = f"2026-09-{1 + number // (10 * SETTLED_EVERY):02}"
            await self.hub.tell("day.opened", f"{SITE}/{date}", {"site": SITE, "date": date})
        await self.worker.settle()

    def tasks(self) -> list[Task]:
        """Return the pick tasks that were told last."""
        told = [json.loads(row["value"]) for row in self.hub.rows("outbox", topic=PICK_TASKS.name)[-TASKS_KNOWN:]]
        tasks = [
            Task({name: body[name] for name in ("source", "order", "wave") if name in body}, task)
            for body in told
            for task in body["tasks"]
            if task["action"] == "create"
        ]
        return tasks[-TASKS_KNOWN:]

    def chain(self) -> bytes:
        """Return the head of the chain of what was decided."""
        (claim,) = self.hub.rows("claim")
        head: bytes = claim["chain"]
        return head

    def rows(self, table: str) -> list[str]:
        """Return what a table says, in no order."""
        rows: Sequence[dict[str, Any]] = self.hub.rows(table)
        if table == "stock":
            rows = [row for row in rows if any(row[quantity] for quantity in QUANTITIES)]
        return sorted(map(repr, rows))


@pytest.fixture
def any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a database return rows in any order, as one does that is not told which."""
    draw, fetch = Random(7), MemoryDatabase.fetch

    async def shuffled(database: MemoryDatabase, query: str, *args: object) -> list[Any]:
        rows = list(await fetch(database, query, *args))
        if query in LOADS:
            draw.shuffle(rows)
        return rows

    monkeypatch.setattr(MemoryDatabase, "fetch", shuffled)


@pytest.mark.usefixtures("any_order")
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_an_owner_that_leaves_memory_is_decided_about_as_one_that_stays(seed: int) -> None:
    """Two hubs hear the same messages; one forgets its owners after each, and both write the same rows to the byte.

    What they have written in the end is what follows from the journal, table by table, and the sums hold.
    """
    said, stays, leaves = AnyMessage(seed), await House().build(), await House().build()
    begun = said.begin()
    for number in range(1, MESSAGES + 1):
        name, body = begun.pop(0) if begun else said.next()
        for house in (stays, leaves):
            await house.hear(number, name, body)
        leaves.worker.ledgers.drop([OWNER])
        # The chain of what is in the journal says of everything up to here whether it is the same.
        if leaves.chain() != stays.chain() or number == MESSAGES:
            for table in COMPARED:
                assert leaves.rows(table) == stays.rows(table), (seed, number, name, body)
        said.tasks = stays.tasks()
    outcomes = {row["outcome"].value for row in stays.hub.intake()}
    assert outcomes == {"done", "refused"}
    assert list(differences(stays.hub, OWNER)) == []


def test_every_message_of_an_owner_is_among_them() -> None:
    """A message that is added is told to both hubs; an owner need not be defined."""
    assert WEIGHTS.keys() == INBOUND.keys() - BROADCAST - BY_HUB - {"owner.defined"}


async def test_a_serial_number_is_forgotten_with_the_last_order_that_speaks_of_it() -> None:
    """Memory keeps the units of open orders, whatever ends these: nothing is left of one that was cancelled."""
    house = await House().build()
    line = {"line": "1", "sku": "PUMP", "serial": "SN-1", "quantity": "1"}
    await house.hear(1, "item.defined", {"owner": OWNER, "sku": "PUMP", "tracking": "serial"})
    await house.hear(2, "order.placed", {"owner": OWNER, "source": "shop", "order": "O-1", "lines": [line]})
    assert house.worker.ledgers[OWNER].serials.keys() == {"SN-1"}
    await house.hear(3, "order.cancelled", {"owner": OWNER, "source": "shop", "order": "O-1"})
    assert house.worker.ledgers[OWNER].serials == {}


async def test_a_unit_on_hold_comes_with_its_owner() -> None:
    """No order speaks of it and no message names it; a change of condition does not make it good all the same."""
    house = await House().build()
    await house.hear(1, "item.defined", {"owner": OWNER, "sku": "PUMP", "tracking": "serial"})
    said = {"owner": OWNER, "site": SITE, "happened": True}
    goods = {"line": "1", "sku": "PUMP", "quantity": "1", "location": "A", "serials": ["SN-1"]}
    await house.hear(2, "stock.received", {**said, "receipt": "R", "lines": [{**goods, "lot": "L"}]})
    await house.hear(3, "hold.placed", {"owner": OWNER, "hold": "H", "sku": "PUMP", "serial": "SN-1", "kind": "hold"})
    assert house.worker.ledgers[OWNER].serials.keys() == {"SN-1"}
    house.worker.ledgers.drop([OWNER])
    turned = {"line": "1", "sku": "PUMP", "lot": "L", "quantity": "1", "location": "A", "status": "quarantine"}
    await house.hear(4, "stock.status_changed", {**said, "change": "C", "lines": [{**turned, "to_status": "good"}]})
    rows = house.worker.ledgers[OWNER].stock.values()
    assert [(row.key.status, row.on_hand) for row in rows if row.on_hand] == [("quarantine", 1)]


async def test_a_shipment_told_order_by_order_reads_no_order_twice() -> None:
    """What left before under a shipment's number is not read again for the next order, but when it is taken back."""
    house, asked = await House().build(), list[str]()
    house.hub.tables.unasked.append(lambda table, key: asked.append(key[-1]) if table == "sales_order" else None)
    await house.hear(1, "item.defined", {"owner": OWNER, "sku": "SOAP", "tracking": "none"})
    goods = {"line": "1", "sku": "SOAP", "quantity": "9", "location": "A"}
    await house.hear(
        2, "stock.received", {"owner": OWNER, "site": SITE, "happened": True, "receipt": "R", "lines": [goods]}
    )
    shipment = {"owner": OWNER, "site": SITE, "happened": True, "shipment": "S-1"}
    for number, order in ((3, "O-1"), (6, "O-2")):
        key, line = {"source": "shop", "order": order}, {"line": "1", "sku": "SOAP", "quantity": "1"}
        await house.hear(number, "order.placed", {"owner": OWNER, **key, "lines": [line]})
        asked.clear()
        await house.hear(number + 1, "shipment.confirmed", {**shipment, "orders": [key]})
        assert asked == []
    await house.hear(8, "shipment.voided", shipment)
    assert sorted(asked) == ["O-1", "O-2"]


async def test_a_package_that_the_hub_numbers_leaves_memory_after_its_batch() -> None:
    """No message named it, so that nobody was to let it go; with it every package of the day stayed."""
    house = await House().build()
    floor = {"owner": OWNER, "site": SITE, "happened": False, "by": "scanner"}
    goods = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "B2", "quantity": "5", "expires": "2027-01-01"}
    order = {"source": "shop", "order": "O-1"}
    told: list[tuple[str, Body]] = [
        ("settings.changed", {"owner": OWNER, "allocate": "at_once", "sscc_prefix": "0614141"}),
        ("item.defined", {"owner": OWNER, "sku": "SOAP"}),
        ("balance.opened", {"owner": OWNER, "site": SITE, "balance": "B", "lines": [goods]}),
        ("order.placed", {**order, "owner": OWNER, "lines": [{"line": "1", "sku": "SOAP", "quantity": "5"}]}),
        ("pick.confirmed", {**floor, **order, "lines": [{"line": "1", "lot": "L1", "quantity": "5"}]}),
        ("package.packed", {**floor, "kind": "carton", "lines": [{**order, "line": "1", "quantity": "5"}]}),
    ]
    for number, (name, body) in enumerate(told, start=1):
        await house.hear(number, name, body)
    assert {row["outcome"] for row in house.hub.intake(owner=OWNER)} == {"done"}
    assert {row["kind"] for row in house.hub.rows("receipt", owner=OWNER)} == {"balance", "counter", "package"}
    assert house.worker.ledgers[OWNER].receipts == {}
