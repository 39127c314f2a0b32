"""First expired, first out for the peers in Python, and the two messages lotstream sends for an order.

Standard library only: one of the peers runs in an environment of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

SITE = "NORTH"
PICK_TASKS_TYPE = "lotstream.pick_tasks.v1"
ORDER_STATUS_TYPE = "lotstream.order_status.v1"

Row = list[Any]
"""Last day of use, day received, lot, location, on hand, reserved: sorts in the order of use."""

LOT, LOCATION, ON_HAND, RESERVED = 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Line:
    """One order line with what it got: (row, quantity, free before, task id) each, and what it did not get."""

    line: str
    sku: str
    unit: str
    ordered: int
    takes: list[tuple[Row, int, int, str]]
    backordered: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an order."""

    order: dict[str, Any]
    id: str
    lines: list[Line]

    @property
    def promises(self) -> bool:
        """True when anything was promised."""
        return any(line.takes for line in self.lines)

    @property
    def state(self) -> str:
        """The state the order comes to, in lotstream's words."""
        if not any(line.backordered for line in self.lines):
            return "allocated"
        return "partly_allocated" if self.promises else "backordered"


def opening_rows(lines: list[dict[str, str]]) -> dict[str, list[Row]]:
    """Return the rows of opening stock by SKU, in the order of use."""
    shelves: dict[str, list[Row]] = {}
    for line in lines:
        row = [line["expires"], line["received"], line["lot"], line["location"], int(line["quantity"]), 0]
        shelves.setdefault(line["sku"], []).append(row)
    for rows in shelves.values():
        rows.sort()
    return shelves


def stable_id(place: str) -> str:
    """Return the 128-bit hex id of what stands at a place of the log."""
    return blake2b(place.encode(), digest_size=16).hexdigest()


def decide(order: dict[str, Any], place: str, shelf: Callable[[str], list[Row]]) -> Decision:
    """Take rows in their order until each line has what it wants, and note on the rows what is promised."""
    id_ = stable_id(place)
    lines, tasks = [], 0
    for line in order["lines"]:
        ordered = wanted = int(line["quantity"])
        takes = []
        for row in shelf(line["sku"]):
            free = row[ON_HAND] - row[RESERVED]
            taken = min(free, wanted)
            if taken > 0:
                row[RESERVED] += taken
                wanted -= taken
                tasks += 1
                takes.append((row, taken, free, f"{id_[:24]}{tasks:08x}"))
            if wanted == 0:
                break
        lines.append(Line(line["line"], line["sku"], line["unit"], ordered, takes, wanted))
    return Decision(order, id_, lines)


def pick_tasks(decision: Decision) -> dict[str, Any]:
    """Return the body of the pick tasks of an order."""
    order = decision.order
    return {
        "owner": order["owner"],
        "site": SITE,
        "source": order["source"],
        "order": order["order"],
        "decision": decision.id,
        "tasks": [_task(order, line, take) for line in decision.lines for take in line.takes],
    }


def _task(order: dict[str, Any], line: Line, take: tuple[Row, int, int, str]) -> dict[str, Any]:
    row, quantity, _, task = take
    return {
        "task": task,
        "action": "create",
        "line": line.line,
        "sku": line.sku,
        "lot": row[LOT],
        "expires": row[0],
        "location": row[LOCATION],
        "package": None,
        "quantity": str(quantity),
        "unit": line.unit,
        "serials": [],
        "for": [{"order": order["order"], "line": line.line, "quantity": str(quantity)}],
    }


def order_status(decision: Decision) -> dict[str, Any]:
    """Return the body of the state an order is in."""
    order = decision.order
    return {
        "owner": order["owner"],
        "source": order["source"],
        "order": order["order"],
        "version": order["version"],
        "status": decision.state,
        "site": SITE,
        "code": None,
        "message": None,
        "decision": decision.id,
        "lines": [_status_line(line) for line in decision.lines],
    }


def _status_line(line: Line) -> dict[str, str]:
    return {
        "line": line.line,
        "sku": line.sku,
        "unit": line.unit,
        "ordered": str(line.ordered),
        "allocated": str(line.ordered - line.backordered),
        "backordered": str(line.backordered),
        "picked": "0",
        "shipped": "0",
        "cancelled": "0",
    }


def headers(type: str, *, id: str, time: str) -> list[tuple[str, bytes]]:
    """Return the CloudEvents headers of an outgoing message, as lotstream writes them."""
    said = {
        "ce_id": id,
        "ce_source": "lotstream",
        "ce_specversion": "1.0",
        "ce_type": type,
        "ce_dataschema": f"urn:lotstream:schema:{type}",
        "content-type": "application/json",
        "ce_time": time,
    }
    return [(name, value.encode()) for name, value in said.items()]
