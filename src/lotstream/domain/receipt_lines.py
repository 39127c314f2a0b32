"""A line of a receipt as it should have been told: which goods, how many, in which row, at which cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal, stop_if
from lotstream.domain.commands import CorrectReceipt, LineWrong
from lotstream.domain.costing import priced
from lotstream.domain.draft import Draft
from lotstream.domain.events import LineCorrected
from lotstream.domain.goods_lines import check_status
from lotstream.domain.model import (
    Booked,
    Item,
    Lot,
    LotName,
    Receipt,
    RowKey,
)
from lotstream.domain.paper import Paper
from lotstream.domain.quantities import UNCOUNTED, smallest, unit_factor
from lotstream.domain.weights import grams, not_weighed
from lotstream.domain.wording import amount


@dataclass(slots=True)
class Correction:
    """What is decided so far about one correction."""

    paper: Paper
    command: CorrectReceipt
    receipt: Receipt
    changes: list[LineCorrected] = field(default_factory=list)
    #: Facts of lots before they were corrected here.
    lots_before: dict[LotName, Lot] = field(default_factory=dict)

    @property
    def draft(self) -> Draft:
        """Return what the decision has done so far."""
        return self.paper.draft

    def object(self, code: Code, field: str, message: str, line: LineWrong) -> None:
        """Object to something; raises `Refused` when it was only asked."""
        about: dict[str, str | None] = {"receipt": self.command.receipt, "line": line.line, "lot": line.lot}
        self.paper.verdicts.object(code, field, message, about)


@dataclass(frozen=True, slots=True)
class LineMeant:
    """A line as it should have been told."""

    said: LineWrong
    path: str
    before: Booked
    item: Item
    quantity: int
    #: Where its goods would have been booked.
    row: RowKey
    #: What all of it has cost, and weighs, in grams; 0: that is not said.
    cost: Decimal | None
    weight_g: int = 0

    @property
    def is_moved(self) -> bool:
        """Tell whether the goods are of another row than they were booked to."""
        return self.row != self.before.row


def line_meant(work: Correction, said: LineWrong, path: str) -> LineMeant | None:
    """Return a line as it should have been told; None where that was noted to be impossible."""
    before = work.receipt.lines.get(said.line)
    if before is None:
        message = f"Receipt {work.command.receipt} has no line {said.line}; check its id."
        work.object(Code.NOT_AVAILABLE, f"{path}.line", message, said)
        return None
    stop_if(None if said.status is None else check_status(said.status, f"{path}.status"))
    item = work.draft.item(said.sku or before.row.sku)
    if item is None:
        work.object(Code.UNKNOWN_ITEM, f"{path}.sku", f"{said.sku} is not defined; define the item.", said)
        return None
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{item.sku} has no unit {said.unit}; define the item with it."
        work.object(Code.UNKNOWN_UNIT, f"{path}.unit", message, said)
        return None
    quantity = _quantity(work, said, path, before, item=item, factor=factor)
    if isinstance(quantity, Refusal):
        if quantity.code not in UNCOUNTED:
            stop_if(quantity)
        work.object(quantity.code, quantity.field, quantity.message, said)
        return None
    row = before.row._replace(sku=item.sku, lot=said.lot or before.row.lot, status=said.status or before.row.status)
    cost = _cost(work.receipt.costs.get(said.line), said, before.quantity, quantity, factor)
    weight_g = _weight(work, said, item, path)
    return LineMeant(said, path, before, item, quantity, row, cost, weight_g)


def _weight(work: Correction, said: LineWrong, item: Item, path: str) -> int:
    wrong = None if said.weight_kg is None else not_weighed(item, path)
    if wrong is not None:
        work.object(wrong.code, wrong.field, wrong.message, said)
        return 0
    return 0 if said.weight_kg is None else grams(said.weight_kg)


def _quantity(
    work: Correction, said: LineWrong, path: str, before: Booked, *, item: Item, factor: int
) -> int | Refusal:
    if said.quantity is not None:
        if said.quantity.is_finite() and said.quantity < 0:
            message = f"{said.quantity:f} cannot have come; send 0 to take the line back."
            return Refusal(Code.NOT_POSITIVE, f"{path}.quantity", message)
        return smallest(said.quantity, factor, f"{path}.quantity", positive=False)
    old = work.draft.known_item(before.row.sku)
    units = Decimal(before.quantity).scaleb(item.decimals - old.decimals)
    if units == int(units):
        return int(units)
    message = f"The line does not come out in multiples of {amount(item, 1)} of {item.sku}; send its quantity."
    return Refusal(Code.NOT_A_MULTIPLE, f"{path}.quantity", message)


def _cost(known: Decimal | None, said: LineWrong, before: int, now: int, factor: int) -> Decimal | None:
    """Return what a line costs as it is now: by what one of its unit does, or its part of what it did before."""
    if said.cost is not None:
        return priced(said.cost, now, factor=factor)
    return known if known is None or now == before or not before else priced(known, now, factor=before)
