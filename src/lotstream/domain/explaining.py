"""Why this lot and not that one: every row of a SKU with what speaks against it, for people who ask."""

from __future__ import annotations

from lotstream.domain.checks import terms_of
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Considered
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.slot import Slot
from lotstream.domain.terms import Terms


def explain(ledger: Ledger, order: Order, line: OrderLine, *, site: str, moment: Moment) -> tuple[Considered, ...]:
    """Return every row with goods that a line could look at now, in its order of use, with the first objection to it.

    A decision keeps only the first few rows and counts the others; this walks through all of them. ``taken`` is what
    the line has of a row already. Raises `LookupError` while the line's item is unknown.
    """
    draft = Draft(ledger, moment)
    terms = terms_of(draft, order, line, site=site)
    shelf = draft.shelf(line.sku, site)
    with_goods = [slot for slot in shelf.slots.values() if slot.row.on_hand > 0]
    return tuple(_considered(slot, line, terms) for slot in sorted(with_goods, key=shelf.queue(terms.policy).key))


def _considered(slot: Slot, line: OrderLine, terms: Terms) -> Considered:
    mine = sum(part.quantity for part in line.reservations if part.row == slot.key)
    if mine:
        return slot.used(mine, slot.free())
    reason = slot.reason or terms.refuse(slot) or (NotUsed.RESERVED if slot.free() <= 0 else None)
    return slot.used(0, slot.free()) if reason is None else slot.not_used(reason, slot.free())
