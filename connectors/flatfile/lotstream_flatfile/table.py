"""From the bytes of a file to rows under known columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lotstream.connect import DeliveryCode, Refused
from lotstream_flatfile.cells import shown
from lotstream_flatfile.columns import COLUMNS
from lotstream_flatfile.options import FlatFileOptions, OtherEncoding

DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its line in the file, and its cells by column; empty cells are left out."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class RaggedRow:
    """A row with more or fewer cells than the header, so that nobody knows which cell is which."""

    number: int
    cells: tuple[str, ...]
    #: Cells that the header has.
    expected: int
    #: The order's number, when it stands in the first cell, which no delimiter too many or too few can shift.
    order: str | None


def read_table(body: bytes, options: FlatFileOptions) -> list[Row | RaggedRow]:
    """Return the rows of a file; raises `Refused` when the file as a whole cannot be read."""
    content = _decoded(body, options.other_encoding)
    head = content.splitlines()[0] if content.strip() else ""
    if not head.strip():
        raise Refused(
            DeliveryCode.FIELD_MISSING, "row 1", "Row 1 is empty; the first row has the names of the columns."
        )
    delimiter = max(DELIMITERS, key=lambda mark: len(_known(head, mark, options)))
    columns = _columns(_split(head, delimiter), options)
    rows = list(_rows(content, delimiter, columns))
    if len(rows) > options.rows_max:
        raise Refused(
            DeliveryCode.TOO_LARGE, None, f"The file has {len(rows)} rows, more than {options.rows_max}; split it."
        )
    return rows


def _decoded(body: bytes, other: OtherEncoding) -> str:
    try:
        content = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if other is OtherEncoding.NONE:
            raise Refused(
                DeliveryCode.NOT_TEXT,
                None,
                f"The file is not UTF-8: byte {error.start} is {body[error.start]:#04x}; "
                "write it as UTF-8 or set LOTSTREAM_FLATFILE_OTHER_ENCODING.",
            ) from error
        content = _otherwise(body, other)
    if "\0" in content:
        raise Refused(
            DeliveryCode.NOT_TEXT,
            None,
            "The file has NUL characters, as UTF-16 and binary files have; write UTF-8.",
        )
    return content


def _otherwise(body: bytes, other: OtherEncoding) -> str:
    try:
        return body.decode(other.value)
    except UnicodeDecodeError as error:
        raise Refused(
            DeliveryCode.NOT_TEXT,
            None,
            f"The file is neither UTF-8 nor {other.value}: byte {error.start} is {body[error.start]:#04x}; "
            "write it as UTF-8.",
        ) from error


def _known(head: str, delimiter: str, options: FlatFileOptions) -> list[str]:
    return [name for name in _split(head, delimiter) if _column(name, options) is not None]


def _split(head: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([head], delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().split())


def _column(name: str, options: FlatFileOptions) -> str | None:
    """Return the known name of a column; empty for one that is ignored, None for one that nobody knows."""
    plain = _plain(name)
    own = {_plain(theirs): ours for theirs, ours in options.columns.items()}
    if plain in own:
        return own[plain]
    if plain in map(_plain, options.ignored_columns):
        return ""
    return plain if plain in COLUMNS else None


def _columns(names: list[str], options: FlatFileOptions) -> list[str]:
    while names and not names[-1].strip():
        names = names[:-1]
    columns = [_column(name, options) for name in names]
    unknown = [name for name, column in zip(names, columns, strict=True) if column is None]
    if unknown == names:
        raise Refused(
            DeliveryCode.FIELD_MISSING, "row 1", f"Row 1 names no known column; it must, among them {_required()}."
        )
    if unknown:
        raise Refused(
            DeliveryCode.FIELD_INVALID,
            f"row 1, column {unknown[0].strip()}",
            f"Nobody knows the column {shown(unknown[0].strip())}: give it a known name in LOTSTREAM_FLATFILE_COLUMNS, "
            "or list it in LOTSTREAM_FLATFILE_IGNORED_COLUMNS.",
        )
    found = [column for column in columns if column is not None]
    _check_columns(found)
    return found


def _check_columns(columns: list[str]) -> None:
    read = [column for column in columns if column]
    missing = [name for name, column in COLUMNS.items() if column.required and name not in read]
    if "sku" not in read and "gtin" not in read:
        missing.append("sku")
    if missing:
        raise Refused(
            DeliveryCode.FIELD_MISSING,
            "row 1",
            f"The file has no column {', '.join(missing)}; required: {_required()}.",
        )
    if twice := sorted({name for name in read if read.count(name) > 1}):
        raise Refused(DeliveryCode.FIELD_INVALID, "row 1", f"The column {twice[0]} is there twice; leave one out.")


def _required() -> str:
    return ", ".join([*(name for name, column in COLUMNS.items() if column.required), "sku or gtin"])


def _rows(content: str, delimiter: str, columns: list[str]) -> Iterator[Row | RaggedRow]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    ended = 0
    try:
        for cells in reader:
            number, ended = ended + 1, reader.line_num
            # A cell over several lines and a quotation mark that was never closed look alike, and the second swallows
            # rows of any order.
            if ended > number:
                raise _broken(number, "has a cell with a line break, or a quotation mark that is not closed")
            if number > 1 and any(cell.strip() for cell in cells):
                yield _row(number, cells, columns)
    except csv.Error as error:
        raise _broken(ended + 1, f"cannot be read ({error})") from error


def _broken(number: int, what: str) -> Refused:
    return Refused(
        DeliveryCode.FIELD_INVALID,
        f"row {number}",
        f"Row {number} {what}; correct it and drop the file again, since the rows behind it may be lost in it.",
    )


def _row(number: int, cells: list[str], columns: list[str]) -> Row | RaggedRow:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(columns):
        found = tuple(cell.strip() for cell in cells)
        order = found[0] if columns[0] == "order" and found[0] else None
        return RaggedRow(number, found, len(columns), order)
    named = zip(columns, (cell.strip() for cell in cells), strict=True)
    return Row(number, {column: cell for column, cell in named if column and cell})
