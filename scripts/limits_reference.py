"""The page about limits: settings and options with what happens there, the messages' own, what is fixed in the code.

Called by `scripts/reference.py`. The last part is read from the source, so that a new bound cannot be left out of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo

from lotstream.connect.connector import ConnectorOptions
from lotstream.ops.limit_notes import CONNECTORS, HUB, Note
from lotstream.settings import Settings

ROOT: Final = Path(__file__).resolve().parent.parent
#: Packages whose constants bound something at run time; the rest are tools that end by themselves.
BOUNDED: Final = ("hub", "connect", "store", "ops", "contracts", "domain")
MESSAGES: Final = "contracts/limits.py"
TOOL: Final = "contracts/generate.py"
IS_LIMIT: Final = re.compile(r"^_?[A-Z][A-Z0-9_]*_(MAX|S|ROWS|BATCH_BYTES)$")
OPTIONS: Final = {
    "edi": "lotstream_edi.options:EdiOptions",
    "flatfile": "lotstream_flatfile.options:FlatFileOptions",
    "shopify": "lotstream_shopify.options:ShopifyOptions",
}


def limits_page() -> Iterator[str]:
    """Yield the page, without its first lines."""
    yield "## Settings of the hub"
    yield ""
    yield from _table(Settings.model_fields, HUB, prefix="LOTSTREAM_")
    for name, options in sorted(connector_options().items()):
        yield f"## Options of the connector {name}"
        yield ""
        yield from _table(options.model_fields, CONNECTORS, prefix=f"LOTSTREAM_{name.upper()}_")
    yield "## Messages"
    yield ""
    yield "They are part of the published schemas, so they are no settings."
    yield "A record above one is dead-lettered with the code `schema` and counted in `lotstream_dead_letters_total`."
    yield ""
    yield from _constants([ROOT / "src/lotstream" / MESSAGES], any_name=True)
    yield "## Fixed in the code"
    yield ""
    yield "Bounds that nobody had a reason to set otherwise yet."
    yield ""
    yield from _constants(_files())


def connector_options() -> dict[str, type[ConnectorOptions]]:
    """Return the options model of each connector of this repository."""
    found = {}
    for name, place in OPTIONS.items():
        module, _, attribute = place.partition(":")
        found[name] = getattr(import_module(module), attribute)
    return found


def _table(fields: Mapping[str, FieldInfo], notes: Mapping[str, Note], *, prefix: str) -> Iterator[str]:
    yield "| limit | default | what it bounds | at the limit | seen in |"
    yield "|---|---|---|---|---|"
    for name, note in notes.items():
        if name in fields:
            field = fields[name]
            yield (
                f"| `{prefix}{name.upper()}` | {field.default:,} | {field.description} | {note.at_the_limit} "
                f"| {note.seen_in} |"
            )
    yield ""


def _files() -> list[Path]:
    ours = [path for package in BOUNDED for path in sorted((ROOT / "src/lotstream" / package).rglob("*.py"))]
    ours.append(ROOT / "src/lotstream/local/supervise.py")
    theirs = sorted((ROOT / "connectors").glob("*/lotstream_*/**/*.py"))
    return [path for path in [*ours, *theirs] if not path.as_posix().endswith((MESSAGES, TOOL))]


def _constants(files: list[Path], *, any_name: bool = False) -> Iterator[str]:
    yield "| constant | value | what it bounds | where |"
    yield "|---|---|---|---|"
    for path in files:
        place = path.relative_to(ROOT).as_posix().removeprefix("src/")
        for name, value, words in _bounds(path.read_text(encoding="utf-8"), any_name=any_name):
            yield f"| `{name}` | `{value}` | {words} | `{place}` |"
    yield ""


def _bounds(text: str, *, any_name: bool) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and first sentence of each constant of a module that bounds something."""
    body = ast.parse(text).body
    lines = text.splitlines()
    for index, node in enumerate(body):
        target = _target(node)
        if target is None or not (any_name or IS_LIMIT.match(target[0])):
            continue
        after = body[index + 1] if index + 1 < len(body) else None
        words = _words(node, after, lines)
        if not words and after is not None and after.lineno == node.lineno + 1 and index + 2 < len(body):
            words = _words(after, body[index + 2], lines)
        yield target[0], target[1], _first_sentence(words)


def _target(node: ast.stmt) -> tuple[str, str] | None:
    if isinstance(node, ast.Assign):
        name, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        name, value = node.target, node.value
    else:
        return None
    if not isinstance(name, ast.Name) or not isinstance(value, ast.Constant | ast.BinOp):
        return None
    return (name.id, ast.unparse(value)) if name.id.lstrip("_").isupper() else None


def _words(node: ast.stmt, after: ast.stmt | None, lines: list[str]) -> str:
    """Return the text under a constant, or the comment above it, or what its neighbour on the next line has."""
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
        return after.value.value
    comment: list[str] = []
    line = node.lineno - 2
    while line >= 0 and lines[line].startswith("#"):
        comment.insert(0, lines[line].lstrip("#: "))
        line -= 1
    # Two constants under one comment: the second has the words of the first.
    if not comment and line >= 0 and IS_LIMIT.match(lines[line].split(" ")[0].rstrip(":")):
        return _words(ast.parse("\n" * line + lines[line]).body[0], None, lines)
    return " ".join(comment)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.;])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".;") or "–"
