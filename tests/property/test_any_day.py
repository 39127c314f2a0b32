"""Any day in a warehouse: whatever is told in whatever order, the ledger stays sound."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.property.day import VERBS, Day
from tests.property.soundness import check_derived, check_kept, check_lines, check_lots, check_rows, check_served

seeds = st.integers(0, 2**32 - 1)
verbs = st.lists(st.sampled_from(VERBS), min_size=15, max_size=30)


@given(seeds, verbs)
def test_ledger_stays_sound(seed: int, told: list[str]) -> None:
    """After every message sums hold and promises fit, and deciding changes nothing; read again, nothing changes."""
    day = Day(seed)
    for step, verb in enumerate(told):
        day.step(verb, Random(f"{seed}/{step}").getrandbits(32))
        check_rows(day.warehouse.ledger)
        check_lines(day.warehouse.orders())
        check_lots(day.warehouse.ledger, day.warehouse.journal)
        check_derived(day.warehouse.ledger)
        check_served(day.warehouse)
        check_kept(day.warehouse)
        day.reader.check(day.warehouse.ledger)
    day.read_again()
