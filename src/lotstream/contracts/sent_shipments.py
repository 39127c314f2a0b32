"""The body of a shipment's confirmation: what left, by line and lot."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, Name, OwnerId, Sent, Text, WeightTold
from lotstream.domain.model import OrderState


class ShortReason(StrEnum):
    """Why a line left with less than was ordered."""

    #: Nothing in stock is promised to the rest.
    BACKORDERED = "backordered"
    #: The rest is promised and leaves later.
    TO_FOLLOW = "to_follow"


class ShippedLot(Sent):
    """What of one lot left for a line."""

    lot: Name | None = Field(description="The lot; null for goods without one.")
    expires: Day | None = Field(description="Its last day of use.")
    made: Day | None = Field(description="The day it was made.")
    quantity: Amount = Field(description="How much of it left, in the line's unit; of a component in base units.")
    package: Name | None = Field(description="SSCC of the carton or pallet it left in.")
    serials: tuple[Name, ...] = Field(default=(), description="The serial numbers that left.")
    sku: Name | None = Field(
        default=None, description="The component of a kit line, its quantity in base units; null for the line's own."
    )
    cost: Amount | None = Field(
        default=None, description="What it has cost its owner, in the owner's currency; null when nobody has said."
    )
    weight_kg: WeightTold = None


class ShipConfirmationLine(Sent):
    """One order line of a shipment, split by lot."""

    line: Name = Field(description="The sender's id of the line.")
    sku: Name = Field(description="The owner's SKU.")
    unit: Name = Field(description="The ordered unit where all quantities are whole in it, else the base unit.")
    ordered: Amount = Field(description="What was ordered.")
    shipped: Amount = Field(description="What left in this shipment.")
    short: Amount = Field(description="What has not left so far and is not cancelled.")
    short_reason: ShortReason | None = Field(description="Why it is short; null when it is not.")
    lots: tuple[ShippedLot, ...] = Field(description="The lots that left.")
    weight_kg: WeightTold = None


class PackageContent(Sent):
    """What lies in a package."""

    line: Name = Field(description="The order line.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    quantity: Amount = Field(description="How much, in `unit`.")
    unit: Name = Field(description="Unit of the quantity.")


class ConfirmedPackage(Sent):
    """A carton or pallet that left."""

    sscc: Name | None = Field(description="Serial Shipping Container Code.")
    tracking: Name | None = Field(description="The carrier's tracking number.")
    weight_kg: Amount | None = Field(description="Weight in kilograms.")
    contents: tuple[PackageContent, ...] = Field(description="This order's goods in it, as far as they were named.")


class ConfirmedCarrier(Sent):
    """Who took it, and under which papers."""

    scac: Name | None = Field(description="Standard Carrier Alpha Code.")
    service: Name | None = Field(description="Service level that was ordered.")
    tracking: tuple[Name, ...] = Field(description="Tracking numbers of the packages.")
    bol: Name | None = Field(description="Bill of lading.")
    pro: Name | None = Field(description="The carrier's progressive (PRO) number.")
    trailer: Name | None = Field(description="Trailer number.")
    seal: Name | None = Field(description="Seal number.")


class ShipConfirmation(Sent):
    """One order's part of a shipment left the building."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they left.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    shipment: Name = Field(description="The shipment's number at the site.")
    voided: bool = Field(default=False, description="True: what it says was told before, and has not left after all.")
    status: OrderState = Field(description="The order's state afterwards.")
    shipped_at: Instant = Field(description="When it left.")
    customer: Name | None = Field(description="The owner's customer number.")
    city: Text | None = Field(description="Where it goes: city.")
    region: Text | None = Field(description="Where it goes: state, province or county.")
    postcode: Text | None = Field(description="Where it goes: postcode.")
    country: Text | None = Field(description="Where it goes: country.")
    carrier: ConfirmedCarrier = Field(description="Who took it.")
    references: dict[Name, Text] = Field(description="Other people's numbers for the order, as they came with it.")
    packages: tuple[ConfirmedPackage, ...] = Field(description="The cartons and pallets of the shipment.")
    decision: Id = Field(description="Id of the decision that caused it.")
    lines: tuple[ShipConfirmationLine, ...] = Field(description="What left, line by line and lot by lot.")
