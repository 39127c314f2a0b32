"""Dates of a 940: written as digits, plausible or refused, and what each qualifier means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment

FAR_DAYS: Final = 2 * 366
"""Days between a date of an order and the day its group was written from which the date is doubted."""

YEAR_MIN, YEAR_MAX = 2000, 2099
"""Years a date of an order may lie in; others are clerical errors."""

ORDER_DATE, REQUESTED_SHIP, NOT_BEFORE, NOT_LATER = "04", "10", "37", "38"
CANCEL_AFTER, DELIVER = "01", "02"
EXPIRES: Final = frozenset({"36", "BJ"})
"""G6201 of an expiration date and of a shelf-life expiration date."""

_TIME = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]([0-9]{2})?)?")


@dataclass(slots=True)
class Dates:
    """The dates of one level of a 940, by G6201."""

    by_qualifier: dict[str, date] = field(default_factory=dict)
    #: Where each stands, for sentences.
    segments: dict[str, Segment] = field(default_factory=dict)
    #: Times as written, by G6201.
    times: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_dates(segments: Iterable[Segment], *, written: date | None) -> Dates:
    """Read every G62; ``written`` is the day of the group, against which far dates are doubted."""
    dates = Dates()
    for segment in segments:
        qualifier = segment.element(1)
        day = _read_day(segment, 2, dates.findings, qualifier=qualifier)
        _read_time(segment, qualifier, dates)
        if day is None:
            continue
        if qualifier in dates.by_qualifier and dates.by_qualifier[qualifier] != day:
            dates.findings.append(_twice(segment, qualifier, dates.by_qualifier[qualifier]))
            continue
        dates.by_qualifier[qualifier] = day
        dates.segments[qualifier] = segment
        if written is not None and abs(day - written) > timedelta(days=FAR_DAYS):
            dates.findings.append(_far(segment, day, written))
    return dates


def read_day(value: str) -> date | None:
    """Read CCYYMMDD; None when it is no day of this century."""
    day = read_any_day(value)
    return day if day is not None and YEAR_MIN <= day.year <= YEAR_MAX else None


def read_any_day(value: str) -> date | None:
    """Read CCYYMMDD of the last or this century: old production dates are dates too."""
    if len(value) != 8 or not value.isascii() or not value.isdecimal() or value[:2] not in {"19", "20"}:
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return None


def read_group_day(value: str) -> date | None:
    """Read GS04, eight digits or the six of older versions; None when it is no day."""
    return read_any_day(f"20{value}" if len(value) == 6 else value)


def _read_day(segment: Segment, element: int, findings: list[Finding], *, qualifier: str) -> date | None:
    value = segment.element(element)
    if not value:
        if not segment.element(4):
            findings.append(
                error(
                    FindingCode.DATE_INVALID,
                    f"G62*{qualifier} has no date in G6202.",
                    at=segment,
                    element=element,
                    value="",
                    expected="a date, CCYYMMDD",
                )
            )
        return None
    day = read_day(value)
    if day is None:
        findings.append(
            error(
                FindingCode.DATE_INVALID,
                f"G6202 holds {value[:40]!r}, expected is a day of the years {YEAR_MIN} to {YEAR_MAX} as CCYYMMDD.",
                at=segment,
                element=element,
                value=value,
                expected="a date, CCYYMMDD",
            )
        )
    return day


def _read_time(segment: Segment, qualifier: str, dates: Dates) -> None:
    """Keep a time of day; some senders write it where its qualifier or its zone belongs."""
    for element in (4, 3, 5):
        value = segment.element(element)
        if not _TIME.fullmatch(value):
            continue
        dates.times[qualifier] = value
        if element != 4:
            dates.findings.append(
                warning(
                    FindingCode.TIME_MISPLACED,
                    f"G62{element:02} holds the time {value!r}, times belong in G6204; it was read as the time.",
                    at=segment,
                    element=element,
                    value=value,
                    expected="the time in G6204",
                )
            )
        return


def _twice(segment: Segment, qualifier: str, day: date) -> Finding:
    return error(
        FindingCode.DATE_IMPLAUSIBLE,
        f"G62*{qualifier} stands here a second time with another date than {day.isoformat()}; which one counts?",
        at=segment,
        element=2,
        value=segment.element(2),
        expected=day.strftime("%Y%m%d"),
    )


def _far(segment: Segment, day: date, written: date) -> Finding:
    return warning(
        FindingCode.DATE_IMPLAUSIBLE,
        f"G6202 holds {day.isoformat()}, more than {FAR_DAYS} days from {written.isoformat()}, when the group was "
        "written.",
        at=segment,
        element=2,
        value=segment.element(2),
        expected=f"a date within {FAR_DAYS} days of GS04",
    )
