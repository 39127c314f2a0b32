"""Rows of stock turn out to hold more or less; who loses by it is found from the back of the queue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lotstream.domain.codes import Code
from lotstream.domain.complete import why_not_good
from lotstream.domain.events import DiscrepancyNoted, Event, RowChange, StockAdjusted, StockCounted
from lotstream.domain.model import AdjustCode, Lot, RowKey, Serial, Status
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import Meant, Paper
from lotstream.domain.places import is_transit
from lotstream.domain.reservations import staged_key
from lotstream.domain.serials_gone import losers_of
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import Origin
from lotstream.domain.wording import amount


@dataclass(slots=True)
class Changes:
    """What the lines of a document change."""

    paper: Paper
    made: list[RowChange] = field(default_factory=list)
    #: What was taken off picked goods, by where they stand and the row they were picked from.
    picked_from: Counter[Origin] = field(default_factory=Counter)
    #: Units by their numbers that are gone, or turned up.
    units: list[Serial] = field(default_factory=list)

    def add(self, meant: Meant, key: RowKey, quantity: int) -> None:
        """Change a row; a lot that nobody knew of is known from now on."""
        if quantity == 0:
            return
        lot = None
        draft = self.paper.draft
        if key.lot is not None and draft.lot(key.sku, key.lot) is None:
            lot = Lot(key.sku, key.lot, received=self.paper.at.date())
            draft.know_lot(lot)
        received = self.paper.at.date() if key.lot is None and quantity > 0 else None
        self.paper.change(key, quantity, received=received)
        code = None if meant.said.code is None else AdjustCode(meant.said.code)
        self.made.append(RowChange(meant.said.line, key, quantity, meant.said.reason, lot, received, code))


def check_place(paper: Paper, meant: Meant) -> None:
    """Object to goods on the way being counted or adjusted by hand: what becomes of them is told of their transfer."""
    if is_transit(meant.location):
        message = f"What is in {meant.location} is on the way; tell what arrived, or that nothing more will."
        paper.object(Code.FIELD_INVALID, f"{meant.path}.location", message, meant.said)


def more_to(paper: Paper, meant: Meant, row: RowKey) -> RowKey:
    """Return where goods go that are more than was known, to quarantine where they lack what their item needs.

    Of a lot that has good stock in the house no facts are asked: they were, or it is as it was found.
    """
    if row.status != Status.GOOD or any(_is_good(key, row) for key in paper.keys(row.sku)):
        return row
    why = why_not_good(paper.draft, meant.item, row.lot, site=row.site)
    if why is not None:
        paper.object(Code.FIELD_MISSING, f"{meant.path}.lot", why, meant.said)
    return row if why is None else row._replace(status=Status.QUARANTINE.value)


def _is_good(key: RowKey, row: RowKey) -> bool:
    return key.lot == row.lot and key.status == Status.GOOD


def where_found(rows: list[RowKey], named: RowKey) -> RowKey:
    """Return the row that goods come to which turn up: the one that is named, else the first of its condition.

    Found goods are good where nobody says otherwise, whatever is broken beside them; what turns up among goods that
    are in quarantine is there for the same reason.
    """
    fit = [key for key in rows if key.status in (named.status, Status.QUARANTINE)]
    return where_missing(fit, named)


def where_missing(rows: list[RowKey], named: RowKey) -> RowKey:
    """Return the row that goods are missing from: the one that is named, else the first there is."""
    return rows[0] if rows and named not in rows else named


def take(changes: Changes, meant: Meant, rows: list[RowKey], quantity: int) -> int:
    """Take a quantity off rows, what is promised to nobody first; returns what they do not have."""
    stock, paper = changes.paper.draft.ledger.stock, changes.paper
    for spare in (True, False):
        for key in rows:
            kept = stock[key].reserved + stock[key].promised_elsewhere if spare and key in stock else 0
            less = min(max(paper.there(key) - kept, 0), quantity)
            changes.add(meant, key, -less)
            quantity -= less
    return quantity


def take_picked(changes: Changes, meant: Meant, quantity: int) -> int:
    """Take a quantity off goods that were picked from a bin, where they stand now; returns what is missing still."""
    draft, paper = changes.paper.draft, changes.paper
    lot = (meant.item.sku, meant.said.lot)
    for order in reversed(orders_promised(draft, [lot]) if quantity else []):
        for part in (part for line in order.lines for part in line.reservations):
            if part.picked and (part.row.sku, part.row.site) == (lot[0], paper.document.site) and meant.fits(part.row):
                staged = staged_key(part.row, part.staged_at)
                less = min(part.picked, quantity, max(paper.there(staged), 0))
                changes.add(meant, staged, -less)
                changes.picked_from[Origin(staged, part.row)] += less
                quantity -= less
    return quantity


def note_deficit(paper: Paper, meant: Meant, missing: int) -> None:
    """Note that more was taken off a place than it had."""
    about = {
        paper.key.kind: paper.key.number, "sku": meant.item.sku, "location": meant.location,
        **({"lot": meant.said.lot} if meant.said.lot is not None else {}),
    }  # fmt: skip
    message = f"{amount(meant.item, missing)} more was taken off {meant.location} than it had; count the bin."
    paper.verdicts.noted.append(DiscrepancyNoted(Code.NOT_AVAILABLE.value, message, about))


def decided(changes: Changes, told: StockAdjusted | StockCounted) -> tuple[Event, ...]:
    """Return a document as it is told, and what becomes of promises of the rows that it changed."""
    paper = changes.paper
    losers = losers_of(paper.draft, changes.units, paper.missing(), picked_from=changes.picked_from)
    more = {change.row.sku for change in changes.made if change.quantity > 0}
    return told, *paper.verdicts.noted, *settle(paper.draft, losers, skus=more)
