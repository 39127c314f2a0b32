from __future__ import annotations

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from lotstream.cli.setup import prepare_topics
from lotstream.contracts.topics import INBOUND
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess
from tests.faults.audit import read_books, read_published
from tests.hub.logs import died, logged, lose

LOOK_EVERY_S = 0.02


async def test_workers_that_come_and_go_lose_and_double_nothing(hub_settings: Settings, tmp_path: Path) -> None:
    """While a second worker joins and the first leaves, every record is decided once and every message seen once."""
    load = Load(orders=3000, owners=8, skus=10)
    async with PostgresStore(hub_settings.postgres_url) as store:
        first = WorkerProcess(hub_settings, instance="first", log=tmp_path / "first.log")
        second = WorkerProcess(hub_settings, instance="second", log=tmp_path / "second.log")
        await first.start()
        await define(store, *site(), partitions=hub_settings.partitions)
        total = await produce(hub_settings.kafka_bootstrap, catalogue(load))
        await decided(store, hub_settings, total)
        total += await produce(hub_settings.kafka_bootstrap, orders(load))
        await second.start()
        await held_by(store, hub_settings, 2)
        assert await first.stop() == ExitCode.OK
        total += await produce(hub_settings.kafka_bootstrap, orders(load, first=load.orders))
        await decided(store, hub_settings, total)
        assert await second.stop() == ExitCode.OK

    books = await read_books(hub_settings.postgres_url)
    assert (books.done, books.done_ids, books.partitions_with_gaps) == (total, total, 0)
    assert books.reserved == books.held_by_orders
    assert await read_published(hub_settings.kafka_bootstrap) == books.messages


async def test_a_second_process_with_one_instance_id_ends_and_is_not_restarted(
    hub_settings: Settings, tmp_path: Path
) -> None:
    """The second of two processes with one instance id ends with the code that supervisors do not restart."""
    quick = hub_settings.model_copy(update={"instance_lock_timeout_s": 1.0})
    async with WorkerProcess(quick, instance="same", log=tmp_path / "one.log") as one:
        await logged(one, "worker_started")
        other = WorkerProcess(quick, instance="same", log=tmp_path / "other.log")
        await other.start()
        assert await other.wait() == ExitCode.INSTANCE_TAKEN


async def test_a_topic_that_was_made_anew_stops_the_worker(hub_settings: Settings, tmp_path: Path) -> None:
    """When the inbound topic is deleted and made anew the worker ends with a setup error and resets nothing."""
    async with PostgresStore(hub_settings.postgres_url) as store:
        before = await store.claims(range(hub_settings.partitions))
        await lose(hub_settings)
        await prepare_topics(hub_settings)
        worker = WorkerProcess(hub_settings, instance="stopped", log=tmp_path / "worker.log")
        await worker.start()
        assert await worker.wait() == ExitCode.SETUP
        assert await store.claims(range(hub_settings.partitions)) != {}
        after = await store.claims(range(hub_settings.partitions))
    assert {p: c.next_offset for p, c in after.items()} == {p: c.next_offset for p, c in before.items()}
    assert died(worker)["kind"] == "LogMismatch"


async def test_a_partition_count_changed_by_hand_stops_the_worker(hub_settings: Settings, tmp_path: Path) -> None:
    """When the topic has another number of partitions than Postgres knows, the worker ends with a setup error."""
    admin = AIOKafkaAdminClient(bootstrap_servers=hub_settings.kafka_bootstrap)
    await admin.start()
    await admin.create_partitions({INBOUND.name: NewPartitions(total_count=hub_settings.partitions * 2)})
    await admin.close()
    worker = WorkerProcess(hub_settings, instance="counted", log=tmp_path / "worker.log")
    await worker.start()
    assert await worker.wait() == ExitCode.SETUP
    assert "partitions" in died(worker)["error"]


async def decided(store: PostgresStore, settings: Settings, records: int) -> None:
    """Wait until so many records, and all that there are, are in Postgres."""
    while True:
        claims = await store.claims(range(settings.partitions))
        decided_already = sum(claim.next_offset for claim in claims.values())
        # Kafka is asked at the end only: each question is a connection of its own.
        if decided_already >= records and decided_already >= await log_end(settings):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def log_end(settings: Settings) -> int:
    """Return how many records the inbound topic has."""
    consumer = AIOKafkaConsumer(INBOUND.name, bootstrap_servers=settings.kafka_bootstrap)
    await consumer.start()
    try:
        return sum((await consumer.end_offsets(consumer.assignment())).values())
    finally:
        await consumer.stop()


async def held_by(store: PostgresStore, settings: Settings, workers: int) -> None:
    """Wait until the partitions are held by so many workers."""
    while True:
        claims = (await store.claims(range(settings.partitions))).values()
        if len({c.holder for c in claims if not c.released}) == workers and not any(c.released for c in claims):
            return
        await asyncio.sleep(LOOK_EVERY_S)
