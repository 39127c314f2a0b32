"""Small mistakes put into a module one at a time: each is a program that some test should find wrong."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One mistake in one module."""

    #: ``<module>.<function>: <as it is> → <as it is now>``, with a number where a function has the same mistake twice.
    name: str
    line: int
    #: Which node of the module it concerns, and which of the mistakes that can be made there.
    place: int
    number: int


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in the order of its lines."""
    seen = Counter[str]()
    for place, (node, function) in enumerate(_nodes(_plain(source))):
        for number, changed in enumerate(_changes(node)):
            name = f"{module}.{function}: {_text(node)} → {_text(changed)}"
            seen[name] += 1
            again = f" ({seen[name]})" if seen[name] > 1 else ""
            yield Mutant(name + again, getattr(node, "lineno", 0), place, number)


def mutated(source: str, mutant: Mutant) -> str:
    """Return a module's source with the mistake in it."""
    tree = _plain(source)
    node = next(node for at, (node, _) in enumerate(_nodes(tree)) if at == mutant.place)
    _replace(tree, node, list(_changes(node))[mutant.number])
    return ast.unparse(ast.fix_missing_locations(tree))


def unchanged(source: str) -> str:
    """Return a module's source as a mutant has it, without any mistake."""
    return ast.unparse(_plain(source))


def lines(source: str) -> list[int]:
    """Return the line that each node has in the text without any mistake, by its place; 0 for those without one."""
    return [getattr(node, "lineno", 0) for node, _ in _nodes(ast.parse(unchanged(source)))]


def _plain(source: str) -> ast.Module:
    """Return a module without what says nothing about what it does: its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield nodes inside functions with the function's name; annotations and what stands outside are left alone."""
    for top in tree.body:
        yield from _inside(top, "")


def _inside(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        function = f"{function}.{node.name}".strip(".")
        for statement in node.body:
            if isinstance(node, ast.FunctionDef) or isinstance(statement, ast.ClassDef | ast.FunctionDef):
                yield from _inside(statement, function)
        return
    if function:
        yield node, function
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name != "annotation":
                yield from _inside(child, function)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield ast.Compare(node.left, [COMPARISONS[type(op)]()], node.comparators)
        case ast.BoolOp(op=ast.And()):
            yield ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            yield ast.BinOp(node.left, ARITHMETIC[type(op)](), node.right)
        case ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield ast.AugAssign(node.target, ARITHMETIC[type(op)](), node.value)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield ast.Call(ast.Name(CALLS[name], ast.Load()), node.args, node.keywords)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()


def _replace(tree: ast.Module, node: ast.AST, by: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, by)
                return
            if isinstance(value, list) and any(one is node for one in value):
                value[next(at for at, one in enumerate(value) if one is node)] = by
                return


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


TEXT_MAX: Final = 90
