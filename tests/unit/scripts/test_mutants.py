from __future__ import annotations

import ast
import types
from pathlib import Path

from scripts import mutate, trying
from scripts.mutants import mutants, mutated

SOURCE = '''
"""A module."""

LIMIT = 3


class Shelf:
    """A shelf."""

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
    made = mutate.chosen(mutate.MODULES, 1)
    assert {module for module, _ in made} == set(mutate.MODULES)
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
    mutate.keep(kept, {"a.b: 1 → 2": trying.Fate.FOUND})
    mutate.keep(kept, {"a.c: 1 → 2": trying.Fate.SURVIVED})
    assert mutate.read_kept(kept) == {"a.b: 1 → 2": trying.Fate.FOUND, "a.c: 1 → 2": trying.Fate.SURVIVED}
