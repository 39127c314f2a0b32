"""What was known of a lot was wrong: its number, its dates, where it came from, what it has cost.

Goods and promises stay where they are. Only what the facts as they are now forbid is taken off orders, which are
decided again at once; whoever waits for what is usable now is served. The old number stays an alias of the lot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import Code, NotUsed, Refused, granted, stop_if
from lotstream.domain.commands import CorrectLot, Moment
from lotstream.domain.costing import priced
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, LotCorrected
from lotstream.domain.expiry import made_too_late
from lotstream.domain.gone import note_gone, went_with
from lotstream.domain.holds import find_lot
from lotstream.domain.kit_lines import as_part
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import losses_corrected
from lotstream.domain.lot_facts import with_more
from lotstream.domain.lot_papers import content_of_lots
from lotstream.domain.marks import of_another_day
from lotstream.domain.model import (
    LOT_CORRECTION,
    PLAIN,
    Departures,
    Lot,
    LotName,
    Notice,
    Order,
    OrderLine,
    ReceiptKey,
    Reservation,
    Status,
)
from lotstream.domain.moving import loser_of, orders_promised
from lotstream.domain.quantities import check_quantity
from lotstream.domain.relotting import rows_of, take_along
from lotstream.domain.settling import Loser, settle
from lotstream.domain.shelves import candidate_for, derived_of

#: Facts of a lot itself, and of those that most lots do not have.
_FACTS: Final = ("expires", "made", "supplier", "supplier_lot")
_MORE: Final = ("origin", "facility")
#: What may be cleared: nobody knows it after all.
CLEARED: Final = (*_FACTS, *_MORE, "cost", "details")


def correct_lot(ledger: Ledger, command: CorrectLot, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.corrected; the same correction told again changes nothing, another one of its number is refused."""
    key, content = ReceiptKey(LOT_CORRECTION, command.correction), content_of_lots(command)
    known = ledger.document(key, Notice)
    if known is not None:
        if known.content == content:
            return ()
        raise other_content(key, "correction")
    lot = granted(find_lot(ledger, command.sku, command.lot))
    _check_said(command)
    _check_cleared(ledger, lot, command)
    if command.to_lot is not None and command.to_lot != lot.lot:
        check_free(ledger, lot, command.to_lot, "to_lot")
    draft = Draft(ledger, moment)
    after = _corrected(draft, lot, command)
    if made_too_late(after.made, after.expires):
        message = f"Lot {lot.lot} would be made on {after.made}, after its expiry {after.expires}; correct both."
        raise Refused(Code.FIELD_INVALID, "made" if command.made is not None else "expires", message)
    if command.made is not None and after.received is not None and command.made > after.received:
        message = f"Lot {lot.lot} came on {after.received}, before {command.made}; it was made before that."
        raise Refused(Code.FIELD_INVALID, "made", message)
    return _decided(draft, command, lot, after, content)


def _decided(draft: Draft, command: CorrectLot, lot: Lot, after: Lot, content: str) -> tuple[Event, ...]:
    was, now = LotName(lot.sku, lot.lot), LotName(after.sku, after.lot)
    called = {} if was == now else {was: now}
    draft.know_lot(after)
    rows = rows_of(draft.ledger, called)
    orders = take_along(draft, called, rows)
    at = command.occurred_at or draft.moment.recorded_at
    left = draft.ledger.answer(went_with(draft.ledger, lot), Departures)
    event = LotCorrected(
        was, command.correction, command.by, at, command.reason, content, after, rows, orders, left.of, left.total
    )
    gone = note_gone(draft, [lot], document="correction", number=command.correction)
    return (
        event,
        *losses_corrected([lot], [after]),
        *gone,
        *settle(draft, losers_of(draft, {was: lot}, now), skus={lot.sku}),
    )


def other_content(key: ReceiptKey, field: str) -> Refused:
    """Refuse another document of a number that is done."""
    message = f"The {field} {key.number} is done with other content; give this one another number."
    return Refused(Code.CONFLICTING_CONTENT, field, message)


def _check_said(command: CorrectLot) -> None:
    for index, name in enumerate(command.clear):
        if name not in CLEARED:
            message = f"{name} cannot be cleared; send some of {', '.join(CLEARED)}."
            raise Refused(Code.FIELD_INVALID, f"clear.{index}", message)
        if getattr(command, name):
            message = f"{name} is said and cleared at once; send one of both."
            raise Refused(Code.FIELD_INVALID, f"clear.{index}", message)
    said = (getattr(command, name) is not None for name in (*_FACTS, *_MORE, "cost", "to_lot"))
    if not (any(said) or command.details or command.clear):
        raise Refused(Code.FIELD_MISSING, "to_lot", "Nothing is said to be corrected; send what is.")
    if command.cost is not None and command.cost.is_finite() and command.cost < 0:
        raise Refused(Code.FIELD_INVALID, "cost", f"The cost is {command.cost:f}; send one that is not below zero.")
    if command.cost is not None:
        stop_if(check_quantity(command.cost, "cost", positive=False))


