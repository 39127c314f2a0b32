"""Going on with an inbound topic that is not the one read so far: it was lost, made anew, or cut.

Its records count under the next log number, from the first one the topic holds. What was decided stays; what was
decided and not yet published is published; records that were lost with the old topic are not known here and have to be
sent again. A record that comes again is a duplicate by its message id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import SLOTS
from lotstream.errors import LogUnfit, TopicsDiffer
from lotstream.hub.logs.marks import Beginning, note_beginning
from lotstream.hub.logs.moving import Moved
from lotstream.hub.logs.replay import next_beginning
from lotstream.hub.logs.resize import begin_after
from lotstream.hub.logs.rest import Rest, publish_rest
from lotstream.hub.logs.situation import Held, Situation, fence, look, misfit
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.topics import Topic, differences, open_topics
from lotstream.store.claim import Log
from lotstream.store.logs import Start, Why


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting a topic will do, for a person to agree to."""

    situation: Situation
    #: In which way the topic is not the one that was read so far.
    why: str
    #: Records that the topic holds now.
    records: int
    #: Messages that are decided and not noted as published.
    unpublished: int
    #: Append time of the last record that was decided; what came after it may be lost.
    decided_until: datetime | None


@dataclass(frozen=True, slots=True)
class Adopted:
    """What adopting a topic did."""

    log: Log
    rest: Rest
    moved: Moved


async def consider(held: Held, wanted: Topic) -> Adoption:
    """Return what adopting the topic would do.

    Raises `LogUnfit` when it is the log that was read so far, `TopicsDiffer` when it is not as ``wanted``.
    """
    situation = await look(held)
    await _check_topic(held, situation, wanted)
    why = await misfit(held, situation) or await _forgotten(held, situation)
    if why is None:
        raise _fine(situation)
    unpublished, _ = await held.logs.unpublished(situation.log.number, situation.unpublished())
    times = [claim.append_time for claim in situation.claims.values() if claim.append_time is not None]
    records = sum(extent.end - extent.start for extent in situation.sight.extents.values())
    return Adoption(situation, why, records, unpublished, max(times, default=None))


async def adopt(held: Held, adoption: Adoption) -> Adopted:
    """Publish what the old log left, and let every partition go on with the topic under the next log number.

    May be repeated after a crash at any point. Raises `RelayFailed` or `LogChanged`.
    """
    situation = adoption.situation
    before, found = situation.log, situation.sight.partitions
    await fence(held, situation)
    rest = await publish_rest(held, situation)
    # Above any number that ids were ever made with, also by a database that was restored since.
    after = Log(situation.newest_log() + 1, found)
    if found == before.partitions:
        starts = [Start(p, extent.start) for p, extent in situation.sight.extents.items()]
        moved = Moved({}, 0, 0)
    else:
        # Owners lie elsewhere than before: none of their records may be read before what every partition has to know.
        moved, starts = await begin_after(held, situation, after, claims={})
    await note_beginning(held.settings, Beginning(after, Why.ADOPTED, tuple(starts), {}))
    crash_point(CrashPoint.LOG_PREPARED)
    await held.logs.begin(after, starts, after=before, epochs=situation.epochs(), why=Why.ADOPTED)
    return Adopted(after, rest, moved)


async def _check_topic(held: Held, situation: Situation, wanted: Topic) -> None:
    found = situation.sight.partitions
    if not found:
        raise TopicsDiffer(
            f"The topic {INBOUND.name} does not exist.",
            what_to_do="Restore it from Kafka's own backup, or make it anew with `lotstream topics create`.",
        )
    if found > SLOTS or found & (found - 1):
        raise TopicsDiffer(
            f"The topic {INBOUND.name} has {found} partitions; it has to be a power of two up to {SLOTS}.",
            what_to_do="Make it anew with `lotstream topics create`.",
        )
    settings = held.settings
    async with open_topics(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s) as topics:
        there = await topics.read([wanted.name])
    wrong = [difference for difference in differences([wanted], there) if difference.what != "partitions"]
    if wrong:
        raise TopicsDiffer(
            f"{'; '.join(map(str, wrong))}.", what_to_do="Change the topic with Kafka's own tools, then run it again."
        )


async def _forgotten(held: Held, situation: Situation) -> str | None:
    """Return that the database was restored to before a resize that nobody can tell it of any more; None otherwise.

    Raises `LogUnfit` when it can be told: nothing has to be adopted then.
    """
    if not situation.is_before_a_later_log:
        return None
    if await next_beginning(held, situation) is not None:
        raise LogUnfit("The database was restored to an earlier point.", what_to_do="See `lotstream db restored`.")
    return f"The database was restored to a point before log number {situation.newest_log()} was begun."


def _fine(situation: Situation) -> LogUnfit:
    if situation.sight.partitions != situation.log.partitions:
        return LogUnfit(
            f"The topic has {situation.sight.partitions} partitions and the database knows "
            f"{situation.log.partitions}, but it is the log that was read so far.",
            what_to_do=f"Run `lotstream topics resize {situation.sight.partitions}`.",
        )
    return LogUnfit(
        f"The topic {INBOUND.name} is the log that the database has read so far; there is nothing to adopt.",
        what_to_do="Start the workers. If they stop, read the last line of their log.",
    )
