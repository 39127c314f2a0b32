"""Units on hold are in memory while they are in stock, and cost nothing when they are gone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.small_hub import SITE, SmallHub, SmallWorker, a_site

OWNER = "acme"


async def house(hub: SmallHub) -> SmallWorker:
    """Three pumps, of which two are on hold."""
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("item.defined", {"owner": OWNER, "sku": "PUMP", "tracking": "serial"})
    pumps = {"line": "1", "sku": "PUMP", "lot": "P", "location": "A", "quantity": "3", "serials": ["S1", "S2", "S3"]}
    hub.send("stock.received", floor(receipt="R", lines=[pumps]))
    for number in ("S1", "S2"):
        hub.send("hold.placed", {"owner": OWNER, "sku": "PUMP", "serial": number, "hold": f"H-{number}"})
    await worker.settle()
    return worker


def floor(**body: object) -> dict[str, Any]:
    """What has happened."""
    return {"owner": OWNER, "site": SITE, "happened": True, **body}


def known(worker: SmallWorker) -> set[str]:
    """The serial numbers that are in memory."""
    return set(worker.ledgers[OWNER].serials)


@pytest.mark.parametrize("code", ["destroyed", "lost", "other"])
async def test_a_held_unit_that_is_gone_is_not_in_memory(code: str) -> None:
    """Neither in the worker that booked it off nor in the next one; its hold is kept and counts when it turns up."""
    hub = SmallHub()
    worker = await house(hub)
    assert known(worker) == {"S1", "S2"}
    gone = {"line": "1", "sku": "PUMP", "lot": "P", "location": "A", "quantity": "-1", "serials": ["S1"], "code": code}
    hub.send("stock.adjusted", floor(adjustment="A", lines=[{**gone, "status": "quarantine"}]))
    await worker.settle()
    assert known(worker) == {"S2"}
    again = await hub.start()
    hub.send("item.defined", {"owner": OWNER, "sku": "TEA"})
    await again.settle()
    assert known(again) == {"S2"}
    kept = {row["serial"]: '"holds":' in row["body"] for row in hub.rows("serial")}
    assert kept == {"S1": True, "S2": True, "S3": False}
    back = {"line": "1", "sku": "PUMP", "lot": "P", "location": "A", "quantity": "1", "serials": ["S1"]}
    hub.send("stock.received", floor(receipt="R2", lines=[back]))
    await again.settle()
    good = sum(row["on_hand"] for row in hub.rows("stock") if row["status"] == "good")
    assert good == 1
