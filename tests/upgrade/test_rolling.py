"""A deployment that rolls: the last released code and today's, on one database and in one group, both ways."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import asyncpg
import pytest

from lotstream import __version__
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.journal import Walk, walk
from lotstream.store.migrate import migrations
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import JournalRow
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import SITE, SOURCE, Load, catalogue, orders
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.faults.audit import read_books, read_published
from tests.upgrade.released import (
    LOOK_EVERY_S,
    VERSION,
    ReleasedWorker,
    claims,
    decided,
    held_by,
    kill_while_unpublished,
    run_released,
    told,
)

ORDERS = {"short": 800, "long": 10_000, "nightly": 50_000}[os.environ.get("LOTSTREAM_TEST_LENGTH", "short")]
"""Orders sent at once, several times."""
LOAD = Load(orders=ORDERS, owners=16, skus=10)
SOME = 100
DAYS = "DAYS"
POST = [migration.name for migration in migrations() if migration.is_post]
CHANGED = 100
"""Orders of the day before that are shipped, and as many that are cancelled."""


@pytest.mark.timeout(600 + ORDERS // 50)
async def test_a_deployment_rolls_forth_and_back_under_load_and_loses_and_doubles_nothing(
    released_hub: Settings, released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Old code on today's schema, today's code on old data, both in one group, and back: each message is seen once.

    A day that turns meanwhile moves every promise that may no longer be kept, whichever version was told.
    """
    hub = released_hub
    async with Story(hub, released, tmp_path) as story:
        # Yesterday: the old code decides, and goes on while the database is made ready for today's.
        yesterday = story.old("one")
        await yesterday.start()
        assert (await run_released(released, hub, "site", "define", SITE)).code == 0
        await told(hub, 1)
        await story.send(catalogue(LOAD))
        await decided(hub)
        await story.send_orders()
        for command in (("db", "migrate", "--before-deployment"), ("topics", "create")):
            assert (await run_lotstream(hub, *command)).code == 0
        assert await kill_while_unpublished(yesterday, hub, send_more=story.send_some_orders) > 0

        # Today's code takes over what the old left unpublished, beside a worker of the old code.
        one, two = story.new("one"), story.old("two")
        await asyncio.gather(one.start(), two.start())
        await held_by(hub, 2)
        early = await run_lotstream(hub, "db", "migrate")
        assert (early.code, "another version are still connected: lotstream." in early.err) == (ExitCode.SETUP, True)
        await decided(hub)
        await story.turn_a_day()
        await story.send(story.changes(await story.open_orders()))
        await story.send_orders()
        assert await kill_while_unpublished(one, hub, send_more=story.send_some_orders) > 0

        # Back: the old code takes over what today's left unpublished.
        back = story.old("one")
        await back.start()
        await decided(hub)
        assert set(await asyncio.gather(back.stop(), two.stop())) == {ExitCode.OK}

        # Forth again, and the last of the old code is gone.
        async with story.new("one"):
            migrated = await asyncio.gather(*(run_lotstream(hub, "db", "migrate") for _ in range(2)))
            assert [(ran.code, ran.err) for ran in migrated] == [(0, ""), (0, "")]
            assert sum(ran.out.count("_post_") for ran in migrated) == len(POST)
            await story.send_orders()
            await decided(hub)
            await story.nothing_expired_is_promised()

        # By mistake once more: it is told that it is too old, and changes nothing.
        before = await claims(hub)
        late = story.old("two")
        await late.start()
        assert await late.wait() == ExitCode.SETUP
        assert "migrated past lotstream 0.1.0" in late.log.read_text()
        assert await claims(hub) == before

    books = await read_books(hub.postgres_url)
    assert (books.done, books.done_ids, books.partitions_with_gaps) == (story.sent, story.sent, 0)
    assert books.orders == story.ordered + LOAD.owners
    assert books.reserved == books.held_by_orders
    assert set(books.messages.values()) == {1}
    assert await read_published(hub.kafka_bootstrap) == books.messages
    verified = await run_lotstream(hub, "verify")
    assert verified.code == 0, verified.out + verified.err
    events = await story.check_chains()
    assert set(events) == {VERSION, __version__}
    assert await story.codes_of_the_last_orders() == {__version__}
    with capsys.disabled():
        print(f"\nrolled {VERSION} ⇄ {__version__}: {books.orders} orders, events by version {events}")  # noqa: T201


