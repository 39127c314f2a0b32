from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lotstream.errors import ExitCode

SCENARIO = """
format: allocation-scenario/1
id: {id}
title: One order takes half of one lot.
category: [{category}]
today: 2026-09-01
items: [{{sku: A}}]
stock: [{{lot: L1, qty: 10, expires: 2027-01-01}}]
orders: [{{id: O1, lines: [{{qty: 5}}]}}]
expect:
  allocations: [{{order: O1, line: 1, lot: L1, qty: {quantity}}}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario that holds and one that does not."""
    for name, quantity, category in (("right", 5, "fefo"), ("wrong", 6, "odd")):
        text = SCENARIO.format(id=name, quantity=quantity, category=category)
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_a_line_each_and_the_counts_at_the_end(lotstream: Callable[..., Any], folder: Path) -> None:
    """A verdict per scenario, what differs in the one that failed, and exit code 1."""
    ran = lotstream("scenarios", "run", str(folder))
    lines = ran.out.splitlines()

    assert ran.code == ExitCode.FAILED
    assert lines[0] == "PASS right"
    assert lines[1].startswith("FAIL wrong: ")
    assert lines[2] == "1 passed, 1 failed, 0 skipped"


def test_a_category_leaves_the_others_out(lotstream: Callable[..., Any], folder: Path) -> None:
    """What is left out by --category is counted as skipped and does not fail."""
    ran = lotstream("scenarios", "run", str(folder), "--category", "fefo")

    assert (ran.code, ran.out.splitlines()) == (0, ["PASS right", "1 passed, 0 failed, 1 skipped"])


def test_json_has_what_came_out(lotstream: Callable[..., Any], folder: Path) -> None:
    """--json prints for each scenario what came out, in the words of `expect`."""
    ran = lotstream("scenarios", "run", str(folder / "right.yaml"), "--json")
    (result,) = json.loads(ran.out)

    assert (ran.code, result["id"], result["passed"], result["differences"]) == (0, "right", True, [])
    (allocation,) = result["came_out"]["allocations"]
    assert (allocation["order"], allocation["lot"], int(allocation["qty"])) == ("O1", "L1", 5)


def test_a_folder_without_scenarios_is_no_success(lotstream: Callable[..., Any], tmp_path: Path) -> None:
    """Nothing to run is refused: a misspelt folder must not pass."""
    ran = lotstream("scenarios", "run", str(tmp_path))

    assert ran.code == ExitCode.INPUT
    assert "There is no scenario in" in ran.err


def test_a_folder_without_scenarios_starts_no_servers(lotstream: Callable[..., Any], tmp_path: Path) -> None:
    """Through a hub, too, a misspelt folder is told at once."""
    ran = lotstream("scenarios", "run", str(tmp_path), "--through", "hub")

    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert "There is no scenario in" in ran.err
