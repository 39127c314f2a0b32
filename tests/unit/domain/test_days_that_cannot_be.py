"""Days that cannot be: goods made after they came, and papers that ran out before they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import CorrectLot, CorrectReceipt, LineWrong, OpenDay
from lotstream.domain.model import LotDocument, LotMore
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods
from tests.unit.domain.test_complete import defined, received

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
MADE_LATER: dict[str, Any] = {"made": TODAY + timedelta(days=1)}
NEVER_COUNTS = LotDocument("organic", "C-1", issued=TODAY, expires=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("facts", "field"),
    [(MADE_LATER, "made"), ({"certificates": (LotDocument("coa", "1"), NEVER_COUNTS)}, "certificates.1.expires")],
)
def test_days_that_cannot_be(facts: dict[str, Any], field: str) -> None:
    """Goods made after they came, or whose paper ran out before it was given: refused, or in quarantine without it."""
    world = World()
    line = goods("L1", line="1", expires=TODAY + timedelta(days=30), **facts)
    assert world.refused(world.receipt(line, happened=False)) == (Code.FIELD_INVALID, f"lines.0.{field}")
    booked = received(world, line)
    assert (booked.row.status, booked.discrepancy) == ("quarantine", Code.FIELD_INVALID.value)
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.made, lot.expires) == (None, TODAY + timedelta(days=30))
    assert [paper.number for paper in (lot.more or LotMore()).documents] == (["1"] if "certificates" in facts else [])


def test_a_life_that_follows_from_a_day_that_cannot_be() -> None:
    """An expiry that was worked out from the day of making is as little believed as that day."""
    world = defined(World(), shelf_life_days=10)
    assert received(world, goods("L1", line="1", expires=None, **MADE_LATER)).row.status == "quarantine"
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.made, lot.expires, (lot.more or LotMore()).details) == (None, None, {})


def test_a_day_of_making_counts_where_the_goods_came() -> None:
    """East of who writes it down it is tomorrow already: goods that were made on that day there have been made."""
    world = World()
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    assert received(world, goods("L1", line="1", **MADE_LATER)).row.status == "good"
    late = world.receipt(goods("L2", **MADE_LATER), number="R9", happened=False, at=AT - timedelta(days=5))
    assert world.refused(late) == (Code.FIELD_INVALID, "lines.0.made")


def test_a_day_of_making_is_not_corrected_to_one_that_cannot_be() -> None:
    """Neither by a correction of the lot nor by one of the receipt; what has happened is in quarantine."""
    world = World()
    received(world, goods("L1", line="1"))
    assert world.refused(CorrectLot("K1", "TEA", "L1", **MADE_LATER)) == (Code.FIELD_INVALID, "made")
    said = CorrectReceipt(SITE, False, None, None, "R1", "C1", None, (LineWrong("1", **MADE_LATER),))
    assert world.refused(said) == (Code.FIELD_INVALID, "lines.0.made")
    world.told(replace(said, happened=True))
    assert world.row("L1", status="quarantine").on_hand == 10
    assert world.ledger.lots["TEA", "L1"].made is None
