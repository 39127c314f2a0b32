from __future__ import annotations

import pytest

from lotstream.store.audit import Audit, ClaimSeen
from lotstream.testing.faults.invariants import KEPT_MAX, Invariant, Violations
from lotstream.testing.faults.log_ends import LogEnds
from lotstream.testing.faults.watch import Watch


class Tables(Audit):
    """Claims and promises as they are set."""

    def __init__(self) -> None:
        self.seen = {0: ClaimSeen(log=1, next_offset=5, epoch=3, relay_position=4)}
        self.over = 0

    async def claims(self) -> dict[int, ClaimSeen]:
        return self.seen

    async def over_promised(self) -> int:
        return self.over


class Log(LogEnds):
    """Ends and positions as they are set."""

    def __init__(self) -> None:
        self.end, self.position = 6, 5

    async def ends(self) -> dict[int, int]:
        return {0: self.end}

    async def positions(self) -> dict[int, int]:
        return {0: self.position}


@pytest.fixture
def tables() -> Tables:
    """Tables of a hub that is well."""
    return Tables()


@pytest.fixture
def log() -> Log:
    """A log that fits them."""
    return Log()


async def _look(tables: Tables, log: Log) -> set[Invariant]:
    violations = Violations()
    watch = Watch(tables, log, violations)
    await watch.look()
    await watch.look()
    return set(violations.found)


async def test_a_hub_that_is_well_is_found_well(tables: Tables, log: Log) -> None:
    """Published up to 5, decided up to 5, the log ends at 6: nothing to say."""
    assert await _look(tables, log) == set()


async def test_an_epoch_that_falls_is_found(tables: Tables, log: Log) -> None:
    """Epochs only grow."""
    violations = Violations()
    watch = Watch(tables, log, violations)
    await watch.look()
    tables.seen = {0: ClaimSeen(log=1, next_offset=5, epoch=2, relay_position=4)}
    await watch.look()
    assert violations.found[Invariant.EPOCHS] == ["partition 0 went from 3 to 2"]


@pytest.mark.parametrize(("position", "end"), [(6, 6), (5, 4)])
async def test_positions_out_of_order_are_found(tables: Tables, log: Log, position: int, end: int) -> None:
    """Nothing is published that is not decided, and nothing is decided that is not in the log."""
    log.position, log.end = position, end
    assert await _look(tables, log) == {Invariant.POSITIONS}


async def test_goods_promised_twice_are_found_at_once(tables: Tables, log: Log) -> None:
    """One row with more promised than there is, is enough."""
    tables.over = 1
    assert await _look(tables, log) == {Invariant.PROMISES}


def test_all_violations_are_counted_and_some_are_kept() -> None:
    """A run with thousands of them says how many there are and shows the first."""
    violations = Violations()
    for number in range(KEPT_MAX + 5):
        violations.add(Invariant.LAG, str(number))
    assert violations.total() == violations.count(Invariant.LAG) == KEPT_MAX + 5
    assert violations.found[Invariant.LAG] == [str(number) for number in range(KEPT_MAX)]
