"""Goods of a recall that come in after it: which they are, how they are held, and what people are told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lotstream.domain import recalled_later
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    CloseRecall,
    DefineItem,
    KitPiece,
    LiftHold,
    LiftOwnerHold,
    MadeLine,
    RecallLots,
    RecordProduction,
    RenameItem,
)
from lotstream.domain.events import DiscrepancyNoted, Event, RecallClosed
from lotstream.domain.model import Item, LotName, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only, wanted

MADE = date(2026, 6, 1)
L1 = RecallLots("RC", "glass", (("TEA", "L1"),), by="qa")
JUNE = RecallLots("JUNE", None, (), supplier="S-3", made_from=MADE, made_to=date(2026, 6, 5))


@pytest.fixture
def world() -> World:
    """One lot of a supplier."""
    made = World()
    made.stock(goods("L1", 9, supplier="S-3", supplier_lot="24A", made=MADE))
    return made


def noted(events: tuple[Event, ...]) -> list[DiscrepancyNoted]:
    """What people are told."""
    return [event for event in events if isinstance(event, DiscrepancyNoted)]


def holds(world: World, lot: str, sku: str = "TEA") -> list[str]:
    """The holds on a lot."""
    return [hold.id for hold in world.ledger.lots[sku, lot].holds]


def test_recalled_goods_that_arrive_are_told_once_for_each_lot(world: World) -> None:
    """How much, where, which recall and why; nothing of other lots, and told again nothing."""
    world.told(L1)
    lines = goods("L1", 4, "A", line="1"), goods("L1", 2, "B", line="2"), goods("L2", 5, line="3")
    (told,) = noted(world.told(world.receipt(*lines)))
    assert told.code == "recalled"
    assert told.message == ("6 each of lot L1 of TEA came in, which is recalled under RC: held in A, B; set it apart.")
    assert told.about == {
        "receipt": "R1", "line": "1", "sku": "TEA", "lot": "L1", "location": "A", "site": SITE, "recall": "RC",
        "reason": "glass",
    }  # fmt: skip
    assert told.quantity == Decimal(6)
    assert world.told(world.receipt(*lines)) == ()
    world.place("#1", wanted(quantity=6, lot="L1"))
    assert world.lots("#1") == []


def test_an_alert_names_a_few_places_and_recalls(world: World) -> None:
    """And says how many more places there are."""
    for number in range(5):
        world.told(replace(L1, recall=f"RC-{number}", reason=None))
    lines = [goods("L1", 1, f"B{number}", line=str(number)) for number in range(7)]
    (told,) = noted(world.told(world.receipt(*lines)))
    assert "recalled under RC-0, RC-1, RC-2: held in B0, B1, B2, B3, B4 and 2 more places;" in told.message
    assert "reason" not in told.about


def test_a_recall_that_is_closed_holds_what_turns_up_again(world: World) -> None:
    """Until it is lifted from the lots by name: what was recalled is no better for having been answered."""
    world.told(L1)
    world.told(CloseRecall("RC"))
    (told,) = noted(world.told(world.receipt(goods("L1", 4))))
    assert told.about["recall"] == "RC"
    (told,) = noted(world.told(world.receipt(goods("L9", 4, supplier="S-3", supplier_lot="24A"), number="R2")))
    assert told.about["lot"] == "L9"
    assert holds(world, "L9") == ["RC"]
    for lot in ("L1", "L9"):
        world.told(LiftHold("RC", "TEA", lot, by="qa"))
    events = world.told(world.receipt(goods("L1", 4), goods("L9", 4), goods("LA", 4, supplier="S-3"), number="R3"))
    assert noted(events) == []


def test_days_of_making_are_recalled_of_what_is_still_to_come(world: World) -> None:
    """Of that supplier and of those days alone, whatever number the lot has; also when they are learnt later."""
    world.told(JUNE)
    lines = (
        goods("N1", 4, supplier="S-3", made=date(2026, 6, 5), line="1"),
        goods("N2", 4, supplier="S-3", made=date(2026, 6, 6), line="2"),
        goods("N3", 4, supplier="S-4", made=MADE, line="3"),
        goods("N4", 4, supplier="S-3", line="4"),
    )
    assert [one.about["lot"] for one in noted(world.told(world.receipt(*lines)))] == ["N1"]
    assert [holds(world, lot) for lot in ("N1", "N2", "N3", "N4")] == [["JUNE"], [], [], []]
    world.place("#1", wanted(quantity=4, lot="N4"))
    (told,) = noted(world.told(world.receipt(goods("N4", 1, supplier="S-3", made=MADE), number="R2")))
    assert told.about["lot"] == "N4"
    assert world.lots("#1") == []
    closed = only(world.told(CloseRecall("JUNE")), RecallClosed).recall
    assert closed.descendants == (LotName("TEA", "N1"), LotName("TEA", "N4"))


def test_what_was_lifted_by_name_is_not_held_again(world: World) -> None:
    """More of the same lot comes in free, and so does what is told of it later."""
    world.told(JUNE)
    world.told(world.receipt(goods("N1", 4, supplier="S-3", made=MADE)))
    world.told(LiftHold("JUNE", "TEA", "N1", by="qa"))
    more = goods("N1", 4, supplier="S-3", supplier_lot="25", made=MADE, line="2")
    assert noted(world.told(world.receipt(more))) == []
    assert holds(world, "N1") == []


def test_a_recall_no_longer_waits_for_goods_once_it_is_lifted_from_the_owner(world: World) -> None:
    """By its number; told again it waits again, and a change of the settings does not end it."""
    world.told(JUNE)
    assert world.told(JUNE) == ()
    world.told(ChangeSettings(Settings(whole_unit=False)))
    assert [rule.hold.id for rule in world.ledger.settings.recalls] == ["JUNE"]
    assert world.told(LiftOwnerHold(None, None)) == ()
    world.told(LiftOwnerHold("JUNE", None))
    assert world.ledger.settings.recalls == ()
    assert noted(world.told(world.receipt(goods("N1", 4, supplier="S-3", made=MADE)))) == []
    world.told(JUNE)
    assert holds(world, "N1") == ["JUNE"]


def test_a_drill_and_lots_that_are_named_wait_for_nothing(world: World) -> None:
    """What is named is known by its number and that of its supplier."""
    world.told(replace(JUNE, drill=True))
    world.told(L1)
    assert world.ledger.settings.recalls == ()


def test_an_item_that_is_called_otherwise_now_is_meant_all_the_same(world: World) -> None:
    """The recall speaks of the item, not of its name."""
    world.told(replace(JUNE, sku="TEA"))
    world.told(DefineItem(Item("SOAP")))
    world.told(RenameItem("TEA", "CHAI", "RN"))
    soap = goods("N2", 4, sku="SOAP", supplier="S-3", made=MADE)
    world.told(world.receipt(goods("N1", 4, sku="CHAI", supplier="S-3", made=MADE), soap))
    assert (holds(world, "N1", "CHAI"), holds(world, "N2", "SOAP")) == (["JUNE"], [])


def test_only_so_many_recalls_wait_for_goods(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused, and says what to do."""
    monkeypatch.setattr(recalled_later, "RULES_MAX", 1)
    world.told(JUNE)
    assert world.refused(replace(JUNE, recall="JULY")) == (Code.TOO_LARGE, "recall")


