from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from lotstream.cli.faults import run_plan
from lotstream.contracts.topics import PICK_TASKS
from lotstream.testing.faults import run as run_module
from lotstream.testing.faults.breaking import Breaking
from lotstream.testing.faults.episodes import Episode
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.report import Plan
from lotstream.testing.faults.stage import Stage
from lotstream.testing.kafka import read_all

LENGTH = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")
TRAFFIC_S = 2.0
FORGERIES = (
    # A unit out of nothing in every bin: it survives whatever workers write later.
    "UPDATE stock SET on_hand = on_hand + 1 WHERE on_hand > 0",
    'DELETE FROM intake WHERE (partition, "offset") = (SELECT partition, min("offset") FROM intake GROUP BY 1 LIMIT 1)',
)


@asynccontextmanager
async def _producer(stage: Stage) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=stage.settings.kafka_bootstrap, acks="all")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def _forge(stage: Stage) -> tuple[str, str]:
    """After some traffic change rows by hand, and send one message a second time."""
    stage.start_workers()
    await stage.traffic(TRAFFIC_S)
    await stage.rest()
    connection = await asyncpg.connect(
        stage.scene.servers.postgres_url, server_settings={"search_path": "lotstream"}
    )  # fmt: skip
    try:
        for forgery in FORGERIES:
            await connection.execute(forgery)
    finally:
        await connection.close()
    seen, *_ = [record async for record in read_all(stage.settings.kafka_bootstrap, PICK_TASKS.name)]
    async with _producer(stage) as producer:
        await producer.send_and_wait(
            seen.topic, seen.value, seen.key, partition=seen.partition, headers=list(seen.headers.items())
        )
    return "nothing", "nothing"


@pytest.mark.skipif(LENGTH == "short", reason="it takes half a minute; test_judge.py forges the same without servers")
@pytest.mark.timeout(300)
async def test_what_is_forged_on_real_servers_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows changed by hand and a message sent twice: a run that could not fail would find none of it."""
    monkeypatch.setattr(run_module, "Breaking", partial(Breaking, kinds=[Episode("forged", 20, _forge)]))
    report = await run_plan(Plan(60, 1, once=True), tmp_path)
    found = {invariant for invariant in Invariant if report.violations.count(invariant)}
    assert found >= {
        Invariant.INTAKE, Invariant.SUMS, Invariant.SAME_LOTS, Invariant.PUBLISHED, Invariant.VERIFIED,
    }  # fmt: skip
    assert report.counts is not None
    assert report.counts.doubles == 1
    assert not found & {Invariant.LAG, Invariant.STAYS_UP, Invariant.NOTHING_LOST, Invariant.DAYS}