def _check_cleared(ledger: Ledger, lot: Lot, command: CorrectLot) -> None:
    """Refuse to forget what good stock of an item cannot be without."""
    required = ledger.items[lot.sku].required
    needed = [(index, name) for index, name in enumerate(command.clear) if name in required]
    derived = derived_of(ledger)
    rows = (row for site in derived.sites_of.get(lot.sku, ()) for row in derived.rows.get((lot.sku, site), {}))
    if not needed or not any(row.lot == lot.lot and row.status == Status.GOOD for row in rows):
        return
    index, name = needed[0]
    message = f"{lot.sku} needs {name.replace('_', ' ')} of each lot; send the right one, or set the goods apart first."
    raise Refused(Code.FIELD_MISSING, f"clear.{index}", message)


def check_free(ledger: Ledger, lot: Lot, number: str, field: str) -> None:
    """Refuse a number for a lot that another lot of the SKU has or had; one that it had itself it may have again."""
    names = ledger.names()
    now = number if names is None else names.lot(lot.sku, number)[1]
    sites = derived_of(ledger).sites_of.get(lot.sku, ())
    lying = any(row.lot == number for site in sites for row in derived_of(ledger).rows.get((lot.sku, site), {}))
    taken = now != lot.lot and (now != number or (lot.sku, number) in ledger.lots or lying)
    if not taken:
        return
    message = f"Lot {number} of {lot.sku} is known already; choose another number, or merge the lots."
    raise Refused(Code.CONFLICTING_CONTENT, field, message)


def _corrected(draft: Draft, lot: Lot, command: CorrectLot) -> Lot:
    facts: dict[str, Any] = {name: None for name in _FACTS if name in command.clear}
    facts |= {name: said for name in _FACTS if (said := getattr(command, name)) is not None}
    more: dict[str, Any] = {name: None for name in _MORE if name in command.clear}
    more |= {name: said for name in _MORE if (said := getattr(command, name)) is not None}
    known = lot.more or PLAIN
    if command.details or "details" in command.clear:
        kept = {} if "details" in command.clear else known.details
        more["details"] = dict(sorted({**kept, **command.details}.items()))
    if command.cost is not None or "cost" in command.clear:
        more |= _cost(draft.ledger, lot, command)
    if "expires" in facts and facts["expires"] != lot.expires:
        # People are to be told of the new day as they were of the old one.
        lot = of_another_day(draft, lot, facts["expires"])
    after = with_more(replace(lot, **facts), **more) if more else replace(lot, **facts)
    if command.to_lot in (None, lot.lot):
        return after
    aliases = {*known.aliases, lot.lot} - {command.to_lot}
    return replace(with_more(after, aliases=tuple(sorted(aliases))), lot=command.to_lot)


def _cost(ledger: Ledger, lot: Lot, command: CorrectLot) -> dict[str, Any]:
    """Return what a lot has cost by what one base unit has, for as many units as were paid for, or are there."""
    if command.cost is None:
        return {"cost_total": None, "cost_units": 0}
    item = ledger.items.get(lot.sku)
    unit = 10 ** (0 if item is None else item.decimals)
    rows = rows_of(ledger, {LotName(lot.sku, lot.lot): LotName(lot.sku, lot.lot)})
    units = (lot.more or PLAIN).cost_units or max(sum(one.quantity for one in rows), 0) or unit
    return {"cost_total": priced(command.cost, units, factor=unit), "cost_units": units}


def losers_of(draft: Draft, before: dict[LotName, Lot], now: LotName) -> list[Loser]:
    """Take off orders what the facts of a lot, as they are in this decision, forbid them to keep.

    That is what nobody may use any more, and what a line would have got by the facts ``before`` and would not get now.
    What merely aged stays with its line, and what is picked with its order.
    """
    lots = {now: draft.lots[now], **before}
    found: list[Loser | None] = []
    for order in orders_promised(draft, lots):
        lines = {id(part): line for line in order.lines for part in line.reservations}

        def objection(part: Reservation, order: Order = order, lines: dict[int, OrderLine] = lines) -> NotUsed | None:
            return _forbidden(draft, order, lines[id(part)], part, before) if part.row[:2] == now else None

        found.append(loser_of(draft, order, objection))
    return [loser for loser in found if loser is not None]


def _forbidden(
    draft: Draft, order: Order, line: OrderLine, part: Reservation, before: dict[LotName, Lot]
) -> NotUsed | None:
    candidate = draft.candidate(part.row)
    if candidate.reason is not None:
        return candidate.reason
    own = as_part(draft, line, part.row.sku) if line.parts else line
    terms = terms_of(draft, order, own, site=part.row.site)
    refused = terms.refuse(candidate)
    if refused is None:
        return None
    was = (_with_facts(draft, candidate, lot) for lot in before.values())
    return refused if any(terms.refuse(one) is None for one in was) else None


def _with_facts(draft: Draft, candidate: Candidate, lot: Lot) -> Candidate:
    return candidate_for(draft.ledger, candidate.row, lot)
