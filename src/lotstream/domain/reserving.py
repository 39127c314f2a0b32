"""A person promises a lot that is named to an order line."""

from __future__ import annotations

from lotstream.domain.allocation import considered
from lotstream.domain.candidate import Candidate
from lotstream.domain.changing import too_late
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import Moment, ReserveStock
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, LineDecision, OrderAllocated
from lotstream.domain.filling import may_leave, possible_sites
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.looking import Passed, Take, fitting
from lotstream.domain.lots import lots_of
from lotstream.domain.model import KitPart, Order, OrderLine, OrderState, Reservation
from lotstream.domain.packs import exactly, take_in_order
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import copy_order, line_called, note_reserved
from lotstream.domain.reserving_kits import kits_wanted, part_meant, take_kits
from lotstream.domain.sums import backordered, promised, state_of
from lotstream.domain.terms import Terms

#: Where the lot of a promise was found: it was named, and no policy chose it.
NAMED = "request"
#: What a person has to have lifted, or to wait for, before the goods may be used by anybody.
_STOPPED = frozenset(
    {NotUsed.HOLD, NotUsed.QUARANTINE, NotUsed.RECALLED, NotUsed.DAMAGED, NotUsed.LOCATION_NOT_PICKABLE}
)


def reserve_stock(ledger: Ledger, command: ReserveStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.reserved: all of a quantity is promised, or nothing.

    The lot must do for the line as any other must. Its rows are taken in the order of use, or from the bin that is
    named. An order to be shipped complete may be promised single lines in this way: it is a person's word.
    """
    order = ledger.order(command.key)
    if order is None:
        message = f"Order {command.key.order} is not known; check its number and source."
        return Refusal(Code.UNKNOWN_ORDER, "order", message)
    refused = _too_late(order)
    if refused is not None:
        return refused
    draft = Draft(ledger, moment)
    found = _what(draft, order, command)
    if isinstance(found, Refusal):
        return found
    line, part, goal = found
    sku = line.sku if part is None else part.sku
    if command.lot is not None and (sku, command.lot) not in ledger.lots:
        message = f"Lot {command.lot} of {sku} is not known; check its number."
        return Refusal(Code.UNKNOWN_LOT, "lot", message)

    def take(of: OrderLine, units: int, site: str) -> LineDecision | Refusal | None:
        return _take(draft, order, of, command, goal=units, site=site)

    refusal: Refusal | None = None
    for site in _sites(draft, order, sku=sku):
        if part is None:
            taken = take(line, goal, site)
        else:
            taken = take_kits(draft, order, line, part, take, kits=goal, site=site)
        if isinstance(taken, LineDecision):
            after = copy_order(order)
            note_reserved(after, (taken,))
            state = state_of(after, decided=True)
            return (OrderAllocated(order.key, state, site, (taken,), _is_chosen(draft, order, site)),)
        refusal = refusal or taken
    return refusal or _nothing_there(line, command)


def _too_late(order: Order) -> Refusal | None:
    if order.held is not None:
        return Refusal(Code.ON_HOLD, "order", f"Order {order.key.order} is held: {order.held_message or order.held}")
    return None if order.state is OrderState.PARTLY_SHIPPED else too_late(order)


def _what(draft: Draft, order: Order, command: ReserveStock) -> tuple[OrderLine, KitPart | None, int] | Refusal:
    """Return the line, the component of it that is named, and how much of what the line orders is to be promised."""
    line = line_called(order, command.line)
    if line is None:
        message = f"Order {order.key.order} has no line {command.line}; name one it has."
        return Refusal(Code.FIELD_INVALID, "line", message)
    part = part_meant(draft, line, command)
    if part is None and command.sku not in (None, line.sku):
        return Refusal(Code.LOT_NOT_ALLOWED, "sku", f"Line {line.line} wants {line.sku}, not {command.sku}.")
    unknown = next((sku for sku in skus_of(line) if draft.item(sku) is None), None)
    if unknown is not None:
        # The line was dropped before anybody knew what it wants.
        message = f"{unknown or line.gtin} of line {line.line} is not defined; define the item."
        return Refusal(Code.UNKNOWN_ITEM, "line", message)
    if isinstance(part, KitPart):
        units = kits_wanted(draft, line, part, command)
        return units if isinstance(units, Refusal) else (line, part, units)
    units = _quantity(draft, line, command) if part is None else part
    return units if isinstance(units, Refusal) else (line, None, units)


def _quantity(draft: Draft, line: OrderLine, command: ReserveStock) -> int | Refusal:
    item = draft.known_item(line.sku)
    factor = unit_factor(item, command.unit)
    if factor is None:
        message = f"{item.sku} has no unit {command.unit}; send one it has."
        return Refusal(Code.UNKNOWN_UNIT, "unit", message)
    units = smallest(command.quantity, factor, "quantity")
    if isinstance(units, Refusal):
        return units
    if units > backordered(line):
        message = f"Line {line.line} wants no more than what it still lacks; send less, or change the order."
        return Refusal(Code.MORE_THAN_ORDERED, "quantity", message)
    in_packs = draft.ledger.settings.whole_unit and line.unit != item.base_unit
    if in_packs and (promised(line) + line.shipped + units) % line.unit_factor:
        message = f"Line {line.line} is in {line.unit}, and gets whole ones; send a quantity that makes whole ones."
        return Refusal(Code.NOT_A_MULTIPLE, "quantity", message)
    if line.parts and units % line.parts[0].kit:
        message = f"Line {line.line} gets whole kits; send a quantity of whole ones."
        return Refusal(Code.NOT_A_MULTIPLE, "quantity", message)
    return units


def _sites(draft: Draft, order: Order, *, sku: str) -> list[str]:
    customer = draft.customer(order.customer)
    mine = None if may_leave(order) else order.site
    site = mine or (None if customer is None else customer.site)
    if site is not None:
        return [site]
    there = draft.sites_of(sku)
    ranked = draft.ledger.settings.sites
    return [one for one in ranked if one in there] if ranked else sorted(there)


def _is_chosen(draft: Draft, order: Order, site: str) -> bool:
    """Tell whether others could have filled an order from another site than where the lot lies."""
    if site == order.site:
        return order.site_chosen
    customer = draft.customer(order.customer)
    return (customer is None or customer.site is None) and len(possible_sites(draft, order)) > 1


def _take(
    draft: Draft, order: Order, line: OrderLine, command: ReserveStock, *, goal: int, site: str
) -> LineDecision | Refusal | None:
    """Take the goal from a lot's rows at a site; None when it has none there."""
    shelf = draft.shelf(line.sku, site)
    terms = terms_of(draft, order, line, site=site)
    rows = [candidate for candidate in shelf.by_lot.get(command.lot, {}).values() if candidate.row.on_hand > 0]
    rows = [candidate for candidate in rows if command.location in (None, *candidate.place.chain)]
    if not rows:
        return None
    rows.sort(key=shelf.queue(terms.policy).key)
    refused = _limited(line, command, terms.lots_max) or _objection(rows, terms)
    if refused is not None:
        return refused
    rows = [row for row in rows if row.reason is None]
    passed = Passed(draft.counts(shelf))
    rule = exactly(draft.ledger.settings.pack_rule)
    takes = take_in_order(draft, fitting(rows, terms, passed), goal=goal, rule=rule, passed=passed)
    if sum(quantity for _, quantity in takes) < goal:
        return _too_little(line, command)
    return _decision(draft, line, terms, takes, left=backordered(line) - goal)


def _decision(draft: Draft, line: OrderLine, terms: Terms, takes: list[Take], *, left: int) -> LineDecision:
    for candidate, quantity in takes:
        draft.take(candidate, quantity)
    looked_at = considered(draft, draft.shelf(line.sku, takes[0][0].key.site), terms, takes=takes, passed=Passed({}))
    reserved = tuple(Reservation(draft.new_task(), candidate.key, quantity) for candidate, quantity in takes)
    return LineDecision(line.line, reserved, left, terms.policy, NAMED, looked_at)


def _limited(line: OrderLine, command: ReserveStock, most: int | None) -> Refusal | None:
    """Refuse a lot beyond those a line may have."""
    lots = {*lots_of(line), command.lot}
    if most is None or len(lots) <= most:
        return None
    message = f"Line {line.line} may come from {most} lots, and has as many; give one of them back first."
    return Refusal(Code.LOT_NOT_ALLOWED, "lot", message)


def _objection(rows: list[Candidate], terms: Terms) -> Refusal | None:
    """Refuse a lot of which no row may be used, with what speaks against the first."""
    reasons = [candidate.reason or terms.refuse(candidate) for candidate in rows]
    if None in reasons:
        return None
    reason = reasons[0]
    if reason in _STOPPED:
        return Refusal(Code.ON_HOLD, "lot", f"The lot may not be used ({reason}); have that lifted, or take another.")
    return Refusal(Code.LOT_NOT_ALLOWED, "lot", f"The lot does not do for the line ({reason}); take another.")


def _too_little(line: OrderLine, command: ReserveStock) -> Refusal:
    name = f"lot {command.lot}" if command.lot is not None else f"{line.sku} without a lot"
    message = f"Less is free of {name} than {command.quantity:f}; take less of it, or another."
    return Refusal(Code.NOT_AVAILABLE, "quantity", message)


def _nothing_there(line: OrderLine, command: ReserveStock) -> Refusal:
    where = command.location or "the order's site"
    return Refusal(Code.NOT_AVAILABLE, "lot", f"There is nothing of it in {where} for line {line.line}; take another.")
