"""Inbound messages about goods that go from site to site, and from owner to owner."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.inbound_goods import StockReceivedLine
from lotstream.contracts.limits import LINES_MAX, SERIALS_MAX, TRANSFER_CHARS_MAX
from lotstream.domain.model import HoldKind, Status

_Number = Annotated[Name, Field(max_length=TRANSFER_CHARS_MAX)]
_Serials = Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)]


class _Transfer(Inbound):
    """What both messages say of a transfer."""

    owner: OwnerId = Field(description="Whose goods.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    transfer: _Number = Field(description="Number of the transfer, the same where it leaves and where it arrives.")


class TransferShippedLine(Inbound):
    """Goods that leave for another site."""

    line: Name = Field(description="Id of the line within the transfer.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null where one SKU has the lot.")
    lot: Name | None = Field(default=None, description="Lot number; null for goods without one.")
    location: Name | None = Field(default=None, description="The bin; null where the lot lies in one bin only.")
    package: Name | None = Field(default=None, description="Pallet or carton; null means whatever stands there.")
    pack_size: Quantity | None = Field(default=None, description="Base units in one pack; null means any.")
    quantity: Quantity = Field(description="How much leaves, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    status: Status | None = Field(default=None, description="Condition of the goods; null means any.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    serials: _Serials = Field(
        default=(), description="Serial numbers of the units, one for each; empty when they were not read."
    )
    weight_kg: Weight = None


class TransferShipped(_Transfer):
    """Goods leave a site for another one of the owner, and are on the way until they are received there."""

    site: Name = Field(description="Where they leave.")
    to_site: Name = Field(description="Where they go.")
    expected_at: Instant | None = Field(default=None, description="When they are expected there.")
    scac: Name | None = Field(default=None, description="Who carries them.")
    lines: Annotated[tuple[TransferShippedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What leaves."
    )


class TitleReleasedLine(TransferShippedLine):
    """Goods that another owner gets."""


class TitleReleased(Inbound):
    """Goods are another owner's from now on, and lie where they lie; the hub tells the other owner's ledger itself."""

    owner: OwnerId = Field(description="Whose goods they were.")
    site: Name = Field(description="Where they are.")
    happened: bool = Field(description="True: it has been agreed and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    title: _Number = Field(description="Number of the sale; the same number is booked once.")
    to_owner: OwnerId = Field(description="Whose goods they are from now on.")
    to_skus: Annotated[dict[Name, Name], Field(max_length=LINES_MAX)] = Field(
        default={}, description="Our SKU and what the other owner calls it; the same name where none is given."
    )
    lines: Annotated[tuple[TitleReleasedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What changes its owner."
    )


class TitleAcceptedLine(StockReceivedLine):
    """Goods of one lot that came from another owner, with what is known of them."""

    received: Day | None = Field(default=None, description="The day they came to the site.")
    returned: bool = Field(default=False, description="They came back from a customer.")
    hold: HoldKind | None = Field(default=None, description="A hold of this kind lies on their lot.")
    recall: Name | None = Field(
        default=None,
        description="The recall they are under, of a `hold` of that kind: whose it is, a slash, its number.",
    )


class TitleAccepted(Inbound):
    """Goods of another owner are this one's; the hub says so after `title.released`, or somebody by hand."""

    owner: OwnerId = Field(description="Whose goods they are now.")
    site: Name = Field(description="Where they are.")
    happened: bool = Field(description="True: it is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    title: _Number = Field(description="Number of the sale, as the other owner gave it; a line of it is booked once.")
    from_owner: OwnerId = Field(description="Whose goods they were.")
    lines: Annotated[tuple[TitleAcceptedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What changes its owner."
    )


class TransferReceivedLine(Inbound):
    """Goods of one lot that came off the truck, in one condition."""

    line: Name = Field(description="Id of the line within the message.")
    transfer_line: Name | None = Field(
        default=None, description="Line of the transfer that the goods are of; null means the one with the same id."
    )
    sku: Name | None = Field(default=None, description="The owner's SKU; null means that of the transfer's line.")
    lot: Name | None = Field(default=None, description="Lot number; null means that of the transfer's line.")
    quantity: Quantity = Field(description="How much came, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    location: Name | None = Field(default=None, description="Where it was put; null means the dock.")
    package: Name | None = Field(default=None, description="Pallet or carton it stands on; null means as it left.")
    status: Status | None = Field(default=None, description="Condition; null means that in which it left.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    serials: _Serials = Field(
        default=(),
        description="Serial numbers of the units, one for each; empty when they were not read, or all of a line came.",
    )
    weight_kg: Weight = None


class TransferReceived(_Transfer):
    """Goods of a transfer arrived, fewer or more than left, or damaged; with `final` nothing more will come."""

    site: Name = Field(description="Where they arrived.")
    receipt: Name | None = Field(
        default=None, description="Number of this arrival, where a transfer comes in several; a line is booked once."
    )
    final: bool = Field(default=False, description="Nothing more will come: what is missing by now is written off.")
    lines: Annotated[tuple[TransferReceivedLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What came; may be empty when it only closes the transfer."
    )
