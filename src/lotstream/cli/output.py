"""What a command prints: results on stdout, everything else on stderr, colour only where it is wanted.

At a terminal nothing is wider than it: columns that are empty are left out, texts are folded between words, and where
that is not enough each row stands by itself, a line per column. Words and numbers are never cut. What goes into a file
or another program stays as wide as it is, unless COLUMNS says how wide it may be; --json has everything.

Texts come from outside: what would move a terminal's cursor, colour it or turn its lines around is shown as a sign.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import typer

GAP: Final = "  "
"""Between two columns."""

WIDTH_MIN: Final = 20
"""Columns of a terminal; in a narrower one lines are as long as here."""


_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Kinds of characters that are no text but do something."""


def width_of(stream: TextIO) -> int | None:
    """Return how many columns lines may have on a stream; None where nobody minds."""
    if stream.isatty() or os.environ.get("COLUMNS", "").isdecimal():
        return max(shutil.get_terminal_size().columns, WIDTH_MIN)
    return None


def say(*lines: str, stream: TextIO | None = None) -> None:
    """Print lines, each folded between words where the terminal is narrower; what goes on is indented a little more."""
    stream = stream or sys.stdout
    width = width_of(stream)
    for line in (shown(line) for text in lines for line in text.split("\n")):
        print(line if width is None or len(line) <= width else "\n".join(_folded(line, width)), file=stream)


def shown(text: str) -> str:
    """Return a text as it may be shown: characters that do something as signs, breaks as spaces."""
    if text.isprintable():
        return text
    return "".join(
        char if unicodedata.category(char) not in _UNSHOWN else " " if char.isspace() else "\ufffd" for char in text
    )


def complain(message: str, what_to_do: str | None = None) -> None:
    """Print one sentence on what is wrong, and below it what to do."""
    say(f"lotstream: {message}", stream=sys.stderr)
    if what_to_do:
        say(f"  → {what_to_do}", stream=sys.stderr)


def progress(message: str) -> None:
    """Say what is going on, to a person at a terminal; anybody else hears nothing."""
    if sys.stderr.isatty():
        print(f"… {message}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Print a value as JSON; dates, decimals and enums as their text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings, each column as wide as its widest cell; an empty cell for None.

    A heading that is the name of a field is written as words, a moment to the minute in UTC. Where the terminal is
    narrower, see above.
    """
    names = [heading.replace("_", " ") for heading in headings]
    texts = [[shown(_in_words(cell)) for cell in row] for row in rows]
    for line in _lines(names, texts, width_of(sys.stdout)):
        print(line)


def _in_words(cell: object) -> str:
    """Return a cell as people read it."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return f"{cell.astimezone(UTC):%Y-%m-%d %H:%M}"
        case Mapping():
            return ", ".join(f"{name} {_in_words(value)}" for name, value in cell.items())
        case list() | tuple() if type(cell) in {list, tuple}:  # what is named says itself how it is written
            return ", ".join(map(_in_words, cell))
        case _:
            return str(cell)


def colored(text: str, color: str, *, stream: TextIO | None = None) -> str:
    """Return ``text`` in a colour when the stream (stdout) is a terminal and NO_COLOR is not set."""
    wanted = (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR")
    return typer.style(text, fg=color) if wanted else text


def _lines(names: list[str], rows: list[list[str]], width: int | None) -> list[str]:
    """Return the lines of a table that is no wider, as far as its words allow."""
    widths = [max(map(_columns, column)) for column in zip(names, *rows, strict=True)]
    if width is not None and _total(widths) > width:
        kept = [place for place in range(len(names)) if not rows or any(row[place] for row in rows)]
        names, rows = [names[place] for place in kept], [[row[place] for place in kept] for row in rows]
        fitted = _fitted(names, rows, width)
        if fitted is None:
            return _cards(names, rows, width) if rows else _folded(GAP.join(names), width)
        widths = fitted
    under = ["-" * wide for wide in widths]
    return [line for row in (names, under, *rows) for line in _row(row, widths)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _fitted(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return widths of columns that fit, the widest made narrower first; None where their longest words do not."""
    columns = [*zip(names, *rows, strict=True)]
    least = [max(_columns(word) for cell in column for word in cell.split() or [""]) for column in columns]
    if _total(least) > width:
        return None
    widths = [max(map(_columns, column)) for column in columns]
    while _total(widths) > width:
        place = max((p for p in range(len(widths)) if widths[p] > least[p]), key=lambda p: widths[p])
        widths[place] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return a row as lines: as many as the cell that is folded most often has."""
    folded = [_folded(cell, wide) or [""] for cell, wide in zip(cells, widths, strict=True)]
    height = max((len(lines) for lines in folded), default=1)
    filled = [[*lines, *[""] * (height - len(lines))] for lines in folded]
    return [
        GAP.join(f"{text}{' ' * (wide - _columns(text))}" for text, wide in zip(texts, widths, strict=True)).rstrip()
        for texts in zip(*filled, strict=True)
    ]


def _cards(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return each row by itself, a line per cell that says something."""
    wide, lines = max(map(len, names)), list[str]()
    room = max(width - wide - len(GAP), WIDTH_MIN)
    for row in rows:
        lines += [""] if lines else []
        for name, cell in zip(names, row, strict=True):
            told = _folded(cell, room)
            lines += [
                f"{label.ljust(wide)}{GAP}{text}" for label, text in zip([name, *[""] * len(told)], told, strict=False)
            ]
    return lines


def _columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: letters of some scripts take two, marks on letters none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _folded(text: str, width: int) -> list[str]:
    """Return a text in lines that are no longer, but for words that are; further lines of a line are indented more."""
    if len(text) <= width:
        return [text] if text else []
    margin = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=True, initial_indent="",
        subsequent_indent=f"{margin}  " if margin else "",
    )  # fmt: skip
