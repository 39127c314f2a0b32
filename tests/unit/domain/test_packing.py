"""Picked goods are packed into cartons and onto pallets, shipped by package, and unpacked again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    DefineItem,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceHold,
    ShippedLine,
    ShippedPackage,
    UnpackPackage,
)
from lotstream.domain.events import DiscrepancyNoted, OrderPacked, PackagesChanged, ShipmentConfirmed
from lotstream.domain.model import HoldKind, Item, NextNumber, OrderState, Package, PackageKind, PackageState, Settings
from lotstream.domain.packages import SSCC_COUNTER, package_key
from lotstream.domain.sscc import check_digit, is_wrong, sscc
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted


def packed(number: str = "#1", quantity: object = None, **more: Any) -> PackedLine:  # noqa: ANN401
    """Goods of an order that go in."""
    return PackedLine(key(number), quantity=None if quantity is None else Decimal(str(quantity)), **more)


def pack(package: str | None, *lines: PackedLine, **more: Any) -> PackPackage:  # noqa: ANN401
    """Pack a carton, unless another kind is said."""
    return PackPackage(
        more.pop("site", SITE), more.pop("happened", False), "packer", None, package,
        more.pop("kind", PackageKind.CARTON), lines, more.pop("packages", ()), more.pop("weight_kg", None),
    )  # fmt: skip


def unpack(package: str, *, happened: bool = False, site: str = SITE) -> UnpackPackage:
    """Unpack a package."""
    return UnpackPackage(site, happened, "packer", None, package)


def ready(settings: Settings | None = None) -> World:
    """A world where orders #1 and #2 have 6 of L1 and 2 of L2, and 4 of L2, all picked."""
    world = World(settings)
    world.stock(goods("L1", 6, "B1"), goods("L2", 6, "B2"))
    world.place("#1", wanted(quantity=8))
    world.place("#2", wanted(quantity=4))
    for number in ("#1", "#2"):
        world.told(world.pick(number))
    return world


def package(world: World, name: str) -> Package:
    """A package as it is."""
    known = world.warehouse.documents[package_key(name)]
    assert isinstance(known, Package)
    return known


def test_everything_of_an_order_goes_into_a_carton() -> None:
    """An order is packed when all that is promised to it lies in packages; rows do not change by it."""
    world = ready()
    rows = {row.key: row.on_hand for row in world.ledger.stock.values()}
    events = world.told(pack("C1", packed(), weight_kg=Decimal("6.4")))
    assert kinds(events) == ["PackagesChanged", "OrderPacked"]
    assert only(events, OrderPacked).state is OrderState.PACKED
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(6, 6), (2, 2)]
    assert {row.key: row.on_hand for row in world.ledger.stock.values()} == rows
    assert (package(world, "C1").weight_kg, package(world, "C1").state) == (Decimal("6.4"), PackageState.OPEN)
    assert world.refused(world.order("#1", wanted(quantity=9), version="2")) == (Code.ALREADY_PICKED, "order")


def test_a_part_goes_into_a_carton() -> None:
    """By lot, task, line, and quantity in any unit; the rest of the order is picked and loose."""
    world = ready()
    event = only(world.told(pack("C1", packed(quantity=1, lot="L1", unit="case"), packed("#2", 3))), PackagesChanged)
    assert [(one.row.lot, one.quantity) for one in event.packages[0].contents] == [("L1", 6), ("L2", 3)]
    assert (world.get("#1").state, world.get("#2").state) == (OrderState.PICKED, OrderState.PICKED)
    task = world.parts("#1")[1].task
    world.told(pack("C2", packed(task=task, line="1")))
    assert world.get("#1").state is OrderState.PACKED


