"""What readers see of the log, gone through with every transaction: each message once, in order, none left out."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable

from lotstream.store.rows import OutboxRow
from lotstream.testing.simulation.books import Books
from lotstream.testing.simulation.broker import Broker, Transaction
from lotstream.testing.simulation.violations import Invariant, must


class Published:
    """The messages that read_committed readers have seen, and how far each partition is published."""

    def __init__(self, broker: Broker, next_offset: Callable[[int], int]) -> None:
        self._broker = broker
        self._next_offset = next_offset
        self.ids: set[str] = set()
        #: Of these, what came with transactions that were under way while the database was restored. Where the backup
        #: lacks the very claim, nobody fences who published it, and it may come once more: workers are to stay stopped
        #: until that is over.
        self._outlived: set[str] = set()
        self._positions: dict[int, int] = {}
        #: Messages of each partition that were found published, counted from its first.
        self._found: dict[int, int] = {}
        #: (when sent, offset, index) of the messages of each key of each topic, by inbound partition.
        self._sent: dict[tuple[str, bytes | None, int], list[tuple[int, int, int]]] = {}

    def check(self, transaction: Transaction, books: Books) -> None:
        """Raise `Violated` unless a transaction adds what the outbox holds, once, in order, and covers it."""
        for row, sent in zip(transaction.rows, transaction.sent, strict=True):
            self._check_row(row, transaction, books)
            self._check_order(row, sent)
        for partition in transaction.positions:
            self._check_position(partition, books, outlived=transaction.outlived)

    def _check_row(self, row: OutboxRow, transaction: Transaction, books: Books) -> None:
        place = (row.partition, row.offset, row.index)
        once = row.id not in self.ids or transaction.outlived or row.id in self._outlived
        must(once, Invariant.PUBLISHED, f"message {row.id} of {place} is seen twice")
        must(
            transaction.outlived or books.messages.get(row.id) == place,
            Invariant.PUBLISHED,
            f"message {row.id} of {place} is not in the outbox",
        )
        covered = transaction.positions.get(row.partition)
        must(
            covered is not None and row.offset < covered.offset,
            Invariant.POSITIONS,
            f"message {row.id} of {place} was published without moving the position past it",
        )
        self.ids.add(row.id)
        if transaction.outlived:
            self._outlived.add(row.id)

    def _check_order(self, row: OutboxRow, sent: int) -> None:
        """Readers see a topic in the order in which it was sent, whichever transaction is completed first."""
        of_key = self._sent.setdefault((row.topic, row.key, row.partition), [])
        entry = (sent, row.offset, row.index)
        at = bisect(of_key, entry)
        of_key.insert(at, entry)
        places = [place[1:] for place in of_key[max(at - 1, 0) : at + 2]]
        must(
            places == sorted(places),
            Invariant.PUBLISHED,
            f"message {row.id} of {row.partition}:{row.offset} stands after a later one of its key",
        )

    def _check_position(self, partition: int, books: Books, *, outlived: bool) -> None:
        before, now = self._positions.get(partition, 0), self._broker.positions[partition].offset
        reached = self._next_offset(partition)
        must(
            before <= now and (now <= reached or outlived),
            Invariant.POSITIONS,
            f"position of partition {partition} went from {before} to {now}, next offset is {reached}",
        )
        self._positions[partition] = now
        if outlived:
            return
        in_order = books.in_order[partition]
        at = self._found.get(partition, 0)
        while at < len(in_order) and books.messages[in_order[at]][1] < now:
            must(
                in_order[at] in self._broker.ended,
                Invariant.POSITIONS,
                f"message {in_order[at]} lies below position {now} and was never published",
            )
            at += 1
        self._found[partition] = at

    def check_complete(self, books: Books) -> None:
        """Raise `Violated` unless everything in the outbox is published."""
        missing = books.messages.keys() - self.ids
        must(not missing, Invariant.PUBLISHED, f"{len(missing)} messages of the outbox were never published")
