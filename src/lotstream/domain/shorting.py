"""Less was found in a bin than was promised of it: what was found is picked, and the rest is booked off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ConfirmPick, Moment, PickLine, ReportShort, ShortLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, StockMissing, StockPicked
from lotstream.domain.goods import site_unknown
from lotstream.domain.kit_floor import spelled_out
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderState, RowKey, ShortPick
from lotstream.domain.moving import take_back
from lotstream.domain.paper import loose_first
from lotstream.domain.picking import check_order, pick_line, promised_to
from lotstream.domain.places import DOCK, staging_place
from lotstream.domain.settling import settle
from lotstream.domain.sums import state_of
from lotstream.domain.unpromised import Picking, about_pick


@dataclass(slots=True)
class _Shorting:
    """What is decided so far about one message of short picks."""

    picking: Picking
    command: ReportShort
    #: What lines did not find of rows that were promised to them; zero when all of it was there.
    missing: dict[tuple[str, RowKey], int] = field(default_factory=dict)


def report_short(ledger: Ledger, command: ReportShort, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide pick.shorted.

    What was found is picked. No more of the lot is in the bin: what was known to be left of it is booked off, everybody
    who was promised some of it loses that, and those orders are allocated again at once, in queue order. Where the
    owner has short picks held, the missing goods stay promised and are not looked for elsewhere until the bin is
    counted. Either way the bin is to be counted.
    """
    verdicts, place = Verdicts(command.happened), staging_place(ledger.sites, command.site, command.staged_at)
    as_pick = ConfirmPick(command.site, command.happened, command.by, command.occurred_at, command.key, None, ())
    picking = Picking(Draft(ledger, moment), as_pick, None, place, Books(ledger), verdicts)
    refused = site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None)
    refused = refused or check_order(picking, ledger.order(command.key))
    if refused is None and not command.lines:
        refused = Refusal(Code.FIELD_MISSING, "lines", "Nothing is named as short; send at least one line.")
    shorting = _Shorting(picking, command)
    for index, line in enumerate(command.lines):
        refused = refused or _short(shorting, line, f"lines.{index}")
    return refused or _outcome(shorting)


def _short(shorting: _Shorting, said: ShortLine, path: str) -> Refusal | None:
    """Pick what was found for one line, and note what was not."""
    picking, command = shorting.picking, shorting.command
    meant = PickLine(said.task, said.line, said.lot, said.location, said.picked, said.unit, said.package, said.sku)
    meant = spelled_out(picking.draft, picking.order, [meant])[0][1]
    line, promised = promised_to(picking, meant)
    parts = [part for part in promised if part.quantity > part.picked]
    if line is None or not parts:
        message = f"Nothing of that is promised to order {command.key.order} and not picked; say what its task says."
        row = RowKey("" if line is None else line.sku, said.lot, command.site, said.location or DOCK)
        about = about_pick(picking, said.line, row)
        refused = picking.verdicts.object(Code.NOT_RESERVED, f"{path}.line", message, about)
        return refused or _pick_found(picking, meant, path)
    wanting: dict[RowKey, int] = {}
    for part in parts:
        wanting[part.row] = wanting.get(part.row, 0) + part.quantity - part.picked
    before = len(picking.picks)
    refused = _pick_found(picking, meant, path)
    for pick in picking.picks[before:]:
        if pick.row in wanting:
            wanting[pick.row] -= pick.quantity - pick.over
    for row, missing in wanting.items():
        shorting.missing[line.line, row] = max(missing, 0)
    return refused


def _pick_found(picking: Picking, found: PickLine, path: str) -> Refusal | None:
    if found.quantity == 0:
        return None
    refused = pick_line(picking, found, path)
    if refused is not None and refused.field == f"{path}.quantity":
        return replace(refused, field=f"{path}.picked")
    return refused


def _outcome(shorting: _Shorting) -> tuple[Event, ...]:
    picking, command = shorting.picking, shorting.command
    draft, order = picking.draft, picking.order
    at = command.occurred_at or draft.moment.recorded_at
    events: list[Event] = [*picking.books.found]
    if order is not None:
        draft.orders[order.key] = order
        order.state = state_of(order, decided=False)
    if picking.picks:
        state = OrderState.REJECTED if order is None else order.state
        events.append(StockPicked(command.key, state, command.by, at, tuple(picking.picks)))
    held = draft.ledger.settings.short_pick is ShortPick.HOLD
    lost: dict[RowKey, int] = {}
    for line, row, missing in _rows_short(shorting):
        booked = 0 if held else picking.books.on_hand(row)
        events.append(StockMissing(command.key, line, row, missing, booked, command.by, at))
        if booked:
            lost[row] = picking.books.reserved(row)
            picking.books.put(row, -booked)
            draft.take(draft.candidate(row), booked)
    losers = take_back(draft, dict(lost))
    return *events, *picking.verdicts.noted, *settle(draft, losers)


def _rows_short(shorting: _Shorting) -> Iterator[tuple[str, RowKey, int]]:
    """Return the rows of the bins that are empty now, with the line that was sent there and what it did not find."""
    bins: dict[RowKey, str] = {}
    for line, row in shorting.missing:
        bins.setdefault(row._replace(package=None, pack_size=None, returned=False), line)
    for place, first in bins.items():
        shelf = shorting.picking.draft.shelf(place.sku, place.site)
        same = shelf.by_lot.get(place.lot, {})
        rows = [row for row in same if (row.location, row.status) == (place.location, place.status)]
        for row in sorted(rows, key=loose_first):
            yield from _lines_short(shorting, row, first=first)


def _lines_short(shorting: _Shorting, row: RowKey, *, first: str) -> Iterator[tuple[str, RowKey, int]]:
    lines = [(line, short) for (line, other), short in shorting.missing.items() if other == row and short]
    for line, short in lines:
        yield line, row, short
    if not lines and shorting.picking.books.on_hand(row):
        yield first, row, 0
