"""What goods have to be when they come in, and which lot they are of."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    AdjustStock,
    ChangeStatus,
    CorrectLot,
    CountStock,
    DefineItem,
    DefineSupplier,
    GoodsLine,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted, GoodsBooked, StockReceived
from lotstream.domain.model import (
    HoldKind,
    Inspection,
    Item,
    LotDocument,
    LotMore,
    LotNumber,
    NumberKind,
    Settings,
    Stage,
    Supplier,
    Tracking,
)
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted

SAID: dict[str, dict[str, Any]] = {
    "supplier": {"supplier": "S-1"},
    "supplier_lot": {"supplier_lot": "24A"},
    "made": {"made": date(2026, 6, 1)},
    "expires": {"expires": date(2027, 6, 1)},
    "origin": {"origin": "CA"},
    "facility": {"details": {"facility": "F2"}},
    "certificate:organic": {"certificates": (LotDocument("organic", "C-6", expires=TODAY),)},
}


def defined(world: World, **facts: Any) -> World:
    """A world in which the item says more."""
    item = world.ledger.items["TEA"]
    world.told(DefineItem(replace(item, version=item.version + 1, **facts)))
    return world


def received(world: World, line: GoodsLine, number: str = "R1") -> GoodsBooked:
    """What is booked of one line."""
    (booked,) = only(world.told(world.receipt(line, number=number)), StockReceived).lines
    return booked


def bare(lot: str | None = "L1", **more: Any) -> GoodsLine:
    """A line that says nothing of its lot but its number."""
    return goods(lot, **{"expires": None, **more})


@pytest.mark.parametrize("fact", SAID)
def test_a_required_fact_is_told_or_the_goods_are_no_stock(fact: str) -> None:
    """Asked, goods without a fact their item needs are refused with its field; happened, they are in quarantine."""
    world = defined(World(), required=(fact,))
    field = "certificates" if fact.startswith("certificate") else fact
    assert world.refused(world.receipt(bare(), happened=False)) == (Code.FIELD_MISSING, f"lines.0.{field}")
    booked = received(world, bare())
    assert (booked.discrepancy, booked.row.status, booked.quantity) == (Code.FIELD_MISSING, "quarantine", 10)
    assert ("TEA", "L1") in world.ledger.lots
    booked = received(world, bare("L2", **SAID[fact]), "R2")
    assert (booked.discrepancy, booked.row.status) == (None, "good")
    assert kinds(world.told(world.receipt(bare("L2", **SAID[fact]), number="R3", happened=False))) == ["StockReceived"]


def test_goods_that_were_looked_at_do_not_wait_for_it() -> None:
    """Where an inspection is required, goods without one come in held, and those that have passed it are free."""
    world = defined(World(), required=("inspection",))
    assert received(world, bare()).row.status == "good"
    assert len(world.ledger.lots["TEA", "L1"].holds) == 1
    received(world, bare("L2", inspection=Inspection("Q-1", Stage.INBOUND, passed=True)), "R2")
    assert world.ledger.lots["TEA", "L2"].holds == ()


def test_a_fact_known_of_the_lot_need_not_be_told_again() -> None:
    """What is required is known of the lot; which delivery told it does not matter."""
    world = defined(World(), required=("supplier", "certificate:organic"))
    received(world, bare(**SAID["supplier"], **SAID["certificate:organic"]))
    assert received(world, bare(), "R2").row.status == "good"


def test_a_paper_that_has_run_out_is_missing() -> None:
    """A certificate counts to its last day, and one of another type does not count."""
    world = defined(World(), required=("certificate:organic",))
    old = LotDocument("organic", "C-5", expires=TODAY - timedelta(days=1))
    assert received(world, bare(certificates=(old,))).row.status == "quarantine"
    assert received(world, bare("L2", certificates=(LotDocument("kosher", "K"),)), "R2").row.status == "quarantine"
    assert received(world, bare("L3", certificates=(LotDocument("organic", "C"),)), "R3").row.status == "good"


def test_goods_that_are_set_apart_anyway_need_no_facts() -> None:
    """Goods that come in as damaged or into quarantine are no stock, whatever is missing."""
    world = defined(World(), required=("supplier",))
    asked = world.receipt(bare(status="quarantine", line="1"), happened=False)
    assert only(world.told(asked), StockReceived).lines[0].discrepancy is None


def test_what_is_required_of_lots_is_not_asked_of_goods_without() -> None:
    """Goods that have no lots have no facts of lots, and stock as found is taken as it is."""
    world = World()
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE, required=("supplier",))))
    assert received(world, bare(None, sku="BAG")).row.status == "good"
    defined(world, required=("supplier",))
    world.stock(bare("L7"))
    assert world.row("L7").on_hand == 10


@pytest.mark.parametrize("required", [("colour",), ("supplier", "certificate:")])
def test_only_facts_that_can_be_told_are_required(required: tuple[str, ...]) -> None:
    """An item cannot need what nobody can tell."""
    item = Item("TEA", version=2, required=required)
    assert World().refused(DefineItem(item)) == (Code.FIELD_INVALID, f"item.required.{len(required) - 1}")


SUPPLIER = Supplier("S-3", min_days_left=20, min_pct_left=Decimal(50), min_days_left_by_sku={"JAM": 0, "HAM": 40})


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (bare(expires=TODAY + timedelta(days=20), made=TODAY - timedelta(days=20)), None),
        (bare(expires=TODAY + timedelta(days=19), made=TODAY), "expires"),
        (bare(expires=TODAY + timedelta(days=20), made=TODAY - timedelta(days=21)), "expires"),
        (bare(expires=TODAY + timedelta(days=90)), "made"),
        (bare(made=TODAY), "expires"),
        (bare(sku="JAM", expires=TODAY, made=TODAY), None),
        (bare(sku="HAM", expires=TODAY + timedelta(days=39), made=TODAY), "expires"),
        (bare(None, sku="BAG", expires=TODAY), None),
    ],
)
def test_a_supplier_owes_a_life(line: GoodsLine, field: str | None) -> None:
    """Days and percent are met by equality, measured today; a day that is not told fails any minimum."""
    world = World()
    world.told(DefineSupplier(SUPPLIER))
    for sku in ("JAM", "HAM"):
        world.told(DefineItem(Item(sku)))
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    line = replace(line, supplier="S-3")
    if field is not None:
        code = Code.LOT_NOT_ALLOWED if field == "expires" and line.expires is not None else Code.FIELD_MISSING
        assert world.refused(world.receipt(line, happened=False)) == (code, f"lines.0.{field}")
    assert received(world, line).row.status == ("good" if field is None else "quarantine")
    other = replace(line, lot="L2" if line.lot else None, supplier="S-4")
    assert received(world, other, "R2").row.status == "good"


def test_suppliers_are_defined_in_versions() -> None:
    """As items and customers are; a minimum no goods could be measured by is refused."""
    world = World()
    world.told(DefineSupplier(replace(SUPPLIER, version=2)))
    assert world.told(DefineSupplier(replace(SUPPLIER, version=2))) == ()
    assert world.refused(DefineSupplier(SUPPLIER)) == (Code.STALE_VERSION, "supplier.version")
    other = replace(SUPPLIER, version=2, name="Mills")
    assert world.refused(DefineSupplier(other)) == (Code.CONFLICTING_CONTENT, "supplier.version")
    assert kinds(world.told(DefineSupplier(replace(other, version=3)))) == ["SupplierDefined"]
    wrong = replace(other, version=4, min_days_left_by_sku={"JAM": -1})
    assert world.refused(DefineSupplier(wrong)) == (Code.FIELD_INVALID, "supplier.min_days_left_by_sku.JAM")
    wrong = replace(other, version=4, min_pct_left=Decimal(101))
    assert world.refused(DefineSupplier(wrong)) == (Code.FIELD_INVALID, "supplier.min_pct_left")


def test_goods_that_fail_their_inspection() -> None:
    """They are refused when asked; when they are there they are in quarantine and their lot is on hold."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted("1", 5))
    looked = Inspection("Q-1", Stage.INBOUND, passed=False, by="qa", measured={"ph": "9"})
    asked = world.receipt(goods("L1", inspection=looked), happened=False)
    assert world.refused(asked) == (Code.LOT_NOT_ALLOWED, "lines.0.inspection")
    assert received(world, goods("L1", inspection=looked)).row.status == "quarantine"
    lot = world.ledger.lots["TEA", "L1"]
    assert [(hold.id, hold.kind, hold.by) for hold in lot.holds] == [("inspection/Q-1", HoldKind.HOLD, "qa")]
    assert lot.more is not None
    assert lot.more.inspections == (looked,)
    assert world.lots("#1") == []
    received(world, goods("L1", inspection=looked), "R2")
    assert world.ledger.lots["TEA", "L1"].holds == lot.holds


