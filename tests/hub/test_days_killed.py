"""Real workers, killed and joined in the middle of a day that turns: all owners come through, nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from lotstream.contracts.produce import Record, inbound
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.faults.audit import read_books, read_published
from tests.hub.client import HubClient

SITE = "TURNS"
OWNERS = [f"owner-{number}" for number in range(24)]
ORDERS = 15
LOOK_EVERY_S = 0.02


async def test_a_day_turns_through_a_kill_and_a_rebalance(hub_settings: Settings, tmp_path: Path) -> None:
    """One worker is killed and two come while 360 orders nobody touches are moved, two at a time."""
    hub = hub_settings.model_copy(update={"continued_orders_max": 2, "continued_owners_max": 6})
    first = WorkerProcess(hub, instance="first", log=tmp_path / "first.log")
    await first.start()
    async with PostgresStore(hub.postgres_url) as store, HubClient(hub) as client:
        await define(store, "lotstream.site.defined.v1", f"{SITE}/1", _site(), partitions=hub.partitions)
        await define(store, "lotstream.day.opened.v1", f"{SITE}/1", _day("2026-03-10"), partitions=hub.partitions)
        sent = await produce(hub.kafka_bootstrap, _records())
        await _until(lambda: _reserved(client, "L1"), len(OWNERS) * ORDERS)

        number = await store.add_broadcast("lotstream.day.opened.v1", key=f"{SITE}/2", body=_day("2026-03-11"))
        await _until(lambda: _reserved(client, "L2"), 40)
        await first.kill()
        assert await _reserved(client, "L1") > 0
        second = WorkerProcess(hub, instance="second", log=tmp_path / "second.log")
        third = WorkerProcess(hub, instance="third", log=tmp_path / "third.log")
        await second.start()
        await _until(lambda: _reserved(client, "L2"), 120)
        await third.start()
        await _until(lambda: _held(client, third), 1)
        await client.row("SELECT FROM intake WHERE source = 'lotstream' AND message_id = $1", str(number))
        assert await _reserved(client, "L1") == 0
        assert await _reserved(client, "L2") == len(OWNERS) * ORDERS
        [done] = await client.rows("SELECT count(*) AS records FROM intake WHERE source = 'test' AND outcome = 'done'")
        assert done["records"] == sent
        [moved] = await client.rows("SELECT count(*) AS events FROM journal WHERE type = 'ReservationFreed'")
        assert moved["events"] == len(OWNERS) * ORDERS
        assert {await second.stop(), await third.stop()} == {ExitCode.OK}

    books = await read_books(hub.postgres_url)
    assert books.reserved == books.held_by_orders
    assert set(books.messages.values()) == {1}
    assert await read_published(hub.kafka_bootstrap) == books.messages
    verified = await run_lotstream(hub, "verify")
    assert verified.code == 0, verified.out + verified.err


def _site() -> bytes:
    return b'{"site": "%s", "calendar": "scripted"}' % SITE.encode()


def _day(date: str) -> bytes:
    return b'{"site": "%s", "date": "%s"}' % (SITE.encode(), date.encode())


def _records() -> list[Record]:
    """Return owners with two lots, of which the first is good for one more day, and orders that take all of it."""
    records = []
    for owner in OWNERS:
        records.append(_record("item.defined", {"owner": owner, "sku": "SOAP"}, "item"))
        lines = [
            {"line": lot, "sku": "SOAP", "lot": lot, "quantity": ORDERS, "location": f"BIN-{lot}", "expires": expires}
            for lot, expires in (("L1", "2026-03-10"), ("L2", "2026-12-01"))
        ]
        balance = {"owner": owner, "site": SITE, "balance": "B", "lines": lines}
        records.append(_record("balance.opened", balance, "balance"))
        for number in range(ORDERS):
            wanted = [{"line": "1", "sku": "SOAP", "quantity": 1}]
            order = {"owner": owner, "source": "shop", "order": f"{owner}/{number}", "lines": wanted}
            records.append(_record("order.placed", order, str(number)))
    return records


def _record(name: str, body: Mapping[str, object], id_: str) -> Record:
    return inbound(name, body, source="test", message_id=f"{name}/{body['owner']}/{id_}")


async def _reserved(client: HubClient, lot: str) -> int:
    [row] = await client.rows("SELECT coalesce(sum(reserved), 0)::int AS units FROM stock WHERE lot = $1", lot)
    return int(row["units"])


async def _held(client: HubClient, worker: WorkerProcess) -> int:
    """Return how many partitions a worker has taken over."""
    [row] = await client.rows("SELECT count(*)::int AS held FROM claim WHERE holder LIKE $1", f"%-{worker.instance}-%")
    return int(row["held"])


async def _until(look: Callable[[], Awaitable[int]], wanted: int) -> None:
    while await look() < wanted:
        await asyncio.sleep(LOOK_EVERY_S)
