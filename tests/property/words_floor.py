"""Messages about the floor and from the hub itself, and how often each message of a story is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.commands import (
    AssembleKit,
    BreakKit,
    CancelWave,
    CloseOwner,
    Command,
    ComparedLine,
    ConfirmPick,
    ConfirmShipment,
    ContinueDay,
    CorrectShipment,
    Covers,
    DefineOwner,
    ErasePersons,
    ImportedLine,
    ImportShipment,
    KitPiece,
    PackedLine,
    PackPackage,
    PickLine,
    PieceMade,
    RecordComparison,
    ReleaseWave,
    ReportShort,
    ScanLot,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    ShortLine,
    StartPick,
    TakeSnapshot,
    TickClock,
    UndoneLine,
    UndoPick,
    UnpackPackage,
    VoidShipment,
    WorkOnWave,
    nobody,
)
from lotstream.domain.model import (
    PACKAGE,
    SHIPMENT,
    Order,
    OrderKey,
    OrderLine,
    PackageKind,
    Reservation,
)
from tests.property.vocabulary import LOTS, NUMBERS
from tests.property.words_moving import MovingWords
from tests.property.words_papers import PaperWords
from tests.property.words_receipts import ReceiptWords
from tests.property.words_returns import ReturnWords


class AllWords(ReturnWords, PaperWords, ReceiptWords, MovingWords):
    """Draws messages of every kind for one owner."""

    # ---- The floor --------------------------------------------------------------------------------------------------

    def _quantity(self, units: int, sku: str) -> Decimal:
        item = self._books.ledger.items.get(sku)
        exact = Decimal(self.number(1, max(units, 1))).scaleb(0 if item is None else -item.decimals)
        return self.mostly(exact, Decimal(self.number(1, 7)))

    def _open_part(self) -> tuple[Order, OrderLine, Reservation] | None:
        found = [one for one in self._parts() if one[2].quantity > one[2].picked]
        return self.one(found) if found else None

    def _named(self, part: Reservation, otherwise: str | None) -> str | None:
        """The bin that the floor names of a task by lot: where the goods are expected, or anywhere."""
        if not told_by_lot(part.task, part.wave):
            return otherwise
        return self.mostly(part.row.location, self.bin(), self.bin(), None)

    def pick(self) -> Command:
        """Promised goods are picked, sometimes too many, sometimes others."""
        found = self._open_part()
        place = self.mostly(None, "TOTE", "B1")
        if found is None or self.one(range(8)) == 7:
            said = PickLine(None, "1", self.lot("A"), self.mostly(None, self.bin()), self.units(), sku=self.sku())
            return ConfirmPick(self.site(), self.happened(), None, None, self.key(), place, (said,))
        order, line, part = found
        numbers = self._numbers() if part.row.sku == "S" else ()
        quantity = Decimal(len(numbers)) if numbers else self._quantity(part.quantity - part.picked, part.row.sku)
        said = PickLine(
            self.mostly(part.task, None), line.line, self.mostly(part.row.lot, None, "L3"), self._named(part, None),
            quantity,
            serials=numbers, sku=part.row.sku,
        )  # fmt: skip
        return ConfirmPick(part.row.site, self.happened(), None, None, order.key, place, (said,))

    def take_unit(self) -> Command:
        """Units are picked by their serial numbers: those that are promised, or that somebody else has."""
        found = [one for one in self._parts() if one[2].row.sku == "S" and one[2].quantity > one[2].picked]
        if not found:
            return self.pick()
        order, line, part = self.one(found)
        theirs = {number for other, _, one in self._parts() if other.key != order.key for number in one.serials}
        numbers = self.mostly((self.one(sorted(theirs) or NUMBERS),), part.serials or NUMBERS[:2])
        said = PickLine(self.mostly(part.task, None), line.line, None, None, Decimal(len(numbers)), serials=numbers)
        return ConfirmPick(part.row.site, self.happened(), None, None, order.key, None, (said,))

    def pick_short(self) -> Command:
        """Less is found in a bin than was promised of it."""
        found = self._open_part()
        if found is None:
            said = ShortLine(None, "1", "L1", "A1", Decimal(1))
            return ReportShort("S1", self.happened(), None, None, self.key(), None, (said,))
        order, line, part = found
        item = self._books.ledger.items[part.row.sku]
        quantity = Decimal(self.number(0, part.quantity)).scaleb(-item.decimals)
        location = self._named(part, self.mostly(part.row.location, None))
        said = ShortLine(self.mostly(part.task, None), line.line, part.row.lot, location, quantity, sku=part.row.sku)
        return ReportShort(part.row.site, self.happened(), None, None, order.key, None, (said,))

    def start(self) -> Command:
        """Somebody is on the way."""
        tasks = [part.task for _, _, part in self._parts()]
        named = (self.one(tasks),) if bool(tasks) and self.mostly(False, True) else ()
        return StartPick(self.site(), self.happened(), None, None, self.key(), named)

    def undo(self) -> Command:
        """Picked goods go back."""
        found = [one for one in self._parts() if one[2].picked]
        if not found:
            return UndoPick(self.site(), self.happened(), None, None, self.key())
        order, line, part = self.one(found)
        quantity = self.mostly(None, self._quantity(part.picked, part.row.sku))
        lines = self.mostly((), (UndoneLine(self.mostly(part.task, None), line.line, quantity=quantity),))
        return UndoPick(part.row.site, self.happened(), None, None, order.key, lines)

    def scan(self) -> Command:
        """A picker has another lot in his hand."""
        found = self._open_part()
        if found is None:
            return ScanLot("S1", self.happened(), None, None, self.key(), "L1")
        order, line, part = found
        return ScanLot(
            part.row.site, self.happened(), None, None, order.key, self.one(LOTS), self.mostly(part.row.lot, None),
            line.line, self.mostly(None, part.task), self._named(part, self.mostly(None, part.row.location)),
            self.mostly(None, self._quantity(part.quantity, part.row.sku)),
        )  # fmt: skip

    def _package(self) -> str:
        known = [key.number for key in self._books.documents if key.kind == PACKAGE]
        return self.mostly(self.one(known), "BOX-1") if known else "BOX-1"

    def pack(self) -> Command:
        """Picked goods, or packages, go into a package."""
        picked = [one for one in self._parts() if one[2].picked > one[2].packed]
        lines: tuple[PackedLine, ...] = ()
        for order, line, part in [self.one(picked)] if picked else []:
            quantity = self.mostly(None, self._quantity(part.picked, part.row.sku))
            lines = (PackedLine(order.key, self.mostly(line.line, None), self.mostly(None, part.task), None, quantity),)
        inside = self.mostly((), (self._package(),))
        kind = PackageKind.PALLET if inside else PackageKind.CARTON
        site = self.mostly(self._site_of(picked), "S2")
        return PackPackage(site, self.happened(), None, None, self.mostly(None, self._package()), kind, lines, inside)

    def _site_of(self, parts: list[tuple[Order, OrderLine, Reservation]]) -> str:
        return parts[0][2].row.site if parts else "S1"

    def unpack(self) -> Command:
        """A package is unpacked."""
        return UnpackPackage(self.site(), self.happened(), None, None, self._package())

    def _left(self, key: OrderKey) -> ShippedOrder:
        order = self._books.ledger.orders.get(key)
        if order is None or self.mostly(True, False):
            return ShippedOrder(key)
        line = self.one(order.lines)
        numbers = self._numbers() if line.sku == "S" else ()
        lot = self.mostly(self.one([*[part.row.lot for part in line.reservations], None]), "L2")
        quantity = Decimal(len(numbers)) if numbers else self._quantity(line.ordered, line.sku or "A")
        place = self.seldom(None, self.bin())
        said = ShippedLine(
            self.mostly(line.line, "9"), lot, quantity, location=place, sku=line.sku, serials=numbers
        )  # fmt: skip
        return ShippedOrder(key, (said,))

    def _shipment(self) -> dict[str, Any]:
        keys = dict.fromkeys([self.key(), self.key()] if self.mostly(False, True) else [self.key()])
        packages = (ShippedPackage(self._package()),) if self.mostly(False, True) else ()
        shipped = {"orders": tuple(self._left(key) for key in keys), "packages": packages}
        return {"site": self.site(), "happened": self.happened(), "by": None, "occurred_at": None, **shipped}

    def ship(self) -> Command:
        """Goods leave."""
        return ConfirmShipment(shipment=f"T{self.number(1, 4)}", **self._shipment())

    def _gone(self) -> str:
        known = [key.number for key in self._books.documents if key.kind == SHIPMENT]
        return self.mostly(self.one(known), "T9") if known else "T1"

    def void(self) -> Command:
        """A shipment has not left after all."""
        return VoidShipment(self.site(), self.happened(), None, None, self._gone())

    def correct(self) -> Command:
        """Something else has left than was told."""
        return CorrectShipment(shipment=self._gone(), **self._shipment())

    def assemble(self) -> Command:
        """Kits are put together."""
        many = self.number(1, 2)
        lines = tuple(
            KitPiece(str(at), sku, self.lot(sku), self.bin(), Decimal(each * self.mostly(many, 1)))
            for at, (sku, each) in enumerate(self.mostly((("A", 2), ("B", 1)), (("A", 1),)), start=1)
        )
        return AssembleKit(
            self.site(), self.happened(), None, None, f"K{self.mostly(self._count(), 1)}", "K", None, self.bin(),
            Decimal(many), lines,
        )  # fmt: skip

    def take_apart(self) -> Command:
        """Kits are taken apart."""
        many = self.number(1, 2)
        status = self.mostly("good", "damaged")
        lines = (
            PieceMade("1", "A", self.lot("A"), self.bin(), Decimal(2 * many)),
            PieceMade("2", "B", None, self.bin(), Decimal(many), status=status),
        )
        return BreakKit(
            self.site(), self.happened(), None, None, f"X{self.mostly(self._count(), 1)}", "K", None, self.bin(),
            Decimal(many), lines,
        )  # fmt: skip

    # ---- Waves ------------------------------------------------------------------------------------------------------

    def wave(self) -> Command:
        """Orders are picked together."""
        keys = [*self._books.ledger.orders]
        orders = tuple(dict.fromkeys([self.key(), *(self.one(keys) for _ in range(min(len(keys), 2)))]))
        return ReleaseWave(self.mostly("S1", "S2"), self.happened(), None, None, f"W{self.number(1, 3)}", orders)

    def cancel_wave(self) -> Command:
        """A wave is withdrawn."""
        return CancelWave(self.site(), self.happened(), None, None, f"W{self.number(1, 3)}")

    def work_on_wave(self) -> Command:
        """The floor works on a task of a wave."""
        found = [part for _, _, part in self._parts() if part.wave is not None and part.wave.wave]
        part = self.one(found) if found else None
        wave, task, site, units, sku = (
            ("W1", "no task", "S1", 1, "A")
            if part is None or part.wave is None
            else (part.wave.wave, part.wave.task, part.row.site, part.quantity, part.row.sku)
        )
        order, quantity = nobody(wave), self._quantity(units, sku)
        place = None if part is None else self._named(part, None)
        taken, short = PickLine(task, None, None, place, quantity), ShortLine(task, None, None, place, quantity)
        said: list[ConfirmPick | ReportShort | StartPick | UndoPick | ScanLot] = [
            ConfirmPick(site, self.happened(), None, None, order, None, (taken,)),
            ReportShort(site, self.happened(), None, None, order, None, (short,)),
            StartPick(site, self.happened(), None, None, order, (task,)),
            UndoPick(site, self.happened(), None, None, order, (UndoneLine(task, quantity=quantity),)),
            ScanLot(site, self.happened(), None, None, order, self.one(LOTS), task=task, location=place),
        ]
        return WorkOnWave(wave, self.one(said))

    # ---- Beginnings and ends ----------------------------------------------------------------------------------------

    def erase(self) -> Command:
        """Persons are to be forgotten, by name or by their orders."""
        orders = self.mostly((self.key(),), (), (self.key(), self.key()))
        request, persons = f"E{self.number(1, 3)}", self.mostly((), ("p-1",))
        return ErasePersons(
            request, persons, orders, self.seldom(None, "C-LIFE"), source=self.seldom(None, self.key().source)
        )

    def close_owner(self) -> Command:
        """An owner leaves, hardly ever: nothing new comes of its story then, until it is defined anew."""
        left: Command = CloseOwner()
        return self.seldom(DefineOwner(("S1", "S2")), left)

    def import_shipment(self) -> Command:
        """What left before the hub was there is told, sometimes of an order that is the hub's own."""
        key = self.seldom(OrderKey("old", f"#{self.number(1, 2)}"), self.key())
        lines = self.several(self._imported)
        shipment, at = f"OS{self.number(1, 3)}", self._house.moment().recorded_at - timedelta(days=30)
        return ImportShipment("S1", key, shipment, at, None, None, lines)

    def _imported(self, line: str) -> ImportedLine:
        sku = self.sku()
        lot = self.lot(sku)
        serials = (f"OLD{self.number(1, 3)}",) if sku == "S" else ()
        quantity = Decimal(1) if serials else self.units()
        return ImportedLine(
            line, sku, quantity, self.seldom(None, "case"), lot, None, serials, self.seldom(None, Decimal("2.5"))
        )

    def snapshot(self) -> Command:
        """What there is is asked for."""
        return TakeSnapshot(f"SN{self.number(1, 3)}", self.mostly(None, "S1", "S9"))

    def compare(self) -> Command:
        """Other books are held against ours."""
        lines = tuple(self._compared() for _ in range(self.number(0, 2)))
        site, number = self.mostly("S1", "S9"), f"CP{self.number(1, 3)}"
        return RecordComparison(site, None, None, number, self.one([*Covers]), lines)

    def _compared(self) -> ComparedLine:
        sku = self.sku()
        unit, status = self.mostly(None, "case", "box"), self.mostly(None, "good", "damaged")
        return ComparedLine(sku, self.units(), unit, self.lot(sku), status)

    # ---- The hub ----------------------------------------------------------------------------------------------------

    def go_on(self) -> Command:
        """A part of what is due is decided."""
        return ContinueDay(self.mostly(100, 1, 2))

    def tick(self) -> Command:
        """The clock says so."""
        return TickClock()


