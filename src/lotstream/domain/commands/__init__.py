"""What may be asked of the ledger, and what it is told has happened.

One frozen record per message type; the doors turn messages into these (`lotstream.contracts`). Quantities are decimals
in the unit named beside them, because only the ledger knows an item's smallest unit.
"""

from __future__ import annotations

from lotstream.domain.commands.facts import (
    ChangeSettings,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    DefineSite,
    OpenDay,
)
from lotstream.domain.commands.floor import (
    ConfirmPick,
    ConfirmShipment,
    PickLine,
    ScanLot,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
)
from lotstream.domain.commands.goods import (
    GoodsLine,
    LiftBinHold,
    LiftHold,
    OpenBalance,
    PlaceBinHold,
    PlaceHold,
    ReceiveStock,
)
from lotstream.domain.commands.hub import AnswerBroadcast, ContinueDay, Moment, TickClock
from lotstream.domain.commands.orders import CancelOrder, LineWanted, PlaceOrder, ReleaseOrder, RequestAllocation

__all__ = [
    "AnswerBroadcast",
    "CancelOrder",
    "ChangeSettings",
    "Command",
    "ConfirmPick",
    "ConfirmShipment",
    "ContinueDay",
    "DefineCustomer",
    "DefineItem",
    "DefineLocation",
    "DefineOwner",
    "DefineSite",
    "GoodsLine",
    "LiftBinHold",
    "LiftHold",
    "LineWanted",
    "Moment",
    "OpenBalance",
    "OpenDay",
    "PickLine",
    "PlaceBinHold",
    "PlaceHold",
    "PlaceOrder",
    "ReceiveStock",
    "ReleaseOrder",
    "RequestAllocation",
    "ScanLot",
    "ShippedLine",
    "ShippedOrder",
    "ShippedPackage",
    "TickClock",
]

Command = (
    DefineOwner
    | ChangeSettings
    | DefineItem
    | DefineCustomer
    | DefineSite
    | DefineLocation
    | OpenDay
    | PlaceBinHold
    | LiftBinHold
    | AnswerBroadcast
    | ContinueDay
    | TickClock
    | PlaceOrder
    | CancelOrder
    | ReleaseOrder
    | RequestAllocation
    | ReceiveStock
    | OpenBalance
    | PlaceHold
    | LiftHold
    | ConfirmPick
    | ConfirmShipment
    | ScanLot
)
