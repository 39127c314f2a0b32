"""Taking partitions over, in the one order that leaves no gap between two holders.

1. Once per process, initialise one's own random transactional id. 2. Prove membership by a group offset commit.
3. Read the claims; fence the noted holder of one that was not released. 4. Raise the epoch where it is still as read.
5. Only now read the relay position, publish the rest of the outbox, and say where reading goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from lotstream.errors import LogMismatch, StopWorker
from lotstream.hub.clock import Clock
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.log_check import LogReader
from lotstream.hub.relay import Grant, Relay
from lotstream.hub.state import PartitionState
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.limits import reached, used
from lotstream.ops.metrics import CLAIM_SECONDS
from lotstream.store.claim import Claim, Log
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

#: Times a take-over starts over because somebody else was faster, when the settings name no other.
ATTEMPTS_MAX = 5

Prove = Callable[[set[int]], Awaitable[None]]
Seek = Callable[[dict[int, int]], Awaitable[None]]


class Claims:
    """Takes partitions over and gives them back."""

    def __init__(
        self, store: Store, relay: Relay, log_reader: LogReader, *, ledgers: LedgerStore,
        states: dict[int, PartitionState], log: Log, clock: Clock, attempts_max: int = ATTEMPTS_MAX,
    ) -> None:  # fmt: skip
        self._store = store
        self._relay = relay
        self._log_reader = log_reader
        self._ledgers = ledgers
        self._states = states
        self._log = log
        self._clock = clock
        self._attempts_max = attempts_max
        #: Claims as this process last released them: memory is still right where nobody wrote since.
        self._released: dict[int, Claim] = {}

    async def take(
        self, partitions: set[int], *, prove: Prove, seek: Seek, grant: Grant = lambda _: None
    ) -> dict[int, int]:
        """Become the holder of partitions, seek to the next offset of each and return them.

        ``grant`` is told how long what is about to be published of the outbox may last.
        Raises `StopWorker` when claims keep changing hands, `LogMismatch` when log and database do not fit.
        """
        with CLAIM_SECONDS.time():
            return await self._take_all(partitions, prove, seek, grant=grant)

    async def _take_all(self, partitions: set[int], prove: Prove, seek: Seek, *, grant: Grant) -> dict[int, int]:
        self._check_numbers(partitions)
        await self._relay.start()
        await prove(partitions)
        claims = await self._take(partitions)
        crash_point(CrashPoint.IN_CLAIM)
        self._keep_or_drop(claims)
        await self._log_reader.check(claims)
        states = {p: PartitionState(claim, await self._store.sites(claim)) for p, claim in claims.items()}
        kept_back = {p for p, state in states.items() if self._clock.days_due(state.sites)}
        await self._relay.resume(claims, kept_back=kept_back, grant=grant)
        offsets = {partition: claim.next_offset for partition, claim in claims.items()}
        await seek(offsets)
        # Not before: until the seek, Kafka's consumer may hold records from wherever the group's offset was.
        self._states.update(states)
        logger.info("claimed", partitions=len(claims), epochs=sum(c.epoch for c in claims.values()))
        return offsets

    async def release(self) -> None:
        """Give back every claim after the relay is done with it; what memory holds of them may be used again.

        A claim with messages that are kept back is released too: its position says where its next holder goes on.
        """
        # First of all: what is read or handed over from here on is nobody's and is dropped.
        states = dict(self._states)
        self._states.clear()
        await self._relay.finish()
        crash_point(CrashPoint.IN_REVOCATION)
        for partition, state in states.items():
            position = self._relay.position(partition)
            if await self._store.release_claim(state.claim, relay_position=position):
                self._released[partition] = state.claim

    async def reread(self, partitions: set[int]) -> None:
        """Read claims and sites again after a failed batch; raises `StopWorker` when a claim is no longer ours."""
        claims = await self._store.claims(partitions)
        for partition, claim in claims.items():
            ours = self._states[partition].claim
            if (claim.epoch, claim.holder) != (ours.epoch, ours.holder):
                raise StopWorker(f"Partition {partition} was taken over by {claim.holder}.")
            self._states[partition].claim = claim
            self._states[partition].sites = await self._store.sites(claim)

    def _check_numbers(self, partitions: set[int]) -> None:
        """Raise `LogMismatch` before claim rows of partitions are made that Postgres does not know."""
        if unknown := sorted(p for p in partitions if p >= self._log.partitions):
            raise LogMismatch(
                f"The inbound topic has partitions {unknown} and Postgres knows {self._log.partitions}: only "
                "`lotstream topics resize` may change the count."
            )

    async def _take(self, partitions: set[int]) -> dict[int, Claim]:
        missing, taken = set(partitions), dict[int, Claim]()
        for attempt in range(1, self._attempts_max + 1):
            used("claim_attempts_max", attempt)
            read = await self._store.claims(missing)
            await self._fence(read.values())
            for partition, claim in read.items():
                if claim.log != self._log.number:
                    raise LogMismatch(
                        f"Partition {partition} is claimed under log {claim.log}, not {self._log.number}."
                    )
                mine = await self._store.take_claim(claim, holder=self._relay.transactional_id)
                if mine is not None:
                    taken[partition] = mine
            missing -= taken.keys()
            if not missing:
                return taken
        reached("claim_attempts_max")
        raise StopWorker(f"Partitions {sorted(missing)} kept changing hands while they were taken over.")

    async def _fence(self, claims: Iterable[Claim]) -> None:
        """Make the late relay of holders that did not release fail, and end their open transactions at once."""
        holders = {c.holder for c in claims if c.holder and not c.released}
        await asyncio.gather(
            *(self._relay.fence(holder) for holder in sorted(holders) if holder != self._relay.transactional_id)
        )

    def _keep_or_drop(self, claims: dict[int, Claim]) -> None:
        """Keep owners in memory only where nobody has written since this process released the partition."""
        stale = set()
        for partition, claim in claims.items():
            last = self._released.pop(partition, None)
            if last is None or (last.epoch + 1, last.next_offset) != (claim.epoch, claim.next_offset):
                stale.add(partition)
        self._ledgers.drop_partitions(stale, of=self._log.partitions)
