"""What became of goods, kept in plain books: nothing comes back, arrives or changes its owner more often than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lotstream.domain.events import (
    Event,
    GoodsReturned,
    ItemRebased,
    ItemRenamed,
    KitAssembled,
    LotSplit,
    ProductionRecorded,
    RecallOpened,
    ReturnInspected,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item, LotName, Order, RowKey

Amounts = Counter[tuple[object, ...]]
"""Smallest units by whatever they are counted under, and last by SKU."""


class Accounts:
    """What one owner's goods went through, taken from what was told of them."""

    def __init__(self) -> None:
        #: By order and line, what has come back of it.
        self._back: Amounts = Counter()
        #: By return, what came under it, and what is decided of that.
        self._came: Amounts = Counter()
        self._inspected: Amounts = Counter()
        #: By transfer, what is on the way.
        self._way: Amounts = Counter()
        self._sold: set[str] = set()
        self._bought: set[tuple[str, str]] = set()
        #: What lots were made of, as both were called then.
        self._parents: dict[LotName, set[LotName]] = {}

    def take_in(self, event: Event) -> None:
        """Take note of an event, of which nothing may be too much."""
        if isinstance(event, ItemRenamed):
            for amounts in self._amounts():
                _rename(amounts, event.sku, event.item.sku)
        if isinstance(event, ItemRebased):
            for amounts in self._amounts():
                _recount(amounts, event.item)
        self._of_returns(event)
        self._of_transfers(event)
        self._of_titles(event)
        for child, parents in _made(event):
            self._parents.setdefault(child, set()).update(parents)

    def check(self, ledger: Ledger, orders: Sequence[Order], events: Sequence[Event]) -> None:
        """Check that orders say what has come back, and that recalls reach all that was made of their lots."""
        self._check_back(orders)
        for event in events:
            if isinstance(event, RecallOpened):
                self._check_reached(ledger, event)

    def _amounts(self) -> tuple[Amounts, ...]:
        return self._back, self._came, self._inspected, self._way

    def _of_returns(self, event: Event) -> None:
        if isinstance(event, GoodsReturned):
            for line in event.lines:
                self._came[event.number, line.row.sku] += line.quantity
                if line.order_line is None:
                    # Nobody knows that it ever left.
                    assert line.row.status == "quarantine", event
                else:
                    self._back[event.key, line.order_line, line.row.sku] += line.quantity
        if isinstance(event, ReturnInspected):
            for row, units in _inspected(event):
                self._inspected[event.number, row.sku] += units
            for name, units in self._inspected.items():
                assert units <= self._came[name], (event, units, self._came[name])

    def _of_transfers(self, event: Event) -> None:
        if isinstance(event, TransferShipped):
            for sent in event.moves:
                self._way[event.number, sent.row.sku] += sent.quantity
            for early in event.arrived:
                self._way[event.number, early.row.sku] += early.quantity
        if isinstance(event, TransferReceived):
            for move in event.moves:
                self._way[event.number, move.row.sku] -= move.quantity
            for lost in event.missing:
                self._way[event.number, lost.row.sku] += lost.quantity
        if isinstance(event, TransferShipped | TransferReceived):
            assert all(units >= 0 for units in self._way.values()), (event, self._way)

    def _of_titles(self, event: Event) -> None:
        if isinstance(event, TitleReleased):
            assert event.number not in self._sold, event
            self._sold.add(event.number)
        if isinstance(event, TitleAccepted):
            lines = [(event.number, line.line) for line in event.lines]
            assert len({*lines}) == len(lines)
            assert self._bought.isdisjoint(lines), event
            self._bought.update(lines)

    def _check_back(self, orders: Sequence[Order]) -> None:
        said: Amounts = Counter()
        for order in orders:
            for line in order.lines:
                for one in line.lots_shipped:
                    said[order.key, line.line, one.sku] += one.returned
        assert +said == +self._back, (said, self._back)

    def _check_reached(self, ledger: Ledger, event: RecallOpened) -> None:
        """Check that a recall has all lots that were made of its own, and holds each unless it is a drill."""
        recall, names = event.recall, ledger.names()
        children: dict[LotName, set[LotName]] = {}
        for child, parents in self._parents.items():
            for parent in parents:
                one, other = (child, parent) if names is None else (names.lot_name(child), names.lot_name(parent))
                children.setdefault(other, set()).add(one)
        reached, waiting = set(recall.lots), [*recall.lots]
        while waiting:
            found = children.get(waiting.pop(), set()) - reached
            reached |= found
            waiting += found
        assert reached <= {*recall.lots, *recall.descendants}, (recall, reached)
        for name in () if recall.drill else reached:
            lot = ledger.lots.get(name)
            assert lot is None or any(hold.id == recall.key.number for hold in lot.holds), (recall, lot)


def check_rebased(event: ItemRebased, rows: Mapping[RowKey, int]) -> None:
    """Check that nothing is lost when an item is counted in another unit: every row comes out, and none is left out."""
    last = event.item.rebased[-1]
    for one in event.rows:
        assert one.now * last.denominator == one.was * last.numerator, (event, one)
    was = {row: units for row, units in rows.items() if row.sku == event.item.sku and units}
    assert {one.row: one.was for one in event.rows if one.was} == was, event


def _made(event: Event) -> Iterator[tuple[LotName, set[LotName]]]:
    """Yield lots that came to be of others, each with those."""
    if isinstance(event, KitAssembled | ProductionRecorded):
        parents = {LotName(used.row.sku, used.row.lot) for used in event.used if used.row.lot is not None}
        yield from ((LotName(made.row.sku, made.row.lot), parents) for made in event.made if made.row.lot is not None)
    elif isinstance(event, LotSplit):
        yield from ((LotName(lot.sku, lot.lot), {event.was}) for lot in event.lots)


def _inspected(event: ReturnInspected) -> Iterator[tuple[RowKey, int]]:
    yield from ((move.row, move.quantity) for move in event.moves)
    yield from ((gone.row, -gone.quantity) for gone in (*event.scrapped, *event.sent_back))


def _rename(amounts: Amounts, was: str, now: str) -> None:
    for name in [name for name in amounts if name[-1] == was]:
        amounts[*name[:-1], now] += amounts.pop(name)


def _recount(amounts: Amounts, item: Item) -> None:
    last = item.rebased[-1]
    for name in [name for name in amounts if name[-1] == item.sku]:
        amounts[name] = amounts[name] * last.numerator // last.denominator
