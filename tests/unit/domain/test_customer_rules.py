"""What a customer accepts: lots, life, returned goods, and nothing older than what it got before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineCustomer, DefineItem, DefineSite
from lotstream.domain.model import Calendar, Customer, Item, LifeFrom, Policy, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, wanted


def in_days(days: int) -> date:
    """A day from today on."""
    return TODAY + timedelta(days=days)


def world_with(**rules: Any) -> World:  # noqa: ANN401 - rules of any kind
    """A warehouse with a customer and three lots that live 10, 20 and 40 days more, made 60 days ago."""
    world = World()
    world.told(DefineCustomer(Customer("SHOP", **rules)))
    made = in_days(-60)
    world.stock(*(goods(f"D{days}", 5, expires=in_days(days), made=made) for days in (10, 20, 40)), goods("NONE"))
    return world


def first_lot(world: World, number: str = "#1", **more: Any) -> str | None:  # noqa: ANN401
    """The lot that an order of the customer gets."""
    world.place(number, wanted(quantity=1, **more), customer="SHOP")
    return world.lots(number)[0][0]


@pytest.mark.parametrize(
    ("days", "transit", "lot"),
    [(10, 0, "D10"), (10, 1, "D20"), (8, 2, "D10"), (8, 3, "D20"), (0, 10, "D10"), (0, 11, "D20")],
)
def test_life_counts_from_the_delivery(days: int, transit: int, lot: str) -> None:
    """With so many days on the road, so many days more must be left; equality is enough, also for a minimum of 0."""
    rules = {"min_days_left": days, "life_from": LifeFrom.DELIVERY, "transit_days": transit}
    assert first_lot(world_with(**rules)) == lot
    assert first_lot(world_with(**{**rules, "life_from": LifeFrom.SHIP})) == "D10"


def test_days_on_the_road_ask_for_no_life_by_themselves() -> None:
    """A customer who counts from the delivery and has no minimum takes what is good on the day it leaves."""
    assert first_lot(world_with(life_from=LifeFrom.DELIVERY, transit_days=30)) == "D10"


def test_percent_counts_from_the_delivery() -> None:
    """Of a life of 80 days, 20 are left: a quarter on the ship date, less after a day on the road."""
    quarter = {"min_pct_left": Decimal(25)}
    assert first_lot(world_with(**quarter)) == "D20"
    assert first_lot(world_with(**quarter, life_from=LifeFrom.DELIVERY, transit_days=1)) == "D40"


def test_percent_by_sku_is_narrower_than_the_customers() -> None:
    """A SKU's own percentage counts before the customer's, and after the line's."""
    world = world_with(min_pct_left=Decimal(99), min_pct_left_by_sku={"TEA": Decimal(25)})
    assert first_lot(world) == "D20"
    assert first_lot(world, "#2", min_pct_left=Decimal(1)) == "D10"
    world.told(DefineItem(Item("OIL")))
    world.stock(goods("O1", sku="OIL", made=in_days(-1)), balance="more")
    world.place("#3", wanted(sku="OIL"), customer="SHOP")
    assert world.lots("#3") == []


def test_lot_limit_is_the_least_of_line_and_customer() -> None:
    """A customer who takes one lot a line gets one, whatever the line allows."""
    world = world_with(max_lots=1)
    world.place("#1", wanted(quantity=6, max_lots=1), customer="SHOP")
    world.place("#2", wanted(quantity=6), customer="SHOP")
    assert world.lots("#1") == [("NONE", 6)]
    assert world.lots("#2") == []


def test_a_change_leaves_a_customer_with_one_lot() -> None:
    """What an order holds of a second lot is given back when it goes to a customer who takes one."""
    world = world_with(single_lot=True)
    world.place("#1", wanted(quantity=8), version="1")
    world.place("#1", wanted(quantity=5), version="2", customer="SHOP")
    assert world.lots("#1") == [("D10", 5)]


