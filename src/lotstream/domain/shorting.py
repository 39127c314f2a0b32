"""Less was found in a bin than was promised of it: what was found is picked, and the rest is booked off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from lotstream.domain.bins_named import rows_named
from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, called, stop_if
from lotstream.domain.commands import ConfirmPick, Moment, PickLine, ReportShort, ShortLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinsChanged, Event, StockMissing, StockPicked
from lotstream.domain.goods import site_unknown
from lotstream.domain.kit_floor import spelled_out
from lotstream.domain.kit_shorts import component_meant, kit_line, not_picked
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderKey, OrderLine, OrderState, RowKey, ShortPick
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import loose_first
from lotstream.domain.picking import bins_for, check_order, pick_line, promised_to, weigh_picks
from lotstream.domain.places import DOCK, staging_place
from lotstream.domain.quantities import is_uncounted
from lotstream.domain.reservations import staged_key
from lotstream.domain.settling import settle
from lotstream.domain.sums import state_of
from lotstream.domain.taking_back import take_back
from lotstream.domain.unpromised import Picking, about_pick
from lotstream.domain.weights import FIELD


@dataclass(slots=True)
class Shorting:
    """What is decided so far about one message of short picks."""

    draft: Draft
    by: str | None
    at: datetime
    books: Books
    verdicts: Verdicts
    #: What was found and picked, order by order.
    pickings: list[Picking] = field(default_factory=list)
    #: What lines did not find of rows that were promised to them; zero when all of it was there.
    missing: dict[tuple[OrderKey, str, RowKey], int] = field(default_factory=dict)
    #: Of whole kits that could not be made: what stays promised until a count says which component is short.
    unclear: list[StockMissing] = field(default_factory=list)
    #: Where promises by lot are expected, since the floor has named bins.
    bins: tuple[BinsChanged, ...] = ()
    #: SKUs of which something else is free than before, because of that.
    freed: set[str] = field(default_factory=set)


def report_short(ledger: Ledger, command: ReportShort, moment: Moment) -> tuple[Event, ...]:
    """Decide pick.shorted.

    What was found is picked. No more of the lot is in the bin: what was known to be left of it is booked off, everybody
    who was promised some of it loses that, and those orders are allocated again at once, in queue order. Where the
    owner has short picks held, the missing goods stay promised and are not looked for elsewhere until the bin is
    counted. Either way the bin is to be counted.

    What is told in whole kits has to say which component is short; where it has happened and does not, the components
    of the kits that could not be made stay promised, and all their bins are to be counted.
    """
    verdicts, place = Verdicts(command.happened), staging_place(ledger.sites, command.site, command.staged_at)
    as_pick = ConfirmPick(command.site, command.happened, command.by, command.occurred_at, command.key, None, ())
    picking = Picking(Draft(ledger, moment), as_pick, None, place, Books(ledger), verdicts)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    check_order(picking, ledger.order(command.key))
    if not command.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "Nothing is named as short; send at least one line.")
    at = command.occurred_at or moment.recorded_at
    shorting = Shorting(picking.draft, command.by, at, picking.books, verdicts, [picking])
    if ledger.sites.lot_tasks:
        _name_bins(shorting, picking, command)
    for index, line in enumerate(command.lines):
        before = len(picking.picks)
        _short(shorting, picking, line, f"lines.{index}")
        weigh_found([picking], [before], line, f"lines.{index}")
    return shorted(shorting)


def weigh_found(pickings: Sequence[Picking], before: Sequence[int], said: ShortLine, path: str) -> None:
    """Note what was found for one line with what it says that weighs; ``before`` is how much was picked then."""
    found = [pick for picking, since in zip(pickings, before, strict=True) for pick in picking.picks[since:]]
    skus = {pick.row.sku for pick in found}
    if said.weight_kg is None or len(skus) == 1:
        weigh_picks(pickings, before, said.weight_kg, path)
        return
    message = "Nothing of it was taken, which weighs nothing; leave the weight out."
    if skus:
        message = "Kits are not weighed; tell what was found of each component, with its weight."
    for picking in pickings[:1]:
        picking.verdicts.object(Code.FIELD_INVALID, f"{path}.{FIELD}", message, {})


def _name_bins(shorting: Shorting, picking: Picking, command: ReportShort) -> None:
    """Bring what was found of promises by lot to the bins that are named; whatever was expected there is short."""
    told: list[tuple[int, PickLine]] = []
    for index, line in enumerate(command.lines):
        meant = as_pick_line(line)
        kits = kit_line(picking.order, meant)
        one = meant
        if kits is not None:
            one = component_meant(picking.draft, picking.order, kits, meant, site=command.site) or meant
        told += [(index, part) for _, part in spelled_out(picking.draft, picking.order, [one])]
    shorting.bins = bins_for(picking, told)


def as_pick_line(said: ShortLine) -> PickLine:
    """Return what a line of a short pick says was found, as a line of a pick."""
    return PickLine(said.task, said.line, said.lot, said.location, said.picked, said.unit, said.package, said.sku)


def _short(shorting: Shorting, picking: Picking, said: ShortLine, path: str) -> None:
    """Pick what was found for one line, and note what was not."""
    meant = as_pick_line(said)
    kits = kit_line(picking.order, meant)
    if kits is not None:
        one = component_meant(picking.draft, picking.order, kits, meant, site=picking.command.site)
        if one is None:
            _short_of_kits(shorting, picking, kits, meant, path)
            return
        meant = one
    line, promised = promised_to(picking, meant)
    parts = [part for part in promised if part.quantity > part.picked]
    if line is not None and not parts and _found_none(shorting, picking, line, meant):
        return
    if line is None or not parts:
        name, site = picking.command.key.order, picking.command.site
        message = f"Nothing of that is promised to order {name} and not picked; say what its task says."
        row = RowKey("" if line is None else line.sku, said.lot, site, said.location or DOCK)
        about = about_pick(picking, said.line, row)
        picking.verdicts.object(Code.NOT_RESERVED, f"{path}.line", message, about)
        pick_found(picking, meant, path)
        return
    if meant.quantity and is_uncounted(picking.draft.known_item(parts[0].row.sku), meant.quantity, meant.unit):
        # How much was found nobody can say, and so not what is missing.
        pick_found(picking, meant, path)
        return
    wanting: dict[RowKey, int] = {}
    for part in parts:
        wanting[part.row] = wanting.get(part.row, 0) + part.quantity - part.picked
    before = len(picking.picks)
    pick_found(picking, meant, path)
    for pick in picking.picks[before:]:
        if pick.row in wanting:
            wanting[pick.row] -= pick.quantity
    bins = {row.location for row in wanting}
    for row, missing in wanting.items():
        # Where no bin is named, those that gave all that was expected there need not be empty.
        if missing > 0 or meant.location is not None or len(bins) == 1:
            shorting.missing[picking.command.key, line.line, row] = max(missing, 0)


def _found_none(shorting: Shorting, picking: Picking, line: OrderLine, meant: PickLine) -> bool:
    """Note a bin in which a lot was looked for in vain that was promised from others; False where it had none."""
    if meant.location is None or meant.quantity:
        return False
    _, parts = promised_to(picking, replace(meant, location=None, package=None))
    rows = rows_named(shorting.draft, shorting.books, parts, meant)
    for row in rows:
        shorting.missing.setdefault((picking.command.key, line.line, row), 0)
    return bool(rows)


def _short_of_kits(shorting: Shorting, picking: Picking, line: OrderLine, meant: PickLine, path: str) -> None:
    """Pick the whole kits that were found; refuse, or note, that nobody says what the others lack."""
    for _, found in spelled_out(picking.draft, picking.order, [meant]):
        pick_found(picking, found, path)
    left = not_picked(line, meant, site=picking.command.site)
    if not left:
        return
    skus = ", ".join(dict.fromkeys(part.row.sku for part in left))
    message = f"Line {line.line} is made of {skus}; say by its sku, lot or location which of them is short."
    about = about_pick(picking, line.line, left[0].row)
    picking.verdicts.object(Code.FIELD_MISSING, f"{path}.sku", message, about)
    for part in left:
        missing = part.quantity - part.picked
        told = StockMissing(picking.command.key, line.line, part.row, missing, 0, shorting.by, shorting.at)
        shorting.unclear.append(told)


def pick_found(picking: Picking, found: PickLine, path: str) -> None:
    """Pick what was found, if it was anything."""
    if found.quantity:
        with called(f"{path}.quantity", sent_as=f"{path}.picked"):
            pick_line(picking, found, path)


def shorted(shorting: Shorting) -> tuple[Event, ...]:
    """Return what follows: what was found is picked, and what was not is booked off, lost and looked for elsewhere."""
    draft, books = shorting.draft, shorting.books
    events: list[Event] = [*books.found, *shorting.bins]
    for picking in shorting.pickings:
        order, state = picking.order, OrderState.REJECTED
        if order is not None:
            draft.orders[order.key] = order
            state = order.state = state_of(order, decided=False)
        if picking.picks:
            events.append(StockPicked(picking.command.key, state, shorting.by, shorting.at, tuple(picking.picks)))
    held = draft.ledger.settings.short_pick is ShortPick.HOLD
    lost: dict[RowKey, int] = {}
    for key, line, row, missing in _rows_short(shorting):
        picked, promised = _picked_there(shorting, row)
        booked = 0 if held else books.on_hand(row) - picked
        events.append(StockMissing(key, line, row, missing, booked, shorting.by, shorting.at))
        if booked:
            lost[row] = books.reserved(row) - promised
            books.put(row, -booked)
            draft.take(draft.candidate(row), booked)
    events += shorting.unclear
    losers = take_back(draft, dict(lost))
    freed = shorting.freed.union(*(picking.freed for picking in shorting.pickings))
    return *events, *shorting.verdicts.noted, *settle(draft, losers, skus=freed)


def _picked_there(shorting: Shorting, row: RowKey) -> tuple[int, int]:
    """Return what stands picked in a row that is a staging place too, and was not missing; and how much is promised."""
    orders = orders_promised(shorting.draft, [(row.sku, row.lot)])
    parts = [part for order in orders for line in order.lines for part in line.reservations if part.picked]
    promised = sum([part.picked for part in parts if staged_key(part.row, part.staged_at) == row])
    picks = [pick for picking in shorting.pickings for pick in picking.picks if not pick.task]
    return promised + sum([pick.quantity for pick in picks if pick.staged == row]), promised


_Short = tuple[OrderKey, str, RowKey, int]
"""What an order line did not find of a row."""


def _rows_short(shorting: Shorting) -> Iterator[_Short]:
    """Return the rows of the bins that are empty now, with the line that was sent there and what it did not find."""
    bins: dict[RowKey, tuple[OrderKey, str]] = {}
    for key, line, row in shorting.missing:
        bins.setdefault(row._replace(package=None, pack_size=None, returned=False), (key, line))
    for place, first in bins.items():
        shelf = shorting.draft.shelf(place.sku, place.site)
        same = shelf.by_lot.get(place.lot, {})
        rows = [row for row in same if (row.location, row.status) == (place.location, place.status)]
        for row in sorted(rows, key=loose_first):
            yield from _lines_short(shorting, row, first=first)


def _lines_short(shorting: Shorting, row: RowKey, *, first: tuple[OrderKey, str]) -> Iterator[_Short]:
    lines = [(key, line, short) for (key, line, other), short in shorting.missing.items() if other == row and short]
    for key, line, short in lines:
        yield key, line, row, short
    if not lines and shorting.books.on_hand(row) > _picked_there(shorting, row)[0]:
        yield *first, row, 0
