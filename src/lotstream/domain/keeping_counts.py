"""What was counted stands, also where something is told later that had happened before it was counted.

Whoever counted saw what was left: a document that is told afterwards changes nothing of that, and the count took for
missing, or found, what the document tells of. So the document is booked like any other, and what a count found is put
right by as much: it was no difference after all. That is done here for all documents alike, by the rows that they
change, whatever they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from lotstream.domain.agenda import is_due
from lotstream.domain.booked_under import receipt_of
from lotstream.domain.codes import COUNT_DIFFERENCE, Refusal
from lotstream.domain.commands import Command, ContinueDay, CorrectReceipt, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    DiscrepancyNoted,
    Event,
    PickUndone,
    RowChange,
    ShipmentConfirmed,
    ShipmentVoided,
    StockCounted,
    StockMissing,
    StockPicked,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses_counted import LotAt, with_losses
from lotstream.domain.model import CountsSince, CountTold, Item, RowKey
from lotstream.domain.movements import moves_of
from lotstream.domain.paper import loose_first, short_of_promises
from lotstream.domain.places import is_transit
from lotstream.domain.quantities import in_base_units
from lotstream.domain.serials_gone import losers_of
from lotstream.domain.settling import settle
from lotstream.domain.told_late import counts_asked, counts_known, covers, late_since
from lotstream.domain.trying import try_out, twin_of
from lotstream.domain.weighing import weighed
from lotstream.domain.wording import amount, begun, goods_called

Decided = tuple[Event, ...] | Refusal
#: Decides a command.
Decider = Callable[[Ledger, Any, Moment], Decided]

Rows = dict[RowKey, tuple[int, int]]
"""By how many smallest units, and by how many grams, rows have more than before; below zero, less."""


class Decide(Protocol):
    """Decides a command by who decides it, with all that follows for whoever else has to hear of it."""

    def __call__(self, ledger: Ledger, command: Command, moment: Moment, *, by: Decider) -> Decided:
        """Return what follows."""


class Right(NamedTuple):
    """What a row gets back, below zero what it gives back, since it was counted after goods had left it or come."""

    of: CountTold
    row: RowKey
    quantity: int
    weight_g: int


def counts_touched(
    ledger: Ledger, command: Command, recorded_at: datetime, *, since: datetime, decide: Decider
) -> list[CountsSince]:
    """Return what has to be known of counts before a document is decided that is told late: of lots that it changes."""
    decided = decide(ledger, command, Moment(recorded_at, dict(ledger.sites.today), "", 0))
    changed = set() if isinstance(decided, Refusal) else {*changed_by(decided)}
    lots = {(row.sku, row.lot) for row in changed}
    if is_due(ledger):
        # What is due is decided first, and may have the goods come from another lot.
        skus = {row.sku for row in changed}
        lots |= {(row.sku, row.lot) for row in ledger.stock if row.sku in skus}
    ordered = sorted(lots, key=lambda name: (name[0], name[1] or ""))
    return [one for sku, lot in ordered for one in counts_asked(ledger, sku, lot, since)]


def with_counts(ledger: Ledger, command: Command, moment: Moment, decide: Decide, by: Decider) -> Decided:
    """Return what follows from a document that is told late, with what it changes of counts that were told before it.

    What counts took for missing is put back first, so that nobody loses a promise to goods that had left already.
    """
    decided, since = decide(ledger, command, moment, by=by), late_since(command, moment.recorded_at)
    if since is None or isinstance(decided, Refusal):
        return decided
    rights = rights_of(ledger, changed_by(decided), since)
    if not rights:
        return decided
    what = _called(decided)
    back = [one for one in rights if one.quantity > 0]
    first = weighed(ledger, _put_right(ledger, back, what))
    tried = _tried_after(ledger, command, moment, first, decide=partial(decide, by=by), since=since) if back else None
    if tried is None:
        back, twin, events = [], twin_of(ledger), decided
        try_out(twin, events)
    else:
        twin, again = tried
        events = (*first, *again)
    rest = rights_of(twin, changed_by(events), since)
    rights = [*back, *rest]
    # A decision of its own, whichever way promises are told to the floor: of what is due, as it were.
    later = replace(moment, decision=_other_than(moment.decision))
    right = decide(twin, ContinueDay(0), later, by=lambda twin, _, later: _settled(twin, rights, rest, what, later))
    events = events if isinstance(right, Refusal) else (*events, *right)
    events = with_losses(twin, events, _more_of_lots(command, events, rights))
    return *events, *_told(ledger, rights, what, since)


def _tried_after(
    ledger: Ledger, command: Command, moment: Moment, first: tuple[Event, ...], *, decide: Decider, since: datetime
) -> tuple[Ledger, tuple[Event, ...]] | None:
    """Return what follows from a document after something was put back, with a twin that has both behind it.

    None where the document takes other goods then.
    """
    twin = twin_of(ledger)
    try_out(twin, first)
    again = decide(twin, command, moment)
    if isinstance(again, Refusal) or not _is_as_meant(twin, first, again, since):
        return None
    try_out(twin, again)
    return twin, again


def _is_as_meant(ledger: Ledger, first: Iterable[Event], again: Iterable[Event], since: datetime) -> bool:
    """Tell whether a document takes what was put back for it, and of no lot of which nobody has asked what it had."""
    given, changed = changed_by(first), changed_by((*first, *again))
    asked = all(counts_known(ledger, row.sku, row.lot, since) is not None for row in changed)
    return asked and not any(one.row in given and one.quantity < 0 for one in rights_of(ledger, changed, since))


def changed_by(events: Iterable[Event]) -> Rows:
    """Return by how much rows have more or less after events than before; nothing of those that have as much."""
    units, grams = Counter[RowKey](), Counter[RowKey]()
    for move in (move for event in events for move in moves_of(event) if move.row is not None):
        for row, sign in ((move.row, 1 if move.to is None else -1), (move.to, 1)):
            if row is not None:
                units[row] += sign * move.quantity
                grams[row] += sign * move.weight_g
    return {row: (units[row], grams[row]) for row in units if units[row]}


def rights_of(ledger: Ledger, changed: Rows, since: datetime) -> list[Right]:
    """Return what rows get back, or give back, so that the goods that were counted since are as many as before."""
    rights: list[Right] = []
    for sku, lot in dict.fromkeys((row.sku, row.lot) for row in changed):
        left = {row: of for row, of in changed.items() if (row.sku, row.lot) == (sku, lot)}
        for count in _first_counts(counts_known(ledger, sku, lot, since) or []):
            rights += _rights(count, left, [one.row for one in rights])
    return rights


def _first_counts(counts: Sequence[CountTold]) -> list[CountTold]:
    """Return of each part of a bin the count that came first, the smallest parts first: packages before their bin."""
    first: dict[tuple[object, ...], CountTold] = {}
    for count in counts:
        first.setdefault(count[4:], count)
    return sorted(first.values(), key=lambda one: (one.package, one.pack_size, one.status).count(None))


def _rights(count: CountTold, left: Rows, done: list[RowKey]) -> list[Right]:
    """Return what undoes the change of all that a count counted, taking it off what is left of the rows' changes."""
    rows = [row for row in left if covers(count, row) and not is_transit(row.location)]
    more = sum(left[row][0] for row in rows)
    found = []
    for row in sorted(rows, key=lambda row: (row in done, loose_first(row))):
        units, grams = left[row]
        part = max(min(units, more), 0) if more > 0 else min(max(units, more), 0)
        if part:
            weight = grams * part // units
            found.append(Right(count, row, -part, -weight))
            left[row] = units - part, grams - weight
            more -= part
    return found


