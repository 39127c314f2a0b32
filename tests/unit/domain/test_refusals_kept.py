"""Refusals that functions return are used: one that is looked up and let fall would let happen what is refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lotstream.domain

DOMAIN = Path(lotstream.domain.__file__).parent
TREES = {
    "lotstream.domain." + ".".join(path.relative_to(DOMAIN).with_suffix("").parts): ast.parse(path.read_text())
    for path in sorted(DOMAIN.rglob("*.py"))
}


def test_no_refusal_is_let_fall() -> None:
    """No function of the domain that may return a refusal is called without anybody looking at what it returns."""
    refusing = {
        (module, node.name)
        for module, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns is not None and "Refus" in ast.unparse(node.returns)
    }
    assert len(refusing) > 40
    assert [call for module, tree in TREES.items() for call in _dropped(module, tree) if call in refusing] == []


def _dropped(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the functions that are called for nothing but what they do."""
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module is not None
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            name = node.value.func.id
            yield imported.get(name, (module, name))
