"""Which orders and receipts a batch names, so that they are read from Postgres in one query each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lotstream.domain.commands import (
    CancelOrder,
    Command,
    ConfirmPick,
    ConfirmShipment,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
)
from lotstream.domain.model import OrderKey, ReceiptKey
from lotstream.hub.records import Entry

KeyT = TypeVar("KeyT")


def named(entries: Iterable[Entry], of: Callable[[Command], tuple[KeyT, ...]]) -> set[tuple[str, KeyT]]:
    """Return (owner, key) of everything that the commands of a batch name."""
    return {
        (entry.decoded.owner, key)
        for entry in entries
        if entry.decoded is not None and entry.decoded.owner is not None
        for key in of(entry.decoded.command)
    }


def orders_named(command: Command) -> tuple[OrderKey, ...]:
    """Return the orders a command is about."""
    match command:
        case PlaceOrder() | CancelOrder() | ReleaseOrder() | ConfirmPick():
            return (command.key,)
        case ConfirmShipment():
            return tuple(order.key for order in command.orders)
        case RequestAllocation():
            return command.orders
        case _:
            return ()


def receipts_named(command: Command) -> tuple[ReceiptKey, ...]:
    """Return the receipt or balance a command books under."""
    match command:
        case ReceiveStock():
            return (ReceiptKey("receipt", command.receipt),)
        case OpenBalance():
            return (ReceiptKey("balance", command.balance),)
        case _:
            return ()
