"""What readers of the topics were told, put together from the messages alone, and what the reference says it comes to.

A message that is there once under the right id could still say the wrong thing, or come before one it should follow.
Whoever keeps books of pick tasks and states by what it reads must end with the books of the reference.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.oracle import Oracle
from lotstream.testing.faults.reference_model import Order
from lotstream.testing.kafka import Seen

TASKS, STATUS = "lotstream.pick-tasks", "lotstream.order-status"
#: Owner, source and number of an order.
Key = tuple[str, str, str]
#: Line, lot and bin.
Place = tuple[str, str, str]
#: Line → allocated, picked, shipped, cancelled.
Lines = dict[str, tuple[int, int, int, int]]


@dataclass(frozen=True)
class Task:
    """What a picker was last told of one task."""

    order: Key
    place: Place
    quantity: int


class Told:
    """Reads pick tasks and order states, each topic in the order of its partitions."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}
        self._states: dict[Key, dict[str, Any]] = {}

    def read(self, records: Iterable[Seen]) -> None:
        """Take messages in; those of other topics are passed over."""
        for record in records:
            if record.topic not in (TASKS, STATUS):
                continue
            body = json.loads(record.value or b"")
            key = (body["owner"], body["source"], body["order"])
            if record.topic == STATUS:
                self._states[key] = body
                continue
            for task in body["tasks"]:
                place = (task["line"], task["lot"], task["location"])
                quantity = 0 if task["action"] == "cancel" else int(task["quantity"])
                self._tasks[task["task"]] = Task(key, place, quantity)

    def tasks(self) -> dict[Key, Counter[Place]]:
        """Return what pickers are to bring for each order."""
        tasks: dict[Key, Counter[Place]] = {}
        for task in self._tasks.values():
            if task.quantity:
                tasks.setdefault(task.order, Counter())[task.place] += task.quantity
        return tasks

    def state(self, key: Key) -> tuple[str, Lines] | None:
        """Return the state an order was last said to be in, line by line."""
        body = self._states.get(key)
        if body is None:
            return None
        return body["status"], {
            line["line"]: (int(line["allocated"]), int(line["picked"]), int(line["shipped"]), int(line["cancelled"]))
            for line in body["lines"]
        }


def check_told(told: Told, oracle: Oracle, violations: Violations) -> None:
    """Compare the books of a reader with those of the reference."""
    tasks = told.tasks()
    for owner, books in oracle.books.items():
        for (source, number), order in books.orders.items():
            key = (owner, source, number)
            if told.state(key) != _state(order):
                violations.add(Invariant.TOLD, f"{key} was last said to be {told.state(key)}, expected {_state(order)}")
            # Of goods that have left, no task says any more where they lay.
            if not order.shipments and tasks.get(key, Counter()) != _tasks(order):
                violations.add(Invariant.TOLD, f"tasks of {key} come to {tasks.get(key)}, expected {_tasks(order)}")


def _state(order: Order) -> tuple[str, Lines]:
    lines = {}
    for line in order.lines:
        picked = sum(part.picked for part in line.parts)
        promised = sum(part.quantity for part in line.parts)
        lines[line.line] = (promised - picked, picked, line.shipped, line.cancelled)
    return order.state(), lines


def _tasks(order: Order) -> Counter[Place]:
    wanted: Counter[Place] = Counter()
    for line in order.lines:
        for part in line.parts:
            wanted[line.line, part.place[1], part.place[2]] += part.quantity
    return wanted
