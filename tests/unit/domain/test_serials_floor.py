"""Units by serial number that go back to their bin, or come back from a shipment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, PickLine, ScanLot, ShippedLine, UndoPick, VoidShipment
from lotstream.domain.model import SerialState
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, key
from tests.unit.domain.test_serials import PUMP, held, pump, pumps, unit


@pytest.fixture
def world() -> World:
    """An owner with pumps that have serial numbers."""
    world = World()
    world.told(DefineItem(PUMP))
    return world


def test_a_unit_goes_back_to_its_bin_and_comes_back_from_a_shipment(world: World) -> None:
    """An undone pick forgets the numbers that were read, not one that is wanted; a voided shipment has them again."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump("A"), pump(quantity=1, line="2"))
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("A",))))
    world.told(world.pick("1", PickLine(None, "2", None, None, Decimal(1), serials=("B",))))
    world.told(UndoPick(SITE, False, None, None, key("1")))
    assert held(world, "1") == [("L1", 10, ("A",)), ("L1", 10, ())]
    assert (unit(world, "A").state, unit(world, "B").order) == (SerialState.IN_STOCK, None)
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("A",))))
    world.told(world.pick("1", PickLine(None, "2", None, None, Decimal(1), serials=("C",))))
    world.told(world.ship("1"))
    assert unit(world, "C").state is SerialState.SHIPPED
    world.told(VoidShipment(SITE, False, None, None, "S1"))
    assert held(world, "1") == [("L1", 10, ("A",)), ("L1", 10, ("C",))]
    assert (unit(world, "C").state, unit(world, "C").order, unit(world, "C").shipment) == (
        SerialState.PICKED,
        "1",
        None,
    )
    world.cancel("1")
    world.told(world.ship("1", ShippedLine("1", "L1", Decimal(1), serials=("B",)), happened=True, shipment="S2"))
    world.told(VoidShipment(SITE, False, None, None, "S2"))
    assert unit(world, "B").state is SerialState.IN_STOCK


def test_a_line_that_wants_one_unit_takes_no_other_lot(world: World) -> None:
    """A scan does not swap the unit that a line names."""
    world.stock(pumps("L1", "A"), pumps("L2", "B"))
    world.place("1", pump("A"))
    scan = ScanLot(SITE, False, None, None, key("1"), "L2")
    assert world.refused(scan) == (Code.LOT_NOT_ALLOWED, "scanned")
