"""How the topic, the database and the relay's positions stand to each other while nobody works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lotstream.contracts.topics import INBOUND
from lotstream.errors import LogMismatch
from lotstream.hub.agreed import under_agreement
from lotstream.hub.kafka import AioKafka
from lotstream.hub.log_check import LogReader
from lotstream.hub.logs.members import forget_members
from lotstream.hub.logs.reading import kafka_answers
from lotstream.hub.seam import Position, Sight
from lotstream.settings import Settings
from lotstream.store.claim import Claim, Log
from lotstream.store.logs import Logs, hold_log
from lotstream.store.postgres import PostgresStore


@dataclass(frozen=True, slots=True)
class Held:
    """The inbound log, held alone: nobody else may work under it or change it."""

    settings: Settings
    store: PostgresStore
    logs: Logs
    kafka: AioKafka


@dataclass(frozen=True, slots=True)
class Situation:
    """The inbound topic as it is, and how far the database and the relay have come with it."""

    log: Log
    claims: dict[int, Claim]
    sight: Sight
    #: Relay positions that Kafka holds under this log's number.
    noted: dict[int, Position]
    #: Per partition, the log number that its position in Kafka was noted under, whichever it is.
    numbers: dict[int, int]
    #: Versions of the code that noted positions under later log numbers than this one.
    later_versions: frozenset[str] = frozenset()

    @property
    def is_before_a_later_log(self) -> bool:
        """Tell whether the database was restored to a point before a log was begun that messages are known of."""
        return self.newest_log() > self.log.number

    def epochs(self) -> dict[int, int]:
        """Return the epoch of every claim, by which a worker that has come meanwhile is found."""
        return {partition: claim.epoch for partition, claim in self.claims.items()}

    def newest_log(self) -> int:
        """Return the largest log number that anybody is known to have published under."""
        return max({self.log.number, *self.numbers.values()})

    def position(self, partition: int) -> int:
        """Return the offset below which everything is published: the larger of Kafka's and the database's."""
        noted = self.noted.get(partition)
        return max(noted.offset if noted else 0, self.claims[partition].relay_position)

    def lag(self) -> dict[int, int]:
        """Return how many records partitions hold that are not decided; partitions without any are left out."""
        behind = {p: extent.end - self._next(p, extent.start) for p, extent in self.sight.extents.items()}
        return {p: records for p, records in behind.items() if records > 0}

    def unpublished(self) -> dict[int, int]:
        """Return the positions of partitions that have decided more than is published."""
        return {p: self.position(p) for p, claim in self.claims.items() if self.position(p) < claim.next_offset}

    def ahead(self) -> dict[int, int]:
        """Return the positions of partitions that have published more than the database has decided."""
        return {p: self.position(p) for p, claim in self.claims.items() if self.position(p) > claim.next_offset}

    def _next(self, partition: int, start: int) -> int:
        claim = self.claims.get(partition)
        return claim.next_offset if claim else start


@asynccontextmanager
async def hold(settings: Settings) -> AsyncIterator[Held]:
    """Hold the inbound log alone for the time of the block, under the settings that the workers have agreed on.

    Raises `LogInUse` while anybody works under it, and `SettingsDiffer`.
    """
    app, timeout_s = f"{settings.app}-log", settings.postgres_timeout_s
    async with hold_log(settings.postgres_url, app=app, timeout_s=timeout_s):
        agreed = await under_agreement(settings)
        async with (
            PostgresStore(settings.postgres_url, app=app, timeout_s=timeout_s) as store,
            Logs(settings.postgres_url, app=app, timeout_s=timeout_s) as logs,
        ):
            yield Held(agreed, store, logs, AioKafka(agreed, topic=INBOUND.name))


async def look(held: Held) -> Situation:
    """Return the situation, after Kafka has forgotten the workers that ran last; raises `LogInUse` if it does not."""
    log = await held.store.log()
    claims = await held.store.claims(range(log.partitions))
    await forget_members(held.settings, claims.values())
    with kafka_answers():
        async with asyncio.timeout(held.settings.request_timeout_s):
            return await _look(held, log, claims)


async def _look(held: Held, log: Log, claims: dict[int, Claim]) -> Situation:
    first = await held.kafka.look({})
    asked = dict.fromkeys(range(first.partitions), 0) | {p: c.next_offset for p, c in claims.items()}
    sight = await held.kafka.look(asked) if first.partitions else first
    noted = await held.kafka.positions(claims) if first.partitions else {}
    numbers = {p: int(position.noted.partition(" ")[0]) for p, position in noted.items()}
    ours = {p: position for p, position in noted.items() if numbers[p] == log.number}
    later = frozenset(noted[p].noted.partition(" ")[2] for p in noted if numbers[p] > log.number)
    return Situation(log, claims, sight, ours, numbers, later)


async def misfit(held: Held, situation: Situation) -> str | None:
    """Return in which way the topic is not the log that the database has read so far; None when it is.

    Partitions that the topic has and the database does not are no misfit: they hold nothing that was read.
    """
    found = situation.sight.partitions
    if 0 < found < situation.log.partitions:
        return f"The topic {INBOUND.name} has {found} partitions and the database knows {situation.log.partitions}."
    log = Log(situation.log.number, max(found, situation.log.partitions))
    reader = LogReader(held.kafka, topic=INBOUND.name, log=log, timeout_s=held.settings.request_timeout_s)
    try:
        with kafka_answers():
            await reader.check(situation.claims)
    except LogMismatch as error:
        return str(error)
    return None


async def fence(held: Held, situation: Situation) -> None:
    """End the open transactions of holders that did not give their claims back, and keep them from another."""
    for holder in sorted({c.holder for c in situation.claims.values() if c.holder and not c.released}):
        producer = held.kafka.producer(holder)
        with kafka_answers():
            async with asyncio.timeout(held.settings.relay_timeout_s):
                await producer.start()
                await producer.stop()
