"""The bodies of outgoing messages for the floor beside picking: what to do there, and what is in packages."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Id, Name, OwnerId, Sent
from lotstream.domain.events import HintReason
from lotstream.domain.model import PackageKind, PackageState


class FloorTaskKind(StrEnum):
    """What has to be done on the floor beside picking."""

    #: Picked goods that nobody wants any more go back to a bin.
    PUT_BACK = "put_back"
    #: A bin did not hold what was known to be in it.
    COUNT = "count"
    #: Goods that have come in go to a bin.
    PUT_AWAY = "put_away"
    #: A lot that has come in waits to be inspected.
    INSPECT = "inspect"


class FloorTask(Sent):
    """One thing to do on the floor."""

    task: Id = Field(description="The task's id.")
    kind: FloorTaskKind = Field(description="What is to be done.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    location: Name = Field(description="Where the goods stand, or the bin to count.")
    to: Name | None = Field(default=None, description="Where they go; null when nothing is moved.")
    package: Name | None = Field(default=None, description="The pallet or carton they belong to.")
    quantity: Amount | None = Field(default=None, description="How much, in `unit`; null when it is to be found out.")
    unit: Name = Field(description="The item's base unit.")
    source: Name | None = Field(default=None, description="Where the order was made that led to it.")
    order: Name | None = Field(default=None, description="The number of that order at its source.")
    line: Name | None = Field(default=None, description="The line of that order.")
    reason: HintReason | None = Field(default=None, description="Why they should be put there; null for other tasks.")


class FloorTasks(Sent):
    """What one event means for the floor of a site, beside picking."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it is to be done.")
    decision: Id = Field(description="Id of the decision that caused it.")
    tasks: tuple[FloorTask, ...] = Field(description="What is to be done.")


class PackedContent(Sent):
    """Goods of an order line that lie in a package."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    line: Name = Field(description="The order line.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    quantity: Amount = Field(description="How much, in `unit`.")
    unit: Name = Field(description="The item's base unit.")
    package: Name | None = Field(default=None, description="The carton they lie in, on a pallet.")


class Package(Sent):
    """A carton or a pallet as it is now."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it stands.")
    package: Name = Field(description="Its number, a Serial Shipping Container Code where the hub gave it out.")
    kind: PackageKind = Field(description="What it is.")
    status: PackageState = Field(description="Open, shipped, or gone because it was unpacked.")
    parent: Name | None = Field(default=None, description="The pallet it stands on.")
    weight_kg: Amount | None = Field(default=None, description="Weight in kilograms.")
    decision: Id = Field(description="Id of the decision that caused it.")
    contents: tuple[PackedContent, ...] = Field(description="What is in it, cartons on a pallet included.")
