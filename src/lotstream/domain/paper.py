"""Documents about stock that is there: their lines are checked, counted and booked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from lotstream.domain.checks import Verdicts, goods_meant
from lotstream.domain.codes import Code, Refusal, Refused, granted, stop_if
from lotstream.domain.commands import (
    AdjustStock,
    ChangeStatus,
    CorrectReceipt,
    CountStock,
    InspectReturn,
    Moment,
    MoveStock,
    ReleaseTitle,
    ReturnGoods,
    ShipTransfer,
    StockLine,
)
from lotstream.domain.draft import Draft
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Item, Receipt, ReceiptKey, RowKey, Status
from lotstream.domain.places import is_staging, is_transit
from lotstream.domain.quantities import UNCOUNTABLE, UNCOUNTED, smallest, unit_factor
from lotstream.domain.shelves import derived_of, rows_in
from lotstream.domain.weights import told_grams

#: Kinds of documents, as parts of their business keys.
ADJUSTMENT = "adjustment"
COUNT = "count"
MOVE = "move"
STATUS_CHANGE = "status_change"
RETURN = "return"
RETURN_INSPECTION = "return_inspection"
PUT_AWAY = "putaway"

#: What every document about stock says of itself and its lines.
Document = (
    AdjustStock | CountStock | MoveStock | ChangeStatus | ReturnGoods | InspectReturn | ShipTransfer | ReleaseTitle
)


class Meant(NamedTuple):
    """A line that could be understood: which goods, where, and how many smallest units."""

    said: StockLine
    path: str
    item: Item
    location: str
    quantity: int
    pack: int | None

    def fits(self, key: RowKey) -> bool:
        """Tell whether a row of the item is of what the line names."""
        said = self.said
        return (
            (key.lot, key.location) == (said.lot, self.location)
            and said.package in (None, key.package)
            and said.status in (None, key.status)
            and self.pack in (None, key.pack_size)
        )

    def row(self, site: str, *, status: str | None = None) -> RowKey:
        """Return the row that the line names, of good and loose stock where it names none."""
        said = self.said
        named = status or said.status or Status.GOOD.value
        return RowKey(self.item.sku, said.lot, site, self.location, said.package, self.pack, named)


@dataclass(slots=True)
class Paper:
    """What is decided so far about one document."""

    draft: Draft
    document: Document | CorrectReceipt
    key: ReceiptKey
    known: Receipt | None
    at: datetime
    verdicts: Verdicts
    booked: dict[str, Booked] = field(default_factory=dict)
    #: How much is in rows that were changed, after what was decided so far.
    on_hand: dict[RowKey, int] = field(default_factory=dict)

    def rows(self, meant: Meant) -> list[RowKey]:
        """Return the rows with goods, or with a deficit, that a line names, the loose and good ones first."""
        found = [key for key in self.keys(meant.item.sku) if meant.fits(key)]
        return sorted(found, key=loose_first)

    def keys(self, sku: str) -> list[RowKey]:
        """Return the rows of a SKU with goods or a deficit, and those that were changed."""
        rows = derived_of(self.draft.ledger).rows.get((sku, self.document.site), {})
        return [key for key in {**rows, **self.on_hand} if key.sku == sku and (self.there(key) or key in self.on_hand)]

    def there(self, key: RowKey) -> int:
        """Return what is in a row, below zero for a deficit."""
        if key in self.on_hand:
            return self.on_hand[key]
        row = self.draft.ledger.stock.get(key)
        return 0 if row is None else row.on_hand

    def change(self, key: RowKey, quantity: int, *, received: date | None = None) -> None:
        """Add goods to a row, or take them from it, for the rest of the decision."""
        self.on_hand[key] = self.there(key) + quantity
        self.draft.give(key, quantity, received=received)

    def beside(self, site: str, place: str) -> list[RowKey]:
        """Return the rows with goods in a place, after what was decided so far."""
        keys = rows_in(self.draft.ledger, site, place) | {key for key in self.on_hand if key.location == place}
        return [key for key in keys if self.there(key) > 0]

    def missing(self) -> dict[RowKey, int]:
        """Return how much of what we promised the changed rows no longer have beside what others promised."""
        return short_of_promises(self.draft.ledger, self.on_hand)

    def object(self, code: Code, path: str, message: str, meant: StockLine) -> None:
        """Object to a line; raises `Refused` when it was only asked."""
        about = {
            self.key.kind: self.key.number, "line": meant.line, "sku": meant.sku, "lot": meant.lot,
            "location": meant.location,
        }  # fmt: skip
        if code in UNCOUNTABLE:
            # All that is known of goods that cannot be booked.
            about |= {"quantity": f"{meant.quantity:f}", "unit": meant.unit, "status": meant.status}
        self.verdicts.object(code, path, message, about)


def short_of_promises(ledger: Ledger, on_hand: Mapping[RowKey, int]) -> dict[RowKey, int]:
    """Return how much of what we promised rows that were changed no longer have beside what others promised."""
    missing = {}
    for key, there in on_hand.items():
        row = ledger.stock.get(key)
        if row is not None and row.reserved:
            left = max(there, 0) - row.promised_elsewhere
            missing[key] = min(max(row.reserved - left, 0), row.reserved)
    return {key: units for key, units in missing.items() if units}


def begin(ledger: Ledger, document: Document, moment: Moment, *, kind: str, number: str) -> Paper:
    """Return a document to be decided line by line; raises `Refused` without a known site, or lines."""
    key = ReceiptKey(kind, number)
    verdicts = Verdicts(document.happened)
    at = document.occurred_at or moment.recorded_at
    stop_if(site_unknown(ledger, document.site, noted=verdicts.noted if document.happened else None))
    if not document.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    return Paper(Draft(ledger, moment), document, key, ledger.receipt(key), at, verdicts)


def understand(
    paper: Paper, said: StockLine, path: str, *, positive: bool = True, amount: str = "quantity"
) -> Meant | None:
    """Return what a line means; None where it has happened and can only be noted as a discrepancy.

    ``amount`` is the field that says how much it is. Raises `Refused`.
    """
    goods = goods_meant(paper.draft, said.sku, said.lot)
    if goods is None and said.sku is None:
        message = f"It is not clear which goods are meant; {said.lot or 'the line'} is not one SKU's lot, name the SKU."
        paper.object(Code.FIELD_MISSING, f"{path}.sku", message, said)
        return None
    if goods is None:
        message = f"{said.sku} is not defined; define the item and send this again."
        paper.object(Code.UNKNOWN_ITEM, f"{path}.sku", message, said)
        return None
    item = goods[0]
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{item.sku} has no unit {said.unit}; define the item with it and send this again."
        paper.object(Code.UNKNOWN_UNIT, f"{path}.unit", message, said)
        return None
    quantity, pack = smallest(said.quantity, factor, f"{path}.{amount}", positive=positive), None
    if said.pack_size is not None:
        pack = smallest(said.pack_size, 10**item.decimals, f"{path}.pack_size")
    for counted in (quantity, pack):
        if isinstance(counted, Refusal) and counted.code in UNCOUNTED:
            # Something has happened, whatever it was; the other lines of the document have happened with it.
            paper.object(counted.code, counted.field, counted.message, said)
            return None
    location = said.location or _only_bin(paper, item, said)
    if location is None:
        message = f"{said.lot or item.sku} does not lie in one bin only; name the location."
        paper.object(Code.FIELD_MISSING, f"{path}.location", message, said)
        return None
    return Meant(said, path, item, location, granted(quantity), granted(pack))


def _only_bin(paper: Paper, item: Item, said: StockLine) -> str | None:
    bins = {key.location for key in paper.keys(item.sku) if key.lot == said.lot and paper.there(key)}
    places = {place for place in bins if not is_staging(place) and not is_transit(place)}
    return places.pop() if len(places) == 1 else None


def book_once(paper: Paper, meant: Meant, row: RowKey) -> bool:
    """Note a line as booked; False when it was before. With other content that is objected to; raises `Refused`."""
    now = Booked(row, meant.quantity)
    before = None if paper.known is None else paper.known.lines.get(meant.said.line)
    if before is None:
        paper.booked[meant.said.line] = now
        return True
    told_g = told_grams(meant.item, meant.said.weight_kg)
    weighs = 0 if paper.known is None else paper.known.weights.get(meant.said.line, 0)
    if before == now and told_g in (0, weighs):
        return False
    message = f"Line {meant.said.line} of {paper.key.kind} {paper.key.number} is booked with other content; correct it."
    paper.object(Code.CONFLICTING_CONTENT, f"{meant.path}.line", message, meant.said)
    return False


def loose_first(key: RowKey) -> tuple[bool, bool, bool, str, str]:
    """Return the place of a row among those of its lot in its bin: good ones first, then loose ones; never level."""
    return key.status != Status.GOOD, key.package is not None or key.pack_size is not None, key.returned, *_named(key)


def _named(key: RowKey) -> tuple[str, str]:
    return f"{key.package or ''}", f"{key.pack_size or 0:020}{key.status}"
