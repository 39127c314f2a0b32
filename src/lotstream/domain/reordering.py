"""When an item is to be ordered again: what is free and can be sold before it expires is less than its reorder point.

What will expire before its turn comes is left out: lots are used first expired first, so much a day as the item says.
Where it says nothing about its use, nobody can say what will not be sold in time: all that may be sold today counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

from lotstream.domain.availability import sellable
from lotstream.domain.candidate import Candidate
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ReorderHinted
from lotstream.domain.expiry import NEVER, days_left, last_ship_day, life_reason
from lotstream.domain.minima import Minima
from lotstream.domain.model import Item

HINTED_MAX: Final = 1000
"""Items below their reorder point that are remembered as told."""


class Projection(NamedTuple):
    """Smallest units of an item that are free, by whether they can be sold before they may be no more."""

    usable: int
    left_out: int


def hints(draft: Draft, hinted: Iterable[str]) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """Return what is told of items that fell below their reorder point, and those that are known to be below now."""
    known, below, new = set(hinted), list[str](), dict[str, ReorderHinted]()
    for sku, item in sorted(draft.ledger.items.items()):
        point = point_of(item)
        if point is None:
            continue
        found = project(draft, item, item.daily_use)
        if found.usable < point:
            below.append(sku)
            if sku not in known:
                new[sku] = ReorderHinted(sku, found.usable, found.left_out, point)
    # Who cannot be remembered is not told either: it would be told again every day. Its turn comes when there is room.
    kept = {sku for sku in below if sku not in new}
    told = list(new)[: max(HINTED_MAX - len(kept), 0)]
    return tuple(new[sku] for sku in told), tuple(sku for sku in below if sku in kept or sku in told)


def project(draft: Draft, item: Item, daily_use: Decimal | None) -> Projection:
    """Return what of an item's free stock can be sold in time, at so many base units a day."""
    rows = [one for site in sorted(draft.sites_of(item.sku)) for one in sellable(draft, item.sku, site)]
    daily = None if daily_use is None else daily_use.scaleb(item.decimals)
    minimum = Minima(draft.ledger).unnamed(item.sku)
    usable = left_out = 0
    for row in sorted(rows, key=_first_expired):
        free, today = row.free(), draft.today(row.key.site)
        short = life_reason(row.expires, row.made, ship=today, **minimum._asdict()) is not None
        last = last_ship_day(row.expires, row.made, **minimum._asdict())
        can = 0 if short else free
        if daily is not None and last is not None and row.expires != NEVER:
            until = daily * (days_left(last, today) + 1)
            can = min(can, max(0, int(until.to_integral_value(ROUND_FLOOR)) - usable))
        usable += can
        left_out += free - can
    return Projection(usable, left_out)


def point_of(item: Item) -> int | None:
    """Return an item's reorder point in smallest units; None where it has none."""
    if not item.reorder_point:
        return None
    return int(item.reorder_point.scaleb(item.decimals).to_integral_value(ROUND_CEILING))


def _first_expired(row: Candidate) -> tuple[int, str, str, str]:
    return row.expires, row.key.lot or "", row.key.site, row.key.location
