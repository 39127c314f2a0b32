"""Inbound messages about goods and lots: received, found at the beginning, held and let go."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.limits import CERTIFICATES_MAX, DETAILS_MAX, LINES_MAX, SERIALS_MAX
from lotstream.domain.model import HoldKind, Status


class Certificate(Inbound):
    """A paper about goods that came with them."""

    type: Name = Field(description="What it proves, in the owner's words.", examples=["organic"])
    number: Name = Field(description="Its number.")
    issued: Day | None = Field(default=None, description="The day it was given.")
    expires: Day | None = Field(default=None, description="The last day on which it counts.")
    uri: Text | None = Field(default=None, description="Where the paper itself is kept.")
    sha256: Name | None = Field(default=None, description="Hash of its bytes, in hexadecimal.")


class Inspected(Inbound):
    """Goods were looked at when they came in."""

    number: Name = Field(description="The inspection's number.")
    passed: bool = Field(description="False: they are not what they should be.")
    by: Name | None = Field(default=None, description="Who looked.")
    measured: Annotated[dict[Name, Text], Field(max_length=DETAILS_MAX)] = Field(
        default={}, description="What was measured, each with its value.", examples=[{"temperature_c": "3.5"}]
    )


class StockReceivedLine(Inbound):
    """Goods of one lot that came in."""

    line: Name = Field(description="Id of the line within the message.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null: the item is that of `gtin`.")
    gtin: Name | None = Field(default=None, description="Global Trade Item Number of the unit, as a label has it.")
    quantity: Quantity = Field(description="How much came in, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Our lot number; null: by the item's rule, or none.")
    supplier: Name | None = Field(default=None, description="Who supplied it.")
    supplier_lot: Name | None = Field(default=None, description="The supplier's lot number.")
    made: Day | None = Field(default=None, description="The day it was made.")
    expires: Day | None = Field(default=None, description="The last day of use.")
    location: Name | None = Field(default=None, description="Where it stands.")
    package: Name | None = Field(default=None, description="Pallet or carton it stands on, best as SSCC.")
    pack_size: Quantity | None = Field(default=None, description="Base units in one pack; null when loose.")
    status: Status = Field(default=Status.GOOD, description="Condition; only good stock is promised.")
    reason: Text | None = Field(default=None, description="Why the status is not good.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; none of them may be known already."
    )
    cost: Quantity | None = Field(default=None, description="What one `unit` has cost, in the owner's currency.")
    origin: Name | None = Field(default=None, description="The country it comes from.", examples=["CA"])
    facility: Name | None = Field(default=None, description="The plant that made it.")
    certificates: Annotated[tuple[Certificate, ...], Field(max_length=CERTIFICATES_MAX)] = Field(
        default=(), description="Papers that came with it; they are kept with its lot."
    )
    inspection: Inspected | None = Field(default=None, description="What was found when it was looked at on arrival.")
    details: Annotated[dict[Name, Text], Field(max_length=DETAILS_MAX)] = Field(
        default={}, description="Further facts of the goods; `origin` and `facility` may stand here as well."
    )
    weight_kg: Weight = None


class StockReceived(Inbound):
    """Goods came in at the dock."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they came in.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    receipt: Name = Field(description="The receipt's number at the site.")
    expected: Name | None = Field(default=None, description="The announcement (ASN) it belongs to.")
    final: bool = Field(default=False, description="Nothing more comes on this receipt.")
    lines: Annotated[tuple[StockReceivedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What came in."
    )


class BalanceOpenedLine(Inbound):
    """One stock row as found; any quantity, also zero or negative."""

    line: Name = Field(description="Id of the line within the message.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null: the item is that of `gtin`.")
    gtin: Name | None = Field(default=None, description="Global Trade Item Number of the unit, as a label has it.")
    quantity: Quantity = Field(description="How much there is, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Lot number; null for goods without one.")
    supplier: Name | None = Field(default=None, description="Who supplied it.")
    supplier_lot: Name | None = Field(default=None, description="The supplier's lot number.")
    made: Day | None = Field(default=None, description="The day it was made.")
    expires: Day | None = Field(default=None, description="The last day of use.")
    received: Day | None = Field(default=None, description="The day it came in; null means the business time.")
    location: Name | None = Field(default=None, description="Where it stands.")
    package: Name | None = Field(default=None, description="Pallet or carton it stands on.")
    pack_size: Quantity | None = Field(default=None, description="Base units in one pack; null when loose.")
    status: Status = Field(default=Status.GOOD, description="Condition; only good stock is promised.")
    returned: bool = Field(default=False, description="It came back from a customer.")
    hold: HoldKind | None = Field(default=None, description="A hold of this kind lies on its lot.")
    promised_elsewhere: Quantity | None = Field(
        default=None, description="Promised by others outside the hub, in `unit`; null means nothing."
    )
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; none of them may be known already."
    )
    cost: Quantity | None = Field(default=None, description="What one `unit` has cost, in the owner's currency.")
    origin: Name | None = Field(default=None, description="The country it comes from.")
    facility: Name | None = Field(default=None, description="The plant that made it.")
    certificates: Annotated[tuple[Certificate, ...], Field(max_length=CERTIFICATES_MAX)] = Field(
        default=(), description="Papers that lie with it; they are kept with its lot."
    )
    details: Annotated[dict[Name, Text], Field(max_length=DETAILS_MAX)] = Field(
        default={}, description="Further facts of the goods; `origin` and `facility` may stand here as well."
    )
    weight_kg: Weight = None