#: How often each kind of message is told to one owner, beside 1.
OFTEN = {
    "place": 5,
    "receive": 4,
    "balance": 1,
    "pick": 4,
    "ship": 2,
    "go_on": 3,
    "request": 2,
    "pack": 2,
    "place_unit": 3,
    "take_unit": 3,
    "wave": 2,
    "work_on_wave": 2,
    "correct_lot": 2,
}
TO_EVERYBODY = ("define_site", "define_location", "open_day", "hold_bin", "let_bin_go")
TO_ONE = (
    "define_owner", "change_settings", "define_item", "define_customer", "define_supplier",
    "expect", "close_receipt", "correct_receipt",
    "place", "place_unit", "cancel", "release",
    "request", "unreserve", "close", "reserve", "receive", "balance", "hold", "lift", "recall", "hold_owner",
    "let_owner_go", "hold_unit", "let_unit_go",
    "adjust", "adjust_unit", "count", "move", "change_status", "give_back", "assemble", "take_apart", "pick",
    "take_unit",
    "pick_short", "start", "undo", "scan", "pack", "unpack", "ship", "void", "correct", "go_on", "tick",
    "correct_lot", "send_over", "come_over", "sell", "buy", "inspect", "document", "put_away", "finish",
    "answer_recall", "close_recall", "record", "inspect_return", "expect_return", "progress",
    "careful", "approve", "produce", "merge_lots", "rename_item", "rebase_item", "split_lot",
    "wave", "cancel_wave", "work_on_wave", "erase", "close_owner", "snapshot", "compare", "import_shipment",
)  # fmt: skip
#: What is told of choices: what is wanted, what is there, and what is asked for.
OF_CHOICES = ("place", "receive", "balance", "request", "cancel", "unreserve", "pick", "ship", "define_customer")