def _put_right(ledger: Ledger, rights: Iterable[Right], what: str) -> tuple[StockCounted, ...]:
    """Return by how much counts found more, or less, than was booked of them at first."""
    found: dict[tuple[str, str, datetime], list[RowChange]] = {}
    for one in rights:
        row, count = ledger.stock.get(one.row), one.of
        received = None
        if one.row.lot is None and one.quantity > 0:
            received = (None if row is None else row.received) or count.at.date()
        change = RowChange(
            count.line, one.row, one.quantity, f"{what} was told late", received=received, weight_g=abs(one.weight_g)
        )
        found.setdefault((count.site, count.number, count.at), []).append(change)
    return tuple(
        StockCounted(site, number, None, at, {}, tuple(changes)) for (site, number, at), changes in found.items()
    )


def _settled(
    ledger: Ledger, rights: Iterable[Right], rest: Iterable[Right], what: str, moment: Moment
) -> tuple[Event, ...]:
    """Return how counts are put right that are not yet, and what becomes of promises of all that is put right.

    What was put back and not taken again, since it had been promised to whom the document is of, is free for others.
    """
    draft, there = Draft(ledger, moment), dict[RowKey, int]()
    told = _put_right(ledger, rest, what)
    for change in (change for event in told for change in event.changes):
        row = ledger.stock.get(change.row)
        there[change.row] = there.get(change.row, 0 if row is None else row.on_hand) + change.quantity
        draft.give(change.row, change.quantity, received=change.received)
    losers = losers_of(draft, (), short_of_promises(ledger, there))
    more = {one.row.sku for one in rights if one.quantity > 0}
    return *told, *settle(draft, losers, skus=more)


