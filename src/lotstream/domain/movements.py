"""What every event does to goods: the one place that sums, histories and traces of lots are taken from.

A move says what becomes of smallest units of one lot. What only promises, packs or tells about goods moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

from lotstream.domain.events import (
    BalanceOpened,
    Became,
    ConditionRecorded,
    Event,
    GoodsBooked,
    GoodsPutAway,
    GoodsReturned,
    GoodsWeighed,
    HoldLifted,
    HoldPlaced,
    ItemRebased,
    ItemRenamed,
    KitAssembled,
    KitBroken,
    LossCorrected,
    LotCorrected,
    LotDocumented,
    LotExpired,
    LotInspected,
    LotsMerged,
    LotSplit,
    PickUndone,
    ProductionRecorded,
    ReceiptCorrected,
    Relocated,
    ReturnInspected,
    RowChange,
    SerialHeld,
    SerialReleased,
    ShipmentConfirmed,
    ShipmentImported,
    ShipmentVoided,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockMoved,
    StockPicked,
    StockReceived,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.model import HoldKind, RowKey
from lotstream.domain.move import Move, MoveKind


def moves_of(event: Event) -> Iterator[Move]:
    """Yield what an event does to goods, in the order of its lines."""
    moves = MOVES.get(type(event))
    if moves is not None:
        yield from moves(event)


def _came(
    kind: MoveKind, row: RowKey, quantity: int, *, line: str | None, reason: str | None = None, weight_g: int = 0
) -> Move:
    return Move(kind, row.sku, row.lot, row, quantity, line=line, reason=reason, weight_g=weight_g)


def _went(
    kind: MoveKind, row: RowKey, to: RowKey, quantity: int, *, line: str | None = None, weight_g: int = 0
) -> Move:
    return Move(kind, row.sku, row.lot, row, quantity, to, line, weight_g=weight_g)


def _off(kind: MoveKind, row: RowKey, quantity: int, *, line: str | None, weight_g: int) -> Move:
    return _came(kind, row, -quantity, line=line, weight_g=-weight_g)


def _booked(event: StockReceived | BalanceOpened) -> Iterator[Move]:
    kind = MoveKind.OPENED if isinstance(event, BalanceOpened) else MoveKind.RECEIVED
    return _brought(kind, event.lines)


def _brought(kind: MoveKind, lines: tuple[GoodsBooked, ...]) -> Iterator[Move]:
    for line in lines:
        yield _came(kind, line.row, line.quantity, line=line.line, reason=line.discrepancy, weight_g=line.weight_g)


def _receipt_corrected(event: ReceiptCorrected) -> Iterator[Move]:
    for change in event.changes:
        for index, (row, units) in enumerate(change.taken):
            grams = change.taken_g[index] if change.taken_g else 0
            taken = _off(MoveKind.CORRECTED_RECEIPT, row, units, line=change.line, weight_g=grams)
            yield taken._replace(reason=event.reason)
        for line in change.put:
            yield _came(
                MoveKind.CORRECTED_RECEIPT, line.row, line.quantity, line=change.line, reason=event.reason,
                weight_g=line.weight_g,
            )  # fmt: skip


def _found(event: StockFound) -> Iterator[Move]:
    yield _came(MoveKind.FOUND, event.row, event.quantity, line=None, reason=event.reason, weight_g=event.weight_g)


def _missing(event: StockMissing) -> Iterator[Move]:
    yield _off(MoveKind.MISSING, event.row, event.booked, line=event.line, weight_g=event.weight_g)


def _changed(kind: MoveKind, event: StockAdjusted | StockCounted) -> Iterator[Move]:
    for change in event.changes:
        move = _row_changed(kind, change)
        yield move if change.code is None else move._replace(code=change.code)


def _row_changed(kind: MoveKind, change: RowChange) -> Move:
    grams = change.weight_g if change.quantity > 0 else -change.weight_g
    return _came(kind, change.row, change.quantity, line=change.line, reason=change.reason, weight_g=grams)


def _adjusted(event: StockAdjusted) -> Iterator[Move]:
    return _changed(MoveKind.ADJUSTED, event)


def _counted(event: StockCounted) -> Iterator[Move]:
    yield from _changed(MoveKind.COUNTED, event)
    otherwise = {change.line for change in event.changes}
    for line, booked in event.booked.items():
        if line not in otherwise:
            yield _came(MoveKind.COUNTED, booked.row, 0, line=line)


def _relocated(kind: MoveKind, moves: tuple[Relocated, ...]) -> Iterator[Move]:
    for move in moves:
        went = _went(kind, move.row, move.to, move.quantity, line=move.line, weight_g=move.weight_g)
        yield went._replace(reason=move.reason)


def _moved(event: StockMoved) -> Iterator[Move]:
    return _relocated(MoveKind.MOVED, event.moves)


def _status_changed(event: StatusChanged) -> Iterator[Move]:
    return _relocated(MoveKind.STATUS_CHANGED, event.moves)


def _of_task(move: Move, task: str) -> Move:
    return move._replace(document="task", number=task)


def _picked(event: StockPicked) -> Iterator[Move]:
    for pick in event.picks:
        went = _went(MoveKind.PICKED, pick.row, pick.staged, pick.quantity, line=pick.line, weight_g=pick.weight_g)
        yield _of_task(went, pick.task)


def _undone(event: PickUndone) -> Iterator[Move]:
    for back in event.undone:
        went = _went(MoveKind.UNDONE, back.staged, back.row, back.quantity, line=back.line, weight_g=back.weight_g)
        yield _of_task(went, back.task)


def _kitted(event: KitAssembled | KitBroken | ProductionRecorded) -> Iterator[Move]:
    for used in event.used:
        yield _off(MoveKind.USED, used.row, used.quantity, line=used.line, weight_g=used.weight_g)
    yield from _brought(MoveKind.MADE, event.made)


def _returned(event: GoodsReturned) -> Iterator[Move]:
    for back in event.lines:
        reason = back.discrepancy or back.reason
        yield _came(MoveKind.RETURNED, back.row, back.quantity, line=back.line, reason=reason, weight_g=back.weight_g)


def _corrected(event: LotCorrected) -> Iterator[Move]:
    for name in dict.fromkeys([event.was, (event.lot.sku, event.lot.lot)]):
        yield Move(MoveKind.CORRECTED, *name, reason=event.reason)
    yield from _became(MoveKind.CORRECTED, event.rows)


def _merged(event: LotsMerged) -> Iterator[Move]:
    for name in (*event.was, (event.lot.sku, event.lot.lot)):
        yield Move(MoveKind.MERGED, *name, reason=event.reason)
    yield from _became(MoveKind.MERGED, event.rows)


def _renamed(event: ItemRenamed) -> Iterator[Move]:
    for move in _became(MoveKind.RENAMED, event.rows):
        yield move._replace(reason=event.reason)


def _rebased(event: ItemRebased) -> Iterator[Move]:
    """Tell it of every lot that is there; what it does to sums, `lotstream.domain.recounting.recount` says."""
    item, last = event.item, event.item.rebased[-1]
    ratio = Fraction(last.numerator * 10**last.decimals, last.denominator * 10**item.decimals)
    what = f"{ratio.denominator} {last.unit} = {ratio.numerator} {item.base_unit}"
    reason = what if event.reason is None else f"{what}: {event.reason}"
    for name in dict.fromkeys((one.row.sku, one.row.lot) for one in event.rows):
        yield Move(MoveKind.REBASED, *name, reason=reason)


def _split(event: LotSplit) -> Iterator[Move]:
    return _became(MoveKind.SPLIT, event.rows)


def _became(kind: MoveKind, rows: tuple[Became, ...]) -> Iterator[Move]:
    for one in rows:
        yield _off(kind, one.row, one.quantity, line=None, weight_g=one.weight_g)
        yield _came(kind, one.to, one.quantity, line=None, weight_g=one.weight_g)


def _return_inspected(event: ReturnInspected) -> Iterator[Move]:
    yield from _relocated(MoveKind.STATUS_CHANGED, event.moves)
    for kind, gone in ((MoveKind.SCRAPPED, event.scrapped), (MoveKind.SENT_BACK, event.sent_back)):
        for change in gone:
            yield _row_changed(kind, change)


def _held(event: HoldPlaced) -> Iterator[Move]:
    hold = event.hold
    kind = MoveKind.RECALLED if hold.kind is HoldKind.RECALL else MoveKind.HELD
    yield Move(kind, event.sku, event.lot, document="hold", number=hold.id, reason=hold.reason)


def _released(event: HoldLifted) -> Iterator[Move]:
    for hold in event.holds:
        yield Move(MoveKind.RELEASED, event.sku, event.lot, document="hold", number=hold)


def _inspected(event: LotInspected) -> Iterator[Move]:
    found = event.inspection
    what = f"{found.stage.value}, {'passed' if found.passed else 'failed'}"
    reason = what if found.reason is None else f"{what}: {found.reason}"
    key = event.notice.key
    yield Move(MoveKind.INSPECTED, event.sku, event.lot, document=key.kind, number=key.number, reason=reason)


def _documented(event: LotDocumented) -> Iterator[Move]:
    for one in event.told:
        reason = f"{one.type}, withdrawn" if event.withdrawn else one.type
        yield Move(MoveKind.DOCUMENTED, event.sku, event.lot, document="document", number=one.number, reason=reason)


def _condition(event: ConditionRecorded) -> Iterator[Move]:
    value = "" if event.value is None else f" {event.value:f}"
    what = f"{event.kind.value}{value}"
    reason = what if event.reason is None else f"{what}: {event.reason}"
    key = event.notice.key
    for name in event.lots:
        yield Move(MoveKind.CONDITION, name.sku, name.lot, document=key.kind, number=key.number, reason=reason)


def _set_apart(event: SerialHeld | SerialReleased) -> Iterator[Move]:
    kind = MoveKind.HELD if isinstance(event, SerialHeld) else MoveKind.RELEASED
    unit, row = event.unit, event.row
    reason = unit.holds[-1].reason if kind is MoveKind.HELD and unit.holds else None
    fact = Move(kind, unit.row.sku, unit.row.lot, unit.row)
    about = fact if row is None else _went(kind, row, unit.row, event.quantity, weight_g=event.weight_g)
    yield about._replace(document="serial", number=unit.key.number, reason=reason)


def _shipped(event: ShipmentConfirmed) -> Iterator[Move]:
    for part in event.shipped:
        yield _off(MoveKind.SHIPPED, part.row, part.quantity, line=part.line, weight_g=part.weight_g)


def _imported(event: ShipmentImported) -> Iterator[Move]:
    for part in event.shipped:
        came = _came(MoveKind.IMPORTED, part.row, part.quantity, line=part.line, weight_g=part.weight_g)
        yield came._replace(document="shipment", number=event.shipment)
        yield _off(MoveKind.SHIPPED, part.row, part.quantity, line=part.line, weight_g=part.weight_g)


def _voided(event: ShipmentVoided) -> Iterator[Move]:
    for taken in event.taken_back:
        left = taken.shipped
        yield _came(MoveKind.VOIDED, taken.staged, left.quantity, line=left.line, weight_g=taken.weight_g)


def _sent_over(event: TransferShipped) -> Iterator[Move]:
    yield from _relocated(MoveKind.TRANSFER_SHIPPED, event.moves)
    for change in event.arrived:
        yield _row_changed(MoveKind.MISSING, change)


def _arrived(event: TransferReceived) -> Iterator[Move]:
    yield from _relocated(MoveKind.TRANSFER_RECEIVED, event.moves)
    for line in event.over:
        yield _came(
            MoveKind.FOUND, line.row, line.quantity, line=line.line, reason=line.discrepancy, weight_g=line.weight_g
        )
    for change in event.missing:
        yield _row_changed(MoveKind.MISSING, change)


def _given(event: TitleReleased) -> Iterator[Move]:
    for line in event.title.lines:
        given = _off(MoveKind.TITLE_RELEASED, line.row, line.quantity, line=line.line, weight_g=line.weight_g)
        yield given._replace(reason=f"to {event.title.to_owner}")


def _taken_over(event: TitleAccepted) -> Iterator[Move]:
    for line in event.lines:
        reason = line.discrepancy or f"from {event.from_owner}"
        yield _came(
            MoveKind.TITLE_ACCEPTED, line.row, line.quantity, line=line.line, reason=reason, weight_g=line.weight_g
        )


def _weighed(event: GoodsWeighed) -> Iterator[Move]:
    for change in event.changes:
        yield _came(MoveKind.WEIGHED, change.row, 0, line=None, weight_g=change.weight_g)


def _expired(event: LotExpired) -> Iterator[Move]:
    lot = event.lot
    if event.quantity:
        yield Move(MoveKind.EXPIRED, lot.sku, lot.lot, document="site", number=event.site)


def _loss_corrected(event: LossCorrected) -> Iterator[Move]:
    reason = f"{event.units:+f} counted as expired"
    yield Move(MoveKind.LOSS_CORRECTED, *event.lot, document="site", number=event.site, reason=reason)


MOVES: Final[dict[type, Callable[[Any], Iterator[Move]]]] = {
    BalanceOpened: _booked,
    StockReceived: _booked,
    ReceiptCorrected: _receipt_corrected,
    StockFound: _found,
    StockMissing: _missing,
    StockAdjusted: _adjusted,
    StockCounted: _counted,
    StockMoved: _moved,
    GoodsPutAway: _moved,
    StatusChanged: _status_changed,
    StockPicked: _picked,
    PickUndone: _undone,
    KitAssembled: _kitted,
    KitBroken: _kitted,
    ProductionRecorded: _kitted,
    GoodsReturned: _returned,
    ReturnInspected: _return_inspected,
    HoldPlaced: _held,
    HoldLifted: _released,
    LotCorrected: _corrected,
    ConditionRecorded: _condition,
    LotInspected: _inspected,
    LotDocumented: _documented,
    LotsMerged: _merged,
    ItemRenamed: _renamed,
    ItemRebased: _rebased,
    LotSplit: _split,
    SerialHeld: _set_apart,
    SerialReleased: _set_apart,
    ShipmentConfirmed: _shipped,
    ShipmentImported: _imported,
    ShipmentVoided: _voided,
    TransferShipped: _sent_over,
    TransferReceived: _arrived,
    TitleReleased: _given,
    TitleAccepted: _taken_over,
    LotExpired: _expired,
    LossCorrected: _loss_corrected,
    GoodsWeighed: _weighed,
}
"""Events that change what is on hand in a row or what is known of a lot, and what each does."""
