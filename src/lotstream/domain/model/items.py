"""What an item is: how it is counted, tracked, kept and used."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lotstream.domain.model.facts import Policy
from lotstream.domain.model.goods import LotNumber, Mixing, Rebase


class Tracking(StrEnum):
    """How finely the units of an item are told apart."""

    LOT = "lot"
    SERIAL = "serial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Item:
    """An owner's SKU: how it is counted, tracked and used."""

    sku: str
    version: int = 1
    tracking: Tracking = Tracking.LOT
    base_unit: str = "each"
    #: Decimals of the base unit; the smallest unit is 10 ** -decimals base units.
    decimals: int = 0
    #: Name of a unit → base units in one of it.
    units: dict[str, Decimal] = field(default_factory=dict)
    gtins: tuple[str, ...] = ()
    policy: Policy | None = None
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    description: str | None = None
    #: Component → base units of it in one base unit of this; empty: it is no kit.
    kit: dict[str, Decimal] = field(default_factory=dict)
    #: Facts without which goods of it do not come in: ``supplier``, ``expires``, ``certificate:<type>`` …
    required: tuple[str, ...] = ()
    lot_number: LotNumber | None = None
    #: Days from made to expiry, where only the day of making is known.
    shelf_life_days: int | None = None
    #: New lots are held until they are inspected.
    inspect: bool = False
    #: Classes of where it may be kept, and of what it must not lie beside.
    storage: str | None = None
    hazard: str | None = None
    mixing: Mixing = Mixing.ANY
    #: Types of documents without which nothing of a lot is shipped.
    documents: tuple[str, ...] = ()
    #: Ingredient → base units of it in one base unit of this, 0 for any amount; None: it is not made here.
    recipe: dict[str, Decimal] | None = None
    #: It is weighed when it comes, is picked and leaves.
    catch_weight: bool = False
    #: Degrees Celsius it has to be kept between.
    keep_from_c: Decimal | None = None
    keep_to_c: Decimal | None = None
    #: Days before expiry at which people are told; None: as the owner's settings say.
    expiry_alert_days: tuple[int, ...] | None = None
    reorder_point: Decimal | None = None
    daily_use: Decimal | None = None
    #: How it was counted before, oldest first; `item.rebased` alone sets it.
    rebased: tuple[Rebase, ...] = ()
    #: SKUs it had before; no message of items sets them.
    former: tuple[str, ...] = ()
