"""Two sorted streams of rows side by side, and where two values differ."""

from __future__ import annotations

import json
import types
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lotstream.hub.verify.found import NOTHING, Difference, Findings, Nothing
from lotstream.store.codec import decode, encode_all, encode_text

Key = tuple[Any, ...]
Values = tuple[Any, ...]
Rows = Iterator[tuple[Key, Values]]
FoundRows = AsyncIterator[tuple[Key, Values]]


@dataclass(frozen=True, slots=True)
class Body:
    """A record of the domain as a column holds it: JSON of what it says, however it is spelled."""

    record: object
    #: The class of the record, or of each in an array.
    kind: type
    #: What a record says today, in today's names and units: one batch may have written it before these came or after.
    today: Callable[[Any], Any] | None = None

    def text(self) -> str:
        """Return it as this version writes it; a tuple is an array."""
        return encode_all(self.record) if isinstance(self.record, tuple) else encode_text(self.record)

    def says_same(self, text: str) -> bool:
        """Tell whether a column's text says the same; one that cannot be read does not."""
        if self.text() == text:
            return True
        many: Any = types.GenericAlias(tuple, (self.kind, ...))
        try:
            said = decode(text, many if isinstance(self.record, tuple) else self.kind)
            return bool(said == self.record or (self.today is not None and self.today(said) == self.today(self.record)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, and those columns that follow from the journal."""

    name: str
    #: Key columns below what is given with every row.
    keys: tuple[str, ...]
    columns: tuple[str, ...]


class Comparison:
    """Rows of one table as they should be and as they are; ``given`` is the part of the key that all of them share."""

    def __init__(self, table: Table, findings: Findings, *, given: Mapping[str, object]) -> None:
        self._table = table
        self._findings = findings
        self._given = given

    async def rows(self, wanted: Rows, found: FoundRows) -> None:
        """Note every row that one side lacks, and every column that differs; both sides sorted by key."""
        expected = next(wanted, None)
        async for key, values in found:
            self._findings.rows[self._table.name] += 1
            while expected is not None and _before(expected[0], key):
                self.lone(expected[0], journal=expected[1])
                expected = next(wanted, None)
            if expected is not None and expected[0] == key:
                self.columns(key, expected[1], values)
                expected = next(wanted, None)
            else:
                self.lone(key, found=values)
        while expected is not None:
            self.lone(expected[0], journal=expected[1])
            expected = next(wanted, None)

    def columns(self, key: Key, wanted: Values, found: Values) -> None:
        """Note every column of a row that differs."""
        if wanted == found:
            return
        for name, says, said in zip(self._table.columns, wanted, found, strict=True):
            if isinstance(says, Body):
                if not says.says_same(said):
                    path, inside, other = first_difference(says.text(), said)
                    self._add(key, f"{name}{path}", inside, other)
            elif says != said:
                self._add(key, name, says, said)

    def lone(self, key: Key, *, journal: Values | Nothing = NOTHING, found: Values | Nothing = NOTHING) -> None:
        """Note a row that one side lacks."""
        self._add(key, None, self._whole(journal), self._whole(found))

    def _add(self, key: Key, column: str | None, journal: object, found: object) -> None:
        name = {**self._given, **dict(zip(self._table.keys, key, strict=True))}
        self._findings.add(Difference(self._table.name, name, column, journal, found))

    def _whole(self, values: Values | Nothing) -> object:
        """Return a whole row for people to read."""
        if isinstance(values, Nothing):
            return values
        texts = (value.text() if isinstance(value, Body) else value for value in values)
        return ", ".join(f"{name} {text}" for name, text in zip(self._table.columns, texts, strict=True)) or "a row"


def sort_key(key: Key) -> tuple[tuple[bool, Any], ...]:
    """Return a key as PostgreSQL sorts it: nulls last."""
    return tuple((part is None, 0 if part is None else part) for part in key)


def _before(one: Key, other: Key) -> bool:
    return one != other and sort_key(one) < sort_key(other)


def first_difference(wanted: str, found: str) -> tuple[str, object, object]:
    """Return the path of the first difference between two JSON texts, and both values; the texts if one is not JSON."""
    try:
        trees = json.loads(wanted), json.loads(found)
    except ValueError:
        return "", wanted, found
    return next(_differences("", *trees), ("", wanted, found))


def _differences(path: str, one: object, other: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one | other:
            yield from _differences(f"{path}.{name}", one.get(name, NOTHING), other.get(name, NOTHING))
    elif isinstance(one, list) and isinstance(other, list):
        for number in range(max(len(one), len(other))):
            yield from _differences(f"{path}[{number}]", _at(one, number), _at(other, number))
    elif one != other or type(one) is not type(other):
        yield path, one, other


def _at(values: Sequence[object], number: int) -> object:
    return values[number] if number < len(values) else NOTHING