class BalanceOpened(Inbound):
    """Stock as found at the beginning, with its original dates."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    by: Name | None = Field(default=None, description="Who says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    balance: Name = Field(description="Name of this opening balance; the same name is booked once.")
    lines: Annotated[tuple[BalanceOpenedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="The stock rows."
    )


class _Held(Inbound):
    """What a hold lies on: an owner's lot, one serial number, a supplier's goods, all an owner has, or a site's bin.

    A bin concerns every partition and has no owner.
    """

    owner: OwnerId | None = Field(default=None, description="Whose goods; null for a bin.")
    sku: Name | None = Field(
        default=None, description="SKU of the lot or serial number; null while the number is unique."
    )
    lot: Name | None = Field(default=None, description="The lot; null for a bin.")
    serial: Name | None = Field(default=None, description="The serial number of the one unit that is held.")
    site: Name | None = Field(default=None, description="The bin's site; null for a lot.")
    location: Name | None = Field(default=None, description="The bin; null for a lot.")
    supplier: Name | None = Field(
        default=None, description="All of the owner's goods that came, or will come, from this supplier."
    )
    everything: bool = Field(default=False, description="All that the owner has or gets.")
    by: Name | None = Field(
        default=None, description="Who says so; a hold that somebody placed by name is lifted by name."
    )
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        bin_ = self.site is not None and self.location is not None
        targets = (self.lot is not None, self.serial is not None, self.supplier is not None, self.everything)
        if self.owner is not None and self.site is None and self.location is None and sum(targets) == 1:
            if self.lot is not None or self.serial is not None or self.sku is None:
                return self
        elif bin_ and self.owner is None and not any(targets) and self.sku is None:
            return self
        raise PydanticCustomError(
            "hold_target",
            "owner and lot, serial, supplier or everything is expected, or site and location without an owner",
        )


class HoldPlaced(_Held):
    """A lot, or what lies in a bin, may not be used until the hold is lifted."""

    hold: Name = Field(description="Id of the hold; a repeat changes nothing.")
    kind: HoldKind = Field(default=HoldKind.HOLD, description="Hold, quarantine or recall.")
    reason: Text | None = Field(default=None, description="Why, for people.")


class HoldLifted(_Held):
    """A hold ends; stock is free when no hold is left."""

    hold: Name | None = Field(default=None, description="Id of the hold; null lifts all holds of the lot or bin.")
