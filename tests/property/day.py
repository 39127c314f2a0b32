"""A made-up day: messages of every kind, most of them sensible, some of them wrong, told to a warehouse."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    AdjustStock,
    CancelOrder,
    ChangeSettings,
    ChangeStatus,
    Command,
    ConfirmPick,
    ConfirmShipment,
    ContinueDay,
    CountStock,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    GoodsLine,
    LiftHold,
    LineWanted,
    MoveStock,
    OpenBalance,
    OpenDay,
    PickLine,
    PlaceHold,
    PlaceOrder,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
    ReturnGoods,
    ShippedLine,
    ShippedOrder,
    StockLine,
)
from lotstream.domain.model import (
    Customer,
    HoldKind,
    Item,
    Location,
    OrderKey,
    PackRule,
    Policy,
    Settings,
    ShipPolicy,
    Tracking,
    ZoneRule,
    ZoneUse,
)
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE
from tests.property.stock_reader import StockReader

T = TypeVar("T")
TODAY = date(2026, 9, 1)
MADE = TODAY - timedelta(days=60)


class Day:
    """A warehouse and what is told to it; each step draws what it needs from its own seed."""

    def __init__(self, seed: int) -> None:
        self.reader = StockReader()
        self.warehouse = DomainWarehouse(TODAY, told=self.reader.hear)
        self.count = 0
        self.draw = Random(seed)
        self._begin()

    def step(self, verb: str, seed: int) -> None:
        """Tell one message of a kind."""
        self.draw = Random(seed)
        act: Callable[[], None] = getattr(self, verb)
        act()

    def hear(self, command: Command) -> None:
        """Decide twice, apply once: nothing changes before it is applied, and both decisions are the same."""
        self.count += 1
        before = self.warehouse.state()
        first = deepcopy(self.warehouse.decide(command))
        assert self.warehouse.state() == before
        told = self.warehouse.hear(command)
        assert isinstance(told, Refusal) == isinstance(first, Refusal)
        if isinstance(told, Refusal):
            assert self.warehouse.state() == before
            assert told.field
            assert told.message.endswith(".")

    def _mostly(self, usual: T, *others: T) -> T:
        return usual if self.draw.random() < 0.8 else self.draw.choice(others)

    def _begin(self) -> None:
        chosen = Settings(
            allocate=self.draw.choice(["at_once", "on_request"]),
            allow_partial=self._mostly(True, False),
            tie_break=self.draw.choice([("received", "lot", "location"), ("smallest_qty",), ()]),
            expired_ok=self._mostly(False, True),
            whole_unit=self._mostly(True, False),
            exclude_locations=self._mostly((), ("BIN-3",)),
            sites=(SITE,),
            pack_rule=self._mostly(PackRule.NEVER_OVER, PackRule.COVER, PackRule.PARTIAL_PACKS),
            zone_rules=self._mostly((), (ZoneRule("BIN-2", ZoneUse.EMPTY_BIN), ZoneRule("AISLE"))),
            reassign_partial=self._mostly(False, True),
            expiry_alert_days=self._mostly((), (3, 30)),
            unsellable_alert_days=self._mostly((), (2, 10)),
        )
        self.hear(ChangeSettings(chosen))
        self.hear(DefineItem(Item("A", units={"case": Decimal(6)}, min_days_left=1)))
        self.hear(DefineItem(Item("B", tracking=Tracking.NONE, policy=Policy.CLOSEST)))
        self.hear(DefineCustomer(Customer("C-LIFE", min_days_left=20, min_days_left_by_sku={"B": 0})))
        self.hear(DefineCustomer(Customer("C-LOTS", max_lots=2, exclude_returned=True)))
        self.hear(DefineCustomer(Customer("C-LAST", no_older_than_last_shipped=True, single_lot=True)))
        self.hear(DefineLocation(Location(SITE, "AISLE")))
        self.hear(DefineLocation(Location(SITE, "BIN-1", parent="AISLE", sequence=2)))
        self.hear(DefineLocation(Location(SITE, "BIN-2", parent="AISLE", sequence=1, tier=1)))
        self.hear(DefineLocation(Location(SITE, "CAGE", pickable=False)))
        self.receive()

    def _sku(self) -> str:
        return self.draw.choices(["A", "B", "NOT-YET"], [10, 5, 1])[0]

    def _units(self) -> Decimal:
        return Decimal(self.draw.randint(1, 15))

    def _lot(self) -> str | None:
        return self._mostly(self.draw.choice(["L1", "L2", "L3", "L4"]), None)

    def _bin(self) -> str:
        return self._mostly(self.draw.choice(["BIN-1", "BIN-2", "BIN-3"]), "CAGE")

    def _key(self) -> OrderKey:
        return OrderKey("shop", f"#{self.draw.randint(1, 6)}")

    def _goods(self, line: int) -> GoodsLine:
        return GoodsLine(
            str(line),
            self._sku(),
            self._units(),
            self._mostly(None, "case"),
            self._bin(),
            lot=self._lot(),
            made=self._mostly(MADE, None),
            expires=self._mostly(TODAY + timedelta(days=self.draw.randint(0, 4) * 10), None, TODAY - timedelta(days=1)),
            received=self._mostly(None, TODAY - timedelta(days=9), TODAY - timedelta(days=2)),
            pack_size=self._mostly(None, Decimal(4)),
            status=self._mostly("good", "damaged"),
            hold=self._mostly(None, HoldKind.HOLD),
        )

    def _wanted(self, line: int) -> LineWanted:
        return LineWanted(
            str(line),
            self._sku(),
            self._units(),
            unit=self._mostly(None, "case"),
            lot=self._mostly(None, "L1", "L9"),
            min_days_left=self._mostly(None, 5),
            min_pct_left=self._mostly(None, Decimal(40)),
            single_lot=self._mostly(False, True),
            policy=self._mostly(None, *Policy),
            source_location=self._mostly(None, "AISLE"),
        )

    def _several(self, one: Callable[[int], T]) -> tuple[T, ...]:
        return tuple(one(line) for line in range(1, self.draw.randint(1, 3) + 1))

    def receive(self) -> None:
        """Goods come in, sometimes under a number that was used before."""
        receipt = self._mostly(f"R{self.count}", "R1")
        happened = self.draw.random() < 0.7
        self.hear(ReceiveStock(SITE, happened, "dock", None, receipt, None, False, self._several(self._goods)))

    def open_balance(self) -> None:
        """Stock is taken over as found, also below zero, partly promised by others."""
        lines = tuple(
            GoodsLine(
                line.line, line.sku, Decimal(self.draw.randint(-12, 12)), None, line.location, lot=line.lot,
                expires=line.expires, promised_elsewhere=Decimal(self._mostly(0, 3)),
            )
            for line in self._several(self._goods)
        )  # fmt: skip
        self.hear(OpenBalance(SITE, None, None, f"B{self.count}", lines))

    def place(self) -> None:
        """An order comes, or comes again."""
        key = self._mostly(OrderKey("shop", f"#{self.draw.randint(1, 12)}"), self._key())
        ahead = self._mostly(None, 0, 7)
        command = PlaceOrder(
            key,
            self.draw.choice([None, "1", "2", "3"]),
            None,
            self._mostly(None, "C-LIFE", "C-LATE", "C-LOTS", "C-LAST"),
            None,
            self._several(self._wanted),
            self._mostly(f"content-{self.count}", "the same"),
            priority=self._mostly(0, 5),
            ship_policy=self._mostly(ShipPolicy.PARTIAL, ShipPolicy.COMPLETE, ShipPolicy.ONCE),
            ship_date=None if ahead is None else TODAY + timedelta(days=ahead),
            test=self._mostly(False, False, False, True),
        )
        self.hear(command)

    def cancel(self) -> None:
        """An order or a line of it is cancelled, sometimes before it came."""
        self.hear(CancelOrder(self._key(), self._mostly(None, "2"), self.draw.choice([(), ("1",), ("1", "2")])))

    def release(self) -> None:
        """A person lets a held order go on."""
        self.hear(ReleaseOrder(self._key()))

    def request(self) -> None:
        """Allocation is asked for, for all or for one."""
        self.hear(RequestAllocation(self._mostly((), (self._key(),))))

    def learn(self) -> None:
        """What was unknown is defined."""
        self.hear(DefineItem(Item("NOT-YET", units={"case": Decimal(2)})))
        self.hear(DefineCustomer(Customer("C-LATE", policy=Policy.LIFO)))

    def hold(self) -> None:
        """A lot is held or recalled."""
        kind = self.draw.choice(list(HoldKind))
        self.hear(PlaceHold(f"hold-{kind}", kind, self._mostly("A", None), self.draw.choice(["L1", "L2"])))

    def lift(self) -> None:
        """Holds are lifted."""
        self.hear(LiftHold(self._mostly(None, "hold-hold"), "A", self.draw.choice(["L1", "L2"])))

    def turn(self) -> None:
        """The day turns, and the owner's part of it is decided."""
        today = self.warehouse.ledger.sites.today[SITE]
        self.hear(OpenDay(SITE, today + timedelta(days=self.draw.randint(0, 6))))
        self.hear(ContinueDay(self.draw.choice([1, 2, 100])))

    def hold_bin(self) -> None:
        """A bin is put on hold or let go."""
        known = self.warehouse.ledger.sites.locations[SITE, "BIN-1"]
        self.hear(DefineLocation(Location(SITE, "BIN-1", "AISLE", 2, hold=not known.hold, version=known.version + 1)))
        self.hear(ContinueDay(self.draw.choice([1, 2, 100])))

    def pick(self) -> None:
        """Promised goods are picked, by task or by line, sometimes in a wrong quantity."""
        found = [
            (order, line, part)
            for order in self.warehouse.ledger.orders.values()
            for line in order.lines
            for part in line.reservations
            if part.quantity > part.picked
        ]
        if not found:
            return
        order, line, part = self.draw.choice(found)
        quantity = self._mostly(Decimal(self.draw.randint(1, part.quantity - part.picked)), self._units())
        task = self._mostly(part.task, None)
        said = PickLine(task, line.line, self._mostly(part.row.lot, None, "L3"), None, quantity)
        place = self._mostly(None, "TOTE-1", "TOTE-2")
        self.hear(ConfirmPick(SITE, self._happened(), "scanner", None, order.key, place, (said,)))

    def _happened(self) -> bool:
        return self.draw.random() < 0.4

    def pick_anything(self) -> None:
        """Somebody picks whatever, for an order that may not exist."""
        said = PickLine(None, "1", self._lot(), self._mostly(None, self._bin()), self._units(), sku=self._sku())
        self.hear(ConfirmPick(SITE, self._happened(), "scanner", None, self._key(), None, (said,)))

    def ship(self) -> None:
        """Everything picked or promised leaves."""
        keys = {self._key(), self._mostly(self._key(), self._key())}
        parts = tuple(ShippedOrder(key) for key in sorted(keys))
        self.hear(ConfirmShipment(SITE, self._happened(), "gate", None, f"S{self.draw.randint(1, 9)}", parts))

    def ship_anything(self) -> None:
        """Something named leaves, promised or not."""
        line = ShippedLine(
            self.draw.choice(["1", "2"]), self._mostly(self._lot(), None), self._units(), sku=self._sku()
        )
        part = ShippedOrder(self._key(), (line,))
        self.hear(ConfirmShipment(SITE, self._happened(), "gate", None, f"S-{self.count}", (part,)))

    def _stock_line(self, quantity: int, **more: str | None) -> StockLine:
        package, status = self._mostly(None, "P1"), more.pop("status", None)
        sku, lot = self._mostly("A", "B", "NOT-YET"), self._lot()
        location = self._mostly(self._bin(), None)
        to = more.pop("to", None) or ""
        return StockLine("1", sku, lot, location, Decimal(quantity), package=package, status=status, to=to)

    def adjust(self) -> None:
        """More or less is there than the books say."""
        number = self._mostly(f"A{self.count}", "A1")
        line = self._stock_line(self.draw.randint(-9, 6))
        self.hear(AdjustStock(SITE, self._happened(), None, None, number, (line,)))

    def count_bin(self) -> None:
        """A bin is counted."""
        number = self._mostly(f"C{self.count}", "C1")
        self.hear(CountStock(SITE, self._happened(), None, None, number, (self._stock_line(self.draw.randint(0, 12)),)))

    def move(self) -> None:
        """Goods go to another bin, sometimes more than is free or there, sometimes to where nobody picks."""
        line = self._stock_line(self._mostly(self.draw.randint(1, 12), 40), to=self._bin())
        self.hear(MoveStock(SITE, self._happened(), None, None, f"M{self.count}", (line,)))

    def damage(self) -> None:
        """Goods are found damaged, or good again."""
        before, after = self.draw.choice([("good", "damaged"), ("damaged", "good"), ("good", "quarantine")])
        line = self._stock_line(self.draw.randint(1, 6), status=before, to=after)
        self.hear(ChangeStatus(SITE, self._happened(), None, None, f"T{self.count}", (line,)))

    def give_back(self) -> None:
        """A customer sends something back, sometimes what never left."""
        line = self._stock_line(self.draw.randint(1, 4))
        self.hear(ReturnGoods(SITE, self._happened(), None, None, f"RMA{self.count}", self._key(), (line,)))

    def read_again(self) -> None:
        """The log is read a second time, after a crash: nothing changes."""
        before = self.warehouse.state()
        self.warehouse.tell_all_again()
        assert self.warehouse.state() == before
        self.warehouse.restart()
        assert self.warehouse.state() == before


#: How often each kind of message is told.
WEIGHTS = {
    "receive": 4, "open_balance": 1, "place": 10, "cancel": 2, "release": 1, "request": 3, "learn": 1, "hold": 2,
    "lift": 1, "turn": 1, "hold_bin": 1, "pick": 6, "pick_anything": 1, "ship": 2, "ship_anything": 2, "read_again": 1,
    "adjust": 2, "count_bin": 2, "move": 2, "damage": 1, "give_back": 2,
}  # fmt: skip
VERBS = [verb for verb, weight in WEIGHTS.items() for _ in range(weight)]
