"""Lots become one lot, and a part of a lot becomes a lot of its own; promises go along, and nobody loses anything.

What is merged is the same goods from then on: the numbers of all are aliases of the one. What is split has parents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from lotstream.domain.codes import Code, Refused, granted
from lotstream.domain.commands import MergeLots, Moment, SplitLine, SplitLot, SplitPart
from lotstream.domain.costing import add_cost, cost_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import Became, Event, LotsMerged, LotSplit
from lotstream.domain.expiry import earlier, made_too_late
from lotstream.domain.genealogy import made_of
from lotstream.domain.holds import LIFTED_MAX, find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import losses_corrected, part_lost, with_lost, without
from lotstream.domain.lot_correcting import check_free, losers_of, other_content
from lotstream.domain.lot_facts import with_more
from lotstream.domain.lot_papers import content_of_lots
from lotstream.domain.marks import as_one, expired_marks, has_expired_at, of_another_day
from lotstream.domain.model import (
    LOT_MERGE,
    LOT_SPLIT,
    PLAIN,
    Hold,
    HoldKind,
    Lot,
    LotName,
    Notice,
    ReceiptKey,
    RowKey,
    Tracking,
)
from lotstream.domain.paper import loose_first
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.relotting import Called, rows_of, take_along
from lotstream.domain.settling import settle
from lotstream.domain.wording import amount

#: Facts that lots have to have in common, unless the earliest dates are to count.
_DATES: Final = ("expires", "made")
_FACTS: Final = (*_DATES, "supplier", "supplier_lot")
#: How a lot came to be that was a part of another (`LotMore.came`).
SPLIT: Final = "split"
#: What merging may be told to do with facts that differ.
EARLIEST: Final = "earliest"


def merge_lots(ledger: Ledger, command: MergeLots, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.merged; the same merge told again changes nothing, another one of its number is refused."""
    key, content = ReceiptKey(LOT_MERGE, command.merge), content_of_lots(command)
    known = ledger.document(key, Notice)
    if known is not None:
        if known.content == content:
            return ()
        raise other_content(key, "merge")
    into, others = _lots_meant(ledger, command)
    _check_alike(command, into, others)
    _check_deficits(ledger, into, others)
    called: Called = {LotName(lot.sku, lot.lot): LotName(into.sku, into.lot) for lot in others}
    draft = Draft(ledger, moment)
    after = as_one(draft, _merged(into, others), (into, *others))
    draft.know_lot(after)
    rows = rows_of(ledger, called)
    orders = take_along(draft, called, rows)
    was = tuple(called)
    at = command.occurred_at or moment.recorded_at
    event = LotsMerged(was, command.merge, command.by, at, command.reason, content, after, rows, orders)
    before = {LotName(lot.sku, lot.lot): lot for lot in (into, *others)}
    losers = losers_of(draft, before, LotName(into.sku, into.lot))
    return event, *losses_corrected((into, *others), [after]), *settle(draft, losers, skus={into.sku})


def _lots_meant(ledger: Ledger, command: MergeLots) -> tuple[Lot, list[Lot]]:
    into = granted(find_lot(ledger, command.sku, command.into, field="into"))
    others: dict[str, Lot] = {}
    for index, number in enumerate(command.lots):
        lot = granted(find_lot(ledger, into.sku, number, field=f"lots.{index}"))
        others[lot.lot] = lot
    others.pop(into.lot, None)
    if not others:
        message = f"No other lots are named than {into.lot}; send those that are to become one with it."
        raise Refused(Code.FIELD_MISSING, "lots", message)
    return into, list(others.values())


def _check_alike(command: MergeLots, into: Lot, others: Iterable[Lot]) -> None:
    """Refuse lots that differ in what people go by, unless they say that the earliest dates and all holds count.

    Goods of two suppliers, or of two of their lots, do not become one: a recall has to tell them apart.
    """
    if command.take not in (None, EARLIEST):
        raise Refused(Code.FIELD_INVALID, "take", f"{command.take} is nothing to take; send {EARLIEST} or nothing.")
    for lot in others:
        for name in _FACTS:
            mine, its = getattr(into, name), getattr(lot, name)
            may_differ = command.take == EARLIEST and (name in _DATES or mine is None or its is None)
            if mine != its and not may_differ:
                message = f"Lots {lot.lot} and {into.lot} differ in {name}; correct one, or record a production."
                raise Refused(Code.CONFLICTING_CONTENT, "lots", message)
        _check_holds(command, into, lot)


