"""What each event says of stock: which goods of which rows came, went, or are other ones now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from lotstream.contracts.sent_inventory import InventoryChangeKind
from lotstream.domain.events import (
    GoodsBooked,
    GoodsPutAway,
    GoodsReturned,
    GoodsWeighed,
    ItemRebased,
    ItemRenamed,
    KitAssembled,
    KitBroken,
    LotCorrected,
    LotsMerged,
    LotSplit,
    ProductionRecorded,
    ReceiptCorrected,
    Relocated,
    ReturnInspected,
    RowChange,
    SerialHeld,
    SerialReleased,
    ShipmentConfirmed,
    ShipmentVoided,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockMoved,
    StockReceived,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.model import AdjustCode, OrderKey, RowKey


class Line(NamedTuple):
    """What has become of goods of one row."""

    line: str | None
    row: RowKey
    #: Smallest units: above zero for goods that came, below for goods that went.
    quantity: int
    reason: str | None = None
    serials: tuple[str, ...] = ()
    #: The row they are in now, for goods that neither came nor went.
    to: RowKey | None = None
    code: AdjustCode | None = None
    #: What they weigh, in grams, with the sign of the quantity; 0: nobody knows.
    weight_g: int = 0
    #: Base unit and decimals that it is counted in; None: as its item is now.
    unit: tuple[str, int] | None = None


class Change(NamedTuple):
    """What an event says of stock at one site."""

    kind: InventoryChangeKind
    site: str
    lines: Sequence[Line]
    document: str | None = None
    by: str | None = None
    at: datetime | None = None
    key: OrderKey | None = None
    expected: str | None = None
    other_site: str | None = None
    other_owner: str | None = None


def _booked(line: GoodsBooked) -> Line:
    return Line(line.line, line.row, line.quantity, line.message, line.serials, weight_g=line.weight_g)


def _row_changed(one: RowChange) -> Line:
    grams = one.weight_g if one.quantity > 0 else -one.weight_g
    return Line(one.line, one.row, one.quantity, one.reason, code=one.code, weight_g=grams)


def _went(move: Relocated) -> Line:
    return Line(move.line, move.row, move.quantity, move.reason, to=move.to, weight_g=move.weight_g)


def _received(event: StockReceived) -> Change:
    lines = [_booked(line) for line in event.lines]
    return Change(
        InventoryChangeKind.RECEIVED, event.site, lines, event.receipt, event.by, event.at, expected=event.expected
    )


def _receipt_corrected(event: ReceiptCorrected) -> Change:
    lines = []
    for one in event.changes:
        grams = one.taken_g or (0,) * len(one.taken)
        for (row, units), weight_g in zip(one.taken, grams, strict=True):
            lines.append(Line(one.line, row, -units, event.reason, weight_g=-weight_g))
    lines += [_booked(put)._replace(reason=event.reason, serials=()) for one in event.changes for put in one.put]
    return Change(InventoryChangeKind.RECEIPT_CORRECTED, event.site, lines, event.receipt, event.by, event.at)


def _changed(event: StockAdjusted | StockCounted) -> Change:
    kind = InventoryChangeKind.ADJUSTED if isinstance(event, StockAdjusted) else InventoryChangeKind.COUNTED
    lines = [_row_changed(one) for one in event.changes]
    return Change(kind, event.site, lines, event.number, event.by, event.at)


def _relocated(event: StockMoved | StatusChanged) -> Change:
    kind = InventoryChangeKind.MOVED if isinstance(event, StockMoved) else InventoryChangeKind.STATUS_CHANGED
    lines = [_went(move) for move in event.moves]
    return Change(kind, event.site, lines, event.number, event.by, event.at)


def _returned(event: GoodsReturned) -> Change:
    lines = [
        Line(back.line, back.row, back.quantity, back.reason or back.message, back.serials, weight_g=back.weight_g)
        for back in event.lines
    ]
    return Change(InventoryChangeKind.RETURNED, event.site, lines, event.number, event.by, event.at, event.key)


def _inspected(event: ReturnInspected) -> list[Change]:
    moved = [_went(move) for move in event.moves]
    told = [(InventoryChangeKind.STATUS_CHANGED, moved)]
    for kind, gone in (
        (InventoryChangeKind.SCRAPPED, event.scrapped),
        (InventoryChangeKind.SENT_BACK, event.sent_back),
    ):
        told.append((kind, [_row_changed(one) for one in gone]))
    return [Change(kind, event.site, lines, event.number, event.by, event.at) for kind, lines in told if lines]


def _serial(event: SerialHeld | SerialReleased) -> Change:
    if event.row is None:
        return Change(InventoryChangeKind.STATUS_CHANGED, event.unit.row.site, [])
    held, hold = isinstance(event, SerialHeld), event.unit.holds[-1] if event.unit.holds else None
    reason = hold.reason if held and hold is not None else None
    line = Line(
        None, event.row, event.quantity, reason, (event.unit.key.number,), to=event.unit.row, weight_g=event.weight_g
    )
    document = hold.id if held and hold is not None else None
    return Change(InventoryChangeKind.STATUS_CHANGED, event.row.site, [line], document, event.by, event.at)


def _found(event: StockFound) -> Change:
    line = Line(None, event.row, event.quantity, event.reason, weight_g=event.weight_g)
    return Change(InventoryChangeKind.FOUND, event.row.site, [line], at=event.at)


def _missing(event: StockMissing) -> Change:
    lines = [Line(event.line, event.row, -event.booked, weight_g=-event.weight_g)] if event.booked else []
    return Change(InventoryChangeKind.MISSING, event.row.site, lines, None, event.by, event.at, event.key)


def _shipped(event: ShipmentConfirmed) -> Change:
    lines = [
        Line(part.line, part.picked_from, -part.quantity, None, part.serials, weight_g=-part.weight_g)
        for part in event.shipped
    ]
    return Change(InventoryChangeKind.SHIPPED, event.site, lines, event.shipment, event.by, event.at, event.key)


def _voided(event: ShipmentVoided) -> Change:
    lines = [
        Line(part.shipped.line, part.staged, part.shipped.quantity, event.reason, part.serials, weight_g=part.weight_g)
        for part in event.taken_back
    ]
    return Change(InventoryChangeKind.SHIPMENT_VOIDED, event.site, lines, event.shipment, event.by, event.at, event.key)


def _kitted(event: KitAssembled | KitBroken | ProductionRecorded) -> Change:
    kind = _MADE[type(event)]
    lines = [
        Line(used.line, used.row, -used.quantity, None, used.serials, weight_g=-used.weight_g) for used in event.used
    ]
    lines += [_booked(made) for made in event.made]
    return Change(kind, event.site, lines, event.number, event.by, event.at)


_RELOTTED: Final[dict[type, InventoryChangeKind]] = {
    LotCorrected: InventoryChangeKind.LOT_CORRECTED,
    LotsMerged: InventoryChangeKind.LOT_MERGED,
    ItemRenamed: InventoryChangeKind.ITEM_RENAMED,
    LotSplit: InventoryChangeKind.LOT_SPLIT,
}


def _relotted(event: ItemRenamed | LotCorrected | LotsMerged | LotSplit) -> list[Change]:
    """Return what became of goods that are another lot's now, by site: gone under the one, there under the other."""
    sites: dict[str, list[Line]] = {}
    for one in event.rows:
        lines = sites.setdefault(one.row.site, [])
        lines.append(Line(None, one.row, -one.quantity, event.reason, weight_g=-one.weight_g))
        lines.append(Line(None, one.to, one.quantity, event.reason, weight_g=one.weight_g))
    kind, number = _RELOTTED[type(event)], None if isinstance(event, ItemRenamed) else event.number
    return [Change(kind, site, lines, number, event.by, event.at) for site, lines in sites.items()]


