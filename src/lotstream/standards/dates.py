"""Dates of GS1: six digits with half a year, sometimes without a day, sometimes with a time."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

from lotstream.standards.scan import ScanError, ScanFault

#: A date further ahead than this is a misread one; no goods are kept so long.
YEARS_AHEAD_MAX: Final = 30
#: Dates before this year are no date until which goods can be used or sold; a whisky may well be made before.
LIVES_FROM_YEAR: Final = 1990
_LIVES: Final = frozenset({"15", "16", "17", "7003"})
_NO_TIME: Final = "9999"


def year_of(two_digits: int, today: date) -> int:
    """Return the year that two digits mean: from 49 years before today's to 50 years after (section 7.12)."""
    ahead = two_digits - today.year % 100
    century = today.year - today.year % 100
    if ahead > 50:
        return century - 100 + two_digits
    if ahead <= -50:
        return century + 100 + two_digits
    return century + two_digits


def read_date(ai: str, value: str, today: date) -> tuple[date, bool]:
    """Return the date of YYMMDD, and whether its day was 00, which means the month's last (section 3.4).

    Raises `ScanError` where there is no such day, or none that goods can have.
    """
    year, month, day = year_of(int(value[:2]), today), int(value[2:4]), int(value[4:6])
    if not 1 <= month <= 12:
        raise ScanError(ScanFault.BAD_DATE, f"({ai}) {value} has no month {month:02}.", ai=ai, value=value)
    last = calendar.monthrange(year, month)[1]
    if day > last:
        message = f"({ai}) {value} is no date: {year}-{month:02} has {last} days."
        raise ScanError(ScanFault.BAD_DATE, message, ai=ai, value=value)
    if year > today.year + YEARS_AHEAD_MAX or (ai in _LIVES and year < LIVES_FROM_YEAR):
        message = f"({ai}) {value} would be in the year {year}, which no goods on a dock have."
        raise ScanError(ScanFault.BAD_DATE, message, ai=ai, value=value)
    return date(year, month, day or last), day == 0


def read_expiry_time(value: str, today: date) -> date:
    """Return the last day of use of an expiry with time, YYMMDDhhmm (AI 7003); midnight ends the day before.

    Raises `ScanError` where there is no such time; its day is never 00.
    """
    ai, time = "7003", value[6:]
    day, no_day = read_date(ai, value[:6], today)
    if no_day or (time != _NO_TIME and (int(time[:2]) > 23 or int(time[2:]) > 59)):
        message = f"({ai}) {value} is no date and time as YYMMDDhhmm."
        raise ScanError(ScanFault.BAD_DATE, message, ai=ai, value=value)
    return day - timedelta(days=1) if time == "0000" else day
