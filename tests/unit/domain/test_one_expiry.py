"""One function says whether goods live long enough, so that nobody picks what nobody may ship."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lotstream.domain

DOMAIN = Path(lotstream.domain.__file__).parent
LIVES = {"expires", "expires_exact", "last_shipped"}
ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
#: Comparisons that judge no goods: whether two dates that came in can both be true.
FACTS = {("lot_facts.py", "line.made > line.expires")}


def compared(file: Path) -> Iterator[str]:
    """Yield each comparison of an expiry with something before or after it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and any(isinstance(one, ORDERINGS) for one in node.ops) and _lives(node):
            yield ast.unparse(node)


def _lives(node: ast.AST) -> bool:
    names = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return bool((names | {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}) & LIVES)


def test_nothing_but_the_one_function_compares_dates_of_expiry() -> None:
    """Allocation, scan, pick and ship check, and what may be sold, all ask `lotstream.domain.expiry`."""
    files = [file for file in DOMAIN.rglob("*.py") if file.name != "expiry.py"]
    assert len(files) > 50
    assert {(file.name, text) for file in files for text in compared(file)} == FACTS


def test_a_comparison_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """The check sees what it is for: an attribute or a name, on either side, in the middle of anything."""
    file = tmp_path / "wrong.py"
    file.write_text(
        "a = [one for one in rows if today < one.lot.expires]\nb = f(expires >= 3 + x)\nc = x.expires == y\n"
    )
    assert sorted(compared(file)) == ["expires >= 3 + x", "today < one.lot.expires"]
