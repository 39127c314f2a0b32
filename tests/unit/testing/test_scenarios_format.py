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