def _rebased(event: ItemRebased) -> list[Change]:
    """Return what there was of an item that is counted in another unit now, by site: gone in the old, there in the new.

    Whoever adds up quantities, whatever their unit, comes to what is there.
    """
    last = event.item.rebased[-1]
    sites: dict[str, list[Line]] = {}
    for one in event.rows:
        lines = sites.setdefault(one.row.site, [])
        lines.append(Line(None, one.row, -one.was, event.reason, unit=(last.unit, last.decimals)))
        lines.append(Line(None, one.to, one.now, event.reason))
    kind = InventoryChangeKind.ITEM_REBASED
    return [Change(kind, site, lines, None, event.by, event.at) for site, lines in sites.items()]


def _sent_over(event: TransferShipped) -> Change:
    lines = [_went(move) for move in event.moves]
    return Change(
        InventoryChangeKind.TRANSFER_SHIPPED, event.site, lines, event.number, event.by, event.at,
        other_site=event.transfer.to_site,
    )  # fmt: skip


def _arrived(event: TransferReceived) -> Change:
    lines = [_went(move) for move in event.moves]
    lines += [_booked(over) for over in event.over]
    return Change(
        InventoryChangeKind.TRANSFER_RECEIVED, event.site, lines, event.number, event.by, event.at,
        other_site=event.transfer.site or None,
    )  # fmt: skip


