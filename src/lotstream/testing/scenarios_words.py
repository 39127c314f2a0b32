"""A scenario's words as YAML reads them: names, quantities, days, times and serial numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

from lotstream.testing.scenarios_format import Node, ScenarioError

DECIMALS = 6
#: Smallest units in one base unit.
SMALLEST = Decimal(10) ** DECIMALS
#: Where stock lies that names no location.
STOCK = "STOCK"
#: Most serial numbers that one range may stand for.
SERIALS_MAX = 100_000

_RANGE = re.compile(r"^(\S+?)\s*(?:\.\.+|:|\s+-\s+|-)\s*(\S+)$")
_WHOLE = re.compile(r"^[+-]?[0-9]+$")
_NUMBERED = re.compile(r"^(.*?)([0-9]+)$")


def text(value: object) -> str | None:
    """Return a name as text; numbers are names too."""
    return None if value is None else str(value)


def name(value: object) -> str:
    """Return a name that must be there."""
    if value is None:
        raise ScenarioError("a name is missing")
    return str(value)


def number(value: object) -> Decimal:
    """Return a quantity."""
    return Decimal(str(value))


def number_or_none(value: object) -> Decimal | None:
    """Return a quantity that may be left out."""
    return None if value is None else number(value)


def whole(value: object) -> object:
    """Return a count as a number where it is written as text; anything else is left to be refused by name."""
    return int(value) if isinstance(value, str) and _WHOLE.match(value) else value


def day(value: object) -> date | None:
    """Return a date, however YAML read it."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value)[: len("2026-09-01")])


def moment(value: object) -> datetime | None:
    """Return a time with its zone (UTC when it names none); a bare date is the first moment of its day."""
    if value is None:
        return None
    if not isinstance(value, date):
        said = datetime.fromisoformat(str(value))
    else:
        said = value if isinstance(value, datetime) else midnight(value)
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def midnight(of: date) -> datetime:
    """Return the first moment of a day, UTC."""
    return datetime.combine(of, time(), UTC)


def serials(node: Node) -> list[str]:
    """Return the serial numbers of a stock row or of an expected line, one by one; none when it has none."""
    said = node.get("serial") if node.get("serial") is not None else node.get("serials")
    if said is not None:
        return [str(one) for one in said] if isinstance(said, list) else [str(said)]
    said = node.get("serial_range")
    return [] if said is None else _between(*_ends(said))


def _ends(said: object) -> tuple[str, str]:
    """Return the first and the last of a range: two in a list or a mapping, or one text with dots or a dash."""
    if isinstance(said, list) and len(said) == 2:
        return str(said[0]), str(said[1])
    if isinstance(said, dict) and len(said) == 2:
        first, last = said.values() if set(said) in ({"from", "to"}, {"first", "last"}) else (None, None)
        if first is not None and last is not None:
            return str(said.get("from", said.get("first"))), str(said.get("to", said.get("last")))
    if isinstance(said, str) and (parts := _RANGE.match(said)) is not None:
        return parts[1], parts[2]
    raise ScenarioError(f"serial_range {said!r} is no range; write [first, last]")


def _between(first: str, last: str) -> list[str]:
    begin, end = _NUMBERED.match(first), _NUMBERED.match(last)
    if begin is None or end is None or begin[1] != end[1] or len(begin[2]) != len(end[2]):
        raise ScenarioError(f"serial_range {first} to {last}: both must be one text and a number of the same length")
    count = int(end[2]) - int(begin[2]) + 1
    if not 0 < count <= SERIALS_MAX:
        raise ScenarioError(f"serial_range {first} to {last} has {count} numbers, not 1 to {SERIALS_MAX}")
    return [f"{begin[1]}{at:0{len(begin[2])}}" for at in range(int(begin[2]), int(end[2]) + 1)]
