from __future__ import annotations

import ast
import io
import os
import signal
import types
from pathlib import Path

import pytest
from rich.console import Console

from scripts import mutate, trying
from scripts.mutants import mutants, mutated, unchanged
from scripts.mutants_progress import Progress
from scripts.trying import Fate

SOURCE = '''
"""A module."""

LIMIT = 3


class Shelf:
    """A shelf."""

    rows: int = 4

    def count(self, rows: list[int], most: int = 0) -> int:
        """Return 7 of them."""
        total = 0
        for row in rows:
            if row < LIMIT and not row == 5:
                continue
            total += min(row, most)
            self.note(row)
        return total if total > 1 else -1
'''


def test_each_mutant_is_one_mistake_in_a_function() -> None:
    """Comparisons, logic, arithmetic, numbers, calls: one at a time, and nothing of what only people read."""
    made = list(mutants("shelf", SOURCE))
    assert {mutant.name.removeprefix("shelf.Shelf.count: ") for mutant in made} == {
        "0 → 1", "row < LIMIT and (not row == 5) → row < LIMIT or not row == 5", "row < LIMIT → row <= LIMIT",
        "not row == 5 → row == 5", "row == 5 → row != 5", "5 → 6", "continue → break",
        "min(row, most) → max(row, most)",
        "total += min(row, most) → total -= min(row, most)", "self.note(row) → pass", "total > 1 → total >= 1",
        "total if total > 1 else -1 → -1 if total > 1 else total", "1 → 2", "-1 → 1", "1 → 2 (2)",
    }  # fmt: skip
    right = ast.dump(ast.parse(SOURCE.replace('"""A module."""', "")))
    wrong = {mutated(SOURCE, mutant) for mutant in made}
    assert len(wrong) == len(made)
    assert right not in {ast.dump(ast.parse(source)) for source in wrong}


def test_every_module_named_is_there_and_has_mutants() -> None:
    """The modules that are tried exist, and each makes some mutants with names of their own."""
    every = (*mutate.MODULES, *mutate.BY_NAME)
    assert {module for module, _ in mutate.chosen(every, 1)} == set(every)
    made = mutate.chosen(mutate.MODULES, 1)
    assert len({mutant.name for _, mutant in made}) == len(made) > 300
    assert len(mutate.chosen(mutate.MODULES, 10)) == -(-len(made) // 10)


def test_what_is_argued_is_there_to_be_tried() -> None:
    """A row of the page that no mutant has any more is taken off the page."""
    names = {mutant.name for _, mutant in mutate.chosen(mutate.MODULES, 1)}
    assert mutate.listed() - names == set()


def test_a_function_does_what_the_other_text_says() -> None:
    """Who has the function already gets the mutant; what was worked out before is worked out anew."""
    text = "from functools import cache\ndef double(n):\n    return n * 2\n@cache\ndef kept(n):\n    return double(n)\n"
    module = types.ModuleType("made_up")
    exec(text, module.__dict__)
    double, kept = module.double, module.kept
    assert (double(4), kept(4)) == (8, 8)
    trying.put_in("made_up", text.replace("n * 2", "n // 2"))
    assert (double(4), kept(4)) == (2, 2)


def test_what_became_of_mutants_is_kept(tmp_path: Path) -> None:
    """A second run reads what the first one wrote, and a third what both did."""
    kept = tmp_path / "kept.tsv"
    assert mutate.read_kept(None) == mutate.read_kept(kept) == {}
    mutate.keep(kept, {"a.b: 1 → 2": Fate.FOUND})
    mutate.keep(kept, {"a.c: 1 → 2": Fate.SURVIVED})
    assert mutate.read_kept(kept) == {"a.b: 1 → 2": Fate.FOUND, "a.c: 1 → 2": Fate.SURVIVED}


def _ended(how: int) -> int:
    """The status of a fork that ends itself: by a signal below 0, else by an exit code."""
    pid = os.fork()
    if pid == 0:
        if how < 0:
            os.kill(os.getpid(), -how)
        os._exit(how)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize(
    ("how", "fate"),
    [(0, Fate.SURVIVED), (1, Fate.FOUND), (2, Fate.UNTRIED), (3, Fate.UNTRIED), (-signal.SIGXCPU, Fate.ENDLESS),
     (-signal.SIGKILL, Fate.UNTRIED)],
)  # fmt: skip
def test_only_a_test_that_fails_or_never_ends_finds_a_mutant(how: int, fate: Fate) -> None:
    """A fork that dies of anything else, say a lack of memory, says nothing about its mutant."""
    assert trying.fate_of(_ended(how)) is fate


def test_what_could_not_be_tried_ends_the_run_as_what_survived_does(capsys: pytest.CaptureFixture[str]) -> None:
    """Found and endless ones pass; one that survived unargued, or was not tried, does not."""
    made = list(mutants("shelf", SOURCE))[:2]
    one, other = (mutant.name for mutant in made)
    assert mutate._report(made, {one: Fate.FOUND, other: Fate.ENDLESS}, 1) == 0
    assert mutate._report(made, {one: Fate.FOUND, other: Fate.SURVIVED}, 1) == 1
    assert mutate._report(made, {one: Fate.FOUND, other: Fate.UNTRIED}, 1) == 1
    told = capsys.readouterr().out
    assert "2 mutants, 2 found (1 of them without end), 0 survived, 0 not argued; 1 s" in told
    assert "1 survived, 1 not argued" in told
    assert f"UNTRIED  {other}" in told


def test_the_text_without_a_mistake_does_what_the_module_does() -> None:
    """What every run begins with is the module as it is: only what people read is gone from it."""
    assert ast.dump(ast.parse(unchanged('def f():\n    """Say 1."""\n    return 1\n'))) == ast.dump(
        ast.parse("def f():\n    return 1\n")
    )


def test_a_run_says_how_far_it_is() -> None:
    """Without a terminal there is a line for every so many mutants, and one at the end."""
    out = io.StringIO()
    with Progress(3, console=Console(file=out, width=200), line_every=2) as progress:
        for fate in (Fate.FOUND, Fate.SURVIVED, Fate.FOUND):
            progress.tell(fate)
    lines = [line.split(";")[0] for line in out.getvalue().splitlines()]
    assert lines == ["2 of 3 tried: 1 found, 1 survived", "3 of 3 tried: 2 found, 1 survived"]
