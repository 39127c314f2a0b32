"""Rows that have less than was promised of them: who loses it, the back of the queue first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed
from lotstream.domain.model import Order, OrderKey, OrderLine, PackRule, Reservation, RowKey
from lotstream.domain.moving import orders_promised
from lotstream.domain.quantities import whole_packs
from lotstream.domain.reservations import give_back_part, staged_key
from lotstream.domain.settling import Loser, lose


class Origin(NamedTuple):
    """Where picked goods stand, and the row they were picked from."""

    staged: RowKey
    row: RowKey


#: Any picked goods of a row may be the ones that are lost.
ANY: Mapping[Origin, int] = MappingProxyType({})


@dataclass(slots=True)
class _Promise:
    """One promise, and how much of it is lost."""

    order: Order
    line: OrderLine
    part: Reservation
    unpicked: int = 0
    picked: int = 0

    def origin(self) -> Origin:
        return Origin(staged_key(self.part.row, self.part.staged_at), self.part.row)

    def lose_unpicked(self, missing: dict[RowKey, int], rule: PackRule) -> None:
        row = self.part.row
        short = max(missing.get(row, 0), 0)
        if rule is not PackRule.PARTIAL_PACKS:
            short = whole_packs(short, row.pack_size)
        self.unpicked = min(short, self.part.quantity - self.part.picked)
        missing[row] = missing.get(row, 0) - self.unpicked

    def lose_picked(self, missing: dict[RowKey, int], *, at_most: int | None = None) -> int:
        staged = self.origin().staged
        kept = self.part.picked - self.picked
        picked = min(max(missing.get(staged, 0), 0), kept if at_most is None else min(kept, at_most))
        missing[staged] = missing.get(staged, 0) - picked
        self.picked += picked
        return picked


def take_back(draft: Draft, missing: dict[RowKey, int], *, picked_from: Mapping[Origin, int] = ANY) -> list[Loser]:
    """Take off orders what rows can no longer keep, the back of the queue first; the caller settles those orders.

    ``missing`` says how many smallest units each row is short of what is promised of it; what is found is taken off it.
    Unpicked goods are lost before picked ones, and of packed goods whole packs. Of picked goods as much as
    ``picked_from`` says is lost by those who have it from the row it names.
    """
    orders = orders_promised(draft, {(row.sku, row.lot) for row in missing})
    backwards = [(order, line) for order in reversed(orders) for line in reversed(order.lines)]
    promises = [_Promise(order, line, part) for order, line in backwards for part in reversed(line.reservations)]
    for promise in promises:
        promise.lose_unpicked(missing, draft.ledger.settings.pack_rule)
    left = dict(picked_from)
    for promise in promises:
        if (named := left.get(promise.origin(), 0)) > 0:
            left[promise.origin()] = named - promise.lose_picked(missing, at_most=named)
    for promise in promises:
        promise.lose_picked(missing)
    return _losers(draft, orders, promises)


def _losers(draft: Draft, orders: list[Order], promises: list[_Promise]) -> list[Loser]:
    freed: dict[OrderKey, list[Freed]] = {}
    for one in promises:
        if one.unpicked + one.picked:
            loss = give_back_part(one.line, one.part, unpicked=one.unpicked, picked=one.picked)
            freed.setdefault(one.order.key, []).append(loss)
    lost = [(order, freed[order.key]) for order in orders if order.key in freed]
    return [lose(draft, order, losses, NotUsed.LOT_TOO_SMALL) for order, losses in lost]