def test_a_part_goes_in_from_what_was_promised_first() -> None:
    """Four of an order that has six of one lot and two of another: all are of the first, and the rest stays loose."""
    world = ready()
    event = only(world.told(pack("C1", packed(quantity=4))), PackagesChanged)
    assert [(one.row.lot, one.quantity) for one in event.packages[0].contents] == [("L1", 4)]
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(6, 4), (2, 0)]
    world.told(pack("C2", packed()))
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(6, 6), (2, 2)]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (pack("C1"), Code.FIELD_MISSING, "lines"),
        (pack("C1", packed(), site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (pack("C1", packages=("C1",)), Code.FIELD_INVALID, "packages"),
        (pack("001234560000000019", packed()), Code.FIELD_INVALID, "package"),
        (pack(None, packed()), Code.FIELD_MISSING, "package"),
        (pack("C1", packed("#9")), Code.UNKNOWN_ORDER, "lines.0.order"),
        (pack("C1", packed(quantity=9)), Code.NOT_RESERVED, "lines.0.quantity"),
        (pack("C1", packed(lot="L9")), Code.NOT_RESERVED, "lines.0.quantity"),
        (pack("C1", packed(), packed()), Code.NOT_RESERVED, "lines.1.quantity"),
        (pack("C1", packed(quantity=0)), Code.NOT_POSITIVE, "lines.0.quantity"),
        (pack("C1", packed(quantity=1, unit="barrel")), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (pack("C1", packages=("C7",)), Code.NOT_AVAILABLE, "packages.0"),
        (unpack("C7"), Code.NOT_AVAILABLE, "package"),
        (unpack("C7", site="NOWHERE"), Code.FIELD_INVALID, "site"),
    ],
)
def test_what_is_refused(said: PackPackage | UnpackPackage, code: Code, field: str) -> None:
    """Only what is picked and loose is packed when it is asked, and only what is packed is unpacked."""
    assert ready().refused(said) == (code, field)


def test_recalled_and_held_goods_are_not_packed() -> None:
    """What may not leave goes into no carton when it is asked."""
    world = ready()
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L1"))
    assert world.refused(pack("C1", packed())) == (Code.ON_HOLD, "lines.0.lot")
    events = world.told(pack("C1", packed(), happened=True))
    assert kinds(events) == ["PackagesChanged", "OrderPacked", "DiscrepancyNoted"]


def test_happened_packing_is_booked_as_far_as_it_goes() -> None:
    """More than was picked, or an order nobody knows, is a discrepancy; what was picked is packed."""
    world = ready()
    events = world.told(pack("C1", packed("#2", 9), packed("#9"), happened=True))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["not_reserved", "unknown_order"]
    assert [one.quantity for one in package(world, "C1").contents] == [4]
    assert kinds(world.told(pack("C2", packed("#9"), happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(unpack("C7", happened=True))) == ["DiscrepancyNoted"]


def test_a_package_told_twice() -> None:
    """The same content under the same number is a repeat; other content is refused, or noted."""
    world = ready()
    world.told(pack("C1", packed("#2", "3.0")))
    assert world.told(pack("C1", packed("#2", 3))) == ()
    assert world.refused(pack("C1", packed("#2", 1))) == (Code.CONFLICTING_CONTENT, "package")
    assert kinds(world.told(pack("C1", packed("#2", 1), happened=True))) == ["DiscrepancyNoted"]


def test_numbers_from_the_owners_prefix() -> None:
    """A package without a number gets the next one, with its check digit, until the prefix is used up."""
    world = ready(Settings(sscc_prefix="952123456789", sscc_extension=3))
    first = only(world.told(pack(None, packed("#2", 1))), PackagesChanged).packages[0].key.number
    second = only(world.told(pack(None, packed("#2", 1))), PackagesChanged).packages[0].key.number
    assert (first[:17], second[:17]) == ("39521234567890001", "39521234567890002")
    assert not is_wrong(first)
    world.ledger.receipts[SSCC_COUNTER] = world.warehouse.documents[SSCC_COUNTER] = NextNumber(SSCC_COUNTER, 10_000)
    assert world.refused(pack(None, packed("#1"))) == (Code.TOO_LARGE, "package")
    for prefix in ("123", "12345x7", "1234567890123"):
        said = ChangeSettings(Settings(sscc_prefix=prefix))
        assert world.refused(said) == (Code.FIELD_INVALID, "settings.sscc_prefix")


def test_check_digits() -> None:
    """Eighteen digits carry a check digit; any other name is nobody's number."""
    assert sscc("0614141", 1, 234567890) == "106141412345678908"
    assert check_digit("10614141234567890") == "8"
    assert not is_wrong("106141412345678908")
    assert is_wrong("106141412345678907")
    assert not is_wrong("CARTON-1")


def test_cartons_on_a_pallet() -> None:
    """A pallet holds what its cartons hold; a carton stands in one place; unpacking the pallet leaves the cartons."""
    world = ready()
    world.told(pack("C1", packed(lot="L1")))
    world.told(pack("C2", packed("#2")))
    event = only(world.told(pack("P1", packed(), packages=("C1", "C2"), kind=PackageKind.PALLET)), PackagesChanged)
    assert [(one.package, one.quantity) for one in event.packages[0].contents] == [(None, 2), ("C1", 6), ("C2", 4)]
    assert (package(world, "C1").parent, world.get("#1").state) == ("P1", OrderState.PACKED)
    assert world.refused(pack("P2", packages=("C1",))) == (Code.NOT_AVAILABLE, "packages.0")
    world.told(unpack("C2"))
    assert [one.package for one in package(world, "P1").contents] == [None, "C1"]
    world.told(unpack("P1"))
    assert (package(world, "C1").parent, package(world, "C1").state) == (None, PackageState.OPEN)
    assert [part.packed for part in world.parts("#1")] == [6, 0]
    assert world.refused(pack("P1", packages=("P1",))) == (Code.FIELD_INVALID, "packages")
    world.told(pack("P1", packages=("C1",)))
    assert package(world, "P1").state is PackageState.OPEN


def test_shipment_by_package() -> None:
    """An order without lines leaves with what the packages named hold of it; the rest stays picked."""
    world = ready()
    world.told(pack("C1", packed(lot="L1")))
    world.told(pack("P1", packages=("C1",), kind=PackageKind.PALLET))
    said = world.ship("#1", packages=(ShippedPackage("P1"), ShippedPackage("OTHER"), ShippedPackage(None)))
    events = world.told(said)
    assert kinds(events) == ["ShipmentConfirmed", "PackagesChanged"]
    assert [(one.lot, one.quantity, one.package) for one in only(events, ShipmentConfirmed).shipped] == [
        ("L1", 6, "C1")
    ]
    assert world.get("#1").state is OrderState.PARTLY_SHIPPED
    assert {package(world, name).state for name in ("C1", "P1")} == {PackageState.SHIPPED}
    assert world.refused(unpack("C1")) == (Code.ALREADY_SHIPPED, "package")
    world.told(world.ship("#2", packages=(ShippedPackage("P1"),), shipment="S2"))
    assert world.get("#2").state is OrderState.SHIPPED
    world.told(world.ship("#1", shipment="S3"))
    assert world.get("#1").state is OrderState.SHIPPED


def test_a_carton_of_two_orders() -> None:
    """Each order leaves with its own part of a carton; an order that nothing went in for is not told of."""
    world = ready()
    events = world.told(pack("C1", packed("#1"), packed("#2", lot="L9"), happened=True))
    assert kinds(events) == ["PackagesChanged", "OrderPacked", "DiscrepancyNoted"]
    world.told(unpack("C1"))
    world.told(pack("C1", packed("#1"), packed("#2")))
    shipped = only(world.told(world.ship("#2", packages=(ShippedPackage("C1"),))), ShipmentConfirmed).shipped
    assert [(one.lot, one.quantity) for one in shipped] == [("L2", 4)]
    assert world.get("#1").state is OrderState.PACKED


def test_what_left_otherwise_is_not_shipped_again_with_its_package() -> None:
    """Packed goods that left by line are gone from the order: their package is refused, and unpacked."""
    world = ready()
    world.told(pack("C1", packed("#2")))
    world.told(world.ship("#2", ShippedLine("1", "L2", Decimal(1))))
    assert [(part.picked, part.packed) for part in world.parts("#2")] == [(3, 3)]
    world.told(world.ship("#2", ShippedLine("1", "L2", Decimal(3)), shipment="S2"))
    said = world.ship("#2", packages=(ShippedPackage("C1"),), shipment="S3", happened=True)
    assert "not_reserved" in [event.code for event in world.told(said) if isinstance(event, DiscrepancyNoted)]
    assert kinds(world.told(unpack("C1"))) == ["PackagesChanged"]


def test_what_was_picked_later_is_loose_when_the_carton_leaves() -> None:
    """Goods of a task that lay in the carton leave with it; those that were picked since are packed after it."""
    world = World()
    world.stock(goods("L1", 6, "B1"))
    world.place("#1", wanted(quantity=3))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(1))))
    world.told(pack("C1", packed()))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(1))))
    world.told(world.ship("#1", packages=(ShippedPackage("C1"),)))
    assert [(part.quantity, part.picked, part.packed) for part in world.parts("#1")] == [(2, 1, 0)]
    world.told(pack("C2", packed()))
    assert [one.quantity for one in package(world, "C2").contents] == [1]


