"""A recall at all owners on a running hub: killed between two of them, and of goods sold from one to another."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import PATIENCE_S, Ran, environment
from tests.hub.client import HubClient

Lotstream = Callable[..., Awaitable[Ran]]
OWNERS = ("acme", "globex", "zenith")
FLOOR = {"site": "TOR", "happened": True, "by": "dock"}
RECALL = ("lot", "recall", "RC-1", "--all-owners", "--supplier-lot", "24A", "--reason", "metal")

KILLED = """
import os, signal
from lotstream.cli import lot_recall
from lotstream.cli.app import main

told, ask = [], lot_recall.ask

def dies(name, body, **more):
    if told:
        os.kill(os.getpid(), signal.SIGKILL)
    told.append(body["owner"])
    return ask(name, body, **more)

lot_recall.ask = dies
main()
"""
"""The command as it is, in a process that is killed when the first owner is done and before the second is told."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HubClient]:
    """A hub of three owners who have the same supplier's lot, of which 3 left each for a customer."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="killed", log=log), HubClient(hub_settings) as client:
        await client.define_site("TOR")
        for owner in OWNERS:
            line = {"line": "1", "sku": "CER-001", "quantity": "10", "lot": "L24A", "expires": "2099-01-31"}
            line |= {"supplier": "S-3", "supplier_lot": "24A", "location": "A-01"}
            await client.send("item.defined", {"owner": owner, "sku": "CER-001"})
            await client.send("stock.received", {"owner": owner, **FLOOR, "receipt": "R-1", "lines": [line]})
            order = {"source": "shop", "order": "#1", "lines": [{"line": "1", "sku": "CER-001", "quantity": "3"}]}
            await client.send("order.placed", {"owner": owner, **order})
            left = {"shipment": "S-1", "orders": [{"source": "shop", "order": "#1"}]}
            await client.send("shipment.confirmed", {"owner": owner, **FLOOR, **left})
        yield client


async def test_a_recall_that_is_killed_between_two_owners_is_finished_by_the_next(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings
) -> None:
    """Given again it recalls at those who were not reached; who was told before is told nothing twice."""
    command = (sys.executable, "-c", KILLED, *RECALL)
    killed = await asyncio.create_subprocess_exec(
        *command, env=environment(hub_settings), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    assert await asyncio.wait_for(killed.wait(), PATIENCE_S) == -signal.SIGKILL
    reached = await client.rows("SELECT owner FROM recall_run WHERE recall = 'RC-1'")
    assert [row["owner"] for row in reached] == ["acme"]
    first = await _told(client)
    assert {owner for owner, _ in first} == {"acme"}
    for _ in range(2):
        done = await lotstream(*RECALL)
        assert done.code == 0, done.err
        told = await _told(client)
        assert sorted(told) == sorted((owner, kind) for owner in OWNERS for kind in ("alert", "recall_letter"))
        assert [one for one in told if one[0] == "acme"] == first
    reports = json.loads((await lotstream(*RECALL, "--json")).out)
    assert [(one["owner"], [lot["held"] for lot in one["lots"]]) for one in reports] == [
        (owner, [True]) for owner in OWNERS
    ]


async def _told(client: HubClient) -> list[tuple[str, str]]:
    """Return whose alerts of the recall and letters there are, in the order of the log."""
    rows = await client.rows("SELECT type, value FROM outbox WHERE type LIKE '%alert%' OR type LIKE '%recall_letter%'")
    bodies = [(row["type"].split(".")[1], json.loads(row["value"])) for row in rows]
    return sorted((one["owner"], kind) for kind, one in bodies if "RC-1" in json.dumps(one))


async def test_who_bought_the_goods_under_another_name_is_recalled_too(client: HubClient, lotstream: Lotstream) -> None:
    """The SKU that is named is the seller's: the buyer's lot is recalled by what the buyer calls it."""
    line = {"line": "1", "sku": "CER-001", "quantity": "10", "lot": "L30", "location": "A-01", "expires": "2099-01-31"}
    sold = {"line": "1", "sku": "CER-001", "lot": "L30", "location": "A-01", "quantity": "4"}
    await client.send("item.defined", {"owner": "zenith", "sku": "Z-1"})
    await client.send("stock.received", {"owner": "acme", **FLOOR, "receipt": "R-2", "lines": [line]})
    sale = {"title": "SALE-1", "to_owner": "zenith", "to_skus": {"CER-001": "Z-1"}, "lines": [sold]}
    await client.send("title.released", {"owner": "acme", **FLOOR, **sale})
    await client.row("SELECT * FROM stock WHERE owner = 'zenith' AND sku = 'Z-1' AND on_hand = 4")
    named = ("--all-owners", "--sku", "CER-001", "--lot", "L30", "--json")
    acme, zenith = json.loads((await lotstream("lot", "recall", "RC-2", *named)).out)
    assert (acme["owner"], [one["to_owner"] for one in acme["given"]]) == ("acme", ["zenith"])
    assert (zenith["owner"], zenith["lots"][0]["sku"], zenith["lots"][0]["held"]) == ("zenith", "Z-1", True)
    acme, zenith = json.loads((await lotstream("lot", "recall", "RC-2", *named)).out)
    assert zenith["scope"]["held"] == [{"sku": "Z-1", "quantity": "4", "unit": "each"}]
