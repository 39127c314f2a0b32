"""More partitions for the inbound topic, so that more workers can share the owners.

An owner's partition follows from its key and their number, so half of the owners move. Each gets a new order of records
that begins behind the old one: the log number grows, which is part of every key that orders or names what was decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import SLOTS
from lotstream.errors import InputRefused, LogNotDrained, LogUnfit, TopicsDiffer
from lotstream.hub.logs.marks import Beginning, note_beginning
from lotstream.hub.logs.moving import Moved, Mover
from lotstream.hub.logs.reading import Stretch
from lotstream.hub.logs.rest import publish_rest
from lotstream.hub.logs.situation import Held, Situation, fence, look, misfit
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.topics import open_topics
from lotstream.store.claim import Claim, Log
from lotstream.store.logs import Start, Why

QUIET_S: Final = 2.0
"""How long nobody may have appended anything; a connector that is forgotten shows itself."""


@dataclass(frozen=True, slots=True)
class Resized:
    """What a resize did."""

    before: Log
    after: Log
    moved: Moved

    @property
    def changed(self) -> bool:
        """Tell whether there was anything to do."""
        return self.before != self.after


async def resize(held: Held, partitions: int) -> Resized:
    """Give the inbound topic ``partitions`` partitions, and let every owner go on in its own.

    May be repeated after a crash at any point. Raises `InputRefused` for a number that cannot be, `LogUnfit` or
    `LogNotDrained` when the log is not at rest.
    """
    _check_number(partitions)
    situation = await look(held)
    before = situation.log
    if (situation.sight.partitions, before.partitions) == (partitions, partitions):
        return Resized(before, before, Moved({}, 0, 0))
    await _check(held, situation, partitions)
    await fence(held, situation)
    await publish_rest(held, situation)
    await _widen(held, situation, partitions)
    situation = await look(held)
    after = Log(situation.newest_log() + 1, partitions)
    moved, starts = await begin_after(held, situation, after, claims=situation.claims)
    decided = {p: claim.next_offset for p, claim in situation.claims.items()}
    await note_beginning(held.settings, Beginning(after, Why.RESIZED, tuple(starts), decided))
    crash_point(CrashPoint.LOG_PREPARED)
    await held.logs.begin(after, starts, after=before, epochs=situation.epochs(), why=Why.RESIZED)
    return Resized(before, after, moved)


async def begin_after(
    held: Held, situation: Situation, after: Log, *, claims: Mapping[int, Claim]
) -> tuple[Moved, list[Start]]:
    """Prepare every partition of the topic for another number of partitions; returns where each is read from.

    A partition whose claim has decided all it holds goes on where it is. What others hold undecided is appended once
    more, behind the broadcasts. ``claims`` are those whose offsets count in this topic.
    """
    stretches = {}
    for p, extent in situation.sight.extents.items():
        claim = claims.get(p)
        stretches[p] = Stretch(claim.next_offset if claim else extent.start, extent.end)
    undecided = {p: stretch for p, stretch in stretches.items() if stretch.start < stretch.end}
    mover = Mover(held, before=situation.log.partitions, after=after.partitions)
    moved = await mover.move(undecided, to=range(after.partitions))
    return moved, [moved.starts.get(p) or _as_it_is(p, claims.get(p), stretches[p]) for p in range(after.partitions)]


def _as_it_is(partition: int, claim: Claim | None, stretch: Stretch) -> Start:
    if claim is None:
        return Start(partition, stretch.end)
    return Start(partition, claim.next_offset, claim.last_append_time, claim.last_message_id)


async def _widen(held: Held, situation: Situation, partitions: int) -> None:
    if situation.sight.partitions < partitions:
        settings = held.settings
        async with open_topics(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s) as topics:
            await topics.widen(INBOUND.name, partitions)
    crash_point(CrashPoint.TOPIC_WIDENED)


def _check_number(partitions: int) -> None:
    if not 0 < partitions <= SLOTS or partitions & (partitions - 1):
        raise InputRefused(
            f"{partitions} is no number of partitions: it has to be a power of two up to {SLOTS}.",
            what_to_do="Rows carry a slot, the key's hash modulo 256, and a slot has to lie in one partition.",
        )


async def _check(held: Held, situation: Situation, partitions: int) -> None:
    """Raise unless the log is at rest, is the one that was read so far, and can have so many partitions."""
    found = situation.sight.partitions
    if not found:
        raise TopicsDiffer(f"The topic {INBOUND.name} does not exist.", what_to_do="See `lotstream topics adopt`.")
    if partitions < max(found, situation.log.partitions):
        raise LogUnfit(
            f"The topic {INBOUND.name} has {found} partitions, and Kafka takes none away.",
            what_to_do="docs/runbooks/partitions.md says how to go on with a smaller topic made anew.",
        )
    if why := await misfit(held, situation):
        raise LogUnfit(why, what_to_do="See `lotstream topics adopt`: this is not the log that was read so far.")
    if situation.ahead() or situation.is_before_a_later_log:
        raise LogUnfit("The database was restored to an earlier point.", what_to_do="See `lotstream db restored`.")
    # With another number of partitions no worker runs any more, so nothing would ever drain: it is moved instead.
    if found == situation.log.partitions:
        await _check_drained(held, situation)


async def _check_drained(held: Held, situation: Situation) -> None:
    if lag := situation.lag():
        raise LogNotDrained(f"{sum(lag.values())} records of {len(lag)} partitions are not decided yet.")
    if behind := situation.unpublished():
        raise LogNotDrained(f"Messages of {len(behind)} partitions are decided and not published yet.")
    await asyncio.sleep(QUIET_S)
    if (await look(held)).lag():
        raise LogNotDrained(
            "Somebody is appending records.", what_to_do="Stop every connector, drain the log and run it again."
        )
