"""What stories are told about: a few SKUs, lots, bins and numbers, so that messages meet; and how they begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.commands import (
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineSite,
    GoodsLine,
    OpenBalance,
    OpenDay,
)
from lotstream.domain.model import (
    BY_LOT,
    AdjustCode,
    Calendar,
    Customer,
    Item,
    Location,
    Policy,
    Site,
    Tracking,
)
from tests.property.house import TODAY

#: Why goods are adjusted; None: nobody says.
CODES = (None, *AdjustCode, "shrinkage")
SITES = ("S1", "S2")
BINS = ("A1", "A2", "B1")
LOTS = ("L1", "L2", "L3")
#: Expiry of a lot, unless a message is wrong about it.
EXPIRES = {"L1": TODAY + timedelta(days=5), "L2": TODAY + timedelta(days=2), "L3": TODAY + timedelta(days=30)}
MADE = TODAY - timedelta(days=20)
#: What lines of goods say of where they are from: seldom anything.
SUPPLIED: dict[str, tuple[Any, ...]] = {
    "supplier": (*[None] * 20, "SUP", "V1"), "supplier_lot": (*[None] * 20, "24A", "L1"),
    "cost": (*[None] * 9, Decimal("0.25")), "gtin": (*[None] * 20, "012345"),
}  # fmt: skip
NUMBERS = ("s1", "s2", "s3", "s4")
PREFIX = "4012345"

FACTS = (
    DefineItem(Item("A", units={"case": Decimal(3)}, gtins=("04012345000013",), catch_weight=True)),
    DefineItem(Item("B", tracking=Tracking.NONE, policy=Policy.CLOSEST)),
    DefineItem(Item("S", tracking=Tracking.SERIAL)),
    DefineItem(Item("W", decimals=1, base_unit="kg", units={"box": Decimal("2.5")})),
    DefineItem(Item("K", tracking=Tracking.NONE, kit={"A": Decimal(2), "B": Decimal(1)})),
    DefineCustomer(Customer("C-LIFE", min_days_left=3, min_days_left_by_sku={"B": 0})),
    DefineCustomer(Customer("C-LOTS", max_lots=2, exclude_returned=True)),
    DefineCustomer(Customer("C-LAST", no_older_than_last_shipped=True, single_lot=True)),
)
"""What each owner has defined when a story begins."""


def _found(sku: str, lot: str | None, units: int, place: str, *, numbers: tuple[str, ...] = ()) -> GoodsLine:
    expires, made = EXPIRES.get(lot or ""), MADE if lot is not None else None
    line = f"{sku}{lot}{place}"
    return GoodsLine(line, sku, Decimal(units), None, place, lot=lot, made=made, expires=expires, serials=numbers)


STOCK = (
    OpenBalance(
        "S1", None, None, "opening",
        (
            _found("A", "L1", 4, "A1"), _found("A", "L2", 3, "A2"), _found("A", "L3", 5, "B1"),
            _found("B", None, 4, "A1"), _found("S", "L1", 2, "A1", numbers=("s1", "s2")), _found("W", "L1", 3, "B1"),
            _found("K", None, 1, "A2"),
        ),
    ),
    OpenBalance("S2", None, None, "opening there", (_found("A", "L1", 3, "A1"), _found("B", None, 2, "B1"))),
)  # fmt: skip
"""What lies there for each of them then."""

PACKED = OpenBalance(
    "S1", None, None, "packed",
    tuple(
        replace(_found("A", lot, units, place), pack_size=Decimal(pack))
        for lot, units, place, pack in (("L1", 6, "B1", 3), ("L2", 4, "A1", 2), ("L3", 10, "A2", 5))
    ),
)  # fmt: skip
"""Packs, for stories of what is chosen."""

PLACES = (
    DefineSite(Site("S1", calendar=Calendar.SCRIPTED)),
    DefineSite(Site("S2", reserve=BY_LOT)),
    OpenDay("S1", TODAY),
    OpenDay("S2", TODAY),
    DefineLocation(Location("S1", "AISLE")),
    DefineLocation(Location("S1", "A1", parent="AISLE", sequence=2)),
    DefineLocation(Location("S1", "A2", parent="AISLE", sequence=1, tier=1)),
    DefineLocation(Location("S1", "CAGE", pickable=False)),
)
"""What all of them share."""
