"""What one order's part of a shipment is made of: picked goods first, then promised ones, then free stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lotstream.domain.allocation import Passed, usable
from lotstream.domain.books import Books
from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import Verdicts, goods_meant, terms_of, why_not_leave
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ConfirmShipment, ShippedLine, ShippedOrder
from lotstream.domain.draft import Draft
from lotstream.domain.events import Shipped
from lotstream.domain.model import Item, Order, OrderLine, Reservation, RowKey
from lotstream.domain.places import DOCK, is_staging, staging_place
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import line_called, note_shipped, staged_key
from lotstream.domain.sums import OVER

_REASON = "shipped"


@dataclass(slots=True)
class Loading:
    """What is decided so far about one order of a shipment."""

    draft: Draft
    command: ConfirmShipment
    part: ShippedOrder
    #: A copy of the order, changed as goods are loaded; None when the order is unknown.
    order: Order | None
    books: Books
    verdicts: Verdicts
    shipped: list[Shipped] = field(default_factory=list)

    def object(
        self, code: Code, path: str, message: str, *, line: str | None = None, row: RowKey | None = None
    ) -> Refusal | None:
        """Object to something about this order."""
        key = self.part.key
        about = {"order": key.order, "source": key.source, "shipment": self.command.shipment, "line": line}
        if row is not None:
            about |= {"sku": row.sku, "lot": row.lot, "location": row.location}
        return self.verdicts.object(code, path, message, about)


@dataclass(slots=True)
class _Wanted:
    """One line of the shipment, counted."""

    said: ShippedLine
    item: Item
    #: The order line; None when the order has none of that id.
    line: OrderLine | None
    path: str


def load(loading: Loading, path: str) -> Refusal | None:
    """Decide what leaves for one order; returns a refusal of the whole shipment."""
    order, name = loading.order, loading.part.key.order
    refused = None
    if order is None:
        message = f"Order {name} is not known; check its number and source."
        refused = loading.object(Code.UNKNOWN_ORDER, f"{path}.order", message)
    elif order.state in OVER:
        message = f"Order {name} is {order.state.value}; nothing of it is left to ship."
        refused = loading.object(Code.ALREADY_SHIPPED, f"{path}.order", message)
    elif order.held is not None:
        message = f"Order {name} is held ({order.held}); have it released first."
        refused = loading.object(Code.ON_HOLD, f"{path}.order", message)
    if refused is not None:
        return refused
    if not loading.part.lines:
        return _load_all(loading, path)
    for index, line in enumerate(loading.part.lines):
        refused = _load_line(loading, line, f"{path}.lines.{index}")
        if refused is not None:
            return refused
    return None


def _load_all(loading: Loading, path: str) -> Refusal | None:
    """Load everything picked, else everything promised."""
    lines = [] if loading.order is None else loading.order.lines
    parts = [(line, part) for line in lines for part in line.reservations if part.row.site == loading.command.site]
    picked = [(line, part) for line, part in parts if part.picked]
    for line, part in picked or parts:
        quantity = part.picked if picked else part.quantity
        refused = _load_part(loading, line, part, quantity, path=path, from_stage=bool(picked))
        if refused is not None:
            return refused
    if parts:
        return None
    message = f"Nothing is promised to order {loading.part.key.order} at {loading.command.site}; name what was shipped."
    return loading.object(Code.NOT_RESERVED, f"{path}.lines", message)


def _load_part(
    loading: Loading,
    line: OrderLine,
    part: Reservation,
    quantity: int,
    *,
    path: str,
    from_stage: bool,
    package: str | None = None,
) -> Refusal | None:
    """Load promised goods, from their staging place or straight from their bin."""
    if quantity == 0 or loading.order is None:
        return None
    objection = why_not_leave(loading.draft, loading.order, line, part.row, in_bin=not from_stage)
    if objection is not None:
        refused = loading.object(objection[0], f"{path}.lot", objection[1], line=line.line, row=part.row)
        if refused is not None:
            return refused
    row = staged_key(part.row, part.staged_at) if from_stage else part.row
    unit = _unit(line, loading.draft.known_item(line.sku), quantity)
    _note(
        loading, line.line, row, part.row,
        quantity=quantity, reserved=quantity, task=part.task, package=package, unit=unit,
    )  # fmt: skip
    return None


def _load_line(loading: Loading, said: ShippedLine, path: str) -> Refusal | None:
    line = None if loading.order is None else line_called(loading.order, said.line)
    if line is None and loading.order is not None:
        message = f"Order {loading.part.key.order} has no line {said.line}; name a line it has."
        refused = loading.object(Code.FIELD_INVALID, f"{path}.line", message, line=said.line)
        if refused is not None:
            return refused
    sku = line.sku if line is not None else said.sku
    meant = goods_meant(loading.draft, sku, said.lot)
    if meant is None:
        message = "It is not clear which goods were shipped; name the order line, or the sku."
        return Refusal(Code.FIELD_MISSING if sku is None else Code.UNKNOWN_ITEM, f"{path}.sku", message)
    factor = unit_factor(meant[0], said.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{meant[0].sku} has no unit {said.unit}; send one it has.")
    quantity = smallest(said.quantity, factor, f"{path}.quantity")
    if isinstance(quantity, Refusal):
        return quantity
    return _load_quantity(loading, _Wanted(said, meant[0], line, path), quantity)


def _load_quantity(loading: Loading, wanted: _Wanted, quantity: int) -> Refusal | None:
    line = wanted.line
    if line is not None:
        open_units = line.ordered - line.cancelled - line.shipped
        if quantity > open_units:
            message = f"{quantity} is more than the {open_units} smallest units that line {line.line} still wants."
            refused = loading.object(Code.MORE_THAN_ORDERED, f"{wanted.path}.quantity", message, line=line.line)
            if refused is not None:
                return refused
        for from_stage in (True, False):
            for part in [part for part in line.reservations if _matches(loading, part, wanted.said)]:
                there = part.picked if from_stage else part.quantity - part.picked
                take = min(quantity, there)
                refused = _load_part(
                    loading, line, part, take, path=wanted.path, from_stage=from_stage, package=wanted.said.package
                )
                if refused is not None:
                    return refused
                quantity -= take
    return _load_free(loading, wanted, quantity) if quantity else None


def _matches(loading: Loading, part: Reservation, said: ShippedLine) -> bool:
    """Tell whether a reservation can be what a line says; the bin and the tote are both a name for where it was."""
    site = loading.command.site
    there = said.location is None or part.row.location == said.location
    if not there and part.staged_at is not None:
        there = part.staged_at == staging_place(loading.draft.ledger.sites, site, said.location)
    return there and part.row.site == site and said.lot in (None, part.row.lot)


def _load_free(loading: Loading, wanted: _Wanted, quantity: int) -> Refusal | None:
    """Load goods that were not promised: free stock the line may have, then, if it has happened, whatever it was."""
    for candidate in _free_stock(loading, wanted):
        take = min(quantity, loading.draft.free(candidate), loading.books.unreserved(candidate.key))
        if take > 0:
            _load_row(loading, wanted, candidate.key, take)
            quantity -= take
        if quantity == 0:
            return None
    rows = _rows_meant(loading, wanted)
    for row in rows:
        take = min(quantity, loading.books.unreserved(row))
        if take > 0:
            refused = _object_to(loading, wanted, row)
            if refused is not None:
                return refused
            _load_row(loading, wanted, row, take)
            quantity -= take
    return _load_missing(loading, wanted, rows, quantity) if quantity else None


def _load_missing(loading: Loading, wanted: _Wanted, rows: list[RowKey], quantity: int) -> Refusal | None:
    said = wanted.said
    row = rows[0] if rows else RowKey(wanted.item.sku, said.lot, loading.command.site, said.location or DOCK)
    message = f"{quantity} smallest units of {wanted.item.sku} are neither promised nor free; ship what is there."
    refused = loading.object(Code.NOT_AVAILABLE, f"{wanted.path}.quantity", message, line=said.line, row=row)
    if refused is None:
        _load_row(loading, wanted, row, quantity)
    return refused


def _object_to(loading: Loading, wanted: _Wanted, row: RowKey) -> Refusal | None:
    """Object to goods that are there but not free for the line; an unknown order was objected to as a whole."""
    line, order = wanted.line, loading.order
    if line is None or order is None:
        return None
    candidate = loading.draft.candidate(row)
    code, message = why_not_leave(loading.draft, order, line, row, in_bin=True) or (
        Code.NOT_AVAILABLE, f"Stock of {row.sku} in {row.location} is promised to others; ship what is there."
    )  # fmt: skip
    other = terms_of(loading.draft, order, line, site=row.site).refuse(candidate)
    if code is Code.NOT_AVAILABLE and other is not None:
        code, message = Code.LOT_NOT_ALLOWED, f"Line {line.line} does not take this stock ({other.value}); take other."
    return loading.object(code, f"{wanted.path}.lot", message, line=line.line, row=row)


def _free_stock(loading: Loading, wanted: _Wanted) -> Iterator[Candidate]:
    """Return the candidates a line may be given of, in the order of use."""
    line, order, site = wanted.line, loading.order, loading.command.site
    if line is None or order is None:
        return
    said = wanted.said
    terms = terms_of(loading.draft, order, line, site=site)
    shelf = loading.draft.shelf(line.sku, site)
    if said.lot is None:
        candidates = usable(loading.draft, shelf, terms, Passed({}))
    else:
        candidates = iter(loading.draft.of_lot(shelf, terms.policy, said.lot))
    for candidate in candidates:
        if said.location in (None, candidate.key.location) and terms.refuse(candidate) is None:
            yield candidate


def _rows_meant(loading: Loading, wanted: _Wanted) -> list[RowKey]:
    """Return the rows the goods can have come from: staging places first, then the fullest."""
    said, books = wanted.said, loading.books
    shelf = loading.draft.shelf(wanted.item.sku, loading.command.site)
    rows = [key for key in shelf.candidates if said.lot in (None, key.lot) and said.location in (None, key.location)]

    def rank(key: RowKey) -> tuple[bool, int, list[str]]:
        return (not is_staging(key.location), -books.unreserved(key), [str(part) for part in key])

    return sorted(rows, key=rank)


def _load_row(loading: Loading, wanted: _Wanted, row: RowKey, quantity: int) -> None:
    """Load goods that were promised to nobody; for the rest of the decision they are gone."""
    loading.draft.take(loading.draft.candidate(row), quantity)
    said, item = wanted.said, wanted.item
    unit, factor = _unit(wanted.line, item, quantity)
    _note(
        loading,
        said.line,
        row,
        row,
        quantity=quantity,
        reserved=0,
        task=None,
        package=said.package,
        unit=(unit, factor),
    )


def _unit(line: OrderLine | None, item: Item, quantity: int) -> tuple[str, int]:
    """Return the unit a quantity is reported in: the line's where it comes out whole, else the base unit."""
    if line is not None and line.unit_factor and quantity % line.unit_factor == 0:
        return line.unit, line.unit_factor
    return item.base_unit, 10**item.decimals


def _note(
    loading: Loading,
    line: str,
    row: RowKey,
    picked_from: RowKey,
    *,
    quantity: int,
    reserved: int,
    task: str | None,
    package: str | None,
    unit: tuple[str, int],
) -> None:
    lot = loading.draft.lot(row.sku, row.lot)
    shipped = Shipped(
        line=line,
        sku=row.sku,
        lot=row.lot,
        expires=None if lot is None else lot.expires,
        made=None if lot is None else lot.made,
        row=row,
        picked_from=picked_from,
        quantity=quantity,
        reserved=reserved,
        task=task,
        package=package,
        unit=unit[0],
        unit_factor=unit[1],
    )
    loading.books.take(row, quantity, reserved=reserved, reason=_REASON)
    loading.shipped.append(shipped)
    if loading.order is not None:
        note_shipped(loading.order, shipped)
