"""From rows to orders: a bad row refuses its whole order, and only that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from lotstream.connect import DeliveryCode, Refusal, Refused, Translation, body_of, order_placed
from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream_flatfile.cells import CellFault, Reading, shown
from lotstream_flatfile.columns import COLUMNS, Column
from lotstream_flatfile.options import FlatFileOptions
from lotstream_flatfile.table import RaggedRow, Row

FAULTS_SHOWN_MAX: Final = 5
"""Faults of one order that its refusal tells; the others are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row."""

    code: DeliveryCode
    field: str
    sentence: str


def orders_of(rows: Iterable[Row | RaggedRow], options: FlatFileOptions) -> Translation:
    """Return the orders of a file, in the order in which they begin.

    Raises `Refused` for a row that belongs to no order that is known: it may be a line of any of them.
    """
    orders, ragged = _grouped(list(rows))
    results = [_order(order, of_order, ragged.get(order, []), options) for order, of_order in orders.items()]
    messages = tuple(order_placed(result) for result in results if isinstance(result, OrderPlaced))
    refusals = tuple(result for result in results if isinstance(result, Refusal))
    return Translation(messages, refusals, notes=() if orders else ("The file has no orders.",))


def _grouped(rows: list[Row | RaggedRow]) -> tuple[dict[str, list[Row]], dict[str, list[Fault]]]:
    """Return the rows of each order, and the ragged rows that belong to one."""
    orders: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(row, Row):
            orders.setdefault(_order_of(row), []).append(row)
    ragged: dict[str, list[Fault]] = {}
    known = frozenset(orders)
    for row in rows:
        if isinstance(row, RaggedRow):
            for order in _orders_of_ragged(row, known):
                ragged.setdefault(order, []).append(_ragged_fault(row))
                orders.setdefault(order, [])
    return orders, ragged


def _order_of(row: Row) -> str:
    order = row.cells.get("order")
    if order is None:
        field = f"row {row.number}, column order"
        raise Refused(
            DeliveryCode.FIELD_MISSING,
            field,
            f"Row {row.number}, column order is empty, so the row may belong to any order; "
            "write the order's number in each row.",
        )
    return order


def _orders_of_ragged(row: RaggedRow, known: frozenset[str]) -> list[str]:
    """Return the order of a ragged row, or every one it may be a line of; raises `Refused` when that cannot be told."""
    if row.order is not None:
        return [row.order]
    named = [cell for cell in dict.fromkeys(row.cells) if cell in known]
    if not named:
        fault = _ragged_fault(row)
        raise Refused(fault.code, fault.field, f"{fault.sentence} Which order it belongs to cannot be told.")
    return named


def _ragged_fault(row: RaggedRow) -> Fault:
    sentence = (
        f"Row {row.number} has {len(row.cells)} cells and the header {row.expected}; "
        "put cells with a delimiter in them in quotation marks."
    )
    return Fault(DeliveryCode.FIELD_INVALID, f"row {row.number}", sentence)


def _order(order: str, rows: list[Row], ragged: list[Fault], options: FlatFileOptions) -> OrderPlaced | Refusal:
    faults = list(ragged)
    reading = options.reading()
    values = _order_values(rows, reading, faults)
    lines = [_line_values(row, index, reading, faults) for index, row in enumerate(rows)]
    faults += _repeated_lines(rows)
    if faults:
        return _refusal(order, faults)
    try:
        return body_of(
            OrderPlaced,
            {**_nested(values), "owner": options.owner, "source": options.source, "lines": tuple(lines)},
            name=lambda path: _in_file(path, rows),
        )
    except Refused as refused:
        found = refused.refusal
        return Refusal(found.code, found.field, found.message, order=order)


def _order_values(rows: list[Row], reading: Reading, faults: list[Fault]) -> dict[tuple[str, ...], Any]:
    """Return what is said once for the whole order; rows that say otherwise are faults."""
    values: dict[tuple[str, ...], Any] = {}
    for column in (column for column in COLUMNS.values() if not column.of_line):
        said = [row for row in rows if column.name in row.cells]
        if not said:
            continue
        values[column.path] = _value(said[0], column, reading, faults)
        faults += [
            _differs(row, said[0], column) for row in said if row.cells[column.name] != said[0].cells[column.name]
        ]
    return values


def _line_values(row: Row, index: int, reading: Reading, faults: list[Fault]) -> dict[str, Any]:
    columns = [column for column in COLUMNS.values() if column.of_line]
    values = {c.name: _value(row, c, reading, faults) for c in columns if c.name in row.cells}
    if "quantity" not in values:
        faults.append(_missing(row, "quantity"))
    if "sku" not in values and "gtin" not in values:
        faults.append(_missing(row, "sku"))
    return {"line": str(index + 1), **values}


def _value(row: Row, column: Column, reading: Reading, faults: list[Fault]) -> Any:  # noqa: ANN401 - any value of a field
    cell = row.cells[column.name]
    try:
        return column.read(cell, reading)
    except CellFault as fault:
        where = f"row {row.number}, column {column.name}"
        faults.append(Fault(fault.code, where, f"{where.capitalize()} is {shown(cell)}: {fault}."))
        return None


def _repeated_lines(rows: list[Row]) -> list[Fault]:
    """Return a fault for each line id that is there twice, or missing where others have one."""
    first: dict[str, int] = {}
    faults: list[Fault] = []
    if not any("line" in row.cells for row in rows):
        return faults
    for row in rows:
        line = row.cells.get("line")
        where = f"row {row.number}, column line"
        if line is None:
            faults.append(_missing(row, "line"))
        elif line in first:
            sentence = f"{where.capitalize()} is {shown(line)}, as in row {first[line]}: give each line its own."
            faults.append(Fault(DeliveryCode.FIELD_INVALID, where, sentence))
        else:
            first[line] = row.number
    return faults


def _missing(row: Row, column: str) -> Fault:
    where = f"row {row.number}, column {column}"
    return Fault(DeliveryCode.FIELD_MISSING, where, f"{where.capitalize()} is empty: fill it.")


def _differs(row: Row, first: Row, column: Column) -> Fault:
    where = f"row {row.number}, column {column.name}"
    sentence = f"{where.capitalize()} differs from row {first.number} of the same order: write the same, or nothing."
    return Fault(DeliveryCode.FIELD_INVALID, where, sentence)


def _refusal(order: str, faults: list[Fault]) -> Refusal:
    sentences = [fault.sentence for fault in faults[:FAULTS_SHOWN_MAX]]
    if len(faults) > FAULTS_SHOWN_MAX:
        sentences.append(f"{len(faults) - FAULTS_SHOWN_MAX} more.")
    return Refusal(faults[0].code, faults[0].field, " ".join(sentences), order=order)


def _nested(values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return values by path as nested objects; what is numbered becomes a tuple."""
    nested: dict[str, Any] = {}
    for (head, *rest), value in values.items():
        if rest:
            nested.setdefault(head, {})[tuple(rest)] = value
        else:
            nested[head] = value
    for head, inner in nested.items():
        if isinstance(inner, dict):
            nested[head] = _nested(inner)
    if "street" in nested:
        nested["street"] = tuple(nested["street"].values())
    return nested


def _in_file(path: tuple[int | str, ...], rows: list[Row]) -> str:
    """Return where in the file a value of the canonical order stands."""
    if len(path) == 3 and path[0] == "lines" and isinstance(path[1], int):
        return f"row {rows[path[1]].number}, column {path[2]}"
    texts = tuple(map(str, path))
    column = next((c.name for c in COLUMNS.values() if c.path == texts), ".".join(texts))
    return f"row {rows[0].number}, column {column}"
