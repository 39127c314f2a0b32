"""Kits are put together and taken apart: the right components, in the right quantities, both sides at once."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import AssembleKit, BreakKit, DefineItem, DefineLocation, KitPiece, PieceMade, PlaceHold
from lotstream.domain.costing import add_cost
from lotstream.domain.events import DiscrepancyNoted, KitAssembled, KitBroken, OrderAllocated, StockFound
from lotstream.domain.inspecting import WAITS
from lotstream.domain.model import HoldKind, Item, Location, LotMore, LotName, OrderState, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted

SET = Item("SET", units={"case": Decimal(4)}, kit={"CUP": Decimal(2), "POT": Decimal(1)})


@pytest.fixture
def world() -> World:
    """An owner with a set of two cups and a pot, and some of each."""
    world = World()
    for item in (Item("CUP"), Item("POT", tracking=Tracking.NONE), SET):
        world.told(DefineItem(item))
    world.stock(
        goods("C1", 8, sku="CUP", expires=TODAY + timedelta(days=9)), goods("C2", 3, "FAR", sku="CUP"),
        goods(None, 5, sku="POT", expires=None),
    )  # fmt: skip
    return world


def piece(line: str = "1", sku: str = "CUP", quantity: object = 4, lot: str | None = "C1", **more: Any) -> PieceMade:
    """A component."""
    return PieceMade(line, sku, lot, more.pop("location", None), Decimal(str(quantity)), **more)


POTS = piece("2", "POT", 2, None)


def assembly(*lines: KitPiece, happened: bool = False, **more: Any) -> AssembleKit:
    """Two sets of lot S, made at the bench."""
    made = AssembleKit(SITE, happened, "bench", None, "A1", "SET", "S", "BENCH", Decimal(2), lines or (piece(), POTS))
    return replace(made, **more)


def breaking(*lines: PieceMade, happened: bool = False, **more: Any) -> BreakKit:
    """Two sets of lot S, taken apart."""
    done = BreakKit(SITE, happened, "bench", None, "B1", "SET", "S", "BENCH", Decimal(2), lines or (piece(), POTS))
    return replace(done, **more)


def test_components_become_kits(world: World) -> None:
    """Components are used up, kits stand in their place and go to whoever waits; the lot lives as long as its first."""
    world.place("1", wanted(sku="SET", lot="S"))
    events = world.told(assembly())
    assert kinds(events) == ["KitAssembled", "OrderAllocated"]
    done = only(events, KitAssembled)
    assert [(used.row.sku, used.row.lot, used.quantity) for used in done.used] == [("CUP", "C1", 4), ("POT", None, 2)]
    assert [(made.row.lot, made.quantity, made.row.status) for made in done.made] == [("S", 2, "good")]
    assert (world.row("C1").on_hand, world.row(None).on_hand, world.row("S", "BENCH").on_hand) == (4, 3, 2)
    assert world.ledger.lots["SET", "S"].expires == TODAY + timedelta(days=9)
    assert only(events, OrderAllocated).state is OrderState.PARTLY_ALLOCATED


def test_kits_become_components(world: World) -> None:
    """All components of the kits lie there by themselves, in the condition they are in."""
    world.told(assembly())
    done = only(world.told(breaking(piece(), replace(POTS, status="damaged"))), KitBroken)
    assert [(made.row.sku, made.quantity, made.row.status) for made in done.made] == [
        ("CUP", 4, "good"),
        ("POT", 2, "damaged"),
    ]
    assert [(used.row.lot, used.quantity) for used in done.used] == [("S", 2)]
    assert not any(row.on_hand for key, row in world.ledger.stock.items() if key.sku == "SET")


def test_the_same_document_is_booked_once(world: World) -> None:
    """Told again, a document changes nothing; with other content it is refused, or noted when it has happened."""
    world.told(assembly())
    assert world.told(assembly()) == ()
    other = assembly(piece(quantity=2), replace(POTS, quantity=Decimal(1)), quantity=Decimal(1))
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "assembly")
    assert kinds(world.told(replace(other, happened=True))) == ["DiscrepancyNoted"]
    assert world.refused(assembly(piece(sku="NONE"), POTS)) == (Code.CONFLICTING_CONTENT, "assembly")
    world.told(breaking())
    assert world.told(breaking()) == ()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"site": "NONE"}, Code.FIELD_INVALID, "site"),
        ({"sku": "NONE"}, Code.UNKNOWN_ITEM, "sku"),
        ({"sku": "CUP"}, Code.FIELD_INVALID, "sku"),
        ({"unit": "crate"}, Code.UNKNOWN_UNIT, "unit"),
        ({"quantity": Decimal(0)}, Code.NOT_POSITIVE, "quantity"),
        ({"quantity": Decimal("0.5")}, Code.NOT_A_MULTIPLE, "quantity"),
        ({"lot": None}, Code.FIELD_MISSING, "lot"),
        ({"lines": ()}, Code.FIELD_MISSING, "lines"),
        ({"lines": (piece(), piece())}, Code.FIELD_INVALID, "lines.1.line"),
        ({"lines": (piece("kits"),)}, Code.FIELD_INVALID, "lines.0.line"),
        ({"lines": (piece(sku="NONE"), POTS)}, Code.UNKNOWN_ITEM, "lines.0.sku"),
        ({"lines": (piece(sku="TEA"), POTS)}, Code.LOT_NOT_ALLOWED, "lines.0.sku"),
        ({"lines": (piece(unit="box"), POTS)}, Code.UNKNOWN_UNIT, "lines.0.unit"),
        ({"lines": (piece(lot=None), POTS)}, Code.FIELD_MISSING, "lines.0.lot"),
        ({"lines": (piece(quantity="0.5"), POTS)}, Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        ({"lines": (piece(),)}, Code.FIELD_MISSING, "lines"),
        ({"lines": (piece(quantity=5), POTS)}, Code.FIELD_INVALID, "lines"),
        ({"lines": (piece(lot="NONE"), POTS)}, Code.UNKNOWN_LOT, "lines.0.lot"),
        ({"lines": (piece(lot="C2"), POTS)}, Code.NOT_AVAILABLE, "lines.0.lot"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else None,
)
def test_what_is_refused(world: World, change: dict[str, Any], code: Code, field: str) -> None:
    """A kit of wrong, missing or too many components, or of what is not there, is refused and nothing is used."""
    assert world.refused(assembly(**change)) == (code, field)


def test_kits_that_cannot_be_taken_apart(world: World) -> None:
    """No more kits are taken apart than are free, into no other components and into no lot that nobody knows."""
    assert world.refused(breaking()) == (Code.UNKNOWN_LOT, "lot")
    world.told(assembly())
    assert world.refused(breaking(piece(quantity=8), replace(POTS, quantity=Decimal(4)), quantity=Decimal(4))) == (
        Code.NOT_AVAILABLE, "lot",
    )  # fmt: skip
    assert world.refused(breaking(piece(lot="NEW"), POTS)) == (Code.UNKNOWN_LOT, "lines.0.lot")
    assert world.refused(breaking(piece())) == (Code.FIELD_MISSING, "lines")
    odd = world.told(breaking(piece(lot="NEW"), POTS, happened=True))
    assert [made.row.status for made in only(odd, KitBroken).made] == ["quarantine", "quarantine"]


def test_held_and_expired_components_are_refused(world: World) -> None:
    """What is on hold, promised to an order or past its day goes into no kit."""
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C1"))
    assert world.refused(assembly()) == (Code.ON_HOLD, "lines.0.lot")
    world.stock(goods("OLD", 9, sku="CUP", expires=TODAY - timedelta(days=1)), balance="old")
    assert world.refused(assembly(piece(lot="OLD"), POTS)) == (Code.LOT_NOT_ALLOWED, "lines.0.lot")
    world.place("1", wanted(sku="POT", quantity=4))
    world.stock(goods("C3", 9, sku="CUP"), balance="new")
    assert world.refused(assembly(piece(lot="C3"), POTS)) == (Code.NOT_AVAILABLE, "lines.1.lot")


def test_a_lot_of_kits_that_is_known_otherwise(world: World) -> None:
    """A second, different expiry for a lot of kits is refused; when it has happened the kits go to quarantine."""
    world.told(assembly(expires=TODAY + timedelta(days=3)))
    more = assembly(assembly="A2", expires=TODAY + timedelta(days=4))
    assert world.refused(more) == (Code.CONFLICTING_CONTENT, "expires")
    done = only(world.told(replace(more, happened=True)), KitAssembled)
    assert [(made.row.status, made.lot and made.lot.expires) for made in done.made] == [
        ("quarantine", TODAY + timedelta(days=3))
    ]


@pytest.mark.parametrize("happened", [False, True])
@pytest.mark.parametrize("quantity", [-2, 0, "0.5", 10**20])
def test_what_is_no_amount_has_not_happened(world: World, quantity: object, happened: bool) -> None:
    """Kits in parts, or none, are refused in any case; components in such a quantity only when it is asked."""
    many = assembly(quantity=Decimal(str(quantity)), happened=happened)
    assert world.refused(many)[1] == "quantity"
    wrong = assembly(piece(quantity=quantity), POTS)
    assert world.refused(wrong)[1] == "lines.0.quantity"


def test_kits_of_a_component_that_nobody_can_count(world: World) -> None:
    """Half a cup that has gone into kits is told with all its line says; the rest is used, and the kits wait for it."""
    events = world.told(assembly(piece(quantity="0.5"), POTS, happened=True))
    done = only(events, KitAssembled)
    assert ([used.row.sku for used in done.used], [made.row.status for made in done.made]) == (["POT"], ["quarantine"])
    noted = next(event for event in events if isinstance(event, DiscrepancyNoted))
    assert (noted.code, noted.about["quantity"], noted.about["line"]) == (Code.NOT_A_MULTIPLE.value, "0.5", "1")
    lot = world.ledger.lots["SET", "S"]
    assert lot.more is not None
    assert LotName("CUP", "C1") in lot.more.made_from


def test_a_component_of_broken_kits_that_nobody_can_count(world: World) -> None:
    """Half a cup that came out of kits is told with all it says; the kits are gone, and the pots are looked at."""
    world.told(assembly())
    half = breaking(piece(quantity="0.5", location="NEW"), replace(POTS, location="NEW"))
    assert world.refused(half) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    events = world.told(replace(half, happened=True))
    done = only(events, KitBroken)
    assert [(used.row.sku, used.quantity) for used in done.used] == [("SET", 2)]
    assert [(made.row.sku, made.quantity, made.row.status) for made in done.made] == [("POT", 2, "quarantine")]
    told = [event for event in events if isinstance(event, DiscrepancyNoted)]
    assert [event.code for event in told] == [Code.NOT_A_MULTIPLE, Code.FIELD_MISSING]
    assert (told[0].about["sku"], told[0].about["quantity"], told[0].about["line"]) == ("CUP", "0.5", "1")


def test_what_has_happened_is_booked(world: World) -> None:
    """Wrong components and components nobody knew of are booked with a discrepancy each; the kits go to quarantine."""
    wrong = (piece(lot="C2"), piece("2", "TEA", 2, "T"), piece("3", "NONE"), piece("4", "POT", 1, None, unit="box"))
    events = world.told(assembly(*wrong, happened=True))
    assert {event.code for event in events if isinstance(event, DiscrepancyNoted)} == {
        Code.LOT_NOT_ALLOWED, Code.UNKNOWN_ITEM, Code.UNKNOWN_UNIT, Code.FIELD_MISSING, Code.NOT_AVAILABLE,
        Code.UNKNOWN_LOT,
    }  # fmt: skip
    assert [(found.row.sku, found.quantity) for found in events if isinstance(found, StockFound)] == [
        ("CUP", 1), ("TEA", 2),
    ]  # fmt: skip
    done = only(events, KitAssembled)
    assert [made.row.status for made in done.made] == ["quarantine"]
    unknown = world.told(assembly(happened=True, assembly="A3", sku="NONE"))
    assert kinds(unknown) == ["DiscrepancyNoted"]
    elsewhere = world.told(assembly(happened=True, assembly="A4", site="NONE"))
    assert "KitAssembled" in kinds(elsewhere)


def test_a_kit_of_unknown_components_cannot_be_made(world: World) -> None:
    """While a component is not defined no kit is counted."""
    world.told(DefineItem(Item("BOX", kit={"LATER": Decimal(1)})))
    assert world.refused(assembly(sku="BOX", quantity=Decimal(1))) == (Code.UNKNOWN_ITEM, "sku")


def test_kits_without_a_lot(world: World) -> None:
    """A kit that is not tracked by lot is put together without one."""
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE, kit={"POT": Decimal(1)})))
    events = world.told(assembly(piece("1", "POT", 2, None), sku="BAG", lot=None, location=None))
    assert [(made.row.lot, made.lot) for made in only(events, KitAssembled).made] == [(None, None)]


def test_no_half_kits_are_made(world: World) -> None:
    """Half a kit is put together by nobody, also where kits are counted in tenths."""
    world.told(DefineItem(Item("BAG", decimals=1, tracking=Tracking.NONE, kit={"POT": Decimal(1)})))
    half = assembly(piece("1", "POT", 2, None), sku="BAG", lot=None, quantity=Decimal("0.5"))
    assert world.refused(half) == (Code.NOT_A_MULTIPLE, "quantity")


def test_kits_know_what_went_into_them(world: World) -> None:
    """The lot of the kits names the lots of its components and costs what they did, where each cost is known."""
    lot = world.ledger.lots["CUP", "C1"]
    world.ledger.lots["CUP", "C1"] = add_cost(lot, Decimal(16), 8)
    world.told(assembly(piece(), happened=True))
    made = world.ledger.lots["SET", "S"]
    assert made.more == LotMore(came="kit", made_from=(LotName("CUP", "C1"),), cost_total=Decimal(8), cost_units=2)
    world.told(assembly(assembly="A2"))
    assert world.ledger.lots["SET", "S"].more == made.more


def test_components_keep_what_they_were_made_of(world: World) -> None:
    """What comes out of kits is what went in: only a lot that nobody knew is told by the kits it came out of."""
    world.told(assembly())
    world.told(breaking(piece(lot="C9"), POTS, happened=True))
    assert world.ledger.lots["CUP", "C1"].more == LotMore(came="balance")
    assert world.ledger.lots["CUP", "C9"].more == LotMore(made_from=(LotName("SET", "S"),))


def test_kits_wait_for_their_inspection(world: World) -> None:
    """Kits of an item that wants an inspection are held until their lot passes."""
    world.told(DefineItem(replace(SET, version=9, inspect=True)))
    world.told(assembly())
    assert [hold.id for hold in world.ledger.lots["SET", "S"].holds] == [WAITS]


def test_kits_and_their_components_lie_where_they_may(world: World) -> None:
    """Kits, and what they were made of, are not put where they must not lie."""
    world.told(DefineLocation(Location(SITE, "BENCH", storage=("cold",))))
    assert world.refused(assembly()) == (Code.LOT_NOT_ALLOWED, "location")
    only(world.told(assembly(happened=True)), DiscrepancyNoted)
    away = piece(location="BENCH")
    assert world.refused(breaking(away, POTS)) == (Code.LOT_NOT_ALLOWED, "lines.0.location")
