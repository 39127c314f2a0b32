"""Goods and orders of the week that something can be done with, found in the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.acceptance.week.house import House
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.records import Line, Order, Row

ORDERS = 120


def free(owner: Owner, row: Row) -> int:
    """Return what of a row is promised to nobody and may be used."""
    books = owner.books
    return books.rows[row] - books.reserved()[row] if books.usable(row) else 0


def free_rows(owner: Owner, sku: str, site: str, *, at_least: int = 4) -> list[Row]:
    """Return rows of an item with goods that nobody is promised, first expired first."""
    return [row for row in owner.books.candidates(sku, site) if free(owner, row) >= at_least]


def roomy(owner: Owner, site: str) -> Iterator[Row]:
    """Yield rows from the beginning of the week of which six or more are free, by place."""
    for row in sorted(owner.books.rows, key=str):
        if row.site == site and row.place.startswith("A-") and free(owner, row) >= 6:
            yield row


def shipped_lines(owner: Owner) -> Iterator[tuple[Order, str, Line]]:
    """Yield lines of which at least two units of one lot have left."""
    for order in owner.books.orders.values():
        for name, line in order.lines.items():
            if line.left > 1 and len(line.shipped) == 1:
                yield order, name, line


def orders(house: House, which: Callable[[int], bool]) -> Iterator[tuple[Owner, Order, int]]:
    """Yield those open orders of Tuesday whose number is meant."""
    for number in filter(which, range(ORDERS)):
        owner = house.owners[number % 3 == 2]
        order = owner.books.orders[f"#{number}"]
        if order.is_open:
            yield owner, order, number


def pick(house: House, which: Callable[[int], bool]) -> None:
    """Pick what is promised to orders."""
    for owner, order, _ in orders(house, which):
        if any(line.promised > line.picked for line in order.lines.values()):
            owner.pick(order.number)


def ship(house: House, which: Callable[[int], bool]) -> None:
    """Have orders leave that have anything promised."""
    for owner, order, number in orders(house, which):
        if any(line.promised for line in order.lines.values()):
            owner.ship(order.number, f"SH-{house.today.day}-{number}")
