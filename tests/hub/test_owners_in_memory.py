"""A worker with room for a few owners only."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from lotstream.hub.monitoring import LOOK_EVERY_S
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.figures import read_figures
from lotstream.testing.kafka import produce
from lotstream.testing.load import SITE, site
from lotstream.testing.processes import WorkerProcess
from lotstream.testing.standing import SOURCE, Standing, fill, one_order_each
from tests.hub.client import HubClient

STANDING = Standing(owners=24, skus=20, lots=2, orders=20, lines=2)
ROUNDS = 3
#: Room for some six of these owners once decisions have looked at their shelves.
BYTES_MAX = 1024 * 1024


async def test_more_owners_than_fit_are_decided_and_one_that_does_not_fit_too(
    hub_settings: Settings, tmp_path: Path
) -> None:
    """Orders of 24 owners and of a huge one are all promised once while only a few owners are in memory at a time."""
    log = tmp_path / "worker.log"
    settings = hub_settings.model_copy(update={"ledger_bytes_max": BYTES_MAX, "ledger_load_bytes_max": 64 * 1024})
    huge = Standing(owners=1, skus=400, lots=4, orders=400, lines=2)
    owners = STANDING.owner_ids()
    async with PostgresStore(settings.postgres_url) as store:
        async with WorkerProcess(settings, instance="first", log=log):
            await define(store, *site(), partitions=settings.partitions)
        # The first of the owners is the huge one; its rows are there already when those of the others are written.
        await fill(store, huge, partitions=settings.partitions, tell=lambda _: None)
        await fill(store, STANDING, partitions=settings.partitions, tell=lambda _: None, first=1)
    async with WorkerProcess(settings, instance="first", log=log), HubClient(settings) as client:
        done = "SELECT FROM intake WHERE source = $1 AND outcome = 'done' HAVING count(*) = $2"
        for round_ in range(ROUNDS):
            await produce(settings.kafka_bootstrap, one_order_each(owners, round_=round_))
            # One round after the other: together they could be one poll, which loads each owner once.
            await client.row(done, SOURCE, (round_ + 1) * len(owners))
        figures = await read_figures(log)
        placed = await client.rows("SELECT owner, body FROM sales_order WHERE \"order\" LIKE 'TOUCH-%'")
        held = await client.rows("SELECT owner, sum(reserved) AS reserved FROM stock GROUP BY owner")

    assert Counter(row["owner"] for row in placed) == Counter(owners * ROUNDS)
    assert all(SITE in row["body"] and "allocated" in row["body"] for row in placed)
    assert len(held) == len(owners)
    assert figures["lotstream_limit{ledger_bytes_max}"] == BYTES_MAX
    assert figures["lotstream_owners_loaded_total"] > len(owners)
    assert figures["lotstream_limit_reached_total{ledger_bytes_max}"] > 0
    assert figures["lotstream_limit_reached_total{ledger_load_bytes_max}"] > 0
    assert figures["lotstream_owners_dropped_total{memory}"] > 0


async def figures_at_rest(log: Path) -> dict[str, float]:
    """Return the metrics once owners of the last batches have gone, but for one that is above the bound by itself.

    While a batch is written and the next is decided the owners of both stay; the gauges are filled once a second.
    """
    while True:
        figures = await read_figures(log)
        if figures["lotstream_owners_in_memory"] == 1 or figures["lotstream_limit_used{ledger_bytes_max}"] <= BYTES_MAX:
            return figures
        await asyncio.sleep(LOOK_EVERY_S)