def test_what_a_carton_left_behind_is_loose() -> None:
    """A carton leaves with less than it held: the rest is loose, and another carton's goods stay in it."""
    world = ready()
    world.told(pack("C1", packed(quantity=4, lot="L1")))
    world.told(pack("C2", packed(quantity=1, lot="L1")))
    lines = (ShippedLine("1", "L1", Decimal(1)), ShippedLine("1", "L1", Decimal(2)))
    world.told(world.ship("#1", *lines, packages=(ShippedPackage("C1"),)))
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(3, 1), (2, 0)]
    assert (package(world, "C1").state, package(world, "C2").state) == (PackageState.SHIPPED, PackageState.OPEN)


def test_a_carton_of_an_order_that_stays_does_not_leave() -> None:
    """A shipment that names a carton of another order leaves it where it is, and that order can have it unpacked."""
    world = ready()
    world.told(pack("C1", packed("#2")))
    world.told(world.ship("#1", packages=(ShippedPackage("C1"),)))
    assert package(world, "C1").state is PackageState.OPEN
    world.told(unpack("C1"))
    assert [part.packed for part in world.parts("#2")] == [0]


def test_a_carton_of_goods_that_are_not_named_does_not_leave() -> None:
    """Other goods of the order leave, and its carton is named: what lies in that is packed, and is here."""
    world = ready()
    world.told(pack("C1", packed(lot="L1")))
    world.told(world.ship("#1", ShippedLine("1", "L2", Decimal(2)), packages=(ShippedPackage("C1"),)))
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(6, 6)]
    assert package(world, "C1").state is PackageState.OPEN


