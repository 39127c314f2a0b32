"""What has changed in stock, as trading partners (947) and ERPs are told it: lot by lot, with what is there afterwards.

Told is how much a site has of a lot, in which condition, and in which bin it lies. What is picked stands in the same
house still and is told when it leaves; an opening balance is what everybody begins with, and is told to nobody. So
these messages alone, added up from there, give what is on hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of, weight_told
from lotstream.contracts.sent_inventory import InventoryChangeKind
from lotstream.contracts.topics import INVENTORY
from lotstream.domain.commands import Moment
from lotstream.domain.events import (
    Event,
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
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import AdjustCode, OrderKey, RowKey, StockRow
from lotstream.domain.places import is_transit
from lotstream.domain.shelves import rows_of_lot

TYPE = "lotstream.inventory_change.v1"
LINES_MAX: Final = 1_000
"""Lines of one message: a document of as many lines as may be sent, of goods on many pallets, fits in several."""


class _Line(NamedTuple):
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


class _Change(NamedTuple):
    """What an event says of stock at one site."""

    kind: InventoryChangeKind
    site: str
    lines: Sequence[_Line]
    document: str | None = None
    by: str | None = None
    at: datetime | None = None
    key: OrderKey | None = None
    expected: str | None = None
    other_site: str | None = None
    other_owner: str | None = None


def inventory_changes(ledger: Ledger, event: Event, moment: Moment) -> Iterator[Outgoing]:
    """Return what an applied event has changed in stock, in as many messages as it needs; nothing if it has not."""
    changes = CHANGES[type(event)](event)
    for change in changes if isinstance(changes, list) else [changes]:
        yield from _told(ledger, change, moment)


def _told(ledger: Ledger, change: _Change, moment: Moment) -> Iterator[Outgoing]:
    lines = [line for line in map(_at_hand, change.lines) if line is not None]
    for first in range(0, len(lines), LINES_MAX):
        body = {
            "owner": ledger.owner,
            "site": change.site,
            "change": change.kind,
            "document": change.document,
            "expected": change.expected,
            "other_site": change.other_site,
            "other_owner": change.other_owner,
            "source": None if change.key is None else change.key.source,
            "order": None if change.key is None else change.key.order,
            "by": change.by,
            "occurred_at": change.at or moment.recorded_at,
            "decision": moment.decision,
            "lines": [_written(ledger, line) for line in lines[first : first + LINES_MAX]],
        }
        yield Outgoing(INVENTORY.name, ledger.owner, TYPE, encode(body))


def _at_hand(line: _Line) -> _Line | None:
    """Return a line as the site sees it, without what is on the way there; None where nothing changes for it."""
    if line.to is None or is_transit(line.row.location) == is_transit(line.to.location):
        return None if is_transit(line.row.location) else line
    if is_transit(line.to.location):
        return line._replace(quantity=-line.quantity, to=None, weight_g=-line.weight_g)
    return line._replace(row=line.to, to=None)


def _written(ledger: Ledger, line: _Line) -> dict[str, Any]:
    row, item = line.row, item_of(ledger, line.row.sku)
    lot = None if row.lot is None else ledger.lots.get((row.sku, row.lot))
    status = row.status
    unit, decimals = line.unit or (item.base_unit, item.decimals)
    after = status if line.to is None else line.to.status
    return {
        "line": line.line,
        "sku": row.sku,
        "lot": row.lot,
        "expires": None if lot is None else lot.expires,
        "made": None if lot is None else lot.made,
        "location": row.location,
        "to_location": None if line.to is None or line.to.location == row.location else line.to.location,
        "package": row.package,
        "pack_size": None if row.pack_size is None else base_text(row.pack_size, decimals),
        "returned": row.returned,
        "from_status": None if line.to is None and line.quantity > 0 else status,
        "to_status": None if line.to is None and line.quantity < 0 else after,
        "quantity": base_text(line.quantity, decimals),
        "unit": unit,
        "serials": line.serials,
        "reason": line.reason,
        "code": line.code,
        "on_hand": [
            {"status": condition, "quantity": base_text(units, decimals)}
            # In a unit that it was counted in before there is nothing any more.
            for condition, units in ([] if line.unit else _on_hand(_rows(ledger, row)))
        ],
        **weight_told(line.weight_g),
    }


def _rows(ledger: Ledger, row: RowKey) -> list[StockRow]:
    return rows_of_lot(ledger, row.sku, row.lot, site=row.site)


def _on_hand(rows: Iterable[StockRow]) -> list[tuple[str, int]]:
    """Return how much there is in each condition, by name; nothing of a condition where it adds up to nothing."""
    there: dict[str, int] = {}
    for row in rows:
        if is_transit(row.key.location):
            continue
        there[row.key.status] = there.get(row.key.status, 0) + row.on_hand
    return sorted((status, units) for status, units in there.items() if units)


def _booked(line: GoodsBooked) -> _Line:
    return _Line(line.line, line.row, line.quantity, line.message, line.serials, weight_g=line.weight_g)


def _row_changed(one: RowChange) -> _Line:
    grams = one.weight_g if one.quantity > 0 else -one.weight_g
    return _Line(one.line, one.row, one.quantity, one.reason, code=one.code, weight_g=grams)


def _went(move: Relocated) -> _Line:
    return _Line(move.line, move.row, move.quantity, move.reason, to=move.to, weight_g=move.weight_g)


def _received(event: StockReceived) -> _Change:
    lines = [_booked(line) for line in event.lines]
    return _Change(
        InventoryChangeKind.RECEIVED, event.site, lines, event.receipt, event.by, event.at, expected=event.expected
    )


def _receipt_corrected(event: ReceiptCorrected) -> _Change:
    lines = []
    for one in event.changes:
        grams = one.taken_g or (0,) * len(one.taken)
        for (row, units), weight_g in zip(one.taken, grams, strict=True):
            lines.append(_Line(one.line, row, -units, event.reason, weight_g=-weight_g))
    lines += [_booked(put)._replace(reason=event.reason, serials=()) for one in event.changes for put in one.put]
    return _Change(InventoryChangeKind.RECEIPT_CORRECTED, event.site, lines, event.receipt, event.by, event.at)


def _changed(event: StockAdjusted | StockCounted) -> _Change:
    kind = InventoryChangeKind.ADJUSTED if isinstance(event, StockAdjusted) else InventoryChangeKind.COUNTED
    lines = [_row_changed(one) for one in event.changes]
    return _Change(kind, event.site, lines, event.number, event.by, event.at)


def _relocated(event: StockMoved | StatusChanged) -> _Change:
    kind = InventoryChangeKind.MOVED if isinstance(event, StockMoved) else InventoryChangeKind.STATUS_CHANGED
    lines = [_went(move) for move in event.moves]
    return _Change(kind, event.site, lines, event.number, event.by, event.at)


def _returned(event: GoodsReturned) -> _Change:
    lines = [
        _Line(back.line, back.row, back.quantity, back.reason or back.message, back.serials, weight_g=back.weight_g)
        for back in event.lines
    ]
    return _Change(InventoryChangeKind.RETURNED, event.site, lines, event.number, event.by, event.at, event.key)


def _inspected(event: ReturnInspected) -> list[_Change]:
    moved = [_went(move) for move in event.moves]
    told = [(InventoryChangeKind.STATUS_CHANGED, moved)]
    for kind, gone in (
        (InventoryChangeKind.SCRAPPED, event.scrapped),
        (InventoryChangeKind.SENT_BACK, event.sent_back),
    ):
        told.append((kind, [_row_changed(one) for one in gone]))
    return [_Change(kind, event.site, lines, event.number, event.by, event.at) for kind, lines in told if lines]


def _serial(event: SerialHeld | SerialReleased) -> _Change:
    if event.row is None:
        return _Change(InventoryChangeKind.STATUS_CHANGED, event.unit.row.site, [])
    held, hold = isinstance(event, SerialHeld), event.unit.holds[-1] if event.unit.holds else None
    reason = hold.reason if held and hold is not None else None
    line = _Line(
        None, event.row, event.quantity, reason, (event.unit.key.number,), to=event.unit.row, weight_g=event.weight_g
    )
    document = hold.id if held and hold is not None else None
    return _Change(InventoryChangeKind.STATUS_CHANGED, event.row.site, [line], document, event.by, event.at)


def _found(event: StockFound) -> _Change:
    line = _Line(None, event.row, event.quantity, event.reason, weight_g=event.weight_g)
    return _Change(InventoryChangeKind.FOUND, event.row.site, [line])


def _missing(event: StockMissing) -> _Change:
    lines = [_Line(event.line, event.row, -event.booked, weight_g=-event.weight_g)] if event.booked else []
    return _Change(InventoryChangeKind.MISSING, event.row.site, lines, None, event.by, event.at, event.key)


def _shipped(event: ShipmentConfirmed) -> _Change:
    lines = [
        _Line(part.line, part.picked_from, -part.quantity, None, part.serials, weight_g=-part.weight_g)
        for part in event.shipped
    ]
    return _Change(InventoryChangeKind.SHIPPED, event.site, lines, event.shipment, event.by, event.at, event.key)


def _voided(event: ShipmentVoided) -> _Change:
    lines = [
        _Line(part.shipped.line, part.staged, part.shipped.quantity, event.reason, part.serials, weight_g=part.weight_g)
        for part in event.taken_back
    ]
    return _Change(
        InventoryChangeKind.SHIPMENT_VOIDED, event.site, lines, event.shipment, event.by, event.at, event.key
    )


def _kitted(event: KitAssembled | KitBroken | ProductionRecorded) -> _Change:
    kind = _MADE[type(event)]
    lines = [
        _Line(used.line, used.row, -used.quantity, None, used.serials, weight_g=-used.weight_g) for used in event.used
    ]
    lines += [_booked(made) for made in event.made]
    return _Change(kind, event.site, lines, event.number, event.by, event.at)


_RELOTTED: Final[dict[type, InventoryChangeKind]] = {
    LotCorrected: InventoryChangeKind.LOT_CORRECTED,
    LotsMerged: InventoryChangeKind.LOT_MERGED,
    ItemRenamed: InventoryChangeKind.ITEM_RENAMED,
    LotSplit: InventoryChangeKind.LOT_SPLIT,
}


def _relotted(event: ItemRenamed | LotCorrected | LotsMerged | LotSplit) -> list[_Change]:
    """Return what became of goods that are another lot's now, by site: gone under the one, there under the other."""
    sites: dict[str, list[_Line]] = {}
    for one in event.rows:
        lines = sites.setdefault(one.row.site, [])
        lines.append(_Line(None, one.row, -one.quantity, event.reason, weight_g=-one.weight_g))
        lines.append(_Line(None, one.to, one.quantity, event.reason, weight_g=one.weight_g))
    kind, number = _RELOTTED[type(event)], None if isinstance(event, ItemRenamed) else event.number
    return [_Change(kind, site, lines, number, event.by, event.at) for site, lines in sites.items()]


