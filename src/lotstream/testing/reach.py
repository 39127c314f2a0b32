"""How far lots have come, worked out line by line of what left: what the database says with one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from lotstream.domain.model import LookedBack, LotGot, LotName, OrderKey, Reached, Recipient
from lotstream.store.recalls import ORDERS_NAMED_MAX, RECIPIENTS_MAX

Address = tuple[str | None, ...]
"""Customer, person, city, region, postcode and country."""


class LeftLine(NamedTuple):
    """Smallest units of a lot that left for an order; below zero: that had not left after all."""

    order: OrderKey
    sku: str
    lot: str | None
    quantity: int
    #: When it left, as anything that can be sorted.
    at: str
    to: Address


class BackLine(NamedTuple):
    """Smallest units of a lot that came back of an order."""

    order: OrderKey
    sku: str
    lot: str | None
    quantity: int


class _Gone(NamedTuple):
    id: str
    order: OrderKey
    sku: str
    lot: str
    quantity: int
    to: Address


def look_back(
    lots: Collection[LotName], left: Iterable[LeftLine], back: Iterable[BackLine], *, after: str = "",
    most: int = RECIPIENTS_MAX,
) -> LookedBack:  # fmt: skip
    """Return how far lots have come, without personal data."""
    mine = [line for line in left if any(line.sku == lot.sku for lot in lots)]
    gone = _gone(lots, mine)
    ids = sorted({one.id for one in gone if one.id > after})
    came_back = [*back]
    recipients = tuple(_recipient([one for one in gone if one.id == name], came_back) for name in ids[:most])
    reached = _reached(lots, mine, recipients=len({one.id for one in gone}))
    return LookedBack(reached, recipients, more=len(ids) > most, persons={})


def _gone(lots: Collection[LotName], left: Sequence[LeftLine]) -> list[_Gone]:
    units: dict[tuple[str, str, OrderKey], int] = defaultdict(int)
    tos: dict[tuple[str, str, OrderKey], list[tuple[tuple[bool, str], ...]]] = defaultdict(list)
    for line in left:
        if line.lot is not None and LotName(line.sku, line.lot) in lots:
            key = line.sku, line.lot, line.order
            units[key] += line.quantity
            if line.quantity > 0:
                # As arrays are sorted: what is not said comes last.
                tos[key].append(tuple((part is None, part or "") for part in (line.at, *line.to)))
    found = []
    for key, quantity in units.items():
        if quantity > 0:
            to = tuple(None if unsaid else part for unsaid, part in max(tos[key])[1:])
            found.append(_Gone(recipient_id(to, key[2]), key[2], key[0], key[1], quantity, to))
    return found


def recipient_id(to: Address, order: OrderKey) -> str:
    """Return the id of whoever an order's goods left for."""
    parts = [part or "" for part in to]
    if to[0] is None and to[1] is None:
        parts += [order.source, order.order]
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _recipient(gone: Sequence[_Gone], back: Sequence[BackLine]) -> Recipient:
    orders = sorted({one.order for one in gone})
    with_lot = {(one.sku, one.lot, one.order): one.quantity for one in gone}
    got: dict[tuple[str, str], list[int]] = {(one.sku, one.lot): [0, 0] for one in gone}
    for (sku, lot, _), quantity in with_lot.items():
        got[sku, lot][0] += quantity
    for line in back:
        if line.lot is not None and (line.sku, line.lot, line.order) in with_lot:
            got[line.sku, line.lot][1] += line.quantity
    customer, person, city, region, postcode, country = gone[0].to
    lots = tuple(LotGot(sku, lot, *units) for (sku, lot), units in sorted(got.items()))
    first = tuple(orders[:ORDERS_NAMED_MAX])
    return Recipient(gone[0].id, customer, person, city, region, postcode, country, first, len(orders), lots)


def _reached(lots: Collection[LotName], left: Sequence[LeftLine], *, recipients: int) -> Reached:
    of_all: dict[tuple[str, OrderKey], int] = defaultdict(int)
    mine: dict[tuple[str, OrderKey], int] = defaultdict(int)
    named: dict[tuple[str, OrderKey], str] = defaultdict(str)
    for line in left:
        of_all[line.sku, line.order] += line.quantity
        if line.lot is not None and LotName(line.sku, line.lot) in lots:
            mine[line.sku, line.order] += line.quantity
        named[line.sku, line.order] = max(named[line.sku, line.order], _who(line))
    kept = {key: units for key, units in of_all.items() if units > 0}
    who: dict[OrderKey, str] = defaultdict(str)
    units: dict[str, int] = defaultdict(int)
    units_of_all: dict[str, int] = defaultdict(int)
    for (sku, order), quantity in sorted(kept.items()):
        units_of_all[sku] += quantity
        units[sku] += mine[sku, order]
        who[order] = max(who[order], named[sku, order])
    orders, hit = {order for _, order in kept}, {order for sku, order in kept if mine[sku, order] > 0}
    return Reached(
        {sku: quantity for sku, quantity in units.items() if quantity}, dict(units_of_all), len(hit), len(orders),
        len({who[order] for order in hit}), len({who[order] for order in orders}), recipients,
    )  # fmt: skip


def _who(line: LeftLine) -> str:
    customer, person = line.to[:2]
    if customer is not None:
        return f"c{customer}"
    return f"o{line.order.source} {line.order.order}" if person is None else f"p{person}"
