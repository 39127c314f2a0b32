"""Inbound messages about stock that is there, or comes back: adjusted, counted, moved, of another status, returned."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.limits import (
    LINES_MAX,
    SERIALS_MAX,
)
from lotstream.domain.model import (
    AdjustCode,
    Status,
)


class _Document(Inbound):
    """What every document about stock says of itself."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")


class _Line(Inbound):
    """Which goods a line means."""

    line: Name = Field(description="Id of the line within the message.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null where one SKU has the lot.")
    lot: Name | None = Field(default=None, description="Lot number; null for goods without one.")
    location: Name | None = Field(default=None, description="The bin; null where the lot lies in one bin only.")
    package: Name | None = Field(default=None, description="Pallet or carton; null means whatever stands there.")
    pack_size: Quantity | None = Field(default=None, description="Base units in one pack; null means any.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    reason: Text | None = Field(default=None, description="Why, for people.")


class StockAdjustedLine(_Line):
    """Goods that are there although the books do not say so, or the other way round."""

    quantity: Quantity = Field(description="Added to what is there, or taken off it when below zero.")
    code: Name | None = Field(
        default=None,
        description="Why, so that it can be added up: what expired or spoiled counts as lost by its age. One of "
        f"{', '.join(AdjustCode)}; another is refused, and left out of what has happened.",
    )
    status: Status | None = Field(
        default=None,
        description="Condition of the goods; null means any, found goods good, in quarantine among such goods.",
    )
    weight_kg: Weight = None
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units that are gone, or turned up; one for each, or none."
    )


class StockAdjusted(_Document):
    """More or less is there than the books say."""

    adjustment: Name = Field(description="Number of the adjustment; the same line of it is booked once.")
    lines: Annotated[tuple[StockAdjustedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What is more or less."
    )


class StockCountedLine(_Line):
    """What was found of a lot in a bin."""

    counted: Quantity = Field(description="How much was found, in `unit`; what was picked before is not part of it.")
    status: Status | None = Field(
        default=None,
        description="Condition of the goods; null means any, found goods good, in quarantine among such goods.",
    )
    weight_kg: Weight = None


class StockCounted(_Document):
    """Bins were counted; from now on they have what was found."""

    count: Name = Field(description="Number of the count; the same line of it is booked once.")
    as_of: Instant | None = Field(
        default=None,
        description="When it was counted, where that is told later: what came to the bins and left them since is "
        "reckoned in. At most 30 days ago; null means that the bins have it now.",
    )
    lines: Annotated[tuple[StockCountedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What was found."
    )


class SecondCountLine(Inbound):
    """What a second counter found of a line."""

    line: Name = Field(description="Line of the count.")
    counted: Quantity = Field(description="How much was found, in `unit`; it has to be what was found at first.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    weight_kg: Weight = None


class CountApproved(_Document):
    """Somebody else has counted what a count found that differed much; or says that the count is to be forgotten."""

    count: Name = Field(description="Number of the count that waits.")
    approved: bool = Field(default=True, description="True: it is right, and booked. False: it is forgotten.")
    lines: Annotated[tuple[SecondCountLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What the second counter found; may be empty where only yes or no is said."
    )


class StockMovedLine(_Line):
    """Goods that come to another bin."""

    quantity: Quantity = Field(description="How much is moved; all of a bin takes what is promised of it along.")
    to: Name = Field(description="The bin they come to.")
    status: Status | None = Field(default=None, description="Condition of the goods; null means any.")
    weight_kg: Weight = None


class StockMoved(_Document):
    """Goods go from one bin to another."""

    move: Name = Field(description="Number of the move; the same line of it is booked once.")
    lines: Annotated[tuple[StockMovedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What is moved."
    )


class StockStatusChangedLine(_Line):
    """Goods that are in another condition than before."""

    quantity: Quantity = Field(description="How much of the goods it concerns.")
    status: Status = Field(default=Status.GOOD, description="Condition until now.")
    to_status: Status = Field(description="Condition from now on; only good stock is promised.")
    weight_kg: Weight = None


class StockStatusChanged(_Document):
    """Goods were found damaged, put into quarantine, or found good again."""

    change: Name = Field(description="Number of the change; the same line of it is booked once.")
    lines: Annotated[tuple[StockStatusChangedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What it concerns."
    )


class GoodsReturnedLine(_Line):
    """Goods of one lot that came back."""

    quantity: Quantity = Field(description="How much came back, in `unit`.")
    status: Status | None = Field(
        default=None, description="Condition; only good stock is promised. Null: as the owner's `returned_status` says."
    )
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; empty when they were not read."
    )
    weight_kg: Weight = None


class GoodsReturned(_Document):
    """A customer sent goods back, of an order, of a return that was announced, or without saying of which."""

    return_: Name = Field(alias="return", description="Number of the return; the same line of it is booked once.")
    source: Name | None = Field(default=None, description="Where the order was made; null with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null: nobody knows it.")
    customer: Name | None = Field(default=None, description="Who sent it; without an order, by what he got of the lot.")
    expected: Name | None = Field(
        default=None, description="The number it was announced under; null: its own, where that was announced."
    )
    lines: Annotated[tuple[GoodsReturnedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What came back."
    )