async def test_the_released_worker_is_the_released_code(released: Path, released_hub: Settings) -> None:
    """What these tests run as the old code says the version of the wheel, and today's code says another."""
    assert (await run_released(released, released_hub, "--version")).out == f"lotstream {VERSION}\n"
    assert __version__ != VERSION


class Story:
    """One hub through a deployment: its workers, and what was sent."""

    def __init__(self, hub: Settings, released: Path, folder: Path) -> None:
        self._hub = hub
        self._released = released
        self._folder = folder
        self._workers: list[WorkerProcess] = []
        self.sent = 0
        self.ordered = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            await worker.stop()

    def old(self, instance: str) -> WorkerProcess:
        """Return a worker of the released code."""
        return self._kept(ReleasedWorker(self._released, self._hub, instance=instance, log=self._folder / "old.log"))

    def new(self, instance: str) -> WorkerProcess:
        """Return a worker of today's code."""
        return self._kept(WorkerProcess(self._hub, instance=instance, log=self._folder / "new.log"))

    def _kept(self, worker: WorkerProcess) -> WorkerProcess:
        self._workers.append(worker)
        return worker

    async def send(self, records: Iterator[Record]) -> None:
        """Send records and count them."""
        self.sent += await produce(self._hub.kafka_bootstrap, records)

    async def send_orders(self, count: int = LOAD.orders) -> None:
        """Send more orders."""
        await self.send(orders(replace(LOAD, orders=count), first=self.ordered))
        self.ordered += count

    async def send_some_orders(self) -> None:
        """Send a few orders."""
        await self.send_orders(SOME)

    async def turn_a_day(self) -> None:
        """Let a day turn at a site where every owner has an order on a lot that ends with it, and another lot."""
        async with PostgresStore(self._hub.postgres_url) as store:
            await define(store, *scripted_site(), partitions=self._hub.partitions)
            await define(store, *day("2026-09-01"), partitions=self._hub.partitions)
            await self.send(record for owner in LOAD.owner_ids() for record in ending_with_the_day(owner))
            await decided(self._hub)
            assert await self._promised_of_lot("ENDS") == LOAD.owners
            await define(store, *day("2026-09-02"), partitions=self._hub.partitions)

    async def nothing_expired_is_promised(self) -> None:
        """Wait until every order is on the lot that is left; the test's time limit ends a wait for nothing."""
        while await self._promised_of_lot("ENDS"):
            await asyncio.sleep(LOOK_EVERY_S)
        assert await self._promised_of_lot("STAYS") == LOAD.owners

    async def _promised_of_lot(self, lot: str) -> int:
        [row] = await self._fetch("SELECT coalesce(sum(reserved), 0) AS units FROM stock WHERE lot = $1", lot)
        return int(row["units"])

    async def open_orders(self) -> list[asyncpg.Record]:
        """Return some orders that are open."""
        return await self._fetch(
            'SELECT owner, "order", body FROM sales_order WHERE open AND "order" ^@ $2 ORDER BY "order" LIMIT $1',
            2 * CHANGED,
            "O-",
        )

    def changes(self, found: list[asyncpg.Record]) -> Iterator[Record]:
        """Yield a cancellation or a shipment of each order."""
        for number, row in enumerate(found):
            order = {"source": SOURCE, "order": row["order"]}
            if number % 2:
                cancel = {"owner": row["owner"], "version": "2", **order}
                yield inbound("order.cancelled", cancel, source=SOURCE, message_id=f"cancel/{number}")
            else:
                shipment = {
                    "owner": row["owner"], "site": SITE, "happened": True, "by": "test", "shipment": f"SH-{number}",
                    "orders": [{**order, "lines": list(_shipped(json.loads(row["body"])))}],
                }  # fmt: skip
                yield inbound("shipment.confirmed", shipment, source=SOURCE, message_id=f"ship/{number}")

    async def check_chains(self) -> dict[str, int]:
        """Follow the chain of every partition to the head its claim has; returns the number of events by version."""
        rows = await self._fetch('SELECT * FROM journal ORDER BY partition, "offset", index')
        heads = {row["partition"]: row["chain"] for row in await self._fetch("SELECT partition, chain FROM claim")}
        events: dict[str, int] = {}
        chains: dict[int, list[JournalRow]] = {}
        for row in rows:
            events[row["code"]] = events.get(row["code"], 0) + 1
            chains.setdefault(row["partition"], []).append(_journal_row(row))
        for partition, chain in chains.items():
            assert walk(chain) == Walk(head=heads[partition], rows=len(chain))
        return events

    async def codes_of_the_last_orders(self) -> set[str]:
        """Return which versions decided the orders that were sent last."""
        last = [f"O-{number}" for number in range(self.ordered - LOAD.orders, self.ordered)]
        return {
            row["code"] for row in await self._fetch('SELECT DISTINCT code FROM journal WHERE "order" = ANY($1)', last)
        }

    async def _fetch(self, query: str, *args: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._hub.postgres_url, server_settings={"search_path": "lotstream"})
        try:
            return await connection.fetch(query, *args)
        finally:
            await connection.close()


