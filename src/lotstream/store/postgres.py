"""The hub's store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from lotstream.domain.kpis import Figures
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Answer, Document, Order, Question, Serial
from lotstream.store.broadcasts import Broadcasts
from lotstream.store.claim import Claim, Log
from lotstream.store.claims import Claims
from lotstream.store.commit import Commits, create_staging
from lotstream.store.connection import CONNECTIONS_MAX, Address, Database
from lotstream.store.instance import InstanceLock
from lotstream.store.kpis import Kpis, RecallTime
from lotstream.store.load import State
from lotstream.store.maintenance import Maintenance
from lotstream.store.outbox import Outbox
from lotstream.store.rows import (
    Batch,
    Broadcast,
    BroadcastOutcome,
    ClockDue,
    MessageKey,
    OutboxRow,
    OwnerOrder,
    OwnerPart,
    OwnerReceipt,
    OwnerSerial,
    OwnerSize,
)


class PostgresStore:
    """State, journal, outbox and claims of the hub in one PostgreSQL database; a `lotstream.store.seam.Store`.

    ``app`` is shown in ``pg_stat_activity``; ``timeout_s`` is the longest one call may last. Every call raises
    `PostgresUnreachable` when the server does not answer in time and `NotMigrated` when a table is missing.
    """

    def __init__(
        self, url: str, *, app: str = "lotstream", timeout_s: float = 15.0, connections_max: int = CONNECTIONS_MAX
    ) -> None:
        address = Address(
            url=url, app=app, call_s=timeout_s, lock_s=timeout_s / 2, by_key_only=True, connections_max=connections_max
        )
        self._use(Database(address, prepare=create_staging), InstanceLock(address))

    def _use(self, database: Database, instance: InstanceLock) -> None:
        self._database = database
        self._instance = instance
        self._claims = Claims(database)
        self._state = State(database)
        self._commits = Commits(database)
        self._outbox = Outbox(database)
        self._broadcasts = Broadcasts(database)
        self._maintenance = Maintenance(database)
        self._kpis = Kpis(database)

    async def open(self) -> Self:
        """Connect; raises `PostgresUnreachable` or `SettingInvalid`."""
        await self._database.open()
        return self

    async def close(self) -> None:
        """Give the instance lock back and close all connections."""
        await self._instance.release()
        await self._database.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def connections_in_use(self) -> int:
        """How many of its connections do something at this moment."""
        return self._database.in_use

    async def now(self) -> datetime:
        """Return the database's clock, aware."""
        return await self._claims.now()

    async def begin_log(self, partitions: int) -> Log:
        """Write down the inbound log when there is none yet, and return the one there is."""
        return await self._claims.begin_log(partitions)

    async def log(self) -> Log:
        """Return the inbound log's number and partition count; raises `NotMigrated` when there is none."""
        return await self._claims.log()

    async def seal(self) -> bytes:
        """Return the key that the hub seals its own messages with, the same for every worker and every log."""
        return await self._claims.seal()

    async def lock_instance(self, instance: str, *, timeout_s: float) -> None:
        """Hold the session lock on an instance id; raises `InstanceTaken` when another process keeps it."""
        await self._instance.acquire(instance, timeout_s=timeout_s)

    async def wait_lock_lost(self) -> None:
        """Wait until the instance lock is gone although nobody gave it back; raises `InstanceLockLost` then."""
        await self._instance.wait_lost()

    async def claims(self, partitions: Iterable[int]) -> dict[int, Claim]:
        """Return the claim rows of partitions, making those that are missing."""
        return await self._claims.read(partitions)

    async def take_claim(self, read: Claim, *, holder: str) -> Claim | None:
        """Raise the epoch of a claim as it was read and become its holder; None when somebody else was faster."""
        return await self._claims.take(read, holder=holder)

    async def release_claim(self, claim: Claim, *, relay_position: int) -> bool:
        """Give a claim back under the same epoch after its relay is done; False when it is no longer ours."""
        return await self._claims.release(claim, relay_position=relay_position)

    async def note_relay_position(self, claim: Claim, position: int) -> None:
        """Copy a relay position from Kafka, which forgets it after its retention; never lowers it."""
        await self._claims.note_relay_position(claim, position)

    async def sites(self, claim: Claim) -> Sites:
        """Return sites and locations as of the claim's ``broadcast_seen``, and its today per site."""
        return await self._state.sites(claim)

    async def seen(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Return those message keys that were done or refused before, in one query."""
        return await self._state.seen(keys)

    async def owner_sizes(self, owners: Sequence[str]) -> dict[str, OwnerSize]:
        """Return how much `ledgers` would load for each owner."""
        return await self._state.owner_sizes(owners)

    async def ledgers(self, owners: Mapping[str, Sites]) -> dict[str, Ledger]:
        """Load whole owners (stock that is not zero, open orders), one query per table."""
        return await self._state.ledgers(owners)

    async def closed_orders(self, keys: Sequence[OwnerOrder]) -> dict[OwnerOrder, Order | None]:
        """Return closed orders by key; None for a key that the database does not have, nothing for an open one."""
        return await self._state.closed_orders(keys)

    async def receipts(self, keys: Sequence[OwnerReceipt]) -> dict[OwnerReceipt, Document | None]:
        """Return what was booked under documents, by key; None for a key that the database does not have."""
        return await self._state.receipts(keys)

    async def serials(self, keys: Sequence[OwnerSerial]) -> dict[OwnerSerial, dict[str, Serial]]:
        """Return the units of serial numbers by SKU; nothing under a number that the database does not have."""
        return await self._state.serials(keys)

    async def history(self, owner: str, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return what is known of an owner's past, an answer for each question."""
        return await self._state.history(owner, questions)

    async def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction; raises `ClaimLost` or `ConstraintViolated`, and nothing is written then."""
        await self._commits.commit(batch)

    async def outbox(
        self, partition: int, *, log: int, offset: int, below: int, limit: int, bytes_max: int | None = None
    ) -> list[OutboxRow]:
        """Return outbox rows of a partition with ``offset`` ≤ their offset < ``below``, in order."""
        return await self._outbox.read(partition, log=log, offset=offset, below=below, limit=limit, bytes_max=bytes_max)

    async def outbox_oldest(self, positions: Mapping[int, int], *, log: int) -> datetime | None:
        """Return when the oldest message at or above its partition's position was recorded; None when all are below."""
        return await self._outbox.oldest(positions, log=log)

    async def prune_outbox(self, partition: int, *, below: int, before: datetime) -> int:
        """Delete published outbox rows below an offset recorded before a time, some at once; returns how many."""
        return await self._maintenance.prune_outbox(partition, below=below, before=before)

    async def prune_empty_stock(self) -> int:
        """Delete stock rows at zero, which no ledger loads, some at once; returns how many."""
        return await self._maintenance.prune_empty_stock()

    async def prune_exchanges(self, *, before: datetime) -> int:
        """Delete settled exchanges received before a time, some at once; returns how many."""
        return await self._maintenance.prune_exchanges(before=before)

    async def prune_untaken(self, *, before: datetime) -> int:
        """Delete exchanges received before a time that nobody has dealt with, some at once; returns how many."""
        return await self._maintenance.prune_untaken(before=before)

    async def prune_intake(self, partition: int, *, before: datetime) -> int:
        """Delete a partition's oldest intake rows recorded before a time, some at once; returns how many."""
        return await self._maintenance.prune_intake(partition, before=before)

    async def prune_dead_letters(self, *, before: datetime) -> int:
        """Delete dead letters recorded before a time, some at once; returns how many."""
        return await self._maintenance.prune_dead_letters(before=before)

    async def add_broadcast(self, type: str, *, key: str, body: bytes) -> int:
        """Number a command for every partition; the same type and key again returns the number it has."""
        return await self._broadcasts.add(type, key=key, body=body)

    async def broadcasts(self, *, after: int, limit: int) -> list[Broadcast]:
        """Return broadcasts with a number above ``after``, in order."""
        return await self._broadcasts.after(after, limit=limit)

    async def broadcasts_numbered(self, numbers: Collection[int]) -> dict[int, Broadcast]:
        """Return the broadcasts with these numbers; those that do not exist are left out."""
        return await self._broadcasts.numbered(numbers)

    async def owners_due(self, partitions: Collection[int], *, limit: int) -> list[OwnerPart]:
        """Return owners of partitions that have something noted to look at again."""
        return await self._broadcasts.due(partitions, limit=limit)

    async def clocks_due(self, partitions: Collection[int], *, limit: int) -> list[ClockDue]:
        """Return owners of partitions whose time has come, by the database's clock."""
        return await self._broadcasts.clocks_due(partitions, limit=limit)

    async def titles_due(self, partitions: Collection[int], *, limit: int) -> list[tuple[str, str, int, bytes]]:
        """Return title, owner, slot and message of what owners have to be told of goods that others gave them."""
        return await self._broadcasts.titles_due(partitions, limit=limit)

    async def owners_behind(self, turns: Mapping[int, int], *, since: str, limit: int) -> list[OwnerPart]:
        """Return owners from one on, in order, with open orders that are not through with their partition's turn."""
        return await self._broadcasts.behind(turns, since=since, limit=limit)

    async def broadcasts_passed(self) -> int:
        """Return the last broadcast that every partition has decided and no owner has anything left of."""
        return await self._broadcasts.passed()

    async def broadcast_outcomes(
        self, *, after: int, through: int, source: str, partition: int
    ) -> list[BroadcastOutcome]:
        """Return what a partition made of the broadcasts above one number and up to another, in order."""
        return await self._broadcasts.outcomes(after=after, through=through, source=source, partition=partition)

    async def kpis(self, *, owners_max: int) -> dict[str, Figures]:
        """Return what was counted of owners since ever, the first so many by name."""
        return await self._kpis.owners(owners_max=owners_max)

    async def recall_times(self) -> list[RecallTime]:
        """Return how long recalls and drills took, the last first."""
        return await self._kpis.recalls()
