"""A warehouse for unit tests: short words for the messages most of them need."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    Command,
    ConfirmPick,
    ConfirmShipment,
    DefineItem,
    GoodsLine,
    LineWanted,
    Moment,
    OpenBalance,
    PickLine,
    PlaceOrder,
    ReceiveStock,
    ShippedLine,
    ShippedOrder,
)
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item, Order, OrderKey, OrderLine, Reservation, Settings, StockRow
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE

TODAY = date(2026, 9, 1)
T = TypeVar("T")
#: Called with each event after it was applied.
After = Callable[[Ledger, Event, Moment], None]


def key(order: str) -> OrderKey:
    """The key of an order of the shop."""
    return OrderKey("shop", order)


def wanted(line: str = "1", quantity: object = 5, sku: str | None = "TEA", **more: Any) -> LineWanted:
    """A line of an order."""
    return LineWanted(line, sku, Decimal(str(quantity)), **more)


def goods(lot: str | None, quantity: object = 10, location: str | None = "BIN", **more: Any) -> GoodsLine:
    """A line of goods: TEA that expires in 30 days, unless told otherwise."""
    more.setdefault("expires", TODAY + timedelta(days=30))
    line, sku, unit = more.pop("line", f"{lot}@{location}"), more.pop("sku", "TEA"), more.pop("unit", None)
    return GoodsLine(line, sku, Decimal(str(quantity)), unit, location, lot=lot, **more)


class World:
    """One owner who allocates at once, one site, and an item TEA in cases of 6."""

    def __init__(self, settings: Settings | None = None, *, after: After | None = None) -> None:
        self.warehouse = DomainWarehouse(TODAY, told=after)
        self.ledger = self.warehouse.ledger
        if settings is not None:
            self.told(ChangeSettings(settings))
        self.told(DefineItem(Item("TEA", units={"case": Decimal(6)}, gtins=("00012345678905",))))

    def told(self, command: Command) -> tuple[Event, ...]:
        """Tell a message that is taken; returns what follows."""
        events = self.warehouse.hear(command)
        assert not isinstance(events, Refusal), events
        return events

    def refused(self, command: Command) -> tuple[Code, str]:
        """Tell a message that is refused and changes nothing; returns code and field."""
        before = self.warehouse.state()
        refusal = self.warehouse.hear(command)
        assert isinstance(refusal, Refusal), refusal
        assert self.warehouse.state() == before
        assert refusal.message.endswith(".")
        return refusal.code, refusal.field

    def stock(self, *lines: GoodsLine, balance: str = "opening") -> tuple[Event, ...]:
        """Find stock at the beginning."""
        return self.told(OpenBalance(SITE, None, None, balance, lines))

    def receipt(self, *lines: GoodsLine, number: str = "R1", happened: bool = True, **more: Any) -> ReceiveStock:
        """A receipt."""
        final, site, expected = more.pop("final", False), more.pop("site", SITE), more.pop("expected", None)
        return ReceiveStock(site, happened, "dock", more.pop("at", None), number, expected, final, lines)

    def order(self, number: str, *lines: LineWanted, **more: Any) -> PlaceOrder:
        """An order; its content is what it says unless told otherwise."""
        version, at = more.pop("version", None), more.pop("placed_at", None)
        customer, site = more.pop("customer", None), more.pop("site", None)
        content = more.pop("content", repr((lines, customer, site, sorted(more.items(), key=str))))
        return PlaceOrder(key(number), version, at, customer, site, lines or (wanted(),), content, **more)

    def place(self, number: str, *lines: LineWanted, **more: Any) -> tuple[Event, ...]:
        """Place an order that is taken."""
        return self.told(self.order(number, *lines, **more))

    def cancel(self, number: str, *lines: str, version: str | None = None) -> tuple[Event, ...]:
        """Cancel an order, or lines of it."""
        return self.told(CancelOrder(key(number), version, lines))

    def pick(self, number: str, *lines: PickLine, happened: bool = False, **more: Any) -> ConfirmPick:
        """A pick confirmation; without lines everything promised is picked."""
        if not lines:
            lines = tuple(PickLine(part.task, None, None, None, Decimal(part.quantity)) for part in self.parts(number))
        site, place = more.pop("site", SITE), more.pop("staged_at", None)
        return ConfirmPick(site, happened, "scanner", None, key(number), place, lines)

    def ship(self, number: str, *lines: ShippedLine, happened: bool = False, **more: Any) -> ConfirmShipment:
        """A shipment of one order."""
        part = ShippedOrder(key(number), lines)
        shipment, site = more.pop("shipment", "S1"), more.pop("site", SITE)
        return ConfirmShipment(site, happened, "gate", None, shipment, (part,), **more)

    def get(self, number: str) -> Order:
        """An order that is there, open or closed."""
        order = self.warehouse.order(key(number))
        assert order is not None
        return order

    def line(self, number: str, line: str = "1") -> OrderLine:
        """A line of an order."""
        return next(one for one in self.get(number).lines if one.line == line)

    def parts(self, number: str) -> list[Reservation]:
        """Everything promised to an order."""
        return [part for line in self.get(number).lines for part in line.reservations]

    def lots(self, number: str) -> list[tuple[str | None, int]]:
        """Lots and quantities promised to an order."""
        return [(part.row.lot, part.quantity) for part in self.parts(number)]

    def row(self, lot: str | None, location: str = "BIN", status: str = "good") -> StockRow:
        """The row of a lot in a place."""
        (row,) = [
            row
            for one, row in self.ledger.stock.items()
            if (one.lot, one.location, one.status) == (lot, location, status)
        ]
        return row


def decided(world: World, command: Command) -> tuple[Event, ...]:
    """What would follow from a message that is taken; nothing is changed."""
    events = world.warehouse.decide(command)
    assert not isinstance(events, Refusal), events
    return events


def kinds(events: tuple[Event, ...]) -> list[str]:
    """The names of events."""
    return [type(event).__name__ for event in events]


def only(events: tuple[Event, ...], kind: type[T]) -> T:
    """The one event of a kind."""
    (event,) = [event for event in events if isinstance(event, kind)]
    return event
