"""The bodies of outgoing messages, as their readers parse them; the hub writes them in `outgoing` without pydantic."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, MessageId, Name, OwnerId, Sent, Text
from lotstream.contracts.sent_inventory import InventoryChange
from lotstream.contracts.sent_lots import LotChanged
from lotstream.contracts.sent_recalls import RecallLetter
from lotstream.contracts.sent_receipts import ReceiptClosedTold
from lotstream.contracts.sent_road import ShipmentProgress
from lotstream.contracts.sent_stock import InventoryComparison, InventorySnapshot
from lotstream.domain.events import HintReason
from lotstream.domain.model import OrderState, PackageKind, PackageState


class TaskAction(StrEnum):
    """What a warehouse system does with a task."""

    #: A new task.
    CREATE = "create"
    #: The task stays, with another quantity or bin: those in the message, in place of the former.
    CHANGE = "change"
    #: The task is taken back; its quantity is 0.
    CANCEL = "cancel"


class TaskFor(Sent):
    """An order line that a task serves."""

    order: Name = Field(description="The order's number at its source.")
    line: Name = Field(description="The order line.")
    quantity: Amount = Field(description="How much of the task is for it, in the task's unit.")


class PickTask(Sent):
    """One walk to one bin for one lot; at a site that reserves by lot, to whichever bins have it."""

    task: Id = Field(description="The task's id; to be given back in pick.confirmed.")
    action: TaskAction = Field(description="What to do with the task.")
    line: Name = Field(description="The order line it serves.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot to take; null for goods without one.")
    expires: Day | None = Field(description="The lot's last day of use.")
    location: Name | None = Field(description="The bin to take it from; null where the site reserves by lot.")
    package: Name | None = Field(description="The pallet or carton to take it from.")
    quantity: Amount = Field(description="How much to take in all, in `unit`; 0 when cancelled.")
    unit: Name = Field(description="The item's base unit.")
    serials: tuple[Name, ...] = Field(default=(), description="The serial numbers to take; empty when any will do.")
    for_: tuple[TaskFor, ...] = Field(alias="for", description="The order lines it serves; several in a wave.")


class PickTasks(Sent):
    """What one decision means for the pickers of one order at one site."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where to pick.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    decision: Id = Field(description="Id of the decision that caused it.")
    tasks: tuple[PickTask, ...] = Field(description="Tasks created, changed and cancelled.")


class WaveTaskFor(Sent):
    """An order line that a task of a wave serves."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    line: Name = Field(description="The order line.")
    quantity: Amount = Field(description="How much of the task is for it, in the task's unit.")
    picked: Amount = Field(description="Of that, what is picked and has not left.")


class WaveTask(Sent):
    """One walk for one lot and many order lines: to one bin, or where the site reserves by lot to whichever have it."""

    task: Id = Field(description="The task's id; to be given back in pick.confirmed, with the wave.")
    action: TaskAction = Field(description="What to do with the task.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot to take; null for goods without one.")
    expires: Day | None = Field(description="The lot's last day of use.")
    location: Name | None = Field(description="The bin to take it from; null where the site reserves by lot.")
    package: Name | None = Field(description="The pallet or carton to take it from.")
    quantity: Amount = Field(description="How much to take in all, in `unit`, without what has left; 0 when cancelled.")
    picked: Amount = Field(description="Of that, what is picked.")
    unit: Name = Field(description="The item's base unit.")
    serials: tuple[Name, ...] = Field(default=(), description="Serial numbers that must be among what is taken.")
    for_: tuple[WaveTaskFor, ...] = Field(alias="for", description="The order lines it serves, first come first.")


class WaveTasks(Sent):
    """What one decision means for the pickers of one wave at one site."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where to pick.")
    wave: Name = Field(description="The wave's number; the key of this message.")
    decision: Id = Field(description="Id of the decision that caused it.")
    tasks: tuple[WaveTask, ...] = Field(description="Tasks created, changed and cancelled.")


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


class AlertKind(StrEnum):
    """What an alert is about."""

    DISCREPANCY = "discrepancy"
    #: Lots are on hold because of how they were kept.
    CONDITION = "condition"
    #: An order has been held for longer than its owner lets pass in silence.
    HELD = "held"
    #: Lots were recalled, or a recall is closed.
    RECALL = "recall"
    #: Goods came back that cannot be what they say: nobody has made them, or sold them, or sold them to him.
    COUNTERFEIT = "counterfeit"
    #: A lot has expired, or will before long.
    EXPIRED = "expired"
    EXPIRY = "expiry"
    #: Somebody may no longer get a lot before long, because too little of its life would be left.
    UNSELLABLE = "unsellable"
    #: An item is to be ordered again.
    REORDER = "reorder"
    #: A shipment was lost or damaged on the road.
    SHIPMENT = "shipment"


class Alert(Sent):
    """A person should look."""

    owner: OwnerId = Field(description="Whose goods.")
    alert: AlertKind = Field(description="What kind of alert it is.")
    code: Name = Field(description="What is wrong, as a stable code.")
    message: Text = Field(description="The same as a sentence.")
    about: dict[Name, Text] = Field(description="What it concerns: order, line, sku, lot, location, receipt.")
    quantity: Amount | None = Field(
        description="The quantity concerned, in base units; of a count how much more was found, below 0 for less."
    )
    raised_at: Instant = Field(description="When the record that caused it was taken in.")
    decision: Id = Field(description="Id of the decision that caused it.")


class AnswerOutcome(StrEnum):
    """What became of a command."""

    DONE = "done"
    REFUSED = "refused"


class Answer(Sent):
    """What became of a command that asked."""

    owner: OwnerId | None = Field(description="Whose ledger was asked; null for what concerned every partition.")
    source: MessageId = Field(description="ce_source of the command.")
    message_id: MessageId = Field(
        description="ce_id of the command, or the number of what concerned every partition; the key of this message."
    )
    type: Name = Field(description="ce_type of the command.")
    outcome: AnswerOutcome = Field(description="Done or refused.")
    code: Name | None = Field(description="Why it was refused, as a stable code.")
    field: Name | None = Field(description="The field it was refused for, e.g. lines.2.quantity.")
    message: Text | None = Field(description="What is wrong and what to do, as a sentence.")
    decided_at: Instant = Field(description="When the command was taken in.")
    decision: Id = Field(description="Id of the decision.")


#: Name of an outgoing message → the model of its body; the name is `lotstream.<name>.v1` in ``ce_type``.
SENT: dict[str, type[Sent]] = {
    "pick_tasks": PickTasks,
    "wave_tasks": WaveTasks,
    "floor_tasks": FloorTasks,
    "package": Package,
    "order_status": OrderStatus,
    "ship_confirmation": ShipConfirmation,
    "availability": Availability,
    "receipt_closed": ReceiptClosedTold,
    "inventory_change": InventoryChange,
    "inventory_snapshot": InventorySnapshot,
    "inventory_comparison": InventoryComparison,
    "lot_changed": LotChanged,
    "alert": Alert,
    "answer": Answer,
    "recall_letter": RecallLetter,
    "shipment_progress": ShipmentProgress,
}
