"""A database restored to an earlier point: what readers were told since is decided again, and nobody is told twice.

The relay's positions in Kafka say how far readers have been told. Everything below them is in the inbound topic still;
decided again by the same code, from the state that was restored, it leads to the same messages under the same ids. Each
batch is compared, message by message, with what the outgoing topics hold, before it is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import TopicPartition

from lotstream import __version__
from lotstream.contracts.cloudevents import HUB_SOURCE, read_headers
from lotstream.contracts.topics import INBOUND
from lotstream.errors import ClaimLost, LogUnfit
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.commit import Decided
from lotstream.hub.hub import Hub
from lotstream.hub.logs.comparing import TOLD_MAX, ComparingStore, Difference
from lotstream.hub.logs.marks import Beginning, read_beginning
from lotstream.hub.logs.published import combined, digest_of_record, id_of, read_published
from lotstream.hub.logs.reading import Stretch, read_stretches
from lotstream.hub.logs.situation import Held, Situation, fence, look, misfit
from lotstream.hub.records import EVERYBODY
from lotstream.hub.state import PartitionState
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.store.logs import Why

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Restoration:
    """How a database stands to what was published; nothing has to be done when it is not behind."""

    situation: Situation
    #: Per partition that is behind: the records to decide again.
    stretches: Mapping[int, Stretch]
    #: Versions of the code that noted the positions of these partitions.
    versions: frozenset[str]
    #: The log that was begun after these records, which the database does not know of either.
    following: Beginning | None = None

    @property
    def lacks_nothing(self) -> bool:
        """Tell whether the database has decided all that readers were told."""
        return not self.stretches and self.following is None

    @property
    def records(self) -> int:
        """Return how many records have to be decided again."""
        return sum(stretch.end - stretch.start for stretch in self.stretches.values())


@dataclass(frozen=True, slots=True)
class Replayed:
    """What deciding again came to."""

    records: int
    messages: int
    #: Of all messages decided again, and of those published under the same ids; equal when nothing differs.
    digest: str
    published_digest: str
    differences: tuple[Difference, ...]
    differences_count: int
    #: Commands for every partition that the database had lost: number and type.
    put_back: tuple[tuple[int, str], ...]

    def and_then(self, later: Replayed) -> Replayed:
        """Return this and what was decided again after it as one."""
        return Replayed(
            self.records + later.records,
            self.messages + later.messages,
            combined(map(bytes.fromhex, (self.digest, later.digest))),
            combined(map(bytes.fromhex, (self.published_digest, later.published_digest))),
            (*self.differences, *later.differences)[:TOLD_MAX],
            self.differences_count + later.differences_count,
            (*self.put_back, *later.put_back),
        )


class Replaying(Hub):
    """A hub that publishes nothing: readers have it already."""

    async def _hand_over(self, written: Decided) -> None:
        """Leave what is written in the outbox."""


async def consider(held: Held) -> Restoration:
    """Return what a restored database lacks; raises `LogUnfit` when the inbound topic cannot give it."""
    situation = await look(held)
    following = await next_beginning(held, situation) if situation.is_before_a_later_log else None
    if situation.is_before_a_later_log and following is None:
        raise LogUnfit(
            f"The database was restored to a point before log number {situation.newest_log()} was begun.",
            what_to_do="Restore a backup made after the last `topics resize` or `topics adopt`; "
            "docs/runbooks/restored-database.md says what to do when there is none.",
        )
    if why := await misfit(held, situation):
        raise LogUnfit(
            f"{why} The records that the database lacks are not there to be decided again.",
            what_to_do="docs/runbooks/restored-database.md says how to go on without them.",
        )
    told = following.decided if following else situation.ahead()
    stretches = {p: Stretch(situation.claims[p].next_offset, end) for p, end in told.items()}
    behind = {p: stretch for p, stretch in stretches.items() if stretch.start < stretch.end}
    versions = {situation.noted[p].noted.partition(" ")[2] for p in behind if p in situation.noted}
    return Restoration(situation, behind, situation.later_versions | versions, following)


async def next_beginning(held: Held, situation: Situation) -> Beginning | None:
    """Return how the log after the database's own began, when Kafka knows that of it and of every log since.

    None when one of them was begun by anything but a resize: nothing is begun that cannot be gone through to the end.
    """
    partitions, found = situation.sight.partitions, []
    for number in range(situation.log.number + 1, situation.newest_log() + 1):
        beginning = await read_beginning(held.settings, number, partitions=partitions)
        if beginning is None or beginning.why is not Why.RESIZED:
            return None
        found.append(beginning)
    return found[0] if set(found[0].decided) == set(situation.claims) else None


async def replay(held: Held, restoration: Restoration, *, despite_differences: bool = False) -> Replayed:
    """Decide again what was published, compare, and let the relay go on where it was; never below its positions.

    A log that was begun meanwhile begins again where it did, and what was decided under it is decided after it. May be
    repeated after a crash at any point. Raises `ReplayDiffers` before anything that differs is written, and `LogUnfit`
    when other code published it, unless a person has decided to go on ``despite_differences``.
    """
    others = sorted(restoration.versions - {__version__})
    if others and not despite_differences:
        raise LogUnfit(
            f"The messages were decided by lotstream {', '.join(others)}, and this is {__version__}.",
            what_to_do=f"Install lotstream=={others[-1]} and run it again, or read docs/runbooks/restored-database.md.",
        )
    replayed = await _replay(held, restoration, strict=not despite_differences)
    if restoration.following is None:
        return replayed
    await _begin(held, restoration.following)
    later = await replay(held, await consider(held), despite_differences=despite_differences)
    return replayed.and_then(later)


async def _begin(held: Held, following: Beginning) -> None:
    """Begin the next log where it began before the database was restored."""
    now = await look(held)
    crash_point(CrashPoint.LOG_PREPARED)
    await held.logs.begin(following.log, following.starts, after=now.log, epochs=now.epochs(), why=following.why)


async def _replay(held: Held, restoration: Restoration, *, strict: bool) -> Replayed:
    """Decide again what was published under one log number."""
    situation = restoration.situation
    await fence(held, situation)
    put_back = await _put_broadcasts_back(held, situation)
    settings = held.settings
    async with ComparingStore(
        settings.postgres_url, app=f"{settings.app}-log", timeout_s=settings.postgres_timeout_s,
        log=situation.log.number, published=await _published(held, restoration), strict=strict,
    ) as store:  # fmt: skip
        await _decide(held, restoration, store)
        return Replayed(
            restoration.records, store.messages, *store.digests(), tuple(store.differences), store.differences_count,
            tuple(sorted(put_back)),
        )  # fmt: skip


async def _decide(held: Held, restoration: Restoration, store: ComparingStore) -> None:
    hub = await _hub(held, restoration, store)
    stretches = {TopicPartition(INBOUND.name, p): stretch for p, stretch in restoration.stretches.items()}
    limit = held.settings.batch_records_max
    async for records in read_stretches(held.settings, stretches, records_max=limit):
        await hub.process(await hub.read(records, epochs=hub.epochs()))
    await hub.written()
    for p, state in hub.states.items():
        await store.release_claim(state.claim, relay_position=restoration.stretches[p].end)


async def _hub(held: Held, restoration: Restoration, store: ComparingStore) -> Hub:
    """Return a hub that holds the partitions that are behind."""
    app = build_app(held.settings)
    app.finalize()
    log = restoration.situation.log
    hub = Replaying(
        held.settings, store, log, ledger_store(app), kafka=held.kafka, topic=INBOUND.name, die=lambda _: None
    )
    app.hub = hub
    await hub.clock.sync()
    holder = f"{held.settings.app}-replay-{uuid.uuid4().hex}"
    for p in restoration.stretches:
        claim = await store.take_claim(restoration.situation.claims[p], holder=holder)
        if claim is None:
            raise ClaimLost(f"Partition {p} was taken by somebody else.")
        hub.states[p] = PartitionState(claim, await store.sites(claim))
    return hub


async def _published(held: Held, restoration: Restoration) -> dict[str, bytes]:
    """Return the digests of all messages that the records to decide again may have caused, by id."""
    claims = restoration.situation.claims
    since = min((claims[p].last_append_time or LONG_AGO for p in restoration.stretches), default=None)
    if since is None:
        return {}
    found = read_published(held.settings, since=since)
    return {id_of(record): digest_of_record(record) async for record in found}


async def _put_broadcasts_back(held: Held, situation: Situation) -> list[tuple[int, str]]:
    """Number again what the log holds for every partition and the database has lost; returns numbers and types.

    Otherwise the next command would get a number that partitions have passed, and change nothing.
    """
    stretches = {
        TopicPartition(INBOUND.name, p): Stretch(situation.claims[p].next_offset, extent.end)
        for p, extent in situation.sight.extents.items()
        if p in situation.claims
    }
    put_back = []
    async for records in read_stretches(held.settings, stretches):
        for record in (record for batch in records.values() for record in batch if record.key == EVERYBODY):
            envelope = read_headers(record.headers)
            number, _, partition = (envelope.id or "").partition("/")
            ours = envelope.source == HUB_SOURCE and number.isdecimal() and partition == str(record.partition)
            if not ours or envelope.type is None or record.value is None:
                continue
            if await held.logs.put_broadcast_back(int(number), type=envelope.type, body=record.value):
                put_back.append((int(number), envelope.type))
    return put_back
