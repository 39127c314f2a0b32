"""Stock turns out to be more or less: adjusted by so much, or counted as so much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import AdjustStock, CountStock, Moment
from lotstream.domain.events import DiscrepancyNoted, Event, RowChange, StockAdjusted, StockCounted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, RowKey
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import ADJUSTMENT, COUNT, Meant, Paper, begin, book_once, understand
from lotstream.domain.reservations import staged_key
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import Origin, take_back


@dataclass(slots=True)
class _Changes:
    """What the lines of a document change."""

    paper: Paper
    made: list[RowChange] = field(default_factory=list)
    #: What was taken off picked goods, by where they stand and the row they were picked from.
    picked_from: Counter[Origin] = field(default_factory=Counter)

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
        self.made.append(RowChange(meant.said.line, key, quantity, meant.said.reason, lot, received, meant.said.code))


def adjust_stock(ledger: Ledger, command: AdjustStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.adjusted.

    What is taken off a bin is taken off free stock first, then off what is promised and not picked (the back of the
    queue loses first), then off what was picked from that bin; what even that cannot give makes a deficit. Those who
    lose are settled in the same decision.
    """
    paper = begin(ledger, command, moment, kind=ADJUSTMENT, number=command.adjustment)
    if isinstance(paper, Refusal):
        return paper
    changes = _Changes(paper)
    for index, said in enumerate(command.lines):
        path = f"lines.{index}"
        meant = understand(paper, said, path, positive=False)
        refused = _adjust(changes, meant) if isinstance(meant, Meant) else meant
        if refused is not None:
            return refused
    return _decided(changes, StockAdjusted) if paper.booked else tuple(paper.verdicts.noted)


def count_stock(ledger: Ledger, command: CountStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.counted: the bin has what was counted, and knows nothing of what was picked from it.

    Where less is there than is promised of it the back of the queue loses first; those who lose are settled in the
    same decision.
    """
    paper = begin(ledger, command, moment, kind=COUNT, number=command.count)
    if isinstance(paper, Refusal):
        return paper
    changes = _Changes(paper)
    for index, said in enumerate(command.lines):
        path = f"lines.{index}"
        meant = understand(paper, said, path, positive=False)
        refused = _count(changes, meant) if isinstance(meant, Meant) else meant
        if refused is not None:
            return refused
    return _decided(changes, StockCounted) if paper.booked else tuple(paper.verdicts.noted)


def _adjust(changes: _Changes, meant: Meant) -> Refusal | None:
    paper, said = changes.paper, meant.said
    if meant.quantity < 0 and said.lot is not None and paper.draft.lot(meant.item.sku, said.lot) is None:
        message = f"Lot {said.lot} of {meant.item.sku} is not known; nothing of it can be taken off."
        return paper.object(Code.UNKNOWN_LOT, f"{meant.path}.lot", message, said)
    named = meant.row(paper.document.site)
    new = book_once(paper, meant, named)
    if new is not True:
        return new or None
    rows = paper.rows(meant)
    if meant.quantity >= 0:
        changes.add(meant, _where(rows, named), meant.quantity)
        return None
    left = _take(changes, meant, rows, -meant.quantity)
    left = _take_picked(changes, meant, left)
    if left:
        changes.add(meant, _where(rows, named), -left)
        _note_deficit(paper, meant, left)
    return None


def _count(changes: _Changes, meant: Meant) -> Refusal | None:
    paper, said = changes.paper, meant.said
    if meant.quantity < 0:
        message = f"{said.quantity:f} were counted; nobody counts less than nothing."
        return Refusal(Code.NOT_POSITIVE, f"{meant.path}.counted", message)
    named = meant.row(paper.document.site)
    new = book_once(paper, meant, named)
    if new is not True:
        return new or None
    rows = paper.rows(meant)
    for key in rows:
        changes.add(meant, key, max(-paper.there(key), 0))
    more = meant.quantity - sum(paper.there(key) for key in rows)
    if more > 0:
        changes.add(meant, _where(rows, named), more)
    else:
        _take(changes, meant, rows, -more)
    return None


def _where(rows: list[RowKey], named: RowKey) -> RowKey:
    """Return the row that goods come to, or are missing from: the one that is named, else the only one there is."""
    return rows[0] if rows and named not in rows else named


def _take(changes: _Changes, meant: Meant, rows: list[RowKey], quantity: int) -> int:
    """Take a quantity off rows, what is promised to nobody first; returns what they do not have."""
    stock, paper = changes.paper.draft.ledger.stock, changes.paper
    for spare in (True, False):
        for key in rows:
            kept = stock[key].reserved + stock[key].promised_elsewhere if spare and key in stock else 0
            less = min(max(paper.there(key) - kept, 0), quantity)
            changes.add(meant, key, -less)
            quantity -= less
    return quantity


def _take_picked(changes: _Changes, meant: Meant, quantity: int) -> int:
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


def _note_deficit(paper: Paper, meant: Meant, missing: int) -> None:
    about = {
        paper.key.kind: paper.key.number, "sku": meant.item.sku, "location": meant.location,
        **({"lot": meant.said.lot} if meant.said.lot is not None else {}),
    }  # fmt: skip
    message = f"{missing} smallest units more were taken off {meant.location} than it had; count the bin."
    paper.verdicts.noted.append(DiscrepancyNoted(Code.NOT_AVAILABLE.value, message, about))


def _decided(changes: _Changes, kind: type[StockAdjusted | StockCounted]) -> tuple[Event, ...]:
    paper = changes.paper
    document = paper.document
    told = kind(document.site, paper.key.number, document.by, paper.at, paper.booked, tuple(changes.made))
    losers = take_back(paper.draft, paper.missing(), picked_from=changes.picked_from)
    more = {change.row.sku for change in changes.made if change.quantity > 0}
    return told, *paper.verdicts.noted, *settle(paper.draft, losers, skus=more)
