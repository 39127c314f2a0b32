"""What readers see of the log, gone through with every transaction: each message once, in order, none left out."""

from __future__ import annotations

from collections.abc import Callable

from lotstream.hub.seam import Position
from lotstream.testing.simulation.books import Books
from lotstream.testing.simulation.broker import Transaction
from lotstream.testing.simulation.violations import Invariant, must


class Published:
    """The messages that read_committed readers have seen, and how far each partition is published."""

    def __init__(self, next_offset: Callable[[int], int]) -> None:
        self._next_offset = next_offset
        self.ids: set[str] = set()
        self._positions: dict[int, int] = {}
        #: Messages of each partition that were found published, counted from its first.
        self._found: dict[int, int] = {}
        #: (offset, index) of the last message of each key of each topic, by inbound partition.
        self._last: dict[tuple[str, bytes | None, int], tuple[int, int]] = {}

    def check(self, transaction: Transaction, books: Books) -> None:
        """Raise `Violated` unless a transaction adds what the outbox holds, once, in order, and covers it."""
        for row in transaction.rows:
            place = (row.partition, row.offset, row.index)
            must(row.id not in self.ids, Invariant.PUBLISHED, f"message {row.id} of {place} is seen twice")
            must(
                transaction.outlived or books.messages.get(row.id) == place,
                Invariant.PUBLISHED,
                f"message {row.id} of {place} is not in the outbox",
            )
            key = (row.topic, row.key, row.partition)
            must(
                self._last.get(key, (-1, -1)) < place[1:],
                Invariant.PUBLISHED,
                f"message {row.id} of {place} comes after a later one of its key",
            )
            self._last[key] = place[1:]
            self.ids.add(row.id)
            covered = transaction.positions.get(row.partition)
            must(
                covered is not None and row.offset < covered.offset,
                Invariant.POSITIONS,
                f"message {row.id} of {place} was published without moving the position past it",
            )
        for partition, position in transaction.positions.items():
            if transaction.outlived:
                self._positions[partition] = max(self._positions.get(partition, 0), position.offset)
            else:
                self._check_position(partition, position, books)

    def _check_position(self, partition: int, position: Position, books: Books) -> None:
        before = self._positions.get(partition, 0)
        reached = self._next_offset(partition)
        must(
            before <= position.offset <= reached,
            Invariant.POSITIONS,
            f"position of partition {partition} went from {before} to {position.offset}, next offset is {reached}",
        )
        self._positions[partition] = position.offset
        in_order = books.in_order[partition]
        at = self._found.get(partition, 0)
        while at < len(in_order) and books.messages[in_order[at]][1] < position.offset:
            must(
                in_order[at] in self.ids,
                Invariant.POSITIONS,
                f"message {in_order[at]} lies below position {position.offset} and was never published",
            )
            at += 1
        self._found[partition] = at

    def check_complete(self, books: Books) -> None:
        """Raise `Violated` unless everything in the outbox is published."""
        missing = books.messages.keys() - self.ids
        must(not missing, Invariant.PUBLISHED, f"{len(missing)} messages of the outbox were never published")
