"""What came out of a scenario, in the words of its ``expect``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from lotstream.domain.applying.serials import serials_in
from lotstream.domain.events import (
    Event,
    GoodsReturned,
    OrderAllocated,
    OrderChanged,
    OrderRecorded,
    ShipmentConfirmed,
    ShipmentVoided,
)
from lotstream.domain.model import Order, OrderKey, StockRow
from lotstream.domain.sums import OVER, backordered, promised
from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_play import NotUsed, Play, Sums
from lotstream.testing.scenarios_warehouse import Troubles, View
from lotstream.testing.scenarios_words import SMALLEST


async def came_out(play: Play) -> Node:
    """Return everything that ``expect`` can speak of."""
    view, events = await play.warehouse.view(), await play.warehouse.events()
    troubles = await play.warehouse.troubles()
    orders, rows = view.orders, list(view.ledger.stock.values())
    return {
        "allocations": _allocations(orders),
        "backordered": _backordered(orders),
        "shipped": _shipped(events),
        "available": _available(rows),
        "rejected": [
            {"step": step, "reason": f"{refusal.code}: {refusal.message}"} for step, refusal in play.refused.items()
        ],
        "not_used": [
            {"order": order, "line": line, "sku": sku, "lot": lot, "reason": reason}
            for order, line, sku, lot, reason in sorted(play.not_used | passed_over(events, orders), key=str)
        ],
        "after_step": _after_step(play),
        "invariants": {
            **_invariants(view),
            **_told(troubles),
            "disjoint_serials": _disjoint(orders, events),
            "pick_tasks": len(await play.warehouse.tasks()),
            "broken": [*_broken(play, orders, rows), *_unanswered(troubles)],
        },
        "refused_orders": {
            order: f"{refusal.field}: {refusal.message}" for order, refusal in play.refused_orders.items()
        },
    }


def plain(units: int) -> int | float:
    """Return smallest units as a number of base units, whole where it is whole."""
    amount = Decimal(units) / SMALLEST
    return int(amount) if amount == int(amount) else float(amount)


def _allocations(orders: Iterable[Order]) -> list[Node]:
    return [
        {
            "order": order.key.order, "line": line.line, "sku": part.row.sku, "lot": part.row.lot,
            "location": part.row.location, "package": part.row.package,
            "pack_size": None if part.row.pack_size is None else plain(part.row.pack_size),
            "qty": plain(part.quantity), **({"serials": list(part.serials)} if part.serials else {}),
        }
        for order in orders
        for line in order.lines
        for part in line.reservations
    ]  # fmt: skip


def _backordered(orders: Iterable[Order]) -> list[Node]:
    return [
        {"order": order.key.order, "line": line.line, "qty": plain(backordered(line))}
        for order in orders
        if order.state not in OVER
        for line in order.lines
        if backordered(line)
    ]


def _shipped(events: Iterable[Event]) -> list[Node]:
    """Return what left, by order: of single orders the journal is read, and none is before another."""
    shipped = [
        {
            "order": event.key.order, "line": shipped.line, "sku": shipped.sku, "lot": shipped.lot,
            "location": shipped.picked_from.location, "qty": plain(shipped.quantity),
            **({"serials": list(shipped.serials)} if shipped.serials else {}),
        }
        for event in events
        if isinstance(event, ShipmentConfirmed)
        for shipped in event.shipped
    ]  # fmt: skip
    return sorted(shipped, key=lambda line: str(line["order"]))


def _available(rows: Iterable[StockRow]) -> list[Node]:
    """Return what each row has free: a shown figure is never below 0, and no row eats another's."""
    return [
        {"sku": row.key.sku, "lot": row.key.lot, "location": row.key.location, "qty": plain(free)}
        for row in sorted(rows, key=lambda row: str(row.key))
        if row.key.status == "good" and (free := row.on_hand - row.promised_elsewhere - row.reserved) > 0
    ]


def passed_over(events: Iterable[Event], orders: Iterable[Order]) -> set[NotUsed]:
    """Return what decisions passed over, with their reasons: a line that is complete since no longer says why."""
    skus = {(order.key, line.line): line.sku for order in orders for line in order.lines}
    found: set[NotUsed] = set()
    for event in events:
        if isinstance(event, OrderAllocated | OrderChanged | OrderRecorded):
            key = event.key if isinstance(event, OrderAllocated) else event.order.key
            for decision in event.decisions:
                usual = skus.get((key, decision.line), "")
                passed = [row for row in decision.considered if row.reason is not None]
                found |= {(key.order, decision.line, row.sku or usual, row.lot, str(row.reason)) for row in passed}
    return found


