"""The hub's tables in memory, with the walls that PostgreSQL has: keys, checks, and values no column can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, KeysView
from datetime import UTC, datetime
from typing import Any, Final

from lotstream.errors import ConstraintViolated
from lotstream.store.claim import Log

Key = tuple[Any, ...]

INTEGER_MAX: Final = 2**63 - 1
"""Largest number of a ``bigint`` column."""

KEY_BYTES_MAX: Final = 2704
"""Longest value that PostgreSQL takes into a B-tree index; here it is not compressed first."""

_PLACE = ("log", "partition", "offset")
_NUMBERED = (*_PLACE, "index")
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "claim": ("partition",),
    "intake": _PLACE,
    "journal": _NUMBERED,
    "outbox": _NUMBERED,
    "dead_letter": _PLACE,
    "shipment_line": _NUMBERED,
    "lot_history": _NUMBERED,
    "recall_run": _NUMBERED,
    "broadcast": ("number",),
    "continuing": ("owner",),
    "site": ("partition", "site"),
    "location": ("partition", "site", "location"),
    "owner": ("owner",),
    "item": ("owner", "sku"),
    "customer": ("owner", "customer"),
    "lot": ("owner", "sku", "lot"),
    "stock": ("owner", "sku", "lot", "location", "site", "package", "pack_size", "status", "returned"),
    "stock_weight": ("owner", "sku", "lot", "location", "site", "package", "pack_size", "status", "returned"),
    "sales_order": ("owner", "source", "order"),
    "receipt": ("owner", "kind", "number"),
    "serial": ("owner", "serial", "sku"),
    "early_cancel": ("owner", "source", "order"),
    "last_shipped": ("owner", "customer", "sku"),
    "person": ("owner", "person"),
    "title_due": ("title",),
    "owner_clock": ("owner",),
    "availability": ("owner", "sku", "site", "channel"),
    "kpi": ("owner", "day"),
}
"""Primary key of each table."""

_INDEXED: Final = {"source", "message_id"} | {column for key in KEYS.values() for column in key}
_SEEN: Final = frozenset({"done", "refused"})


class Row:
    """A row as the driver gives it: values by name, and one after the other."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401 - whatever the column holds
        return self._values[column]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> KeysView[str]:
        """Return the names of the columns."""
        return self._values.keys()

    def only(self, *columns: str) -> Row:
        """Return some columns, in the order named."""
        return Row({column: self._values[column] for column in columns})

    def changed(self, **values: Any) -> Row:  # noqa: ANN401 - whatever the columns hold
        """Return the row with other values in some columns."""
        return Row(self._values | values)


class Tables:
    """All tables of one database; what a transaction changed is put back when it fails."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        #: None until the log is begun.
        self.log: Log | None = None
        self.rows: dict[str, dict[Key, Row]] = {table: {} for table in KEYS}
        #: (source, message id) of what was done or refused.
        self.seen: dict[Key, Key] = {}
        #: Instance ids that are locked, and by which session.
        self.locks: dict[str, object] = {}
        #: Grows with every row that changes.
        self.changes = 0
        #: Further walls, each called with a table and a row that is added or replaced.
        self.walls: list[Callable[[str, Row], None]] = []
        #: Walls before questions, each called with a table and a key that is looked for.
        self.unasked: list[Callable[[str, Key], None]] = []
        self._undo: list[tuple[dict[Key, Any], Key, Any]] = []

    def of(self, table: str) -> Iterable[Row]:
        """Return the rows of a table in the order in which their keys came."""
        return self.rows[table].values()

    def ask(self, table: str, keys: Iterable[Key]) -> None:
        """Raise what a wall raises when one of these keys is looked for."""
        for wall in self.unasked:
            for key in keys:
                wall(table, key)

    def begin(self) -> None:
        """Begin to note what changes."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Put back what has changed since `begin`."""
        for rows, key, before in reversed(self._undo):
            if before is None:
                rows.pop(key, None)
            else:
                rows[key] = before
        self._undo.clear()

    def add(self, table: str, row: Row) -> None:
        """Add a row; raises `ConstraintViolated` when its key is there or a column cannot hold its value."""
        self._check(table, row)
        key = _key(table, row)
        if key in self.rows[table]:
            raise ConstraintViolated(f"{table}_pkey")
        if table == "intake" and row["outcome"] in _SEEN:
            message = (row["source"], row["message_id"])
            if message in self.seen:
                raise ConstraintViolated("intake_message")
            self._set(self.seen, message, key)
        if table == "shipment_line" and row["quantity"] <= 0:
            raise ConstraintViolated("shipment_line_quantity_check", check=True)
        self._set(self.rows[table], key, row)

    def put(self, table: str, row: Row) -> None:
        """Put a row in the place of the one with its key; raises `ConstraintViolated` for values that may not be."""
        self._check(table, row)
        if table == "stock" and not 0 <= row["reserved"] <= max(row["on_hand"], 0):
            raise ConstraintViolated("stock_reserved_within_on_hand", check=True)
        if table == "claim" and not 0 <= row["relay_position"] <= row["next_offset"]:
            raise ConstraintViolated("claim_check", check=True)
        self._set(self.rows[table], _key(table, row), row)

    def drop(self, table: str, key: Key) -> None:
        """Remove a row if it is there."""
        rows = self.rows[table]
        if key in rows:
            row = rows.pop(key)
            self._undo.append((rows, key, row))
            self.changes += 1
            if table == "intake":
                self._forget_message(row, key)

    def copy(self) -> Tables:
        """Return the tables as they are now, locks aside: a backup."""
        other = Tables(clock=self.clock)
        other.log = self.log
        other.rows = {table: dict(rows) for table, rows in self.rows.items()}
        other.seen = dict(self.seen)
        other.walls, other.unasked = list(self.walls), list(self.unasked)
        return other

    def restore(self, backup: Tables) -> None:
        """Become what a backup was; sessions and their locks stay."""
        again = backup.copy()
        self.log, self.rows, self.seen = again.log, again.rows, again.seen
        self.changes += 1

    def _forget_message(self, row: Row, key: Key) -> None:
        """Let a message id come again whose row is gone."""
        message = (row["source"], row["message_id"])
        if self.seen.get(message) == key:
            self._undo.append((self.seen, message, self.seen.pop(message)))

    def _set(self, rows: dict[Key, Any], key: Key, value: Any) -> None:  # noqa: ANN401 - a row, or a row's key
        self._undo.append((rows, key, rows.get(key)))
        rows[key] = value
        self.changes += 1

    def _check(self, table: str, row: Row) -> None:
        _check_values(row)
        for wall in self.walls:
            wall(table, row)


def _key(table: str, row: Row) -> Key:
    return tuple([row[column] for column in KEYS[table]])


def _check_values(row: Row) -> None:
    """Raise `ConstraintViolated` for what no column can hold: NUL, half a character, beyond 64 bits, too long a key."""
    for column in row.keys():  # noqa: SIM118 - a row is iterated by its values
        value = row[column]
        if isinstance(value, str):
            _check_text(column, value)
        elif isinstance(value, int) and not -INTEGER_MAX - 1 <= value <= INTEGER_MAX:
            raise ConstraintViolated(None, detail=f"{column} is beyond 64 bits")


def _check_text(column: str, value: str) -> None:
    if "\0" in value:
        raise ConstraintViolated(None, detail=f"{column} holds a NUL character")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ConstraintViolated(None, detail=f"{column}: {error}") from error
    if len(value) > KEY_BYTES_MAX and column in _INDEXED:
        raise ConstraintViolated(None, detail=f"{column} is too long for an index")
