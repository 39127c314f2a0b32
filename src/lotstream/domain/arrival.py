"""What is decided so far about goods of a transfer that arrive, and what its lines mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ArrivedLine, ReceiveTransfer
from lotstream.domain.draft import Draft
from lotstream.domain.events import GoodsBooked, Relocated, RowChange
from lotstream.domain.model import (
    TRANSFER,
    Arrived,
    Item,
    RowKey,
    Serial,
    Transfer,
    TransferLine,
)
from lotstream.domain.paper import loose_first
from lotstream.domain.places import DOCK, transit_place
from lotstream.domain.quantities import UNCOUNTABLE, smallest, unit_factor
from lotstream.domain.shelves import derived_of


@dataclass(slots=True)
class Arrival:
    """What is decided so far about one arrival."""

    draft: Draft
    command: ReceiveTransfer
    #: As it is after what was decided so far; None: nobody has told that anything left.
    known: Transfer | None
    lines: dict[str, TransferLine]
    at: datetime
    verdicts: Verdicts
    books: Books
    moves: list[Relocated] = field(default_factory=list)
    over: list[GoodsBooked] = field(default_factory=list)
    missing: list[RowChange] = field(default_factory=list)
    units: list[Serial] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    #: Goods that left good and were damaged when they came, by the line that says so.
    damaged: dict[str, int] = field(default_factory=dict)

    def object(self, code: Code, path: str, message: str, said: ArrivedLine | None = None) -> None:
        """Object to the arrival, or to a line of it; raises `Refused` when it was only asked."""
        about: dict[str, str | None] = {TRANSFER: self.command.transfer}
        if said is not None:
            # A line may leave it to the transfer's to say which goods they are.
            left = self.lines.get(said.transfer_line or said.line)
            sku, lot = (said.sku, said.lot) if said.sku or left is None else (left.sku, left.lot)
            about |= {"line": said.line, "sku": sku, "lot": lot, "location": said.location}
            if code in UNCOUNTABLE:
                # All that is known of goods that cannot be booked.
                about |= {"quantity": f"{said.quantity:f}", "unit": said.unit, "status": said.status}
        self.verdicts.object(code, path, message, about)


@dataclass(frozen=True, slots=True)
class ArrivedGoods:
    """A line that could be understood: which goods, of which line of the transfer, and how many smallest units."""

    said: ArrivedLine
    path: str
    item: Item
    lot: str | None
    #: The line they are of; None where the transfer has none of these goods under it.
    line: str | None
    quantity: int


def understand(arrival: Arrival, said: ArrivedLine, path: str) -> ArrivedGoods | None:
    """Return what a line means; None where it has happened and can only be noted as a discrepancy."""
    line = told = arrival.lines.get(said.transfer_line or said.line)
    if line is not None and (said.sku not in (None, line.sku) or said.lot not in (None, line.lot)):
        message = f"Line {line.line} of the transfer is lot {line.lot} of {line.sku}; name the line these goods are of."
        arrival.object(Code.CONFLICTING_CONTENT, f"{path}.lot", message, said)
        line = None
    sku = said.sku or (None if told is None else told.sku)
    if sku is None:
        message = f"The transfer has no line {said.transfer_line or said.line}; name the SKU and the lot of the goods."
        arrival.object(Code.FIELD_MISSING, f"{path}.sku", message, said)
        return None
    item = arrival.draft.item(sku)
    if item is None:
        message = f"{sku} is not defined; define the item and send this again."
        arrival.object(Code.UNKNOWN_ITEM, f"{path}.sku", message, said)
        return None
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{sku} has no unit {said.unit}; define the item with it and send this again."
        arrival.object(Code.UNKNOWN_UNIT, f"{path}.unit", message, said)
        return None
    quantity = smallest(said.quantity, factor, f"{path}.quantity")
    if isinstance(quantity, Refusal):
        arrival.object(quantity.code, quantity.field, quantity.message, said)
        return None
    lot = said.lot if line is None else line.lot
    return ArrivedGoods(said, path, item, lot, None if line is None else line.line, quantity)


def on_the_way(arrival: Arrival, sku: str, lot: str | None, *, status: str | None, package: str | None) -> list[RowKey]:
    """Return the rows of a lot that are on the way under the transfer, those that fit what is said first."""
    site = arrival.command.site if arrival.known is None else arrival.known.to_site
    rows = derived_of(arrival.draft.ledger).rows.get((sku, site), {})
    place = transit_place(arrival.command.transfer)
    found = [key for key in rows if (key.lot, key.location) == (lot, place)]
    return sorted(
        found, key=lambda key: (key.package != package, key.status != (status or key.status), loose_first(key))
    )


def bin_of(arrival: Arrival, meant: ArrivedGoods, row: RowKey | None) -> RowKey:
    """Return the row that goods come to: in the condition and package they travelled in, where nothing else is said."""
    said = meant.said
    row = row or RowKey(meant.item.sku, meant.lot, arrival.command.site, DOCK)
    return row._replace(
        site=arrival.command.site, location=said.location or DOCK, package=said.package or row.package,
    )  # fmt: skip
