"""An item gets another SKU: everything of it goes along, and the old SKU goes on meaning it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ContinueDay,
    CorrectLot,
    CorrectReceipt,
    DefineCustomer,
    DefineItem,
    DefineSupplier,
    LineWanted,
    LineWrong,
    MoveStock,
    OpenDay,
    PackedLine,
    PackPackage,
    RenameItem,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import ItemRenamed, ReorderHinted
from lotstream.domain.model import Customer, Item, Lot, LotMore, LotName, OrderState, PackageKind, Supplier, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted
from tests.unit.domain.test_availability import SHOP, tick
from tests.unit.domain.test_availability import world as channelled

RENAME = RenameItem("TEA", "CHAI")


@pytest.fixture
def world() -> World:
    """Tea of two lots, and some without one; a set with tea in it; a customer who asks for much of it."""
    world = World()
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2)}, recipe={"TEA": Decimal(1)})))
    world.told(DefineCustomer(Customer("C-7", min_days_left_by_sku={"TEA": 5}, last_shipped_expiry={"TEA": TODAY})))
    world.stock(goods("A", 10), goods("B", 5, "FAR"), goods(None, 3, expires=None, received=TODAY - timedelta(days=9)))
    return world


def test_what_was_told_under_the_old_sku_is_known_again(world: World) -> None:
    """A shipment, a package and a correction are told once, whichever SKU they name; other content is other content."""
    world.told(world.receipt(goods("A", 4, line="1")))
    corrected = CorrectReceipt(SITE, False, "dock", None, "R1", "C1", None, (LineWrong("1", Decimal(3), sku="TEA"),))
    world.told(corrected)
    world.place("1", wanted(quantity=4, lot="A"))
    world.told(world.pick("1"))
    line = PackedLine(key("1"), "1", None, "A", None, sku="TEA")
    packed = PackPackage(SITE, False, None, None, "BOX", PackageKind.CARTON, (line,), ())
    world.told(packed)
    world.place("2", wanted(quantity=2, lot="A"))
    left = world.ship("2", ShippedLine("1", "A", Decimal(2), sku="TEA"))
    world.told(left)
    world.told(RENAME)
    assert (world.told(corrected), world.told(packed), world.told(left)) == ((), (), ())
    again = world.ship("2", ShippedLine("1", "A", Decimal(1), sku="TEA"))
    assert world.refused(again)[0] in {Code.CONFLICTING_CONTENT, Code.ALREADY_SHIPPED}


def test_everything_goes_along(world: World) -> None:
    """Stock, lots, promises, what lines, kits, recipes and customers name; the old SKU is left as a name alone."""
    world.told(CorrectLot("C", "TEA", "B", to_lot="B2"))
    world.place("1", wanted(quantity=4, lot="A"))
    world.place("2", wanted(sku="SET", quantity=1))
    world.place("3", wanted(quantity=2, lot="A"))
    world.told(world.ship("3", shipment="S3"))
    event = only(world.told(RENAME), ItemRenamed)
    assert event.orders == (key("1"), key("2"))
    assert {row.sku for row in world.ledger.stock} == {"CHAI"}
    assert {(row.key.lot, row.on_hand, row.received) for row in world.ledger.stock.values()} == {
        ("A", 8, None), ("B2", 5, None), (None, 3, TODAY - timedelta(days=9)),
    }  # fmt: skip
    assert world.ledger.items["CHAI"].former == ("TEA",)
    assert world.ledger.items["TEA"] == Item("TEA")
    assert world.ledger.items["SET"].kit == {"CHAI": Decimal(2)}
    assert world.ledger.items["SET"].recipe == {"CHAI": Decimal(1)}
    customer = world.ledger.customers["C-7"]
    assert (customer.min_days_left_by_sku, customer.last_shipped_expiry) == ({"CHAI": 5}, {"CHAI": TODAY})
    assert world.ledger.lots["TEA", "A"] == Lot("TEA", "A", more=LotMore(into=LotName("CHAI", "A")))
    assert (world.line("1").sku, world.lots("1")) == ("CHAI", [("A", 4)])
    for number in ("1", "2"):
        world.told(world.ship(number, shipment=f"S{number}"))
        assert world.get(number).state is OrderState.SHIPPED


def test_the_old_sku_is_understood(world: World) -> None:
    """In orders, moves, returns and definitions, with former numbers of lots as well; told again it changes nothing."""
    world.place("1", wanted(quantity=2, lot="A"))
    world.told(world.ship("1"))
    world.told(CorrectLot("C", "TEA", "A", to_lot="A2"))
    world.told(RENAME)
    assert world.told(RENAME) == ()
    world.place("2", wanted(quantity=1, lot="A"))
    assert world.lots("2") == [("A2", 1)]
    world.told(MoveStock(SITE, True, None, None, "M", (StockLine("1", "TEA", "A", "BIN", Decimal(2), to="NEW"),)))
    assert world.row("A2", "NEW").key.sku == "CHAI"
    back = StockLine("1", "TEA", "A", "BIN", Decimal(2), status="good")
    assert kinds(world.told(ReturnGoods(SITE, False, None, None, "R", key("1"), (back,)))) == ["GoodsReturned"]
    world.told(DefineItem(Item("TEA", version=2, description="Spiced")))
    assert world.ledger.items["CHAI"] == Item("CHAI", version=2, description="Spiced", former=("TEA",))
    world.told(RenameItem("TEA", "MASALA"))
    assert world.ledger.items["MASALA"].former == ("TEA", "CHAI")


def test_gtins_mean_the_new_sku(world: World) -> None:
    """What is ordered by its GTIN is ordered under the new SKU."""
    world.told(RENAME)
    world.place("1", LineWanted("1", None, Decimal(1), gtin="00012345678905"))
    assert world.line("1").sku == "CHAI"


def test_orders_for_the_new_sku_go_on(world: World) -> None:
    """What was held because nobody knew the SKU goes on, and is served with the next part of the day."""
    world.place("1", wanted(sku="CHAI", quantity=2))
    assert world.get("1").held == "unknown_item"
    events = world.told(RENAME)
    assert kinds(events)[0] == "ItemRenamed"
    assert world.get("1").held is None
    world.told(ContinueDay(100))
    assert sum(quantity for _, quantity in world.lots("1")) == 2


def test_the_latest_expiry_of_a_customer_goes_along(world: World) -> None:
    """Who takes nothing older than before takes nothing older under the new SKU either."""
    world.told(DefineCustomer(Customer("C-8", no_older_than_last_shipped=True)))
    world.place("1", wanted(quantity=1, lot="B"), customer="C-8")
    world.told(world.ship("1"))
    world.stock(goods("S", 1, sku="SET"), balance="sets")
    world.place("2", wanted(sku="SET", quantity=1), customer="C-8")
    world.told(world.ship("2", shipment="S2"))
    world.told(RENAME)
    days = {sku: day for (who, sku), day in world.ledger.last_shipped.items() if who == "C-8"}
    assert days["CHAI"] == TODAY + timedelta(days=30)
    assert "SET" in days


def test_what_a_supplier_owes_is_owed_under_the_new_sku() -> None:
    """Read under the name of today, also when the supplier is told again by the old one."""
    world = World()
    supplier = Supplier("S-3", min_days_left_by_sku={"TEA": 40})
    world.told(DefineSupplier(supplier))
    world.told(RENAME)
    short = goods("A", 1, sku="CHAI", expires=TODAY + timedelta(days=39), supplier="S-3")
    for line in (short, replace(short, sku="TEA")):
        assert world.refused(world.receipt(line, happened=False)) == (Code.LOT_NOT_ALLOWED, "lines.0.expires")
    assert world.told(DefineSupplier(supplier)) == ()
    world.told(world.receipt(replace(short, expires=TODAY + timedelta(days=40)), happened=False))


def test_who_was_told_to_order_an_item_again_is_not_told_by_its_new_sku() -> None:
    """It is below its point as it was, under another name."""
    world = World()
    world.told(DefineItem(Item("RICE", reorder_point=Decimal(10))))

    def told(day: int) -> list[str]:
        world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=day)))
        return [event.sku for event in world.told(ContinueDay(100)) if isinstance(event, ReorderHinted)]

    assert told(1) == ["RICE"]
    world.told(RenameItem("RICE", "RIZ"))
    assert told(2) == []


def test_channels_are_told_of_both_skus() -> None:
    """Nothing of the old one may be sold any more, and all of it under the new one."""
    made = channelled(SHOP)
    made.stock(goods("A", 10))
    assert tick(made) == {("TEA", "shop"): 10}
    made.told(RENAME)
    assert tick(made) == {("TEA", "shop"): 0, ("CHAI", "shop"): 10}


def test_what_cannot_be_renamed_is_refused(world: World) -> None:
    """An unknown item, a SKU that another item has or had, and units that are known by their SKU."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    assert world.refused(RenameItem("NONE", "X")) == (Code.UNKNOWN_ITEM, "sku")
    assert world.refused(RenameItem("TEA", "SET")) == (Code.CONFLICTING_CONTENT, "to_sku")
    assert world.refused(RenameItem("PUMP", "X")) == (Code.FIELD_INVALID, "sku")
    world.told(RENAME)
    assert world.refused(RenameItem("SET", "TEA")) == (Code.CONFLICTING_CONTENT, "to_sku")
    assert world.told(RenameItem("CHAI", "CHAI")) == ()


def test_a_wrong_name_is_taken_back(world: World) -> None:
    """A SKU that it had itself it may have again, with all that came in meanwhile."""
    world.told(CorrectLot("C", "TEA", "B", to_lot="B2"))
    world.told(RENAME)
    world.told(world.receipt(goods("N", 1, sku="CHAI")))
    world.told(RenameItem("CHAI", "TEA"))
    assert world.ledger.items["TEA"].former == ("CHAI",)
    assert {(row.sku, row.lot) for row in world.ledger.stock} == {
        ("TEA", lot) for lot in ("A", "B2", "N", None)
    }  # fmt: skip
    world.told(world.receipt(goods("B", 1, sku="CHAI"), number="R2"))
    assert world.row("B2").key.sku == "TEA"
