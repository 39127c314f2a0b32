"""Facts that are told and never counted: sites, locations, customers, an owner's settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lotstream.domain.model.goods import CountApproval, Mixing


class Policy(StrEnum):
    """The order in which lots are used."""

    FEFO = "FEFO"  # first expired, first out; lots without expiry last
    FIFO = "FIFO"  # first received, first out
    LIFO = "LIFO"  # newest receipt first
    CLOSEST = "CLOSEST"  # nearest location first
    NEWEST_EXPIRY = "NEWEST_EXPIRY"  # longest life first; lots without expiry last
    MIN_PACKAGES = "MIN_PACKAGES"  # fewest packages


class PackRule(StrEnum):
    """What becomes of packs when a line wants no whole number of them."""

    NEVER_OVER = "never_over"  # whole packs only, never more than is wanted
    COVER = "cover"  # whole packs, over by the least
    PARTIAL_PACKS = "partial_packs"  # a pack may be broken


class ZoneUse(StrEnum):
    """How the stock of a zone is used."""

    DEFAULT = "default"  # as far as it goes
    EMPTY_BIN = "empty_bin"  # bins that a line empties
    PACKAGING = "packaging"  # whole packs, the largest first


class LifeFrom(StrEnum):
    """The day from which a customer counts minimum life."""

    SHIP = "ship"
    DELIVERY = "delivery"  # the ship date and the days it is on the road


class Reallocate(StrEnum):
    """Who looks for other stock when reserved stock may no longer be used."""

    AUTO = "auto"  # the ledger, at once
    MANUAL = "manual"  # whoever asks for allocation


class Calendar(StrEnum):
    """Where a site's today comes from."""

    CLOCK = "clock"  # the site's time zone; days are opened by the hub
    SCRIPTED = "scripted"  # day.opened alone, without bound


class ShortPick(StrEnum):
    """What becomes of goods that were promised and not found in their bin."""

    REALLOCATE = "reallocate"  # the bin is booked down and who loses is allocated again
    HOLD = "hold"  # they stay promised until the bin is counted


class HoldKind(StrEnum):
    """Why stock may not be used."""

    HOLD = "hold"
    QUARANTINE = "quarantine"
    RECALL = "recall"


#: What a site says that names bins itself (`Site.reserve`).
BY_LOT: Final = "lot"


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse with its own clock."""

    id: str
    time_zone: str = "UTC"
    calendar: Calendar = Calendar.CLOCK
    #: ``bin``: lotstream names the bin; ``lot``: the warehouse system names it in pick.confirmed.
    reserve: str = "bin"
    version: int = 1
    #: The order of use for items that name none; the narrowest after the item.
    policy: Policy | None = None
    #: Promises are told to the floor by waves only.
    wave_tasks: bool = False
    #: It reserves by lot, or has done so before: tasks may be open there that name no bin.
    lot_tasks: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason why a lot or a bin may not be used; it is free when none is left."""

    id: str
    kind: HoldKind
    reason: str | None = None
    #: Who placed it, and when.
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnerHold:
    """A hold on all that an owner has, or on all that came from one supplier, what is still to come included."""

    hold: Hold
    #: None: whoever it came from.
    supplier: str | None = None


