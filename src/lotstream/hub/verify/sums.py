"""The sums that always hold, taken from the events themselves and not from what was made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, RowKey
from lotstream.domain.movements import moves_of
from lotstream.domain.recounting import recount
from lotstream.domain.reservations import staged_key
from lotstream.domain.sums import backordered, picked, promised
from lotstream.hub.verify.found import Difference

LotName = tuple[str, str | None]
"""SKU and lot, None for goods without one."""


class LotSums:
    """Per lot: opened + received + returned + found + adjusted + made - used - missing - shipped, in smallest units."""

    def __init__(self) -> None:
        self._units: Counter[LotName] = Counter()
        #: What items weigh, in grams: in what was brought in, less in what left.
        self._grams: Counter[str] = Counter()

    def add(self, event: Event) -> None:
        """Count what an event brought into the house or took out of it."""
        for move in moves_of(event):
            # What went to another row of the lot is in the house as before.
            if move.to is None:
                if move.quantity:
                    self._units[move.sku, move.lot] += move.quantity
                if move.weight_g:
                    self._grams[move.sku] += move.weight_g
        recount(event, self._units, key=lambda row: (row.sku, row.lot))

    def check(self, ledger: Ledger) -> Iterator[Difference]:
        """Yield every lot of which something else is on hand."""
        there: Counter[LotName] = Counter()
        for row in ledger.stock.values():
            there[row.key.sku, row.key.lot] += row.on_hand
        for sku, lot in sorted(self._units.keys() | there.keys(), key=str):
            wanted, found = self._units[sku, lot], there[sku, lot]
            if wanted != found:
                key = {"owner": ledger.owner, "sku": sku, "lot": lot}
                yield Difference("stock", key, "sum of on_hand", wanted, found, "received - shipped = on hand")
        yield from self._check_weights(ledger)

    def _check_weights(self, ledger: Ledger) -> Iterator[Difference]:
        """Yield every item that weighs something else, and every row that weighs something without goods."""
        there: Counter[str] = Counter()
        for key, grams in ledger.weights.items():
            there[key.sku] += grams
            row = ledger.stock.get(key)
            if grams < 0 or row is None or row.on_hand <= 0:
                name = {"owner": ledger.owner, **key._asdict()}
                yield Difference("stock_weight", name, "weight_g", 0, grams, "what weighs something is on hand")
        for sku in sorted(self._grams.keys() | there.keys()):
            if self._grams[sku] != there[sku]:
                key_of = {"owner": ledger.owner, "sku": sku}
                note = "weight in - weight out = weight on hand"
                yield Difference("stock_weight", key_of, "sum of weight_g", self._grams[sku], there[sku], note)


def check_promises(ledger: Ledger) -> Iterator[Difference]:
    """Yield every row whose reserved is not what open orders hold of it, or more than is on hand."""
    held = held_by(ledger.orders.values())
    for key in sorted(held.keys() | ledger.stock.keys(), key=str):
        row = ledger.stock.get(key)
        reserved, on_hand = (0, 0) if row is None else (row.reserved, row.on_hand)
        name = {"owner": ledger.owner, **key._asdict()}
        if reserved != held[key]:
            yield Difference("stock", name, "reserved", held[key], reserved, "it is not what open orders hold of it")
        if not 0 <= reserved <= max(on_hand, 0):
            yield Difference("stock", name, "reserved", max(on_hand, 0), reserved, "more is promised than is there")


def held_by(orders: Iterable[Order]) -> Counter[RowKey]:
    """Return what orders hold, by row: in the bin until it is picked, at its staging place from then on."""
    held: Counter[RowKey] = Counter()
    for order in orders:
        for line in order.lines:
            for part in line.reservations:
                held[part.row] += part.quantity - part.picked
                if part.picked:
                    held[staged_key(part.row, part.staged_at)] += part.picked
    return held


def check_lines(owner: str, order: Order) -> Iterator[Difference]:
    """Yield every line whose parts are not what was ordered and what was shipped on top of it."""
    for line in order.lines:
        total, wanted = promised(line) + line.shipped + backordered(line) + line.cancelled, _wanted(line)
        if total != wanted:
            key = {"owner": owner, "source": order.key.source, "order": order.key.order}
            note = "allocated + picked + shipped + backordered + cancelled = ordered + over"
            yield Difference("sales_order", key, f"body.lines[{line.line}]", wanted, total, note)


def _wanted(line: OrderLine) -> int:
    """Return what was ordered, and what was picked or has left on top of it, or covers it in whole packs."""
    packs = any(part.row.pack_size is not None for part in line.reservations)
    beyond = promised(line) if packs else picked(line)
    over = max(beyond + line.shipped - max(line.ordered - line.cancelled, 0), 0)
    return line.ordered + over
