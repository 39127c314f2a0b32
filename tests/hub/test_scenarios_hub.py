"""Scenarios have the same verdicts through a running hub as through the ledger alone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from lotstream.settings import Settings
from lotstream.testing.scenarios import run_paths
from lotstream.testing.scenarios_hub import run_through_hub
from lotstream.testing.scenarios_running import RunningHub

FOLDER = Path(__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
#: Played in every run: what only a hub can get wrong (many senders, a kill, what every partition is told).
ALWAYS = {"many-at-once", "crash-and-replay", "bin-on-hold", "day-turns", "told-twice", "pick-and-ship"}
#: Of the others one in so many is played, all of them in the long runs.
ONE_IN = 4 if os.environ.get("LOTSTREAM_TEST_LENGTH", "short") == "short" else 1
SOME = [path for at, path in enumerate(FILES) if path.stem in ALWAYS or at % ONE_IN == 0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningHub]:
    """One hub and one worker for all scenarios."""
    async with RunningHub(hub_settings, tmp_path_factory.mktemp("scenarios")) as hub:
        yield hub


def wrong(path: Path) -> dict[str, Any]:
    """A scenario that expects one unit more of everything it expects to be promised, and a pick task more."""
    scenario: dict[str, Any] = deepcopy(yaml.safe_load(path.read_text()))
    for line in scenario["expect"].get("allocations") or []:
        line["qty"] += 1
    scenario["expect"].setdefault("invariants", {})["pick_tasks"] = 99
    return scenario


@pytest.mark.asyncio(loop_scope="module")
async def test_some_scenarios_through_a_hub(hub: RunningHub) -> None:
    """Messages go in at Kafka, database and topics are looked at: nothing differs from what is expected."""
    results = await run_through_hub(hub, SOME)
    assert {result.id: result.differences for result in results if not result.passed} == {}
    assert [result.id for result in results] == [path.stem for path in SOME]


@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_comes_out_both_ways(hub: RunningHub, tmp_path: Path) -> None:
    """What came out is the same in every word, and a wrong expectation fails with the same sentences."""
    paths = [FOLDER / f"{name}.yaml" for name in ("hold-moves-in-queue-order", "pick-and-ship", "units-whole-in-total")]
    for path in paths:
        (tmp_path / path.name).write_text(yaml.safe_dump(wrong(path)))
    told: list[tuple[int, int]] = []
    both = [*paths, tmp_path]
    through_hub = await run_through_hub(hub, both, tell=lambda done, of: told.append((done, of)))
    for one, other in zip(through_hub, await asyncio.to_thread(run_paths, both), strict=True):
        assert asdict(one) == asdict(other)
    assert [result.passed for result in through_hub] == [True] * 3 + [False] * 3
    assert told[-1] == (6, 6)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_cannot_be_played_is_a_verdict(hub: RunningHub, tmp_path: Path) -> None:
    """A file that is wrong fails by itself, one of another category is left out; neither disturbs the others."""
    (tmp_path / "a.yaml").write_text("{ unclosed")
    scenario = yaml.safe_load((FOLDER / "more-wanted.yaml").read_text())
    (tmp_path / "b.yaml").write_text(yaml.safe_dump({**scenario, "colour": "red", "category": "fifo"}))
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({**scenario, "category": "lifo"}))
    orders = [{"id": "O1", "lines": []}, {"id": "O2", "lines": [{"qty": 0}]}]
    refused = {**scenario, "orders": orders, "steps": [], "category": "fifo", "expect": {"allocations": []}}
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(refused))
    results = await run_through_hub(hub, [tmp_path], category="fifo")
    assert [result.passed for result in results] == [False, False, None, True]
    assert results[1].differences == ("colour is no key that is known",)
