"""A day after which every table of the hub has rows: what a verification is tried on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from tests.hub.client import HubClient

OWNERS = ("acme", "zenith")
SITE = "TOR"
DEFINED = (
    ("lotstream.site.defined.v1", b'{"site": "TOR", "calendar": "scripted"}'),
    ("lotstream.location.defined.v1", b'{"site": "TOR", "location": "A", "pickable": true}'),
    ("lotstream.location.defined.v1", b'{"site": "TOR", "location": "A-01", "parent": "A", "sequence": 3}'),
    ("lotstream.day.opened.v1", b'{"site": "TOR", "date": "2026-09-01"}'),
)


async def live_a_full_day(settings: Settings, client: HubClient) -> None:
    """Have a running worker decide something of everything, for two owners."""
    async with PostgresStore(settings.postgres_url) as store:
        for number, (type_, body) in enumerate(DEFINED):
            await define(store, type_, f"day/{number}", body, partitions=settings.partitions)
    for owner in OWNERS:
        await _facts(client, owner)
        await _goods(client, owner)
        await _orders(client, owner)
        await client.send_raw(b"no JSON", key=owner.encode())
        await client.send("order.placed", _order(owner, "#9", "-1"), message_id=uuid4().hex)
    # Not told by the hub, though it says it is for everybody.
    await client.send_raw(DEFINED[0][1], key=b"*", name="site.defined", partition=1)
    await _turn_the_day(settings, client)


async def _turn_the_day(settings: Settings, client: HubClient) -> None:
    """Let the next day begin, look at the orders again, and answer who said so."""
    body = b'{"site": "TOR", "date": "2026-09-02"}'
    async with PostgresStore(settings.postgres_url) as store:
        await define(store, "lotstream.day.opened.v1", "day/turned", body, partitions=settings.partitions)
    await client.row("SELECT FROM continuing WHERE NOT due HAVING count(*) = $1", len(OWNERS))
    await client.row("SELECT FROM owner_clock WHERE due_at IS NULL HAVING count(*) = $1", len(OWNERS))
    await client.row("SELECT FROM claim WHERE partition = 0 AND broadcast_answered = $1", len(DEFINED) + 1)


async def _facts(client: HubClient, owner: str) -> None:
    await client.send("owner.defined", {"owner": owner, "sites": [SITE]})
    channels = [{"name": "shop"}, {"name": "strict", "min_days_left": 300}]
    await client.send("settings.changed", {"owner": owner, "channels": channels, "availability_every_s": 1})
    for sku, tracking in (("CER", "lot"), ("BAG", "none")):
        await client.send("item.defined", {"owner": owner, "sku": sku, "tracking": tracking, "units": {"case": "6"}})
    await client.send("item.defined", {"owner": owner, "sku": "HAM", "catch_weight": True})
    customer = {"customer": "C-7", "min_days_left": 10, "no_older_than_last_shipped": True}
    await client.send("customer.defined", {"owner": owner, **customer})


async def _goods(client: HubClient, owner: str) -> None:
    lots = [_goods_line(str(n), "CER", f"L{n}", f"2027-0{n}-01") for n in range(1, 5)]
    balance = {"owner": owner, "site": SITE, "balance": "B-1"}
    await client.send("balance.opened", {**balance, "lines": [*lots, _goods_line("9", "BAG", None, None)]})
    received = {"owner": owner, "site": SITE, "happened": True, "receipt": "R-1"}
    await client.send("stock.received", {**received, "lines": [_goods_line("1", "CER", "L5", "2027-09-01")]})
    hams = {**_goods_line("3", "HAM", "H1", "2027-09-01"), "weight_kg": "123.456"}
    await client.send("stock.received", {**received, "lines": [hams]})
    # A second, different expiry of a known lot: quarantined, with an alert.
    await client.send("stock.received", {**received, "lines": [_goods_line("2", "CER", "L5", "2028-09-01")]})
    await client.send("hold.placed", {"owner": owner, "hold": "H-1", "sku": "CER", "lot": "L2", "reason": "wet"})
    await client.send("hold.placed", {"owner": owner, "hold": "H-2", "sku": "CER", "lot": "L3"})
    await client.send("hold.lifted", {"owner": owner, "hold": "H-2", "sku": "CER", "lot": "L3"})


async def _orders(client: HubClient, owner: str) -> None:
    """Orders that wait, are open, picked, shipped, cancelled, and one cancellation that overtook its order."""
    for number in range(1, 7):
        await client.send("order.placed", _order(owner, f"#{number}", str(number)))
    await client.send("order.placed", _order(owner, "#7", "900"))
    await client.send("order.placed", _order(owner, "#8", "1", sku="BAG"))
    message_id = uuid4().hex
    for _ in range(2):
        await client.send("order.placed", _order(owner, "#10", "2"), message_id=message_id)
    named = {"owner": owner, "source": "shop"}
    await client.send("order.cancelled", {**named, "order": "#2"})
    await client.send("order.cancelled", {**named, "order": "#99", "lines": ["1"]})
    floor = {"owner": owner, "site": SITE, "happened": True, "by": "scanner"}
    picked = [{"line": "1", "quantity": "1", "lot": "L1", "location": "A-01"}]
    await client.send("pick.confirmed", {**floor, "source": "shop", "order": "#1", "staged_at": "T-1", "lines": picked})
    shipped = [{"source": "shop", "order": order} for order in ("#1", "#3", "#8")]
    await client.send("shipment.confirmed", {**floor, "shipment": "S-1", "orders": shipped})
    late = [{"source": "shop", "order": "#3", "lines": [{"line": "1", "quantity": "2", "lot": "L1"}]}]
    await client.send("shipment.confirmed", {**floor, "shipment": "S-2", "orders": late})
    await client.send("hold.placed", {"owner": owner, "hold": "H-4", "sku": "CER", "lot": "L4"})
    await client.send("lot.recalled", {"owner": owner, "recall": "D-1", "drill": True, "supplier": "S-3"})
    await client.send("lot.recalled", {"owner": owner, "recall": "RC-1", "lots": [{"sku": "CER", "lot": "L1"}]})
    await client.send("recall.closed", {"owner": owner, "recall": "RC-1"})


def _goods_line(line: str, sku: str, lot: str | None, expires: str | None) -> dict[str, Any]:
    goods = {"line": line, "sku": sku, "quantity": "50", "location": "A-01"}
    return goods if lot is None else {**goods, "lot": lot, "expires": expires}


def _order(owner: str, number: str, quantity: str, *, sku: str = "CER") -> dict[str, Any]:
    line = {"line": "1", "sku": sku, "quantity": quantity}
    to = {"name": f"Receiver {number}", "street": ["1 Example Street"], "city": "Sampletown", "country": "US"}
    return {"owner": owner, "source": "shop", "order": number, "customer": "C-7", "ship_to": to, "lines": [line]}