def _more_of_lots(command: Command, events: Iterable[Event], rights: Iterable[Right]) -> dict[LotAt, int]:
    """Return what there is more of lots at their sites than before; a corrected receipt has seen to its own part."""
    more = {(one.row.sku, one.row.lot, one.row.site): 0 for one in rights if one.row.lot is not None}
    put_right = Counter[RowKey]()
    for one in rights:
        put_right[one.row] += one.quantity
    if not isinstance(command, CorrectReceipt):
        put_right = Counter({row: units for row, (units, _) in changed_by(events).items()})
    for row, units in put_right.items():
        if row.lot is not None and (row.sku, row.lot, row.site) in more:
            more[row.sku, row.lot, row.site] += units
    return more


def _told(ledger: Ledger, rights: Iterable[Right], what: str, since: datetime) -> list[DiscrepancyNoted]:
    """Return what people are told, count by count: why it found another difference than was said."""
    units = Counter[tuple[CountTold, str, str | None]]()
    for one in rights:
        units[one.of, one.row.sku, one.row.lot] += one.quantity
    when = f"by {what} on {since:%Y-%m-%d %H:%M}"
    return [_noted(ledger.items[sku], lot, of, quantity, when=when) for (of, sku, lot), quantity in units.items()]


def _noted(item: Item, lot: str | None, count: CountTold, quantity: int, *, when: str) -> DiscrepancyNoted:
    sku, went = item.sku, "left" if quantity > 0 else "come to"
    message = (
        f"{amount(item, abs(quantity))} of {goods_called(sku, lot)} had {went} {count.location} {when}, before count "
        f"{count.number} of {count.as_of:%Y-%m-%d %H:%M}; what it counted stands."
    )
    about = {"count": count.number, "line": count.line, "sku": sku, "location": count.location}
    about |= {} if lot is None else {"lot": lot}
    return DiscrepancyNoted(COUNT_DIFFERENCE, begun(message), about, in_base_units(item, quantity))


def _called(decided: Iterable[Event]) -> str:
    """Say which document it is, in the middle of a sentence."""
    moved = [event for event in decided if any(move.quantity for move in moves_of(event))]
    return next((name for event in moved if (name := _name_of(event)) is not None), "a document")


def _name_of(event: Event) -> str | None:
    document = receipt_of(event)
    if document is not None:
        return f"{document.kind.replace('_', ' ')} {document.number}"
    if isinstance(event, ShipmentConfirmed | ShipmentVoided):
        return f"shipment {event.shipment}"
    return f"a pick for order {event.key.order}" if isinstance(event, StockPicked | PickUndone | StockMissing) else None


def _other_than(decision: str) -> str:
    """Return the id of what is decided with a decision, of which its tasks have ids that no others have."""
    return blake2b(f"{decision} counts".encode(), digest_size=16).hexdigest()
