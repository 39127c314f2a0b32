"""What changes when an item is counted in another unit: everything that counts it, in memory at once.

What is only written is converted when somebody reads it (`lotstream.domain.recounting`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.rows import change_row, know_lot, note_received, order_touched
from lotstream.domain.events import ItemRebased
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import lost_in
from lotstream.domain.lot_facts import with_more
from lotstream.domain.recounting import Factor, restated
from lotstream.domain.shelves import row_changed


def _item_rebased(ledger: Ledger, event: ItemRebased) -> None:
    item, last = event.item, event.item.rebased[-1]
    factor = Factor(last.numerator, last.denominator, item.base_unit, 10**item.decimals)
    _recount_rows(ledger, event, factor)
    if ledger.weighs:
        _take_weights_along(ledger, event)
    for lot in [lot for lot in ledger.lots.values() if lot.sku == item.sku]:
        if lot.more is not None and (lot.more.cost_units or lot.more.lost):
            know_lot(
                ledger,
                with_more(lot, cost_units=factor.times(lot.more.cost_units), lost=lost_in(lot, factor.times)),
            )
    for one in (item, *event.others):
        ledger.items[one.sku] = one
        ledger.touched.items.add(one.sku)
    _recount_papers(ledger, event, factor)
    for name in [name for name in ledger.told if name[0] == item.sku]:
        # In the new unit nobody was told anything yet.
        ledger.told[name] = 0
        ledger.touched.told.add(name)
    # Shelves, queues and all else that was worked out counts in the old unit.
    ledger.derived = None
    ledger.look_again(ledger.progress.due.with_rules(skus=(item.sku,)))


def _recount_rows(ledger: Ledger, event: ItemRebased, factor: Factor) -> None:
    """Empty all rows before any is filled: one may have had the pack size that another gets."""
    left = []
    for one in event.rows:
        row = ledger.stock[one.row]
        left.append((one, row.promised_elsewhere, row.received))
        row.promised_elsewhere = 0
        change_row(ledger, one.row, on_hand=-one.was)
    for one, elsewhere, received in left:
        change_row(ledger, one.to, on_hand=one.now)
        ledger.stock[one.to].promised_elsewhere += factor.times(elsewhere)
        note_received(ledger, one.to, received)
        row_changed(ledger, one.to)


def _take_weights_along(ledger: Ledger, event: ItemRebased) -> None:
    """Let rows weigh what they did, under the pack size they have now."""
    others = [one for one in event.rows if one.row != one.to]
    grams = {one.to: ledger.weights.pop(one.row) for one in others if one.row in ledger.weights}
    ledger.weights.update(grams)
    ledger.touched.weights.update(row for one in others for row in (one.row, one.to))


def _recount_papers(ledger: Ledger, event: ItemRebased, factor: Factor) -> None:
    """Convert open orders, and what was read for the records at hand: in memory all is of today."""
    sku = event.item.sku

    def of(named: str) -> Factor | None:
        return factor if named == sku else None

    for key in event.orders:
        ledger.orders[key] = restated(ledger.orders[key], of)
        order_touched(ledger, ledger.orders[key])
    for key, closed in list(ledger.closed.items()):
        ledger.closed[key] = None if closed is None else restated(closed, of)
    for name, document in list(ledger.receipts.items()):
        ledger.receipts[name] = None if document is None else restated(document, of)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {ItemRebased: _item_rebased}
