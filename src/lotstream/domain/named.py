"""What a command names that is not kept in memory: it is read by key before the command is decided.

One table per kind of thing; a command that names none of a kind is not in its table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
    AnswerRecall,
    ApproveCount,
    AssembleKit,
    BreakKit,
    CancelOrder,
    CancelWave,
    ChangeStatus,
    CloseOrder,
    CloseRecall,
    CloseReceipt,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CorrectLot,
    CorrectReceipt,
    CorrectShipment,
    CountStock,
    DefineSupplier,
    ErasePersons,
    ExpectReceipt,
    ExpectReturn,
    FinishTask,
    ImportShipment,
    InspectLot,
    InspectReturn,
    LiftSerialHold,
    MergeLots,
    MoveStock,
    OpenBalance,
    PackPackage,
    PlaceOrder,
    PlaceSerialHold,
    ProgressShipment,
    PutAway,
    RecallLots,
    ReceiveStock,
    ReceiveTransfer,
    RecordComparison,
    RecordCondition,
    RecordProduction,
    ReleaseOrder,
    ReleaseTitle,
    ReleaseWave,
    ReportShort,
    RequestAllocation,
    ReserveStock,
    ReturnGoods,
    ScanLot,
    ShipTransfer,
    SplitLot,
    StartPick,
    TakeSnapshot,
    UndoPick,
    UnpackPackage,
    UnreserveOrder,
    VoidShipment,
    WorkOnWave,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.kitting import ASSEMBLY, BREAKING
from lotstream.domain.lot_numbers import LOT_COUNTER
from lotstream.domain.model import (
    COMPARISON,
    CONDITION,
    ERASURE,
    INSPECTION,
    LOT_CORRECTION,
    LOT_MERGE,
    LOT_SPLIT,
    SHIPMENT,
    SNAPSHOT,
    TASK,
    TITLE,
    TITLE_OUT,
    TRANSFER,
    OrderKey,
    ReceiptKey,
    consignee_key,
    expected_key,
    recall_key,
    return_expected_key,
    supplier_key,
    title_number,
)
from lotstream.domain.on_the_way import TAKE, transfers_named
from lotstream.domain.packages import SSCC_COUNTER, package_key
from lotstream.domain.paper import (
    ADJUSTMENT,
    COUNT,
    MOVE,
    PUT_AWAY,
    RETURN,
    RETURN_INSPECTION,
    STATUS_CHANGE,
)
from lotstream.domain.producing import PRODUCTION
from lotstream.domain.second_counts import pending_key
from lotstream.domain.wave_parts import wave_key

_OfOneOrder = (
    PlaceOrder
    | CancelOrder
    | ReleaseOrder
    | UnreserveOrder
    | CloseOrder
    | ReserveStock
    | ConfirmPick
    | ReportShort
    | StartPick
    | UndoPick
    | ScanLot
    | ImportShipment
)


def orders_named(command: Command) -> tuple[OrderKey, ...]:
    """Return the orders a command names: each must be among a ledger's open or closed orders before it is decided."""
    names = _ORDERS.get(type(command))
    return () if names is None else names(command)


def receipts_named(command: Command) -> tuple[ReceiptKey, ...]:
    """Return the receipts a command names: each must be in ``ledger.receipts`` before it is decided."""
    names = _RECEIPTS.get(type(command))
    known = () if names is None else names(command)
    return known if type(command) not in TAKE else (*known, *transfers_named(command))


def serials_named(command: Command) -> tuple[str, ...]:
    """Return the serial numbers a command names: each must be in ``ledger.serials`` before it is decided."""
    names = _SERIALS.get(type(command))
    return () if names is None else names(command)


def _of_lines(command: Any) -> tuple[str, ...]:  # noqa: ANN401 - any command whose lines name serial numbers
    return tuple([number for line in command.lines if line.serials for number in line.serials])


def _of_orders(command: ConfirmShipment) -> tuple[str, ...]:
    return tuple([number for part in command.orders for number in _of_lines(part)])


def _one(command: _OfOneOrder) -> tuple[OrderKey, ...]:
    return (command.key,)


