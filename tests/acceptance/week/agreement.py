"""What the hub says is compared with the books: stock, lots, what left, orders, and every message that was told."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.acceptance.week.house import House
from tests.acceptance.week.hub import Hub
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.records import Closed, Consignee, Left, Made, Odd, OnRoad, Told

JUDGED = (
    "count_lines", "count_lines_right", "counted_off", "counted_system", "received", "received_value", "expired",
    "expired_value", "shipped", "traced",
)  # fmt: skip
CAME = ("expected", "received", "damaged", "over", "short")
TOPICS = ("inventory", "ship-confirmations", "order-status", "alerts", "pick-tasks", "receipts", "recall-letters")


async def agrees(house: House) -> None:
    """Compare what the hub says with the books of every owner."""
    heard = [said for topic in TOPICS for said in await house.hub.heard(f"lotstream.{topic}")]
    for owner in house.owners:
        mine = defaultdict[str, list[dict[str, Any]]](list)
        for type_, body in heard:
            if body["owner"] == owner.name:
                mine[type_.split(".")[1]].append(body)
        await _stock(house.hub, owner)
        await _lots(house.hub, owner)
        await _left(house.hub, owner, mine["ship_confirmation"])
        await _made(house.hub, owner)
        await _persons(house.hub, owner)
        await _judged(house.hub, owner)
        _orders(owner, mine["order_status"])
        _inventory(owner, mine["inventory_change"])
        changed = Counter((body["change"], body["document"]) for body in mine["lot_changed"])
        _same("changes of lots", changed, owner.books.changed)
        await _recalls(house.hub, owner, mine["recall_letter"])
        _compared(owner, mine["inventory_comparison"], mine["inventory_snapshot"])
        _closed(owner, mine["receipt_closed"])
        _alerts(owner, mine["alert"])
        _on_the_road(owner, mine["shipment_progress"])
        _tasks(owner, [*mine["pick_tasks"], *mine["wave_tasks"]])


async def _stock(hub: Hub, owner: Owner) -> None:
    reserved, rows = owner.books.reserved(), owner.books.rows
    books = {tuple(row): (rows[row], reserved[row]) for row in {*rows, *reserved} if rows[row] or reserved[row]}
    columns = ("sku", "lot", "site", "location", "status", "returned")
    stock = {
        tuple(row[column] for column in columns): (row["on_hand"], row["reserved"])
        for row in await hub.rows("stock", owner.name)
        if row["on_hand"] or row["reserved"]
    }
    _same("stock", stock, books)


async def _lots(hub: Hub, owner: Owner) -> None:
    found = [row for row in await hub.rows("lot", owner.name) if "into" not in json.loads(row["more"])]
    facts = {(row["sku"], row["lot"]): (row["expires"], row["supplier"], *_more(row["more"])) for row in found}
    books = {
        name: (lot.expires, lot.supplier, lot.cost if lot.cost_units else None, lot.cost_units, lot.parents)
        for name, lot in owner.books.lots.items()
    }
    _same("lots", facts, books)
    held = {(row["sku"], row["lot"]) for row in found if row["holds"] != "[]"}
    _same("held", dict.fromkeys(held), {name: None for name, lot in owner.books.lots.items() if lot.holds})


def _more(text: str) -> tuple[Decimal | None, int, set[tuple[str, str]]]:
    """Return what a lot has cost, of how many units that is, and what it was made from."""
    more = json.loads(text)
    parents = {(sku, lot) for sku, lot in more.get("made_from", ())}
    return Decimal(more["cost_total"]) if "cost_total" in more else None, more.get("cost_units", 0), parents


async def _made(hub: Hub, owner: Owner) -> None:
    """What went into each production, and what came out of it, is in the history of the lots."""
    rows = [row for row in await hub.rows("lot_history", owner.name) if row["document"] == "production"]
    made = Counter[Made]()
    for row in rows:
        made[Made(row["number"], row["sku"], row["lot"])] += row["quantity"]
    _same("what was made", made, owner.books.made)


async def _persons(hub: Hub, owner: Owner) -> None:
    """Whom orders were for is known as long as nobody asked to be forgotten."""
    bodies = "".join(row["body"] for row in await hub.rows("person", owner.name))
    known = {number for number in owner.books.orders if f'"Receiver {number}"' in bodies}
    assert known == owner.books.orders.keys() - owner.books.forgotten


async def _judged(hub: Hub, owner: Owner) -> None:
    """The sums behind the figures that the house is judged by, day by day."""
    rows = await hub.rows("kpi", owner.name)
    kept = {row["day"]: {name: row[name] for name in JUDGED if row[name]} for row in rows}
    books = {day: {name: units for name, units in sums.items() if units} for day, sums in owner.books.judged.items()}
    _same("judged", *({day: sums for day, sums in said.items() if sums} for said in (kept, books)))


async def _left(hub: Hub, owner: Owner, confirmations: list[dict[str, Any]]) -> None:
    """What left, lot by lot, is the same in the books, in the confirmations and in the table of traces."""
    traced, confirmed = Counter[Left](), Counter[Left]()
    cost = defaultdict[Left, Decimal](Decimal)
    for row in await hub.rows("shipment_line", owner.name):
        named = Left(row["shipment"], row["order"], row["line"], row["sku"], row["lot"])
        traced[named] += row["sign"] * row["quantity"]
        cost[named] += row["sign"] * (row["cost"] or 0)
    for body in confirmations:
        for line in body["lines"]:
            for lot in line["lots"]:
                named = Left(body["shipment"], body["order"], line["line"], lot["sku"] or line["sku"], lot["lot"])
                confirmed[named] += (-1 if body["voided"] else 1) * int(lot["quantity"])
    _same("what left", +traced, +owner.books.left + owner.books.imported)
    _same("cost of what left", _some(cost), _some(owner.books.cost_left))
    _same("confirmations", +confirmed, +owner.books.left)


def _orders(owner: Owner, statuses: list[dict[str, Any]]) -> None:
    """The last that was told of an order is what the books say of it."""
    last = {body["order"]: body for body in statuses}
    told = {
        number: (body["status"], {line["line"]: _figures(line) for line in body["lines"]})
        for number, body in last.items()
    }
    assert {number for number, (status, _) in told.items() if status == "rejected"} == owner.books.rejected
    told = {number: said for number, said in told.items() if number not in owner.books.rejected}
    books = {
        number: (order.state, {name: line.figures() for name, line in order.lines.items()})
        for number, order in owner.books.orders.items()
    }
    _same("orders", told, books)


def _figures(line: dict[str, Any]) -> dict[str, int]:
    names = ("ordered", "allocated", "backordered", "picked", "shipped", "cancelled")
    return {name: int(line[name]) for name in names}


def _inventory(owner: Owner, changes: list[dict[str, Any]]) -> None:
    told = Counter[Told]()
    for body in changes:
        for line in body["lines"]:
            told[Told(body["change"], body["document"], line["sku"], line["lot"])] += int(line["quantity"])
    _same("changes of stock", _some(told), _some(owner.books.told))


async def _recalls(hub: Hub, owner: Owner, letters: list[dict[str, Any]]) -> None:
    """Whoever got recalled goods was written to, the last letter with all he got; answers are added up."""
    books = owner.books
    told: dict[str, dict[Consignee, Counter[tuple[str, str]]]] = {recall: {} for recall in books.letters}
    for body in letters:
        who = Consignee(body["customer"], body["ship_to"]["city"])
        got = told[body["recall"]].setdefault(who, Counter())
        got.update({(lot["sku"], lot["lot"]): int(lot["quantity"]) for lot in body["lots"]})
    _same("letters", told, books.letters)
    documents = [json.loads(row["body"]) for row in await hub.rows("receipt", owner.name) if row["kind"] == "recall"]
    for recall in (document for document in documents if not document.get("drill")):
        answers = books.answered[recall["key"][1]]
        recovered = sum(recall.get("recovered", {}).values())
        assert (recall.get("answered", 0), recovered) == (len(answers), sum(answers))


def _compared(owner: Owner, comparisons: list[dict[str, Any]], snapshots: list[dict[str, Any]]) -> None:
    """Comparisons tell what differs and how much is equal; snapshots tell what there was."""
    differing = {
        (body["comparison"], line["sku"], line["lot"]): int(line["difference"])
        for body in comparisons
        for line in body["lines"]
    }
    _same("comparisons", differing, owner.books.differing)
    _same("equal lots", {body["comparison"]: body["equal"] for body in comparisons}, owner.books.equal)
    names = ("sku", "lot", "site", "status", "in_transit")
    there = {
        body["snapshot"]: {tuple(line[name] for name in names): int(line["quantity"]) for line in body["lines"]}
        for body in snapshots
    }
    for number, taken in owner.books.snapshots.items():
        _same(f"snapshot {number}", there[number], taken)


def _closed(owner: Owner, receipts: list[dict[str, Any]]) -> None:
    """Every receipt that was announced is told with what was awaited and what came."""
    told = Counter[Closed]()
    for body in receipts:
        for line in body["lines"] if body["expected"] else ():
            expected, came, damaged, over, short = (int(line[name]) for name in CAME)
            told[
                Closed(
                    body["receipt"], body["expected"], line["sku"], line["lot"], expected, came, damaged, over, short,
                    line["unannounced"],
                )
            ] += 1  # fmt: skip
    _same("closed receipts", told, owner.books.closed)


def _alerts(owner: Owner, alerts: list[dict[str, Any]]) -> None:
    odd = Counter(Odd(body["code"], body["about"].get("sku"), body["about"].get("lot")) for body in alerts)
    _same("alerts", odd, owner.books.odd)


def _on_the_road(owner: Owner, told: list[dict[str, Any]]) -> None:
    """Whoever ordered hears where his goods are, as often as somebody said so."""
    heard = defaultdict[tuple[str, str], list[OnRoad]](list)
    for body in told:
        heard[body["shipment"], body["order"]].append(OnRoad(body["state"], body["place"]))
    _same("on the road", heard, owner.books.road)


def _tasks(owner: Owner, messages: list[dict[str, Any]]) -> None:
    """The floor has a task for everything that is promised to orders of which nothing has left, and for no more."""
    tasks: dict[str, list[tuple[tuple[Any, ...], int]]] = {}
    for body in messages:
        for task in body["tasks"]:
            # What was picked before its lot got another number is not told again.
            lot = task["lot"] and owner.books.now(task["sku"], task["lot"])
            what = owner.books.renamed.get(task["sku"], task["sku"]), lot, task["location"]
            tasks[task["task"]] = [
                ((one["order"], one["line"], *what), 0 if task["action"] == "cancel" else int(one["quantity"]))
                for one in task["for"]
            ]
    whole = [order for order in owner.books.orders.values() if not any(line.left for line in order.lines.values())]
    told, books = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for about, quantity in (one for task in tasks.values() for one in task):
        if about[0] in {order.number for order in whole}:
            told[about] += quantity
    for order in whole:
        for name, line in order.lines.items():
            for promise in line.promises:
                row = promise.row
                books[order.number, name, row.sku, row.lot, row.place] += promise.quantity
    _same("tasks", _some(told), _some(books))


def _some(counted: Mapping[Any, Any]) -> dict[Any, int]:
    """Return what is not zero; what was taken back is below."""
    return {what: units for what, units in counted.items() if units}


def _same(what: str, hub: Mapping[Any, Any], books: Mapping[Any, Any]) -> None:
    """Fail with what the hub and the books say differently."""
    apart = {key: (hub.get(key), books.get(key)) for key in {*hub, *books} if hub.get(key) != books.get(key)}
    shown = "\n".join(f"{key}: the hub says {one}, the books {other}" for key, (one, other) in apart.items())
    assert not apart, f"{what}:\n{shown}"
