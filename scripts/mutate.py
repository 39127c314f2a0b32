"""Puts small mistakes into the rules of the ledger and says which of them no test finds.

``python -m scripts.mutate`` tries every mutant; ``--every 10`` every tenth, ``--module terms`` those of one module,
``--kept FILE --seconds 300`` as many as it can, goes on from there the next time and keeps what became of each, and
beside that file which tests go through what, for as long as the modules are the same.

The tests are collected once and run once to see which lines each of them goes through; then each mutant is put into a
fork of that process, which runs the tests that go through its line until one fails, those first that are quick and have
found many. A mutant that survives has to stand in docs/reference/mutants.md with the reason why nobody could tell it
from the right program; one that does not ends the run with exit code 1, and so does one whose fork ended of anything
but its tests.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from scripts.mutants import Mutant, mutants
from scripts.mutants_progress import Progress
from scripts.trying import Fate, Trying

ROOT: Final = Path(__file__).resolve().parent.parent
DOMAIN: Final = ROOT / "src" / "lotstream" / "domain"
LISTED: Final = ROOT / "docs" / "reference" / "mutants.md"
MODULES: Final = (
    # Which lot an order gets, and what happens when it loses one.
    *("order_of_use", "allocation", "expiry", "terms", "queue", "shelf", "candidate", "fewest", "lots", "packs"),
    *("zones", "filling", "moving", "settling", "keeping", "taking_back", "recalling", "shorting"),
    # Whether goods are free to be used, how many a message means, and what comes back.
    *("usable", "checks", "holds", "serial_holds", "quantities", "stock_changes"),
    *("returning", "returns_meant", "return_expecting", "return_inspecting", "applying.returns"),
)
"""Modules of which every mistake is found, or argued on the page."""

BY_NAME: Final = (
    *("inspecting", "complete", "lot_papers", "papers_needed", "marks", "books", "adjusting", "counting"),
    *("reservations", "applying.rows", "applying.stock", "receiving", "goods", "goods_lines", "lot_facts"),
    *("recall_scope", "recall_answers", "genealogy", "producing", "making"),
    *("weights", "weighing", "weighable", "weighed_counts", "weighed_lines", "told_weights"),
)
"""Modules that are tried when they are named: nobody has judged yet what survives in them."""

FOUND: Final = (Fate.FOUND, Fate.ENDLESS)
TESTS: Final = ("tests/unit/domain", "tests/scenarios", "tests/property/test_stories.py")
"""Quick ones that say what the ledger does: a mistake that only long random days find is found too late."""


def chosen(modules: Sequence[str], every: int) -> list[tuple[str, Mutant]]:
    """Return the mutants to try."""
    made = [(module, mutant) for module in modules for mutant in mutants(module, source(module))]
    return made[::every]


def source(module: str) -> str:
    """Return the source of one of the modules."""
    return DOMAIN.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")


def listed() -> set[str]:
    """Return the names of mutants whose survival is argued."""
    rows = LISTED.read_text(encoding="utf-8").splitlines()
    return {row.split("|")[1].strip().strip("`") for row in rows if row.startswith("| `")}


def main(arguments: list[str] | None = None) -> int:
    """Try mutants and print what became of them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutate", description=__doc__)
    parser.add_argument("--module", action="append", choices=(*MODULES, *BY_NAME), help="only these modules")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th mutant")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--kept", type=Path, help="a file with what became of mutants that need not be tried again")
    parser.add_argument("--seconds", type=float, help="begin with no mutant later than so many seconds from now")
    parser.add_argument("--again", action="store_true", help="try those anew that survived by what is kept")
    said = parser.parse_args(arguments)
    os.chdir(ROOT)
    todo, fates, began = chosen(said.module or MODULES, said.every), read_kept(said.kept), time.monotonic()
    known = {name for name, fate in fates.items() if fate in FOUND or (fate is Fate.SURVIVED and not said.again)}
    left = [(module, mutant) for module, mutant in todo if mutant.name not in known]
    with Progress(len(left)) as progress:

        def tell(name: str, fate: Fate) -> None:
            keep(said.kept, {name: fate})
            progress.tell(fate)

        trying = Trying(
            left, {module: source(module) for module in (*MODULES, *BY_NAME)}, processes=said.processes,
            until=began + said.seconds if said.seconds is not None else None,
            calls=said.kept.with_suffix(".calls") if said.kept is not None else None,
            tell=tell,
        )  # fmt: skip
        if left:
            _run(trying)
            fates |= trying.fates
    return _report([mutant for _, mutant in todo], fates, time.monotonic() - began)


def read_kept(path: Path | None) -> dict[str, Fate]:
    """Return what became of mutants in earlier runs."""
    if path is None or not path.exists():
        return {}
    rows = (row.split("\t", 1) for row in path.read_text("utf-8").splitlines())
    return {name: Fate(fate) for fate, name in rows}


def keep(path: Path | None, fates: Mapping[str, Fate]) -> None:
    """Add what became of mutants to a file, if there is one."""
    if path is not None:
        with path.open("a", encoding="utf-8") as rows:
            rows.writelines(f"{fate}\t{name}\n" for name, fate in fates.items())


def _run(trying: Trying) -> None:
    """Have pytest collect the tests and hand them over."""
    # Nothing is captured: what the forks print goes nowhere, and what is said of them goes out at once.
    if pytest.main(["-qq", "-s", "-p", "no:cacheprovider", "--no-header", *TESTS], plugins=[trying]) != 0:
        raise SystemExit("The tests fail without any mistake put in; mend them first.")


def _report(tried: Iterable[Mutant], fates: Mapping[str, Fate], took_s: float) -> int:
    done = sorted([mutant for mutant in tried if mutant.name in fates], key=lambda mutant: mutant.name)
    of = {fate: [mutant for mutant in done if fates[mutant.name] is fate] for fate in Fate}
    argued = listed()
    new = [mutant for mutant in of[Fate.SURVIVED] if mutant.name not in argued]
    for mutant in of[Fate.SURVIVED]:
        print(f"{'argued' if mutant.name in argued else 'SURVIVED'}  {mutant.name}  (line {mutant.line})")
    for mutant in of[Fate.UNTRIED]:
        print(f"UNTRIED  {mutant.name}  (line {mutant.line})")
    found = f"{len(of[Fate.FOUND]) + len(of[Fate.ENDLESS])} found ({len(of[Fate.ENDLESS])} of them without end)"
    untried = f", {len(of[Fate.UNTRIED])} untried" if of[Fate.UNTRIED] else ""
    survived = f"{len(of[Fate.SURVIVED])} survived, {len(new)} not argued"
    print(f"{len(done)} mutants, {found}, {survived}{untried}; {took_s:.0f} s")
    return 1 if new or of[Fate.UNTRIED] else 0


if __name__ == "__main__":
    sys.exit(main())
