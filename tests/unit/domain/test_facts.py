"""Owners, settings, items and customers are defined."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import ChangeSettings, DefineCustomer, DefineItem, DefineOwner
from lotstream.domain.model import CountApproval, Customer, Item, Policy, Settings, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, kinds, wanted


def test_owner_ranks_its_sites() -> None:
    """The ranking of sites is kept by settings that name none, and telling it again changes nothing."""
    world = World()
    assert kinds(world.told(DefineOwner((SITE, "B")))) == ["OwnerDefined"]
    assert world.told(DefineOwner((SITE, "B"))) == ()
    world.told(ChangeSettings(Settings(policy=Policy.FIFO)))
    assert (world.ledger.settings.policy, world.ledger.settings.sites) == (Policy.FIFO, (SITE, "B"))
    assert world.told(ChangeSettings(Settings(policy=Policy.FIFO))) == ()
    assert world.ledger.touched.owner is False


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (Settings(allocate="sometimes"), "settings.allocate"),
        (Settings(tie_break=("received", "colour")), "settings.tie_break.1"),
        (Settings(min_days_left=-1), "settings.min_days_left"),
        (Settings(min_pct_left=Decimal(-1)), "settings.min_pct_left"),
        (Settings(over_pick_pct=Decimal(-1)), "settings.over_pick_pct"),
        (Settings(count_approval=CountApproval(units=Decimal(-1))), "settings.count_approval.units"),
        (Settings(count_approval=CountApproval(percent=Decimal(-1))), "settings.count_approval.percent"),
    ],
)
def test_settings_that_cannot_be_obeyed(settings: Settings, field: str) -> None:
    """Settings that mean nothing, or that are not there yet, are refused by name."""
    assert World().refused(ChangeSettings(settings)) == (Code.FIELD_INVALID, field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"decimals": 10}, "item.decimals"),
        ({"decimals": -1}, "item.decimals"),
        ({"units": {"half": Decimal("0.5")}}, "item.units.half"),
        ({"units": {"none": Decimal(0)}}, "item.units.none"),
        ({"units": {"much": Decimal("Infinity")}}, "item.units.much"),
        ({"gtins": ("1", "00012345678905")}, "item.gtins.1"),
        ({"min_days_left": -1}, "item.min_days_left"),
    ],
)
def test_item_that_cannot_be_counted(change: dict[str, Any], field: str) -> None:
    """An item whose units do not come out, or whose GTIN belongs to another, is refused."""
    assert World().refused(DefineItem(replace(Item("JAM"), **change))) == (Code.FIELD_INVALID, field)


def test_item_versions_only_grow() -> None:
    """The same item again is no news; an older version is stale; the same version with other content is a conflict."""
    world = World()
    item = Item("JAM", version=2, gtins=("1",))
    world.told(DefineItem(item))
    assert world.told(DefineItem(item)) == ()
    assert world.refused(DefineItem(replace(item, version=1))) == (Code.STALE_VERSION, "item.version")
    assert world.refused(DefineItem(replace(item, description="x"))) == (Code.CONFLICTING_CONTENT, "item.version")
    world.told(DefineItem(replace(item, version=3, gtins=("2",))))
    world.told(DefineItem(Item("HONEY", gtins=("1",))))
    assert world.ledger.find_item(None, "1") == Item("HONEY", gtins=("1",))


@pytest.mark.parametrize("change", [{"base_unit": "g"}, {"decimals": 2}, {"tracking": Tracking.NONE}])
def test_base_unit_is_frozen_while_in_use(change: dict[str, Any]) -> None:
    """Base unit, decimals and tracking do not change while anything in memory counts the item, or did."""
    fields = Code.FIELD_INVALID, f"item.{next(iter(change))}"
    for use in ("stock", "lot", "order", "kit", "recipe", "told", "got", "nothing"):
        world = World()
        known = Item("JAM")
        world.told(DefineItem(known))
        if use == "stock":
            world.stock(goods("L1", sku="JAM"))
        elif use == "lot":
            world.stock(goods("L1", 0, sku="JAM"))
            assert not world.ledger.stock
        elif use == "order":
            world.place("#1", wanted(sku="JAM"))
        elif use in ("kit", "recipe"):
            world.told(DefineItem(Item("SET", **{use: {"JAM": Decimal(1)}})))  # type: ignore[arg-type]
        elif use == "told":
            world.ledger.told["JAM", "SITE", ""] = 5
        elif use == "got":
            world.ledger.last_shipped["C-1", "JAM"] = date(2026, 9, 30)
        changed = DefineItem(replace(known, version=2, **change))
        if use == "nothing" or (use in ("kit", "recipe") and "base_unit" not in change):
            assert kinds(world.told(changed)) == ["ItemDefined"]
        else:
            assert world.refused(changed) == fields


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"site": "NOWHERE"}, "customer.site"),
        ({"min_days_left_by_sku": {"TEA": -1}}, "customer.min_days_left_by_sku.TEA"),
        ({"min_pct_left": Decimal(200)}, "customer.min_pct_left"),
    ],
)
def test_customer_that_cannot_be_served(change: dict[str, Any], field: str) -> None:
    """A customer at an unknown site, or with a minimum that means nothing, is refused."""
    assert World().refused(DefineCustomer(replace(Customer("C"), **change))) == (Code.FIELD_INVALID, field)


def test_customer_versions_only_grow() -> None:
    """Customers have versions as items have."""
    world = World()
    customer = Customer("C", version=2, site=SITE, policy=Policy.FIFO)
    world.told(DefineCustomer(customer))
    assert world.told(DefineCustomer(customer)) == ()
    assert world.refused(DefineCustomer(replace(customer, version=1))) == (Code.STALE_VERSION, "customer.version")
    assert kinds(world.told(DefineCustomer(replace(customer, version=3, site=None)))) == ["CustomerDefined"]


@pytest.mark.parametrize(
    ("change", "field"), [({"decimals": 0}, "item.decimals"), ({"tracking": Tracking.SERIAL}, "item.tracking")]
)
def test_a_component_is_counted_in_steps_that_its_kits_come_out_in(change: dict[str, Any], field: str) -> None:
    """A kit with half of it keeps it countable in halves, in use or not; a finer step, and one without kits, may be."""
    world = World()
    cup = Item("CUP", decimals=1)
    world.told(DefineItem(cup))
    world.told(DefineItem(Item("SET", kit={"CUP": Decimal("0.5"), "POT": Decimal(1)})))
    changed = replace(cup, version=2, **change)
    assert world.refused(DefineItem(changed)) == (Code.FIELD_INVALID, field)
    world.told(DefineItem(replace(cup, version=2, decimals=2)))
    world.told(DefineItem(Item("SET", version=2, kit={"CUP": Decimal(2), "POT": Decimal(1)})))
    world.told(DefineItem(replace(changed, version=3)))


def test_a_component_that_is_defined_after_its_kit_is_taken_as_it_is() -> None:
    """A catalogue comes in any order; orders for the kit wait for a component that comes out whole."""
    world = World()
    world.told(DefineItem(Item("SET", kit={"CUP": Decimal("0.5")})))
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("CUP", version=2, description="blue")))
    world.told(DefineItem(Item("CUP", version=3, decimals=1)))
