"""The one seam between the hub and its database: what any store of the hub must do.

Every method is one round of queries. A store that cannot answer raises; it never answers with less than there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Answer, Document, Order, Question, Serial
from lotstream.store.claim import Claim, Log
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


class Store(Protocol):
    """State, journal, outbox and claims of the hub."""

    async def now(self) -> datetime:
        """Return the database's clock, aware."""

    async def begin_log(self, partitions: int) -> Log:
        """Write down the inbound log when there is none yet, and return the one there is."""

    async def log(self) -> Log:
        """Return the inbound log's number and partition count; raises `NotMigrated` when there is none."""

    async def seal(self) -> bytes:
        """Return the key that the hub seals its own messages with, the same for every worker and every log."""

    async def lock_instance(self, instance: str, *, timeout_s: float) -> None:
        """Hold the session lock on an instance id; raises `InstanceTaken` when another process keeps it."""

    async def wait_lock_lost(self) -> None:
        """Wait until the instance lock is gone although nobody gave it back; raises `InstanceLockLost` then."""

    async def claims(self, partitions: Iterable[int]) -> dict[int, Claim]:
        """Return the claim rows of partitions, making those that are missing."""

    async def take_claim(self, read: Claim, *, holder: str) -> Claim | None:
        """Raise the epoch of a claim as it was read and become its holder; None when somebody else was faster."""

    async def release_claim(self, claim: Claim, *, relay_position: int) -> bool:
        """Give a claim back under the same epoch after its relay is done; False when it is no longer ours."""

    async def note_relay_position(self, claim: Claim, position: int) -> None:
        """Copy a relay position from Kafka, which forgets it after its retention; never lowers it."""

    async def sites(self, claim: Claim) -> Sites:
        """Return sites and locations as of the claim's ``broadcast_seen``, and its today per site."""

    async def seen(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Return those message keys that were done or refused before, in one query."""

    async def owner_sizes(self, owners: Sequence[str]) -> dict[str, OwnerSize]:
        """Return how much `ledgers` would load for each owner, nothing for one that nobody has defined."""

    async def ledgers(self, owners: Mapping[str, Sites]) -> dict[str, Ledger]:
        """Load whole owners (stock that is not zero, open orders), one query per table."""

    async def closed_orders(self, keys: Sequence[OwnerOrder]) -> dict[OwnerOrder, Order | None]:
        """Return closed orders by key; None for a key that the database does not have, nothing for an open order."""

    async def receipts(self, keys: Sequence[OwnerReceipt]) -> dict[OwnerReceipt, Document | None]:
        """Return what was booked under documents, by key; None for a key that the database does not have."""

    async def serials(self, keys: Sequence[OwnerSerial]) -> dict[OwnerSerial, dict[str, Serial]]:
        """Return the units of serial numbers by SKU; nothing under a number that the database does not have."""

    async def history(self, owner: str, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return what is known of an owner's past as of all that is committed, an answer for each question."""

    async def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction.

        Raises `ClaimLost` when a claim is no longer as expected (nothing is written) and `ConstraintViolated` when the
        database refuses a row (nothing is written).
        """

    async def outbox(
        self, partition: int, *, log: int, offset: int, below: int, limit: int, bytes_max: int | None = None
    ) -> list[OutboxRow]:
        """Return outbox rows of a partition with ``offset`` ≤ their offset < ``below``, in order.

        At most ``limit`` rows, and none after the one whose value brings them to ``bytes_max``.
        """

    async def outbox_oldest(self, positions: Mapping[int, int], *, log: int) -> datetime | None:
        """Return when the oldest message at or above its partition's position was recorded; None when all are below."""

    async def prune_outbox(self, partition: int, *, below: int, before: datetime) -> int:
        """Delete published outbox rows below an offset recorded before a time, some at once; returns how many."""

    async def prune_empty_stock(self) -> int:
        """Delete stock rows at zero, which no ledger loads, some at once; returns how many."""

    async def prune_exchanges(self, *, before: datetime) -> int:
        """Delete settled exchanges received before a time, some at once; returns how many."""

    async def prune_untaken(self, *, before: datetime) -> int:
        """Delete exchanges received before a time that nobody has dealt with, some at once; returns how many."""

    async def prune_intake(self, partition: int, *, before: datetime) -> int:
        """Delete a partition's oldest intake rows recorded before a time, some at once; returns how many.

        What is left has no gaps. The row of the last record stays, and so do those of broadcasts that are not answered.
        """

    async def prune_dead_letters(self, *, before: datetime) -> int:
        """Delete dead letters recorded before a time, some at once; returns how many."""

    async def add_broadcast(self, type: str, *, key: str, body: bytes) -> int:
        """Number a command for every partition; the same type and key again returns the number it has."""

    async def broadcasts(self, *, after: int, limit: int) -> list[Broadcast]:
        """Return broadcasts with a number above ``after``, in order."""

    async def broadcasts_numbered(self, numbers: Collection[int]) -> dict[int, Broadcast]:
        """Return the broadcasts with these numbers; those that do not exist are left out."""

    async def owners_due(self, partitions: Collection[int], *, limit: int) -> list[OwnerPart]:
        """Return owners of partitions that have something noted to look at again."""

    async def clocks_due(self, partitions: Collection[int], *, limit: int) -> list[ClockDue]:
        """Return owners of partitions whose time has come, by the database's clock."""

    async def titles_due(self, partitions: Collection[int], *, limit: int) -> list[tuple[str, str, int, bytes]]:
        """Return title, owner, slot and message of what owners have to be told of goods that others gave them."""

    async def owners_behind(self, turns: Mapping[int, int], *, since: str, limit: int) -> list[OwnerPart]:
        """Return owners from one on, in order, with open orders that are not through with their partition's turn."""

    async def broadcasts_passed(self) -> int:
        """Return the last broadcast that every partition has decided and no owner has anything left of."""

    async def broadcast_outcomes(
        self, *, after: int, through: int, source: str, partition: int
    ) -> list[BroadcastOutcome]:
        """Return what a partition made of the broadcasts above one number and up to another, in order.

        One that it could not read has no outcome.
        """
