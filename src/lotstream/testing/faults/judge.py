"""The verdict at rest: everything is read, worked out by the reference, and compared."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from lotstream.contracts.topics import INBOUND, TOPICS
from lotstream.hub.verify import Scope, verify
from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.testing.faults import verdict
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.log_ends import LogEnds
from lotstream.testing.faults.oracle import Oracle
from lotstream.testing.faults.reader import Message
from lotstream.testing.faults.told import Told, check_told
from lotstream.testing.kafka import Seen, read_all

#: The log number of a hub whose topic was never replaced.
FIRST_LOG = 1


@dataclass
class Logs:
    """The inbound topic as one log after another: those that ended, and where the present one begins."""

    number: int = FIRST_LOG
    #: Where each partition of the present log begins in the topic; 0 where it is not named.
    starts: dict[int, int] = field(default_factory=dict)
    #: Number, count of partitions and records of logs that have ended.
    ended: list[tuple[int, int, list[Seen]]] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """What there was to compare."""

    records: int
    orders: int
    messages: int
    #: Messages that a read_committed reader saw more than once, at the end or while it all happened.
    doubles: int
    outcomes: Counter[str]


async def judge(
    settings: Settings, url: str, audit: Audit, log: LogEnds, *, logs: Logs, acknowledged: Collection[bytes],
    days_told: Collection[str], seen_live: Counter[Message], violations: Violations, tell: Callable[[str], None],
) -> Counts:  # fmt: skip
    """Compare everything there is; each difference becomes a violation.

    ``seen_live`` is what a reader has seen that stayed on all the time; every topic is read once more from its start.
    """
    tell("reading the log")
    records = await present_log(settings, logs)
    ended = [record for _, _, each in logs.ended for record in each]
    verdict.check_log([*ended, *records], acknowledged, violations)
    tell(f"working out what must have come of {len(ended) + len(records)} records")
    oracle = Oracle(settings.message_bytes_max, days_told=days_told)
    for number, partitions, each in [*logs.ended, (logs.number, settings.partitions, records)]:
        await asyncio.to_thread(oracle.read, each, log=number, partitions=partitions)
    tell("comparing")
    verdict.check_days(oracle, violations)
    await verdict.check_intake(audit, oracle, violations)
    orders = await verdict.check_state(audit, oracle, violations)
    published = [seen for topic in TOPICS if topic is not INBOUND for seen in await _all_of(settings, topic.name)]
    seen = verdict.times_seen(published)
    await verdict.check_published(audit, seen, violations)
    verdict.check_live(seen_live, seen, violations)
    told = Told()
    told.read(published)
    check_told(told, oracle, violations)
    verdict.check_ends(await audit.claims(), await log.ends(), await log.positions(), violations)
    tell("verifying")
    scope = Scope(outbox_days=settings.outbox_days, retention_days=settings.retention_days)
    for difference in (await verify(url, scope)).differences:
        violations.add(Invariant.VERIFIED, str(difference))
    outcomes = Counter(outcome for outcome, _ in oracle.fates.values())
    doubles = sum(1 for message in seen | seen_live if max(seen[message], seen_live[message]) > 1)
    return Counts(len(ended) + len(records), orders, len(published), doubles, outcomes)


async def present_log(settings: Settings, logs: Logs) -> list[Seen]:
    """Return the records of the present log."""
    records = await _all_of(settings, INBOUND.name)
    return [record for record in records if record.offset >= logs.starts.get(record.partition, 0)]


async def _all_of(settings: Settings, topic: str) -> list[Seen]:
    return [seen async for seen in read_all(settings.kafka_bootstrap, topic)]
