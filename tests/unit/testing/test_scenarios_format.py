from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from lotstream.testing.scenarios import run

Node = dict[str, Any]

SCENARIO: Node = {
    "format": "allocation-scenario/1",
    "id": "one",
    "today": "2027-02-27",
    "customers": [{"id": "C"}],
    "items": [{"sku": "A"}],
    "locations": [{"id": "STOCK"}],
    "stock": [{"lot": "L", "qty": 5}],
    "orders": [{"id": "O", "customer": "C", "lines": [{"qty": 5}]}],
    "steps": [{"allocate": "all"}, {"hold": {"lot": "L"}}],
    "expect": {
        "allocations": [],
        "backordered": [{"order": "O", "line": 1, "qty": 5}],
        "invariants": {"allocated_total": 0},
    },
}


def why(scenario: object) -> str:
    """What speaks against a scenario; empty when it passes."""
    result = run(scenario, name="one")
    assert result.passed is not bool(result.differences)
    return "; ".join(result.differences)


def with_step(step: object) -> Node:
    """The scenario with one more step."""
    return {**SCENARIO, "steps": [*SCENARIO["steps"], step]}


def test_the_scenario_itself_passes() -> None:
    """What the other tests spoil is right as it stands."""
    assert not why(SCENARIO)


@pytest.mark.parametrize(
    "path",
    [
        (), ("customers", 0), ("items", 0), ("locations", 0), ("stock", 0), ("orders", 0), ("orders", 0, "lines", 0),
        ("steps", 0), ("steps", 1, "hold"), ("expect",), ("expect", "backordered", 0), ("expect", "invariants"),
    ],
)  # fmt: skip
def test_a_key_that_nobody_knows_fails(path: tuple[str | int, ...]) -> None:
    """An unknown key fails the scenario wherever it stands, instead of being passed over."""
    scenario = deepcopy(SCENARIO)
    node: Any = scenario
    for name in path:
        node = node[name]
    node["colour"] = "red"
    said = why(scenario)
    assert "colour" in said or "2 verbs" in said


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"explode": "O"}, "steps.2.explode is no step that is known"),
        ({"change_qty": "O"}, "steps.2.change_qty is no mapping"),
        ({"allocate": {"order": "O"}}, "steps.2.allocate takes no mapping"),
        ({"concurrent": {"verb": "explode", "orders": "all"}}, "steps.2.concurrent.verb: explode is no step"),
        ({"concurrent": {"verb": "change_qty", "orders": "all"}}, "cannot be said of an order by its name alone"),
        ({"crash_and_replay": None}, "steps.2.crash_and_replay is no mapping"),
    ],
)
def test_a_step_that_cannot_be_played_fails_by_name(step: Node, said: str) -> None:
    """A step that is unknown, not supported yet or of the wrong shape is a verdict and ends no run."""
    assert said in why(with_step(step))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"expect": {"backordered": "none"}}, "expect.backordered is no list"),
        ({"expect": {"backordered": [{"order": "O", "qty": "many"}]}}, "a value is missing or wrong"),
        ({"expect": {"backordered": [{"order": "O"}]}}, "a value is missing or wrong"),
        ({"stock": [{"lot": "L"}]}, "stock.0.qty is missing"),
        ({"today": "2027-02-31"}, "a value is missing or wrong"),
    ],
)
def test_a_wrong_value_is_a_verdict(part: Node, said: str) -> None:
    """A value of the wrong form fails its own scenario, in words, and leaves the others of a run alone."""
    assert said in why({**SCENARIO, **part})


def test_counts_written_as_text_are_counts() -> None:
    """Whoever quotes his numbers is understood: places, tiers, priorities, days and limits of lots."""
    parts: Node = {
        "settings": {"min_days_left": "2"},
        "customers": [{"id": "C", "max_lots": "2", "min_days_left": "5", "min_days_left_by_sku": {"A": "4"}}],
        "items": [{"sku": "A", "min_days_left": "3"}],
        "locations": [{"id": "STOCK", "sequence": "2", "tier": "1"}, {"id": "NEAR", "sequence": "1", "tier": "0"}],
        "stock": [{"lot": "L", "qty": "5"}, {"lot": "M", "qty": "1", "location": "NEAR"}],
        "orders": [
            {"id": "LAST", "lines": [{"qty": "5", "min_days_left": "0"}]},
            {
                "id": "FIRST",
                "customer": "C",
                "priority": "1",
                "lines": [{"qty": "3", "min_days_left": "0", "max_lots": "2"}],
            },
        ],
        "steps": [{"allocate": "all"}],
        "expect": {
            "allocations": [
                {"order": "FIRST", "lot": "M", "location": "NEAR", "qty": "1"},
                {"order": "FIRST", "lot": "L", "qty": "2"},
                {"order": "LAST", "lot": "L", "qty": "3"},
            ],
            "backordered": [{"order": "LAST", "qty": "2"}],
        },
    }
    assert not why({**SCENARIO, **parts})
    said = why({**SCENARIO, "locations": [{"id": "STOCK", "sequence": "near"}]})
    assert "sequence: Field sequence: a whole number is expected" in said


def test_one_refused_step_needs_no_list() -> None:
    """The number of the step that is refused may stand alone; another number fails."""
    refused = with_step({"pick": {"order": "O", "line": 1, "lot": "L", "qty": 1}})
    assert not why({**refused, "expect": {"rejected": 2}})
    assert "step 1 should have been refused" in why({**refused, "expect": {"rejected": 1}})


def test_a_kit_that_is_in_itself_fails() -> None:
    """Kits of kits are taken apart; one that never ends is a verdict."""
    items = [{"sku": "A", "kit": {"B": 2}}, {"sku": "B", "kit": {"C": 1, "A": 1}}]
    assert why({**SCENARIO, "items": items}) == "the kit A is in itself"


def test_a_step_told_twice_may_be_refused() -> None:
    """A repeat changes nothing; a file that names no refused step need not say that the second truck was refused."""
    steps = [{"allocate": "all"}, {"ship": "O"}, {"ship": "O"}]
    expect = {"shipped": [{"order": "O", "lot": "L", "qty": 5}]}
    assert not why({**SCENARIO, "steps": steps, "expect": expect})
    assert "step 2 was refused" in why({**SCENARIO, "steps": steps, "expect": {**expect, "rejected": []}})
