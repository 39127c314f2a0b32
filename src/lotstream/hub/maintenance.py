"""Deleting what nobody reads any more: beside the work, by and by, and only so much at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

import structlog

from lotstream.errors import TryAgain
from lotstream.ops.limits import reached, used
from lotstream.ops.metrics import PRUNED
from lotstream.settings import Settings
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

#: How much longer than messages are remembered their rows are kept: append times and this clock may differ.
INTAKE_SLACK = timedelta(days=2)
#: Whoever holds this partition does what needs doing once and not by every worker.
FIRST_PARTITION = 0


class Maintenance:
    """Prunes outbox and intake of the partitions this worker holds; the holder of the first prunes what belongs to all.

    ``published`` returns, per held partition, the inbound offset below which everything is published. Nothing here
    depends on a claim: an offset that was published once stays published whoever holds the partition next.
    """

    def __init__(self, settings: Settings, store: Store, *, published: Callable[[], Mapping[int, int]]) -> None:
        self._store = store
        self._published = published
        self._every_s = settings.maintenance_s
        self._calls_max = settings.maintenance_calls_max
        self._outbox_kept = timedelta(days=settings.outbox_days)
        self._personal_kept = timedelta(days=settings.retention_days)
        self._untaken_kept = timedelta(days=settings.untaken_days)
        self._intake_kept = timedelta(days=settings.intake_days) + INTAKE_SLACK

    async def run(self) -> None:
        """Do a round now and then until cancelled; one that the database does not answer is put off to the next."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.prune()
            except TryAgain as error:
                # Commits have a say of their own about a database that is away; deleting can wait.
                logger.warning("maintenance_put_off", reason=str(error))

    async def prune(self) -> None:
        """Do one round; raises `PostgresUnreachable`."""
        now = await self._store.now()
        published = self._published()
        for partition, below in published.items():
            await self._repeat(
                "outbox", partial(self._store.prune_outbox, partition, below=below, before=now - self._outbox_kept)
            )
            await self._repeat("intake", partial(self._store.prune_intake, partition, before=now - self._intake_kept))
        if FIRST_PARTITION in published:
            await self._repeat("stock", self._store.prune_empty_stock)
            old = now - self._personal_kept
            await self._repeat("exchange", partial(self._store.prune_exchanges, before=old))
            await self._repeat("dead_letter", partial(self._store.prune_dead_letters, before=old))
            untaken = partial(self._store.prune_untaken, before=now - self._untaken_kept)
            if await self._repeat("untaken", untaken):
                logger.warning("untaken_deliveries_deleted", days=self._untaken_kept.days)

    async def _repeat(self, table: str, prune: Callable[[], Awaitable[int]]) -> int:
        """Delete until nothing is left or the round has had its share, since commits come first; returns how many."""
        total = 0
        for call in range(1, self._calls_max + 1):
            used("maintenance_calls_max", call)
            deleted = await prune()
            if not deleted:
                return total
            total += deleted
            PRUNED.labels(table).inc(deleted)
            logger.info("pruned", table=table, rows=deleted)
        reached("maintenance_calls_max")
        return total
