"""What was counted as lost by expiry is taken back when something that was said of the lot turns out to be wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.commands import (
    AdjustStock,
    CorrectLot,
    CorrectReceipt,
    LineWrong,
    MergeLots,
    RebaseItem,
    ShipTransfer,
    SplitLine,
    SplitLot,
    SplitPart,
    StockLine,
)
from lotstream.domain.model import AdjustCode
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods
from tests.unit.domain.judged import THERE, Judged, turn

Sums = dict[str, Decimal | int]
LATER = TODAY + timedelta(days=60)


def lost(**line: Any) -> Judged:  # noqa: ANN401 - fields of any type
    """A world where 10 of L1, at 2 each, have expired."""
    world = Judged()
    world.told(world.receipt(goods("L1", 10, **{"expires": TODAY, "cost": Decimal(2), "line": "1", **line})))
    turn(world, 2)
    counted = world.since()
    assert counted["expired"] == 10
    return world


def corrected(world: Judged, **facts: Any) -> Sums:  # noqa: ANN401 - fields of any type
    """Correct a lot, and return what that counts."""
    facts = {"sku": "TEA", "lot": "L1", "correction": f"C{len(facts)}{facts}", **facts}
    world.told(CorrectLot(**facts))
    return world.since()


def less(units: int, value: int) -> Sums:
    """So much less is lost."""
    return {"expired": Decimal(-units), **({"expired_value": Decimal(-value)} if value else {})}


def test_a_loss_is_taken_back_when_the_lot_had_not_expired() -> None:
    """All 10 and what they cost are taken off on the day that this is said, and they expire when their time comes."""
    world = lost()
    assert corrected(world, expires=LATER) == less(10, 20)
    turn(world, 30)
    assert world.since() == {}
    turn(world, 61)
    assert world.since() == {"expired": Decimal(10), "expired_value": Decimal(20)}


def test_a_lot_whose_last_day_is_not_known_any_more_has_not_expired() -> None:
    """Its expiry is cleared, and nothing of it is lost, now and later."""
    world = lost()
    assert corrected(world, clear=("expires",)) == less(10, 20)
    turn(world, 90)
    assert world.since() == {}


@pytest.mark.parametrize("expires", [TODAY + timedelta(days=1), TODAY - timedelta(days=3)])
def test_a_lot_that_has_expired_all_the_same_is_lost_once(expires: date) -> None:
    """Another day of the past changes nothing: nothing is taken back, and nothing is counted again."""
    world = lost()
    assert corrected(world, expires=expires) == {}
    turn(world, 9)
    assert world.since() == {}
    assert corrected(world, expires=LATER) == less(10, 20)


def test_what_was_written_off_as_expired_stays_lost() -> None:
    """4 of 10 were thrown away: 6 are taken back, and the 4 are lost whatever their last day was."""
    world = lost()
    world.adjust("L1", -4, AdjustCode.EXPIRED)
    world.adjust("L1", -1, AdjustCode.SAMPLE)
    assert world.since() == {}
    assert corrected(world, expires=LATER) == less(6, 12)


def test_what_went_on_to_another_site_is_taken_back_where_it_was_counted() -> None:
    """6 of 10 were sent away, 2 of them thrown away there: 8 are taken back."""
    world = lost()
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(6))
    world.told(ShipTransfer(SITE, True, None, None, "T1", THERE, (line,)))
    gone = StockLine("1", "TEA", "L1", "TRANSIT/T1", Decimal(-2), code=AdjustCode.SPOILED)
    world.told(AdjustStock(THERE, True, None, None, "A", (gone,)))
    assert world.since() == {}
    assert corrected(world, expires=LATER) == less(8, 16)


def test_what_came_in_expired_is_not_taken_back() -> None:
    """It was never counted; by its new day it expires here."""
    world = Judged()
    turn(world, 2)
    world.told(world.receipt(goods("L1", 10, expires=TODAY)))
    turn(world, 3)
    assert world.since() == {"received": Decimal(10)}
    assert corrected(world, expires=LATER) == {}
    turn(world, 61)
    assert world.since() == {"expired": Decimal(10)}


def test_a_part_that_lives_longer_is_taken_back() -> None:
    """Of 10, 3 get a later day and 2 another number: 3 are taken back; of the rest 5 and 2 are, each with its lot."""
    world = lost()
    fresh = SplitPart("L1-A", (SplitLine("BIN", Decimal(3)),), expires=LATER)
    same = SplitPart("L1-B", (SplitLine("BIN", Decimal(2)),))
    world.told(SplitLot(SITE, "S", "TEA", "L1", (fresh, same)))
    assert world.since() == less(3, 6)
    assert corrected(world, expires=LATER) == less(5, 10)
    assert corrected(world, lot="L1-B", expires=LATER) == less(2, 4)
    turn(world, 61)
    assert world.since() == {"expired": Decimal(10), "expired_value": Decimal(20)}


def test_lots_that_become_one_are_lost_once() -> None:
    """With 4 that have not expired, the 10 are taken back, and all 14 are counted when the day turns."""
    world = lost()
    world.told(world.receipt(goods("L2", 4, expires=LATER, cost=Decimal(2)), number="R2"))
    world.since()
    world.told(MergeLots("M", "TEA", ("L1",), "L2", take="earliest"))
    assert world.since() == less(10, 20)
    turn(world, 3)
    assert world.since() == {"expired": Decimal(14), "expired_value": Decimal(28)}
    assert corrected(world, lot="L2", expires=LATER) == less(14, 28)


def correct_receipt(world: Judged, **line: Any) -> Sums:  # noqa: ANN401 - fields of any type
    """Correct the receipt of L1, and return what that counts as lost."""
    world.told(CorrectReceipt(SITE, True, None, None, "R1", f"C{line}", None, (LineWrong("1", **line),)))
    return {name: value for name, value in world.since().items() if name.startswith("expired")}


def test_what_never_came_has_not_expired() -> None:
    """7 came and not 10, then it was 8, then they had cost 3 each; then the day was wrong, too."""
    world = lost()
    assert correct_receipt(world, quantity=Decimal(7)) == less(3, 6)
    assert correct_receipt(world, quantity=Decimal(8)) == {"expired": Decimal(1), "expired_value": Decimal(2)}
    assert correct_receipt(world, cost=Decimal(3)) == {"expired_value": Decimal(8)}
    assert correct_receipt(world, expires=LATER) == less(8, 24)


def test_what_was_of_another_lot_is_lost_with_that_one() -> None:
    """The 10 were of L9, which expires later: they are taken back."""
    world = lost()
    assert correct_receipt(world, lot="L9", expires=LATER) == less(10, 20)
    turn(world, 61)
    assert world.since()["expired"] == 10


def test_what_was_counted_in_another_unit_is_taken_back_as_it_was_counted() -> None:
    """10 boxes were lost, which are 60 pieces by now; half of them were thrown away: 5 boxes are taken back."""
    world = lost()
    world.told(RebaseItem("TEA", 2, "piece", 0, 6))
    world.adjust("L1", -30, AdjustCode.EXPIRED)
    assert corrected(world, expires=LATER) == less(5, 10)


def test_a_loss_of_kilograms_is_taken_back_in_kilograms() -> None:
    """1.25 kg are counted and taken back; nobody said what they cost."""
    world = Judged()
    world.told(world.receipt(goods("S1", "1.250", sku="SALT", expires=TODAY)))
    turn(world, 2)
    assert world.since() == {"received": Decimal("1.25"), "expired": Decimal("1.25")}
    assert corrected(world, sku="SALT", lot="S1", expires=LATER) == {"expired": Decimal("-1.25")}
