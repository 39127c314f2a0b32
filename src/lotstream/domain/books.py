"""Rows as they stand in the middle of a decision about the floor, with what had to be found to make it true."""

from __future__ import annotations

from collections.abc import KeysView

from lotstream.domain.events import StockFound
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey


class Books:
    """On hand and reserved of the rows a floor message touches."""

    __slots__ = ("_ledger", "_rows", "found")

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rows: dict[RowKey, tuple[int, int]] = {}
        #: Goods nobody knew of: they were there, because they were taken.
        self.found: list[StockFound] = []

    def rows(self) -> KeysView[RowKey]:
        """Return the rows that were changed in this decision."""
        return self._rows.keys()

    def unreserved(self, key: RowKey) -> int:
        """Return the goods of a row that this hub has promised to nobody; 0 for a deficit."""
        on_hand, reserved = self._row(key)
        return max(on_hand - reserved, 0)

    def on_hand(self, key: RowKey) -> int:
        """Return the goods of a row; 0 for a deficit."""
        return max(self._row(key)[0], 0)

    def reserved(self, key: RowKey) -> int:
        """Return what this hub has promised of a row."""
        return self._row(key)[1]

    def take(self, key: RowKey, quantity: int, *, reserved: int, reason: str) -> None:
        """Take goods out of a row, ``reserved`` of them out of what was promised; books what is missing as found."""
        missing = quantity - reserved - self.unreserved(key)
        if missing > 0:
            self.found.append(StockFound(key, missing, reason))
            self.put(key, missing)
        on_hand, promised = self._row(key)
        self._rows[key] = (on_hand - quantity, promised - reserved)

    def put(self, key: RowKey, quantity: int, *, reserved: int = 0, reason: str = "") -> None:
        """Put goods into a row; where it has a deficit, what is ``reserved`` of them proves that much of it wrong."""
        on_hand, promised = self._row(key)
        swallowed = promised + reserved - (on_hand + quantity)
        if reserved and swallowed > 0:
            self.found.append(StockFound(key, swallowed, reason))
            on_hand += swallowed
        self._rows[key] = (on_hand + quantity, promised + reserved)

    def _row(self, key: RowKey) -> tuple[int, int]:
        if key in self._rows:
            return self._rows[key]
        row = self._ledger.stock.get(key)
        return (0, 0) if row is None else (row.on_hand, row.reserved)
