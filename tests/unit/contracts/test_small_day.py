from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from lotstream.contracts.decode import Decoded, decode
from lotstream.contracts.examples import EXAMPLES
from lotstream.contracts.outgoing import Outgoing, answer, messages, refused
from lotstream.contracts.produce import inbound
from lotstream.contracts.sent import SENT
from lotstream.contracts.sent_inventory import InventoryChange
from lotstream.contracts.sent_notices import Alert, Answer
from lotstream.contracts.sent_orders import OrderStatus
from lotstream.contracts.sent_shipments import ShipConfirmation
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.domain.apply import apply
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Moment
from lotstream.domain.decide import decide
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Calendar, OrderState, Site
from lotstream.domain.named import orders_named, receipts_named

TODAY = date(2026, 9, 1)


class Hub:
    """Bytes in, messages out: what the worker does with one owner, without Kafka and PostgreSQL."""

    def __init__(self) -> None:
        sites = Sites({"TOR": Site("TOR", calendar=Calendar.SCRIPTED)}, today={"TOR": TODAY})
        self.ledger = Ledger("acme", sites)
        self.decided = 0

    def take(self, name: str, change: dict[str, Any] | None = None) -> list[BaseModel]:
        """Decide one message and return what is told of it, parsed as a reader would."""
        body = deepcopy(EXAMPLES[name]) | (change or {})
        record = inbound(name, body, source="test", message_id=f"m-{self.decided}")
        return [_parsed(message) for message in self._decide(decode(record.headers, record.value))]

    def _decide(self, decoded: Decoded) -> Iterable[Outgoing]:
        self.decided += 1
        at = datetime(2026, 9, 1, 14, self.decided, tzinfo=UTC)
        moment = Moment(at, {"TOR": TODAY}, f"{self.decided:032x}", self.decided)
        self._load(decoded)
        outcome = decide(self.ledger, decoded.command, moment)
        if isinstance(outcome, Refusal):
            yield from refused(self.ledger, decoded.command, outcome, moment)
        else:
            for event in outcome:
                apply(self.ledger, event)
                yield from messages(self.ledger, event, moment)
        said = answer(decoded, outcome if isinstance(outcome, Refusal) else None, moment)
        if said is not None:
            yield said

    def _load(self, decoded: Decoded) -> None:
        for key in orders_named(decoded.command):
            if key not in self.ledger.orders:
                self.ledger.closed.setdefault(key, None)
        for receipt in receipts_named(decoded.command):
            self.ledger.receipts.setdefault(receipt, None)


ONE_LINE = {"lines": [{"line": "1", "sku": "CER-001", "quantity": "12", "min_days_left": 90}]}


@pytest.fixture
def hub() -> Hub:
    """An owner with one item and one lot of 240 pieces."""
    hub = Hub()
    for name in ("owner.defined", "item.defined", "customer.defined"):
        hub.take(name, {"sites": ["TOR"]} if name == "owner.defined" else None)
    hub.take("stock.received")
    return hub


def test_an_order_is_promised_picked_and_shipped(hub: Hub) -> None:
    """What a warehouse answers to its pick tasks comes out as a confirmation with the lot and its expiry."""
    tasks, placed = hub.take("order.placed", ONE_LINE)
    assert isinstance(tasks, PickTasks)
    assert isinstance(placed, OrderStatus)
    (task,) = tasks.tasks
    assert (task.lot, task.location, task.quantity) == ("L24A", "TOR-A-01", Decimal(12))

    taken = {"task": task.task, "line": "1", "quantity": "12"}
    (picked,) = hub.take("pick.confirmed", {"lines": [taken]})
    assert isinstance(picked, OrderStatus)
    assert picked.status == "picked"

    confirmation, shipped, left = hub.take("shipment.confirmed")
    assert isinstance(confirmation, ShipConfirmation)
    assert isinstance(shipped, OrderStatus)
    assert shipped.status == "shipped"
    (lot,) = confirmation.lines[0].lots
    assert (lot.lot, lot.expires, lot.quantity) == ("L24A", date(2027, 6, 1), Decimal(12))
    assert confirmation.packages[0].contents[0].lot == "L24A"
    assert isinstance(left, InventoryChange)
    assert [(one.quantity, one.on_hand[0].quantity) for one in left.lines] == [(Decimal(-12), Decimal(228))]


def test_a_hold_takes_the_tasks_back(hub: Hub) -> None:
    """A hold on the promised lot cancels the pick task and tells the sender that the order waits."""
    tasks, _ = hub.take("order.placed", ONE_LINE)
    cancelled, waiting, done = hub.take("hold.placed")

    assert isinstance(tasks, PickTasks)
    assert isinstance(cancelled, PickTasks)
    assert isinstance(waiting, OrderStatus)
    assert [(task.action, task.task) for task in cancelled.tasks] == [("cancel", tasks.tasks[0].task)]
    assert waiting.status == "backordered"
    assert isinstance(done, Answer)


def test_an_order_for_an_unknown_item_is_told_in_the_sender_s_words(hub: Hub) -> None:
    """Nobody knows the item's base unit yet, so quantity and unit are as they were sent; then it goes on by itself."""
    line = {"line": "1", "gtin": "00012345600098", "quantity": "1.5", "unit": "sack"}
    (held,) = hub.take("order.placed", {"lines": [line], "customer": None})
    assert isinstance(held, OrderStatus)
    assert (held.status, held.code, held.lines[0].unit) == ("held", "unknown_item", "sack")
    assert held.lines[0].sku is None

    new = {"sku": "BAG-1", "units": {"sack": "2"}, "gtins": ["00012345600098"]}
    (waiting,) = hub.take("item.defined", new)
    assert isinstance(waiting, OrderStatus)
    assert (waiting.status, waiting.lines[0].backordered) == (OrderState.BACKORDERED, Decimal(3))


def test_a_negative_quantity_is_refused_with_its_field(hub: Hub) -> None:
    """The sender of an impossible order is told on the order's status, and under the message's id."""
    rejected, refusal = hub.take("order.placed", {"lines": [{"line": "1", "sku": "CER-001", "quantity": "-1"}]})

    assert isinstance(rejected, OrderStatus)
    assert isinstance(refusal, Answer)
    assert (rejected.status, rejected.code) == ("rejected", "not_positive")
    assert (refusal.outcome, refusal.field) == ("refused", "lines.0.quantity")


def test_goods_that_left_for_an_unknown_order_are_told(hub: Hub) -> None:
    """What happened is booked: a confirmation, and an alert, although nobody knows the order."""
    told = hub.take("shipment.confirmed", {"orders": [_left("paper-7")]})

    assert {type(message) for message in told} == {ShipConfirmation, Alert, InventoryChange}


def _left(order: str) -> dict[str, Any]:
    line = {"line": "1", "sku": "CER-001", "lot": "L24A", "quantity": "12", "location": "TOR-A-01"}
    return {"source": "paper", "order": order, "lines": [line]}


def _parsed(message: Outgoing) -> BaseModel:
    name = message.type.removeprefix("lotstream.").removesuffix(".v1")
    return SENT[name].model_validate_json(message.value)