@pytest.mark.parametrize(("days", "status"), [(-1, "quarantine"), (0, "good"), (1, "good")])
def test_expired_goods_are_no_stock(days: int, status: str) -> None:
    """The last day of use is the last on which goods come in as stock."""
    world = World()
    line = goods("L1", expires=TODAY + timedelta(days=days))
    if days < 0:
        refused = world.refused(world.receipt(line, happened=False))
        assert refused == (Code.LOT_NOT_ALLOWED, "lines.0.expires")
    assert received(world, line).row.status == status
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    lotless = goods(None, sku="BAG", expires=TODAY + timedelta(days=days))
    assert received(world, lotless, "R2").row.status == status
    kept = World(Settings(expired_ok=True))
    assert received(kept, line).row.status == "good"


def test_an_expiry_follows_from_the_day_of_making() -> None:
    """Where an item says how long it lives, the day of making is enough; a day on the box counts more."""
    world = defined(World(), shelf_life_days=365, required=("expires",))
    received(world, bare(made=date(2026, 6, 1)))
    lot = world.ledger.lots["TEA", "L1"]
    assert lot.expires == date(2027, 6, 1)
    assert lot.more is not None
    assert lot.more.details == {"expires_from": "made"}
    received(world, bare("L2", made=date(2026, 6, 1), expires=date(2026, 12, 1)), "R2")
    assert world.ledger.lots["TEA", "L2"].expires == date(2026, 12, 1)
    received(world, bare(quantity=1), "R3")
    assert received(world, bare("L3", made=date(9999, 12, 1)), "R4").row.status == "quarantine"
    late = Item("TEA", version=9, shelf_life_days=0)
    assert world.refused(DefineItem(late)) == (Code.FIELD_INVALID, "item.shelf_life_days")


