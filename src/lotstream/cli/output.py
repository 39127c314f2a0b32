"""What a command prints: results on stdout, everything else on stderr, colour only where it is wanted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import typer


def complain(message: str, what_to_do: str | None = None) -> None:
    """Print one sentence on what is wrong, and below it what to do."""
    print(f"lotstream: {message}", file=sys.stderr)
    if what_to_do:
        print(f"  → {what_to_do}", file=sys.stderr)


def progress(message: str) -> None:
    """Say what is going on, to a person at a terminal; anybody else hears nothing."""
    if sys.stderr.isatty():
        print(f"… {message}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Print a value as JSON; dates, decimals and enums as their text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings, each column as wide as its widest cell; an empty cell for None.

    A heading that is the name of a field is written as words.
    """
    headings = [heading.replace("_", " ") for heading in headings]
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(headings), *texts]) for column in range(len(headings))]
    for row in [list(headings), ["-" * width for width in widths], *texts]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def colored(text: str, color: str, *, stream: TextIO | None = None) -> str:
    """Return ``text`` in a colour when the stream (stdout) is a terminal and NO_COLOR is not set."""
    wanted = (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR")
    return typer.style(text, fg=color) if wanted else text
