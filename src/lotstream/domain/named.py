"""What a command names that is not kept in memory: it is read by key before the command is decided.

One table per kind of thing; a command that names none of a kind is not in its table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.commands import (
    CancelOrder,
    CloseOrder,
    Command,
    ConfirmPick,
    ConfirmShipment,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    ScanLot,
    UnreserveOrder,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.model import OrderKey, ReceiptKey

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
}