def test_two_suppliers_lots_of_one_number_stay_two() -> None:
    """A supplier's number that another's goods have gets a suffix; each delivery finds its supplier's lot again."""
    world = World()
    assert received(world, goods(None, supplier="S-1", supplier_lot="24A", line="1")).row.lot == "24A"
    assert received(world, goods("24A", supplier="S-2", supplier_lot="24A", line="1"), "R2").row.lot == "24A-2"
    assert received(world, goods(None, supplier="S-3", supplier_lot="24A", line="1"), "R3").row.lot == "24A-3"
    again = world.receipt(
        goods(None, 1, supplier="S-2", supplier_lot="24A", line="1"),
        goods("24A", 1, supplier="S-1", supplier_lot="24A", line="2"),
        goods("24A-3", 1, line="3"),
        goods(None, 1, supplier="S-4", supplier_lot="24B", line="4"),
        goods(None, 1, supplier="S-4", supplier_lot="24B", line="5"),
        number="R4",
    )
    lots = [line.row.lot for line in only(world.told(again), StockReceived).lines]
    assert lots == ["24A-2", "24A", "24A-3", "24B", "24B"]
    lot = world.ledger.lots["TEA", "24A-2"]
    assert (lot.supplier, lot.supplier_lot) == ("S-2", "24A")
    assert set(world.ledger.lots_supplied("TEA", "24A")) == {"24A", "24A-2", "24A-3"}


def test_a_number_without_its_supplier_means_the_one_there_is() -> None:
    """Where several suppliers have used it, the supplier has to be told."""
    world = World()
    received(world, goods(None, supplier="S-1", supplier_lot="24A"))
    assert received(world, goods(None, supplier_lot="24A"), "R2").row.lot == "24A"
    received(world, goods(None, supplier="S-2", supplier_lot="24A"), "R3")
    unclear = goods(None, supplier_lot="24A")
    refused = world.refused(world.receipt(unclear, number="R4", happened=False))
    assert refused == (Code.FIELD_MISSING, "lines.0.supplier")
    booked = received(world, unclear, "R4")
    assert (booked.row.lot, booked.row.status) == (None, "quarantine")


def test_a_lot_whose_supplier_nobody_told_is_the_suppliers() -> None:
    """The first supplier that is told of a lot known by the same number is its supplier."""
    world = World()
    world.stock(goods("24A"))
    assert received(world, goods(None, supplier="S-1", supplier_lot="24A")).row.lot == "24A"
    lot = world.ledger.lots["TEA", "24A"]
    assert (lot.supplier, lot.supplier_lot) == ("S-1", "24A")


