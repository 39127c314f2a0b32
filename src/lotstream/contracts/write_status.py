"""The state of an order from events, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lotstream.contracts.quantities import decimal_text, writer
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import ORDER_STATUS
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import BY_LOT, Item, Order, OrderKey, OrderLine, OrderState
from lotstream.domain.sums import picked, promised

TYPE = "lotstream.order_status.v1"


def order_status(
    ledger: Ledger, key: OrderKey, moment: Moment, *, code: str | None = None, message: str | None = None
) -> Iterator[Outgoing]:
    """Return the state an order is in now; nothing for goods that left for an order nobody knows.

    ``code`` and ``message`` say why something happened that nobody asked for; else they are those of what holds it up.
    """
    order = ledger.order(key)
    if order is not None:
        yield _status(ledger, order, moment, code=code or order.held, message=message or order.held_message)


def change_refused(ledger: Ledger, key: OrderKey, refusal: Refusal, moment: Moment) -> Outgoing:
    """Return the state of an order whose placing, change or cancellation was refused, with the reason."""
    order = ledger.order(key)
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
    body: dict[str, Any] = {
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
    if order.site in ledger.sites.by_lot:
        body["reserve"] = BY_LOT
    return Outgoing(ORDER_STATUS.name, order.key.order, TYPE, encode(body))


def _line(ledger: Ledger, line: OrderLine) -> dict[str, Any]:
    if line.quantity_sent is not None:
        return _unknown_line(line, line.quantity_sent)
    item = item_of(ledger, line.sku)
    text = writer(item.decimals)
    held, taken = promised(line), picked(line)
    backordered = line.ordered - held - line.shipped - line.cancelled
    return {
        "line": line.line,
        "sku": line.sku,
        "unit": item.base_unit,
        "ordered": text(line.ordered),
        "allocated": text(held - taken),
        "backordered": text(max(backordered, 0)),
        "picked": text(taken),
        "shipped": text(line.shipped),
        "cancelled": text(line.cancelled),
    }


def _unknown_line(line: OrderLine, quantity: Decimal) -> dict[str, Any]:
    """Return a line whose item or unit nobody has defined yet, as its sender wrote it."""
    text = decimal_text(quantity)
    return {
        "line": line.line,
        "sku": line.sku or None,
        "unit": line.unit or Item("").base_unit,
        "ordered": text,
        "allocated": "0",
        "backordered": text,
        "picked": "0",
        "shipped": "0",
        "cancelled": "0",
    }
