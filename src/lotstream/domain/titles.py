"""Goods change their owner where they lie: out of one ledger, and into the other by a message of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import AcceptTitle, Moment, ReleaseTitle
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, StockFound, TitleAccepted, TitleReleased
from lotstream.domain.going_out import numbers_of, spare_or_all, units_apart, why_not_named
from lotstream.domain.goods import Delivery, book_all
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    TITLE,
    TITLE_OUT,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
    Title,
    TitleLine,
    title_number,
)
from lotstream.domain.moved_content import content_of_title
from lotstream.domain.moving import shut_out
from lotstream.domain.paper import Meant, Paper, begin, understand
from lotstream.domain.places import place_of
from lotstream.domain.serial_holds import held_at
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import take_back
from lotstream.domain.usable import why_held
from lotstream.domain.wording import amount, begun, goods_called

#: Lines that one title becomes at most: they all go into one message for the other owner.
LINES_MAX = 2000
LINE_KEPT = 100
"""Characters of a line's id that are kept in the ids of further lines it becomes."""

_REASON = "given to another owner"


@dataclass(slots=True)
class _Sale:
    """What is decided so far about one release."""

    paper: Paper
    command: ReleaseTitle
    lines: list[TitleLine] = field(default_factory=list)
    found: list[StockFound] = field(default_factory=list)
    units: list[Serial] = field(default_factory=list)


def release_title(ledger: Ledger, command: ReleaseTitle, moment: Moment) -> tuple[Event, ...]:
    """Decide title.released.

    Asked, only goods that nobody was promised and that no hold lies on change their owner. What has happened is
    booked: what the books do not have is found first, promises of it are lost, the back of the queue first, and settled
    in the same decision.
    """
    number = title_number(command.owner, command.title)
    paper = begin(ledger, command, moment, kind=TITLE_OUT, number=number)
    if command.to_owner == command.owner:
        message = f"The goods are {command.to_owner}'s already; name another owner."
        raise Refused(Code.WRONG_OWNER, "to_owner", message)
    known, content = ledger.document(paper.key, Title), content_of_title(command)
    if known is not None:
        return _again(paper, known, content)
    sale = _Sale(paper, command)
    for index, said in enumerate(command.lines):
        meant = understand(paper, said, f"lines.{index}")
        if meant is not None:
            _sell(sale, meant)
    return _released(sale, content)


def accept_title(ledger: Ledger, command: AcceptTitle, moment: Moment) -> tuple[Event, ...]:
    """Decide title.accepted: as a receipt at the dock, and each line once, so that nobody gets anything twice."""
    at = command.occurred_at or moment.recorded_at
    key = ReceiptKey(TITLE, title_number(command.from_owner, command.title))
    delivery = Delivery(Draft(ledger, moment), command.site, at.date(), key, ledger.receipt(key), command.happened)
    book_all(delivery, command.lines)
    if not delivery.booked:
        return tuple(delivery.noted)
    event = TitleAccepted(command.site, key.number, command.from_owner, command.by, at, tuple(delivery.booked))
    losers = shut_out(delivery.draft, delivery.learned) if delivery.learned else []
    settled = settle(delivery.draft, losers, skus={line.row.sku for line in delivery.booked})
    return event, *delivery.noted, *settled


def _again(paper: Paper, known: Title, content: str) -> tuple[Event, ...]:
    names = [said.line for said in paper.document.lines]
    sold = {one.line for one in known.lines}
    if known.content == content and sold.issuperset(names):
        return ()
    message = f"Title {known.key.number} was released with other content; give this one another number."
    if known.content == content:
        left_out = ", ".join(sorted({*names} - sold))
        message = f"Of title {known.key.number} line {left_out} could not be counted; release it under another number."
    paper.verdicts.object(Code.CONFLICTING_CONTENT, TITLE, message, {TITLE: known.key.number})
    return tuple(paper.verdicts.noted)


def _sell(sale: _Sale, meant: Meant) -> None:
    paper = sale.paper
    rows = paper.rows(meant)
    _check_goods(paper, meant, rows)
    taken: dict[RowKey, int] = {}
    apart = min(units_apart(paper.draft, meant.item, meant.said.serials), meant.quantity)
    # Units on hold are counted in quarantine: they go over from there, and as such.
    quarantined = meant.row(sale.command.site, status=Status.QUARANTINE.value)
    _take(sale, [key for key in rows if key.status == Status.QUARANTINE], quarantined, apart, taken)
    _take(sale, rows, meant.row(sale.command.site), meant.quantity - apart, taken)
    leaving = numbers_of(paper, meant, held_ok=False)
    units = {key: paper.draft.serial(key) for key in leaving}
    # In the order of the rows: what was taken from quarantine first.
    numbers = sorted(leaving, key=lambda key: (unit := units[key]) is None or not unit.apart)
    _note(sale, meant, taken, tuple(key.number for key in numbers))


