"""What changes when goods are of another lot than before, or something else is known of a lot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lotstream.domain.applying.rows import change_row, know_lot, order_touched
from lotstream.domain.booked_under import document_of
from lotstream.domain.events import Became, LotCorrected
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, LotMore, LotName, Notice
from lotstream.domain.names import Names
from lotstream.domain.relotting import Called, orders_of, renamed
from lotstream.domain.shelves import derived_of, row_changed


def _lot_corrected(ledger: Ledger, event: LotCorrected) -> None:
    key = document_of(event)
    ledger.receipts[key] = Notice(key, event.content)
    ledger.touched.receipts.add(key)
    now = LotName(event.lot.sku, event.lot.lot)
    know_lot(ledger, event.lot)
    if now != event.was:
        become(ledger, {event.was: now}, event.rows)


def become(ledger: Ledger, called: Called, rows: Iterable[Became]) -> None:
    """Make goods those of another lot, which is known, with all that is promised of them and all that names them."""
    for one in rows:
        row = ledger.stock[one.row]
        promised, elsewhere = row.reserved, row.promised_elsewhere
        change_row(ledger, one.to, on_hand=one.quantity, reserved=promised)
        change_row(ledger, one.row, on_hand=-one.quantity, reserved=-promised)
        row.promised_elsewhere -= elsewhere
        ledger.stock[one.to].promised_elsewhere += elsewhere
        row_changed(ledger, one.row)
        row_changed(ledger, one.to)
    names = Names.of(called)
    for order in list(orders_of(ledger, called)):
        now = ledger.orders[order.key] = renamed(names, order)
        order_touched(ledger, now)
    for was, is_now in called.items():
        know_lot(ledger, Lot(was.sku, was.lot, more=LotMore(into=is_now)))
    derived = derived_of(ledger)
    derived.names = Names(ledger.items, ledger.lots) or None
    derived.affected = None


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {LotCorrected: _lot_corrected}
