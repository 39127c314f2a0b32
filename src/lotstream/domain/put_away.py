"""Where goods that have come in should be put, each with the reason.

The same lot is kept together first, then the same item; then comes the nearest empty bin, one that is meant for the
goods' class before all others. A hint binds nobody: goods may be put wherever they are allowed to lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lotstream.domain.booked_under import receipt_of
from lotstream.domain.events import (
    Event,
    GoodsBooked,
    GoodsReturned,
    HintReason,
    PutAwayHint,
    PutAwayHinted,
    Returned,
    StockReceived,
    TransferReceived,
)
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, RowKey, Status
from lotstream.domain.places import DOCK, is_staging, place_of
from lotstream.domain.places_for import rules_of, why_not_there
from lotstream.domain.shelves import derived_of, rows_in


class _Stood(NamedTuple):
    """Goods of a line that were brought to a row."""

    line: str
    row: RowKey
    quantity: int


_Line = GoodsBooked | Returned | _Stood
_Arrival = StockReceived | GoodsReturned | TransferReceived

#: Events after which goods stand where they have come in.
_ARRIVALS: Final = (StockReceived, GoodsReturned, TransferReceived)


def with_hints(ledger: Ledger, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what was decided, and where to put what comes in by it; for owners whose floor wants to be told."""
    events: list[Event] = []
    for event in decided:
        events.append(event)
        if isinstance(event, _ARRIVALS):
            plan = _Plan(ledger, event.site, {})
            lines = _lines_of(event)
            for line in lines:
                plan.add(line.row, line.quantity)
            hints = tuple(plan.hint(line) for line in lines if _has_to_go(ledger.sites, line.row))
            document = receipt_of(event)
            if hints and document is not None:
                events.append(PutAwayHinted(event.site, document, hints))
    return tuple(events)


def _lines_of(event: _Arrival) -> tuple[_Line, ...]:
    if isinstance(event, TransferReceived):
        return *(_Stood(move.line, move.to, move.quantity) for move in event.moves), *event.over
    return event.lines


def bins_of(sites: Sites, site: str) -> tuple[str, ...]:
    """Return the bins of a site that goods may be put into for picking, the nearest first."""
    known = sites.bins.get(site)
    if known is None:
        places = [place for at, place in sites.locations.items() if at[0] == site]
        areas = {place.parent for place in places}
        named = (place.id for place in places if place.id not in areas and place.id != DOCK)
        picked = [name for name in named if place_of(sites, site, name).pickable]
        known = sites.bins[site] = tuple(sorted(picked, key=lambda name: _near(sites, site, name)))
    return known


def _near(sites: Sites, site: str, name: str) -> tuple[int, str]:
    return place_of(sites, site, name).sequence, name


def _has_to_go(sites: Sites, row: RowKey) -> bool:
    """Tell whether goods stand where nobody picks: at the dock, in staging, or in a place that is defined as such."""
    if row.status != Status.GOOD:
        return False
    place = sites.locations.get((row.site, row.location))
    return row.location == DOCK or is_staging(row.location) or (place is not None and not place.pickable)


@dataclass(slots=True)
class _Plan:
    """Where goods of one document are to be put, each line knowing of those before it."""

    ledger: Ledger
    site: str
    #: How much more is in rows than the ledger knows.
    more: dict[RowKey, int]
    #: Rows by place that the ledger does not know of.
    stand: dict[str, set[RowKey]] = field(default_factory=dict)

    def add(self, row: RowKey, quantity: int) -> None:
        """Take note of goods in a row."""
        self.more[row] = self.more.get(row, 0) + quantity
        self.stand.setdefault(row.location, set()).add(row)

    def hint(self, line: _Line) -> PutAwayHint:
        """Return where to put goods of a line, and count on it from here on."""
        to, reason = self._found(line.row)
        if to is not None:
            self.add(line.row._replace(location=to), line.quantity)
        return PutAwayHint(line.line, line.row, line.quantity, to, reason)

    def _found(self, row: RowKey) -> tuple[str | None, HintReason]:
        item = self.ledger.items[row.sku]
        for reason, places in self._in_turn(row, item):
            for place in places:
                if why_not_there(self.ledger, row._replace(location=place), self._beside) is None:
                    return place, reason
        return None, HintReason.NO_PLACE

    def _in_turn(self, row: RowKey, item: Item) -> Iterator[tuple[HintReason, Iterable[str]]]:
        """Yield places to look at, the best first, each kind with the reason it is looked at for."""
        mine = [key for key in self._rows_of(row.sku) if self._is_bin(key.location) and self._there(key) > 0]
        yield HintReason.SAME_LOT, self._nearest(key.location for key in mine if key.lot == row.lot)
        yield HintReason.SAME_SKU, self._nearest(key.location for key in mine)
        bins = bins_of(self.ledger.sites, self.site)
        empty = [place for place in bins if not self._beside(self.site, place)]
        rules = {place: rules_of(self.ledger.sites, self.site, place) for place in empty}
        if item.storage is not None:
            yield HintReason.STORAGE, (place for place in empty if rules[place].storage)
        if item.hazard is not None:
            yield HintReason.HAZARD, (place for place in empty if rules[place].hazards)
        yield HintReason.EMPTY, empty
        yield HintReason.NEAREST, bins

    def _rows_of(self, sku: str) -> set[RowKey]:
        known = derived_of(self.ledger).rows.get((sku, self.site), {})
        return {*known, *(key for key in self.more if key.sku == sku)}

    def _is_bin(self, place: str) -> bool:
        return place != DOCK and place_of(self.ledger.sites, self.site, place).pickable

    def _nearest(self, places: Iterable[str]) -> list[str]:
        return sorted(set(places), key=lambda place: _near(self.ledger.sites, self.site, place))

    def _there(self, key: RowKey) -> int:
        row = self.ledger.stock.get(key)
        return (0 if row is None else row.on_hand) + self.more.get(key, 0)

    def _beside(self, site: str, place: str) -> list[RowKey]:
        keys = rows_in(self.ledger, site, place) | self.stand.get(place, set())
        return [key for key in keys if self._there(key) > 0]
