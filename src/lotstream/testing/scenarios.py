"""Run allocation scenarios: files that say stock, demand and events, and what has to come out of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lotstream.testing.scenarios_check import check
from lotstream.testing.scenarios_compare import differences
from lotstream.testing.scenarios_format import Node, ScenarioError
from lotstream.testing.scenarios_ledger import LedgerAlone
from lotstream.testing.scenarios_outcome import came_out
from lotstream.testing.scenarios_play import Play
from lotstream.testing.scenarios_warehouse import Warehouse
from lotstream.testing.scenarios_words import day


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The verdict on one scenario."""

    id: str
    #: None when it was left out because it is of another category.
    passed: bool | None
    #: What differs from what was expected, in sentences; empty when it passed.
    differences: tuple[str, ...] = ()
    #: What came out, in the words of ``expect``; empty when it could not be played.
    came_out: dict[str, Any] = field(default_factory=dict)


def run_paths(paths: Iterable[Path], *, category: str | None = None) -> list[ScenarioResult]:
    """Run every scenario file among paths, and in the folders among them, by name; returns a verdict for each.

    A scenario that asks for what is not supported yet, or that has a key nobody knows, fails and says so.
    """
    return [
        scenario if isinstance(scenario, ScenarioResult) else run(scenario, name=name)
        for name, scenario in readings(paths, category=category)
    ]


def readings(paths: Iterable[Path], *, category: str | None = None) -> Iterator[tuple[str, object]]:
    """Yield each scenario with its name, or the verdict on a file that cannot be read or is of another category."""
    return (_reading(path, category) for path in _files(paths))


def _files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("**/*.y*ml")) if path.is_dir() else [path]
    return files


def run_file(path: Path, *, category: str | None = None) -> ScenarioResult:
    """Run one scenario file."""
    name, scenario = _reading(path, category)
    return scenario if isinstance(scenario, ScenarioResult) else run(scenario, name=name)


def _reading(path: Path, category: str | None) -> tuple[str, object]:
    try:
        scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return path.stem, ScenarioResult(path.stem, False, (f"{path.name} cannot be read: {error}",))
    name = str(scenario.get("id", path.stem)) if isinstance(scenario, dict) else path.stem
    if category is not None and category not in _categories(scenario):
        return name, ScenarioResult(name, None)
    return name, scenario


def _categories(scenario: object) -> list[str]:
    tags = scenario.get("category") if isinstance(scenario, dict) else None
    return [str(tag) for tag in tags] if isinstance(tags, list) else [str(tags)]


def run(scenario: object, *, name: str) -> ScenarioResult:
    """Run a scenario that has been read, through the ledger alone."""
    return asyncio.run(play(scenario, name=name, in_=_ledger_alone))


def _ledger_alone(scenario: Node) -> Warehouse:
    today = day(scenario["today"])
    if today is None:
        raise ScenarioError("today is missing")
    return LedgerAlone(today)


async def play(scenario: object, *, name: str, in_: Callable[[Node], Warehouse]) -> ScenarioResult:
    """Play a scenario in a warehouse that is made for it; returns the verdict."""
    try:
        checked = check(scenario)
        out, found = await _judged(checked, in_)
    except ScenarioError as error:
        return ScenarioResult(name, False, (str(error),))
    del out["invariants"]["broken"]
    return ScenarioResult(name, not found, found, out)


async def _judged(scenario: Node, in_: Callable[[Node], Warehouse]) -> tuple[Node, tuple[str, ...]]:
    """Play a scenario; returns what came out and how it differs from what is expected."""
    try:
        play = Play(scenario, in_(scenario))
        await play.run()
        out = await came_out(play)
        return out, tuple(differences(scenario, out))
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise ScenarioError(f"a value is missing or wrong: {type(error).__name__}: {error}") from error
