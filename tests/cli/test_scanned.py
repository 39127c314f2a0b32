"""Scanned labels become receipts and picks of a running hub."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran, run_lotstream
from tests.hub.client import HubClient

Lotstream = Callable[..., Awaitable[Ran]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """A hub with one site, where it is the first of September 2026."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="scanned", log=log), HubClient(hub_settings) as client:
        await run_lotstream(hub_settings, "site", "define", "TOR", "--calendar", "scripted")
        opened = await run_lotstream(hub_settings, "day", "open", "TOR", "2026-09-01")
        await client.row(
            "SELECT true FROM claim HAVING min(broadcast_seen) >= $1", int(opened.out.split()[4].strip(";"))
        )
        yield


@pytest.mark.usefixtures("house")
async def test_labels_are_received_and_picked(lotstream: Lotstream, hub_settings: Settings) -> None:
    """A case comes in by its label, is promised, and picked by it; one of other goods and one short of life are not."""
    label, other = "(01)09506000134352(17)271231(10)L24A", "(01)04006381333931(10)L24A"
    at = ("--owner", "acme", "--site", "TOR")
    async with HubClient(hub_settings) as client:
        tea = {"owner": "acme", "sku": "TEA", "units": {"case": "6"}, "gtins": ["9506000134352"]}
        await client.send("item.defined", tea)
        await client.send("item.defined", {"owner": "acme", "sku": "JAM", "gtins": ["4006381333931"]})
        received = await lotstream("receive", "R-1", label, *at, "--unit", "case", "--location", "A-01")
        assert (received.code, received.out.splitlines()[-1]) == (0, "stock.received: done")
        old = await lotstream("receive", "R-2", "(01)09506000134352(17)260131(10)L0", *at, "--json")
        assert old.code == ExitCode.INPUT
        assert "(lot_not_allowed, lines.0.expires)" in old.err
        line = {"line": "1", "sku": "TEA", "quantity": "1", "unit": "case"}
        await client.send("order.placed", {"owner": "acme", "source": "shop:1", "order": "#1", "lines": [line]})
        order = ("--source", "shop:1", "--order", "#1", "--line", "1", "--confirm", "--unit", "case")
        wrong = await lotstream("pick", other, *at, *order)
        assert wrong.code == ExitCode.INPUT
        assert "pick.scanned was refused (lot_not_allowed" in wrong.err
        picked = await lotstream("pick", label, *at, *order, "--json")
        assert [one["outcome"] for one in json.loads(picked.out)] == ["done", "done"]
    stock = json.loads((await lotstream("stock", "--owner", "acme", "--json")).out)
    assert [(row["lot"], row["location"], row["on_hand"]) for row in stock] == [("L24A", "STAGING", "6")]


@pytest.mark.usefixtures("house")
async def test_the_unit_that_is_scanned_is_the_one_that_is_picked(lotstream: Lotstream, hub_settings: Settings) -> None:
    """By its label with a lot and by one without; what is no unit of the goods, or is gone already, is refused."""
    pump, hose, at = "(01)09506000134369", "(01)04006381333948", ("--owner", "nova", "--site", "TOR")
    lot, order = "(17)271231(10)LP", ("--source", "shop:1", "--order", "#2", "--line", "1", "--confirm", "--serials")
    async with HubClient(hub_settings) as client:
        for sku, gtin in (("PUMP", "9506000134369"), ("HOSE", "4006381333948")):
            item = {"owner": "nova", "sku": sku, "tracking": "serial", "gtins": [gtin]}
            await client.send("item.defined", item)
        units = [f"{pump}{lot}(21)S-{number}" for number in (1, 2, 3)]
        for label in (*units, f"{hose}{lot}(21)S-2"):
            received = await lotstream("receive", f"R-{label}", label, *at, "--serials", "--location", "A-01")
            assert (received.code, received.out.splitlines()[-1]) == (0, "stock.received: done")
        line = {"line": "1", "sku": "PUMP", "quantity": "3"}
        await client.send("order.placed", {"owner": "nova", "source": "shop:1", "order": "#2", "lines": [line]})
        picked = await lotstream("pick", units[1], *at, *order)
        assert (picked.code, picked.out.splitlines()[-1]) == (0, "pick.confirmed: done")
        alone = await lotstream("pick", f"{pump}(21)S-3", *at, *order)
        assert (alone.code, alone.out.splitlines()[-1]) == (0, "pick.confirmed: done")
        refused = {
            units[1]: "S-2 of PUMP was picked for order #2",
            f"{hose}(21)S-2": "(wrong_item, gtin)",
            f"{pump}(21)S-8": "S-8 of PUMP is not known",
        }
        for label, why in refused.items():
            ran = await lotstream("pick", label, *at, *order)
            assert (ran.code, why in ran.err) == (ExitCode.INPUT, True), ran.err
    states = {
        (sku, number): json.loads((await lotstream("serial", sku, number, "--owner", "nova", "--json")).out)["state"]
        for sku, number in (("PUMP", "S-1"), ("PUMP", "S-2"), ("PUMP", "S-3"), ("HOSE", "S-2"))
    }
    assert [*states.values()] == ["in_stock", "picked", "picked", "in_stock"]
