"""An inbound topic that was lost: what was decided stays and is published, and work goes on under a new log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from lotstream.cli.setup import prepare_topics
from lotstream.contracts.produce import Record
from lotstream.errors import ExitCode
from lotstream.ops.crash import VARIABLE, CrashPoint
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.postgres import PostgresStore
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, catalogue, orders
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.hub.logs import bring_to_rest, define_site, died, long_only, lose, rows, sound_books

LOAD = Load(orders=40, owners=8, skus=4)
KILLED = -9


async def test_the_log_that_was_read_so_far_is_not_adopted(hub_settings: Settings, tmp_path: Path) -> None:
    """While the topic is the one the database has read, adopting is refused, whatever was agreed to beforehand."""
    await define_site(hub_settings, tmp_path)
    await bring_to_rest(hub_settings, tmp_path, records=[*catalogue(LOAD), *orders(LOAD)])
    ran = await run_lotstream(hub_settings, "topics", "adopt", "--yes")
    assert ran.code == ExitCode.SETUP
    assert "is the log that the database has read so far; there is nothing to adopt." in ran.err


async def test_a_topic_made_anew_is_adopted(hub_settings: Settings, tmp_path: Path) -> None:
    """After a topic was lost with messages unpublished, these are published once, and records sent again are known.

    A worker dies between relay and marking, and another, with records of two owners, between commit and relay: what was
    sent is not sent again although Kafka forgot the positions with the topic.
    """
    await _killed(hub_settings, tmp_path, CrashPoint.AFTER_RELAY, orders(LOAD, first=LOAD.orders))
    two = [record for record in orders(LOAD, first=2 * LOAD.orders) if record.key in (b"owner-000", b"owner-001")]
    await _killed(hub_settings, tmp_path, CrashPoint.AFTER_COMMIT, two)
    decided = await rows(hub_settings, "SELECT count(*) FROM sales_order")
    await lose(hub_settings)
    missing = await run_lotstream(hub_settings, "topics", "adopt", "--yes")
    await prepare_topics(hub_settings)
    await _stops(hub_settings, tmp_path)

    unasked = await run_lotstream(hub_settings, "topics", "adopt")
    crashed = await run_lotstream(hub_settings, "topics", "adopt", "--yes", **{VARIABLE: CrashPoint.LOG_PREPARED.value})
    adopted = await run_lotstream(hub_settings, "topics", "adopt", "--yes")

    assert (missing.code, "does not exist" in missing.err) == (ExitCode.SETUP, True)
    assert (unasked.code, "again with --yes" in unasked.err) == (ExitCode.USAGE, True)
    assert (crashed.code, adopted.code) == (KILLED, 0), adopted.err
    # The one that crashed had published them, and said nothing any more.
    assert "published 0 messages of the old log" in adopted.out
    assert "log number   1, becomes 2" in unasked.out
    assert "is read from its first record under log number 2" in adopted.out
    async with PostgresStore(hub_settings.postgres_url) as store:
        assert await store.log() == Log(2, 8)

    everything = [*orders(LOAD), *orders(LOAD, first=LOAD.orders), *orders(LOAD, first=2 * LOAD.orders)]
    await bring_to_rest(hub_settings, tmp_path, records=everything)
    books = await sound_books(hub_settings)
    assert books.orders == 3 * LOAD.orders
    again = await rows(
        hub_settings, "SELECT outcome, count(*) FROM intake WHERE log = 2 AND source = 'load' GROUP BY 1"
    )
    assert dict(again)["duplicate"] >= decided[0][0]


@long_only
async def test_a_smaller_topic_made_anew_is_adopted(hub_settings: Settings, tmp_path: Path) -> None:
    """A topic made anew with fewer partitions is adopted too, and every owner goes on from the stock it had."""
    smaller = hub_settings.model_copy(update={"partitions": 4})
    await lose(hub_settings)
    await prepare_topics(smaller)
    await produce(hub_settings.kafka_bootstrap, orders(LOAD, first=3 * LOAD.orders))
    ran = await run_lotstream(smaller, "topics", "adopt", "--yes")
    assert ran.code == 0, ran.err
    assert "partitions   4, 8 before" in ran.out
    assert f"and {LOAD.orders} records once more" in ran.out

    await bring_to_rest(smaller, tmp_path)
    assert (await sound_books(smaller)).orders == 4 * LOAD.orders
    assert await rows(smaller, "SELECT code FROM dead_letter") == []


@long_only
async def test_a_topic_that_grows_back_is_resized(hub_settings: Settings, tmp_path: Path) -> None:
    """Partitions that were there before a smaller topic come back with the chain and the broadcasts they had."""
    async with PostgresStore(hub_settings.postgres_url) as store:
        before = (await store.claims([7]))[7]
        ran = await run_lotstream(hub_settings, "topics", "resize", "8")
        after = (await store.claims([7]))[7]
    assert ran.code == 0, ran.err
    assert (after.chain, after.broadcast_seen, after.log) == (before.chain, before.broadcast_seen, 4)
    assert after.broadcast_seen > 0

    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=4 * LOAD.orders))
    assert (await sound_books(hub_settings)).orders == 5 * LOAD.orders


async def _killed(settings: Settings, folder: Path, point: CrashPoint, records: Iterable[Record]) -> None:
    """Let a worker die at a point of its first batch with these records, and leave the rest undecided."""
    await produce(settings.kafka_bootstrap, records)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, point.value)
        # Kafka counts a killed worker in until its session ends.
        settings = settings.model_copy(update={"session_timeout_s": 6.0})
        worker = WorkerProcess(settings, instance="killed", log=folder / "killed.log")
        await worker.start()
        assert await worker.wait() == KILLED


async def _stops(settings: Settings, folder: Path) -> None:
    """See that a worker does not go on with a topic that is not the one it knows."""
    worker = WorkerProcess(settings, instance="stopped", log=folder / "stopped.log")
    await worker.start()
    assert await worker.wait() == ExitCode.SETUP
    assert died(worker)["kind"] == "LogMismatch"
