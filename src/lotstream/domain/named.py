"""What a command names that is not kept in memory: it is read by key before the command is decided.

One table per kind of thing; a command that names none of a kind is not in its table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.commands import (
    AdjustStock,
    CancelOrder,
    ChangeStatus,
    CloseOrder,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CountStock,
    MoveStock,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    ReturnGoods,
    ScanLot,
    UnreserveOrder,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.model import OrderKey, ReceiptKey
from lotstream.domain.paper import ADJUSTMENT, COUNT, MOVE, RETURN, STATUS_CHANGE

_OfOneOrder = (
    PlaceOrder | CancelOrder | ReleaseOrder | UnreserveOrder | CloseOrder | ReserveStock | ConfirmPick | ScanLot
)


def orders_named(command: Command) -> tuple[OrderKey, ...]:
    """Return the orders a command names: each must be among a ledger's open or closed orders before it is decided."""
    names = _ORDERS.get(type(command))
    return () if names is None else names(command)


def receipts_named(command: Command) -> tuple[ReceiptKey, ...]:
    """Return the receipts a command names: each must be in ``ledger.receipts`` before it is decided."""
    names = _RECEIPTS.get(type(command))
    return () if names is None else names(command)


def serials_named(command: Command) -> tuple[str, ...]:
    """Return the serial numbers a command names: each must be in ``ledger.serials`` before it is decided."""
    names = _SERIALS.get(type(command))
    return () if names is None else names(command)


def _of_lines(command: Any) -> tuple[str, ...]:  # noqa: ANN401 - any command whose lines name serial numbers
    return tuple([number for line in command.lines if line.serials for number in line.serials])


def _one(command: _OfOneOrder) -> tuple[OrderKey, ...]:
    return (command.key,)


_ORDERS: dict[type, Callable[[Any], tuple[OrderKey, ...]]] = {
    PlaceOrder: _one,
    CancelOrder: _one,
    ReleaseOrder: _one,
    UnreserveOrder: _one,
    CloseOrder: _one,
    ReserveStock: _one,
    ConfirmPick: _one,
    ScanLot: _one,
    RequestAllocation: lambda command: command.orders,
    ReturnGoods: lambda command: (command.key,),
    ConfirmShipment: lambda command: tuple(part.key for part in command.orders),
}
_SERIALS: dict[type, Callable[[Any], tuple[str, ...]]] = {
    PlaceOrder: lambda command: tuple([line.serial for line in command.lines if line.serial is not None]),
    ReceiveStock: _of_lines,
    OpenBalance: _of_lines,
    ConfirmPick: _of_lines,
    ConfirmShipment: lambda command: tuple([number for part in command.orders for number in _of_lines(part)]),
}
_RECEIPTS: dict[type, Callable[[Any], tuple[ReceiptKey, ...]]] = {
    ReceiveStock: lambda command: (ReceiptKey(RECEIPT, command.receipt),),
    OpenBalance: lambda command: (ReceiptKey(BALANCE, command.balance),),
    AdjustStock: lambda command: (ReceiptKey(ADJUSTMENT, command.adjustment),),
    CountStock: lambda command: (ReceiptKey(COUNT, command.count),),
    MoveStock: lambda command: (ReceiptKey(MOVE, command.move),),
    ChangeStatus: lambda command: (ReceiptKey(STATUS_CHANGE, command.change),),
    ReturnGoods: lambda command: (ReceiptKey(RETURN, command.number),),
}
