"""An order is filled from one site; one that was chosen for it is left when nothing of the order is there any more."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    CountStock,
    DefineCustomer,
    DefineItem,
    OpenBalance,
    PlaceHold,
    RequestAllocation,
    ReserveStock,
    StockLine,
    UnreserveOrder,
)
from lotstream.domain.model import Customer, HoldKind, Item, OrderState, Settings
from tests.unit.domain.build import World, goods, key, wanted
from tests.unit.domain.test_sites import at, two_sites


def chosen(site: str | None = None) -> World:
    """An order of two lines over two sites with goods for one of its lines at A, and for all of it at B since."""
    world = two_sites(("A", "B"))
    world.told(DefineItem(Item("JAM")))
    at(world, "A", "L1", 5)
    world.place("#1", wanted("1"), wanted("2", 2, sku="JAM"), site=site, version="1")
    assert (world.get("#1").site, world.lots("#1")) == ("A", [("L1", 5)])
    jam = goods("J1", 9, sku="JAM")
    world.told(OpenBalance("B", None, None, "B", (goods("L2", 9), jam)))
    return world


def held(world: World, lot: str = "L1") -> None:
    """A lot of tea is put on hold."""
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", lot))


def test_a_site_that_was_chosen_is_left_when_nothing_of_the_order_is_there() -> None:
    """All goods of the site are lost: the order is filled from another, with all of its lines, in the same decision."""
    world = chosen()
    held(world)
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L2", 5), ("J1", 2)])
    assert world.get("#1").state is OrderState.ALLOCATED


def test_a_site_that_was_named_is_never_left() -> None:
    """By the order, by its customer, or by a newer version: the order waits there for goods."""
    world = chosen("A")
    held(world)
    assert (world.get("#1").site, world.lots("#1")) == ("A", [])
    world = two_sites(("A", "B"))
    world.told(DefineCustomer(Customer("C", site="A")))
    at(world, "A", "L1", 5)
    world.place("#1", customer="C")
    at(world, "B", "L2", 5)
    held(world)
    assert (world.get("#1").site, world.lots("#1")) == ("A", [])
    world = chosen()
    world.place("#1", wanted("1"), wanted("2", 2, sku="JAM"), site="A", version="2")
    held(world)
    assert (world.get("#1").site, world.lots("#1")) == ("A", [])


def test_a_site_is_kept_while_anything_of_the_order_is_there() -> None:
    """Something is promised, is picked, or has left: the rest waits for goods of that site."""
    for begun in ("promised", "picked", "shipped"):
        world = two_sites(("A", "B"))
        at(world, "A", "L1", 3)
        world.place("#1", wanted(quantity=8))
        if begun != "promised":
            world.told(world.pick("#1", site="A"))
        if begun == "shipped":
            world.told(world.ship("#1", site="A"))
        at(world, "B", "L2", 9)
        if begun == "picked":
            held(world)
        assert (world.get("#1").site, {lot for lot, _ in world.lots("#1")} | {"L1"}) == ("A", {"L1"})


def test_a_version_of_what_was_chosen_may_go_elsewhere_once_it_is_empty() -> None:
    """The choice outlives a change that keeps the goods, the naming of a lot, and a release, and is made anew after."""
    world = chosen()
    world.place("#1", wanted("1"), wanted("2", 2, sku="JAM"), priority=3, version="2")
    assert (world.get("#1").site, world.get("#1").site_chosen) == ("A", True)
    world.told(UnreserveOrder(key("#1")))
    assert world.get("#1").site == "A"
    world.told(RequestAllocation((key("#1"),)))
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L2", 5), ("J1", 2)])


def test_a_lot_named_by_somebody_chooses_the_site_it_lies_at() -> None:
    """An order without anything anywhere goes where the lot is, and may leave when it is gone; a bound one may not."""
    world = two_sites(("A", "B"))
    world.told(ChangeSettings(Settings(allocate="on_request", sites=("A", "B"))))
    world.place("#1")
    at(world, "A", "L1", 5)
    at(world, "B", "L2", 5)
    for lot, site in (("L1", "A"), ("L2", "B")):
        world.told(ReserveStock(key("#1"), "1", lot, Decimal(2)))
        assert (world.get("#1").site, world.get("#1").site_chosen) == (site, True)
        assert world.refused(ReserveStock(key("#1"), "1", "L1" if lot == "L2" else "L2", Decimal(2)))[0] is (
            Code.NOT_AVAILABLE
        )
        world.told(ReserveStock(key("#1"), "1", lot, Decimal(1)))
        assert world.get("#1").site_chosen
        world.told(UnreserveOrder(key("#1")))
    world.told(DefineCustomer(Customer("C", site="A")))
    world.place("#2", customer="C")
    world.told(ReserveStock(key("#2"), "1", "L1", Decimal(2)))
    assert (world.get("#2").site, world.get("#2").site_chosen) == ("A", False)


def test_one_lot_for_all_of_a_line_is_looked_for_at_every_site() -> None:
    """A line that takes one lot loses a part of it, gives back the rest, and finds all of it at another site."""
    world = two_sites(("A", "B"))
    world.told(OpenBalance("A", None, None, "A", (goods("L1", 3, "X"), goods("L1", 3, "Y", line="2"))))
    world.place("#1", wanted(quantity=6, single_lot=True))
    at(world, "B", "L2", 9)
    world.told(CountStock("A", True, None, None, "C-1", (StockLine("1", "TEA", "L1", "X", Decimal(0)),)))
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L2", 6)])


def test_a_packed_order_is_bound_to_the_site_its_newer_version_names() -> None:
    """The head of a newer version that names the site the order has makes it the sender's choice."""
    world = two_sites(("A", "B"))
    at(world, "A", "L1", 5)
    world.place("#1", version="1")
    world.told(world.pick("#1", site="A"))
    world.parts("#1")[0].packed = 5
    world.get("#1").state = OrderState.PACKED
    world.place("#1", priority=1, version="2")
    assert world.get("#1").site_chosen
    world.place("#1", priority=2, site="A", version="3")
    assert not world.get("#1").site_chosen


