"""PostgreSQL restored to an earlier point: nobody is told twice, and what was told is decided again and compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, OffsetAndMetadata, TopicPartition

from lotstream import __version__
from lotstream.cli.setup import wanted_topics
from lotstream.contracts.topics import INBOUND
from lotstream.errors import ExitCode, LogUnfit
from lotstream.hub.kafka import AioKafka
from lotstream.hub.logs import adopt
from lotstream.hub.logs.replay import consider, replay
from lotstream.hub.logs.resize import resize
from lotstream.hub.logs.situation import hold
from lotstream.hub.seam import Position
from lotstream.ops.crash import VARIABLE, CrashPoint
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.load import Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.faults.audit import Books, read_published
from tests.hub.logs import bring_to_rest, define_site, died, long_only, rows, sound_books

LOAD = Load(orders=60, owners=8, skus=4)
KILLED = -9
STATE = """
SELECT owner, source, "order", state, body FROM sales_order ORDER BY 1, 2, 3
"""


class Backup:
    """A copy of the hub's database, file by file, made and put back by the server itself."""

    def __init__(self, settings: Settings) -> None:
        self._name = urlsplit(settings.postgres_url).path.removeprefix("/")
        self._server = urlsplit(settings.postgres_url)._replace(path="/postgres").geturl()

    async def make(self) -> None:
        """Copy the database as it is now."""
        await self._run(f"CREATE DATABASE backup TEMPLATE {self._name}")

    async def restore(self) -> None:
        """Put the copy in the database's place."""
        await self._run(f"DROP DATABASE {self._name} WITH (FORCE)")
        await self._run(f"CREATE DATABASE {self._name} TEMPLATE backup")

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backup(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Backup]:
    """A backup of a hub that went on working afterwards."""
    folder = tmp_path_factory.mktemp("backup")
    await define_site(hub_settings, folder)
    await bring_to_rest(hub_settings, folder, records=[*catalogue(LOAD), *orders(LOAD)])
    copy = Backup(hub_settings)
    await copy.make()
    type_, _, body = site()
    async with PostgresStore(hub_settings.postgres_url) as store:
        # A command for every partition that the backup does not know; its day is another.
        await store.add_broadcast(type_, key="SOUTH/1", body=body.replace(b"NORTH", b"SOUTH"))
    await bring_to_rest(hub_settings, folder, records=orders(LOAD, first=LOAD.orders))
    yield copy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def before(hub_settings: Settings, backup: Backup) -> tuple[Books, list[tuple[object, ...]]]:
    """Books and orders as they were before anything was lost."""
    return await sound_books(hub_settings), await rows(hub_settings, STATE)


async def test_a_database_that_was_not_restored_lacks_nothing(hub_settings: Settings, before: object) -> None:
    """While the database has all that readers were told, there is nothing to do, and that is said."""
    ran = await run_lotstream(hub_settings, "db", "restored")
    assert (ran.code, ran.out) == (0, "the database has decided all that readers were told; start the workers\n")


async def test_a_worker_on_a_restored_database_stops(
    hub_settings: Settings, before: object, backup: Backup, tmp_path: Path
) -> None:
    """A worker that finds more published than the database has decided ends at once and publishes nothing."""
    await backup.restore()
    published = await read_published(hub_settings.kafka_bootstrap)
    worker = WorkerProcess(hub_settings, instance="restored", log=tmp_path / "worker.log")
    await worker.start()
    assert await worker.wait() == ExitCode.SETUP
    assert "the database was restored to an earlier point" in died(worker)["error"]
    assert await read_published(hub_settings.kafka_bootstrap) == published
    said = await run_lotstream(hub_settings, "db", "restored")
    assert said.code == ExitCode.FAILED
    assert f"by lotstream {__version__}" in said.out
    assert "run `lotstream db restored --replay`" in said.err


async def test_what_other_code_published_is_not_replayed(hub_settings: Settings, before: object) -> None:
    """A position noted by another version of the code is refused, with the version to install."""
    kafka = AioKafka(hub_settings, topic=INBOUND.name)
    positions = await kafka.positions(range(hub_settings.partitions))
    partition, own = next(iter(positions.items()))
    await _note(hub_settings, {partition: Position(own.offset, "1 0.0.9")})
    ran = await run_lotstream(hub_settings, "db", "restored", "--replay")
    await _note(hub_settings, {partition: own})
    assert ran.code == ExitCode.SETUP
    assert f"decided by lotstream 0.0.9, and this is {__version__}" in ran.err
    assert "→ Install lotstream==0.0.9" in ran.err


async def test_nothing_is_written_that_differs_from_what_was_published(hub_settings: Settings, before: object) -> None:
    """When deciding again leads to other messages, as after the state was tampered with, none of it is written."""
    await rows(hub_settings, "UPDATE stock SET on_hand = reserved WHERE true")
    [(offsets,)] = await rows(hub_settings, "SELECT sum(next_offset) FROM claim")
    ran = await run_lotstream(hub_settings, "db", "restored", "--replay")
    assert ran.code == ExitCode.SETUP
    assert "messages of a batch are not as published; the first: message " in ran.err
    assert "→ docs/runbooks/restored-database.md" in ran.err
    assert await rows(hub_settings, "SELECT sum(next_offset) FROM claim") == [(offsets,)]