def _check_holds(command: MergeLots, into: Lot, lot: Lot) -> None:
    differ = {hold.id: hold for hold in (*lot.holds, *into.holds)}
    for both in {hold.id for hold in lot.holds} & {hold.id for hold in into.holds}:
        del differ[both]
    recalled = any(hold.kind is HoldKind.RECALL for hold in differ.values())
    if not differ or (command.take == EARLIEST and not recalled):
        return
    message = f"Lots {lot.lot} and {into.lot} are not under the same holds; have them lifted first."
    raise Refused(Code.ON_HOLD, "lots", message)


def _check_deficits(ledger: Ledger, into: Lot, others: Iterable[Lot]) -> None:
    """Refuse a lot of which less than nothing lies somewhere: what is promised of another would vanish in it."""
    for lot in (into, *others):
        name = LotName(lot.sku, lot.lot)
        for one in rows_of(ledger, {name: name}):
            if one.quantity < 0:
                message = f"Less than nothing of lot {lot.lot} is in {one.row.location}; count it first."
                raise Refused(Code.NOT_AVAILABLE, "lots", message)


def _merged(into: Lot, others: Sequence[Lot]) -> Lot:
    """Return a lot that others are part of from now on: the earliest dates, all holds, parents, papers and numbers."""
    lots = [into, *others]
    more = [lot.more or PLAIN for lot in lots]
    holds: dict[str, Hold] = {hold.id: hold for lot in lots for hold in lot.holds}
    name = LotName(into.sku, into.lot)
    mine = {LotName(lot.sku, lot.lot) for lot in lots}
    facts = replace(
        into, expires=earlier(lot.expires for lot in lots), made=earlier(lot.made for lot in lots),
        received=earlier(lot.received for lot in lots), supplier=_known(lots, "supplier"),
        supplier_lot=_known(lots, "supplier_lot"), holds=tuple(holds.values()),
    )  # fmt: skip
    costs = [one for one in more if one.cost_total is not None]
    return with_more(
        facts,
        aliases=tuple(sorted({alias for one in more for alias in one.aliases} | {one.lot for one in mine - {name}})),
        made_from=tuple(sorted({parent for one in more for parent in one.made_from} - mine)),
        cost_total=sum([one.cost_total for one in costs if one.cost_total is not None]) if costs else None,
        cost_units=sum(one.cost_units for one in costs),
        lifted=tuple(dict.fromkeys(hold for one in more for hold in one.lifted))[-LIFTED_MAX:],
        documents=tuple({(one.type, one.number): one for each in more for one in each.documents}.values()),
        inspections=tuple({one.number: one for each in more for one in each.inspections}.values()),
        details={name: value for one in reversed(more) for name, value in sorted(one.details.items())},
    )


def _known(lots: Sequence[Lot], name: str) -> Any:  # noqa: ANN401 - any fact of a lot
    """Return a fact that lots have in common, as far as it is known of them."""
    return next((value for lot in lots if (value := getattr(lot, name)) is not None), None)


