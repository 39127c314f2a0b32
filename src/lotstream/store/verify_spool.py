"""Closed orders and receipts of a replay, kept in a file: there are more of them than memory should hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TypeVar

from lotstream.store.codec import decode, encode_text

T = TypeVar("T")

Key = tuple[str, str]
"""Two names below an owner: source and order, or kind and number."""

# A file of SQLite's own choosing that is gone when it is closed; names compare byte by byte, as in the hub's tables.
_FILE = ""
_CREATE = """
CREATE TABLE kept (
    kind TEXT NOT NULL, owner TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, owner, first, second)
) WITHOUT ROWID"""
_PUT = "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)"
_GET = "SELECT body FROM kept WHERE kind = ? AND owner = ? AND first = ? AND second = ?"
_ALL = "SELECT first, second, body FROM kept WHERE kind = ? AND owner = ? ORDER BY first, second"
_CLEAR = "DELETE FROM kept"


class Spool:
    """Records of the domain by kind, owner and key; used as a context manager."""

    def __init__(self) -> None:
        self._file = sqlite3.connect(_FILE, isolation_level=None)

    def __enter__(self) -> Self:
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute(_CREATE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, record: object, owner: str, key: Key) -> None:
        """Keep a record in the place of what was kept under its key."""
        self._file.execute(_PUT, (type(record).__name__, owner, *key, encode_text(record)))

    def get(self, kind: type[T], owner: str, key: Key) -> T | None:
        """Return what was kept last under a key, or None."""
        row = self._file.execute(_GET, (kind.__name__, owner, *key)).fetchone()
        return None if row is None else decode(row[0], kind)

    def all(self, kind: type[T], owner: str) -> Iterator[tuple[Key, T]]:
        """Yield an owner's records of a kind, sorted by key."""
        for first, second, body in self._file.execute(_ALL, (kind.__name__, owner)):
            yield (first, second), decode(body, kind)

    def clear(self) -> None:
        """Forget everything."""
        self._file.execute(_CLEAR)
