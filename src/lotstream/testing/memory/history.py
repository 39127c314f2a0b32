"""Statements about what has left, and what came and went, answered from tables in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lotstream.domain.erasing import persons_of
from lotstream.domain.model import Order
from lotstream.store.codec import decode
from lotstream.testing.memory.past import rows_now
from lotstream.testing.memory.statements import Rows, answers
from lotstream.testing.memory.tables import Row, Tables


@answers("load", "left")
def _left(tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str]) -> Rows:
    return [_gone(tables, owner, sku, lot) for sku, lot in zip(skus, lots, strict=True)]


@answers("load", "since")
def _since(tables: Tables, owner: str, *arrays: Sequence[Any]) -> Rows:
    *asked, ignored = arrays
    lines = _lines(tables, owner)
    bins = zip(*asked, strict=True)
    return [
        Row({"nth": nth, "quantity": sum(_came_to(row, place, ignored) for row in lines)})
        for nth, place in enumerate(bins, 1)
    ]


@answers("load", "counts_since")
def _counts_since(tables: Tables, owner: str, *arrays: Sequence[Any]) -> Rows:
    booked = [row for row in tables.of("lot_history") if row["owner"] == owner and row["kind"] == "counted"]
    journal = [row for row in tables.of("journal") if (row["owner"], row["type"]) == (owner, "StockCounted")]
    found = []
    for nth, (sku, lot, since) in enumerate(zip(*arrays, strict=True), 1):
        mine = [row for row in booked if (row["sku"], row["lot"]) == (sku, lot) and row["at"] >= since]
        records = {_record(row) for row in mine}
        told = [(*_record(row), row["index"], row["body"]) for row in journal if _record(row) in records]
        found += [Row({"nth": nth, "body": body}) for *_, body in sorted(told)]
    return found


def _record(row: Row) -> tuple[int, int, int]:
    return row["log"], row["offset"], row["partition"]


@answers("load", "uneven")
def _uneven(tables: Tables, owner: str, sku: str, numerator: int, denominator: int) -> Rows:
    units = [row["quantity"] for row in _lines(tables, owner) if row["sku"] == sku]
    return [Row({"lines": sum(one * numerator % denominator != 0 for one in units)})]


def _lines(tables: Tables, owner: str) -> list[Row]:
    return [row for table in ("lot_history", "shipment_line") for row in rows_now(tables, table, owner)]


def _came_to(row: Row, place: tuple[Any, ...], ignored: Sequence[str]) -> int:
    """Return what a line of history, or of a shipment, brought to a bin after a moment."""
    sku, lot, site, location, status, after = place
    if (row["sku"], row["lot"]) != (sku, lot):
        return 0

    def is_there(to: str) -> bool:
        return (row[f"{to}site"], row[f"{to}location"]) == (site, location) and status in (None, row[f"{to}status"])

    units: int = row["quantity"]
    if "shipped_at" in row.keys():  # noqa: SIM118 - a row is no mapping
        return -row["sign"] * units if row["shipped_at"] > after and is_there("") else 0
    if row["at"] <= after or row["kind"] in ignored:
        return 0
    left = units if is_there("") else 0
    return left if row["to_location"] is None else (units if is_there("to_") else 0) - left


@answers("load", "persons_of")
def _persons_of(tables: Tables, owner: str, customer: str, most: int) -> Rows:
    orders = [decode(row["body"], Order) for row in tables.of("sales_order") if row["owner"] == owner]
    persons = {person for order in orders if order.customer == customer for person in persons_of(order)}
    return [Row({"person": person}) for person in sorted(persons)[:most]]


@answers("load", "persons_from")
def _persons_from(tables: Tables, owner: str, source: str, most: int) -> Rows:
    orders = [decode(row["body"], Order) for row in tables.of("sales_order") if row["owner"] == owner]
    persons = {person for order in orders if order.key.source == source for person in persons_of(order)}
    return [Row({"person": person}) for person in sorted(persons)[:most]]


@answers("load", "referenced")
def _referenced(tables: Tables, owner: str, *arrays: Sequence[str]) -> Rows:
    orders = [decode(row["body"], Order) for row in tables.of("sales_order") if row["owner"] == owner]
    found = [
        (nth, order.key.order)
        for nth, (source, name, value) in enumerate(zip(*arrays, strict=True), 1)
        for order in orders
        if order.key.source == source and order.references.get(name) == value
    ]
    return [Row({"nth": nth, "order": order}) for nth, order in sorted(found)]


def _gone(tables: Tables, owner: str, sku: str, lot: str) -> Row:
    units: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], str] = {}
    for row in rows_now(tables, "shipment_line", owner):
        if (row["sku"], row["lot"]) == (sku, lot):
            order = row["source"], row["order"]
            units[order] += row["sign"] * row["quantity"]
            names[order] = min(_consignee(row), names.get(order, _consignee(row)))
    left = +units
    who = {names[order] for order in left}
    return Row({"sku": sku, "lot": lot, "quantity": left.total(), "orders": len(left), "customers": len(who)})


def _consignee(row: Row) -> str:
    if row["customer"] is not None:
        return f"c{row['customer']}"
    return f"o{row['source']} {row['order']}" if row["person"] is None else f"p{row['person']}"
