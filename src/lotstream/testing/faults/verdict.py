"""The hub's tables and topics at rest, compared with what must have come of the log; each difference is a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from lotstream.domain.model import Order as HubOrder
from lotstream.store.audit import Audit, ClaimSeen, StockSeen
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.oracle import Coordinates, Oracle
from lotstream.testing.faults.reference import Books
from lotstream.testing.faults.reference_model import STAGING, Order
from lotstream.testing.kafka import Seen

#: Lot and bin → units promised, and of these picked.
Promised = dict[tuple[str | None, str], tuple[int, int]]
#: Line → ordered, cancelled, shipped, and what is promised.
LinesSeen = dict[str, tuple[int, int, int, Promised]]
#: Owner, SKU, lot, location.
Row = tuple[str, str, str | None, str]


def stock_as_expected(books: Books) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return SKU, lot and location → on hand and reserved, of rows that are not empty."""
    return {place: (row.on_hand, row.reserved) for place, row in books.stock.items() if row.on_hand or row.reserved}


def order_as_expected(order: Order) -> tuple[str, LinesSeen]:
    """Return state and lines of an order by the reference."""
    return order.state(), {
        line.line: (
            line.ordered,
            line.cancelled,
            line.shipped,
            _summed((part.place[1], part.place[2], part.quantity, part.picked) for part in line.parts),
        )
        for line in order.lines
    }


def order_as_seen(order: HubOrder) -> tuple[str, LinesSeen]:
    """Return state and lines of an order of the hub."""
    return order.state.value, {
        line.line: (
            line.ordered,
            line.cancelled,
            line.shipped,
            _summed((part.row.lot, part.row.location, part.quantity, part.picked) for part in line.reservations),
        )
        for line in order.lines
    }


def _summed(parts: Iterable[tuple[str | None, str, int, int]]) -> Promised:
    units: Promised = {}
    for lot, location, quantity, picked in parts:
        before = units.get((lot, location), (0, 0))
        units[lot, location] = (before[0] + quantity, before[1] + picked)
    return units


async def check_intake(audit: Audit, oracle: Oracle, violations: Violations) -> None:
    """Compare what became of every record with what must have become of it."""
    missing = dict(oracle.fates)
    async for row in audit.intake():
        where: Coordinates = (row.log, row.partition, row.offset)
        expected = missing.pop(where, None)
        if expected is None:
            violations.add(Invariant.INTAKE, f"{where} is in the intake and not in the log")
        elif expected != (row.outcome, row.code):
            violations.add(
                Invariant.INTAKE, f"{where} ({row.message_id}) is {row.outcome} {row.code}, expected {expected}"
            )
    for where in missing:
        violations.add(Invariant.INTAKE, f"{where} is in the log and not in the intake")


def check_days(oracle: Oracle, violations: Violations) -> None:
    """No day was opened before it had begun at its site, unless somebody said so."""
    for sentence in oracle.early:
        violations.add(Invariant.DAYS, sentence)


async def check_state(audit: Audit, oracle: Oracle, violations: Violations) -> int:
    """Compare stock, orders and shipments with the reference, and the sums among themselves; returns the orders."""
    stock = await audit.stock()
    _check_stock(stock, oracle, violations)
    held: Counter[Row] = Counter()
    left = {(owner, key) for owner, books in oracle.books.items() for key in books.orders}
    orders = 0
    async for owner, order in audit.orders():
        orders += 1
        key = (order.key.source, order.key.order)
        left.discard((owner, key))
        expected = oracle.books[owner].orders.get(key) if owner in oracle.books else None
        if expected is None:
            violations.add(Invariant.SAME_LOTS, f"{owner} has order {key}, which was never placed")
        elif order_as_expected(expected) != order_as_seen(order):
            violations.add(
                Invariant.SAME_LOTS,
                f"{owner} {key}: {order_as_seen(order)}, expected {order_as_expected(expected)}",
            )
        _count_held(owner, order, held, violations)
    for owner, key in left:
        violations.add(Invariant.SAME_LOTS, f"{owner} does not have order {key}")
    _check_reserved(stock, held, violations)
    await _check_shipped(audit, stock, oracle, violations)
    return orders


def _check_stock(stock: list[StockSeen], oracle: Oracle, violations: Violations) -> None:
    seen = {(row.owner, row.sku, row.lot, row.location): (row.on_hand, row.reserved) for row in stock}
    expected: dict[Row, tuple[int, int]] = {
        (owner, *place): units
        for owner, books in oracle.books.items()
        for place, units in stock_as_expected(books).items()
    }
    for row in seen.keys() | expected.keys():
        if seen.get(row) != expected.get(row):
            violations.add(Invariant.SAME_LOTS, f"stock {row}: {seen.get(row)}, expected {expected.get(row)}")


