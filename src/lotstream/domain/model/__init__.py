"""The things of the warehouse: items, lots, stock rows, orders and what is promised to them.

Facts (items, customers, sites, locations, settings) are frozen; what the ledger counts (lots, stock rows, orders)
changes only through :func:`lotstream.domain.apply.apply`. All quantities are integers of the item's smallest unit.
"""

from __future__ import annotations

from lotstream.domain.model.clock import OwnerClock
from lotstream.domain.model.documents import Booked, Receipt, ReceiptKey
from lotstream.domain.model.facts import (
    Calendar,
    Channel,
    Customer,
    Hold,
    HoldKind,
    Item,
    LifeFrom,
    Location,
    PackRule,
    Policy,
    Reallocate,
    Settings,
    Site,
    Tracking,
    ZoneRule,
    ZoneUse,
)
from lotstream.domain.model.orders import (
    KitPart,
    LotShipped,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Reservation,
    ShipPolicy,
)
from lotstream.domain.model.stock import Lot, RowKey, Serial, SerialKey, SerialState, Status, StockRow

__all__ = [
    "Booked",
    "Calendar",
    "Channel",
    "Customer",
    "Hold",
    "HoldKind",
    "Item",
    "KitPart",
    "LifeFrom",
    "Location",
    "Lot",
    "LotShipped",
    "Order",
    "OrderKey",
    "OrderLine",
    "OrderState",
    "OwnerClock",
    "PackRule",
    "Policy",
    "Reallocate",
    "Receipt",
    "ReceiptKey",
    "Reservation",
    "RowKey",
    "Serial",
    "SerialKey",
    "SerialState",
    "Settings",
    "ShipPolicy",
    "Site",
    "Status",
    "StockRow",
    "Tracking",
    "ZoneRule",
    "ZoneUse",
]