def test_held_goods_do_not_leave_in_a_carton() -> None:
    """The ship check asks of packed goods what it asks of picked ones; a recall takes them out of the order."""
    world = ready()
    world.told(pack("C1", packed("#2")))
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L2"))
    said = world.ship("#2", packages=(ShippedPackage("C1"),))
    assert world.refused(said) == (Code.ON_HOLD, "orders.0.lot")
    world.told(PlaceHold("R", HoldKind.RECALL, None, "L2"))
    assert world.parts("#2") == []
    assert world.refused(said) == (Code.NOT_RESERVED, "orders.0.order")


@pytest.fixture
def sets() -> World:
    """A world where order #1 has three sets of two cups and some tea, one of them assembled, all picked."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("SET", decimals=1, kit={"CUP": Decimal(2), "TEA": Decimal(1)})))
    world.stock(goods("K", 1, sku="SET"), goods("C", 4, sku="CUP"), goods("T", 2))
    world.place("#1", wanted(quantity=3, sku="SET"))
    world.told(world.pick("#1", *[PickLine(None, "1", None, None, Decimal(3))]))
    return world


def inside(world: World, name: str) -> dict[str, int]:
    """What is in a package, by SKU, in smallest units."""
    return {content.row.sku: content.quantity for content in package(world, name).contents}


def test_kits_are_packed_whole(sets: World) -> None:
    """A quantity of a kit line is one of kits: assembled ones go in first, then all components of the others."""
    sets.told(pack("C1", packed(quantity=2)))
    assert inside(sets, "C1") == {"SET": 10, "CUP": 2, "TEA": 1}
    assert sets.get("#1").state is OrderState.PICKED
    assert sets.refused(pack("C2", packed(quantity=2, line="1"))) == (Code.NOT_RESERVED, "lines.0.quantity")
    sets.told(pack("C2", packed(quantity=1, line="1", sku="SET")))
    assert inside(sets, "C2") == {"CUP": 2, "TEA": 1}
    assert sets.get("#1").state is OrderState.PACKED


def test_components_are_packed_one_by_one(sets: World) -> None:
    """A SKU, a lot or a task says which component goes in, in units of it; the rest goes in by itself."""
    tea = next(part.task for part in sets.parts("#1") if part.row.sku == "TEA")
    sets.told(pack("C1", packed(quantity=3, sku="CUP"), packed(quantity=1, task=tea)))
    assert inside(sets, "C1") == {"CUP": 3, "TEA": 1}
    sets.told(pack("C2", packed(quantity=1, lot="T")))
    sets.told(pack("C3", packed()))
    assert (inside(sets, "C2"), inside(sets, "C3")) == ({"TEA": 1}, {"SET": 10, "CUP": 1})
    assert sets.get("#1").state is OrderState.PACKED


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (packed(quantity="1.5"), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (packed(quantity="0.01"), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (packed(quantity=1, unit="crate"), Code.UNKNOWN_UNIT, "lines.0.unit"),
    ],
)
def test_kits_that_do_not_go_in(sets: World, said: PackedLine, code: Code, field: str) -> None:
    """Half a kit is no kit, and of a unit that nobody has defined nobody knows how many kits it is."""
    assert sets.refused(pack("C1", said)) == (code, field)


def test_kits_that_went_in_uncounted_are_kept_for_a_person(sets: World) -> None:
    """Half a kit went in, as it was told: a person reads what was said, all of it stays loose, and the rest goes in."""
    half, tea = packed(quantity="1.5", unit="each", line="1"), packed(quantity=1, sku="TEA")
    events = sets.told(pack("C1", half, tea, happened=True))
    noted = only(events, DiscrepancyNoted)
    assert noted.code == Code.NOT_A_MULTIPLE
    assert noted.about == {
        "order": "#1", "source": "shop", "line": "1", "quantity": "1.5", "unit": "each", "package": "C1",
    }  # fmt: skip
    assert inside(sets, "C1") == {"TEA": 1}
    assert sum(part.packed for part in sets.parts("#1")) == 1


def test_a_quantity_of_several_goods_is_not_clear() -> None:
    """An order of two SKUs: so many of which is not said, and is asked for; what has happened is told to a person."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.stock(goods("C", 4, sku="CUP"), goods("T", 2))
    world.place("#1", wanted(quantity=2, sku="CUP"), wanted("2", quantity=2))
    world.told(world.pick("#1"))
    said = pack("C1", packed(quantity=2))
    assert world.refused(said) == (Code.FIELD_MISSING, "lines.0.sku")
    assert kinds(world.told(replace(said, happened=True))) == ["DiscrepancyNoted"]
    world.told(pack("C1", packed(quantity=2, sku="TEA")))
    assert inside(world, "C1") == {"TEA": 2}


