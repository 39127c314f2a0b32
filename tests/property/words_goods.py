"""Messages about what becomes of goods, most of them about goods that are there: so that stories get as far as that."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.commands import (
    Command,
    ConfirmShipment,
    InspectedLine,
    InspectReturn,
    KitPiece,
    LineWanted,
    MadeLine,
    PlaceOrder,
    RebaseItem,
    RecallLots,
    RecordProduction,
    ReleaseTitle,
    ReturnGoods,
    ShippedOrder,
    ShipTransfer,
    StockLine,
)
from lotstream.domain.model import Disposition, OrderKey, Receipt, RowKey, Serial, SerialState
from lotstream.store.codec import decode
from tests.property.vocabulary import BINS, LOTS, NUMBERS
from tests.property.words_floor import AllWords


class GoodsWords(AllWords):
    """Draws messages that mostly fit what has happened before."""

    def happened(self) -> bool:
        """Tell whether it has happened already, as it mostly has."""
        return self.mostly(True, False)

    def _good(self) -> RowKey | None:
        """A row of a bin with good stock of a lot, if there is one."""
        stock = self._books.ledger.stock.values()
        free = [row.key for row in stock if row.on_hand > row.reserved and row.key.status == "good" and row.key.lot]
        rows = [row for row in free if row.location in BINS]
        return self.one(rows) if rows else None

    def _some(self, row: RowKey) -> Decimal:
        """Some of what nobody is promised of a row."""
        there, decimals = self._books.ledger.stock[row], self._books.ledger.items[row.sku].decimals
        return Decimal(self.number(1, min(there.on_hand - there.reserved, 4))).scaleb(-decimals)

    def want(self) -> Command:
        """Somebody wants what is there."""
        row = self._good()
        if row is None:
            return self.place()
        key, wanted = OrderKey("shop", f"#{self._count()}"), LineWanted("1", row.sku, self._some(row), lot=row.lot)
        return PlaceOrder(key, None, None, self.mostly(None, "C-LOTS"), row.site, (wanted,), f"content-{self._count()}")

    def leave(self) -> Command:
        """What is promised leaves."""
        found = self._parts()
        if not found:
            return self.ship()
        order, _, part = self.one(found)
        number = f"T{self._count()}"
        return ConfirmShipment(part.row.site, self.happened(), None, None, number, (ShippedOrder(order.key),))

    def bring_back(self) -> Command:
        """Somebody brings back what he got, or some of it."""
        shipped = [(part.order, one) for part in self._shipped() for one in part.shipped]
        if not shipped:
            return self.leave()
        key, one = self.one(shipped)
        decimals = self._books.ledger.items[one.sku].decimals
        quantity = Decimal(self.number(1, one.quantity)).scaleb(-decimals)
        line = StockLine("1", one.sku, one.lot, self.one(BINS), quantity)
        return ReturnGoods(one.row.site, self.happened(), None, None, f"RMA{self._count()}", key, (line,))

    def look_at(self) -> Command:
        """What came back is looked at where it lies, and is mostly as good as new."""
        backs = [one for one in self._books.shipped().values() if isinstance(one, Receipt) and one.came]
        open_lines = [(back, one) for back in backs for one in back.came if one.inspected < one.quantity]
        if not open_lines:
            return self.bring_back()
        back, one = self.one(open_lines)
        quantity = Decimal(self.number(1, one.quantity)).scaleb(-self._books.ledger.items[one.row.sku].decimals)
        end = self.mostly(Disposition.RESTOCK, *Disposition)
        line = InspectedLine("1", one.line, quantity, None, end, to=self.one(BINS))
        return InspectReturn(back.site, self.happened(), None, None, back.key.number, f"RI{self._count()}", (line,))

    def make(self) -> Command:
        """Goods are made of what is there: a lot that goes on to be used, or one of others."""
        row = self._good()
        if row is None:
            return self.produce()
        used = KitPiece("1", row.sku, row.lot, row.location, self._some(row))
        made = MadeLine("m1", "A", self.one(("M1", "M2", "M3", *LOTS)), self.one(("A1", "B1")), Decimal(2))
        number = f"PR{self.mostly(self._count(), 1)}"
        return RecordProduction(row.site, self.happened(), None, None, number, (used,), (made,), None)

    def send(self) -> Command:
        """What is there goes to the other site."""
        row = self._good()
        if row is None:
            return self.send_over()
        line = StockLine("1", row.sku, row.lot, row.location, self._some(row))
        to = "S2" if row.site == "S1" else "S1"
        return ShipTransfer(row.site, self.happened(), None, None, f"TR{self._count()}", to, (line,))

    def want_unit(self) -> Command:
        """Somebody wants a unit by its number, sometimes one that another was promised."""
        units = [decode(body, Serial) for body in self._books.serials.values()]
        there = [(unit.key.number, unit.row.site) for unit in units if unit.state is SerialState.IN_STOCK]
        number, site = self.one(there or [(number, self.site()) for number in NUMBERS])
        wanted, key = LineWanted("1", "S", Decimal(1), serial=number), OrderKey("shop", f"#{self._count()}")
        return PlaceOrder(key, None, None, None, self.mostly(site, None), (wanted,), f"content-{self._count()}")

    def hand_over(self) -> Command:
        """What is there becomes the other owner's."""
        row, owner = self._good(), self._books.ledger.owner
        if row is None:
            return self.sell()
        line = StockLine("1", row.sku, row.lot, row.location, self._some(row))
        to = self.one([name for name in self._house.books if name != owner])
        return ReleaseTitle(owner, row.site, self.happened(), None, None, f"TI{self._count()}", to, (line,))

    def send_unit(self) -> Command:
        """A unit goes to the other site by its number, sometimes one that somebody was promised."""
        said = self._unit()
        if said is None:
            return self.send_over()
        site, line = said
        to = "S2" if site == "S1" else "S1"
        return ShipTransfer(site, self.happened(), None, None, f"TR{self._count()}", to, (line,))

    def sell_unit(self) -> Command:
        """A unit becomes another owner's by its number, sometimes one that somebody was promised."""
        said, owner = self._unit(), self._books.ledger.owner
        if said is None:
            return self.sell()
        site, line = said
        to = self.one([name for name in self._house.books if name != owner])
        return ReleaseTitle(owner, site, self.happened(), None, None, f"TI{self._count()}", to, (line,))

    def _unit(self) -> tuple[str, StockLine] | None:
        """A unit in stock by its number, with its site."""
        units = [decode(body, Serial) for body in self._books.serials.values()]
        there = [unit for unit in units if unit.state is SerialState.IN_STOCK and unit.row.location in BINS]
        if not there:
            return None
        unit = self.one(there)
        row, number = unit.row, unit.key.number
        return row.site, StockLine("1", row.sku, row.lot, row.location, Decimal(1), serials=(number,))

    def call_back(self) -> Command:
        """A lot that something was made of is recalled, or any other."""
        made = [one for lot in self._books.ledger.lots.values() if lot.more is not None for one in lot.more.made_from]
        return RecallLots(f"h{self._count()}", None, (self.one(made),)) if made else self.recall()

    def recount_item(self) -> Command:
        """An item that nobody is promised anything of is counted in another unit."""
        promised = {part.row.sku for _, _, part in self._parts()}
        items = [item for item in self._books.ledger.items.values() if item.sku not in promised]
        if not items:
            return self.rebase_item()
        item, factor = self.one(items), self.one(((2, 1), (1, 2), (3, 2), (1, 3)))
        return RebaseItem(item.sku, item.version + 1, f"unit {item.version + 1}", item.decimals, *factor)


#: What is told of units that have numbers.
OF_UNITS = (
    *("want_unit", "want_unit", "want_unit", "place_unit", "place_unit", "send_unit", "sell_unit"),
    *("take_unit", "take_unit", "take_unit", "take_unit"),
    *("undo", "ship", "cancel", "unreserve", "void", "give_back", "hold_unit", "let_unit_go"),
    *("wave", "wave", "work_on_wave", "work_on_wave", "send_over", "come_over", "come_over", "sell", "buy", "request"),
)
#: What is told in stories of goods.
OF_GOODS = (
    *("receive", "receive", "want", "want", "want", "leave", "leave", "leave", "leave", "pick", "void", "cancel"),
    *("bring_back", "bring_back", "bring_back", "give_back", "look_at", "look_at", "inspect_return"),
    *("make", "make", "make", "produce", "split_lot", "merge_lots", "correct_lot", "call_back", "recall"),
    *(
        "send",
        "send",
        "send_over",
        "come_over",
        "come_over",
        "come_over",
        "sell",
        "hand_over",
        "hand_over",
        "buy",
        "buy",
        "buy",
    ),
    *("recount_item", "recount_item", "rename_item", "hold", "lift", "lift", "count"),
)