def test_a_number_of_ours_does_not_fork() -> None:
    """Goods of another supplier under a number of ours contradict the lot, as other dates do under a supplier's."""
    world = World()
    received(world, goods("OURS", supplier="S-1", supplier_lot="24A"))
    other = goods("OURS", supplier="S-2", supplier_lot="9")
    assert received(world, other, "R2").discrepancy == Code.CONFLICTING_CONTENT
    later = goods(None, supplier="S-1", supplier_lot="24A", expires=TODAY + timedelta(days=90))
    booked = received(world, later, "R3")
    assert (booked.row.lot, booked.discrepancy) == ("OURS", Code.CONFLICTING_CONTENT)


RULES = {
    "sequence": (LotNumber(NumberKind.SEQUENCE), ["1", "2", "3"]),
    "padded": (LotNumber(NumberKind.SEQUENCE, "L-{seq:4}"), ["L-0001", "L-0002", "L-0003"]),
    "date": (LotNumber(NumberKind.DATE), ["260901", "260901", "260901-2"]),
    "written": (LotNumber(NumberKind.DATE, "D{received:%j/%Y}"), ["D244/2026", "D244/2026", "D244/2026-2"]),
    "template": (LotNumber(NumberKind.TEMPLATE, "{received:%d%m}/{seq:2}x"), ["0109/01x", "0109/02x", "0109/03x"]),
}


@pytest.mark.parametrize("rule", RULES)
def test_lots_are_numbered_as_their_item_says(rule: str) -> None:
    """A sequence never gives a number twice; the goods of one day are one lot unless their facts contradict it."""
    numbers, expected = RULES[rule]
    world = defined(World(), lot_number=numbers)
    delivery = world.receipt(
        goods(None, line="1"), goods(None, line="2"), goods(None, line="3", expires=TODAY + timedelta(days=9))
    )
    assert [line.row.lot for line in only(world.told(delivery), StockReceived).lines] == expected
    assert world.told(delivery) == ()
    assert world.told(replace(delivery, happened=False)) == ()
    named = received(world, goods("MINE", supplier_lot="24A", supplier="S"), "R2")
    assert named.row.lot == "MINE"


def test_a_sequence_passes_over_numbers_that_are_taken() -> None:
    """A number that somebody has used already is not given out, and the supplier's lot keeps the number it has."""
    world = defined(World(), lot_number=LotNumber(NumberKind.SEQUENCE))
    world.stock(goods("1"), goods("2"))
    first = received(world, goods(None, supplier="S", supplier_lot="24A"))
    assert first.row.lot == "3"
    assert received(world, goods(None, supplier="S", supplier_lot="24A"), "R2").row.lot == "3"
    assert received(world, goods(None, supplier="S", supplier_lot="24B"), "R3").row.lot == "4"


def test_a_template_is_made_of_facts() -> None:
    """Supplier's number, facility and day of making may be part of it; what is not told is missing."""
    template = "{supplier_lot}-{facility}-{made:%y%m%d}"
    world = defined(World(), lot_number=LotNumber(NumberKind.TEMPLATE, template))
    whole = goods(None, supplier_lot="24A", facility="F2", made=date(2026, 6, 1))
    assert received(world, whole).row.lot == "24A-F2-260601"
    other = replace(whole, supplier_lot="24B")
    lacking = (("made", replace(other, made=None)), ("facility", replace(other, facility=None)))
    for number, (field, line) in enumerate(lacking):
        refused = world.refused(world.receipt(line, number="R2", happened=False))
        assert refused == (Code.FIELD_MISSING, f"lines.0.{field}")
        booked = received(world, line, f"R{number + 3}")
        assert (booked.row.lot, booked.row.status) == (None, "quarantine")
    nameless = goods(None, facility="F2", made=date(2026, 6, 1))
    assert world.refused(world.receipt(nameless, number="R9", happened=False))[1] == "lines.0.supplier_lot"
    made = defined(World(), lot_number=LotNumber(NumberKind.DATE))
    assert received(made, whole).row.lot == "260601"


def test_a_long_number_leaves_room_for_a_suffix() -> None:
    """Numbers stay names, whatever a template adds up to."""
    world = defined(World(), lot_number=LotNumber(NumberKind.TEMPLATE, "{supplier_lot}" * 2))
    number = received(world, goods(None, supplier_lot="x" * 100)).row.lot
    assert number == "x" * 120


