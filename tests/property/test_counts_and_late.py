"""Documents that are told late, and counts, in whatever order they are told: the bin has what the last count found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from lotstream.domain.commands import (
    AdjustStock,
    ChangeStatus,
    Command,
    ConfirmShipment,
    CountStock,
    MoveStock,
    ReceiveStock,
    ShippedLine,
    ShippedOrder,
    StockLine,
)
from lotstream.domain.events import StockCounted
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key

#: When the messages are recorded.
NOW = datetime(2026, 9, 1, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=12)
OPENING = 100

#: What happens at some hour, and how much by it comes to the bin that is counted.
Happening = tuple[str, int, int]


def said(quantity: int, **more: str) -> StockLine:
    """A line about the lot in the bin."""
    return StockLine("1", "TEA", "L1", more.pop("location", "BIN"), Decimal(quantity), **more)  # type: ignore[arg-type]


def document(number: int, kind: str, units: int, hour: int) -> Command:
    """A document of the floor that has happened."""
    at, name = BEGAN + timedelta(hours=hour), f"D{number}"
    if kind == "in":
        return MoveStock(SITE, True, None, at, name, (said(units, location="ELSE", to="BIN"),))
    if kind == "out":
        return MoveStock(SITE, True, None, at, name, (said(units, to="ELSE"),))
    if kind == "received":
        return ReceiveStock(SITE, True, "dock", at, name, None, False, (goods("L1", units),))
    if kind == "adjusted":
        return AdjustStock(SITE, True, None, at, name, (said(-units),))
    if kind == "damaged":
        return ChangeStatus(SITE, True, None, at, name, (said(units, status="good", to="damaged"),))
    part = ShippedOrder(key("#1"), (ShippedLine("1", "L1", Decimal(units), sku="TEA", location="BIN"),))
    return ConfirmShipment(SITE, True, "gate", at, name, (part,))


COMES = {"in": 1, "received": 1, "damaged": 0}
"""How often its quantity a document brings to the bin, in whatever condition; the others take it from there."""


def in_bin(world: World) -> int:
    """What is in the bin, in whatever condition."""
    return sum(row.on_hand for row in world.ledger.stock.values() if row.key.location == "BIN")


def told(messages: Sequence[Command]) -> World:
    """Tell messages in an order."""
    world = World()
    world.stock(goods("L1", OPENING), goods("L1", OPENING, location="ELSE", line="else"))
    for message in messages:
        world.told(message)
    return world


def expected(documents: Sequence[Happening], counts: Sequence[tuple[int, int]]) -> int:
    """What the bin has: what the last count found, and what came and left since."""
    counted, since = max(counts, key=lambda one: one[1]) if counts else (OPENING, -1)
    return counted + sum(COMES.get(kind, -1) * units for kind, units, hour in documents if hour > since)


KINDS = st.sampled_from(["in", "out", "received", "adjusted", "shipped", "damaged"])
DOCUMENTS = st.lists(st.tuples(KINDS, st.integers(1, 9), st.integers(0, 10)), min_size=1, max_size=3)
COUNTS = st.lists(st.tuples(st.integers(50, 120), st.integers(0, 10)), max_size=2, unique_by=lambda one: one[1])


@given(DOCUMENTS, COUNTS)
def test_whatever_is_told_first_the_bin_has_the_same(documents: list[Happening], counts: list[tuple[int, int]]) -> None:
    """Up to three documents and two counts, told late in any order: what was counted last, and what moved since."""
    messages: list[Command] = [document(number, *one[:2], one[2]) for number, one in enumerate(documents)]
    for number, (counted, hour) in enumerate(counts):
        as_of = BEGAN + timedelta(hours=hour)
        messages.append(CountStock(SITE, True, "ann", None, f"C{number}", (said(counted),), as_of))
    orders = [*permutations(messages)]
    for order in orders[:: max(len(orders) // 24, 1)]:
        world = told(order)
        assert in_bin(world) == expected(documents, counts), order
        total = sum(row.on_hand for row in world.ledger.stock.values())
        moved = sum(
            change.quantity
            for events in world.warehouse.journal
            for event in events
            if isinstance(event, StockCounted)
            for change in event.changes
        )
        came = sum({"received": 1, "adjusted": -1, "shipped": -1}.get(kind, 0) * units for kind, units, _ in documents)
        assert total == 2 * OPENING + came + moved