async def test_what_was_published_is_decided_again_and_told_once(
    hub_settings: Settings, before: tuple[Books, list[tuple[object, ...]]], backup: Backup, tmp_path: Path
) -> None:
    """After a replay, even one killed before, the database is as it was, no position is lowered, nobody told twice."""
    await backup.restore()
    kafka = AioKafka(hub_settings, topic=INBOUND.name)
    positions = await kafka.positions(range(hub_settings.partitions))
    killed = await run_lotstream(
        hub_settings, "db", "restored", "--replay", LOTSTREAM_BATCH_RECORDS_MAX="10",
        **{VARIABLE: f"{CrashPoint.AFTER_COMMIT}:3"},
    )  # fmt: skip
    ran = await run_lotstream(hub_settings, "db", "restored", "--replay")
    assert (killed.code, ran.code) == (KILLED, 0), ran.err
    digests = [line.split()[-1] for line in ran.out.splitlines() if line.startswith("digest of ")]
    assert len(set(digests)) == 1

    books, state = before
    assert await rows(hub_settings, STATE) == state
    again = await sound_books(hub_settings)
    assert again == books
    assert await kafka.positions(range(hub_settings.partitions)) == positions

    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=2 * LOAD.orders))
    after = await sound_books(hub_settings)
    assert after.orders == 3 * LOAD.orders
    numbers = await rows(hub_settings, "SELECT key FROM broadcast ORDER BY number")
    assert [key for (key,) in numbers][2:] == ["restored/3", "restored/4"]


@long_only
async def test_a_person_may_keep_what_differs(hub_settings: Settings, backup: Backup, tmp_path: Path) -> None:
    """When a person so decides, what is decided now is kept, differences are named, and still nobody is told twice."""
    await backup.restore()
    await rows(hub_settings, "UPDATE stock SET on_hand = reserved WHERE true")
    published = await read_published(hub_settings.kafka_bootstrap)
    ran = await run_lotstream(hub_settings, "db", "restored", "--replay", "--despite-differences", "--yes")
    assert ran.code == 0, ran.err
    assert "published otherwise than it is decided now" in ran.out
    assert "messages differ; the database counts." in ran.out

    await bring_to_rest(hub_settings, tmp_path)
    assert await read_published(hub_settings.kafka_bootstrap) == published


async def test_a_resize_after_the_backup_is_gone_through_again(
    hub_settings: Settings, before: object, backup: Backup, tmp_path: Path
) -> None:
    """A database from before a resize decides up to it, begins the same log again and goes on, even killed in between.

    Nobody is told twice; and no resize is begun over what is known to Kafka alone, as it would do that.
    """
    await backup.restore()
    async with hold(hub_settings) as held:
        await replay(held, await consider(held))
        await resize(held, 16)
    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=9 * LOAD.orders))
    books, state = await sound_books(hub_settings), await rows(hub_settings, STATE)

    await backup.restore()
    async with hold(hub_settings) as held:
        with pytest.raises(LogUnfit, match="restored to an earlier point"):
            await resize(held, 16)
    said = await run_lotstream(hub_settings, "db", "restored")
    assert (said.code, "Then `topics resize 16` began log number 2." in said.out) == (ExitCode.FAILED, True), said.err
    prepared = {VARIABLE: CrashPoint.LOG_PREPARED.value}
    assert (await run_lotstream(hub_settings, "db", "restored", "--replay", **prepared)).code == KILLED
    async with hold(hub_settings) as held:
        replayed = await replay(held, await consider(held))
        assert (replayed.digest, replayed.differences) == (replayed.published_digest, ())
        assert (await consider(held)).lacks_nothing
    assert await sound_books(hub_settings) == books
    assert await rows(hub_settings, STATE) == state
    assert await rows(hub_settings, "SELECT log, partitions FROM hub") == [(2, 16)]

    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=10 * LOAD.orders))
    assert (await sound_books(hub_settings)).orders == books.orders + LOAD.orders


async def test_a_resize_that_kafka_has_forgotten_is_said_and_can_be_adopted(
    hub_settings: Settings, before: object, backup: Backup
) -> None:
    """Without the marks of the resize nothing is replayed; what adopting the topic would do then is said before."""
    await backup.restore()
    async with hold(hub_settings) as held:
        forgetful = replace(held, settings=hub_settings.model_copy(update={"app": "other"}))
        with pytest.raises(LogUnfit, match="before log number 2 was begun") as refused:
            await consider(forgetful)
        assert "docs/runbooks/restored-database.md" in refused.value.what_to_do
        [wanted] = [topic for topic in wanted_topics(hub_settings) if topic.name == INBOUND.name]
        with pytest.raises(LogUnfit, match="restored to an earlier point"):
            await adopt.consider(held, wanted)
        adoption = await adopt.consider(forgetful, wanted)
    assert adoption.why == "The database was restored to a point before log number 2 was begun."


async def _note(settings: Settings, positions: dict[int, Position]) -> None:
    """Note positions in the relay's group as a relay of another version would have."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=f"{settings.app}-relay", enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(INBOUND.name, p) for p in positions])
        await consumer.commit({TopicPartition(INBOUND.name, p): OffsetAndMetadata(*at) for p, at in positions.items()})
    finally:
        await consumer.stop()
