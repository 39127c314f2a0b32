"""How long a recall takes on a hub that has all of this behind it: from the log to the last letter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from benchmarks.goods.past import LARGE, RECALLED
from lotstream.contracts.produce import inbound
from lotstream.settings import Settings
from lotstream.store.connection import SCHEMA
from lotstream.testing.kafka import log_end, produce
from lotstream.testing.processes import WorkerProcess

SOURCE = "bench"
LETTERS = "lotstream.recall-letters"
LOOK_EVERY_S = 0.02
#: Longest that it is waited for, in seconds.
PATIENCE_S = 300.0
Body = Mapping[str, object]
DECIDED = "SELECT outcome FROM intake WHERE source = $1 AND message_id = $2"
WRITTEN = "SELECT count(*) FROM outbox WHERE topic = $1"


async def recalled(settings: Settings, folder: Path) -> dict[str, object]:
    """Hold a drill and recall a lot; returns how long each took until it was committed and all letters were sent."""
    connection = await asyncpg.connect(settings.postgres_url, server_settings={"search_path": SCHEMA})
    figures: dict[str, object] = {}
    began = 0.0
    try:
        async with WorkerProcess(settings, instance="bench", log=folder / "worker.log"):
            warm = {"owner": LARGE, "sku": "SKU-00", "lot": "L0", "hold": "H-0", "kind": "hold"}
            await _sent(settings, connection, "hold.placed", "warm", warm)
            for number, drill in (("DR-1", True), ("RC-1", False)):
                lots = [{"sku": RECALLED[0], "lot": RECALLED[1]}]
                body = {"owner": LARGE, "recall": number, "lots": lots, "drill": drill, "reason": "Bench"}
                began = time.perf_counter()
                await _sent(settings, connection, "lot.recalled", number, body)
                figures["drill_s" if drill else "recall_committed_s"] = round(time.perf_counter() - began, 2)
            letters = await connection.fetchval(WRITTEN, LETTERS)
            async with asyncio.timeout(PATIENCE_S):
                while await log_end(settings.kafka_bootstrap, LETTERS) < letters:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(LOOK_EVERY_S)
            figures["recall_letters_sent_s"] = round(time.perf_counter() - began, 2)
            figures["recall_letters"] = letters
    finally:
        await connection.close()
    return figures


async def _sent(
    settings: Settings,
    connection: asyncpg.Connection[asyncpg.Record],
    name: str,
    number: str,
    body: Mapping[str, object],
) -> None:
    await produce(settings.kafka_bootstrap, [inbound(name, body, source=SOURCE, message_id=number)])
    async with asyncio.timeout(PATIENCE_S):
        while (outcome := await connection.fetchval(DECIDED, SOURCE, number)) is None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(LOOK_EVERY_S)
    if outcome != "done":
        raise RuntimeError(f"{name} {number} came to {outcome}.")