def test_of_sites_that_give_as_much_the_first_in_the_ranking_is_chosen() -> None:
    """Neither site fills the order, and both have the same: the ranking decides, and not the name."""
    world = two_sites(("B", "A"))
    at(world, "A", "L1", 5)
    at(world, "B", "L2", 5)
    world.place("#1", wanted(quantity=9))
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L2", 5)])


def test_a_whole_line_is_worth_more_than_many_units() -> None:
    """The site that fills one line wholly is chosen over one that has more of another line, but not all."""
    world = two_sites(("B", "A"))
    world.told(DefineItem(Item("JAM")))
    at(world, "A", "L1", 2)
    world.told(OpenBalance("B", None, None, "B", (goods("J1", 8, sku="JAM"),)))
    world.place("#1", wanted("1", 2), wanted("2", 10, sku="JAM"))
    assert (world.get("#1").site, world.lots("#1")) == ("A", [("L1", 2)])


def test_one_line_with_goods_binds_the_whole_order() -> None:
    """While anything of any line is promised the others wait for goods of that site."""
    world = chosen()
    assert (world.get("#1").site, world.lots("#1")) == ("A", [("L1", 5)])
    world.told(RequestAllocation((key("#1"),)))
    assert (world.get("#1").site, world.lots("#1")) == ("A", [("L1", 5)])


def test_a_site_without_another_is_not_chosen() -> None:
    """Where the customer has a site, or the owner only one, nobody has chosen, and the order stays."""
    world = two_sites(("A",))
    world.told(DefineCustomer(Customer("C", site="B")))
    at(world, "A", "L1", 5)
    at(world, "B", "L2", 5)
    world.place("#1", customer="C")
    world.place("#2")
    assert [(world.get(number).site, world.get(number).site_chosen) for number in ("#1", "#2")] == [
        ("B", False), ("A", False),
    ]  # fmt: skip
