"""The state of an order from events, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import ORDER_STATUS
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderKey, OrderLine, OrderState

TYPE = "lotstream.order_status.v1"


def order_of(ledger: Ledger, key: OrderKey) -> Order | None:
    """Return an order, open or just closed; None when the ledger does not know it."""
    return ledger.orders.get(key) or ledger.closed.get(key)


def order_status(ledger: Ledger, key: OrderKey, moment: Moment) -> Iterator[Outgoing]:
    """Return the state an order is in now; nothing for goods that left for an order nobody knows."""
    order = order_of(ledger, key)
    if order is not None:
        yield _status(ledger, order, moment, code=order.held, message=order.held_message)


def change_refused(ledger: Ledger, key: OrderKey, refusal: Refusal, moment: Moment) -> Outgoing:
    """Return the state of an order whose placing, change or cancellation was refused, with the reason."""
    order = order_of(ledger, key)
    if order is not None:
        return _status(ledger, order, moment, code=refusal.code.value, message=refusal.message)
    body = {
        "owner": ledger.owner,
        "source": key.source,
        "order": key.order,
        "version": None,
        "status": OrderState.REJECTED,
        "site": None,
        "code": refusal.code,
        "message": refusal.message,
        "decision": moment.decision,
        "lines": (),
    }
    return Outgoing(ORDER_STATUS.name, key.order, TYPE, encode(body))


def _status(ledger: Ledger, order: Order, moment: Moment, *, code: str | None, message: str | None) -> Outgoing:
    body = {
        "owner": ledger.owner,
        "source": order.key.source,
        "order": order.key.order,
        "version": order.version,
        "status": order.state,
        "site": order.site,
        "code": code,
        "message": message,
        "decision": moment.decision,
        "lines": [_line(ledger, line) for line in order.lines],
    }
    return Outgoing(ORDER_STATUS.name, order.key.order, TYPE, encode(body))


def _line(ledger: Ledger, line: OrderLine) -> dict[str, Any]:
    item = item_of(ledger, line.sku)
    decimals = item.decimals
    promised = picked = 0
    for reservation in line.reservations:
        promised += reservation.quantity
        picked += reservation.picked
    backordered = line.ordered - promised - line.shipped - line.cancelled
    return {
        "line": line.line,
        "sku": line.sku,
        "unit": item.base_unit,
        "ordered": base_text(line.ordered, decimals),
        "allocated": base_text(promised - picked, decimals),
        "backordered": base_text(max(backordered, 0), decimals),
        "picked": base_text(picked, decimals),
        "shipped": base_text(line.shipped, decimals),
        "cancelled": base_text(line.cancelled, decimals),
    }
