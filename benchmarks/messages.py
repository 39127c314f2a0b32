"""How long it takes to read an order of four lines and to write what it causes, on one core.

    python benchmarks/messages.py

Best of several rounds, in microseconds per order: what disturbs a round only makes it slower. Reading is from the
record's bytes to the command; writing is from the event to the bytes of pick tasks and order status. Beside it stands
what the same two messages cost when they are made and dumped as pydantic models.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import timeit
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pydantic

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.convert_orders import place_order
from lotstream.contracts.decode import decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.inbound import type_of
from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream.contracts.outgoing import messages
from lotstream.contracts.sent_orders import OrderStatus
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.domain.commands import Moment
from lotstream.domain.events import LineDecision, OrderRecorded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Lot, Order, OrderKey, OrderLine, OrderState, Reservation, RowKey

LINES = 4
NOW = datetime(2026, 9, 1, 14, tzinfo=UTC)
MOMENT = Moment(NOW, {"TOR": NOW.date()}, "5f0c1d7e9a3b4c2d8e6f0a1b2c3d4e5f", 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--orders", type=int, default=10_000, help="orders in one round")
    chosen = parser.parse_args()
    versions = f"Python {platform.python_version()}, pydantic {pydantic.VERSION}, msgspec {msgspec.__version__}"
    sys.stdout.write(f"{versions}\n")
    for name, work in works().items():
        best = min(timeit.repeat(work, number=chosen.orders, repeat=chosen.rounds)) / chosen.orders
        sys.stdout.write(f"{name:<55} {best * 1e6:7.1f} µs\n")


def works() -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    headers = headers_for(type_of("order.placed"), id="m-1", source="bench")
    full, short = inbound_order(nulls=True), inbound_order(nulls=False)
    body = OrderPlaced.model_validate_json(full)
    ledger, event = recorded_order()
    tasks, status = (message.value for message in messages(ledger, event, MOMENT))
    task_fields = PickTasks.model_validate_json(tasks).model_dump(by_alias=True)
    status_fields = OrderStatus.model_validate_json(status).model_dump()
    return {
        f"read: decode, every field there ({len(full)} bytes)": lambda: decode(headers, full),
        f"read: decode, nulls left out ({len(short)} bytes)": lambda: decode(headers, short),
        "  of which bytes to model": lambda: OrderPlaced.model_validate_json(full),
        "  of which model to command": lambda: place_order(body),
        "write: pick tasks and order status": lambda: list(messages(ledger, event, MOMENT)),
        "  the same through pydantic models": lambda: (
            PickTasks.model_validate(task_fields).model_dump_json(by_alias=True),
            OrderStatus.model_validate(status_fields).model_dump_json(),
        ),
    }


def inbound_order(*, nulls: bool) -> bytes:
    """Return an order of four lines; with ``nulls`` every field that may be null is there."""
    example = EXAMPLES["order.placed"]
    lines = [{**example["lines"][0], "line": str(number)} for number in range(LINES)]
    order = OrderPlaced.model_validate_json(json.dumps({**example, "lines": lines}))
    return order.model_dump_json(exclude_none=not nulls).encode()


def recorded_order() -> tuple[Ledger, OrderRecorded]:
    """Return a ledger with an order of four lines, each promised to one lot, and the event that recorded it."""
    key = OrderKey("shopify:example-shop", "#1001")
    lines = [_line(number) for number in range(LINES)]
    order = Order(key, "1", NOW, 1, "c", "C-7", "TOR", state=OrderState.ALLOCATED, lines=lines)
    decisions = tuple(LineDecision(line.line, tuple(line.reservations), 0, "FEFO", "settings", ()) for line in lines)
    skus = [line.sku for line in lines]
    ledger = Ledger(
        "acme",
        Sites(),
        items={sku: Item(sku) for sku in skus},
        lots={(sku, "L24A"): Lot(sku, "L24A", expires=date(2027, 6, 1)) for sku in skus},
        orders={key: order},
    )
    return ledger, OrderRecorded(order, decisions)


def _line(number: int) -> OrderLine:
    row = RowKey(f"CER-00{number}", "L24A", "TOR", "TOR-A-01")
    reservation = Reservation(f"{number}" * 32, row, 12)
    return OrderLine(str(number), row.sku, "each", 1, 12, reservations=[reservation])


if __name__ == "__main__":
    main()
