"""Waves in a running hub: tasks for many orders, work split to them, kept through the death of workers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from lotstream.contracts.topics import PICK_TASKS
from lotstream.hub.verify import verify
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.hub.client import PATIENCE_S, HubClient
from tests.hub.small_hub import NOON, SITE, SmallHub, a_site, order, owners_in, stock

FLOOR = {"owner": "acme", "site": SITE, "happened": False, "by": "scanner"}


def released(count: int, *, wave: str = "W-1", **more: object) -> dict[str, object]:
    """A wave of the first so many orders."""
    orders = [{"source": "shop", "order": f"O-{number}"} for number in range(count)]
    return {**FLOOR, "wave": wave, "orders": orders, **more}


def told(hub: SmallHub, type_: str) -> list[dict[str, Any]]:
    """Return the messages of a type in the outbox, in order."""
    return hub.told(type=type_)


async def test_a_wave_outlives_its_worker() -> None:
    """A worker that knows only the database splits a pick to the wave's orders, and tells what a hold costs them."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    stock(hub, owner, [("L1", "2026-12-01"), ("L2", "2027-01-01")], quantity=10)
    for number in range(3):
        order(hub, owner, number, quantity=3)
    hub.send("wave.released", released(3, owner=owner))
    await worker.settle()
    (create,) = told(hub, "lotstream.wave_tasks.v1")
    (task,) = create["tasks"]
    assert (task["lot"], task["quantity"], len(task["for"])) == ("L1", "9", 3)

    worker = await hub.start()
    line = {"task": task["task"], "quantity": "4"}
    hub.send("pick.confirmed", {**FLOOR, "owner": owner, "wave": "W-1", "lines": [line]})
    hub.send("hold.placed", {"owner": owner, "hold": "H-1", "sku": "SOAP", "lot": "L1"})
    await worker.settle()
    (change,) = told(hub, "lotstream.wave_tasks.v1")[1:]
    (left,) = change["tasks"]
    assert (left["action"], left["quantity"], left["picked"]) == ("change", "4", "4")
    assert [(one["order"], one["picked"]) for one in left["for"]] == [("O-0", "3"), ("O-1", "1")]
    assert {row["outcome"] for row in hub.intake()} == {"done"}
    assert hub.append_time == NOON


async def test_waves_through_kafka_and_postgres(hub_settings: Settings, tmp_path: Path) -> None:
    """Released, picked, shorted and cancelled with workers that are killed in between; tables and journal agree."""
    async with HubClient(hub_settings) as client:
        async with WorkerProcess(hub_settings, instance="first", log=tmp_path / "first.log") as worker:
            await _a_site(hub_settings)
            await _goods_and_orders(client)
            assert (await client.send("wave.released", released(4)))["outcome"] == "done"
            refused = await client.send("wave.released", released(2, wave="W-2"))
            assert (refused["code"], refused["field"]) == ("not_reserved", "orders.0.order")
            await worker.kill()
        async with WorkerProcess(hub_settings, instance="second", log=tmp_path / "second.log"):
            tasks = await _read(hub_settings, 1)
            assert [(task["lot"], task["quantity"]) for task in tasks[0]["tasks"]] == [("L1", "10"), ("L2", "2")]
            first, second = (task["task"] for task in tasks[0]["tasks"])
            assert (await _work(client, "pick.confirmed", {"task": first, "quantity": "4"}))["outcome"] == "done"
            assert (await _work(client, "pick.shorted", {"task": first, "picked": "2"}))["outcome"] == "done"
            shown = await run_lotstream(hub_settings, "wave", "W-1", "--json")
            assert json.loads(shown.out)["state"] == "released"
            cancelled = await client.send("wave.cancelled", {**FLOOR, "wave": "W-1"})
            assert (cancelled["outcome"], cancelled["code"]) == ("done", None)
            (status,) = await client.rows("""SELECT state FROM sales_order WHERE "order" = 'O-1'""")
            assert status["state"] == "picked"
            words = await run_lotstream(hub_settings, "wave", "W-1", "--owner", "acme")
            why = await run_lotstream(hub_settings, "order", "why", "O-3")
        last = (await _read(hub_settings, 3))[1:]
    assert [(task["task"], task["action"]) for message in last for task in message["tasks"]] == [
        (first, "change"), (second, "cancel"),
    ]  # fmt: skip
    assert words.out.startswith("Wave W-1 of acme at TOR: cancelled, 4 orders\n  SOAP lot L1 in BIN-L1: 6 of 6 each")
    assert "Released for picking with wave W-1." in why.out
    assert "Taken out of wave W-1 again." in why.out
    assert (await verify(hub_settings.postgres_url)).differences == ()


async def _a_site(settings: Settings) -> None:
    """Define the site and open a day there."""
    async with PostgresStore(settings.postgres_url) as store:
        for name, body in (("site.defined", {"calendar": "scripted"}), ("day.opened", {"date": "2026-09-01"})):
            told = json.dumps({"site": SITE, **body}).encode()
            await define(store, f"lotstream.{name}.v1", f"waves/{name}", told, partitions=settings.partitions)


async def _goods_and_orders(client: HubClient) -> None:
    """Ten of L1 and ten of L2, and four orders for three each."""
    await client.send("item.defined", {"owner": "acme", "sku": "SOAP"})
    lines = [
        {"line": lot, "sku": "SOAP", "lot": lot, "quantity": "10", "location": f"BIN-{lot}", "expires": expires}
        for lot, expires in (("L1", "2027-01-01"), ("L2", "2027-02-01"))
    ]
    await client.send("balance.opened", {"owner": "acme", "site": SITE, "balance": "B-1", "lines": lines})
    for number in range(4):
        lines = [{"line": "1", "sku": "SOAP", "quantity": "3"}]
        await client.send("order.placed", {"owner": "acme", "source": "shop", "order": f"O-{number}", "lines": lines})


async def _work(client: HubClient, name: str, line: dict[str, str]) -> dict[str, Any]:
    return await client.send(name, {**FLOOR, "wave": "W-1", "lines": [line]})


async def _read(settings: Settings, count: int) -> list[dict[str, Any]]:
    """Read the first so many messages about waves."""
    consumer = AIOKafkaConsumer(
        PICK_TASKS.name, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest",
        isolation_level="read_committed",
    )  # fmt: skip
    found: list[dict[str, Any]] = []
    await consumer.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(found) < count:
                record = await consumer.getone()
                if dict(record.headers)["ce_type"] == b"lotstream.wave_tasks.v1":
                    assert record.key == b"W-1"
                    found.append(json.loads(record.value))
    finally:
        await consumer.stop()
    return found