def test_numbers_of_ours_look_as_the_item_says() -> None:
    """A new number that does not is refused when asked, and its goods are in quarantine when they are there."""
    world = defined(World(), lot_number=LotNumber(pattern=r"L[0-9]{3}"))
    refused = world.refused(world.receipt(goods("M12"), happened=False))
    assert refused == (Code.FIELD_INVALID, "lines.0.lot")
    booked = received(world, goods("M12"))
    assert (booked.row.lot, booked.row.status, booked.discrepancy) == ("M12", "quarantine", Code.FIELD_INVALID)
    assert received(world, goods("L123"), "R2").row.status == "good"
    world.stock(goods("OLD", 1, "B9"))
    assert received(world, goods("OLD"), "R3").row.status == "good"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (LotNumber(NumberKind.TEMPLATE), "template"),
        (LotNumber(template="{colour}"), "template"),
        (LotNumber(template="{seq:13}"), "template"),
        (LotNumber(template="{seq:-1}"), "template"),
        (LotNumber(template="{made:%H}"), "template"),
        (LotNumber(template="{facility:4}"), "template"),
        (LotNumber(template="a{b"), "template"),
        (LotNumber(template="x" * 129), "template"),
        (LotNumber(pattern=""), "pattern"),
        (LotNumber(pattern="(a+)+"), "pattern"),
        (LotNumber(pattern="a|b"), "pattern"),
        (LotNumber(pattern="a?b?c?d?"), "pattern"),
        (LotNumber(pattern="[z-a]"), "pattern"),
        (LotNumber(pattern="x{3,2}"), "pattern"),
        (LotNumber(pattern="a" * 129), "pattern"),
    ],
)
def test_rules_that_make_no_numbers(rule: LotNumber, field: str) -> None:
    """What no number could be made by, or compared with in bounded time, is refused with the item."""
    code = Code.FIELD_MISSING if rule == LotNumber(NumberKind.TEMPLATE) else Code.FIELD_INVALID
    assert World().refused(DefineItem(Item("TEA", version=2, lot_number=rule))) == (code, f"item.lot_number.{field}")


def test_goods_are_named_by_their_label() -> None:
    """A trade item number finds the item; one of another item contradicts the SKU, and one nobody knows is kept."""
    world = World()
    world.told(DefineItem(Item("JAM", gtins=("04012345678901",))))
    line = goods("L1", sku="", gtin="12345678905")
    assert received(world, line).row.sku == "TEA"
    assert received(world, goods("L2", gtin="99"), "R2").row.status == "good"
    wrong = goods("L3", gtin="4012345678901")
    refused = world.refused(world.receipt(wrong, number="R3", happened=False))
    assert refused == (Code.CONFLICTING_CONTENT, "lines.0.gtin")
    assert received(world, wrong, "R3").row.status == "quarantine"
    nobody = goods("L4", sku="", gtin="777", supplier="S")
    assert world.refused(world.receipt(nobody, number="R4", happened=False)) == (Code.UNKNOWN_ITEM, "lines.0.gtin")
    (noted,) = world.told(world.receipt(nobody, number="R4"))
    assert isinstance(noted, DiscrepancyNoted)
    assert (noted.code, noted.quantity) == (Code.UNKNOWN_ITEM, Decimal(10))
    assert (noted.about["gtin"], noted.about["lot"], noted.about["supplier"]) == ("777", "L4", "S")
    nothing = world.receipt(goods("L5", sku=""), number="R5", happened=False)
    assert world.refused(nothing) == (Code.FIELD_MISSING, "lines.0.sku")


def test_a_line_is_told_again_whatever_has_become_of_its_lot() -> None:
    """What was booked is not judged anew: not when its lot has expired, nor when what was missing is known by now."""
    world = defined(World(), required=("supplier",))
    delivery = world.receipt(bare(line="1"), bare("L2", line="2", supplier="S", supplier_lot="24A"))
    world.told(delivery)
    received(world, bare(supplier="S"), "R2")
    assert world.told(delivery) == ()
    assert world.told(replace(delivery, happened=False)) == ()
    for other in (bare(quantity=9, line="1"), bare("L9", line="1"), bare(None, supplier_lot="9", line="1")):
        asked = world.receipt(other, happened=False)
        assert world.refused(asked) == (Code.CONFLICTING_CONTENT, "lines.0.line")
        assert kinds(world.told(replace(asked, happened=True))) == ["DiscrepancyNoted"]


