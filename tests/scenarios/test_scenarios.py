"""Each rule of allocation as a small file, and the proof that a file can fail."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotstream.testing.scenarios import run, run_file, run_paths

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
Node = dict[str, Any]

QUANTITIES = ("qty", "allocated", "backordered", "shipped")


def read(path: Path) -> Node:
    """A scenario as it stands in its file."""
    node = yaml.safe_load(path.read_text())
    assert isinstance(node, dict)
    return node


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    """The ledger does what the file's title says."""
    result = run_file(path)
    assert result.differences == ()
    assert result.passed is True
    assert result.id == path.stem


def test_there_are_scenarios() -> None:
    """A folder is run whole, in the order of names, and every file in it gets a verdict."""
    results = run_paths([HERE])
    assert [result.id for result in results] == [path.stem for path in FILES]
    assert len(results) >= 25


def mutations(scenario: Node) -> Iterator[tuple[str, Node]]:
    """Every scenario that expects one thing more, less or otherwise."""
    for path, value in _leaves(scenario["expect"], ()):
        other = _otherwise(path, value)
        if other is None or (scenario.get("oracle") == "skip" and path[0] != "invariants"):
            continue
        mutated = deepcopy(scenario)
        node: Any = mutated["expect"]
        for name in path[:-1]:
            node = node[name]
        node[path[-1]] = other
        yield ".".join(map(str, path)), mutated


def _leaves(node: object, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict):
        for name, part in node.items():
            yield from _leaves(part, (*path, name))
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from _leaves(part, (*path, index))
    else:
        yield path, node


def _otherwise(path: tuple[Any, ...], value: Any) -> object:  # noqa: ANN401 - whatever YAML holds
    """Another value that must not pass in a place; None where the place is not compared."""
    if "max_reserved_per_lot" in path:
        return value - 1 if value else None
    if path[0] == "not_used":
        return ("hold" if value == "zone" else "zone") if path[-1] == "reason" else None
    if path[0] == "invariants":
        return not value if isinstance(value, bool) else value + 1
    if path[-1] == "step":
        return value + 100
    if path[-1] in QUANTITIES:
        return value + 1
    if path[0] == "allocations" and path[-1] in {"lot", "location", "order", "pack_size", "serial"}:
        return f"not {value}"
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_wrong_expectation_fails(path: Path) -> None:
    """Whatever single expectation of a file is changed, the scenario fails and says what differs."""
    tried = 0
    for where, mutated in mutations(read(path)):
        result = run(mutated, name=path.stem)
        assert result.passed is False, where
        assert result.differences, where
        tried += 1
    assert tried > 0
