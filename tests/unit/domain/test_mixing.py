"""What may lie where: storage classes, hazard classes, and what must not lie together."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    DefineItem,
    DefineLocation,
    MoveStock,
    PutAway,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted, GoodsPutAway
from lotstream.domain.model import Item, Location, Mixing, Settings
from lotstream.domain.places_for import PlaceRules, rules_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted

CONFLICTS = (("acid", "base"), ("bang", "bang"))


def place(name: str, **more: Any) -> DefineLocation:
    """A place of the site."""
    return DefineLocation(Location(SITE, name, **more))


def world(*items: Item) -> World:
    """A world with some items more, and a place for each of them."""
    made = World(Settings(hazard_conflicts=CONFLICTS))
    for item in items:
        made.told(DefineItem(item))
    return made


def moved(to: str, quantity: object = 1, *, happened: bool = False, lot: str | None = "L1", **more: Any) -> MoveStock:
    """A move of tea to a place."""
    line = StockLine("1", more.pop("sku", "TEA"), lot, more.pop("location", "BIN"), Decimal(str(quantity)), to=to)
    return MoveStock(SITE, happened, "truck", None, more.pop("number", "M1"), (line,))


@pytest.mark.parametrize(
    ("item", "bin_", "ok"),
    [
        pytest.param({"storage": "cold"}, {"storage": ("cold", "dry")}, True, id="a class it takes"),
        pytest.param({"storage": "cold"}, {"storage": ("dry",)}, False, id="another class"),
        pytest.param({}, {"storage": ("cold",)}, False, id="goods of no class"),
        pytest.param({"storage": "cold"}, {}, True, id="a place nobody says anything of"),
        pytest.param({"hazard": "acid"}, {"hazards": ("acid",)}, True, id="a hazard it takes"),
        pytest.param({"hazard": "acid"}, {"hazards": ("bang",)}, False, id="another hazard"),
        pytest.param({}, {"hazards": ("acid",)}, True, id="harmless goods"),
    ],
)
def test_classes_of_goods_and_places(item: dict[str, Any], bin_: dict[str, Any], ok: bool) -> None:
    """A place that names classes takes those alone, and none that have no storage class; harmless goods go anywhere."""
    made = world(Item("TEA", version=2, **item))
    made.told(place("COOL", **bin_))
    asked = made.receipt(goods("L1", location="COOL"), happened=False)
    if ok:
        made.told(asked)
    else:
        assert made.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.location")


def test_what_an_area_says_counts_for_its_bins() -> None:
    """The nearest that says something decides, for each kind of rule by itself."""
    made = World()
    made.told(place("HALL", storage=("dry",), hazards=("acid",), mixing=Mixing.ONE_SKU))
    made.told(place("ROW", parent="HALL", mixing=Mixing.ONE_LOT))
    made.told(place("B1", parent="ROW", storage=("cold",)))
    assert rules_of(made.ledger.sites, SITE, "B1") == PlaceRules(("cold",), ("acid",), Mixing.ONE_LOT)
    assert rules_of(made.ledger.sites, SITE, "ELSEWHERE") == PlaceRules()


def test_what_has_come_in_is_booked_where_it_is() -> None:
    """Goods that lie where they must not are there and may be used; a person is told where they lie."""
    made = world(Item("TEA", version=2, storage="cold"))
    made.told(place("OVEN", storage=("hot",)))
    events = made.told(made.receipt(goods("L1", location="OVEN")))
    assert kinds(events) == ["StockReceived", "DiscrepancyNoted"]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["location"], noted.about["lot"]) == ("lot_not_allowed", "OVEN", "L1")
    assert made.row("L1", "OVEN").on_hand == 10
    assert kinds(made.told(made.receipt(goods("L1", location="OVEN")))) == []


@pytest.mark.parametrize(
    ("first", "second", "ok"),
    [
        ("acid", "base", False),
        ("base", "acid", False),
        ("bang", "bang", False),
        ("acid", "acid", True),
        ("acid", None, True),
    ],
)
def test_hazards_that_must_not_lie_together(first: str, second: str | None, ok: bool) -> None:
    """Goods of two classes that must not lie together are refused whichever comes second; others may share a bin."""
    made = world(Item("TEA", version=2, hazard=first), Item("JAM", hazard=second))
    made.told(made.receipt(goods("L1")))
    asked = made.receipt(goods("L1", sku="JAM"), number="R2", happened=False)
    if ok:
        made.told(asked)
    else:
        assert made.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.location")


@pytest.mark.parametrize("by", ["item", "resident", "place"])
@pytest.mark.parametrize(
    ("mixing", "sku", "lot", "ok"),
    [
        (Mixing.ONE_SKU, "JAM", "L1", False),
        (Mixing.ONE_SKU, "TEA", "L2", True),
        (Mixing.ONE_LOT, "TEA", "L2", False),
        (Mixing.ONE_LOT, "TEA", None, False),
        (Mixing.ONE_LOT, "TEA", "L1", True),
        (Mixing.ANY, "JAM", "L1", True),
    ],
)
def test_what_must_not_be_mixed(mixing: Mixing, sku: str, lot: str | None, ok: bool, by: str) -> None:
    """One item, or one lot, to a bin: said by the goods that come, by those that lie there, or by the place."""
    made = world(
        Item("TEA", version=2, mixing=Mixing.ANY if by == "place" or (by == "item" and sku == "JAM") else mixing),
        Item("JAM", mixing=mixing if by == "item" else Mixing.ANY),
    )
    if by == "place":
        made.told(place("BIN", mixing=mixing))
    made.stock(goods("L1"))
    made.stock(goods(lot, sku=sku, location="FAR"), balance="more")
    asked = moved("BIN", sku=sku, lot=lot, location="FAR")
    if ok:
        made.told(asked)
    else:
        assert made.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.to")
    events = made.told(moved("BIN", sku=sku, lot=lot, location="FAR", happened=True, number="M2"))
    assert ("DiscrepancyNoted" in kinds(events)) is not ok
    assert "StockMoved" in kinds(events)


def test_an_empty_bin_is_free_for_others() -> None:
    """What has gone does not stand in the way, and what stands at the staging place asks nobody."""
    made = world(Item("TEA", version=2, mixing=Mixing.ONE_LOT))
    made.stock(goods("L1", 4, "B1"), goods("L2", 4, "B2"))
    assert made.refused(moved("B1", 4, location="B2", lot="L2"))[0] is Code.LOT_NOT_ALLOWED
    made.told(moved("B3", 4, location="B1"))
    made.told(moved("B1", 4, location="B2", lot="L2", number="M2"))
    made.place("#1")
    made.told(made.pick("#1"))


def test_lines_of_one_document_know_of_each_other() -> None:
    """Two lots for one bin are refused on the second line; at the dock everything waits together."""
    made = world(Item("TEA", version=2, mixing=Mixing.ONE_LOT))
    two = (goods("L1", location="B1"), goods("L2", location="B1"))
    assert made.refused(made.receipt(*two, happened=False)) == (Code.LOT_NOT_ALLOWED, "lines.1.location")
    made.told(made.receipt(goods("L1", location=None), goods("L2", location=None), happened=False))
    lines = tuple(StockLine(lot, "TEA", lot, "DOCK", Decimal(10), to="B1") for lot in ("L1", "L2"))
    assert made.refused(PutAway(SITE, False, None, None, "P1", lines)) == (Code.LOT_NOT_ALLOWED, "lines.1.to")
    events = made.told(PutAway(SITE, True, "truck", None, "P1", lines, "task-1"))
    put = only(events, GoodsPutAway)
    assert (put.task, put.number, len(put.moves)) == ("task-1", "P1", 2)
    assert made.told(PutAway(SITE, True, "truck", None, "P1", lines, "task-1")) == ()


def test_rules_come_and_go_with_their_items_and_places() -> None:
    """An item that says nothing any more, and a place that is defined anew, forbid nothing."""
    made = world(Item("TEA", version=2, mixing=Mixing.ONE_LOT), Item("JAM", storage="cold"))
    made.told(place("B1", storage=("cold",)))
    asked = made.receipt(goods("L1", location="B1"), happened=False)
    assert made.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.location")
    made.told(place("B1", version=2))
    made.told(DefineItem(Item("TEA", version=3, units={"case": Decimal(6)})))
    made.told(DefineItem(Item("JAM", version=2)))
    made.told(asked)
    made.told(made.receipt(goods("L2", location="B1"), number="R2", happened=False))
    made.told(ChangeSettings(Settings()))


def test_what_comes_back_lies_where_it_may() -> None:
    """Goods of another class than a place takes are refused when asked; what was put there is told of."""
    made = world(Item("TEA", version=2, storage="cold"))
    made.told(place("HOT", storage=("hot",)))
    made.stock(goods("L1"))
    made.place("1", wanted(quantity=2))
    made.told(made.ship("1", ShippedLine("1", "L1", Decimal(2))))
    line = StockLine("1", "TEA", "L1", "HOT", Decimal(1))
    asked = ReturnGoods(SITE, False, "dock", None, "RT1", key("1"), (line,))
    assert made.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.location")
    events = made.told(replace(asked, happened=True))
    assert (kinds(events)[:1], only(events, DiscrepancyNoted).code) == (["GoodsReturned"], Code.LOT_NOT_ALLOWED)
    assert made.row("L1", "HOT").on_hand == 1
