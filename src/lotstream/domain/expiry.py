"""Whether a lot still lives long enough: the one function that allocation, pick check and ship check ask.

Dates are proleptic ordinals (`datetime.date.toordinal`) here, because this is asked once per lot looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lotstream.domain.codes import NotUsed

#: Ordinal of a date that is not known: after every real one.
NEVER = 10_000_000


def life_reason(
    expires: int,
    made: int,
    *,
    ship: int,
    days: int = 0,
    percent: Decimal | None = None,
    transit: int = 0,
    expired_ok: bool = False,
) -> NotUsed | None:
    """Return why goods do not live long enough to be shipped on a day, or None when they do.

    ``expires`` is the last day of use: a lot that expires on the ship date is good. Minimum life is met by equality:
    ``expires - ship >= days``, and ``expires - ship >= percent % of (expires - made)``. Where it counts from the
    delivery, the days of ``transit`` are taken off what is left. An unknown expiry fails any minimum, an unknown made
    date any minimum in percent.
    """
    if expires < ship and not expired_ok:
        return NotUsed.EXPIRED
    if not days and not percent and not transit:
        return None
    if expires == NEVER or (percent and made == NEVER):
        return NotUsed.UNKNOWN_LIFE
    left = expires - ship - transit
    if left < days or (percent and left * 100 < percent * (expires - made)):
        return NotUsed.SHORT_LIFE
    return None


def follow_reason(expires: int, *, last_shipped: int) -> NotUsed | None:
    """Return why goods may not follow what expires on another day to the same customer, or None; as old will do."""
    if expires == NEVER:
        return NotUsed.UNKNOWN_LIFE
    return NotUsed.OLDER_THAN_LAST_SHIPPED if expires < last_shipped else None


def papers_reason(until: int, *, ship: int) -> NotUsed | None:
    """Return why goods may not leave on a day whose papers count until another, both included, or None."""
    return NotUsed.DOCUMENT_MISSING if until < ship else None


def later_expiry(one: date | None, other: date | None) -> date | None:
    """Return the later of two days of expiry; one that is not known says nothing."""
    return max(one, other) if one is not None and other is not None else one or other


def earlier(days: Iterable[date | None]) -> date | None:
    """Return the earliest of some days, of expiry or of others, as far as they are known."""
    return min((day for day in days if day is not None), default=None)


def made_too_late(made: date | None, expires: date | None) -> bool:
    """Tell whether goods would have been made after their last day of use."""
    return made is not None and expires is not None and made > expires
