"""What the statements about recalls say of tables in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from lotstream.domain.model import LookedBack, LotName, OrderKey, Title
from lotstream.store.codec import decode
from lotstream.testing.memory.past import rows_now
from lotstream.testing.memory.statements import Rows, answers
from lotstream.testing.memory.tables import Row, Tables
from lotstream.testing.reach import BackLine, LeftLine, look_back

_TO = ("customer", "person", "city", "region", "postcode", "country")
_WHERE = ("customer", "city", "region", "postcode", "country")
_DEPARTURE = ("shipment", "source", "order", "sku", "lot")


@answers("recalls", "recipients")
def recipients(tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str], *bounds: Any) -> Rows:  # noqa: ANN401
    """Return who got any of some lots."""
    after, most, orders_max = bounds
    found = _look_back(tables, owner, skus, lots, after=after, most=most)
    return [
        Row(
            {
                **{name: getattr(one, name) for name in ("id", *_TO)},
                "sources": [key.source for key in one.orders[:orders_max]],
                "orders": [key.order for key in one.orders[:orders_max]],
                "orders_count": one.orders_count,
                "skus": [got.sku for got in one.lots],
                "lots": [got.lot for got in one.lots],
                "quantities": [got.quantity for got in one.lots],
                "returned": [got.returned for got in one.lots],
                "recipients": found.reached.recipients,
            }
        )
        for one in found.recipients
    ]


@answers("recalls", "reached")
def reached(tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str]) -> Rows:
    """Return what left of some lots, and of all lots of their items."""
    found = _look_back(tables, owner, skus, lots).reached
    counts = {name: getattr(found, name) for name in ("orders", "orders_of_all", "customers", "customers_of_all")}
    return [
        Row({"sku": sku, "units": found.units.get(sku, 0), "units_of_all": units, **counts})
        for sku, units in found.units_of_all.items()
    ]


@answers("recalls", "departures")
def departures(tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str], *bounds: Any) -> Rows:  # noqa: ANN401
    """Return with which shipments some lots left for which orders, the last one first."""
    *behind, most = bounds
    mine: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows_now(tables, "shipment_line", owner):
        if (row["sku"], row["lot"]) in zip(skus, lots, strict=True):
            mine.setdefault(tuple(row[name] for name in _DEPARTURE), []).append(row)
    gone = [_departure(rows) for rows in mine.values() if sum(row["sign"] * row["quantity"] for row in rows) > 0]
    gone.sort(key=_place, reverse=True)
    found = [one for one in gone if behind[0] is None or _place(one) < tuple(behind)]
    return [Row({**one, "total": len(gone)}) for one in found[:most]]


def _departure(rows: Sequence[Row]) -> dict[str, Any]:
    # As arrays are sorted: what is not said comes last.
    last = max(
        (row for row in rows if row["sign"] == 1),
        key=lambda row: (row["shipped_at"], *((row[name] is None, row[name] or "") for name in _WHERE)),
    )
    said = [row["expires"] for row in rows if row["expires"] is not None]
    return {
        "at": last["shipped_at"],
        **{name: last[name] for name in _DEPARTURE},
        "quantity": sum(row["sign"] * row["quantity"] for row in rows),
        "expires": min(said, default=None),
        **{name: last[name] for name in _WHERE},
    }


def _place(one: dict[str, Any]) -> tuple[Any, ...]:
    return (one["at"], *(one[name] for name in _DEPARTURE))


@answers("recalls", "sold")
def sold(tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str]) -> Rows:
    """Return what of some lots was sold to other owners."""
    units: dict[tuple[str, ...], int] = {}
    wanted = {*zip(skus, lots, strict=True)}
    for row in rows_now(tables, "lot_history", owner):
        if row["kind"] == "title_released" and (row["sku"], row["lot"]) in wanted:
            title = decode(tables.rows["receipt"][owner, row["document"], row["number"]]["body"], Title)
            called = next((line.sku for line in title.lines if line.row.sku == row["sku"]), row["sku"])
            key = title.to_owner, row["sku"], row["lot"], called
            units[key] = units.get(key, 0) - row["quantity"]
    names = ("buyer", "sku", "lot", "to_sku", "quantity")
    return [Row(dict(zip(names, (*key, units[key]), strict=True))) for key in sorted(units)]


@answers("recalls", "persons")
def persons(tables: Tables, owner: str, keys: Sequence[str]) -> Rows:
    """Return personal data by key."""
    rows = tables.rows["person"]
    return [rows[owner, key].only("person", "body") for key in keys if (owner, key) in rows]


@answers("load", "left_for")
def left_for(tables: Tables, owner: str, customer: str, sku: str, *rest: Any) -> Rows:  # noqa: ANN401
    """Return the orders with which goods left for a customer, the last one first."""
    lot, most = rest
    units: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, str], float] = {}
    for row in rows_now(tables, "shipment_line", owner):
        mine = (row["customer"], row["sku"]) == (customer, sku) and lot in (None, row["lot"])
        if mine:
            order = row["source"], row["order"]
            units[order] = units.get(order, 0) + row["sign"] * row["quantity"]
            last[order] = max(last.get(order, 0.0), row["shipped_at"].timestamp())
    found = sorted((order for order in units if units[order] > 0), key=lambda order: (-last[order], order))
    return [Row({"source": source, "order": order}) for source, order in found[:most]]


def _look_back(
    tables: Tables, owner: str, skus: Sequence[str], lots: Sequence[str], *, after: str = "", most: int = 2**31
) -> LookedBack:
    names = {LotName(*name) for name in zip(skus, lots, strict=True)}
    return look_back(names, _left(tables, owner), _back(tables, owner), after=after, most=most)


def _left(tables: Tables, owner: str) -> Iterator[LeftLine]:
    for row in rows_now(tables, "shipment_line", owner):
        order = OrderKey(row["source"], row["order"])
        at = row["shipped_at"].astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
        quantity = row["sign"] * row["quantity"]
        yield LeftLine(order, row["sku"], row["lot"], quantity, at, tuple(row[name] for name in _TO))


def _back(tables: Tables, owner: str) -> Iterator[BackLine]:
    for row in rows_now(tables, "lot_history", owner):
        if row["kind"] == "returned" and row["order"] is not None:
            yield BackLine(OrderKey(row["source"], row["order"]), row["sku"], row["lot"], row["quantity"])