def scripted_site() -> tuple[str, str, bytes]:
    """Return the broadcast that defines a site whose days are opened by hand."""
    body = {"site": DAYS, "time_zone": "UTC", "calendar": "scripted"}
    return type_of("site.defined"), f"{DAYS}/1", json.dumps(body).encode()


def day(date: str) -> tuple[str, str, bytes]:
    """Return the broadcast that opens a day there."""
    return type_of("day.opened"), f"{DAYS}/{date}", json.dumps({"site": DAYS, "date": date}).encode()


def ending_with_the_day(owner: str) -> Iterator[Record]:
    """Yield an item, a lot that ends with the day, one that does not, and an order of one unit."""
    item = {"owner": owner, "sku": "DAILY", "base_unit": "each"}
    lots = [
        {"line": lot, "sku": "DAILY", "lot": lot, "quantity": "9", "location": f"D-{lot}", "expires": expires}
        for lot, expires in (("ENDS", "2026-09-01"), ("STAYS", "2026-10-01"))
    ]
    line = {"line": "1", "sku": "DAILY", "quantity": "1", "unit": "each"}
    order = {"owner": owner, "source": SOURCE, "order": f"D-{owner}", "version": "1", "site": DAYS, "lines": [line]}
    yield inbound("item.defined", item, source=SOURCE, message_id=f"daily/item/{owner}")
    balance = {"owner": owner, "site": DAYS, "balance": "B-DAILY", "lines": lots}
    yield inbound("balance.opened", balance, source=SOURCE, message_id=f"daily/balance/{owner}")
    yield inbound("order.placed", order, source=SOURCE, message_id=f"daily/order/{owner}")


def _shipped(order: dict[str, Any]) -> Iterator[dict[str, object]]:
    for line in order["lines"]:
        for reservation in line.get("reservations", []):
            yield {
                "line": line["line"], "lot": reservation["row"][1], "quantity": str(reservation["quantity"]),
                "unit": "each",
            }  # fmt: skip


def _journal_row(row: asyncpg.Record) -> JournalRow:
    return JournalRow(
        partition=row["partition"], offset=row["offset"], index=row["index"], owner=row["owner"], type=row["type"],
        body=row["body"].encode(), hash=row["hash"], recorded_at=row["recorded_at"], today={},
    )  # fmt: skip
