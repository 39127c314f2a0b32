"""Goods that were picked without being promised: found, counted, and left standing free at the staging place."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts, why_stopped
from lotstream.domain.codes import Code
from lotstream.domain.commands import ConfirmPick, PickLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import Picked
from lotstream.domain.model import Item, Order, RowKey
from lotstream.domain.places import DOCK
from lotstream.domain.reservations import staged_key
from lotstream.domain.serial_floor import Told
from lotstream.domain.wording import amount

#: Why goods that nobody knew of were found.
PICKED = "picked"


@dataclass(slots=True)
class Picking:
    """What is decided so far about one pick confirmation."""

    draft: Draft
    command: ConfirmPick
    #: The order as it is after what was picked so far; None when it is unknown or over.
    order: Order | None
    #: Where the goods stand now.
    place: str
    books: Books
    verdicts: Verdicts
    #: The wave whose task it is; None: the order's own.
    wave: str | None = None
    picks: list[Picked] = field(default_factory=list)
    #: SKUs of goods that stand somewhere free now.
    freed: set[str] = field(default_factory=set)


def take_unpromised(
    picking: Picking, wanted: PickLine, item: Item, quantity: int, *, path: str, told: Told, at: RowKey | None
) -> None:
    """Take goods that are promised to nobody, or to others; only what has happened is booked.

    More of what a task names came from the task's row, ``at``, where that is known.
    """
    to = f"line {wanted.line}" if wanted.line else f"task {wanted.task}" if wanted.task else "the order"
    message = f"{amount(item, quantity)} of {item.sku} is not promised to {to}; pick what the task says."
    row = at or _row_taken(picking, wanted, item)
    picking.verdicts.object(Code.NOT_RESERVED, f"{path}.quantity", message, about_pick(picking, wanted.line, row))
    stopped = why_stopped(picking.draft, row, in_bin=True)
    if stopped is not None:
        picking.verdicts.object(stopped[0], f"{path}.lot", stopped[1], about_pick(picking, wanted.line, row))
    staged = staged_key(row, picking.place)
    spare = min(quantity, picking.books.unreserved(row))
    picking.books.take(row, quantity, reserved=0, reason=PICKED)
    picking.books.put(staged, quantity)
    # Nobody goes to a tote for goods, but a door may be a bin as well: there they are free for others.
    picking.draft.give(row, -spare)
    picking.draft.give(staged, quantity)
    picking.freed.add(item.sku)
    picking.picks.append(Picked(wanted.line or "", "", row, staged, quantity, told.of_row(row, quantity)))


def _row_taken(picking: Picking, wanted: PickLine, item: Item) -> RowKey:
    """Return the row that unpromised goods came from: the fullest that fits what is named, or one that is new."""
    site = picking.command.site
    fitting = [key for key in picking.draft.rows_of(item.sku, site) if is_meant(key, wanted, site)]
    if fitting:
        return max(fitting, key=lambda key: (picking.books.unreserved(key), [str(part) for part in key]))
    return RowKey(item.sku, wanted.lot, site, wanted.location or DOCK, wanted.package)


def is_meant(row: RowKey, wanted: PickLine, site: str) -> bool:
    """Tell whether a row can be what a line of a pick says."""
    return (
        row.site == site
        and wanted.lot in (None, row.lot)
        and wanted.location in (None, row.location)
        and wanted.package in (None, row.package)
    )


def about_pick(picking: Picking, line: str | None, row: RowKey) -> dict[str, str | None]:
    """Return what an objection to a pick concerns."""
    key = picking.command.key
    whose: dict[str, str | None] = {"order": key.order, "source": key.source, "line": line}
    if picking.wave is not None:
        whose = {**(whose if picking.order is not None else {}), "wave": picking.wave}
    return {**whose, "sku": row.sku, "lot": row.lot, "location": row.location}
