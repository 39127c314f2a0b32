"""A log in memory: the inbound topic, transactional outgoing messages, and the relay's positions.

Like Kafka: a transaction is seen once its markers are written, some time after its end was answered; initialising an
id waits for that, aborts what is open, and fences whoever had the id before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import ConcurrentTransactions, ProducerFenced

from lotstream.contracts.topics import INBOUND
from lotstream.hub.records import LOG_APPEND_TIME
from lotstream.hub.seam import Extent, Position, Sight
from lotstream.store.rows import OutboxRow

Headers = Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Transaction:
    """What a producer has sent since its transaction began."""

    rows: list[OutboxRow] = field(default_factory=list)
    #: Place of each row in the order in which everything was sent.
    sent: list[int] = field(default_factory=list)
    positions: dict[int, Position] = field(default_factory=dict)
    #: Place of its positions in the order in which positions were noted.
    noted: int = 0
    #: Begun before the database was restored: what it holds may have gone from there.
    outlived: bool = False


@dataclass(slots=True)
class Identity:
    """A transactional id: who may use it, and what is open under it."""

    epoch: int = 0
    open: Transaction | None = None
    #: Ended, and its markers not written yet.
    ending: Transaction | None = None


class Broker:
    """Everything Kafka keeps, and what may be asked of it; each call is done at one moment."""

    def __init__(
        self, partitions: int, *, now_ms: Callable[[], int], later: Callable[[Callable[[], None]], None]
    ) -> None:
        self.inbound: list[list[ConsumerRecord[Any, Any]]] = [[] for _ in range(partitions)]
        self.positions: dict[int, Position] = {}
        #: What a read_committed reader has seen, in the order in which it was committed.
        self.seen: list[OutboxRow] = []
        #: Called with each transaction when its markers are written.
        self.on_seen: Callable[[Transaction], None] = lambda _: None
        #: Ids of messages whose transaction was ended: they are seen now, or very soon.
        self.ended: set[str] = set()
        self._identities: dict[str, Identity] = {}
        self._count = 0
        self._noted: dict[int, int] = {}
        self._now_ms = now_ms
        #: Has something done a little later.
        self._later = later

    def append(self, partition: int, *, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """Add a record to the inbound topic, stamp it, and return its offset."""
        log, offset = self.inbound[partition], len(self.inbound[partition])
        record: ConsumerRecord[Any, Any] = ConsumerRecord(
            INBOUND.name, partition, offset, self._now_ms(), LOG_APPEND_TIME, key, value, None, len(key or b""),
            len(value or b""), tuple(headers),
        )  # fmt: skip
        log.append(record)
        return offset

    def fetch(self, offsets: Mapping[int, int], *, limit: int) -> dict[int, list[ConsumerRecord[Any, Any]]]:
        """Return records from offsets on, a bounded number in all."""
        found = {}
        for partition, offset in offsets.items():
            records = self.inbound[partition][offset : offset + limit]
            if records:
                found[partition] = records
                limit -= len(records)
        return found

    def look(self, offsets: Mapping[int, int]) -> Sight:
        """Return the inbound topic as it is, with the record before each offset."""
        extents = {}
        for partition, offset in offsets.items():
            log = self.inbound[partition]
            before = log[offset - 1] if 0 < offset <= len(log) else None
            extents[partition] = Extent(0, len(log), before)
        return Sight(len(self.inbound), extents)

    def noted(self, partitions: Iterable[int]) -> dict[int, Position]:
        """Return the relay positions whose transaction is seen."""
        return {partition: self.positions[partition] for partition in partitions if partition in self.positions}

    def initialise(self, id: str) -> int:
        """Give an id to a new owner and return its epoch; raises `ConcurrentTransactions` while one is ending."""
        identity = self._identities.setdefault(id, Identity())
        if identity.ending is not None:
            raise ConcurrentTransactions
        identity.open = None
        identity.epoch += 1
        return identity.epoch

    def send(self, id: str, epoch: int, rows: Iterable[OutboxRow]) -> None:
        """Add messages to the open transaction, or to a new one."""
        transaction = self._transaction(id, epoch)
        for row in rows:
            self._count += 1
            transaction.rows.append(row)
            transaction.sent.append(self._count)

    def note(self, id: str, epoch: int, positions: Mapping[int, Position]) -> None:
        """Add positions to the open transaction, or to a new one."""
        transaction = self._transaction(id, epoch)
        self._count += 1
        transaction.positions |= positions
        transaction.noted = self._count

    def commit(self, id: str, epoch: int) -> None:
        """End the open transaction; it is seen a little later."""
        identity = self._identity(id, epoch)
        if identity.open is None:
            return
        identity.ending, identity.open = identity.open, None
        self.ended.update(row.id for row in identity.ending.rows)
        self._later(lambda: self._complete(identity))

    def forget(self, partition: int) -> None:
        """Forget the relay position of a partition, unless a transaction that moves it is under way."""
        transactions = [t for identity in self._identities.values() for t in (identity.open, identity.ending)]
        if not any(t is not None and partition in t.positions for t in transactions):
            del self.positions[partition]

    def outlive(self) -> None:
        """Mark the transactions under way as begun before the database was restored."""
        for identity in self._identities.values():
            for transaction in (identity.open, identity.ending):
                if transaction is not None:
                    transaction.outlived = True

    def _complete(self, identity: Identity) -> None:
        transaction, identity.ending = identity.ending, None
        if transaction is not None:
            self.seen += transaction.rows
            for partition, position in transaction.positions.items():
                # What was noted later counts, whichever transaction is completed first.
                if self._noted.get(partition, 0) < transaction.noted:
                    self._noted[partition], self.positions[partition] = transaction.noted, position
            self.on_seen(transaction)

    def _identity(self, id: str, epoch: int) -> Identity:
        identity = self._identities.setdefault(id, Identity())
        if identity.epoch != epoch:
            raise ProducerFenced
        if identity.ending is not None:
            raise ConcurrentTransactions
        return identity

    def _transaction(self, id: str, epoch: int) -> Transaction:
        identity = self._identity(id, epoch)
        identity.open = identity.open or Transaction()
        return identity.open
