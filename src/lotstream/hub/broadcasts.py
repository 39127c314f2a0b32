"""Commands that concern every partition: numbered rows in Postgres, appended to each partition by its holder.

The holder appends every number above its claim's `broadcast_seen`, in order, to its own partition; a repeat after a
take-over is a duplicate by its message id `<number>/<partition>`. It appends what owners continue with, too, opens the
days that are due, and as holder of the first partition answers those who told everybody something.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import structlog

from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.contracts.inbound import type_of
from lotstream.domain.codes import Code
from lotstream.hub.clock import Clock
from lotstream.hub.continuing import Continuing
from lotstream.hub.records import EVERYBODY
from lotstream.hub.seam import Appender
from lotstream.hub.state import PartitionState
from lotstream.hub.ticking import OwnRecord
from lotstream.hub.told import ANSWERED, ANSWERING_PARTITION
from lotstream.ops.limits import reached
from lotstream.store.rows import Broadcast, BroadcastOutcome
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

#: Pause between two looks at the table, in seconds; the shorter one while owners have something to look at again.
LOOK_EVERY_S = 0.5
LOOK_WHEN_BUSY_S = 0.05
#: Broadcasts appended, or answered, in one round.
ROUND_MAX = 500
#: Pause before a day is opened once more that the partitions have refused, in seconds.
OPEN_AGAIN_S = 60.0
DAY_OPENED = type_of("day.opened")
#: What is answered for a broadcast that no partition could read.
NOT_READ = "No partition could read it; lotstream dlq list says why."


class Broadcasts:
    """Appends to the partitions this worker holds what the hub itself has to say to them."""

    def __init__(
        self, store: Store, clock: Clock, states: Mapping[int, PartitionState], *, appender: Appender,
        continuing: Continuing, timeout_s: float,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._states = states
        self._timeout_s = timeout_s
        self._appender = appender
        self._continuing = continuing
        #: (epoch, number): the last broadcast appended to a partition under a claim.
        self._appended: dict[int, tuple[int, int]] = {}
        #: (epoch, number): the last answer appended.
        self._answered = (0, 0)
        #: When to look for answers next while owners are behind, by the loop's clock: it is a look at all of them.
        self._answer_at = 0.0
        #: Per site, when a day that was refused was last opened once more, by the loop's clock.
        self._opened_again: dict[str, float] = {}

    async def run(self) -> None:
        """Look for broadcasts, due days and owners that are behind until cancelled."""
        async with asyncio.timeout(self._timeout_s):
            await self._appender.start()
        try:
            while True:
                await self._clock.sync()
                await self.look()
                await asyncio.sleep(LOOK_WHEN_BUSY_S if self._continuing.is_busy else LOOK_EVERY_S)
        finally:
            await self._appender.stop()

    async def look(self) -> None:
        """Do one round."""
        await self._open_days()
        await self._append_all()
        for part in await self._continuing.next_parts():
            await self._continue(part)
        await self._answer()

    async def _open_days(self) -> None:
        due: dict[tuple[str, str], int] = {}
        for state in list(self._states.values()):
            for day in self._clock.days_due(state.sites):
                due[day] = max(due.get(day, 0), state.claim.broadcast_seen)
        for (site, date), seen in sorted(due.items()):
            await self._open_day(site, date, seen=seen)

    async def _open_day(self, site: str, date: str, *, seen: int) -> None:
        """Number a day.opened once; again, and only now and then, when it was decided and the day is still not open.

        Partitions refuse a day that has begun nowhere by the append time of the record, as when one server's clock was
        ahead for a while. Its business key is taken then, so that another is needed.
        """
        key, body = f"{site}/{date}", json.dumps({"site": site, "date": date}).encode()
        number = await self._store.add_broadcast(DAY_OPENED, key=key, body=body)
        now = asyncio.get_running_loop().time()
        if number > seen or now - self._opened_again.get(site, -OPEN_AGAIN_S) < OPEN_AGAIN_S:
            return
        self._opened_again[site] = now
        while number <= seen:
            key = f"{site}/{date}/{number}"
            number = await self._store.add_broadcast(DAY_OPENED, key=key, body=body)
        logger.warning("day_opened_again", site=site, date=date, number=number)

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
        await self._send(partition, broadcast.type, EVERYBODY, message_id=message_id, body=broadcast.body)
        self._appended[partition] = (under.claim.epoch, broadcast.number)

    async def _continue(self, part: OwnRecord) -> None:
        """Append what an owner goes on with, unless its partition was given back meanwhile."""
        state = self._states.get(part.partition)
        if state is None or state.claim.epoch != part.epoch:
            self._continuing.forget(part)
            return
        key = part.owner.encode()
        await self._send(part.partition, part.type, key, message_id=part.message_id, body=part.body)

    async def _answer(self) -> None:
        """Answer what all partitions have passed, as the holder of the first of them."""
        state = self._states.get(ANSWERING_PARTITION)
        if state is None:
            return
        claim, now = state.claim, asyncio.get_running_loop().time()
        after = max(claim.broadcast_answered, self._answered[1] if self._answered[0] == claim.epoch else 0)
        if after >= claim.broadcast_seen or (self._continuing.is_busy and now < self._answer_at):
            return
        self._answer_at = now + LOOK_EVERY_S
        through = min(await self._store.broadcasts_passed(), claim.broadcast_seen, after + ROUND_MAX)
        outcomes = await self._store.broadcast_outcomes(
            after=after, through=through, source=HUB_SOURCE, partition=ANSWERING_PARTITION
        )
        for outcome in outcomes:
            if self._states.get(ANSWERING_PARTITION) is not state:
                return
            await self._send(
                ANSWERING_PARTITION, ANSWERED, EVERYBODY, message_id=str(outcome.number), body=_said(outcome)
            )
            self._answered = claim.epoch, outcome.number

    async def _send(self, partition: int, type: str, key: bytes, *, message_id: str, body: bytes) -> None:
        headers = headers_for(type, id=message_id, source=HUB_SOURCE, time=self._clock.now())
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._appender.append(partition, key=key, value=body, headers=headers)
        except TimeoutError:
            reached("request_timeout_s")
            raise


def _said(outcome: BroadcastOutcome) -> bytes:
    code, field, message = outcome.code, outcome.field, outcome.message
    if outcome.outcome is None:
        code, field, message = Code.FIELD_INVALID, "", NOT_READ
    said = {"number": outcome.number, "type": outcome.type, "code": code, "field": field, "message": message}
    return json.dumps({name: value for name, value in said.items() if value not in (None, "")}).encode()