def _count_held(owner: str, order: HubOrder, held: Counter[Row], violations: Violations) -> None:
    for line in order.lines:
        promised = 0
        for part in line.reservations:
            promised += part.quantity
            held[owner, part.row.sku, part.row.lot, part.row.location] += part.quantity - part.picked
            held[owner, part.row.sku, part.row.lot, part.staged_at or STAGING] += part.picked
        if promised + line.shipped + line.cancelled > line.ordered:
            violations.add(Invariant.SUMS, f"{owner} {order.key} line {line.line} has more than was ordered")


def _check_reserved(stock: list[StockSeen], held: Counter[Row], violations: Violations) -> None:
    reserved = {(row.owner, row.sku, row.lot, row.location): row.reserved for row in stock if row.reserved}
    for row in reserved.keys() | (+held).keys():
        if reserved.get(row, 0) != held[row]:
            violations.add(Invariant.SUMS, f"{row}: {reserved.get(row, 0)} reserved, orders hold {held[row]}")
    for each in stock:
        if not 0 <= each.reserved <= max(each.on_hand, 0):
            violations.add(Invariant.PROMISES, f"{each}")


async def _check_shipped(audit: Audit, stock: list[StockSeen], oracle: Oracle, violations: Violations) -> None:
    shipped = await audit.shipped()
    seen = {(row.owner, row.shipment, (row.source, row.order), row.line, str(row.lot)): row.quantity for row in shipped}
    expected = {(owner, *what): units for owner, books in oracle.books.items() for what, units in books.shipped.items()}
    for what in seen.keys() | expected.keys():
        if seen.get(what) != expected.get(what):
            violations.add(Invariant.SAME_LOTS, f"shipped {what}: {seen.get(what)}, expected {expected.get(what)}")
    balance: Counter[tuple[str, str, str]] = Counter()
    for row in stock:
        balance[row.owner, row.sku, str(row.lot)] += row.on_hand
    for gone in shipped:
        balance[gone.owner, gone.sku, str(gone.lot)] += gone.quantity
    received = {(owner, *lot): units for owner, books in oracle.books.items() for lot, units in books.received.items()}
    for lot in balance.keys() | received.keys():
        if balance[lot] != received.get(lot, 0):
            violations.add(Invariant.SUMS, f"{lot}: {received.get(lot, 0)} came in, {balance[lot]} are there or left")


async def check_published(audit: Audit, seen: Counter[tuple[str, str]], violations: Violations) -> None:
    """Compare what a read_committed reader saw with the outbox."""
    stored: Counter[tuple[str, str]] = Counter()
    async for topic, id_ in audit.outbox():
        stored[topic, id_] += 1
    for message in seen.keys() | stored.keys():
        if seen[message] != 1 or stored[message] != 1:
            violations.add(
                Invariant.PUBLISHED,
                f"{message} is {stored[message]} times in the outbox and {seen[message]} times seen",
            )


def check_live(live: Counter[tuple[str, str]], seen: Counter[tuple[str, str]], violations: Violations) -> None:
    """Whoever read all the time has seen what is seen afterwards, each message once."""
    for message in live.keys() | seen.keys():
        if live[message] != seen[message]:
            violations.add(
                Invariant.PUBLISHED,
                f"{message} was seen {live[message]} times as it came and {seen[message]} times afterwards",
            )


def check_ends(
    claims: dict[int, ClaimSeen], ends: dict[int, int], positions: dict[int, int], violations: Violations
) -> None:
    """Everything in the log is decided and published, now that nothing breaks any more."""
    for partition, end in ends.items():
        claim = claims.get(partition)
        if claim is None or claim.next_offset != end:
            violations.add(Invariant.LAG, f"partition {partition} ends at {end} and is decided up to {claim}")
        elif max(positions.get(partition, 0), claim.relay_position) != end:
            violations.add(
                Invariant.LAG, f"partition {partition} ends at {end} and is published up to {positions.get(partition)}"
            )


def check_log(log: Iterable[Seen], acknowledged: Collection[bytes], violations: Violations) -> None:
    """Everything that Kafka acknowledged is in its log."""
    there = {record.headers.get("ce_id", b"") for record in log}
    for lost in set(acknowledged) - there:
        violations.add(Invariant.NOTHING_LOST, f"message {lost.decode()} was acknowledged and is not in the log")


def times_seen(records: Iterable[Seen]) -> Counter[tuple[str, str]]:
    """Count messages by topic and id as a reader tells them apart."""
    seen: Counter[tuple[str, str]] = Counter()
    for record in records:
        id_ = record.headers.get("lotstream_dlq_id", record.headers.get("ce_id", b""))
        seen[record.topic, id_.decode()] += 1
    return seen
