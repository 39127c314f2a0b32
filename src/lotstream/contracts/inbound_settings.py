"""The inbound message that says how an owner's stock is promised, counted and told about."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Days, Inbound, Name, OwnerId, Quantity
from lotstream.contracts.limits import (
    ALERT_DAYS_MAX,
    CHANNELS_MAX,
    CONFLICTS_MAX,
    GATHER_SECONDS_MAX,
    LOCATIONS_MAX,
    NOTICE_HOURS_MAX,
    SITES_MAX,
    UNITS_MAX,
    ZONES_MAX,
)
from lotstream.domain.model import (
    PackRule,
    Policy,
    Reallocate,
    ShortPick,
    Status,
    ZoneUse,
)

AlertDays = Annotated[tuple[Days, ...], Field(max_length=ALERT_DAYS_MAX)]
"""Days before the last one on which people are told of a lot."""


class TieBreak(StrEnum):
    """What decides between two lots that the policy ranks alike."""

    RECEIVED = "received"
    LOT = "lot"
    LOCATION = "location"
    SMALLEST_QTY = "smallest_qty"


class Allocate(StrEnum):
    """When orders are decided."""

    AT_ONCE = "at_once"
    ON_REQUEST = "on_request"


class Channel(Inbound):
    """Where an owner sells, and what of its stock may be sold there."""

    name: Name = Field(description="The channel's name, as its readers know it.", examples=["shop"])
    min_days_left: Days | None = Field(default=None, description="Days of life that must be left today.")
    min_pct_left: Quantity | None = Field(default=None, description="Percent of life that must be left today.")
    sites: Annotated[tuple[Name, ...], Field(max_length=SITES_MAX)] = Field(
        default=(), description="Sites that sell there; empty for all."
    )
    exclude_returned: bool = Field(default=False, description="Goods that came back are not sold there.")


class ZoneRule(Inbound):
    """How the stock in one location, and in all below it, is used."""

    zone: Name = Field(description="The location.")
    rule: ZoneUse = Field(
        default=ZoneUse.DEFAULT,
        description="`default`: as far as it goes; `empty_bin`: bins that a line empties; `packaging`: whole packs.",
    )
    packs: Annotated[tuple[Name, ...], Field(max_length=UNITS_MAX)] = Field(
        default=(), description="What is a pack under `packaging`: units, or base units; empty means all units."
    )


class HazardConflict(Inbound):
    """Two hazard classes whose goods must not lie in one bin."""

    hazard: Name = Field(description="One of the two.")
    beside: Name = Field(description="The other; the same for goods that must lie alone.")


class SecondCounter(Inbound):
    """A count that differs from the books by as much as any of these waits for somebody else to count."""

    units: Quantity | None = Field(default=None, description="Base units of a line; null: it does not matter.")
    percent: Quantity | None = Field(default=None, description="Percent of what was known to be there.")
    value: Quantity | None = Field(default=None, description="Worth of the difference, where the lot's cost is known.")


class SettingsChanged(Inbound):
    """The whole of an owner's settings; what is left out goes back to its default."""

    owner: OwnerId = Field(description="Whose settings.")
    policy: Policy = Field(default=Policy.FEFO, description="Order in which lots are used.")
    tie_break: Annotated[tuple[TieBreak, ...], Field(max_length=len(TieBreak))] = Field(
        default=(TieBreak.RECEIVED, TieBreak.LOT, TieBreak.LOCATION),
        description="What decides between lots the policy ranks alike, in this order.",
    )
    allocate: Allocate = Field(default=Allocate.AT_ONCE, description="Decide on arrival, or on request only.")
    sscc_prefix: Name | None = Field(
        default=None, description="GS1 company prefix that package numbers (SSCC) are made of; null: others name them."
    )
    sscc_extension: Annotated[int, Field(ge=0, le=9)] = Field(default=0, description="The digit before the prefix.")
    over_pick_pct: Quantity = Field(
        default=Decimal(0), description="Percent of a line's ordered quantity that may be picked beyond it."
    )
    short_pick: ShortPick = Field(
        default=ShortPick.REALLOCATE,
        description="What becomes of goods not found in their bin: booked down and replaced, or kept until counted.",
    )
    allow_partial: bool = Field(default=True, description="A line may be promised less than it wants.")
    expired_ok: bool = Field(default=False, description="Expired lots may be used.")
    whole_unit: bool = Field(default=True, description="A line in another unit gets whole multiples of that unit.")
    min_days_left: Days | None = Field(default=None, description="Days of life that must be left, for all orders.")
    min_pct_left: Quantity | None = Field(default=None, description="Percent of life that must be left.")
    exclude_locations: Annotated[tuple[Name, ...], Field(max_length=LOCATIONS_MAX)] = Field(
        default=(), description="Locations whose stock is never promised."
    )
    sites: Annotated[tuple[Name, ...], Field(max_length=SITES_MAX)] = Field(
        default=(), description="Sites in the order they are tried when an order names none."
    )
    channels: Annotated[tuple[Channel, ...], Field(max_length=CHANNELS_MAX)] = Field(
        default=(), description="Channels that are told what may be sold; without any nobody is."
    )
    availability_every_s: Annotated[int, Field(ge=1, le=GATHER_SECONDS_MAX)] = Field(
        default=60, description="Seconds for which changes are gathered up before what may be sold is told."
    )
    reallocate: Reallocate = Field(
        default=Reallocate.AUTO,
        description="Orders that lose what was promised to them are decided again at once, or on request only.",
    )
    pack_rule: PackRule = Field(
        default=PackRule.NEVER_OVER,
        description="Whole packs and never more than is wanted; whole packs, over by the least; or packs are broken.",
    )
    zone_rules: Annotated[tuple[ZoneRule, ...], Field(max_length=ZONES_MAX)] = Field(
        default=(), description="Zones in the order their stock is used; stock in none of them is not. Empty: no zones."
    )
    reassign_partial: bool = Field(
        default=False,
        description="An order that is not complete is decided as if it were new when allocation is asked for.",
    )
    allocate_days_ahead: Days | None = Field(
        default=None,
        description="Orders are decided when they ship at most so many days ahead; null: when they arrive.",
    )
    put_away_hints: bool = Field(
        default=False, description="The floor is told where to put what comes in, with the reason."
    )
    hazard_conflicts: Annotated[tuple[HazardConflict, ...], Field(max_length=CONFLICTS_MAX)] = Field(
        default=(), description="Hazard classes that must not lie beside each other in one bin."
    )
    held_notice_hours: Annotated[int, Field(ge=1, le=NOTICE_HOURS_MAX)] | None = Field(
        default=None, description="Hours after which the sender of an order that is still held is told; null: never."
    )
    count_approval: SecondCounter | None = Field(
        default=None, description="From which difference on a count needs a second counter; null: never."
    )
    returned_status: Status = Field(
        default=Status.GOOD, description="Condition of goods that come back where the message says none."
    )
    expiry_alert_days: AlertDays = Field(
        default=(), description="Days before a lot expires at which people are told, once each; empty: they are not."
    )
    unsellable_alert_days: AlertDays = Field(
        default=(),
        description="Days before the last on which a lot lives long enough for a customer at which people are told.",
    )
