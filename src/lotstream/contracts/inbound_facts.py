"""Inbound messages that say who and what there is: owners, settings, items, customers, sites, locations, days."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from lotstream.contracts.fields import Count, Day, Days, Inbound, Name, OwnerId, Quantity, Rank, Text
from lotstream.contracts.inbound_settings import AlertDays
from lotstream.contracts.limits import (
    CLASSES_MAX,
    COMPONENTS_MAX,
    FACTS_MAX,
    GTINS_MAX,
    ITEM_DECIMALS_MAX,
    LIFE_DAYS_MAX,
    NAME_CHARS_MAX,
    SITES_MAX,
    SKU_RULES_MAX,
    UNITS_MAX,
)
from lotstream.domain.model import (
    Calendar,
    LifeFrom,
    Mixing,
    NumberKind,
    Policy,
    Tracking,
)


class Reserve(StrEnum):
    """How far lotstream decides."""

    #: The lot and the bin: each pick task names both.
    BIN = "bin"
    #: The lot: the warehouse system names the bin when it picks.
    LOT = "lot"


def _known_zone(name: str) -> str:
    # A worker that came upon an unknown zone in its state could open no day any more, nor start again.
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "time_zone", "a time zone of the IANA database is expected, such as America/Toronto"
        ) from None
    return name


class OwnerDefined(Inbound):
    """An inventory owner exists."""

    owner: OwnerId = Field(description="The owner's id; the key of all its messages.")
    sites: Annotated[tuple[Name, ...], Field(max_length=SITES_MAX)] = Field(
        default=(), description="Sites in the order they are tried when an order names none."
    )


class LotNumbers(Inbound):
    """How lots of an item are numbered whose goods come in without a number of ours."""

    kind: NumberKind = Field(
        default=NumberKind.SUPPLIER,
        description="`supplier`: they keep the supplier's; `sequence`: the owner's next number; `date`: the day they "
        "were made, or came in; `template`: as `template` says.",
    )
    template: Annotated[str, Field(max_length=NAME_CHARS_MAX)] = Field(
        default="",
        description="What a number is made of: text, `{supplier_lot}`, `{facility}`, `{made:%y%m%d}`, "
        "`{received:%y%m%d}`, `{seq:4}`.",
        examples=["{received:%y%m%d}-{seq:4}"],
    )
    pattern: Name | None = Field(
        default=None,
        description="What a number of ours looks like that a line names: characters, classes and `\\d`, each with "
        "`{4}`, `?`, `+` or `*`; no groups, and at most three parts of varying length.",
        examples=["L[0-9]{6}"],
    )


class ItemDefined(Inbound):
    """An item exists, or has a newer version."""

    owner: OwnerId = Field(description="Whose item.")
    sku: Name = Field(description="The owner's SKU.")
    version: Count = Field(default=1, description="Grows with every change; an older one changes nothing.")
    tracking: Tracking = Field(default=Tracking.LOT, description="How finely its units are told apart.")
    base_unit: Name = Field(default="each", description="The unit stock is counted in.")
    decimals: Annotated[int, Field(ge=0, le=ITEM_DECIMALS_MAX)] = Field(
        default=0, description="Decimals of the base unit; 0 for what is counted in pieces."
    )
    units: Annotated[dict[Name, Quantity], Field(max_length=UNITS_MAX)] = Field(
        default={}, description="Other units, each with the base units in one of it."
    )
    gtins: Annotated[tuple[Name, ...], Field(max_length=GTINS_MAX)] = Field(
        default=(), description="Global Trade Item Numbers under which it is ordered."
    )
    policy: Policy | None = Field(default=None, description="Order in which its lots are used.")
    min_days_left: Days | None = Field(default=None, description="Days of life that must be left on the ship date.")
    min_pct_left: Quantity | None = Field(default=None, description="Percent of life that must be left.")
    description: Text | None = Field(default=None, description="What it is, for people.")
    catch_weight: bool = Field(
        default=False, description="It is weighed when it comes, is picked and leaves; what it weighs differs."
    )
    recipe: Annotated[dict[Name, Quantity], Field(max_length=COMPONENTS_MAX)] | None = Field(
        default=None,
        description="Ingredient → base units of it in one base unit of this, 0 for any amount; production with another "
        "ingredient, or without one of these, is refused. Null: it may be made of anything.",
    )
    kit: Annotated[dict[Name, Quantity], Field(max_length=COMPONENTS_MAX)] = Field(
        default={}, description="What it is made of: SKU of a component, and base units of it in one base unit of this."
    )
    storage: Name | None = Field(default=None, description="Storage class, such as chilled; places may name theirs.")
    hazard: Name | None = Field(default=None, description="Hazard class, such as flammable; null for harmless goods.")
    mixing: Mixing = Field(
        default=Mixing.ANY,
        description="What may lie in one bin with it: anything, other lots of it (`one_sku`), or nothing (`one_lot`).",
    )
    keep_from_c: Quantity | None = Field(default=None, description="Degrees Celsius it must not be kept below.")
    keep_to_c: Quantity | None = Field(default=None, description="Degrees Celsius it must not be kept above.")
    inspect: bool = Field(default=False, description="Lots that come in are held until an inspection has passed them.")
    documents: Annotated[tuple[Name, ...], Field(max_length=CLASSES_MAX)] = Field(
        default=(), description="Types of papers, such as organic, without which nothing of a lot is shipped."
    )
    required: Annotated[tuple[Name, ...], Field(max_length=FACTS_MAX)] = Field(
        default=(),
        description="Facts without which its goods are no stock when they come in: `supplier`, `supplier_lot`, `made`, "
        "`expires`, `origin`, `facility`, `inspection`, `certificate:<type>`.",
        examples=[["supplier", "expires", "certificate:organic"]],
    )
    lot_number: LotNumbers | None = Field(
        default=None, description="How its lots are numbered; null: they keep the supplier's number."
    )
    shelf_life_days: Annotated[int, Field(ge=1, le=LIFE_DAYS_MAX)] | None = Field(
        default=None, description="Days from its making to its last day of use, where only the day of making is told."
    )
    expiry_alert_days: AlertDays | None = Field(
        default=None, description="Days before a lot of it expires at which people are told; null: as settings say."
    )
    reorder_point: Quantity | None = Field(
        default=None, description="Base units of it below which people are told to order it again."
    )
    daily_use: Quantity | None = Field(
        default=None, description="Base units of it that are used a day; what expires before its turn is left out."
    )


class CustomerDefined(Inbound):
    """A customer exists, or has a newer version."""

    owner: OwnerId = Field(description="Whose customer.")
    customer: Name = Field(description="The owner's customer number.")
    version: Count = Field(default=1, description="Grows with every change; an older one changes nothing.")
    site: Name | None = Field(default=None, description="The site that fills its orders.")
    policy: Policy | None = Field(default=None, description="Order in which lots are used for it.")
    min_days_left: Days | None = Field(default=None, description="Days of life it wants left on the ship date.")
    min_days_left_by_sku: Annotated[dict[Name, Days], Field(max_length=SKU_RULES_MAX)] = Field(
        default={}, description="The same for single SKUs."
    )
    min_pct_left: Quantity | None = Field(default=None, description="Percent of life it wants left.")
    min_pct_left_by_sku: Annotated[dict[Name, Quantity], Field(max_length=SKU_RULES_MAX)] = Field(
        default={}, description="The same for single SKUs."
    )
    life_from: LifeFrom = Field(
        default=LifeFrom.SHIP, description="The day from which minimum life counts: the ship date or the delivery."
    )
    transit_days: Days = Field(
        default=0, description="Days on the road; with `life_from` delivery, minimum life counts so much later."
    )
    single_lot: bool = Field(default=False, description="All of a line must come from one lot.")
    max_lots: Count | None = Field(default=None, description="Most lots a line may come from.")
    exclude_returned: bool = Field(default=False, description="Goods that were returned are not used for it.")
    no_older_than_last_shipped: bool = Field(
        default=False, description="No lot is used that expires before the latest expiry shipped to it, per SKU."
    )
    last_shipped_expiry: Annotated[dict[Name, Day], Field(max_length=SKU_RULES_MAX)] = Field(
        default={}, description="The latest expiry that was shipped to it before lotstream began to count, by SKU."
    )
    allocate_days_ahead: Days | None = Field(
        default=None,
        description="Its orders are decided when they ship at most so many days ahead; null: as settings say.",
    )
    documents: Annotated[tuple[Name, ...], Field(max_length=CLASSES_MAX)] = Field(
        default=(), description="Types of papers without which nothing of a lot is shipped to it."
    )


class SupplierDefined(Inbound):
    """A supplier of an owner's goods exists, or has a newer version."""

    owner: OwnerId = Field(description="Whose supplier.")
    supplier: Name = Field(description="The owner's number of it, as goods that come in name it.")
    version: Count = Field(default=1, description="Grows with every change; an older one changes nothing.")
    name: Name | None = Field(default=None, description="What it is called.")
    gln: Name | None = Field(default=None, description="Its Global Location Number.")
    min_days_left: Days | None = Field(
        default=None, description="Days its goods have to live yet on the day they come in; null: any."
    )
    min_days_left_by_sku: Annotated[dict[Name, Days], Field(max_length=SKU_RULES_MAX)] = Field(
        default={}, description="The same for single SKUs; 0: any."
    )
    min_pct_left: Quantity | None = Field(default=None, description="Percent of their life that they have to live yet.")


