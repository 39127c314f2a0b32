"""A verdict that cannot fail proves nothing: each kind of difference is put in and must be found."""

from __future__ import annotations

from collections import Counter

import pytest

from lotstream.domain.model import RowKey
from lotstream.store.audit import ClaimSeen, IntakeSeen, ShippedSeen, StockSeen
from lotstream.testing.faults import verdict
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.oracle import Oracle
from lotstream.testing.faults.reference import Books
from lotstream.testing.load import SITE
from tests.faults.small_hub import MESSAGES, OWNER, TODAY, Tables, small_log


@pytest.fixture
def oracle() -> Oracle:
    """What must have come of that log."""
    oracle = Oracle(1024 * 1024)
    oracle.read(small_log(), log=1, partitions=1)
    return oracle


async def _found(tables: Tables, oracle: Oracle, *, seen: Counter[tuple[str, str]] = MESSAGES) -> set[Invariant]:
    violations = Violations()
    await verdict.check_intake(tables, oracle, violations)
    await verdict.check_state(tables, oracle, violations)
    await verdict.check_published(tables, seen, violations)
    assert violations.total() == sum(map(violations.count, Invariant))
    return {invariant for invariant, sentences in violations.found.items() if sentences}


async def test_tables_that_are_right_are_found_right(oracle: Oracle) -> None:
    """Nothing is found where nothing is wrong."""
    assert await _found(Tables(), oracle) == set()


async def test_a_record_that_is_missing_or_judged_otherwise_is_found(oracle: Oracle) -> None:
    """One intake row per record, with the outcome that the reference has."""
    missing, other, more = Tables(), Tables(), Tables()
    del missing.intakes[1]
    other.intakes[2] = IntakeSeen(1, 0, 2, "refused", "s", "m2", OWNER, "stale_version")
    more.intakes.append(IntakeSeen(1, 0, 3, "done", "s", "m3", OWNER, None))
    for tables in (missing, other, more):
        assert await _found(tables, oracle) == {Invariant.INTAKE}


async def test_another_lot_is_found(oracle: Oracle) -> None:
    """An order that has its goods from elsewhere is not what the reference says, though all sums agree."""
    tables = Tables()
    tables.order.lines[0].reservations[0].row = RowKey("A", "L1", SITE, "BIN-2")
    tables.rows = [
        StockSeen(OWNER, "A", "L1", SITE, "BIN-1", "good", 6, 0),
        StockSeen(OWNER, "A", "L1", SITE, "BIN-2", "good", 4, 4),
    ]
    assert await _found(tables, oracle) == {Invariant.SAME_LOTS}


async def test_a_promise_that_nobody_holds_is_found(oracle: Oracle) -> None:
    """What is reserved is what orders hold."""
    tables = Tables()
    tables.order.lines[0].reservations[0].quantity = 3
    assert await _found(tables, oracle) == {Invariant.SUMS, Invariant.SAME_LOTS}


async def test_units_out_of_nothing_are_found(oracle: Oracle) -> None:
    """What came in is what is there and what has left."""
    tables = Tables()
    tables.left = [ShippedSeen(OWNER, "S", "s", "#1", "1", "A", "L1", 1)]
    assert await _found(tables, oracle) == {Invariant.SUMS, Invariant.SAME_LOTS}


async def test_more_promised_than_there_is_is_found(oracle: Oracle) -> None:
    """Whatever else is wrong, that the goods are promised twice is said."""
    tables = Tables()
    tables.rows = [StockSeen(OWNER, "A", "L1", SITE, "BIN-1", "good", 3, 4)]
    assert Invariant.PROMISES in await _found(tables, oracle)


async def test_messages_lost_doubled_or_made_up_are_found(oracle: Oracle) -> None:
    """Readers see each message of the outbox once and no other."""
    lost, doubled, made_up = Counter(MESSAGES), Counter(MESSAGES), Counter(MESSAGES)
    lost.popitem()
    doubled["lotstream.alerts", "b"] = 2
    made_up["lotstream.alerts", "c"] = 1
    for seen in (lost, doubled, made_up):
        assert await _found(Tables(), oracle, seen=seen) == {Invariant.PUBLISHED}


@pytest.mark.parametrize("times", [0, 2])
def test_a_reader_that_stayed_on_and_saw_otherwise_is_found(times: int) -> None:
    """Seen twice, or not at all, by whoever read while things broke: found, whatever a later reader sees."""
    violations = Violations()
    live = Counter(MESSAGES)
    verdict.check_live(live, MESSAGES, violations)
    assert violations.total() == 0
    live["lotstream.alerts", "b"] = times
    verdict.check_live(live, MESSAGES, violations)
    assert violations.count(Invariant.PUBLISHED) == 1


def test_records_that_kafka_lost_are_found() -> None:
    """An acknowledged message that is not in the log was lost before the hub."""
    violations = Violations()
    verdict.check_log(small_log(), {b"m0", b"m9"}, violations)
    assert violations.found[Invariant.NOTHING_LOST] == ["message m9 was acknowledged and is not in the log"]


@pytest.mark.parametrize(("decided", "published"), [(2, 2), (3, 2)])
def test_what_is_left_undecided_or_unpublished_is_found(decided: int, published: int) -> None:
    """At rest everything in the log is decided, and everything decided is published."""
    violations = Violations()
    verdict.check_ends({0: ClaimSeen(1, decided, 1, 0)}, {0: 3}, {0: published}, violations)
    assert violations.count(Invariant.LAG) == 1


def test_the_reference_takes_what_expires_first() -> None:
    """Two lots, the later one received first: the one that expires first is promised, then the other."""
    books = Books(TODAY)
    books.do("item.defined", {"sku": "A"}, (1, 0))
    for number, (lot, expires) in enumerate([("LATE", "2032-01-01"), ("SOON", "2031-01-01")]):
        line = {"line": "1", "sku": "A", "lot": lot, "quantity": "5", "location": "BIN", "expires": expires}
        books.do("stock.received", {"receipt": str(number), "occurred_at": "2026-08-01", "lines": [line]}, (1, 1))
    order = {"source": "s", "order": "1", "version": "1", "placed_at": "2026-08-02T08:00:00Z"}
    books.do("order.placed", {**order, "lines": [{"line": "1", "sku": "A", "quantity": "7"}]}, (1, 2))
    parts = books.orders["s", "1"].lines[0].parts
    assert [(part.place[1], part.quantity) for part in parts] == [("SOON", 5), ("LATE", 2)]
