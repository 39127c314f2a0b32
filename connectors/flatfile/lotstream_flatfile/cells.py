"""What one cell says: pure functions from text to a value, or to a fault that says what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from lotstream.connect import DeliveryCode

SHOWN_CHARS_MAX: Final = 40
"""Characters of a wrong value that a sentence shows."""

SHIP_POLICIES: Final = ("partial", "complete", "once")
"""What an order accepts when not everything is there."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
_DECIMAL_POINT: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_DECIMAL_COMMA: Final = re.compile(r"-?[0-9]{1,18}(,[0-9]{1,12})?")
_FLAGS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a file are written."""

    decimal_comma: bool = False
    #: Where times without an offset are from; None: they are refused.
    time_zone: ZoneInfo | None = None


class CellFault(Exception):
    """A cell that cannot be read; the message says what to write instead."""

    def __init__(self, code: DeliveryCode, advice: str) -> None:
        super().__init__(advice)
        self.code = code


def text(cell: str, _: Reading) -> str:
    """Return the text as it is."""
    return cell


def whole_number(cell: str, _: Reading) -> int:
    """Return a whole number of up to nine digits."""
    if not _INTEGER.fullmatch(cell):
        raise CellFault(DeliveryCode.FIELD_INVALID, "write a whole number of up to nine digits")
    return int(cell)


def quantity(cell: str, reading: Reading) -> Decimal:
    """Return a quantity above zero."""
    pattern, mark, other = (_DECIMAL_COMMA, ",", ".") if reading.decimal_comma else (_DECIMAL_POINT, ".", ",")
    if not pattern.fullmatch(cell):
        hint = f", set LOTSTREAM_FLATFILE_DECIMAL_COMMA if the file writes {other}" if other in cell else ""
        raise CellFault(
            DeliveryCode.FIELD_INVALID, f"write a number such as 12{mark}5, without separators of thousands{hint}"
        )
    value = Decimal(cell.replace(",", "."))
    if value <= 0:
        raise CellFault(DeliveryCode.NOT_POSITIVE, "write more than nothing, or leave the row out")
    return value


def day(cell: str, _: Reading) -> date:
    """Return a calendar day."""
    try:
        # fromisoformat alone would also take 20260901 and week dates, and other systems read those otherwise.
        if _DAY.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError as error:
        raise CellFault(DeliveryCode.FIELD_INVALID, "write a day that there is, as 2026-09-01") from error
    raise CellFault(DeliveryCode.FIELD_INVALID, "write a day as 2026-09-01")


def instant_or_day(cell: str, reading: Reading) -> datetime | date:
    """Return a day, or a time with its offset from UTC."""
    if _DAY.fullmatch(cell):
        return day(cell, reading)
    try:
        read = datetime.fromisoformat(cell) if _DAY.match(cell) else None
    except ValueError:
        read = None
    if read is None:
        raise CellFault(DeliveryCode.FIELD_INVALID, "write a day as 2026-09-01 or a time as 2026-09-01T14:00:00+02:00")
    if read.tzinfo is None and reading.time_zone is None:
        raise CellFault(
            DeliveryCode.FIELD_INVALID, "write the offset from UTC behind it, or set LOTSTREAM_FLATFILE_TIME_ZONE"
        )
    return read if read.tzinfo else read.replace(tzinfo=reading.time_zone)


def flag(cell: str, _: Reading) -> bool:
    """Return yes or no."""
    if cell.lower() not in _FLAGS:
        raise CellFault(DeliveryCode.FIELD_INVALID, "write yes or no")
    return _FLAGS[cell.lower()]


def ship_policy(cell: str, _: Reading) -> str:
    """Return what an order accepts when not everything is there."""
    if cell.lower() not in SHIP_POLICIES:
        raise CellFault(DeliveryCode.FIELD_INVALID, f"write {', '.join(SHIP_POLICIES)}")
    return cell.lower()


def shown(cell: str) -> str:
    """Return a cell as a sentence shows it."""
    return repr(cell if len(cell) <= SHOWN_CHARS_MAX else f"{cell[:SHOWN_CHARS_MAX]}…")
