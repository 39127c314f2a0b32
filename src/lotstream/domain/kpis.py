"""What events count for the five figures a warehouse is judged by: lots, stock, expiry, recalls, traceability.

Only sums are kept, so that rates of any period can be made of them: a rate of rates would be none. Quantities are base
units, values are in the owner's currency; both are exact, so that the order of adding does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Context, Decimal
from typing import Any, Final

from lotstream.domain.costing import cost_of
from lotstream.domain.events import (
    Event,
    LineCorrected,
    LossCorrected,
    LotExpired,
    ReceiptCorrected,
    ShipmentConfirmed,
    ShipmentVoided,
    StockAdjusted,
    StockCounted,
    StockReceived,
    TitleAccepted,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import AGED, counted
from lotstream.domain.marks import has_expired_at
from lotstream.domain.model import Lot, RowKey

ZERO: Final = Decimal(0)

EXACT: Final = Context(prec=120)
"""Digits enough for sums of any quantities at any cost; nothing is rounded but a value, once."""

STEP: Final = Decimal("0.000001")
"""Rates are rounded to this, half to even."""


@dataclass(slots=True)
class Figures:
    """Sums of one owner and day, or of whatever they are added up for."""

    #: Lines of counts, and those of them that found the lot and the quantity that the books had.
    count_lines: int = 0
    count_lines_right: int = 0
    #: Of those lines, by how much they were off, above and below alike, and what the books had.
    counted_off: Decimal = ZERO
    counted_system: Decimal = ZERO
    received: Decimal = ZERO
    received_value: Decimal = ZERO
    #: Expired in stock, or written off because of its age.
    expired: Decimal = ZERO
    expired_value: Decimal = ZERO
    shipped: Decimal = ZERO
    #: Of what was shipped, what can be followed from where it came to who got it.
    traced: Decimal = ZERO

    def add(self, other: Figures) -> None:
        """Add what was counted elsewhere."""
        for name in FIGURES:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, mine + theirs if isinstance(mine, int) else EXACT.add(mine, theirs))


FIGURES: Final = tuple(field.name for field in fields(Figures))
"""The names of the sums, in their order."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that sums come to; None where there was nothing they could be a part of."""

    lot_accuracy: Decimal | None
    inventory_accuracy: Decimal | None
    expiration_loss: Decimal | None
    expiration_loss_value: Decimal | None
    traceability: Decimal | None


def rates(of: Figures) -> Rates:
    """Return the rates of sums: shares of 1, but for inventory accuracy, which is below 0 where counts are far off."""
    off = _share(of.counted_off, of.counted_system)
    return Rates(
        _share(Decimal(of.count_lines_right), Decimal(of.count_lines)),
        None if off is None else EXACT.subtract(Decimal(1), off),
        _share(of.expired, of.received),
        _share(of.expired_value, of.received_value),
        _share(of.traced, of.shipped),
    )


def figures_of(ledger: Ledger, event: Event) -> Figures | None:
    """Return what an event counts that was just applied to a ledger; None for events that never count."""
    counted = KPIS.get(type(event))
    return None if counted is None else counted(ledger, event)


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return EXACT.divide(part, whole).quantize(STEP, context=EXACT) if whole > 0 else None


def _units(ledger: Ledger, sku: str, quantity: int) -> Decimal:
    """Return smallest units as base units."""
    item = ledger.items.get(sku)
    return Decimal(quantity).scaleb(-item.decimals if item else 0, EXACT)


def _received(ledger: Ledger, event: StockReceived | TitleAccepted) -> Figures:
    figures = Figures()
    for line in event.lines:
        units, value = _units(ledger, line.row.sku, line.quantity), line.cost
        if value is None:
            value = cost_of(line.lot, line.quantity) or ZERO
        figures.add(Figures(received=units, received_value=value))
    return figures


def _corrected(ledger: Ledger, event: ReceiptCorrected) -> Figures:
    """Count what a line has more than before: at what it says it has cost, or else at what its lots have cost."""
    figures = Figures()
    for change in event.changes:
        for row, quantity, lot in _taken_and_put(ledger, change):
            by_lot = change.cost is None and change.cost_before is None
            value = (cost_of(lot, quantity) if by_lot else None) or ZERO
            figures.add(Figures(received=_units(ledger, row.sku, quantity), received_value=value))
        figures.add(Figures(received_value=(change.cost or ZERO) - (change.cost_before or ZERO)))
    return figures


def _taken_and_put(ledger: Ledger, change: LineCorrected) -> Iterator[tuple[RowKey, int, Lot | None]]:
    for row, quantity in change.taken:
        yield row, -quantity, ledger.lots.get((row.sku, row.lot or ""))
    for line in change.put:
        yield line.row, line.quantity, line.lot


def _counted(ledger: Ledger, event: StockCounted) -> Figures:
    """Count a line right when the books had of its lot, in that bin, what was found; what they had is found - more.

    Goods that a count has counted twice under one label are known once.
    """
    more = Counter[str]()
    for change in event.changes:
        more[change.line] += change.quantity
    figures = Figures()
    for line, booked in event.booked.items():
        if line in event.superseded:
            continue
        off, sku = more[line], booked.row.sku
        figures.add(
            Figures(
                count_lines=1,
                count_lines_right=int(off == 0),
                counted_off=_units(ledger, sku, abs(off)),
                counted_system=_units(ledger, sku, booked.quantity - off),
            )
        )
    return figures


def _left(ledger: Ledger, event: ShipmentConfirmed | ShipmentVoided) -> Figures:
    """Count what left as it was when it left; what is taken back takes off just that, whatever is known by now."""
    sign = -1 if isinstance(event, ShipmentVoided) else 1
    figures = Figures()
    for part in event.shipped:
        if part.traced is not None:
            units = _units(ledger, part.sku, sign * part.quantity)
            figures.add(Figures(shipped=units, traced=units if part.traced else ZERO))
    return figures


def _expired(ledger: Ledger, event: LotExpired) -> Figures:
    return _lost(ledger, event.lot, event.lot.sku, event.quantity)


def _loss_corrected(_: Ledger, event: LossCorrected) -> Figures:
    """Count what turned out to be lost, or not to be, on the day that this was said."""
    return Figures(expired=event.units, expired_value=event.value)


def _adjusted(ledger: Ledger, event: StockAdjusted) -> Figures:
    """Count what was written off because of its age, but for what counts as expired already: nothing is lost twice."""
    figures = Figures()
    for change in event.changes:
        row = change.row
        lot = None if row.lot is None else ledger.lots.get((row.sku, row.lot))
        if change.code in AGED and (lot is None or not has_expired_at(lot, row.site)):
            figures.add(_lost(ledger, lot, row.sku, -change.quantity))
    return figures


def _lost(ledger: Ledger, lot: Lot | None, sku: str, quantity: int) -> Figures:
    lost = counted(ledger.items.get(sku), lot, "", quantity)
    return Figures(expired=lost.units, expired_value=lost.value)


KPIS: Final[dict[type, Callable[[Ledger, Any], Figures]]] = {
    StockReceived: _received,
    ReceiptCorrected: _corrected,
    TitleAccepted: _received,
    StockCounted: _counted,
    StockAdjusted: _adjusted,
    LotExpired: _expired,
    LossCorrected: _loss_corrected,
    ShipmentConfirmed: _left,
    ShipmentVoided: _left,
}
"""Events that count, and what each counts."""
