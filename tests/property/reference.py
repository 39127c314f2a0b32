"""The rules of allocation once more, as plainly as they can be written: what the ledger is compared with.

It knows nothing of shelves, queues or drafts: it sorts all rows, throws out those that do not do, and takes the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from lotstream.domain.model import Policy

FAR = date.max
#: The sequence of bins that nobody has put into one.
FAR_AWAY = 2**53


@dataclass(frozen=True)
class Row:
    """A stock row and the facts of its lot."""

    lot: str | None
    location: str
    sequence: int
    units: int
    promised: int = 0
    expires: date | None = None
    made: date | None = None
    received: date | None = date(2026, 8, 1)
    pack: int | None = None
    held: bool = False
    pickable: bool = True
    tier: int = 0
    package: str | None = None
    returned: bool = False
    #: Whether stock of the item without a lot comes after stock with one.
    tracked: bool = True


@dataclass(frozen=True)
class Wish:
    """What an order line asks for."""

    units: int
    multiple: int = 1
    policy: Policy = Policy.FEFO
    tie_break: tuple[str, ...] = ("received", "lot", "location")
    ship: date = date(2026, 9, 1)
    days: int = 0
    percent: Decimal = Decimal(0)
    lot: str | None = None
    one_lot: bool = False


def use_order(row: Row, wish: Wish) -> tuple[object, ...]:
    """Where a row stands in the order of use."""
    expires, lot = row.expires or FAR, row.lot or ""
    received = row.received or FAR
    first: dict[Policy, tuple[object, ...]] = {
        Policy.FEFO: (expires,),
        Policy.FIFO: (received, expires),
        Policy.LIFO: (row.received is None, -received.toordinal()),
        # Bins that were only named are as far away as can be: among them the name decides.
        Policy.CLOSEST: (row.sequence, row.location if row.sequence == FAR_AWAY else ""),
        Policy.NEWEST_EXPIRY: (row.expires is None, -expires.toordinal()),
    }
    ties: dict[str, object] = {
        "received": received,
        "lot": lot,
        "location": (row.sequence, row.location),
        "smallest_qty": row.units - row.promised,
    }
    last = (received, lot, row.sequence, row.location, row.package or "", row.pack or 0, row.returned)
    return (
        row.tier,
        row.tracked and row.lot is None,
        *first[wish.policy],
        *(ties[name] for name in wish.tie_break),
        *last,
    )


def does(row: Row, wish: Wish) -> bool:
    """Whether a row does for a line at all."""
    if row.held or not row.pickable or wish.lot not in (None, row.lot):
        return False
    if row.expires is not None and row.expires < wish.ship:
        return False
    if wish.days and (row.expires is None or row.expires - wish.ship < timedelta(days=wish.days)):
        return False
    if wish.percent:
        if row.expires is None or row.made is None:
            return False
        left, whole = (row.expires - wish.ship).days, (row.expires - row.made).days
        return left * 100 >= wish.percent * whole
    return True


def allocate(rows: list[Row], wish: Wish) -> Counter[tuple[str | None, str, int | None]]:
    """What a line gets, by lot, location and pack size."""
    counted: Counter[tuple[str | None, str, int | None]] = Counter()
    for row, units in taken([row for row in rows if does(row, wish)], wish):
        counted[row.lot, row.location, row.pack] += units
    return +counted


def taken(rows: Iterable[Row], wish: Wish) -> list[tuple[Row, int]]:
    """What a line gets of rows that do for it."""
    usable = sorted(rows, key=lambda row: use_order(row, wish))
    if wish.one_lot:
        return _one_lot(usable, wish)
    takes = _take(usable, wish.units)
    while (total := sum(units for _, units in takes)) % wish.multiple:
        takes = _less(takes, total % wish.multiple)
    return takes


def _take(rows: list[Row], wanted: int) -> list[tuple[Row, int]]:
    takes = []
    for row in rows:
        units = max(min(row.units - row.promised, wanted), 0)
        units -= units % (row.pack or 1)
        if units:
            takes.append((row, units))
            wanted -= units
    return takes


def _less(takes: list[tuple[Row, int]], surplus: int) -> list[tuple[Row, int]]:
    *kept, (row, units) = takes
    packs = -(-surplus // (row.pack or 1)) * (row.pack or 1)
    if units > packs:
        return [*kept, (row, units - packs)]
    return _less(kept, surplus - units) if surplus > units else kept


def _one_lot(rows: list[Row], wish: Wish) -> list[tuple[Row, int]]:
    goal = wish.units - wish.units % wish.multiple
    for lot in dict.fromkeys(row.lot for row in rows if row.units > row.promised):
        takes = _take([row for row in rows if row.lot == lot], goal)
        if sum(units for _, units in takes) == goal:
            return takes
    return []


def by_zones(zones: Iterable[Iterable[Row]], wish: Wish) -> list[tuple[Row, int]]:
    """What a line gets of zones that are used one after the other, each as far as it goes."""
    takes: list[tuple[Row, int]] = []
    for zone in zones:
        used = {row for row, _ in takes}
        usable = sorted((row for row in zone if row not in used), key=lambda row: use_order(row, wish))
        takes += _take(usable, wish.units - sum(units for _, units in takes))
    while (total := sum(units for _, units in takes)) % wish.multiple:
        takes = _less(takes, total % wish.multiple)
    return takes


def few_lots(rows: Iterable[Row], wish: Wish, most: int) -> list[tuple[Row, int]]:
    """What a line gets of at most so many lots, all loose: the first set that fills it, else the first lots."""
    usable = [row for row in sorted(rows, key=lambda row: use_order(row, wish)) if row.units > row.promised]
    lots = list(dict.fromkeys(row.lot for row in usable))
    sets = [chosen for many in range(1, most + 1) for chosen in combinations(range(len(lots)), many)]
    free = [sum(row.units - row.promised for row in usable if row.lot == lot) for lot in lots]
    filling = [chosen for chosen in sets if sum(free[at] for at in chosen) >= wish.units]
    chosen = {lots[at] for at in (min(filling) if filling else range(min(most, len(lots))))}
    return _take([row for row in usable if row.lot in chosen], wish.units)


def covered(rows: Iterable[Row], wish: Wish) -> list[tuple[Row, int]]:
    """What a line gets of whole packs that go over it by the least: three ways through the order of use."""
    usable = sorted(rows, key=lambda row: use_order(row, wish))
    packs = [row.pack or 1 for row in usable]
    free = [max(row.units - row.promised, 0) // pack * pack for row, pack in zip(usable, packs, strict=True)]
    got, short = list[int](), wish.units
    for there, pack in zip(free, packs, strict=True):
        got.append(min(short // pack * pack, there))
        short -= got[-1]
    tries = []
    for at, pack in enumerate(packs):
        if not short or got[at] + pack > free[at]:
            continue
        more, over = [*got], pack - short
        more[at] += pack
        for back in reversed(range(len(packs))):
            less = min(over, more[back]) // packs[back] * packs[back]
            more[back] -= less
            over -= less
        tries.append((over, at, more))
    found = min(tries)[2] if tries else got
    return [(row, units) for row, units in zip(usable, found, strict=True) if units]
