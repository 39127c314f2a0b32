"""Parts of a shipment that are somewhere else than the rest of it: a pallet that is lost, three pieces that broke.

What is said of a part is how much of it is in a state, so that told again it is the same, and told otherwise it is put
right. What nobody says anything of is where the shipment is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from lotstream.domain.model import (
    OnTheRoad,
    OrderKey,
    PartOnTheRoad,
    RoadState,
    Shipment,
)

#: Goods are taken from these states before others when more is said of another one: what is over comes last.
_FIRST = (RoadState.IN_TRANSIT, RoadState.DAMAGED, RoadState.LOST, RoadState.DELIVERED)
#: What was told of a part so stays when the shipment as a whole comes on.
_STAYS = frozenset({RoadState.LOST, RoadState.DAMAGED, RoadState.DELIVERED})


class Piece(NamedTuple):
    """What left with one line of an order, of one lot and in one package."""

    order: OrderKey
    line: str
    sku: str
    lot: str | None
    package: str | None


def elsewhere(shipment: Shipment) -> tuple[PartOnTheRoad, ...]:
    """Return what is somewhere else than the rest of a shipment, each piece and state once, and no more than left.

    A shipment may have been corrected since it was told, or lots may have become one. What has arrived stays first.
    """
    rest, found = _left(shipment), dict[tuple[Piece, RoadState], PartOnTheRoad]()
    for told in sorted(shipment.apart, key=lambda one: _FIRST.index(one.road.state), reverse=True):
        piece, state = _piece(told), told.road.state
        units = min(told.quantity, rest.get(piece, 0))
        if units:
            rest[piece] -= units
            known = found.get((piece, state))
            road = told.road if known is None else max(known.road, told.road, key=lambda road: road.at)
            found[piece, state] = told._replace(quantity=units + (known.quantity if known else 0), road=road)
    return tuple(found.values())


def _left(shipment: Shipment) -> dict[Piece, int]:
    left: dict[Piece, int] = {}
    for part in shipment.parts:
        for one in part.shipped:
            piece = Piece(part.order, one.line, one.row.sku, one.row.lot, one.package)
            left[piece] = left.get(piece, 0) + one.quantity
    return left


def _piece(told: PartOnTheRoad) -> Piece:
    return Piece(told.order, told.line, told.sku, told.lot, told.package)


class Way:
    """Where the pieces of a shipment are, part by part."""

    def __init__(self, shipment: Shipment) -> None:
        self._whole = None if shipment.road is None else shipment.road.state
        #: Smallest units that left.
        self.left = _left(shipment)
        self._apart: dict[Piece, dict[RoadState, tuple[int, OnTheRoad]]] = {}
        for told in elsewhere(shipment):
            self._apart.setdefault(_piece(told), {})[told.road.state] = told.quantity, told.road

    def last(self, pieces: Iterable[Piece]) -> OnTheRoad | None:
        """Return what was told of the latest time of some pieces by themselves."""
        told = [road for piece in pieces for _, road in self._apart.get(piece, {}).values()]
        return max(told, key=lambda road: road.at, default=None)

    def units(self, piece: Piece, state: RoadState) -> int:
        """Return how much of a piece is in a state."""
        return self._told(piece, state) + (self._rest(piece) if self._whole is state else 0)

    def over(self, pieces: Iterable[Piece]) -> int:
        """Return how much of some pieces has arrived."""
        return sum(self.units(piece, RoadState.DELIVERED) for piece in pieces)

    def set(self, pieces: list[Piece], road: OnTheRoad, quantity: int) -> None:
        """Have so much of some pieces in a state, and no more of them.

        What is so, and what nothing was told of, comes before what is somewhere else; each first to last.
        """
        mine: dict[Piece, int] = {}
        for piece in pieces:
            mine[piece] = min(self._rest(piece) + self._told(piece, road.state), quantity)
            quantity -= mine[piece]
        for piece in pieces:
            more = min(self.left[piece] - mine[piece], quantity)
            quantity -= more
            self._set(piece, road, mine[piece] + more)

    def apart(self) -> tuple[PartOnTheRoad, ...]:
        """Return what is somewhere else than the rest, in the order in which it left."""
        return tuple(
            PartOnTheRoad(*piece, quantity, road)
            for piece in self.left
            for _, (quantity, road) in sorted(self._apart.get(piece, {}).items())
            if quantity
        )

    def _told(self, piece: Piece, state: RoadState) -> int:
        apart = self._apart.get(piece, {})
        return apart[state][0] if state in apart else 0

    def _rest(self, piece: Piece) -> int:
        return self.left[piece] - sum(quantity for quantity, _ in self._apart.get(piece, {}).values())

    def _set(self, piece: Piece, road: OnTheRoad, quantity: int) -> None:
        apart = self._apart.setdefault(piece, {})
        apart.pop(road.state, None)
        missing = quantity - self._rest(piece)
        for state in _FIRST:
            if missing > 0 and state in apart:
                units, told = apart[state]
                less = min(units, missing)
                missing -= less
                apart[state] = units - less, told
        apart[road.state] = quantity, road


def kept(shipment: Shipment, road: OnTheRoad) -> tuple[PartOnTheRoad, ...]:
    """Return the parts that stay what was told of them when a shipment as a whole is somewhere else."""
    return tuple(one for one in elsewhere(shipment) if stays(one.road.state) and one.road.state is not road.state)


def stays(state: RoadState) -> bool:
    """Tell whether a part stays in a state when its shipment as a whole comes on."""
    return state in _STAYS


def where_is(
    shipment: Shipment, order: OrderKey, names: Collection[tuple[str, str | None]], *, left: int
) -> Iterator[tuple[int, OnTheRoad | None]]:
    """Yield how much of what left of a lot for an order is where, by any of the lot's names; what is apart first."""
    for told in elsewhere(shipment):
        units = min(told.quantity, left)
        if units > 0 and told.order == order and (told.sku, told.lot) in names:
            left -= units
            yield units, told.road
    if left > 0:
        yield left, shipment.road


def lost_of(shipment: Shipment, names: Collection[tuple[str, str | None]]) -> Counter[str]:
    """Return how many smallest units of lots, by any of their names, are lost on the way of a shipment, by SKU."""
    way, found = Way(shipment), Counter[str]()
    for piece in way.left:
        if (piece.sku, piece.lot) in names:
            found[piece.sku] += way.units(piece, RoadState.LOST)
    return +found
