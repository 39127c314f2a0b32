from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest_asyncio

from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.hub.client import HubClient

#: Orders of this name are refused by the database from the second on, in any owner: the ledger cannot know it.
POISON = "POISON"
FORBID = (
    f"CREATE UNIQUE INDEX no_second_poison ON lotstream.sales_order ((1)) WHERE \"order\" = '{POISON}'; "
    "ALTER TABLE lotstream.sales_order ADD CONSTRAINT no_venom CHECK (\"order\" <> 'VENOM')"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forbidding(hub_settings: Settings) -> Settings:
    """A hub whose database refuses certain orders."""
    connection = await asyncpg.connect(hub_settings.postgres_url)
    await connection.execute(FORBID)
    await connection.close()
    return hub_settings


def order(owner: str, name: str) -> dict[str, Any]:
    """Return an order of one line under a name."""
    line = {"line": "1", "sku": "SOAP", "quantity": "1"}
    return {"owner": owner, "source": "shop", "order": name, "lines": [line]}


async def test_only_the_record_that_the_database_refuses_is_dead_lettered(forbidding: Settings, tmp_path: Path) -> None:
    """In a batch of 64 with one record the database refuses, that one is dead-lettered and 63 are done."""
    owners = [uuid4().hex for _ in range(64)]
    async with HubClient(forbidding) as client:
        first = asyncio.create_task(client.send("order.placed", order(uuid4().hex, POISON)))
        async with WorkerProcess(forbidding, instance="refused", log=tmp_path / "worker.log"):
            assert (await first)["outcome"] == "done"
        sent = [
            client.send("order.placed", order(owner, POISON if number == 40 else f"O-{number}"))
            for number, owner in enumerate(owners)
        ]
        waiting = [asyncio.create_task(work) for work in sent]
        async with WorkerProcess(forbidding, instance="refused", log=tmp_path / "worker.log"):
            rows = await asyncio.gather(*waiting)
        outcomes = [(row["outcome"], row["code"]) for row in rows]
        assert outcomes.pop(40) == ("dead_lettered", "constraint")
        assert set(outcomes) == {("done", None)}
        kept = await client.row("SELECT message FROM dead_letter WHERE key = $1", owners[40].encode())
    assert "no_second_poison" in kept["message"]


async def test_a_check_that_fails_again_stops_the_worker(forbidding: Settings, tmp_path: Path) -> None:
    """A CHECK that the second attempt fails too means that memory is wrong: the worker stops and nothing is written."""
    async with HubClient(forbidding) as client:
        worker = WorkerProcess(forbidding, instance="stopped", log=tmp_path / "worker.log")
        await worker.start()
        sending = asyncio.create_task(client.send("order.placed", order(uuid4().hex, "VENOM")))
        assert await worker.wait() == ExitCode.STOPPED
        sending.cancel()
        assert await client.rows("SELECT 1 FROM sales_order WHERE \"order\" = 'VENOM'") == []
