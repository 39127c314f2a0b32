"""What a verification finds: differences, exactly where, and what was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

VALUE_CHARS_MAX: Final = 200
"""Characters of a value that are shown."""


class Nothing(Enum):
    """Said where there is no row, or no such field."""

    NOTHING = "nothing"

    def __str__(self) -> str:
        return self.value


NOTHING: Final = Nothing.NOTHING


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a table says otherwise than the journal, or than another table."""

    table: str
    #: The row by its key, column by column.
    key: Mapping[str, object]
    #: The column, with the path inside it where it holds JSON; None for the whole row.
    column: str | None
    #: What follows from the journal; `NOTHING` when no such row does.
    journal: object
    #: What the table says; `NOTHING` when it has no such row.
    found: object
    #: What it means, as a sentence.
    note: str | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        key = ", ".join(f"{name}={_shown(value)}" for name, value in self.key.items())
        where = f"{self.table} ({key})" + (f", {self.column}" if self.column else "")
        note = f"; {self.note}" if self.note else ""
        return f"{where}: the journal says {_shown(self.journal)}, the table says {_shown(self.found)}{note}"

    def as_json(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        return {
            "table": self.table,
            "key": {name: _plain(value) for name, value in self.key.items()},
            "column": self.column,
            "journal": _plain(self.journal),
            "table_says": _plain(self.found),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and every difference up to the limit."""

    differences: tuple[Difference, ...]
    partitions: int
    owners: int
    #: Rows that were compared, by table.
    rows: Mapping[str, int]
    seconds: float
    #: The verification ended early because it had found as many differences as were asked for.
    cut_short: bool = False

    @property
    def ok(self) -> bool:
        """Tell whether the tables say what the journal says."""
        return not self.differences

    @property
    def journal_rows(self) -> int:
        """Return how many events were played."""
        return self.rows.get("journal", 0)

    @property
    def journal_rows_per_s(self) -> float:
        """Return events played and compared per second."""
        return self.journal_rows / self.seconds if self.seconds else 0.0


class Enough(Exception):
    """As many differences are found as were asked for."""


@dataclass(slots=True)
class Findings:
    """Gathers differences and counts rows; raises `Enough` when it is full."""

    differences_max: int
    differences: list[Difference] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, difference: Difference) -> None:
        """Note a difference; raises `Enough` when it is the last that was asked for."""
        self.differences.append(difference)
        if len(self.differences) >= self.differences_max:
            raise Enough

    def expect(
        self, table: str, key: Mapping[str, object], column: str, *, journal: object, found: object,
        note: str | None = None,
    ) -> None:  # fmt: skip
        """Note a difference unless both say the same."""
        if journal != found:
            self.add(Difference(table, key, column, journal, found, note))


def _shown(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= VALUE_CHARS_MAX else f"{text[:VALUE_CHARS_MAX]}…"


def _plain(value: object) -> object:
    if value is NOTHING:
        return None
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | str | None) else str(value)
