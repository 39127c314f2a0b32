from __future__ import annotations

import asyncio
from pathlib import Path

from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, catalogue, orders
from lotstream.testing.processes import WorkerProcess
from tests.faults.audit import read_books, read_published

ORDERS = 20_000
#: Shares of the work done at which the worker is killed.
KILLED_AT = (0.2, 0.5, 0.8)
LOOK_EVERY_S = 0.02


async def test_three_kills_in_the_middle_of_20000_orders_lose_and_double_nothing(
    hub_settings: Settings, tmp_path: Path
) -> None:
    """After three kill -9 every order is in the intake once, reservations and stock agree, each message is seen once."""
    load = Load(orders=ORDERS)
    bootstrap = hub_settings.kafka_bootstrap
    sent = await produce(bootstrap, catalogue(load))
    sent += await produce(bootstrap, orders(load))

    async with PostgresStore(hub_settings.postgres_url) as store:
        for share in (*KILLED_AT, 1.0):
            worker = WorkerProcess(hub_settings, instance="killed", log=tmp_path / "worker.log")
            await worker.start()
            await _decided(store, hub_settings, int(sent * share))
            if share < 1.0:
                await worker.kill()
        assert await worker.stop() == 0

    books = await read_books(hub_settings.postgres_url)
    assert (books.intake_rows, books.offsets_twice_or_missing) == (sent, 0)
    assert books.orders == ORDERS
    assert books.reserved == books.held_by_orders
    assert books.on_hand == load.owners * load.skus * load.lots * load.units
    assert set(books.messages.values()) == {1}
    assert await read_published(bootstrap) == books.messages
    assert len(books.messages) >= 2 * ORDERS


async def _decided(store: PostgresStore, settings: Settings, records: int) -> None:
    """Wait until so many records are in Postgres; the test's time limit ends a wait for nothing."""
    while True:
        claims = await store.claims(range(settings.partitions))
        if sum(claim.next_offset for claim in claims.values()) >= records:
            return
        await asyncio.sleep(LOOK_EVERY_S)
