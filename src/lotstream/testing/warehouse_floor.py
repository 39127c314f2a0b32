"""What a simulated warehouse has to do and says it has done: jobs, tasks and answers; no Kafka, no clock.

One message of pick tasks is one job, one package and one shipment. Every id of an answer grows from ids in the message,
so that a message read twice, or by another process after a crash, is answered with copies of the same messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from lotstream.contracts.inbound_floor import (
    PickConfirmed,
    PickConfirmedLine,
    ShipmentConfirmed,
    ShipmentLine,
    ShipmentOrder,
    ShipmentPackage,
)
from lotstream.contracts.produce import Record, inbound, stable_id
from lotstream.contracts.sent_tasks import PickTask, PickTasks, TaskAction
from lotstream.testing.sscc import demo_sscc

SOURCE: Final = "warehouse-simulator"
"""Who picks and ships, in the words of the messages."""

SCAC: Final = "DEMO"
"""The carrier of every shipment; no carrier's code."""

PARTITIONS_MAX: Final = 256
SHIPMENT_DIGITS: Final = 12


class Place(NamedTuple):
    """Where a message of pick tasks stands in its topic."""

    partition: int
    offset: int


class Pick(NamedTuple):
    """One task of one job, which is one order's."""

    job: Place
    order: str
    task: PickTask


@dataclass(slots=True)
class Job:
    """One message of pick tasks and how far it has come."""

    place: Place
    order: PickTasks
    #: Not picked yet, by task id, in the order of the message.
    open: dict[str, PickTask] = field(default_factory=dict)
    picked: list[PickTask] = field(default_factory=list)

    @property
    def number(self) -> int:
        """A number no other job has: Kafka counts the messages of a partition, also while no simulator runs."""
        return self.place.offset * PARTITIONS_MAX + self.place.partition


@dataclass(slots=True)
class Floor:
    """All jobs that are not finished, oldest first."""

    jobs: dict[Place, Job] = field(default_factory=dict)
    #: What was taken for tasks that name no bin, in all: such a task grows when more of its lot is promised.
    taken: dict[str, Decimal] = field(default_factory=dict)
    #: Next offset to read per partition.
    read: dict[int, int] = field(default_factory=dict)

    def take(self, order: PickTasks | None, at: Place) -> None:
        """Take a message in: new tasks make a job, changes and cancellations reach what is not picked yet.

        None stands for a message that has no tasks in it.
        """
        self.read[at.partition] = at.offset + 1
        if order is None:
            return
        created = {task.task: task for task in order.tasks if task.action is TaskAction.CREATE}
        if created:
            self.jobs[at] = Job(at, order, open=created)
        for task in order.tasks:
            if task.action is not TaskAction.CREATE and not self._change(task):
                self._take_more(task, order, at)

    def next_pick(self) -> Pick | None:
        """Return the task to pick next, or None when there is nothing to do."""
        for place, job in self.jobs.items():
            for task in job.open.values():
                return Pick(place, job.order.order, task)
        return None

    def confirm(self, pick: Pick) -> Record:
        """Book a task as picked and return what the hub is told."""
        job = self.jobs[pick.job]
        if pick.task.location is None:
            self.taken[pick.task.task] = self.taken.get(pick.task.task, Decimal(0)) + pick.task.quantity
        job.picked.append(job.open.pop(pick.task.task))
        return _picked(job.order, pick.task)

    def ship(self) -> list[Record]:
        """Forget the jobs that have nothing open, and return the shipments of those that have something picked."""
        finished = [job for job in self.jobs.values() if not job.open]
        for job in finished:
            del self.jobs[job.place]
        return [_shipped(job) for job in finished if job.picked]

    def positions(self) -> dict[int, int]:
        """Return per partition the offset below which every message is answered."""
        first: dict[int, int] = {}
        for partition, offset in self.jobs:
            first[partition] = min(offset, first.get(partition, offset))
        return {partition: first.get(partition, offset) for partition, offset in self.read.items()}

    def forget(self, partitions: Iterable[int]) -> None:
        """Drop the jobs of partitions that somebody else reads from now on."""
        gone = set(partitions)
        self.jobs = {place: job for place, job in self.jobs.items() if place.partition not in gone}
        self.read = {partition: offset for partition, offset in self.read.items() if partition not in gone}

    def _take_more(self, changed: PickTask, order: PickTasks, at: Place) -> None:
        """Take what a task that names no bin has grown by since it was picked."""
        more = changed.quantity - self.taken.get(changed.task, changed.quantity)
        if more > 0:
            job = self.jobs.setdefault(at, Job(at, order))
            job.open[changed.task] = changed.model_copy(update={"quantity": more})

    def _change(self, changed: PickTask) -> bool:
        """Change or cancel a task that is still open; what is picked already is put back by the hub's own word.

        Returns whether it was open.
        """
        for job in self.jobs.values():
            task = job.open.get(changed.task)
            if task is None:
                continue
            if changed.action is TaskAction.CANCEL:
                del job.open[task.task]
            else:
                job.open[task.task] = task.model_copy(update={"quantity": changed.quantity})
            return True
        return False


def _picked(order: PickTasks, task: PickTask) -> Record:
    body = PickConfirmed(
        owner=order.owner,
        site=order.site,
        happened=True,
        by=SOURCE,
        source=order.source,
        order=order.order,
        lines=(PickConfirmedLine(task=task.task, line=task.line, quantity=task.quantity, unit=task.unit),),
    )
    again = "" if task.action is TaskAction.CREATE else f"/{order.decision}"
    return inbound("pick.confirmed", body, source=SOURCE, message_id=f"pick/{task.task}{again}")


def _shipped(job: Job) -> Record:
    """Return the shipment of a finished job: everything that was picked, in one package."""
    sscc = demo_sscc(job.number)
    body = ShipmentConfirmed(
        owner=job.order.owner,
        site=job.order.site,
        happened=True,
        by=SOURCE,
        shipment=_shipment(job.order),
        orders=(
            ShipmentOrder(
                source=job.order.source,
                order=job.order.order,
                lines=tuple(_shipped_line(task, sscc) for task in job.picked),
            ),
        ),
        packages=(ShipmentPackage(sscc=sscc, tracking=f"{SCAC}{job.number:010d}"),),
        scac=SCAC,
    )
    return inbound("shipment.confirmed", body, source=SOURCE, message_id=f"shipment/{body.shipment}")


def _shipped_line(task: PickTask, sscc: str) -> ShipmentLine:
    return ShipmentLine(line=task.line, lot=task.lot, quantity=task.quantity, unit=task.unit, package=sscc)


def _shipment(order: PickTasks) -> str:
    """Return the number of a job's shipment: the same for the same decision on the same order."""
    named = stable_id("shipment", order.owner, order.site, order.source, order.order, order.decision)
    return f"SHP-{named[:SHIPMENT_DIGITS].upper()}"
