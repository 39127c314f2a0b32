"""Puts small mistakes into the rules of allocation and says which of them no test finds.

``python -m scripts.mutate`` tries every mutant; ``--every 10`` every tenth, ``--module terms`` those of one module.
Each is imported in place of its module by a process of its own, which runs the quick tests until one fails and, when
none does, the ones with made-up days. A mutant that survives has to stand in docs/reference/mutants.md with the reason
why nobody could tell it from the right program; one that does not ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import sys
import time
import types
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from enum import StrEnum
from pathlib import Path
from typing import Final

from scripts.mutants import Mutant, mutants, mutated

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAIN: Final = ROOT / "src" / "lotstream" / "domain"
LISTED: Final = ROOT / "docs" / "reference" / "mutants.md"
MODULES: Final = ("order_of_use", "allocation", "expiry", "terms", "queue", "shelf", "moving", "settling", "filling")
"""Modules that decide which lot an order gets and what happens when it loses one."""

QUICK: Final = ("tests/unit/domain", "tests/scenarios")
THOROUGH: Final = ("tests/property",)
LOST_S: Final = 300
"""A mutant whose tests take longer than this goes round in circles, and is found."""


class Fate(StrEnum):
    """What became of a mutant."""

    FOUND = "found"
    SURVIVED = "survived"


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from another text."""

    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the one module."""
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the other text as the module."""
        exec(compile(self._source, f"<mutant of {self._name}>", "exec"), module.__dict__)


def fate(module: str, mutant: Mutant) -> Fate:
    """Run the tests with a mutant in place of its module, in a process of its own."""
    return _fate(module, mutated(_source(module), mutant), (QUICK, THOROUGH))


def _fate(module: str, source: str, suites: Sequence[Sequence[str]]) -> Fate:
    context = multiprocessing.get_context("fork")
    for tests in suites:
        child = context.Process(target=_test, args=(f"lotstream.domain.{module}", source, tests))
        child.start()
        child.join(LOST_S)
        if child.exitcode != 0:
            child.kill()
            child.join()
            return Fate.FOUND
    return Fate.SURVIVED


def _test(module: str, source: str, tests: Sequence[str]) -> None:
    """Run tests until one fails; ends the process with pytest's exit code."""
    import pytest

    sys.meta_path.insert(0, Instead(module, source))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header"]
    os._exit(int(pytest.main([*options, *tests])))


def chosen(modules: Sequence[str], every: int) -> list[tuple[str, Mutant]]:
    """Return the mutants to try."""
    made = [(module, mutant) for module in modules for mutant in mutants(module, _source(module))]
    return made[::every]


def _source(module: str) -> str:
    return (DOMAIN / f"{module}.py").read_text(encoding="utf-8")


def listed() -> set[str]:
    """Return the names of mutants whose survival is argued."""
    rows = LISTED.read_text(encoding="utf-8").splitlines()
    return {row.split("|")[1].strip().strip("`") for row in rows if row.startswith("| `")}


def main(arguments: list[str] | None = None) -> int:
    """Try mutants and print what became of them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutate", description=__doc__)
    parser.add_argument("--module", action="append", choices=MODULES, help="only these modules")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th mutant")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at once")
    said = parser.parse_args(arguments)
    os.chdir(ROOT)
    todo, started = chosen(said.module or MODULES, said.every), time.monotonic()
    survived = sorted(_survivors(todo, said.processes), key=lambda mutant: mutant.name)
    argued = listed()
    new = [mutant for mutant in survived if mutant.name not in argued]
    for mutant in survived:
        print(f"{'argued' if mutant.name in argued else 'SURVIVED'}  {mutant.name}  (line {mutant.line})")
    counts = f"{len(todo)} mutants, {len(todo) - len(survived)} found, {len(survived)} survived, {len(new)} not argued"
    print(f"{counts}; {time.monotonic() - started:.0f} s")
    return 1 if new else 0


def _survivors(todo: Sequence[tuple[str, Mutant]], processes: int) -> Iterator[Mutant]:
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        if pool.submit(_fate, MODULES[0], _source(MODULES[0]), [QUICK]).result() is Fate.FOUND:
            raise SystemExit("The tests fail without any mistake put in; mend them first.")
        tried = {pool.submit(fate, module, mutant): mutant for module, mutant in todo}
        for done in as_completed(tried):
            if done.result() is Fate.SURVIVED:
                yield tried[done]


if __name__ == "__main__":
    sys.exit(main())
