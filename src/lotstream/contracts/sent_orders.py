"""The bodies of outgoing messages for who ordered: what became of an order, and what may be sold."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Amount, Id, Instant, Name, OwnerId, Sent, Text
from lotstream.domain.model import OrderState


class OrderStatusLine(Sent):
    """What became of one order line; allocated + picked + shipped + backordered + cancelled = ordered.

    Only where packs that cover a line, or an allowance for picking more, go beyond what was ordered is the sum larger.
    """

    line: Name = Field(description="The sender's id of the line.")
    sku: Name | None = Field(description="The owner's SKU; null while only an unknown GTIN is known.")
    unit: Name = Field(
        description="The item's base unit; all quantities of the line are in it. Of an unknown item: the ordered unit."
    )
    ordered: Amount = Field(description="What was ordered.")
    allocated: Amount = Field(description="Promised from stock and not picked yet.")
    backordered: Amount = Field(description="Wanted and not promised yet.")
    picked: Amount = Field(description="Picked and not shipped yet.")
    shipped: Amount = Field(description="Shipped.")
    cancelled: Amount = Field(description="Not wanted any more.")


class OrderStatus(Sent):
    """The state an order came to."""

    owner: OwnerId = Field(description="Whose order.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    version: Name | None = Field(description="The version that counts.")
    status: OrderState = Field(description="The order's state.")
    site: Name | None = Field(description="The site that fills it; null while none is chosen.")
    code: Name | None = Field(default=None, description="Why it is held, or why a change was refused.")
    message: Text | None = Field(default=None, description="The same as a sentence.")
    reserve: Name | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="`lot` where its site is promised by lot and names the bins itself when it picks; else left out.",
    )
    decision: Id = Field(description="Id of the decision that caused it.")
    lines: tuple[OrderStatusLine, ...] = Field(description="Its lines; empty for an order that was refused whole.")


class AvailableFigure(Sent):
    """What may be sold at one site for one channel."""

    site: Name = Field(description="Where it lies.")
    channel: Name = Field(description="The channel of the owner's settings it counts for.")
    quantity: Amount = Field(description="What may be sold, in `unit`, in place of what was told before.")


class Availability(Sent):
    """What of a SKU may be sold has changed: after what is promised, holds, expiry and the channel's minimum life.

    Orders that wait are not taken off. A site and channel that was never told has nothing to sell.
    """

    owner: OwnerId = Field(description="Whose goods.")
    sku: Name = Field(description="The owner's SKU.")
    unit: Name = Field(description="The item's base unit.")
    as_of: Instant = Field(description="When it was looked at; changes before were gathered up.")
    decision: Id = Field(description="Id of the decision that caused it.")
    figures: tuple[AvailableFigure, ...] = Field(description="The sites and channels where it changed.")
