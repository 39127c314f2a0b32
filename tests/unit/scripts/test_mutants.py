from __future__ import annotations

import ast

import pytest

from scripts import mutate
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


def test_a_module_is_imported_from_another_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever imports the module gets the mutant; every other module is itself."""
    import importlib
    import sys

    monkeypatch.delitem(sys.modules, "scripts.house_rules", raising=False)
    monkeypatch.setattr(sys, "meta_path", [mutate.Instead("scripts.house_rules", "ANSWER = 42"), *sys.meta_path])
    assert importlib.import_module("scripts.house_rules").ANSWER == 42
    monkeypatch.delitem(sys.modules, "scripts.house_rules")