def split_lot(ledger: Ledger, command: SplitLot, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.split: free goods of a lot are lots of their own from now on; what is promised stays with the lot."""
    key, content = ReceiptKey(LOT_SPLIT, command.split), content_of_lots(command)
    known = ledger.document(key, Notice)
    if known is not None:
        if known.content == content:
            return ()
        raise other_content(key, "split")
    lot = granted(find_lot(ledger, command.sku, command.lot))
    _check_parts(ledger, command, lot)
    draft = Draft(ledger, moment)
    lots: list[Lot] = []
    rows: list[Became] = []
    whole = lot
    for index, part in enumerate(command.parts):
        new, moved = _split_off(draft, command, lot, part, f"parts.{index}")
        lost = part_lost(whole, command.site, sum(one.quantity for one in moved))
        whole = without(whole, lost)
        lots.append(with_lost(new, *lost) if has_expired_at(new, command.site) else new)
        rows += moved
    at = command.occurred_at or moment.recorded_at
    was = LotName(lot.sku, lot.lot)
    event = LotSplit(
        was, command.split, command.by, at, command.reason, content, tuple(lots), tuple(rows),
        None if whole == lot else whole,
    )  # fmt: skip
    return event, *losses_corrected([lot], [whole, *lots]), *settle(draft, [], skus={lot.sku})


def _check_parts(ledger: Ledger, command: SplitLot, lot: Lot) -> None:
    names, numbers = ledger.names(), set[str]()
    if command.site not in ledger.sites.sites:
        raise Refused(Code.FIELD_INVALID, "site", f"Site {command.site} is not defined; define it.")
    if ledger.items[lot.sku].tracking is Tracking.SERIAL:
        message = f"{lot.sku} is tracked by serial number; its units are known by their lot, which has to stay."
        raise Refused(Code.FIELD_INVALID, "sku", message)
    if not command.parts:
        raise Refused(Code.FIELD_MISSING, "parts", "No parts are named; send at least one.")
    for index, part in enumerate(command.parts):
        field = f"parts.{index}.lot"
        former = names is not None and names.lot(lot.sku, part.lot)[1] != part.lot
        check_free(ledger, lot, part.lot, field)
        if former or part.lot in {lot.lot, *numbers}:
            message = f"Lot {part.lot} of {lot.sku} is known already; choose another number."
            raise Refused(Code.CONFLICTING_CONTENT, field, message)
        if not part.lines:
            raise Refused(Code.FIELD_MISSING, f"parts.{index}.lines", "The part has no goods; send some.")
        if made_too_late(lot.made, part.expires):
            message = f"Lot {lot.lot} was made on {lot.made}, after {part.expires}; send a later expiry."
            raise Refused(Code.FIELD_INVALID, f"parts.{index}.expires", message)
        numbers.add(part.lot)


def _split_off(draft: Draft, command: SplitLot, lot: Lot, part: SplitPart, path: str) -> tuple[Lot, list[Became]]:
    item = draft.known_item(lot.sku)
    taken: dict[RowKey, int] = {}
    for index, line in enumerate(part.lines):
        factor = unit_factor(item, line.unit)
        if factor is None:
            message = f"{item.sku} has no unit {line.unit}; send one it has."
            raise Refused(Code.UNKNOWN_UNIT, f"{path}.lines.{index}.unit", message)
        units = granted(smallest(line.quantity, factor, f"{path}.lines.{index}.quantity"))
        _take(draft, command, lot, line, units=units, taken=taken, field=f"{path}.lines.{index}.quantity")
    new = _part_of(draft, lot, part, sum(taken.values()))
    draft.know_lot(new)
    rows = [Became(row, row._replace(lot=part.lot), units) for row, units in taken.items()]
    for one in rows:
        draft.give(one.to, one.quantity)
    return new, rows


def _take(
    draft: Draft, command: SplitLot, lot: Lot, line: SplitLine, *, units: int, taken: dict[RowKey, int], field: str
) -> None:
    """Take free goods from the rows that a line names, loose ones first."""
    rows = [key for key in draft.rows_of(lot.sku, command.site) if key.lot == lot.lot and _fits(key, line)]
    left = units
    for row in sorted(rows, key=loose_first):
        quantity = min(max(draft.free(draft.candidate(row)), 0), left)
        if quantity:
            draft.give(row, -quantity)
            taken[row] = taken.get(row, 0) + quantity
            left -= quantity
    if not left:
        return
    there = amount(draft.known_item(lot.sku), units - left)
    message = f"Only {there} of lot {lot.lot} in {line.location} is not promised; take less."
    raise Refused(Code.NOT_AVAILABLE, field, message)


def _fits(row: RowKey, line: SplitLine) -> bool:
    return row.location == line.location and line.package in (None, row.package) and line.status in (None, row.status)


def _part_of(draft: Draft, lot: Lot, part: SplitPart, units: int) -> Lot:
    """Return the lot of a part: what is known of the whole, but for what is said of it, and where it is from."""
    known = lot.more or PLAIN
    own = replace(of_another_day(draft, lot, part.expires or lot.expires), lot=part.lot)
    details = dict(sorted({**known.details, **part.details}.items()))
    plain = with_more(
        own,
        aliases=(),
        came=SPLIT,
        made_from=(),
        cost_total=None,
        cost_units=0,
        details=details,
        alerted=expired_marks(own),
        lost=(),
    )
    whole = RowKey(lot.sku, lot.lot, "", "")
    return add_cost(made_of(plain, [whole]), cost_of(lot, units), units)