def _after_step(play: Play) -> list[Node]:
    lines = []
    for step, sums in enumerate(play.after):
        total: tuple[None, Sums] = (None, _total(sums.values()))
        for order, (allocated, waiting, gone) in (total, *sums.items()):
            lines.append(
                {
                    "step": step, "order": order, "allocated": plain(allocated), "backordered": plain(waiting),
                    "shipped": plain(gone),
                }
            )  # fmt: skip
    return lines


def _total(sums: Iterable[Sums]) -> Sums:
    known = list(sums)
    return (sum(one[0] for one in known), sum(one[1] for one in known), sum(one[2] for one in known))


def _invariants(view: View) -> Node:
    orders, rows = view.orders, list(view.ledger.stock.values())
    open_orders = [order for order in orders if order.state not in OVER]
    allocated = {order.key.order: sum(promised(line) for line in order.lines) for order in orders}
    demand = sum(line.ordered - line.cancelled for order in orders for line in order.lines)
    waiting = sum(backordered(line) for order in open_orders for line in order.lines)
    return {
        "allocated_total": plain(sum(allocated.values())),
        "backordered_total": plain(waiting),
        "demand_total": plain(demand),
        "orders_fully_allocated": sum(_filled(order) for order in open_orders),
        "orders_with_nothing": sum(allocated[order.key.order] == 0 for order in open_orders),
        "allocated": {order: plain(units) for order, units in allocated.items()},
        "max_reserved_per_lot": _per_lot(rows, reserved=True),
        "on_hand": _per_lot(rows, reserved=False),
    }


def _unanswered(troubles: Troubles) -> Iterable[str]:
    if troubles.errors or troubles.retries:
        yield f"{troubles.errors} messages ended in an error, and nothing came of {troubles.retries}"


def _told(troubles: Troubles) -> Node:
    return {
        "errors_to_caller": troubles.errors,
        "deadlocks_seen_by_caller": troubles.deadlocks,
        "retries_asked_of_caller": troubles.retries,
    }


def _disjoint(orders: Iterable[Order], events: Iterable[Event]) -> bool:
    """Tell whether no serial number is promised to one order and promised to another or shipped with it."""
    holders: dict[tuple[str, str], set[OrderKey]] = {}
    for event in events:
        if isinstance(event, ShipmentConfirmed):
            for unit in serials_in(event):
                holders.setdefault((unit.sku, unit.number), set()).add(event.key)
        elif isinstance(event, GoodsReturned | ShipmentVoided):
            for unit in serials_in(event):
                holders.setdefault((unit.sku, unit.number), set()).discard(event.key)
    for order in orders:
        for part in (part for line in order.lines for part in line.reservations):
            for number in part.serials:
                holders.setdefault((part.row.sku, number), set()).add(order.key)
    return all(len(orders) < 2 for orders in holders.values())


def _filled(order: Order) -> bool:
    return not any(backordered(line) for line in order.lines)


def _per_lot(rows: Iterable[StockRow], *, reserved: bool) -> dict[str, int | float]:
    units: dict[str, int] = {}
    for row in rows:
        lot = str(row.key.lot)
        units[lot] = units.get(lot, 0) + (row.reserved if reserved else row.on_hand)
    return {lot: plain(total) for lot, total in sorted(units.items()) if total}


def _broken(play: Play, orders: Iterable[Order], rows: Iterable[StockRow]) -> Iterable[str]:
    """Return what is never true of a sound ledger, in sentences; none of them may come out of any scenario."""
    promises: dict[tuple[str, str | None], int] = {}
    for order in orders:
        for line in order.lines:
            for part in line.reservations:
                key = (part.row.sku, part.row.lot)
                promises[key] = promises.get(key, 0) + part.quantity
    reserved: dict[tuple[str, str | None], int] = {}
    for row in rows:
        key = (row.key.sku, row.key.lot)
        reserved[key] = reserved.get(key, 0) + row.reserved
        if not 0 <= row.reserved <= max(row.on_hand, 0):
            yield f"{row.key} has {row.reserved} reserved of {row.on_hand}"
    for key in promises.keys() | reserved.keys():
        if promises.get(key, 0) != reserved.get(key, 0):
            yield f"{key} has {reserved.get(key, 0)} reserved but {promises.get(key, 0)} promised"
    for before, after in pairwise(play.after):
        for order_id, (_, _, gone) in before.items():
            if after[order_id][2] < gone:
                yield f"order {order_id} has less shipped than before"