class SiteDefined(Inbound):
    """A site exists, or has a newer version; told to every partition, so it has no owner."""

    site: Name = Field(description="The site's id.")
    time_zone: Annotated[Name, AfterValidator(_known_zone)] = Field(
        default="UTC", description="IANA time zone; the site's today is kept in it.", examples=["America/Toronto"]
    )
    calendar: Calendar = Field(default=Calendar.CLOCK, description="Where the site's today comes from.")
    reserve: Reserve = Field(
        default=Reserve.BIN,
        description="What lotstream names: `bin`, the lot and the bin; `lot`, the lot alone, and pick.confirmed names "
        "the bin.",
    )
    version: Count = Field(default=1, description="Grows with every change; an older one changes nothing.")
    policy: Policy | None = Field(
        default=None, description="Order in which lots are used here, for items that name none of their own."
    )
    wave_tasks: bool = Field(
        default=False, description="True: what is promised here is told to the floor by waves only, one task for many."
    )


class LocationDefined(Inbound):
    """A location exists, or has a newer version; told to every partition, so it has no owner."""

    site: Name = Field(description="The site it lies in.")
    location: Name = Field(description="The location's id within its site.")
    parent: Name | None = Field(default=None, description="The area it lies in.")
    sequence: Rank | None = Field(
        default=None, description="Smaller is nearer; null means after all that have one, as they were named."
    )
    pickable: bool = Field(default=True, description="Stock in it may be promised.")
    hold: bool = Field(default=False, description="The location itself is on hold.")
    tier: Rank = Field(default=0, description="Smaller tiers are used up first.")
    version: Count = Field(default=1, description="Grows with every change; an older one changes nothing.")
    storage: Annotated[tuple[Name, ...], Field(max_length=CLASSES_MAX)] | None = Field(
        default=None, description="Storage classes that may lie in it; null: as the area around it says, or any."
    )
    hazards: Annotated[tuple[Name, ...], Field(max_length=CLASSES_MAX)] | None = Field(
        default=None, description="Hazard classes that may lie in it; null: as the area around it says, or any."
    )
    mixing: Mixing | None = Field(
        default=None, description="What may lie in one bin of it; null: as the area around it says, or anything."
    )


class DayOpened(Inbound):
    """A site's new date; told to every partition, so it has no owner."""

    site: Name = Field(description="The site whose day it is.")
    date: Day = Field(description="The site's today from now on; it only moves forward.")
