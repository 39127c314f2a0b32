"""Messages of every kind, drawn from a small vocabulary so that they meet: most are sensible, some are wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from lotstream.domain.commands import (
    AdjustStock,
    CancelOrder,
    ChangeSettings,
    ChangeStatus,
    CloseOrder,
    Command,
    CountStock,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    DefineSite,
    GoodsLine,
    LiftBinHold,
    LiftHold,
    LineWanted,
    MoveStock,
    OpenBalance,
    OpenDay,
    PlaceBinHold,
    PlaceHold,
    PlaceOrder,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    ReturnGoods,
    StockLine,
    UnreserveOrder,
)
from lotstream.domain.model import (
    BY_LOT,
    Calendar,
    Channel,
    Customer,
    Hold,
    HoldKind,
    Item,
    LifeFrom,
    Location,
    Lot,
    Mixing,
    Order,
    OrderKey,
    OrderLine,
    PackRule,
    Policy,
    Reallocate,
    Reservation,
    Settings,
    Shipment,
    ShipPolicy,
    ShortPick,
    Site,
    Tracking,
    ZoneRule,
    ZoneUse,
)
from tests.property.house import TODAY, Books, House
from tests.property.vocabulary import BINS, CODES, EXPIRES, LOTS, MADE, NUMBERS, PREFIX, SITES, SUPPLIED

T = TypeVar("T")


class Chance(Protocol):
    """What is chosen by: `random.Random` is one."""

    def choice(self, choices: Sequence[T], /) -> T:
        """Return any of some choices."""
        ...

    def randint(self, least: int, most: int, /) -> int:
        """Return a number between two, these included."""
        ...


class Words:
    """Draws messages for one owner, most of them about what is there."""

    def __init__(self, chance: Chance, house: House, owner: str) -> None:
        self._chance = chance
        self._house = house
        self._owner = owner

    @property
    def _books(self) -> Books:
        return self._house.books[self._owner]

    def one(self, choices: Sequence[T]) -> T:
        """Return any of some choices, the first as long as nothing else matters."""
        return self._chance.choice(choices)

    def mostly(self, usual: T, *others: T) -> T:
        """Return what is usual, one time in five something else."""
        return self.one((*[usual] * (4 * len(others)), *others))

    def seldom(self, usual: T, *others: T) -> T:
        """Return what is usual, one time in fifteen something else: what has many facts is plain all the same."""
        return self.one((*[usual] * (14 * len(others)), *others))

    def number(self, least: int, most: int) -> int:
        """Return a number between two."""
        return self._chance.randint(least, most)

    def units(self) -> Decimal:
        """Return a quantity that is told."""
        return self.mostly(Decimal(self.number(1, 7)), Decimal(0), Decimal("1.5"))

    def several(self, one: Callable[[str], T], most: int = 2) -> tuple[T, ...]:
        """Return one or more lines."""
        return tuple(one(str(line)) for line in range(1, self.number(1, most) + 1))

    def happened(self) -> bool:
        """Tell whether it has happened already."""
        return self.mostly(False, True, True)

    def site(self) -> str:
        """Return a site, mostly the first."""
        return self.mostly("S1", "S2")

    def bin(self) -> str:
        """Return a bin, now and then one that nobody picks from."""
        return self.mostly(self.one(BINS), "CAGE", "STAGING", "DOCK")

    def sku(self) -> str:
        """Return a SKU that may be in stock."""
        return self.one(("A", "A", "A", "A", "A", "B", "B", "S", "S", "W", "K", "N"))

    def lot(self, sku: str) -> str | None:
        """Return a lot of a SKU, mostly one there may be."""
        if sku in {"B", "K"}:
            return self.mostly(None, "L1")
        return self.mostly(self.one(LOTS), None, "L9")

    def key(self) -> OrderKey:
        """Return an order, mostly one that is there."""
        known = [*self._books.ledger.orders, *self._books.closed]
        return self.mostly(self.one(known), self._any_key()) if known else self._any_key()

    def _any_key(self) -> OrderKey:
        return OrderKey("shop", f"#{self.number(1, 5)}")

    def _parts(self) -> list[tuple[Order, OrderLine, Reservation]]:
        orders = self._books.ledger.orders.values()
        return [(order, line, part) for order in orders for line in order.lines for part in line.reservations]

    def _count(self) -> int:
        return len(self._house.log)

    # ---- Facts ------------------------------------------------------------------------------------------------------

    def define_owner(self) -> Command:
        """An owner ranks its sites."""
        return DefineOwner(self.one((SITES, SITES[::-1], ("S1",))))

    def change_settings(self) -> Command:
        """An owner chooses otherwise."""
        return ChangeSettings(
            Settings(
                policy=self.seldom(Policy.FEFO, *Policy),
                tie_break=self.seldom(("received", "lot", "location"), ("smallest_qty",), ("location",), ()),
                allocate=self.mostly("at_once", "on_request"),
                allow_partial=self.seldom(True, False),
                expired_ok=self.seldom(False, True),
                whole_unit=self.seldom(True, False),
                min_days_left=self.seldom(None, 2),
                exclude_locations=self.seldom((), ("B1",), ("AISLE",)),
                sites=self.seldom(("S1", "S2"), ("S2", "S1")),
                pack_rule=self.seldom(PackRule.NEVER_OVER, PackRule.COVER, PackRule.PARTIAL_PACKS),
                zone_rules=self.seldom(
                    (),
                    (ZoneRule("A2", ZoneUse.EMPTY_BIN), ZoneRule("AISLE", ZoneUse.PACKAGING)),
                    (ZoneRule("A2"), ZoneRule("B1"), ZoneRule("AISLE")),
                ),
                reassign_partial=self.seldom(False, True),
                channels=self.seldom((), (Channel("web", min_days_left=3), Channel("shop", exclude_returned=True))),
                reallocate=self.mostly(Reallocate.AUTO, Reallocate.MANUAL),
                over_pick_pct=self.seldom(Decimal(0), Decimal(50)),
                short_pick=self.seldom(ShortPick.REALLOCATE, ShortPick.HOLD),
                sscc_prefix=self.seldom(PREFIX, None),
                allocate_days_ahead=self.seldom(None, 1),
                held_notice_hours=self.seldom(None, 2),
                put_away_hints=self.seldom(False, True),
                hazard_conflicts=self.seldom((), (("acid", "acid"),)),
                expiry_alert_days=self.mostly((), (3, 30)),
            )
        )

    def define_item(self) -> Command:
        """An item becomes known, or other than it was."""
        known = self._books.ledger.items
        item = self.one(
            (
                Item("N", units={"case": Decimal(2)}, gtins=("04012345000020",)),
                Item(
                    "A",
                    units={"case": Decimal(3)},
                    min_days_left=1,
                    documents=self.mostly((), ("coa",)),
                    catch_weight=self.mostly(True, False),
                ),
                Item(
                    "A",
                    units={"case": Decimal(3)},
                    inspect=self.mostly(True, False),
                    storage=self.mostly(None, "cold"),
                    catch_weight=True,
                ),
                Item("B", tracking=Tracking.NONE, mixing=self.one([*Mixing]), hazard=self.mostly("acid", None)),
                Item("A", units={"case": Decimal(2)}, policy=Policy.FIFO, gtins=("04012345000013",)),
                Item("B", tracking=Tracking.NONE, policy=self.one([*Policy])),
                Item("K", tracking=Tracking.NONE, kit={"A": Decimal(1), "N": Decimal(1)}),
                Item("S", tracking=self.mostly(Tracking.SERIAL, Tracking.LOT), min_pct_left=Decimal(10)),
                Item("W", decimals=2, base_unit="kg", units={"box": Decimal("2.5")}),
            )
        )
        return DefineItem(_newer(item, known.get(item.sku)))

    def define_customer(self) -> Command:
        """A customer becomes known, or other than it was."""
        known = self._books.ledger.customers
        customer = self.one(
            (
                Customer("C-LATE", policy=Policy.LIFO, site=self.mostly(None, "S2"), allocate_days_ahead=1),
                Customer("C-LIFE", min_pct_left=Decimal(25), life_from=LifeFrom.DELIVERY, transit_days=2),
                Customer("C-LIFE", min_days_left=self.number(0, 5), min_pct_left_by_sku={"A": Decimal(50)}),
                Customer("C-LATE", documents=self.mostly(("organic",), ())),
                Customer("C-LOTS", max_lots=self.number(1, 3), exclude_returned=self.mostly(True, False)),
                Customer("C-LAST", no_older_than_last_shipped=True, last_shipped_expiry={"A": EXPIRES["L2"]}),
            )
        )
        return DefineCustomer(_newer(customer, known.get(customer.id)))

    # ---- What everybody is told -------------------------------------------------------------------------------------

    def define_site(self) -> Command:
        """A site gets a policy of its own."""
        known = self._house.sites.sites["S1"]
        return DefineSite(
            Site(
                "S1",
                calendar=Calendar.SCRIPTED,
                policy=self.one([None, *Policy]),
                version=known.version + 1,
                wave_tasks=self.mostly(False, True),
                reserve=self.mostly(known.reserve, BY_LOT, "bin"),
            )
        )

    def define_location(self) -> Command:
        """A bin is shut, opened, or put elsewhere."""
        site, name = self.site(), self.mostly("A1", "A2", "B1", "AISLE")
        known = self._house.sites.locations.get((site, name))
        return DefineLocation(
            Location(
                site,
                name,
                parent=self.mostly(None, "AISLE", "CAGE"),
                sequence=self.mostly(2, 1, None),
                pickable=self.mostly(True, False),
                hold=self.mostly(False, True),
                tier=self.mostly(0, 1),
                storage=self.seldom((), ("cold",)),
                mixing=self.seldom(*Mixing),
                version=1 if known is None else known.version + self.mostly(1, 0),
            )
        )

    def open_day(self) -> Command:
        """A day turns."""
        site = self.site()
        return OpenDay(site, self._house.sites.today[site] + timedelta(days=self.mostly(1, 0, 3)))

    def hold_bin(self) -> Command:
        """A bin is put on hold."""
        hold = Hold(f"bin-{self.number(1, 2)}", self.one([*HoldKind]), by=self.by())
        return PlaceBinHold(hold, self.mostly("S1", "S2", "S9"), self.mostly(self.one(BINS), "AISLE"))

    def let_bin_go(self) -> Command:
        """A bin is let go."""
        held = [place for place, known in self._house.sites.locations.items() if known.is_shut]
        site, name = self.mostly(self.one(held), ("S1", "B9")) if held else ("S1", "A1")
        return LiftBinHold(self.mostly(None, "bin-1"), site, name, self.by())

    # ---- Orders -----------------------------------------------------------------------------------------------------

    def _wanted(self, line: str) -> LineWanted:
        sku = self.sku()
        return LineWanted(
            line,
            sku,
            self.units(),
            unit=self.mostly(None, "case", "box", "case"),
            lot=self.seldom(None, self.one(LOTS), None),
            serial=self.one((None, None, *NUMBERS)) if sku == "S" else None,
            expires_exact=self.seldom(None, None, EXPIRES["L1"]),
            min_days_left=self.seldom(None, 2, 0),
            min_pct_left=self.seldom(None, None, Decimal(20)),
            single_lot=self.seldom(False, True),
            max_lots=self.seldom(None, 2, None),
            policy=self.seldom(None, *Policy, None, None, None),
            pack_size=self.seldom(None, None, Decimal(2)),
            source_location=self.seldom(None, None, "AISLE"),
            ship_date=self.seldom(None, EXPIRES["L2"]),
        )

    def place(self) -> Command:
        """An order comes, comes again, or is changed."""
        known = [*self._books.ledger.orders.values()]
        order = self.mostly(None, self.one(known)) if known else None
        version = self.one((None, "1", "2", "3", "4")) if order is None else str(int(order.version or "0") + 1)
        return PlaceOrder(
            self._any_key() if order is None else order.key,
            version,
            self._house.moment().recorded_at - timedelta(days=self.mostly(0, 1)),
            self.mostly(None, "C-LIFE", "C-LOTS", "C-LAST", "C-LATE"),
            self.seldom(None, "S1", "S2"),
            self.several(self._wanted),
            self.mostly(f"content-{self._count()}", "the same"),
            policy=self.seldom(None, None, Policy.LIFO),
            priority=self.mostly(0, 5),
            ship_policy=self.seldom(ShipPolicy.PARTIAL, ShipPolicy.COMPLETE, ShipPolicy.ONCE),
            ship_date=self.mostly(None, TODAY, EXPIRES["L2"], EXPIRES["L1"]),
            cancel_after=self.seldom(None, TODAY + timedelta(days=1)),
            source_location=self.seldom(None, None, "AISLE"),
            test=self.seldom(False, False, True),
            allocate_days_ahead=self.seldom(None, None, 0, 2),
            person=self.mostly(None, "p-1", "p-2"),
        )

    def place_unit(self) -> Command:
        """An order comes for units that have numbers: for those of one number, or for any."""
        wanted = LineWanted("1", "S", Decimal(self.mostly(1, 2)), serial=self.one((None, None, *NUMBERS[:2])))
        content = f"content-{self._count()}"
        return PlaceOrder(self._any_key(), None, None, None, self.seldom(None, "S1"), (wanted,), content)

    def cancel(self) -> Command:
        """An order, or a line of it, is cancelled, sometimes before it came."""
        return CancelOrder(self.key(), self.mostly(None, "2", "9"), self.one(((), ("1",), ("1", "2"))))

    def release(self) -> Command:
        """A person lets a held order go on."""
        return ReleaseOrder(self.key())

    def request(self) -> Command:
        """Allocation is asked for."""
        return RequestAllocation(self.mostly((), (self.key(),), (self.key(), self.key())))

    def unreserve(self) -> Command:
        """What is promised and not picked is to be given back."""
        return UnreserveOrder(self.key(), self.mostly((), ("1",)))

    def close(self) -> Command:
        """Nothing more is shipped of an order."""
        return CloseOrder(self.key(), self.mostly(None, "9"))

    def reserve(self) -> Command:
        """A person promises a lot by name."""
        sku = self.one(("A", "A", "W", "S", "B"))
        place = self.mostly(None, self.bin(), "AISLE")
        return ReserveStock(self.key(), self.mostly("1", "2"), self.lot(sku), self.units(), location=place)

    # ---- Goods ------------------------------------------------------------------------------------------------------

    def _goods(self, line: str) -> GoodsLine:
        sku = self.sku()
        lot = self.lot(sku)
        expires = EXPIRES.get(lot or "")
        numbers = self._numbers() if sku == "S" else ()
        return GoodsLine(
            line,
            sku,
            Decimal(len(numbers)) if numbers else self.units(),
            self.seldom(None, None, "case", "box"),
            self.mostly(self.bin(), None),
            lot=lot,
            **{name: self.one(values) for name, values in SUPPLIED.items()},
            made=self.seldom(MADE, None),
            expires=self.seldom(expires, expires, None, TODAY + timedelta(days=4)),
            received=self.seldom(None, TODAY - timedelta(days=self.number(1, 3))),
            package=self.seldom(None, "P1"),
            pack_size=self.seldom(None, Decimal(2), Decimal(3)),
            status=self.seldom("good", "damaged", "sample"),
            returned=self.seldom(False, False, True),
            hold=self.seldom(None, None, *HoldKind),
            serials=numbers,
        )

    def _numbers(self) -> tuple[str, ...]:
        return self.mostly((self.one(NUMBERS),), NUMBERS[:2], ())

    def receive(self) -> Command:
        """Goods come in, now and then under a number that was used before."""
        receipt = self.mostly(f"R{self._count()}", "R1")
        happened = self.mostly(True, False)
        expected, final, lines = self.mostly(None, "ASN1"), self.mostly(False, True), self.several(self._goods, 3)
        return ReceiveStock(self.site(), happened, "dock", None, receipt, expected, final, lines)

    def balance(self) -> Command:
        """Stock is taken over as found, also below zero, partly promised by others."""
        lines = tuple(
            GoodsLine(
                line.line, line.sku, Decimal(self.number(-3, 6)), None, line.location, lot=line.lot,
                expires=line.expires, returned=line.returned, pack_size=line.pack_size,
                promised_elsewhere=Decimal(self.mostly(0, 1, 2)),
            )
            for line in self.several(self._goods)
        )  # fmt: skip
        return OpenBalance(self.site(), None, None, f"B{self._count()}", lines)

    def hold(self) -> Command:
        """A lot is held."""
        sku = self.mostly("A", None, "W", "S")
        return PlaceHold(f"h{self.number(1, 2)}", self.one([*HoldKind]), sku, self.one(LOTS), by=self.by())

    def lift(self) -> Command:
        """Holds of a lot are lifted."""
        held = [lot for lot in self._books.ledger.lots.values() if lot.holds]
        lot = self.one(held) if held else Lot("A", "L1")
        return LiftHold(self.mostly(None, "h1"), lot.sku, lot.lot, self.by())

    def by(self) -> str | None:
        """Whoever says so, who is mostly not named."""
        return self.mostly(None, "qa-1")

    # ---- Stock ------------------------------------------------------------------------------------------------------

    def _stock_line(self, line: str, quantity: int, *, status: str | None = None, to: str = "") -> StockLine:
        rows = [key for key, row in self._books.ledger.stock.items() if row.on_hand]
        if bool(rows) and self.mostly(True, False):
            key = self.one(rows)
            pack = None if key.pack_size is None else self.mostly(None, Decimal(key.pack_size))
            return StockLine(
                line, self.mostly(key.sku, None), key.lot, self.mostly(key.location, None), Decimal(quantity),
                package=self.mostly(None, key.package), pack_size=pack, status=status, to=to,
            )  # fmt: skip
        sku = self.sku()
        return StockLine(line, sku, self.lot(sku), self.bin(), Decimal(quantity), status=status, to=to)

    def adjust(self) -> Command:
        """More or less is there than the books say."""
        lines = self.several(lambda line: replace(self._stock_line(line, self.number(-5, 3)), code=self.one(CODES)))
        return AdjustStock(self.site(), self.happened(), None, None, self.mostly(f"A{self._count()}", "A1"), lines)

    def count(self) -> Command:
        """Bins are counted."""
        number = self.mostly(f"C{self._count()}", "C1")
        lines = self.several(lambda line: self._stock_line(line, self.number(0, 6)))
        ago = self.seldom(None, timedelta(hours=self.number(0, 30)))
        as_of = None if ago is None else self._house.moment().recorded_at - ago
        return CountStock(self.site(), self.happened(), None, None, number, lines, as_of)

    def move(self) -> Command:
        """Goods go to another bin, sometimes more than there are, sometimes to where nobody picks."""
        lines = self.several(lambda line: self._stock_line(line, self.mostly(self.number(1, 7), 40), to=self.bin()))
        return MoveStock(self.site(), self.happened(), None, None, f"M{self._count()}", lines)

    def change_status(self) -> Command:
        """Goods are found damaged, or good again."""
        before, after = self.mostly(("good", "damaged"), ("damaged", "good"), ("good", "sample"))
        lines = self.several(lambda line: self._stock_line(line, self.number(1, 4), status=before, to=after))
        return ChangeStatus(self.site(), self.happened(), None, None, f"T{self._count()}", lines)

    def give_back(self) -> Command:
        """A customer sends something back, sometimes what never left."""
        shipped = [(part.order, one) for part in self._shipped() for one in part.shipped]
        if not shipped or self.mostly(False, True):
            lines = self.several(lambda line: self._stock_line(line, self.number(1, 3)))
            return ReturnGoods(self.site(), self.happened(), None, None, f"RMA{self._count()}", self.key(), lines)
        key, one = self.one(shipped)
        item = self._books.ledger.items[one.sku]
        quantity = Decimal(one.quantity).scaleb(-item.decimals) + self.mostly(0, 1)
        numbers = self.mostly(one.serials, ())
        line = StockLine("1", one.sku, self.mostly(one.lot, None), self.bin(), quantity, serials=numbers)
        return ReturnGoods(one.row.site, self.happened(), None, None, f"RMA{self._count()}", key, (line,))

    def _shipped(self) -> list[Any]:
        documents = self._books.shipped().values()
        return [part for document in documents if isinstance(document, Shipment) for part in document.parts]


def _newer(fact: T, known: T | None) -> T:
    return fact if known is None else replace(fact, version=known.version + 1)  # type: ignore[type-var, attr-defined]