def _take(sale: _Sale, rows: list[RowKey], named: RowKey, quantity: int, taken: dict[RowKey, int]) -> None:
    """Take a quantity off rows, what is promised to nobody first; what they do not have is found."""
    paper = sale.paper
    for spare in (True, False):
        for key in rows:
            units = min(spare_or_all(paper, key, spare=spare), quantity)
            if units:
                paper.change(key, -units)
                taken[key] = taken.get(key, 0) + units
                quantity -= units
    if quantity:
        row = rows[0] if rows and named not in rows else named
        sale.found.append(StockFound(row, quantity, _REASON))
        paper.change(row, 0)
        taken[row] = taken.get(row, 0) + quantity


def _check_goods(paper: Paper, meant: Meant, rows: list[RowKey]) -> None:
    wrong = why_not_named(paper, meant)
    if wrong is not None:
        paper.object(*wrong, meant.said)
        return
    said, what = meant.said, goods_called(meant.item.sku, meant.said.lot)
    lot = paper.draft.lot(meant.item.sku, said.lot)
    held = why_held(lot, paper.draft.ledger.settings.holds)
    if held is not None:
        message = f"{begun(what)} is on hold ({held.value}); have the hold lifted before it is sold."
        paper.object(Code.ON_HOLD, f"{meant.path}.lot", message, said)
    if place_of(paper.draft.ledger.sites, paper.document.site, meant.location).held:
        message = f"{meant.location} is on hold; have the hold lifted before what lies in it is sold."
        paper.object(Code.ON_HOLD, f"{meant.path}.location", message, said)
    _check_free(paper, meant, rows, what)


def _check_free(paper: Paper, meant: Meant, rows: list[RowKey], what: str) -> None:
    said, free = meant.said, sum(spare_or_all(paper, key, spare=True) for key in rows)
    apart = held_at(paper.draft, meant.item.sku, said.lot, site=paper.document.site)
    held = 0 if said.serials else sum(apart[key] for key in rows)
    if free - held < meant.quantity <= free:
        message = f"{amount(meant.item, held)} of {what} is on hold by serial numbers; have the holds lifted."
        paper.object(Code.ON_HOLD, f"{meant.path}.quantity", message, said)
        return
    if free < meant.quantity:
        message = f"Only {amount(meant.item, free)} of {what} in {meant.location} is promised to nobody; take that."
        paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, said)


def _note(sale: _Sale, meant: Meant, taken: dict[RowKey, int], numbers: tuple[str, ...]) -> None:
    """Note what left each row as a line of its own, with the numbers of its units."""
    unit, sku = 10**meant.item.decimals, meant.item.sku
    for nth, (row, quantity) in enumerate(taken.items()):
        name = meant.said.line if nth == 0 else _line_of_its_own(sale, meant.said.line, nth)
        mine, numbers = numbers[: quantity // unit], numbers[quantity // unit :]
        sale.lines.append(TitleLine(name, row, quantity, sale.command.to_skus.get(sku, sku), mine))
        sale.units += [_gone(sale, SerialKey(number, sku), row) for number in mine]
    if len(sale.lines) > LINES_MAX:
        message = f"The goods lie in more than {LINES_MAX} rows; release them under several titles."
        raise Refused(Code.TOO_LARGE, "lines", message)


def _line_of_its_own(sale: _Sale, line: str, nth: int) -> str:
    """Return the id of a further line, which no line has and which is no longer than ids may be."""
    ids = {*(said.line for said in sale.command.lines), *(one.line for one in sale.lines)}
    return next(name for more in count(nth + 1) if (name := f"{line[:LINE_KEPT]}/{more}") not in ids)


def _gone(sale: _Sale, key: SerialKey, row: RowKey) -> Serial:
    """Return a unit that has left for another owner, as if it was shipped there with the title."""
    known, paper = sale.paper.draft.serial(key), sale.paper
    unit = Serial(key, SerialState.SHIPPED, row) if known is None else replace(known, state=SerialState.SHIPPED)
    unit = replace(unit, shipment=paper.key.number, shipped_at=paper.at, customer=sale.command.to_owner)
    paper.draft.serials[key] = unit
    return unit


def _released(sale: _Sale, content: str) -> tuple[Event, ...]:
    paper, command = sale.paper, sale.command
    if not sale.lines:
        return tuple(paper.verdicts.noted)
    title = Title(paper.key, command.site, command.to_owner, content, tuple(sale.lines))
    event = TitleReleased(command.site, paper.key.number, command.by, paper.at, title, tuple(sale.units))
    losers = take_back(paper.draft, paper.missing())
    return *sale.found, event, *paper.verdicts.noted, *settle(paper.draft, losers)
