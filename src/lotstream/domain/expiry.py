"""Whether a lot still lives long enough: the one function that allocation, pick check and ship check ask.

Dates are proleptic ordinals (`datetime.date.toordinal`) here, because this is asked once per lot looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_CEILING, Decimal

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


def last_ship_day(
    expires: int, made: int, *, days: int = 0, percent: Decimal | None = None, transit: int = 0
) -> int | None:
    """Return the last day on which `life_reason` lets goods be shipped; None when no day is known.

    From the day after it on it objects every day, since less is left of a life on every next one.
    """
    if expires == NEVER or (percent and made == NEVER):
        return None
    if not days and not percent and not transit:
        return expires
    share = int((percent * (expires - made) / 100).to_integral_value(ROUND_CEILING)) if percent else 0
    return min(expires, expires - transit - max(days, share))


def days_left(expires: int, today: int) -> int:
    """Return how many days goods may still be used after today: 0 on the last, below 0 when they have expired."""
    return expires - today


def ends_by(expires: date | None, day: int) -> bool:
    """Tell whether goods expire, and by a day at the latest."""
    return expires is not None and expires.toordinal() <= day


def has_expired(expires: date | None, today: int) -> bool:
    """Tell whether the last day of goods is over; without one it never is."""
    return expires is not None and expires.toordinal() < today


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
    return ends_before(made, expires)


def ends_before(begins: date | None, last: date | None) -> bool:
    """Tell whether the last day of something lies before its first."""
    return begins is not None and last is not None and last < begins
