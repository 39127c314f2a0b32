"""A very small hub at rest: the tables after one receipt and one order, the log that led to them, and its readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import inbound
from lotstream.domain.model import Order, OrderKey, OrderLine, OrderState, Reservation, RowKey
from lotstream.store.audit import Audit, ClaimSeen, IntakeSeen, ShippedSeen, StockSeen
from lotstream.testing.kafka import Seen
from lotstream.testing.load import SITE

OWNER = "o"
TODAY = date(2026, 9, 1)
MESSAGES = Counter({("lotstream.pick-tasks", "a"): 1, ("lotstream.alerts", "b"): 1, ("lotstream.order-status", "c"): 1})
TASK = {"task": "t", "action": "create", "line": "1", "sku": "A", "lot": "L1", "location": "BIN-1", "quantity": "4"}
#: What the messages say, by topic.
BODIES: dict[str, dict[str, object]] = {
    "lotstream.pick-tasks": {"owner": "o", "source": "s", "order": "#1", "tasks": [TASK]},
    "lotstream.alerts": {},
    "lotstream.order-status": {
        "owner": "o", "source": "s", "order": "#1", "status": "allocated",
        "lines": [{"line": "1", "allocated": "4", "picked": "0", "shipped": "0", "cancelled": "0"}],
    },
}  # fmt: skip


GOODS = {"line": "1", "sku": "A", "lot": "L1", "quantity": "10", "location": "BIN-1", "expires": "2031-01-01"}


class Tables(Audit):
    """Tables as a hub would have them after one receipt of 10, and an order of 4 from it."""

    def __init__(self) -> None:
        self.intakes = [IntakeSeen(1, 0, offset, "done", "s", f"m{offset}", OWNER, None) for offset in range(3)]
        self.rows = [StockSeen(OWNER, "A", "L1", SITE, "BIN-1", "good", 10, 4)]
        part = Reservation("task", RowKey("A", "L1", SITE, "BIN-1"), 4)
        line = OrderLine("1", "A", "each", 1, 4, reservations=[part])
        self.order = _order(line)
        self.messages = list(MESSAGES)
        self.left: list[ShippedSeen] = []
        self.held = {0: ClaimSeen(log=1, next_offset=3, epoch=1, relay_position=3)}

    async def claims(self) -> dict[int, ClaimSeen]:
        return self.held

    async def intake(self) -> AsyncIterator[IntakeSeen]:
        for row in self.intakes:
            yield row

    async def stock(self) -> list[StockSeen]:
        return self.rows

    async def orders(self) -> AsyncIterator[tuple[str, Order]]:
        yield OWNER, self.order

    async def shipped(self) -> list[ShippedSeen]:
        return self.left

    async def outbox(self) -> AsyncIterator[tuple[str, str]]:
        for message in self.messages:
            yield message


def _order(line: OrderLine) -> Order:
    """Return an order with no more than a verdict looks at."""
    order = object.__new__(Order)
    order.key, order.state, order.lines = OrderKey("s", "#1"), OrderState.ALLOCATED, [line]
    return order


def small_log() -> list[Seen]:
    """Return an item, a receipt of 10 of it, and an order of 4."""
    bodies: list[tuple[str, dict[str, object]]] = [
        ("item.defined", {"owner": OWNER, "sku": "A", "base_unit": "each"}),
        (
            "stock.received",
            {
                "owner": OWNER, "site": SITE, "happened": True, "receipt": "R", "occurred_at": "2026-08-01T08:00:00Z",
                "lines": [GOODS],
            },
        ),
        (
            "order.placed",
            {
                "owner": OWNER, "source": "s", "order": "#1", "version": "1", "placed_at": "2026-08-02T08:00:00Z",
                "lines": [{"line": "1", "sku": "A", "quantity": "4"}],
            },
        ),
    ]  # fmt: skip
    log = []
    for offset, (name, body) in enumerate(bodies):
        value = inbound(name, body, source="s", message_id=f"m{offset}").value
        headers = dict(headers_for(type_of(name), id=f"m{offset}", source="s"))
        log.append(Seen("lotstream.inbound", 0, offset, OWNER.encode(), value, headers))
    return log