@pytest.mark.parametrize("field", ["origin", "facility"])
def test_a_new_lot_is_known_without_what_its_line_says_twice(field: str) -> None:
    """The goods are in quarantine, and the rest of what the line says is known of the lot."""
    world = World()
    booked = received(world, goods("L1", supplier="S", details={field: "X"}, **{field: "Y"}))
    assert (booked.discrepancy, booked.row.status) == (Code.FIELD_INVALID, "quarantine")
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.supplier, lot.expires) == ("S", TODAY + timedelta(days=30))
    assert lot.more == LotMore(came="receipt")


def incomplete(**more: Any) -> World:
    """A house with ten of a lot of which something is missing."""
    world = defined(World(), required=("supplier", "origin"))
    received(world, bare(location="BIN", **more))
    return world


def turned(happened: bool = False, number: str = "T1", **more: Any) -> ChangeStatus:
    """Goods are said to be good."""
    said = {"sku": "TEA", "lot": "L1", "location": "BIN", "quantity": Decimal(10), "to": "good", **more}
    return ChangeStatus(SITE, happened, "qa-1", None, number, (StockLine("1", **said),))


def test_goods_do_not_become_good_while_something_is_missing() -> None:
    """Who asks is refused with what is missing; when it was done, the goods stay apart and a person is told."""
    world = incomplete(supplier="S-1")
    assert world.refused(turned()) == (Code.FIELD_MISSING, "lines.0.lot")
    assert "origin" in cast("Refusal", world.warehouse.hear(turned())).message
    told = world.told(turned(happened=True))
    assert (kinds(told), only(told, DiscrepancyNoted).code) == (["StatusChanged", "DiscrepancyNoted"], "field_missing")
    assert world.row("L1", status="quarantine").on_hand == 10
    assert world.told(turned(happened=True)) == ()
    world.told(CorrectLot("LC-1", "TEA", "L1", by="qa-1", origin="CA"))
    world.told(turned(number="T2"))
    assert world.row("L1").on_hand == 10


def test_damaged_goods_of_an_incomplete_lot_go_to_quarantine() -> None:
    """What was damaged and is said to be good is set apart while something is missing, as at the dock."""
    world = incomplete(status="damaged")
    world.told(turned(happened=True, status="damaged"))
    assert [(row.status, one.on_hand) for row, one in world.ledger.stock.items()] == [("quarantine", 10)]


def test_goods_without_a_lot_do_not_become_good() -> None:
    """What came in without the lot it should have stays in quarantine until its receipt is corrected."""
    world = World()
    received(world, goods(None, location="BIN"))
    assert world.refused(turned(lot=None)) == (Code.FIELD_MISSING, "lines.0.lot")


@pytest.mark.parametrize("found", [AdjustStock, CountStock])
def test_goods_that_are_found_of_a_lot_nobody_knows_are_no_stock(found: type[AdjustStock | CountStock]) -> None:
    """What is found of an incomplete lot goes to quarantine, and is refused where somebody asks first."""
    world = defined(World(), required=("supplier",))
    line = StockLine("1", "TEA", "L9", "BIN", Decimal(4))
    assert world.refused(found(SITE, False, "clerk", None, "F1", (line,))) == (Code.FIELD_MISSING, "lines.0.lot")
    only(world.told(found(SITE, True, "clerk", None, "F1", (line,))), DiscrepancyNoted)
    assert world.row("L9", status="quarantine").on_hand == 4
    # Of a lot that has good stock there may be more.
    world.stock(bare("L8", location="BIN"))
    world.told(found(SITE, False, "clerk", None, "F2", (replace(line, lot="L8", quantity=Decimal(14)),)))
    assert world.row("L8").on_hand == (24 if found is AdjustStock else 14)


def test_what_good_stock_needs_is_not_forgotten() -> None:
    """A required fact of a lot with good stock is put right, not cleared; of goods that are set apart it may be."""
    world = defined(World(), required=("supplier",))
    received(world, bare(supplier="S-1", location="BIN"))
    forget = CorrectLot("LC-1", "TEA", "L1", clear=("made", "supplier"))
    assert world.refused(forget) == (Code.FIELD_MISSING, "clear.1")
    world.told(turned(to="quarantine"))
    world.told(forget)
    assert world.ledger.lots["TEA", "L1"].supplier is None
