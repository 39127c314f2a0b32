"""The bodies of outgoing messages for pickers: tasks of orders and of waves."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Name, OwnerId, Sent


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
    """What one decision means for the pickers of one order at one site; very many come in several messages."""

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
    """What one decision means for the pickers of one wave at one site; very many come in several messages."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where to pick.")
    wave: Name = Field(description="The wave's number; the key of this message.")
    decision: Id = Field(description="Id of the decision that caused it.")
    tasks: tuple[WaveTask, ...] = Field(description="Tasks created, changed and cancelled.")
