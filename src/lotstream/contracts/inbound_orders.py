"""Inbound messages about orders: placed (or changed), cancelled, released, and the request to decide them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Count, Day, Days, Inbound, InstantOrDay, Name, OwnerId, Quantity, Rank, Text
from lotstream.contracts.limits import LINES_MAX, ORDERS_MAX, REFERENCES_MAX, STREET_LINES_MAX
from lotstream.domain.model import Policy, ShipPolicy


class ShipTo(Inbound):
    """Where an order goes; name, company, street, phone and email are personal data and kept apart."""

    name: Text | None = Field(default=None, description="Who receives it. Personal data.")
    company: Text | None = Field(default=None, description="Company at the address. Personal data.")
    street: Annotated[tuple[Text, ...], Field(max_length=STREET_LINES_MAX)] = Field(
        default=(), description="Street lines, from the house outwards. Personal data."
    )
    city: Text | None = Field(default=None, description="City; kept for tracing.")
    region: Text | None = Field(default=None, description="State, province or county; kept for tracing.")
    postcode: Text | None = Field(default=None, description="Postcode; kept for tracing.")
    country: Text | None = Field(default=None, description="Country, best as ISO 3166-1 alpha-2; kept for tracing.")
    phone: Text | None = Field(default=None, description="Telephone number. Personal data.")
    email: Text | None = Field(default=None, description="E-mail address. Personal data.")


class CarrierWanted(Inbound):
    """Who should carry it."""

    scac: Name | None = Field(default=None, description="Standard Carrier Alpha Code, e.g. UPSN.")
    service: Name | None = Field(default=None, description="Service level in the sender's words, e.g. Ground.")


class OrderPlacedLine(Inbound):
    """One line that is wanted."""

    line: Name = Field(description="The sender's id of the line; equal goods on two lines stay two lines.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null when only the GTIN is known.")
    gtin: Name | None = Field(default=None, description="Global Trade Item Number, 8 to 14 digits.")
    quantity: Quantity = Field(description="How much is wanted, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Only this lot will do.")
    serial: Name | None = Field(default=None, description="Only this serial number will do.")
    expires_exact: Day | None = Field(default=None, description="Only lots that expire on this day will do.")
    min_days_left: Days | None = Field(default=None, description="Days of life that must be left on the ship date.")
    min_pct_left: Quantity | None = Field(
        default=None, description="Percent of the whole life that must be left on the ship date."
    )
    single_lot: bool = Field(default=False, description="All of the line must come from one lot.")
    max_lots: Count | None = Field(default=None, description="Most lots the line may come from.")
    policy: Policy | None = Field(default=None, description="Order in which lots are used, for this line.")
    pack_size: Quantity | None = Field(default=None, description="Only packs of this size, in base units.")
    source_location: Name | None = Field(default=None, description="Only stock in this location or below it.")
    ship_date: Day | None = Field(default=None, description="The day this line leaves; null means the order's.")


class OrderPlaced(Inbound):
    """An order is placed, or changed by the same key and a newer version."""

    owner: OwnerId = Field(description="Whose goods are asked for.")
    source: Name = Field(description="Where the order was made, e.g. shopify:acme-store; with `order` its key.")
    order: Name = Field(description="The order's number at its source.")
    version: Name | None = Field(
        default=None,
        description="Grows with every change. Null: equal content is a repeat, other content is held for a person.",
    )
    placed_at: InstantOrDay | None = Field(
        default=None, description="When it was placed. A bare day, or null, means when the hub recorded it."
    )
    customer: Name | None = Field(default=None, description="The owner's customer number.")
    site: Name | None = Field(default=None, description="The site that must fill it; null lets the hub choose.")
    source_location: Name | None = Field(default=None, description="Only stock in this location or below it.")
    policy: Policy | None = Field(default=None, description="Order in which lots are used, for the whole order.")
    allocate_days_ahead: Days | None = Field(
        default=None,
        description="It is decided when it ships at most so many days ahead; null: as customer or settings say.",
    )
    priority: Rank = Field(default=0, description="Higher is served first.")
    ship_policy: ShipPolicy = Field(
        default=ShipPolicy.PARTIAL, description="What is accepted when not everything is there."
    )
    ship_date: Day | None = Field(default=None, description="The day it leaves; minimum life counts from here.")
    deliver_by: Day | None = Field(default=None, description="The last day of delivery.")
    cancel_after: Day | None = Field(default=None, description="The day after which what is open is not wanted.")
    test: bool = Field(default=False, description="A test order: taken in, never promised stock.")
    ship_to: ShipTo | None = Field(default=None, description="Where it goes.")
    carrier: CarrierWanted | None = Field(default=None, description="Who should carry it.")
    references: Annotated[dict[Name, Text], Field(max_length=REFERENCES_MAX)] = Field(
        default={}, description="Other people's numbers for this order, e.g. po; given back as they came."
    )
    lines: Annotated[tuple[OrderPlacedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What is wanted."
    )


class OrderCancelled(Inbound):
    """An order, or some of its lines, is no longer wanted; it may overtake the order it names."""

    owner: OwnerId = Field(description="Whose order it is.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    version: Name | None = Field(default=None, description="Version of the cancellation; an older one changes nothing.")
    lines: Annotated[tuple[Name, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="Ids of the lines to cancel; empty means the whole order."
    )


class OrderReleased(Inbound):
    """A person lets a held order go on."""

    owner: OwnerId = Field(description="Whose order it is.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")


class OrderUnreserved(Inbound):
    """What is promised to an order and not picked is given back; the order waits again."""

    owner: OwnerId = Field(description="Whose order it is.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    lines: Annotated[tuple[Name, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="Ids of the lines to give back; empty means all, as it does for one to ship complete."
    )


class OrderClosed(Inbound):
    """Nothing more is shipped of an order: it is closed short, or cancelled when nothing was shipped."""

    owner: OwnerId = Field(description="Whose order it is.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    version: Name | None = Field(default=None, description="Version of the closing; an older one changes nothing.")


class StockReserved(Inbound):
    """A person promises a lot by name to an order line; all of the quantity, or nothing."""

    owner: OwnerId = Field(description="Whose order it is.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    line: Name = Field(description="The order line.")
    sku: Name | None = Field(default=None, description="The line's SKU; null when the line says enough.")
    lot: Name | None = Field(default=None, description="The lot; null for goods without one.")
    location: Name | None = Field(
        default=None, description="The bin it lies in, or an area around it; null means wherever it lies."
    )
    quantity: Quantity = Field(description="How much is promised, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")


class OrderNamed(Inbound):
    """An order by its key."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")


class AllocationRequested(Inbound):
    """Orders are to be decided now; used where settings say `allocate: on_request`."""

    owner: OwnerId = Field(description="Whose orders.")
    orders: Annotated[tuple[OrderNamed, ...], Field(max_length=ORDERS_MAX)] = Field(
        default=(), description="The orders to decide, the rest in further messages; empty means all that wait."
    )
