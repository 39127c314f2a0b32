"""Inbound messages from the warehouse floor: picked and shipped."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.limits import LINES_MAX, ORDERS_MAX, PACKAGES_MAX, SERIALS_MAX


class PickConfirmedLine(Inbound):
    """What was taken for one task, or for one order line."""

    task: Name | None = Field(default=None, description="The task it answers; a wave's has to be named.")
    line: Name | None = Field(default=None, description="The order line; may be null when the task is named.")
    lot: Name | None = Field(default=None, description="The lot that was taken; null means the task's.")
    sku: Name | None = Field(default=None, description="Needed where neither a task nor a known order line names it.")
    location: Name | None = Field(
        default=None, description="The bin it was taken from; null means the task's, which a task by lot does not have."
    )
    package: Name | None = Field(default=None, description="The pallet or carton it was taken from.")
    quantity: Quantity = Field(description="How much was taken, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; empty when they were not read."
    )
    weight_kg: Weight = None


class PickConfirmed(Inbound):
    """Goods were taken from their bins to a staging place of the order."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    source: Name | None = Field(default=None, description="Where the order was made; needed with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null for a wave's tasks.")
    wave: Name | None = Field(default=None, description="The wave whose tasks are named, in place of an order.")
    staged_at: Name | None = Field(default=None, description="Tote or door the goods stand at now.")
    lines: Annotated[tuple[PickConfirmedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What was taken."
    )


class PickStarted(Inbound):
    """Somebody is on the way to the bins of an order's pick tasks."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it is done.")
    happened: bool = Field(description="True: it has begun. False: somebody asks before.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    source: Name | None = Field(default=None, description="Where the order was made; needed with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null for a wave's tasks.")
    wave: Name | None = Field(default=None, description="The wave whose tasks are named, in place of an order.")
    tasks: Annotated[tuple[Name, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="The pick tasks that are begun; empty means every open one."
    )


class PickUndoneLine(Inbound):
    """Picked goods that go back to the bin they came from."""

    task: Name | None = Field(default=None, description="The pick task; null means any.")
    line: Name | None = Field(default=None, description="The order line; null means any.")
    lot: Name | None = Field(default=None, description="The lot; null means any.")
    quantity: Quantity | None = Field(
        default=None, description="How much goes back, in `unit`; null means all that is picked and not packed."
    )
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")


class PickUndone(Inbound):
    """Picked goods go back to the bins they came from; they stay promised to the order."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it is done.")
    happened: bool = Field(description="True: they are back and it is booked. False: the floor is told to do it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    source: Name | None = Field(default=None, description="Where the order was made; needed with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null for a wave's tasks.")
    wave: Name | None = Field(default=None, description="The wave whose tasks are named, in place of an order.")
    lines: Annotated[tuple[PickUndoneLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What goes back; empty means everything that is picked and not packed."
    )


class PickShortedLine(Inbound):
    """What was found for one task, or for one order line in one bin; no more of the lot was there."""

    task: Name | None = Field(default=None, description="The pick task; may be null where the line is named.")
    line: Name | None = Field(default=None, description="The order line; may be null where the task is named.")
    lot: Name | None = Field(default=None, description="The lot; null means the task's.")
    location: Name | None = Field(
        default=None, description="The bin; null means the task's, which a task by lot does not have."
    )
    package: Name | None = Field(default=None, description="The pallet or carton it should have been taken from.")
    sku: Name | None = Field(default=None, description="The component of a kit, where task and lot do not name it.")
    picked: Quantity = Field(description="How much was found and taken, in `unit`; may be 0.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    weight_kg: Weight = None


class PickShorted(Inbound):
    """Less was found in a bin than was promised of it; what was found is picked."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was found out.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    source: Name | None = Field(default=None, description="Where the order was made; needed with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null for a wave's tasks.")
    wave: Name | None = Field(default=None, description="The wave whose tasks are named, in place of an order.")
    staged_at: Name | None = Field(default=None, description="Tote or door that what was found stands at now.")
    lines: Annotated[tuple[PickShortedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What was short."
    )


class PickScanned(Inbound):
    """A lot was scanned at a bin, before anything is taken; another lot than the task's swaps the promises."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was scanned.")
    happened: bool = Field(description="False: somebody asks before taking it. True: what cannot be granted is told.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    source: Name | None = Field(default=None, description="Where the order was made; needed with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null for a wave's tasks.")
    wave: Name | None = Field(default=None, description="The wave whose tasks are named, in place of an order.")
    task: Name | None = Field(default=None, description="The pick task; may be null where the line is named.")
    line: Name | None = Field(default=None, description="The order line; may be null where the task is named.")
    expected: Name | None = Field(default=None, description="The lot the task names; null means whatever is promised.")
    scanned: Name = Field(description="The lot that was scanned.")
    location: Name | None = Field(
        default=None, description="The bin; null means the task's, which a task by lot does not have."
    )
    quantity: Quantity | None = Field(
        default=None, description="How much of it is meant, in `unit`; null means all that is promised and not picked."
    )
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    sku: Name | None = Field(default=None, description="The SKU that was scanned, which must be the task's.")
    gtin: Name | None = Field(
        default=None, description="The trade item number that was scanned, which must be of the task's item."
    )


class ShipmentLine(Inbound):
    """What left for one order line."""

    line: Name = Field(description="The order line.")
    sku: Name | None = Field(default=None, description="Needed where the order line is unknown.")
    lot: Name | None = Field(default=None, description="The lot that left; null means what was picked or promised.")
    quantity: Quantity = Field(description="How much left, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    location: Name | None = Field(default=None, description="The place it left from.")
    package: Name | None = Field(default=None, description="SSCC of the carton or pallet it left in.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; empty means those it was picked with."
    )
    weight_kg: Weight = None


class ShipmentOrder(Inbound):
    """One order's part of a shipment."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    lines: Annotated[tuple[ShipmentLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What left; empty means everything picked, or failing that everything promised."
    )


class ShipmentPackage(Inbound):
    """A carton or pallet."""

    sscc: Name | None = Field(default=None, description="Serial Shipping Container Code, 18 digits.")
    tracking: Name | None = Field(default=None, description="The carrier's tracking number.")
    weight_kg: Quantity | None = Field(default=None, description="Weight in kilograms.")


class ShipmentVoided(Inbound):
    """A shipment has not left after all: its goods stand at the dock, picked and promised as before."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they stand.")
    happened: bool = Field(description="True: it is so and is booked. False: somebody asks before.")
    by: Name | None = Field(default=None, description="Who or which system says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    shipment: Name = Field(description="The shipment's number at the site.")
    reason: Text | None = Field(default=None, description="Why.")


class ShipmentConfirmed(Inbound):
    """Goods left the building, for one order or many."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they left.")
    happened: bool = Field(description="True: the truck has left and it is booked. False: somebody asks before.")
    by: Name | None = Field(default=None, description="Who or which system says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    shipment: Name = Field(description="The shipment's number at the site.")
    orders: Annotated[tuple[ShipmentOrder, ...], Field(min_length=1, max_length=ORDERS_MAX)] = Field(
        description="The orders in it."
    )
    packages: Annotated[tuple[ShipmentPackage, ...], Field(max_length=PACKAGES_MAX)] = Field(
        default=(), description="The cartons and pallets in it."
    )
    scac: Name | None = Field(default=None, description="Standard Carrier Alpha Code of who took it.")
    bol: Name | None = Field(default=None, description="Bill of lading.")
    pro: Name | None = Field(default=None, description="The carrier's progressive (PRO) number.")
    trailer: Name | None = Field(default=None, description="Trailer number.")
    seal: Name | None = Field(default=None, description="Seal number.")


class ShipmentCorrected(ShipmentConfirmed):
    """What really left under a shipment's number, whole, in place of what was told before."""

    reason: Text | None = Field(default=None, description="Why.")
