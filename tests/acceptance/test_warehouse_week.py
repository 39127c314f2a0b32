"""A week of a warehouse, on real servers: what the hub has come to is what plain bookkeeping says."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from tests.acceptance.week import days
from tests.acceptance.week.books import Left, Odd, Told
from tests.acceptance.week.house import House
from tests.acceptance.week.hub import Hub
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.table import written
from tests.cli.conftest import run_lotstream

#: Tables that hold what was decided; repeats leave them as they are. (Stock rows at zero are removed by and by.)
DECIDED = (
    "owner", "item", "customer", "lot", "sales_order", "receipt", "person", "shipment_line", "lot_history",
    "journal", "serial", "continuing", "last_shipped",
)  # fmt: skip
STOCK = "SELECT * FROM stock WHERE owner = $1 AND (on_hand <> 0 OR reserved <> 0)"


@pytest.mark.timeout(300)
async def test_the_week_comes_to_what_the_books_say(hub_settings: Settings, tmp_path: Path) -> None:
    """Every quantity, state and message agrees with the books, verify is clean, and a repeat changes nothing."""
    async with PostgresStore(hub_settings.postgres_url) as store:
        hub = Hub(hub_settings, store, tmp_path)
        await hub.open()
        try:
            house = House(hub)
            for day in days.WEEK:
                await day(house)
            sys.stdout.write(written(house))
            await compare(house)
            before = await hub.tables(DECIDED)
            told = await outgoing(hub)
            await hub.again()
            assert await hub.tables(DECIDED) == before
            assert await outgoing(hub) == told
            await compare(house)
        finally:
            await hub.close()
    verified = await run_lotstream(hub_settings, "verify")
    assert (verified.code, verified.err) == (0, ""), verified.out


async def compare(house: House) -> None:
    """Compare what the hub says with the books of every owner."""
    heard = {
        topic: await house.hub.heard(f"lotstream.{topic}")
        for topic in ("inventory", "ship-confirmations", "order-status", "alerts", "pick-tasks")
    }
    for owner in house.owners:
        mine = {topic: [body for _, body in said if body["owner"] == owner.name] for topic, said in heard.items()}
        await _stock(house.hub, owner)
        await _lots(house.hub, owner)
        await _left(house.hub, owner, mine["ship-confirmations"])
        _orders(owner, mine["order-status"])
        _inventory(owner, mine["inventory"])
        _alerts(owner, mine["alerts"])
        _tasks(owner, mine["pick-tasks"])


async def outgoing(hub: Hub) -> int:
    """Return how many messages have been sent out."""
    return int(await hub.value("SELECT count(*) FROM outbox"))


async def _stock(hub: Hub, owner: Owner) -> None:
    reserved = owner.books.reserved()
    rows = owner.books.rows
    books = {row: (rows[row], reserved[row]) for row in {*rows, *reserved} if rows[row] or reserved[row]}
    stock = {
        (row["sku"], row["lot"], row["site"], row["location"], row["status"], row["returned"]): (
            row["on_hand"], row["reserved"],
        )
        for row in await hub.rows(STOCK, owner.name)
    }  # fmt: skip
    assert stock == {tuple(row): units for row, units in books.items()}


async def _lots(hub: Hub, owner: Owner) -> None:
    found = await hub.rows("SELECT sku, lot, expires, supplier, holds FROM lot WHERE owner = $1", owner.name)
    facts = {(row["sku"], row["lot"]): (row["expires"], row["supplier"]) for row in found}
    assert facts == {name: (lot.expires, lot.supplier) for name, lot in owner.books.lots.items()}
    held = {(row["sku"], row["lot"]) for row in found if row["holds"] != "[]"}
    assert held == {name for name, lot in owner.books.lots.items() if lot.holds}


async def _left(hub: Hub, owner: Owner, confirmations: list[dict[str, Any]]) -> None:
    """What left, lot by lot, is the same in the books, in the confirmations and in the table of traces."""
    rows = await hub.rows("SELECT * FROM shipment_line WHERE owner = $1", owner.name)
    traced = Counter[Left]()
    for row in rows:
        named = Left(row["shipment"], row["order"], row["line"], row["sku"], row["lot"])
        traced[named] += row["sign"] * row["quantity"]
    confirmed = Counter[Left]()
    for body in confirmations:
        for line in body["lines"]:
            for lot in line["lots"]:
                named = Left(body["shipment"], body["order"], line["line"], lot["sku"] or line["sku"], lot["lot"])
                confirmed[named] += (-1 if body["voided"] else 1) * int(lot["quantity"])
    assert +traced == +owner.books.left
    assert +confirmed == +owner.books.left


def _orders(owner: Owner, statuses: list[dict[str, Any]]) -> None:
    """The last that was told of an order is what the books say of it."""
    last = {body["order"]: body for body in statuses}
    told = {
        number: (body["status"], {line["line"]: _figures(line) for line in body["lines"]})
        for number, body in last.items()
    }
    books = {
        number: (order.state, {name: line.figures() for name, line in order.lines.items()})
        for number, order in owner.books.orders.items()
    }
    assert told == books


def _figures(line: dict[str, Any]) -> dict[str, int]:
    names = ("ordered", "allocated", "backordered", "picked", "shipped", "cancelled")
    return {name: int(line[name]) for name in names}


def _inventory(owner: Owner, changes: list[dict[str, Any]]) -> None:
    told = Counter[Told]()
    for body in changes:
        for line in body["lines"]:
            told[Told(body["change"], body["document"], line["sku"], line["lot"])] += int(line["quantity"])
    assert {name: units for name, units in told.items() if units} == {
        name: units for name, units in owner.books.told.items() if units
    }


def _alerts(owner: Owner, alerts: list[dict[str, Any]]) -> None:
    odd = Counter(Odd(body["code"], body["about"].get("sku"), body["about"].get("lot")) for body in alerts)
    assert odd == owner.books.odd


def _tasks(owner: Owner, messages: list[dict[str, Any]]) -> None:
    """The floor has a task for everything that is promised to orders of which nothing has left, and for no more."""
    tasks: dict[str, tuple[str, str, str, str | None, str, int]] = {}
    for body in messages:
        for task in body["tasks"]:
            tasks[task["task"]] = (
                body["order"], task["line"], task["sku"], task["lot"], task["location"],
                0 if task["action"] == "cancel" else int(task["quantity"]),
            )  # fmt: skip
    told, books = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for *about, quantity in tasks.values():
        told[tuple(about)] += quantity
    whole = {
        number for number, order in owner.books.orders.items() if not any(line.left for line in order.lines.values())
    }
    for order in owner.books.orders.values():
        for name, line in order.lines.items():
            for promise in line.promises:
                books[order.number, name, *promise.row[:2], promise.row.place] += promise.quantity
    assert {about: n for about, n in told.items() if n and about[0] in whole} == {
        about: n for about, n in books.items() if about[0] in whole
    }