def _rebased(event: ItemRebased) -> list[_Change]:
    """Return what there was of an item that is counted in another unit now, by site: gone in the old, there in the new.

    Whoever adds up quantities, whatever their unit, comes to what is there.
    """
    last = event.item.rebased[-1]
    sites: dict[str, list[_Line]] = {}
    for one in event.rows:
        lines = sites.setdefault(one.row.site, [])
        lines.append(_Line(None, one.row, -one.was, event.reason, unit=(last.unit, last.decimals)))
        lines.append(_Line(None, one.to, one.now, event.reason))
    kind = InventoryChangeKind.ITEM_REBASED
    return [_Change(kind, site, lines, None, event.by, event.at) for site, lines in sites.items()]


def _sent_over(event: TransferShipped) -> _Change:
    lines = [_went(move) for move in event.moves]
    return _Change(
        InventoryChangeKind.TRANSFER_SHIPPED, event.site, lines, event.number, event.by, event.at,
        other_site=event.transfer.to_site,
    )  # fmt: skip


def _arrived(event: TransferReceived) -> _Change:
    lines = [_went(move) for move in event.moves]
    lines += [_booked(over) for over in event.over]
    return _Change(
        InventoryChangeKind.TRANSFER_RECEIVED, event.site, lines, event.number, event.by, event.at,
        other_site=event.transfer.site or None,
    )  # fmt: skip