def _shipped(command: ConfirmShipment) -> tuple[OrderKey, ...]:
    return tuple(part.key for part in command.orders)


def _returned(command: ReturnGoods) -> tuple[OrderKey, ...]:
    return () if command.key is None else (command.key,)


def _shipment_and_packages(command: ConfirmShipment) -> tuple[ReceiptKey, ...]:
    """Return the shipment first."""
    names = [package.sscc for package in command.packages]
    # What a line says it lay in is kept with the shipment, and looked for when that is taken back.
    names += [line.package for part in command.orders for line in part.lines]
    packages = dict.fromkeys(package_key(name) for name in names if name is not None)
    return ReceiptKey(SHIPMENT, command.shipment), *packages


_ORDERS: dict[type, Callable[[Any], tuple[OrderKey, ...]]] = {
    PlaceOrder: _one,
    CancelOrder: _one,
    ReleaseOrder: _one,
    UnreserveOrder: _one,
    CloseOrder: _one,
    ReserveStock: _one,
    ConfirmPick: _one,
    StartPick: _one,
    UndoPick: _one,
    ReportShort: _one,
    ScanLot: _one,
    RequestAllocation: lambda command: command.orders,
    ReturnGoods: _returned,
    ExpectReturn: lambda command: () if command.key is None else (command.key,),
    ConfirmShipment: _shipped,
    CorrectShipment: _shipped,
    PackPackage: lambda command: tuple(dict.fromkeys(line.key for line in command.lines)),
    ReleaseWave: lambda command: tuple(dict.fromkeys(command.orders)),
    # Goods that are no order's are told under a key that no order has.
    WorkOnWave: lambda command: (command.said.key,),
    ErasePersons: lambda command: command.orders,
    ImportShipment: _one,
}
_SERIALS: dict[type, Callable[[Any], tuple[str, ...]]] = {
    PlaceOrder: lambda command: tuple([line.serial for line in command.lines if line.serial is not None]),
    ReceiveStock: _of_lines,
    OpenBalance: _of_lines,
    CorrectReceipt: lambda command: tuple(
        [number for line in command.lines for number in (*line.serials, *line.misread)]
    ),
    AssembleKit: lambda command: (*command.serials, *_of_lines(command)),
    BreakKit: lambda command: (*command.serials, *_of_lines(command)),
    RecordProduction: lambda command: tuple(
        [number for line in (*command.used, *command.made) for number in line.serials]
    ),
    PlaceSerialHold: lambda command: (command.serial,),
    LiftSerialHold: lambda command: (command.serial,),
    ConfirmPick: _of_lines,
    AdjustStock: _of_lines,
    InspectReturn: _of_lines,
    ReturnGoods: _of_lines,
    ShipTransfer: _of_lines,
    ReceiveTransfer: _of_lines,
    ReleaseTitle: _of_lines,
    AcceptTitle: _of_lines,
    ConfirmShipment: _of_orders,
    ImportShipment: _of_lines,
    CorrectShipment: _of_orders,
    WorkOnWave: lambda command: serials_named(command.said),
}
_RECEIPTS: dict[type, Callable[[Any], tuple[ReceiptKey, ...]]] = {
    CorrectReceipt: lambda command: (
        ReceiptKey(RECEIPT, command.receipt),
        *dict.fromkeys(supplier_key(line.supplier) for line in command.lines if line.supplier is not None),
    ),
    ExpectReceipt: lambda command: (expected_key(command.expected),),
    CloseReceipt: lambda command: (
        *(() if command.receipt is None else (ReceiptKey(RECEIPT, command.receipt),)),
        *(() if command.expected is None else (expected_key(command.expected),)),
    ),
    ReceiveStock: lambda command: (
        ReceiptKey(RECEIPT, command.receipt),
        *(() if command.expected is None else (expected_key(command.expected),)),
        *((LOT_COUNTER,) if any(line.lot is None for line in command.lines) else ()),
        *dict.fromkeys(supplier_key(line.supplier) for line in command.lines if line.supplier is not None),
    ),
    OpenBalance: lambda command: (ReceiptKey(BALANCE, command.balance),),
    AssembleKit: lambda command: (ReceiptKey(ASSEMBLY, command.assembly),),
    BreakKit: lambda command: (ReceiptKey(BREAKING, command.breaking),),
    AdjustStock: lambda command: (ReceiptKey(ADJUSTMENT, command.adjustment),),
    CountStock: lambda command: (ReceiptKey(COUNT, command.count), pending_key(command.count)),
    ApproveCount: lambda command: (ReceiptKey(COUNT, command.count), pending_key(command.count)),
    MoveStock: lambda command: (ReceiptKey(MOVE, command.move),),
    PutAway: lambda command: (ReceiptKey(PUT_AWAY, command.move),),
    RecordCondition: lambda command: (ReceiptKey(CONDITION, command.condition),),
    FinishTask: lambda command: (ReceiptKey(TASK, command.task),),
    ShipTransfer: lambda command: (ReceiptKey(TRANSFER, command.transfer),),
    ReceiveTransfer: lambda command: (ReceiptKey(TRANSFER, command.transfer),),
    ReleaseTitle: lambda command: (ReceiptKey(TITLE_OUT, title_number(command.owner, command.title)),),
    AcceptTitle: lambda command: (ReceiptKey(TITLE, title_number(command.from_owner, command.title)),),
    ChangeStatus: lambda command: (ReceiptKey(STATUS_CHANGE, command.change),),
    ReturnGoods: lambda command: (
        ReceiptKey(RETURN, command.number),
        return_expected_key(command.expected or command.number),
    ),
    ExpectReturn: lambda command: (return_expected_key(command.return_),),
    ProgressShipment: lambda command: (ReceiptKey(SHIPMENT, command.shipment),),
    ConfirmShipment: _shipment_and_packages,
    PackPackage: lambda command: (
        *(package_key(name) for name in (command.package, *command.packages) if name is not None),
        *((SSCC_COUNTER,) if command.package is None else ()),
    ),
    UnpackPackage: lambda command: (package_key(command.package),),
    VoidShipment: lambda command: (ReceiptKey(SHIPMENT, command.shipment),),
    CorrectShipment: _shipment_and_packages,
    ReleaseWave: lambda command: (wave_key(command.wave),),
    CancelWave: lambda command: (wave_key(command.wave),),
    WorkOnWave: lambda command: (wave_key(command.wave),),
    InspectLot: lambda command: (ReceiptKey(INSPECTION, command.inspection),),
    DefineSupplier: lambda command: (command.supplier.key,),
    ErasePersons: lambda command: (ReceiptKey(ERASURE, command.request),),
    ImportShipment: lambda command: (ReceiptKey(SHIPMENT, command.shipment),),
    TakeSnapshot: lambda command: (ReceiptKey(SNAPSHOT, command.snapshot),),
    RecordComparison: lambda command: (ReceiptKey(COMPARISON, command.comparison),),
    CorrectLot: lambda command: (ReceiptKey(LOT_CORRECTION, command.correction),),
    RecallLots: lambda command: (recall_key(command.recall),),
    AnswerRecall: lambda command: (recall_key(command.recall), consignee_key(command.recall, command.consignee)),
    CloseRecall: lambda command: (recall_key(command.recall),),
    InspectReturn: lambda command: (
        ReceiptKey(RETURN_INSPECTION, command.inspection),
        ReceiptKey(RETURN, command.return_),
    ),
    MergeLots: lambda command: (ReceiptKey(LOT_MERGE, command.merge),),
    SplitLot: lambda command: (ReceiptKey(LOT_SPLIT, command.split),),
    RecordProduction: lambda command: (ReceiptKey(PRODUCTION, command.production),),
}


def documents_opened(command: Command) -> tuple[ReceiptKey, ...]:
    """Return the documents a command names of which it needs as well what they tell of.

    Of a shipment that is confirmed nothing else that left with it is looked at, however many orders that were.
    """
    names = receipts_named(command)
    return names[1:] if type(command) in (ConfirmShipment, ImportShipment) else names
