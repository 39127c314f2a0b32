"""Long decisions are made beside the event loop: on a thread, one at a time, while everything else goes on.

A recall of a lot that was promised to ten thousand orders is one decision and takes seconds. On the event loop it would
hold up everything that somebody waits for: the transaction of the batch before, which PostgreSQL ends when it hears
nothing for five seconds, the relay, the pages. On a thread the interpreter turns to those every five milliseconds. A
usual decision takes a tenth of a millisecond and stays where it is: on a thread it would take twice that.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from lotstream.domain.agenda import is_due
from lotstream.domain.commands import (
    CancelOrder,
    CancelWave,
    CloseOrder,
    Command,
    ConfirmPick,
    ConfirmShipment,
    DefineCustomer,
    DefineItem,
    PackPackage,
    PlaceOrder,
    ReleaseOrder,
    ReleaseWave,
    ReserveStock,
    ScanLot,
    StartPick,
    UndoPick,
    UnpackPackage,
    UnreserveOrder,
    WorkOnWave,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.told_late import MAY_BE_LATE

T = TypeVar("T")

ORDERS_MIN: Final = 200
"""Orders and stock rows of an owner from which on a decision over all of them is made aside: some 30 ms of work."""

USUAL: Final = frozenset(
    {
        *(CancelOrder, CancelWave, CloseOrder, ConfirmPick, ConfirmShipment, DefineCustomer, DefineItem, PackPackage),
        *(PlaceOrder, ReleaseOrder, ReleaseWave, ReserveStock, ScanLot, StartPick, UndoPick, UnpackPackage),
        *(UnreserveOrder, WorkOnWave),
    }
)
"""Commands that touch what they name, and those who wait for what they bring; any other may touch any order."""


class Aside(Protocol):
    """Where long decisions are made."""

    #: Orders and stock rows of an owner from which on a decision over all of them may take long.
    orders_min: int

    async def run(self, work: Callable[[], T]) -> T:
        """Do a piece of work and return what it returns, or raise what it raises, while the event loop goes on."""


class OnThread:
    """Does the work on a thread."""

    def __init__(self, *, orders_min: int = ORDERS_MIN) -> None:
        self.orders_min = orders_min

    async def run(self, work: Callable[[], T]) -> T:
        """Do a piece of work on a thread; whoever is cancelled meanwhile still waits until it is done.

        Nothing can end a thread, and what it changes must be nobody else's until it has.
        """
        # Not a task: at the end of everything tasks are cancelled all at once.
        working = asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, work)
        cancelled = None
        while not working.done():
            try:
                await asyncio.wait([working])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return working.result()


def may_take_long(ledger: Ledger, command: Command, *, orders_min: int) -> bool:
    """Tell whether a decision may touch so many of an owner's orders; asked before every record, so it looks at sizes.

    An order that is placed concerns nobody else, unless its owner has something to look at again first.
    """
    kind = type(command)
    # What asks about the past may be tried on a copy of all of it first (`lotstream.domain.keeping_counts`).
    is_tried = ledger.history and kind in MAY_BE_LATE
    if (kind not in USUAL or is_tried or is_due(ledger)) and len(ledger.orders) + len(ledger.stock) >= orders_min:
        return True
    if kind is PlaceOrder:
        return False
    derived = ledger.derived
    return derived is not None and derived.waiting.count >= orders_min
