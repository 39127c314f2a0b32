"""Whether a lot still lives long enough: the one function that allocation, pick check and ship check ask.

Dates are proleptic ordinals (`datetime.date.toordinal`) here, because this is asked once per lot looked at.
"""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.codes import NotUsed

#: Ordinal of a date that is not known: after every real one.
NEVER = 10_000_000


def life_reason(
    expires: int, made: int, *, ship: int, days: int = 0, percent: Decimal | None = None, expired_ok: bool = False
) -> NotUsed | None:
    """Return why goods do not live long enough to be shipped on a day, or None when they do.

    ``expires`` is the last day of use: a lot that expires on the ship date is good. Minimum life is met by equality:
    ``expires - ship >= days``, and ``expires - ship >= percent % of (expires - made)``. An unknown expiry fails any
    minimum, an unknown made date any minimum in percent.
    """
    if expires < ship and not expired_ok:
        return NotUsed.EXPIRED
    if not days and not percent:
        return None
    if expires == NEVER or (percent and made == NEVER):
        return NotUsed.UNKNOWN_LIFE
    if expires - ship < days or (percent and (expires - ship) * 100 < percent * (expires - made)):
        return NotUsed.SHORT_LIFE
    return None
