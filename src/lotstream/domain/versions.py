"""Which of two versions of a message is the newer one."""

from __future__ import annotations

from datetime import UTC, datetime


def compare_versions(one: str | None, other: str | None) -> int | None:
    """Return -1, 0 or 1 as ``one`` is older than, equal to or newer than ``other``; None when one of them has none.

    Both whole numbers: by number; both ISO 8601 times: by time (without a zone: UTC); else as text.
    """
    if one is None or other is None:
        return None
    if one == other:
        return 0
    if one.isdecimal() and other.isdecimal():
        return (int(one) > int(other)) - (int(one) < int(other))
    one_time, other_time = _time(one), _time(other)
    if one_time is not None and other_time is not None:
        return (one_time > other_time) - (one_time < other_time)
    return -1 if one < other else 1


def _time(version: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(version)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