def test_what_is_made_on_a_recalled_day_is_held_and_told(world: World) -> None:
    """The recall may be of one's own making, and the batch be booked after it."""
    world.told(DefineItem(Item("BAR")))
    world.stock(goods("B0", 1, sku="BAR", made=MADE), balance="B")
    world.told(RecallLots("OWN", None, (), sku="BAR", made_from=MADE, made_to=MADE))
    piece = KitPiece("1", "TEA", "L1", "BIN", Decimal(1))
    made = MadeLine("M", "BAR", "B1", "OUT", Decimal(5), made=MADE)
    (told,) = noted(world.told(RecordProduction(SITE, True, "line-1", None, "P1", (piece,), (made,))))
    assert (told.code, told.about["lot"], told.about["recall"]) == ("recalled", "B1", "OWN")
    assert holds(world, "B1", "BAR") == ["OWN"]


def test_a_recall_of_all_of_a_supplier_says_nothing_of_what_is_sent_afterwards(world: World) -> None:
    """His lots that are there are held, and a later one comes in free."""
    world.told(RecallLots("ALL", None, (), supplier="S-3"))
    world.told(world.receipt(goods("L2", 4, supplier="S-3", supplier_lot="31B", made=MADE)))
    assert (holds(world, "L1"), holds(world, "L2")) == (["ALL"], [])