def test_kits_leave_by_their_packages(sets: World) -> None:
    """A shipment of cartons tells whole kits, and component by component which carton they lie in."""
    sets.told(pack("C1", packed(quantity=2)))
    sets.told(pack("C2", packed(quantity=1, sku="CUP")))
    sets.told(pack("C3", packed()))
    told = []
    for number in ("C1", "C2", "C3"):
        said = sets.ship("#1", shipment=f"S-{number}", packages=(ShippedPackage(number),))
        left = only(sets.told(said), ShipmentConfirmed)
        told.append(({part.sku: part.quantity for part in left.shipped}, left.lines[0].shipped, left.state))
        assert {part.package for part in left.shipped} == {number}
    assert told == [
        ({"SET": 10, "CUP": 2, "TEA": 1}, 20, OrderState.PARTLY_SHIPPED),
        ({"CUP": 1}, 0, OrderState.PARTLY_SHIPPED),
        ({"CUP": 1, "TEA": 1}, 10, OrderState.SHIPPED),
    ]


def test_a_task_that_is_packed_and_joined() -> None:
    """Packed goods stay packed when more of their task joins them at the same place."""
    world = World()
    world.stock(goods("L1", 9))
    world.place("#1", wanted(quantity=9))
    whole = world.pick("#1").lines[0]
    world.told(world.pick("#1", replace(whole, quantity=Decimal(4))))
    world.told(pack("C1", packed()))
    world.told(world.pick("#1", replace(whole, quantity=Decimal(5))))
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(9, 4)]
    assert world.get("#1").state is OrderState.PICKED


def test_a_package_that_can_have_no_number_is_kept_as_an_exception() -> None:
    """Goods were packed that nobody can name the package of: a person is told, and they stay loose in the books."""
    world = ready()
    said = PackPackage(SITE, False, "packer", None, None, PackageKind.CARTON, (PackedLine(key("#1")),))
    assert world.refused(said) == (Code.FIELD_MISSING, "package")
    assert kinds(world.told(replace(said, happened=True))) == ["DiscrepancyNoted"]


def test_a_package_lighter_than_nothing() -> None:
    """A weight below zero is refused where goods are packed and where they leave."""
    world = ready()
    assert world.refused(pack("C1", packed(), weight_kg=Decimal(-1))) == (Code.FIELD_INVALID, "weight_kg")
    leaving = world.ship("#1", packages=(ShippedPackage(None, None, Decimal(-1)),))
    assert world.refused(leaving) == (Code.FIELD_INVALID, "packages.0.weight_kg")
