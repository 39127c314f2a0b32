"""Many producers on few lots, through a running hub: nothing is promised twice, no order is lost, nobody sees an error.

What was promised is added up here from the tables by plain SQL and from the topics by plain Python, neither with the
hub's own code, and both are held against what was sent.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import pytest
import pytest_asyncio

from lotstream.contracts.inbound import BY_HUB, type_of
from lotstream.contracts.topics import ALERTS, DEAD_LETTERS, ORDER_STATUS, PICK_TASKS
from lotstream.settings import Settings
from lotstream.testing.bench.hub import BenchHub, bench_hub
from lotstream.testing.bench.processors import Programs
from lotstream.testing.kafka import produce, read_all
from lotstream.testing.load import Load, orders
from lotstream.testing.processes import WorkerProcess
from tests.faults.audit import read_books
from tests.hub.logs import GAPS, rows

LONG: Final = os.environ.get("LOTSTREAM_TEST_LENGTH", "short") != "short"
PRODUCERS: Final = 16
LOTS: Final = 50
"""Lots of an owner, all of one item."""

UNITS_WANTED: Final = 2
"""Units an order asks for on average, of one to three."""

OUTBOX: Final = "SELECT id FROM outbox WHERE topic = $1"
OUTCOMES: Final = """
SELECT outcome, count(*), count(DISTINCT (source, message_id)) FROM intake WHERE source = ANY($1) GROUP BY outcome
"""

NOT_DONE: Final = (
    "SELECT type, code FROM intake WHERE outcome <> 'done' AND (outcome <> 'duplicate' OR type <> ALL($1))"
)

Lot = tuple[str, str, str]
"""Owner, lot and bin."""


@dataclass(frozen=True)
class Case:
    """How many owners, and orders of each producer; at which shares of the work done the worker is killed."""

    owners: int
    orders_each: int
    killed_at: tuple[float, ...] = ()

    @property
    def orders(self) -> int:
        """Return the orders of all producers."""
        return PRODUCERS * self.orders_each

    @property
    def load(self) -> Load:
        """Return stock for four orders in five: each lot is fought for until nothing is left of it."""
        units = self.orders * UNITS_WANTED * 4 // 5 // LOTS // self.owners
        prefix = f"among-{self.owners}"
        return Load(self.orders_each, self.owners, skus=1, lots=LOTS, units=units, lines=1, owner_prefix=prefix)

    def senders(self) -> list[Load]:
        """Return what each producer sends: its own orders, for every owner in turn."""
        return [replace(self.load, source=f"producer-{self.owners}-{n}", seed=n) for n in range(PRODUCERS)]

    def keys(self) -> Iterator[tuple[str, str, str]]:
        """Yield owner, source and number of every order."""
        owners = self.load.owner_ids()
        for sender in self.senders():
            for number in range(self.orders_each):
                yield owners[number % len(owners)], sender.source, f"O-{number}"

    def stock(self) -> dict[Lot, int]:
        """Return what there is of each lot."""
        places = [(owner, place) for owner in self.load.owner_ids() for place in range(LOTS)]
        return {(owner, f"L{place * 7 % LOTS}", f"A-000-{place}"): self.load.units for owner, place in places}


CASES: Final = (
    Case(owners=1, orders_each=10_000 if LONG else 500),
    # 20,000 orders in the short size: as many as three kills are promised to do no harm to.
    Case(owners=16, orders_each=10_000 if LONG else 1_250, killed_at=(0.2, 0.5, 0.8)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BenchHub]:
    """A hub with the stock of all cases, and no worker."""
    folder = tmp_path_factory.mktemp("contention")
    async with bench_hub(hub_settings, programs=Programs(None, None), folder=folder) as hub:
        await hub.prepare([case.load for case in CASES])
        yield hub


@pytest.mark.timeout(1200 if LONG else 600)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.owners}-owners-{len(case.killed_at)}-kills")
async def test_sixteen_producers_on_fifty_lots(hub: BenchHub, case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """Each order is answered once, all there is is promised and nothing twice, and every send and decision succeeds.

    So it is when the worker is killed in the middle, three times: it goes on where it was.
    """
    took_s = await _work_off(hub, case)
    said = {topic: await _told(hub, topic) for topic in (PICK_TASKS.name, ORDER_STATUS.name)}

    assert await _reserved(hub.settings, case) == case.stock()
    assert _tasks(said[PICK_TASKS.name], case) == case.stock()
    assert _answers(said[ORDER_STATUS.name], case) == Counter(case.keys())
    await _sound(hub.settings, case)
    for topic, told in said.items():
        assert told.keys() == {id_ for (id_,) in await rows(hub.settings, OUTBOX, topic)}
    for topic in (ALERTS.name, DEAD_LETTERS.name):
        assert await _told(hub, topic) == {}
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what a reader of the run wants to see
            f"\n{PRODUCERS} producers, {case.orders} orders of {case.owners} owner(s) on {LOTS} lots each, "
            f"{len(case.killed_at)} kills: 0 over-reserved, 0 lost, 0 errors; {case.orders / took_s:.0f} orders/s"
        )


async def _work_off(hub: BenchHub, case: Case) -> float:
    """Send all orders to a worker that is killed now and then; returns the seconds until the last was published."""
    began = await hub.mark()
    sending = asyncio.gather(*(produce(hub.settings.kafka_bootstrap, orders(sender)) for sender in case.senders()))
    log = hub.folder / "worker.log"
    for share in case.killed_at:
        worker = WorkerProcess(hub.settings, instance="contended", log=log)
        await worker.start()
        await hub.decided_to(began.records + int(case.orders * share))
        await worker.kill()
    async with WorkerProcess(hub.settings, instance="contended", log=log):
        assert await sending == [case.orders_each] * PRODUCERS
        ended = await hub.published_to(began.records + case.orders)
    return ended.at_s - began.at_s


async def _told(hub: BenchHub, topic: str) -> dict[str, dict[str, Any]]:
    """Return what a reader sees in a topic, by message id; fails on a message that comes twice."""
    told: dict[str, dict[str, Any]] = {}
    async for seen in read_all(hub.settings.kafka_bootstrap, topic):
        id_ = seen.headers["ce_id"].decode()
        assert id_ not in told, f"{topic} has {id_} twice"
        told[id_] = json.loads(seen.value or b"")
    return told


async def _reserved(settings: Settings, case: Case) -> dict[Lot, int]:
    """Return what the table says is promised of each lot, where it is no more than there is."""
    query = "SELECT owner, lot, location, reserved FROM stock WHERE owner = ANY($1) AND reserved BETWEEN 0 AND on_hand"
    found = await rows(settings, query, case.load.owner_ids())
    return {(owner, lot, bin_): reserved for owner, lot, bin_, reserved in found}


def _tasks(said: dict[str, dict[str, Any]], case: Case) -> dict[Lot, int]:
    """Add up what pickers are sent for, by lot."""
    wanted: dict[Lot, int] = defaultdict(int)
    mine = set(case.load.owner_ids())
    for body in said.values():
        for task in body["tasks"] if body["owner"] in mine else ():
            assert task["action"] == "create"
            wanted[body["owner"], task["lot"], task["location"]] += int(task["quantity"])
    return wanted


def _answers(said: dict[str, dict[str, Any]], case: Case) -> Counter[tuple[str, str, str]]:
    """Count the answers to each order; every unit that was asked for is in it, promised or waiting."""
    answers = Counter[tuple[str, str, str]]()
    mine = set(case.load.owner_ids())
    for body in said.values():
        if body["owner"] in mine:
            (line,) = body["lines"]
            assert body["code"] is None
            assert Decimal(line["allocated"]) + Decimal(line["backordered"]) == Decimal(line["ordered"])
            answers[body["owner"], body["source"], body["order"]] += 1
    return answers


async def _sound(settings: Settings, case: Case) -> None:
    """Fail unless every record was decided once and done, and the table of stock says what the orders say."""
    sources = [sender.source for sender in case.senders()]
    assert await rows(settings, OUTCOMES, sources) == [("done", case.orders, case.orders)]
    # What the hub tells itself is asked for again under the same id by the worker that follows a killed one.
    assert await rows(settings, NOT_DONE, sorted(type_of(name) for name in BY_HUB)) == []
    assert await rows(settings, GAPS) == []
    books = await read_books(settings.postgres_url)
    assert books.reserved == books.held_by_orders
