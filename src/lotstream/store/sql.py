"""SQL as named text: every query of a file in ``store/sql`` by its name.

A file holds queries of one idea, each headed by ``-- name: its_name`` and one comment line that says what it does.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

_HEAD: Final = re.compile(r"^-- name: (\w+)\n-- \S[^\n]*\n", re.MULTILINE)


@cache
def queries(file: str) -> dict[str, str]:
    """Return the queries of ``store/sql/<file>.sql`` by name; raises `ValueError` for text outside a named query."""
    text = resources.files("lotstream.store").joinpath("sql", f"{file}.sql").read_text("utf-8")
    before, *parts = _HEAD.split(text)
    names, bodies = parts[::2], [body.strip() for body in parts[1::2]]
    if before.strip() or len(set(names)) != len(names) or not all(bodies) or any("-- name:" in body for body in bodies):
        raise ValueError(f"store/sql/{file}.sql: every query needs a name of its own, one comment line and a text")
    return dict(zip(names, bodies, strict=True))


def files() -> list[str]:
    """Return the names of all query files, sorted."""
    folder = resources.files("lotstream.store").joinpath("sql")
    return sorted(path.name.removesuffix(".sql") for path in folder.iterdir() if path.name.endswith(".sql"))
