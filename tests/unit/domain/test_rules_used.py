"""What is kept of the rules that decided a line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.commands import DefineCustomer, DefineItem
from lotstream.domain.events import LineDecision, OrderRecorded, RuleUsed
from lotstream.domain.model import Customer, Item, LifeFrom, PackRule, Settings, ZoneRule, ZoneUse
from tests.unit.domain.build import TODAY, World, goods, only, wanted

#: The day from which a minimum counts where nobody says when it ships.
TODAYS = ("life_from", "2026-09-01", "today")


def decided(settings: Settings, customer: Customer, **line: Any) -> LineDecision:  # noqa: ANN401 - what a line says
    """What is decided for a line of a customer's order."""
    world = World(settings)
    world.told(DefineCustomer(customer))
    world.stock(goods("A", 9, made=TODAY))
    return only(world.place("#1", wanted(quantity=2, **line), customer="C"), OrderRecorded).decisions[0]


def test_usual_rules_are_not_kept() -> None:
    """A line without rules of its own, of its customer's or its owner's keeps none."""
    assert decided(Settings(), Customer("C")).rules == ()
    world = World()
    world.stock(goods("A", 1), goods("B", 1))
    assert only(world.place("#1", wanted(quantity=2)), OrderRecorded).decisions[0].rules == ()


@pytest.mark.parametrize(
    ("settings", "customer", "line", "rules"),
    [
        (Settings(min_days_left=5), Customer("C"), {}, [("min_days_left", "5", "settings"), TODAYS]),
        (Settings(min_days_left=5), Customer("C", min_days_left=6), {}, [("min_days_left", "6", "customer"), TODAYS]),
        (
            Settings(), Customer("C", min_days_left=6, min_days_left_by_sku={"TEA": 7}), {},
            [("min_days_left", "7", "customer and SKU"), TODAYS],
        ),
        (
            Settings(), Customer("C", min_days_left=6, life_from=LifeFrom.DELIVERY, transit_days=2),
            {"min_days_left": 8},
            [("min_days_left", "8", "line"), ("transit_days", "2", "customer"), ("life_from", "2026-09-03", "today")],
        ),
        (
            Settings(min_days_left=5), Customer("C"), {"ship_date": TODAY + timedelta(days=3)},
            [("min_days_left", "5", "settings"), ("life_from", "2026-09-04", "line")],
        ),
        (
            Settings(min_days_left=5), Customer("C"), {"ship_date": TODAY - timedelta(days=3)},
            [("min_days_left", "5", "settings"), TODAYS],
        ),
        (Settings(min_pct_left=Decimal("12.5")), Customer("C"), {}, [("min_pct_left", "12.5", "settings"), TODAYS]),
        (Settings(), Customer("C", single_lot=True), {"max_lots": 3}, [("max_lots", "1", "customer")]),
        (Settings(), Customer("C", max_lots=4), {"max_lots": 3}, [("max_lots", "3", "line")]),
        (Settings(), Customer("C", exclude_returned=True), {}, [("exclude_returned", "", "customer")]),
        (
            Settings(), Customer("C", no_older_than_last_shipped=True, last_shipped_expiry={"TEA": TODAY}), {},
            [("no_older_than_last_shipped", "2026-09-01", "customer")],
        ),
        (Settings(pack_rule=PackRule.COVER), Customer("C"), {"min_days_left": 1},
         [("min_days_left", "1", "line"), TODAYS, ("pack_rule", "cover", "settings")]),
        (
            Settings(zone_rules=(ZoneRule("X", ZoneUse.EMPTY_BIN), ZoneRule("BIN"))), Customer("C"), {},
            [("zone_rules", "X (empty_bin), BIN (default)", "settings")],
        ),
    ],
)  # fmt: skip
def test_rules_are_kept_with_who_made_them(
    settings: Settings, customer: Customer, line: dict[str, Any], rules: list[tuple[str, str, str]]
) -> None:
    """Each rule that bound a line is kept by its name, with what it says and the narrowest place that said it."""
    assert decided(settings, customer, **line).rules == tuple(RuleUsed(*rule) for rule in rules)


def test_an_items_minimum_is_the_items() -> None:
    """A minimum that the item sets is kept as the item's."""
    world = World()
    world.told(DefineItem(Item("OIL", min_days_left=3)))
    world.stock(goods("A", 9, sku="OIL", expires=TODAY + timedelta(days=3)))
    (decision,) = only(world.place("#1", wanted(sku="OIL")), OrderRecorded).decisions
    assert decision.rules == (RuleUsed("min_days_left", "3", "item"), RuleUsed(*TODAYS))