def _given(event: TitleReleased) -> Change:
    lines = [
        Line(line.line, line.row, -line.quantity, None, line.serials, weight_g=-line.weight_g)
        for line in event.title.lines
    ]
    return Change(
        InventoryChangeKind.TITLE_RELEASED, event.site, lines, event.number, event.by, event.at,
        other_owner=event.title.to_owner,
    )  # fmt: skip


def _taken_over(event: TitleAccepted) -> Change:
    lines = [_booked(line) for line in event.lines]
    return Change(
        InventoryChangeKind.TITLE_ACCEPTED, event.site, lines, event.number, event.by, event.at,
        other_owner=event.from_owner,
    )  # fmt: skip


def _weighed(event: GoodsWeighed) -> list[Change]:
    sites: dict[str, list[Line]] = {}
    for one in event.changes:
        sites.setdefault(one.row.site, []).append(Line(None, one.row, 0, weight_g=one.weight_g))
    return [Change(InventoryChangeKind.WEIGHED, site, lines, at=event.at) for site, lines in sites.items()]


_MADE: Final[dict[type, InventoryChangeKind]] = {
    KitAssembled: InventoryChangeKind.KIT_ASSEMBLED,
    KitBroken: InventoryChangeKind.KIT_BROKEN,
    ProductionRecorded: InventoryChangeKind.PRODUCED,
}

#: Events that change how much there is of a lot, in which condition or in which bin, and what each says of it.
CHANGES: dict[type, Callable[[Any], Change | list[Change]]] = {
    StockReceived: _received,
    ReceiptCorrected: _receipt_corrected,
    StockAdjusted: _changed,
    StockCounted: _changed,
    StockMoved: _relocated,
    GoodsPutAway: _relocated,
    StatusChanged: _relocated,
    GoodsReturned: _returned,
    ReturnInspected: _inspected,
    SerialHeld: _serial,
    SerialReleased: _serial,
    StockFound: _found,
    StockMissing: _missing,
    ShipmentConfirmed: _shipped,
    ShipmentVoided: _voided,
    KitAssembled: _kitted,
    KitBroken: _kitted,
    ProductionRecorded: _kitted,
    TransferShipped: _sent_over,
    TransferReceived: _arrived,
    TitleReleased: _given,
    TitleAccepted: _taken_over,
    LotCorrected: _relotted,
    LotsMerged: _relotted,
    ItemRenamed: _relotted,
    ItemRebased: _rebased,
    LotSplit: _relotted,
    GoodsWeighed: _weighed,
}
