"""Every physical change of stock is told once, through kills, and whoever forgets everything tells the same."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from tests.hub.small_hub import NOON, SITE, SmallHub, a_site, order, owners_in, stock

OWNER = owners_in(0, 1)[0]


def changes(hub: SmallHub) -> list[dict[str, Any]]:
    """Return what was told of stock, in the order of the log."""
    assert {row["key"] for row in hub.rows("outbox", topic="lotstream.inventory")} <= {OWNER.encode()}
    return hub.told(topic="lotstream.inventory")


def send(hub: SmallHub, name: str, **body: object) -> None:
    """Send what has happened on the floor."""
    hub.send(name, {"owner": OWNER, "site": SITE, "happened": True, **body})


def a_day(hub: SmallHub) -> None:
    """Goods are there, come in, are counted, damaged, moved, shipped, sent back, and a shipment never left."""
    stock(hub, OWNER, [("L1", "2027-01-01"), ("L2", "2027-02-01")])
    goods = {"line": "1", "sku": "SOAP", "lot": "L3", "expires": "2027-03-01", "quantity": "30", "location": "DOCK-3"}
    send(hub, "stock.received", receipt="R-1", lines=[goods])
    counted = {"line": "1", "sku": "SOAP", "lot": "L2", "location": "BIN-L2", "counted": "90"}
    send(hub, "stock.counted", count="C-1", lines=[counted])
    damaged = {"line": "1", "lot": "L2", "location": "BIN-L2", "quantity": "5", "to_status": "damaged"}
    send(hub, "stock.status_changed", change="T-1", lines=[damaged])
    send(hub, "stock.moved", move="M-1", lines=[{"line": "1", "lot": "L3", "quantity": "30", "to": "BIN-9"}])
    for number in (1, 2):
        order(hub, OWNER, number, quantity=60)
        send(hub, "shipment.confirmed", shipment=f"S-{number}", orders=[{"source": "shop", "order": f"O-{number}"}])
    send(hub, "shipment.voided", shipment="S-2", reason="No truck")
    back = {"line": "1", "lot": "L1", "quantity": "2", "location": "RETURNS"}
    send(hub, "goods.returned", **{"return": "RMA-1"}, source="shop", order="O-1", lines=[back])


async def test_what_is_told_of_stock_adds_up_to_what_is_there() -> None:
    """From the opening balance on, the messages alone give what the tables have, by lot and condition."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    a_day(hub)
    await worker.settle()

    told = changes(hub)
    assert [body["change"] for body in told] == [
        "received", "counted", "status_changed", "moved", "shipped", "shipped", "shipment_voided", "returned",
    ]  # fmt: skip
    believed = Counter({("L1", "good"): 100, ("L2", "good"): 100})
    for line in (line for body in told for line in body["lines"]):
        units, before, after = int(line["quantity"]), line["from_status"], line["to_status"]
        if before and after:
            believed[line["lot"], before] -= units
        believed[line["lot"], after or before] += units
    (last,) = told[-1]["lines"]
    assert last["on_hand"] == [{"status": "good", "quantity": str(believed["L1", "good"])}]
    there = Counter[tuple[str, str]]()
    for row in hub.rows("stock"):
        there[row["lot"], row["status"]] += row["on_hand"]
    assert +believed == +there


async def test_workers_that_forget_everything_tell_the_same_of_stock() -> None:
    """A log decided record by record by workers that know nothing gives the same messages under the same ids."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    a_day(hub)
    await worker.settle()
    again = SmallHub()
    again.log = hub.log
    for row in hub.rows("broadcast"):
        await again.store.add_broadcast(row["type"], key=row["key"], body=row["body"])
    last = await again.start()
    while await last.decide(records_max=1):
        last = await again.start()

    assert [row["value"] for row in again.rows("outbox")] == [row["value"] for row in hub.rows("outbox")]


async def test_a_held_unit_goes_to_nobody_until_it_is_let_go() -> None:
    """A serial number that no order speaks of is read for its hold; an order for two units gets one until it ends."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "PUMP", "tracking": "serial"})
    pumps = {"line": "1", "sku": "PUMP", "lot": "P", "quantity": "2", "location": "A", "serials": ["S-1", "S-2"]}
    send(hub, "stock.received", receipt="R-1", lines=[pumps])
    await worker.settle()
    worker = await hub.start()
    hub.send("hold.placed", {"owner": OWNER, "hold": "H-1", "serial": "S-2", "reason": "Leaks"})
    order(hub, OWNER, 1, quantity=2, sku="PUMP")
    await worker.settle()
    assert hub.reserved(OWNER) == {"P": 1}
    hub.send("hold.lifted", {"owner": OWNER, "serial": "S-2"})
    await worker.settle()

    assert hub.reserved(OWNER) == {"P": 2}
    told = [(body["change"], body["document"], body["lines"][0]) for body in changes(hub)[1:]]
    assert [(change, document, line["serials"], line["to_status"]) for change, document, line in told] == [
        ("status_changed", "H-1", ["S-2"], "quarantine"), ("status_changed", None, ["S-2"], "good"),
    ]  # fmt: skip


async def test_goods_that_turn_up_were_there_when_the_document_says() -> None:
    """Found for a move, and weighed otherwise by a pick, both told days later: histories and readers have that day."""
    hub, then = SmallHub(), NOON - timedelta(days=6)
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "HAM", "catch_weight": True})
    goods = {"line": "1", "sku": "HAM", "lot": "H1", "quantity": "1", "weight_kg": "2.5", "location": "A"}
    send(hub, "stock.received", receipt="R-1", lines=[goods])
    moved = {**goods, "quantity": "3", "weight_kg": "8", "to": "B"}
    send(hub, "stock.moved", move="M-1", occurred_at=then.isoformat(), lines=[moved])
    send(hub, "stock.moved", move="M-2", lines=[{**moved, "location": "C"}])
    await worker.settle()
    for kind in ("found", "weighed"):
        rows = sorted(hub.rows("lot_history", kind=kind), key=lambda row: int(row["offset"]))
        assert [(row["location"], row["at"], row["recorded_at"]) for row in rows] == [
            ("A", then, NOON),
            ("C", NOON, NOON),
        ]
        told = [body["occurred_at"] for body in changes(hub) if body["change"] == kind]
        assert [datetime.fromisoformat(at) for at in told] == [then, NOON]
