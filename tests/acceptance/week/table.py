"""The week as a person reads it: what happened, how much of it was refused or odd, and what the house had then."""

from __future__ import annotations

from collections.abc import Sequence

from tests.acceptance.week.house import House

HEADINGS = ("day", "what happened", "messages", "refused", "odd", "units in", "units out")


def written(house: House) -> str:
    """Return the table, and a last line with all of it together."""
    rows: list[Sequence[str]] = [HEADINGS, tuple("-" * len(name) for name in HEADINGS)]
    day = None
    for step in house.steps:
        figures = (step.told, step.refused, step.odd, step.came, step.gone)
        rows.append(("" if step.day == day else step.day, step.what, *(f"{n:,}" if n else "" for n in figures)))
        day = step.day
    sums = [sum(getattr(step, name) for step in house.steps) for name in ("told", "refused", "odd", "came", "gone")]
    rows.append(("", "all", *(f"{n:,}" for n in sums)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lots = sum(len(books.lots) for books in house.books)
    skus = sum(len({sku for sku, _ in books.lots}) for books in house.books)
    on_hand = sum(books.on_hand() for books in house.books)
    end = f"{len(house.owners)} owners, 2 sites, {skus} SKUs, {lots} lots; {on_hand:,} units are there at the end."
    return "\n" + "\n".join(_line(row, widths) for row in rows) + f"\n{end}\n"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
