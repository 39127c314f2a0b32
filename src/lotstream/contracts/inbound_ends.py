"""Inbound messages about beginnings and ends: what there is then, who leaves, and who is forgotten."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Id, Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.inbound_orders import OrderNamed, ShipTo
from lotstream.contracts.limits import COMPARED_MAX, LINES_MAX, ORDERS_MAX, PERSONS_MAX, REFERENCED_MAX, SERIALS_MAX
from lotstream.domain.commands import Covers
from lotstream.domain.model import Status


class OrderReferenced(Inbound):
    """An order by a number of somebody else's."""

    source: Name = Field(description="Where the order was made.")
    name: Name = Field(description="What number it is, as in the order's `references`.")
    value: Text = Field(description="The number.")


class PersonErased(Inbound):
    """Names, addresses, telephones and mails of consignees are to be forgotten; what was shipped stays traceable."""

    owner: OwnerId = Field(description="Whose consignees.")
    request: Name = Field(description="Number of the request; the same request told again changes nothing.")
    persons: Annotated[tuple[Id, ...], Field(max_length=PERSONS_MAX)] = Field(
        default=(), description="Keys of persons, as `lotstream person find` tells them."
    )
    orders: Annotated[tuple[OrderNamed, ...], Field(max_length=ORDERS_MAX)] = Field(
        default=(), description="Orders whose consignees are meant, those of their former versions included."
    )
    customer: Name | None = Field(default=None, description="A customer of whom every order's consignee is meant.")
    by: Name | None = Field(default=None, description="Who asks for it.")
    references: Annotated[tuple[OrderReferenced, ...], Field(max_length=REFERENCED_MAX)] = Field(
        default=(), description="Orders by what others call them, as their `references` say."
    )
    source: Name | None = Field(
        default=None, description="Where orders were made, e.g. a shop that has left: every consignee of them is meant."
    )


class OwnerClosed(Inbound):
    """An owner leaves: no new orders, receipts or balances; what is there goes out. `owner.defined` takes it back."""

    owner: OwnerId = Field(description="Who leaves.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    by: Name | None = Field(default=None, description="Who says so.")


class SnapshotRequested(Inbound):
    """What there is now is to be told on `lotstream.inventory`, lot by lot."""

    owner: OwnerId = Field(description="Whose goods.")
    snapshot: Name = Field(description="Number of the snapshot; the same number again tells nothing.")
    site: Name | None = Field(default=None, description="The site; null means all.")


class ComparisonRecordedLine(Inbound):
    """What somebody else's books have of a lot."""

    sku: Name = Field(description="The owner's SKU.")
    quantity: Quantity = Field(description="How much they have, in `unit`; lines of one lot are added up.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Lot number; null for goods without one.")
    status: Status | None = Field(default=None, description="Condition of the goods; null means in whatever condition.")


class ComparisonRecorded(Inbound):
    """What somebody else's books have at a site is held against ours; nothing is changed by it."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    by: Name | None = Field(default=None, description="Whose books they are.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    comparison: Name = Field(description="Number of the comparison; the same number again tells nothing.")
    covers: Covers = Field(
        default=Covers.LINES,
        description="What the lines say completely: `lines` the lots they name, `skus` every lot of their SKUs, "
        "`site` everything at the site. What they leave out of that counts as nothing.",
    )
    lines: Annotated[tuple[ComparisonRecordedLine, ...], Field(max_length=COMPARED_MAX)] = Field(
        description="What they have."
    )


class ShipmentImportedLine(Inbound):
    """What left of one lot for a line of an order; lots of one line are lines with the same id."""

    line: Name = Field(description="Id of the order line.")
    sku: Name = Field(description="The owner's SKU.")
    quantity: Quantity = Field(description="How much left, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Lot number; null for goods without one.")
    expires: Day | None = Field(default=None, description="The lot's last day of use, where nobody knows the lot yet.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units."
    )
    cost: Quantity | None = Field(
        default=None, description="What one `unit` had cost; null means as the lot, where that is known here."
    )
    weight_kg: Weight = None


class ShipmentImported(Inbound):
    """What left for an order before the hub was there: traces, recalls and returns reach back to it."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they left from.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    shipment: Name = Field(description="Number of the shipment; the same order in it is taken once.")
    shipped_at: Instant = Field(description="When it left.")
    customer: Name | None = Field(default=None, description="Customer number.")
    ship_to: ShipTo | None = Field(default=None, description="Where it went.")
    by: Name | None = Field(default=None, description="Who or which tool says so.")
    lines: Annotated[tuple[ShipmentImportedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What left, lot by lot."
    )
