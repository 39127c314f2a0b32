"""The books of the database, gone through after every change: intake, sums, promises, chains, epochs.

Everything is read from the rows as they are written, by plain sums over their JSON; nothing of the hub's own code is
asked for an opinion.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import islice

from lotstream.store.journal import GENESIS, link
from lotstream.testing.memory import Tables
from lotstream.testing.memory.tables import Row
from lotstream.testing.simulation.stock_books import StockBooks
from lotstream.testing.simulation.violations import Invariant, must


class Books:
    """What was already found right, so that each change is looked at once."""

    def __init__(self, tables: Tables, log_ends: Callable[[int], int], *, restored: bool) -> None:
        self._tables = tables
        #: The log may hold answers that were given before the database was restored.
        self._restored = restored
        self._log_ends = log_ends
        #: Rows of each table that were looked at.
        self._read: Counter[str] = Counter()
        self._decided: Counter[int] = Counter()
        self._chains: dict[int, bytes] = defaultdict(lambda: GENESIS)
        self._epochs: Counter[int] = Counter()
        self._stock = StockBooks(tables)
        #: (partition, offset, index) of every message in the outbox, by id.
        self.messages: dict[str, tuple[int, int, int]] = {}
        #: Ids per partition, in order of offset and index.
        self.in_order: dict[int, list[str]] = defaultdict(list)
        self._changes = -1

    def check(self) -> bool:
        """Raise `Violated` unless the rows are right; return False when nothing has changed since the last time."""
        if self._tables.changes == self._changes:
            return False
        self._changes = self._tables.changes
        self._check_intake()
        self._check_journal()
        self._check_outbox()
        self._check_claims()
        self._stock.check()
        return True

    def _new(self, table: str) -> Iterator[Row]:
        rows = self._tables.rows[table]
        first, self._read[table] = self._read[table], len(rows)
        return islice(rows.values(), first, None)

    def _check_intake(self) -> None:
        for row in self._new("intake"):
            partition = row["partition"]
            must(
                row["offset"] == self._decided[partition],
                Invariant.INTAKE,
                f"record {row['offset']} of partition {partition} has an intake row before or after its turn",
            )
            self._decided[partition] += 1

    def _check_claims(self) -> None:
        for row in self._tables.of("claim"):
            partition, reached = row["partition"], row["next_offset"]
            must(
                self._decided[partition] == reached,
                Invariant.INTAKE,
                f"partition {partition} is at {reached} and has {self._decided[partition]} intake rows",
            )
            must(
                self._chains[partition] == row["chain"],
                Invariant.REFERENCE,
                f"the chain of partition {partition} ends at another row than its claim says",
            )
            must(
                row["epoch"] >= self._epochs[partition], Invariant.EPOCHS, f"partition {partition} went back in epochs"
            )
            self._epochs[partition] = row["epoch"]
            must(
                0 <= row["relay_position"] <= reached <= self._log_ends(partition),
                Invariant.POSITIONS,
                f"partition {partition}: position {row['relay_position']}, next offset {reached}, "
                f"end {self._log_ends(partition)}",
            )

        self._check_answered()

    def _check_answered(self) -> None:
        """Whoever told everybody something is answered when every partition has passed it."""
        claims = self._tables.rows["claim"]
        answered = claims[(0,)]["broadcast_answered"] if (0,) in claims else 0
        behind = [row["partition"] for row in claims.values() if row["broadcast_seen"] < answered]
        must(
            self._restored or not behind,
            Invariant.REFERENCE,
            f"broadcast {answered} is answered and partitions {behind} are behind it",
        )

    def _check_journal(self) -> None:
        for row in self._new("journal"):
            partition, body = row["partition"], row["body"]
            expected = link(self._chains[partition], partition, row["offset"], row["index"], row["type"], body.encode())
            must(expected == row["hash"], Invariant.REFERENCE, f"a journal row of partition {partition} is not chained")
            self._chains[partition] = expected
            if row["owner"] is not None:
                self._stock.book(row["owner"], row["type"], body)

    def _check_outbox(self) -> None:
        for row in self._new("outbox"):
            must(row["id"] not in self.messages, Invariant.PUBLISHED, f"message {row['id']} is in the outbox twice")
            self.messages[row["id"]] = (row["partition"], row["offset"], row["index"])
            self.in_order[row["partition"]].append(row["id"])
