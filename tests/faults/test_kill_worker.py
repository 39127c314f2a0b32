from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import SOURCE, Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess
from tests.faults.audit import read_books, read_published

ORDERS = 20_000
#: Shares of the work done at which the worker is killed.
KILLED_AT = (0.2, 0.5, 0.8)
LOOK_EVERY_S = 0.02


@pytest.mark.timeout(300)
async def test_three_kills_in_the_middle_of_20000_orders_lose_and_double_nothing(
    hub_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After three kill -9 every order is in the intake once, stock agrees with orders, each message is seen once."""
    load = Load(orders=ORDERS)
    bootstrap = hub_settings.kafka_bootstrap
    first = WorkerProcess(hub_settings, instance="killed", log=tmp_path / "worker.log")
    async with PostgresStore(hub_settings.postgres_url) as store, first:
        await define(store, *site(), partitions=hub_settings.partitions)
    sent = await produce(bootstrap, catalogue(load))
    sent += await produce(bootstrap, orders(load))
    postgres = await asyncpg.connect(hub_settings.postgres_url)
    try:
        for share in KILLED_AT:
            worker = WorkerProcess(hub_settings, instance="killed", log=tmp_path / "worker.log")
            await worker.start()
            await _done(postgres, int(sent * share))
            await worker.kill()
        async with WorkerProcess(hub_settings, instance="killed", log=tmp_path / "worker.log"):
            await _done(postgres, sent)
    finally:
        await postgres.close()

    books = await read_books(hub_settings.postgres_url)
    assert (books.done, books.done_ids, books.partitions_with_gaps) == (sent, sent, 0)
    assert books.orders == ORDERS
    assert books.reserved == books.held_by_orders
    assert books.on_hand == load.owners * load.skus * load.lots * load.units
    assert set(books.messages.values()) == {1}
    published = await read_published(bootstrap)
    assert published == books.messages
    assert len(books.messages) >= 2 * ORDERS
    with capsys.disabled():
        print(  # noqa: T201 - the counts are what a reader of the run wants to see
            f"\n{len(KILLED_AT)} kills: {books.orders} orders, {books.done} records done once, "
            f"{sum(books.reserved.values())} units reserved and held, {published.total()} messages published once"
        )


async def _done(postgres: asyncpg.Connection[asyncpg.Record], records: int) -> None:
    """Wait until so many records are done; the test's time limit ends a wait for nothing."""
    query = "SELECT count(*) FROM lotstream.intake WHERE source = $1 AND outcome = 'done'"
    while await postgres.fetchval(query, SOURCE) < records:
        await asyncio.sleep(LOOK_EVERY_S)
