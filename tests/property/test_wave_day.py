"""Any day with waves: whatever is told in whatever order, the floor is told what is promised, and nothing else."""

from __future__ import annotations

import os
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.soundness import check_derived, check_kept, check_lines, check_lots, check_rows, check_served
from tests.property.wave_day import WAVE_VERBS, WaveDay

seeds = st.integers(0, 2**32 - 1)
#: Each is told a day of some length; in the short tests a handful, in the long ones as many as of any day.
DAYS = 12 if os.environ.get("LOTSTREAM_TEST_LENGTH", "short") == "short" else 400
verbs = st.lists(st.sampled_from(WAVE_VERBS), min_size=15, max_size=30)


@settings(max_examples=DAYS)
@given(seeds, verbs)
def test_waves_tell_what_is_promised(seed: int, told: list[str]) -> None:
    """The sum of the tasks is what is promised after every message, and the ledger is as sound as without waves."""
    day = WaveDay(seed)
    for step, verb in enumerate(told):
        day.step(verb, Random(f"{seed}/{step}").getrandbits(32))
        day.check_told()
        check_rows(day.warehouse.ledger)
        check_lines(day.warehouse.orders())
        check_lots(day.warehouse.ledger, day.warehouse.journal)
        check_derived(day.warehouse.ledger)
        check_served(day.warehouse)
        check_kept(day.warehouse)
    day.read_again()