def test_a_change_leaves_a_line_with_as_many_lots_as_it_may_have() -> None:
    """Of three lots a line keeps the first two when its newer version takes no more than two."""
    world = world_with()
    world.place("#1", wanted(quantity=13), version="1")
    assert world.lots("#1") == [("D10", 5), ("D20", 5), ("NONE", 3)]
    world.place("#1", wanted(quantity=10, max_lots=2), version="2")
    assert world.lots("#1") == [("D10", 5), ("D20", 5)]


def test_what_was_shipped_is_kept_until_something_later_is() -> None:
    """The mark rises with each shipment and never falls; a customer without the rule has none."""
    world = world_with(no_older_than_last_shipped=True)
    world.told(DefineCustomer(Customer("KIOSK")))
    for number, lot, customer in (("#1", "D40", "SHOP"), ("#2", "D20", "KIOSK"), ("#3", "NONE", "SHOP")):
        world.place(number, wanted(quantity=1, lot=lot), customer=customer)
    for number in ("#1", "#2"):
        world.told(world.ship(number, shipment=number))
    assert world.ledger.last_shipped == {("SHOP", "TEA"): in_days(40)}
    world.place("#4", wanted(quantity=9), customer="SHOP")
    assert world.lots("#4") == [("D40", 4)]
    world.told(DefineCustomer(Customer("SHOP", version=2)))
    world.place("#5", wanted(quantity=1), customer="SHOP")
    assert world.lots("#5") == [("D10", 1)]


def test_an_order_that_was_promised_older_goods_is_still_shipped() -> None:
    """The rule is asked when stock is promised: of two open orders the one with older goods may leave last."""
    world = world_with(no_older_than_last_shipped=True)
    world.place("#1", wanted(quantity=1), customer="SHOP")
    world.place("#2", wanted(quantity=1, lot="D20"), customer="SHOP")
    world.told(world.ship("#2", shipment="S2"))
    world.told(world.ship("#1", shipment="S1"))
    assert world.get("#1").lines[0].shipped == 1
    assert world.ledger.last_shipped == {("SHOP", "TEA"): in_days(20)}


def test_what_was_shipped_survives_a_restart() -> None:
    """Played from the journal, the mark is the same."""
    world = world_with(no_older_than_last_shipped=True)
    world.place("#1", wanted(quantity=1), customer="SHOP")
    world.told(world.ship("#1"))
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before
    assert world.warehouse.ledger.last_shipped == {("SHOP", "TEA"): in_days(10)}


def test_a_sites_policy_counts_before_the_owners_and_after_the_items() -> None:
    """Policy is found on the line, else order, customer, item, site, and last in the owner's settings."""
    world = World(Settings(policy=Policy.LIFO))
    world.told(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED, version=2, policy=Policy.NEWEST_EXPIRY)))
    world.stock(goods("OLD", received=in_days(-9)), goods("NEW", expires=in_days(90), received=in_days(-20)))
    world.place("#1", wanted(quantity=1))
    assert world.lots("#1") == [("NEW", 1)]
    world.told(DefineItem(Item("TEA", version=2, policy=Policy.FEFO, units={"case": Decimal(6)})))
    world.place("#2", wanted(quantity=1))
    assert world.lots("#2") == [("OLD", 1)]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"min_pct_left_by_sku": {"TEA": Decimal(101)}}, "customer.min_pct_left_by_sku.TEA"),
        ({"min_days_left_by_sku": {"TEA": -1}}, "customer.min_days_left_by_sku.TEA"),
        ({"transit_days": -1}, "customer.transit_days"),
        ({"max_lots": 0}, "customer.max_lots"),
    ],
)
def test_rules_that_nothing_can_meet_are_refused(rules: dict[str, Any], field: str) -> None:
    """A percentage above 100, days below 0 and a limit of no lot are refused by name."""
    assert World().refused(DefineCustomer(Customer("SHOP", **rules))) == (Code.FIELD_INVALID, field)