@dataclass(frozen=True, slots=True)
class RecallRule:
    """What a recall says of goods that are still to come: all of it has to fit; None says nothing."""

    hold: Hold
    sku: str | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    made_from: date | None = None
    made_to: date | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A bin, or an area that holds bins."""

    site: str
    id: str
    parent: str | None = None
    #: Smaller is nearer; None: after all that have one, by name, so that the order of messages never matters.
    sequence: int | None = None
    pickable: bool = True
    #: A hold that is part of the bin's definition.
    hold: bool = False
    #: Smaller tiers are used up first.
    tier: int = 0
    version: int = 1
    #: Holds that were placed on it one by one.
    holds: tuple[Hold, ...] = ()
    #: Storage and hazard classes that may lie there; none: any.
    storage: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    mixing: Mixing = Mixing.ANY
    #: Holds that were lifted from it, the last ones.
    lifted: tuple[str, ...] = ()

    @property
    def is_shut(self) -> bool:
        """Tell whether nothing in it may be promised, whatever lies around it."""
        return self.is_held or not self.pickable

    @property
    def is_held(self) -> bool:
        """Tell whether it is on hold, whatever lies around it."""
        return self.hold or bool(self.holds)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who an owner ships to, and what that customer accepts."""

    id: str
    version: int = 1
    site: str | None = None
    policy: Policy | None = None
    min_days_left: int | None = None
    min_days_left_by_sku: dict[str, int] = field(default_factory=dict)
    min_pct_left: Decimal | None = None
    min_pct_left_by_sku: dict[str, Decimal] = field(default_factory=dict)
    #: Every line from one lot, or from at most so many.
    single_lot: bool = False
    max_lots: int | None = None
    #: Nothing that came back from somebody else.
    exclude_returned: bool = False
    #: Nothing that expires before what was shipped to it last, per SKU.
    no_older_than_last_shipped: bool = False
    #: What had been shipped to it before the ledger began to count, by SKU.
    last_shipped_expiry: dict[str, date] = field(default_factory=dict)
    life_from: LifeFrom = LifeFrom.SHIP
    #: Days on the road, where life counts from the delivery.
    transit_days: int = 0
    #: Its orders are decided when their ship date is at most so many days ahead.
    allocate_days_ahead: int | None = None
    #: Types of documents without which nothing is shipped to it.
    documents: tuple[str, ...] = ()

    @property
    def lots_max(self) -> int | None:
        """Return how many lots a line may come from; None for any number."""
        return 1 if self.single_lot else self.max_lots


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """How the stock in one location, and in all below it, is used."""

    zone: str
    rule: ZoneUse = ZoneUse.DEFAULT
    #: Units or base units that are packs here; none: all units of the item.
    packs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where an owner sells, and what of its stock may be sold there."""

    name: str
    #: Days of life, and percent of it, that must be left today.
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    #: Sites that sell there; empty for all.
    sites: tuple[str, ...] = ()
    #: Goods that came back from a customer are not sold there.
    exclude_returned: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """An owner's choices; defaults as in the allocation rules."""

    policy: Policy = Policy.FEFO
    #: ``received``, ``lot``, ``location``, ``smallest_qty``, in the order they break ties.
    tie_break: tuple[str, ...] = ("received", "lot", "location")
    #: ``at_once``: on arrival, backorders when stock comes free; ``on_request``: by allocation.requested.
    allocate: str = "at_once"
    allow_partial: bool = True
    expired_ok: bool = False
    #: A line in another unit gets whole multiples of that unit.
    whole_unit: bool = True
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    exclude_locations: tuple[str, ...] = ()
    #: Sites in the order they are tried when an order names none.
    sites: tuple[str, ...] = ()
    pack_rule: PackRule = PackRule.NEVER_OVER
    #: Zones in the order their stock is used; with none, all stock is one zone.
    zone_rules: tuple[ZoneRule, ...] = ()
    #: An order that is decided again gives back what it has and is decided as if it were new.
    reassign_partial: bool = False
    #: Where what may be sold is told; none: nobody is told.
    channels: tuple[Channel, ...] = ()
    #: Seconds for which changes are gathered up before what may be sold is told.
    availability_every_s: int = 60
    reallocate: Reallocate = Reallocate.AUTO
    #: Holds on the whole owner or on a supplier; no message of settings sets them.
    holds: tuple[OwnerHold, ...] = ()
    #: Percent of a line's ordered quantity that may be picked beyond it.
    over_pick_pct: Decimal = Decimal(0)
    short_pick: ShortPick = ShortPick.REALLOCATE
    #: The owner's GS1 company prefix, of which package numbers (SSCC) are made; None: packages are named by others.
    sscc_prefix: str | None = None
    #: The digit before it.
    sscc_extension: int = 0
    #: Orders are decided when their ship date is at most so many days ahead; None: when they arrive.
    allocate_days_ahead: int | None = None
    #: Hours after which the sender of an order that is still held is told; None: never.
    held_notice_hours: int | None = None
    #: Days before expiry, and before nobody may get a lot any more, at which people are told.
    expiry_alert_days: tuple[int, ...] = ()
    unsellable_alert_days: tuple[int, ...] = ()
    #: None: no count needs a second counter.
    count_approval: CountApproval | None = None
    #: The condition of goods that come back where the message says none.
    returned_status: str = "good"
    #: The floor is told where to put what comes in.
    put_away_hints: bool = False
    #: Pairs of hazard classes that must not lie in one place.
    hazard_conflicts: tuple[tuple[str, str], ...] = ()
    #: In which costs are told.
    currency: str | None = None
    #: The owner has left: nothing new is taken in. No message of settings sets it.
    closed: bool = False
    #: Holds on the owner or on suppliers that were lifted, the last ones. No message of settings sets it.
    lifted: tuple[str, ...] = ()
    #: What recalls say of goods that are still to come. No message of settings sets it.
    recalls: tuple[RecallRule, ...] = ()
