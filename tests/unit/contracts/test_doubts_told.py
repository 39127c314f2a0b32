"""Goods that cannot be what they say are told to people once, with every place that somebody has to look at."""

from __future__ import annotations

from typing import Any

from lotstream.domain.commands import DefineItem
from lotstream.domain.model import Item, Tracking
from tests.unit.contracts.test_outgoing_lots import Told
from tests.unit.domain.build import goods, wanted
from tests.unit.domain.test_returns_blind import blind, said


def sold() -> Told:
    """Units SN1 and SN2 are there; SN1 has left for C-8."""
    told = Told()
    told.world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    told.world.stock(goods("P", 2, sku="PUMP", serials=("SN1", "SN2")), balance="pumps")
    told.world.place("P", wanted(sku="PUMP", quantity=1, serial="SN1"), customer=None)
    told.world.told(told.world.ship("P", shipment="SH"))
    told.bodies.clear()
    return told


def alerts(told: Told) -> list[dict[str, Any]]:
    """What people were told since the last look."""
    return [{"kind": one["alert"], **one["about"], "quantity": one["quantity"]} for one in told.all("alert")]


def test_a_doubtful_unit_that_came_back_is_one_alert() -> None:
    """A number that nobody has sold, and one that is in the house: the alert says where each of the two is."""
    told = sold()
    told.world.told(blind(said(1, "P", sku="PUMP", serials=("FAKE",)), number="R1", happened=True))
    told.world.told(blind(said(1, "P", sku="PUMP", serials=("SN2",)), number="R2", happened=True))
    fake, twice = alerts(told)
    common = {"kind": "counterfeit", "line": "1", "sku": "PUMP", "lot": "P", "location": "BACK", "quantity": "1"}
    assert fake == {**common, "return": "R1", "serial": "FAKE"}
    assert twice == {**common, "return": "R2", "serial": "SN2", "known_site": "SITE", "known_location": "BIN"}


def test_a_lot_that_never_left_is_one_alert() -> None:
    """With how much of it came, and where it waits."""
    told = sold()
    told.world.told(blind(said(3, "L9", sku="TEA"), happened=True))
    (alert,) = alerts(told)
    assert (alert["kind"], alert["lot"], alert["location"], alert["quantity"]) == ("counterfeit", "L9", "BACK", "3")


def test_a_unit_that_comes_in_twice_is_one_alert() -> None:
    """Where it waits, and whom its namesake has gone to."""
    told = sold()
    told.world.told(told.world.receipt(goods("P9", 1, sku="PUMP", serials=("SN1",))))
    (alert,) = alerts(told)
    assert (alert["kind"], alert["serial"], alert["location"]) == ("counterfeit", "SN1", "BIN")
    assert (alert["known_order"], alert["known_shipment"]) == ("P", "SH")
