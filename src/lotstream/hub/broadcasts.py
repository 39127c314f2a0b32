"""Commands that concern every partition: numbered rows in Postgres, appended to each partition by its holder.

The holder appends every number above its claim's `broadcast_seen`, in order, to its own partition; a repeat after a
take-over is a duplicate by its message id `<number>/<partition>`. The hub opens days here too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import structlog

from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.hub.clock import Clock
from lotstream.hub.records import EVERYBODY
from lotstream.hub.seam import Appender
from lotstream.hub.state import PartitionState
from lotstream.store.rows import Broadcast
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

#: Pause between two looks at the table, in seconds.
LOOK_EVERY_S = 0.5
#: Broadcasts appended in one round.
ROUND_MAX = 500
DAY_OPENED = "lotstream.day.opened.v1"


class Broadcasts:
    """Appends broadcasts to the partitions this worker holds, and opens the days that are due."""

    def __init__(
        self, store: Store, clock: Clock, states: Mapping[int, PartitionState], *, appender: Appender,
        timeout_s: float,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._states = states
        self._timeout_s = timeout_s
        self._appender = appender
        #: (epoch, number): the last broadcast appended to a partition under a claim.
        self._appended: dict[int, tuple[int, int]] = {}

    async def run(self) -> None:
        """Look for broadcasts and due days until cancelled."""
        async with asyncio.timeout(self._timeout_s):
            await self._appender.start()
        try:
            while True:
                await self._clock.sync()
                await self._open_days()
                await self._append_all()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await self._appender.stop()

    async def _open_days(self) -> None:
        due = set()
        for state in self._states.values():
            due.update(self._clock.days_due(state.sites))
        for site, date in sorted(due):
            body = json.dumps({"site": site, "date": date}).encode()
            await self._store.add_broadcast(DAY_OPENED, key=f"{site}/{date}", body=body)

    async def _append_all(self) -> None:
        held = dict(self._states)
        seen = {partition: self._seen(partition, state) for partition, state in held.items()}
        if not seen:
            return
        for broadcast in await self._store.broadcasts(after=min(seen.values()), limit=ROUND_MAX):
            # All partitions at once, one number after the other: each partition gets them in order.
            await asyncio.gather(
                *(self._append(p, broadcast, under=held[p]) for p in seen if seen[p] < broadcast.number)
            )

    def _seen(self, partition: int, state: PartitionState) -> int:
        """Return the last number decided or already appended under the present claim."""
        epoch, number = self._appended.get(partition, (0, 0))
        seen = state.claim.broadcast_seen
        return max(seen, number) if epoch == state.claim.epoch else seen

    async def _append(self, partition: int, broadcast: Broadcast, *, under: PartitionState) -> None:
        """Append one number, unless the partition was given back: a claim taken since starts from its own number."""
        if self._states.get(partition) is not under:
            return
        message_id = f"{broadcast.number}/{partition}"
        headers = headers_for(broadcast.type, id=message_id, source=HUB_SOURCE, time=self._clock.now())
        async with asyncio.timeout(self._timeout_s):
            await self._appender.append(partition, key=EVERYBODY, value=broadcast.body, headers=headers)
        self._appended[partition] = (under.claim.epoch, broadcast.number)
