"""A site that reserves by lot in a running hub: the floor names the bins, through kills and repeats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lotstream.hub.verify import verify
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.hub.client import HubClient
from tests.hub.small_hub import NOON, SITE, SmallHub, owners_in

FLOOR = {"site": SITE, "happened": False, "by": "scanner", "source": "shop"}
BY_LOT = {"calendar": "scripted", "reserve": "lot"}


def bins(owner: str) -> dict[str, object]:
    """Three of L1 in each of A, B and C."""
    lines = [
        {"line": place, "sku": "SOAP", "lot": "L1", "quantity": "3", "location": place, "expires": "2027-01-01"}
        for place in "ABC"
    ]
    return {"owner": owner, "site": SITE, "balance": "B-1", "lines": lines}


def wanted(owner: str, number: int, quantity: str) -> dict[str, object]:
    """An order for so much."""
    lines = [{"line": "1", "sku": "SOAP", "quantity": quantity}]
    return {"owner": owner, "source": "shop", "order": f"O-{number}", "lines": lines}


def taken(owner: str, number: int, place: str | None, quantity: str, **more: object) -> dict[str, object]:
    """A pick from a bin."""
    lines = [{"line": "1", "location": place, "quantity": quantity}]
    return {**FLOOR, "owner": owner, "order": f"O-{number}", "lines": lines, **more}


async def test_promises_by_lot_outlive_their_worker() -> None:
    """A worker that knows only the database swaps bins with others, and tells nobody but who is asked."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, **BY_LOT})
    await hub.tell("day.opened", f"{SITE}/2026-09-01", {"site": SITE, "date": "2026-09-01"})
    await worker.settle()
    (owner,) = owners_in(0, 1)
    hub.send("item.defined", {"owner": owner, "sku": "SOAP"})
    hub.send("balance.opened", bins(owner))
    hub.send("order.placed", wanted(owner, 0, "4"))
    hub.send("order.placed", wanted(owner, 1, "5"))
    await worker.settle()
    told = [json.loads(row["value"]) for row in hub.rows("outbox", type="lotstream.pick_tasks.v1")]
    assert sorted((len(body["tasks"]), body["tasks"][0]["location"]) for body in told) == [(1, None), (1, None)]

    worker = await hub.start()
    hub.send("pick.confirmed", taken(owner, 0, "C", "3"))
    hub.send("pick.confirmed", taken(owner, 1, "A", "3"))
    await worker.settle()
    assert [answer["outcome"] for answer in hub.answers()[-2:]] == ["done", "done"]
    assert len(hub.rows("outbox", type="lotstream.pick_tasks.v1")) == 2
    assert hub.append_time == NOON


async def test_by_lot_through_kafka_and_postgres(hub_settings: Settings, tmp_path: Path) -> None:
    """Promised, picked from other bins and shipped, with a worker that is killed and messages that come twice."""
    async with HubClient(hub_settings) as client:
        async with WorkerProcess(hub_settings, instance="first", log=tmp_path / "first.log") as worker:
            async with PostgresStore(hub_settings.postgres_url) as store:
                for name, body in (("site.defined", BY_LOT), ("day.opened", {"date": "2026-09-01"})):
                    told = json.dumps({"site": SITE, **body}).encode()
                    await define(
                        store, f"lotstream.{name}.v1", f"lots/{name}", told, partitions=hub_settings.partitions
                    )
            await client.send("item.defined", {"owner": "acme", "sku": "SOAP"})
            await client.send("balance.opened", bins("acme"))
            await client.send("order.placed", wanted("acme", 0, "4"))
            await client.send("order.placed", wanted("acme", 1, "5"))
            missing = await client.send("pick.confirmed", taken("acme", 0, None, "1"))
            assert (missing["code"], missing["field"]) == ("field_missing", "lines.0.location")
            picked = await client.send("pick.confirmed", taken("acme", 0, "C", "3"), message_id="pick-1")
            assert picked["outcome"] == "done"
            await worker.kill()
        async with WorkerProcess(hub_settings, instance="second", log=tmp_path / "second.log"):
            again = await client.send("pick.confirmed", taken("acme", 0, "C", "3"), message_id="pick-1")
            assert again["outcome"] == "duplicate"
            gone = await client.send("pick.confirmed", taken("acme", 1, "C", "1"))
            assert (gone["code"], gone["field"]) == ("not_available", "lines.0.location")
            assert (await client.send("pick.confirmed", taken("acme", 1, "A", "3")))["outcome"] == "done"
            found = await client.send("pick.confirmed", taken("acme", 1, "D", "2", happened=True))
            assert found["outcome"] == "done"
            shipment = {**FLOOR, "owner": "acme", "shipment": "S-1", "orders": [{"source": "shop", "order": "O-1"}]}
            del shipment["source"]
            assert (await client.send("shipment.confirmed", shipment))["outcome"] == "done"
            why = await run_lotstream(hub_settings, "order", "why", "O-0")
            shown = await run_lotstream(hub_settings, "stock", "--sku", "SOAP", "--json")
    assert "promised by lot: the warehouse names the bin" in why.out
    assert "from C" in why.out
    rows: list[dict[str, Any]] = json.loads(shown.out)
    assert {row["location"]: row["on_hand"] for row in rows if row["location"] in "ABC"} == {"B": "3"}
    assert (await verify(hub_settings.postgres_url)).differences == ()
