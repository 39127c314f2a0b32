"""A peer that is fast but wrong is found out: each way to be wrong is counted under its own name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from benchmarks.peers.check import check
from benchmarks.peers.expected import Expected
from benchmarks.peers.fefo import Row, decide, opening_rows, pick_tasks
from benchmarks.peers.outcome import Outcome
from benchmarks.peers.stage import Run
from lotstream.testing.load import Load, catalogue, orders

PARTITIONS = 8
#: So little stock that later lots are needed, and at last there is none.
LOAD = Load(orders=400, owners=2, skus=10, lots=4, units=36)


@pytest.fixture(scope="module")
def expected() -> Expected:
    """What the load must come to."""
    all_of_it = Expected(LOAD, partitions=PARTITIONS)
    list(all_of_it.stock(catalogue(LOAD)))
    list(all_of_it.orders(orders(LOAD)))
    return all_of_it


@pytest.fixture
def outcome() -> Outcome:
    """What the peers' own decision comes to, with its stock rows."""
    told = Outcome()
    shelves: dict[str, dict[str, list[Row]]] = {}
    for record in catalogue(LOAD):
        body = msgspec.json.decode(record.value)
        if "balance" in body:
            shelves.setdefault(body["owner"], {}).update(opening_rows(body["lines"]))
    for number, record in enumerate(orders(LOAD)):
        order = msgspec.json.decode(record.value)
        decision = decide(order, str(number), shelves[order["owner"]].__getitem__)
        if decision.promises:
            told.add_tasks(msgspec.json.encode(pick_tasks(decision)))
        if told.states is not None:
            told.states[order["order"]] += 1
    told.reserved = {
        (owner, sku, row[2], row[3]): row[5]
        for owner, rows_of in shelves.items()
        for sku, rows in rows_of.items()
        for row in rows
        if row[5]
    }
    return told


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run over the whole log."""
    zero = dict.fromkeys(range(PARTITIONS), 0)
    return Run("run", "", "", starts=zero, ends=zero, written={}, folder=tmp_path)


def everything(expected: Expected) -> dict[int, int]:
    """Return positions at the end of the log."""
    return {partition: len(due) for partition, due in expected.due.items()}


def test_the_decision_of_the_peers_is_the_expected_one(expected: Expected, outcome: Outcome, run: Run) -> None:
    """Two independent ways to take first what expires first agree, through every lot and into shortage."""
    verdict = check(expected, outcome, run, everything(expected))

    assert (str(verdict), verdict.orders) == ("right", LOAD.orders)
    everybody = [each for due in expected.due.values() for each in due]
    assert any(sum(take[-1] for take in each.takes) < sum(each.ordered.values()) for each in everybody)
    lots = {lot for takes in outcome.takes.values() for _, _, lot, _, _ in takes}
    assert len(lots) == LOAD.lots


def test_part_of_the_log_is_judged_as_such(expected: Expected, outcome: Outcome, run: Run) -> None:
    """What stands above the position a peer committed must not have been told, and is not missed."""
    half = {partition: count // 2 for partition, count in everything(expected).items()}
    verdict = check(expected, outcome, run, half)

    assert verdict.missing == 0
    assert verdict.too_many == len(outcome.takes) - sum(
        bool(each.takes) for partition, due in expected.due.items() for each in due[: half[partition]]
    )


def lose(outcome: Outcome) -> None:
    """Forget what one order was told."""
    outcome.takes.popitem()


def lose_state(outcome: Outcome) -> None:
    """Forget one order's state."""
    if outcome.states is not None:
        del outcome.states["O-7"]


def tell_twice(outcome: Outcome) -> None:
    """Tell one order twice."""
    outcome.told[next(iter(outcome.told))] += 1


def take_another_lot(outcome: Outcome) -> None:
    """Give an order what expires later."""
    name, takes = next(iter(outcome.takes.items()))
    line, sku, _, _, quantity = takes[0]
    outcome.takes[name] = ((line, sku, "L9", "A-999-9", quantity), *takes[1:])


def give_less(outcome: Outcome) -> None:
    """Give a line one unit less than there was for it."""
    name, takes = next((name, takes) for name, takes in outcome.takes.items() if takes[0][-1] > 1)
    line, sku, lot, location, quantity = takes[0]
    outcome.takes[name] = ((line, sku, lot, location, quantity - 1), *takes[1:])


def promise_beyond_stock(outcome: Outcome) -> None:
    """Promise all of a row once more."""
    name, takes = next(iter(outcome.takes.items()))
    line, sku, lot, location, _ = takes[0]
    outcome.takes[name] = ((line, sku, lot, location, LOAD.units + 1), *takes[1:])


def miscount_rows(outcome: Outcome) -> None:
    """Let a stock row say less than what orders were promised of it."""
    if outcome.reserved is not None:
        outcome.reserved.popitem()


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (lose, "missing"),
        (lose_state, "missing"),
        (tell_twice, "doubled"),
        (take_another_lot, "other lots"),
        (give_less, "unbalanced lines"),
        (promise_beyond_stock, "over-reserved rows"),
        (miscount_rows, "stock rows off"),
    ],
)
def test_each_fault_is_found_by_name(
    expected: Expected, outcome: Outcome, run: Run, fault: Callable[[Outcome], None], named: str
) -> None:
    """An order lost, told twice, given another lot, too little or too much, a row miscounted: the verdict names it."""
    fault(outcome)
    verdict = check(expected, outcome, run, everything(expected))

    assert not verdict.right
    assert named in verdict.faults()


def test_states_are_not_missed_where_none_are_told(expected: Expected, outcome: Outcome, run: Run) -> None:
    """A peer that keeps rows alone is judged by its rows."""
    verdict = check(expected, replace(outcome, states=None), run, everything(expected))

    assert verdict.right
