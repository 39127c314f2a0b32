"""The columns a file may have, what is read from each, and what each cell means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lotstream_flatfile.cells import Reading, day, flag, instant_or_day, quantity, ship_policy, text, whole_number

Read = Callable[[str, Reading], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how its cells are read, where the value goes and what it is."""

    name: str
    read: Read
    #: Where the value goes in the canonical order, or in its line.
    path: tuple[str, ...]
    what: str
    #: Every row has its own value; otherwise the rows of an order agree, or leave it empty.
    of_line: bool = False
    required: bool = False


def _order(name: str, read: Read, what: str, *, path: tuple[str, ...] = (), required: bool = False) -> Column:
    return Column(name, read, path or (name,), what, required=required)


def _line(name: str, read: Read, what: str, *, required: bool = False) -> Column:
    return Column(name, read, (name,), what, of_line=True, required=required)


COLUMNS: Final = {
    column.name: column
    for column in (
        _order("order", text, "Number of the order; rows with the same number are one order.", required=True),
        _order("version", text, "Grows with every change; without it a changed order is held for a person."),
        _order("customer", text, "Customer number."),
        _order("placed_at", instant_or_day, "When it was placed: 2026-09-01, or 2026-09-01T14:00:00+02:00."),
        _order("ship_date", day, "The day it leaves."),
        _order("deliver_by", day, "The last day of delivery."),
        _order("cancel_after", day, "The day after which what is open is not wanted."),
        _order("priority", whole_number, "Whole number; higher is served first."),
        _order("ship_policy", ship_policy, "partial, complete or once."),
        _order("site", text, "The site that must fill it."),
        _order("test", flag, "yes for a test order."),
        _order("name", text, "Who receives it.", path=("ship_to", "name")),
        _order("company", text, "Company at the address.", path=("ship_to", "company")),
        _order("street", text, "First line of the street address.", path=("ship_to", "street", "0")),
        _order("street2", text, "Second line of the street address.", path=("ship_to", "street", "1")),
        _order("city", text, "City.", path=("ship_to", "city")),
        _order("region", text, "State, province or county.", path=("ship_to", "region")),
        _order("postcode", text, "Postcode.", path=("ship_to", "postcode")),
        _order("country", text, "Country, best with two letters.", path=("ship_to", "country")),
        _order("phone", text, "Telephone number.", path=("ship_to", "phone")),
        _order("email", text, "E-mail address.", path=("ship_to", "email")),
        _order("scac", text, "Standard Carrier Alpha Code.", path=("carrier", "scac")),
        _order("service", text, "Service level in your words.", path=("carrier", "service")),
        _order("po", text, "Purchase order number of the customer.", path=("references", "po")),
        _line("line", text, "Id of the line, once in its order; without this column rows are numbered from 1."),
        _line("sku", text, "The SKU; may be empty where `gtin` is not."),
        _line("gtin", text, "Global Trade Item Number."),
        _line("quantity", quantity, "How much, more than nothing, without separators of thousands.", required=True),
        _line("unit", text, "Unit of the quantity; empty means the item's base unit."),
        _line("lot", text, "Only this lot will do."),
        _line("min_days_left", whole_number, "Days of life that must be left on the ship date."),
        _line("min_pct_left", quantity, "Percent of the whole life that must be left on the ship date."),
    )
}
"""Every column that is known, in the order in which the README lists them."""


def columns_table() -> str:
    """Return the columns as a Markdown table, for the README."""
    rows = [f"| `{c.name}` | {_need(c)} | {c.what} |" for c in COLUMNS.values()]
    return "\n".join(["| column | | what it is |", "|---|---|---|", *rows])


def _need(column: Column) -> str:
    if column.required:
        return "required"
    return "per line" if column.of_line else ""