def _given(event: TitleReleased) -> _Change:
    lines = [
        _Line(line.line, line.row, -line.quantity, None, line.serials, weight_g=-line.weight_g)
        for line in event.title.lines
    ]
    return _Change(
        InventoryChangeKind.TITLE_RELEASED, event.site, lines, event.number, event.by, event.at,
        other_owner=event.title.to_owner,
    )  # fmt: skip


def _taken_over(event: TitleAccepted) -> _Change:
    lines = [_booked(line) for line in event.lines]
    return _Change(
        InventoryChangeKind.TITLE_ACCEPTED, event.site, lines, event.number, event.by, event.at,
        other_owner=event.from_owner,
    )  # fmt: skip


def _weighed(event: GoodsWeighed) -> list[_Change]:
    sites: dict[str, list[_Line]] = {}
    for one in event.changes:
        sites.setdefault(one.row.site, []).append(_Line(None, one.row, 0, weight_g=one.weight_g))
    return [_Change(InventoryChangeKind.WEIGHED, site, lines) for site, lines in sites.items()]


_MADE: Final[dict[type, InventoryChangeKind]] = {
    KitAssembled: InventoryChangeKind.KIT_ASSEMBLED,
    KitBroken: InventoryChangeKind.KIT_BROKEN,
    ProductionRecorded: InventoryChangeKind.PRODUCED,
}

#: Events that change how much there is of a lot, in which condition or in which bin, and what each says of it.
CHANGES: dict[type, Callable[[Any], _Change | list[_Change]]] = {
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
