"""An item is counted in another unit on a real hub: killed and started again, before and after; everything adds up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lotstream.cli.app import build_app
from lotstream.hub.verify import verify
from lotstream.settings import Settings, settings
from lotstream.store.reads_past import PastReads
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import environment
from tests.hub.client import HubClient

OWNER, SKU = "rebaser", "OIL"


@pytest.fixture(autouse=True)
def read_afresh() -> Iterator[None]:
    """Have commands that run in this process read the settings of this hub, and the next module those of its own."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def at(day: int) -> str:
    """A moment of a day in March."""
    return f"2026-03-{day:02}T12:00:00+00:00"


def floor(day: int, **body: object) -> dict[str, Any]:
    """What has happened at a moment."""
    return {"owner": OWNER, "site": "TOR", "happened": True, "by": "floor", "occurred_at": at(day), **body}


def line(quantity: str, **more: object) -> dict[str, Any]:
    """A line about the oil."""
    return {"line": "1", "sku": SKU, "lot": "L1", "quantity": quantity, "location": "A", **more}


def left(order: str, quantity: str) -> list[dict[str, Any]]:
    """What left with an order."""
    return [{"source": "shop", "order": order, "lines": [{"line": "1", "lot": "L1", "quantity": quantity}]}]


async def _before(client: HubClient) -> None:
    """24 drums come; 6 leave with an order and 3 with another, 1 comes back, 2 are moved; 2 were promised too long."""
    await client.send("owner.defined", {"owner": OWNER, "sites": ["TOR"]})
    await client.send("item.defined", {"owner": OWNER, "sku": SKU, "base_unit": "drum", "units": {"pallet": "4"}})
    await client.send("stock.received", floor(1, receipt="R-1", lines=[line("24", supplier="S-3")]))
    for number, quantity, shipment in (("#1", "6", "S-1"), ("#2", "3", "S-2"), ("#3", "2", None)):
        lines = [{"line": "1", "sku": SKU, "quantity": quantity}]
        await client.send("order.placed", {"owner": OWNER, "source": "shop", "order": number, "lines": lines})
        if shipment:
            await client.send("shipment.confirmed", floor(2, shipment=shipment, orders=left(number, quantity)))
    back = {"source": "shop", "order": "#1", "return": "RMA-1", "lines": [line("1", status="good")]}
    await client.send("goods.returned", floor(3, **back))
    await client.send("stock.moved", floor(4, move="M-1", lines=[line("2", to="B")]))


async def _after(client: HubClient) -> list[str]:
    """100 l more come back, the other shipment had not left, 50 l leave; returns what became of each."""
    back = {"source": "shop", "order": "#1", "return": "RMA-2", "lines": [line("100", status="good")]}
    order = {"owner": OWNER, "source": "shop", "order": "#4"}
    wanted = {**order, "lines": [{"line": "1", "sku": SKU, "quantity": "50"}]}
    told = [
        ("goods.returned", floor(6, **back)),
        ("shipment.voided", floor(6, shipment="S-2")),
        ("order.cancelled", {"owner": OWNER, "source": "shop", "order": "#3"}),
        ("order.placed", wanted),
        ("shipment.confirmed", floor(7, shipment="S-4", orders=left("#4", "50"))),
    ]
    return [(await client.send(name, body))["outcome"] for name, body in told]


async def _lotstream(settings: Settings, *words: str) -> Any:  # noqa: ANN401 - JSON of any command
    words = (*words, "--owner", OWNER, "--json")
    ran = await asyncio.to_thread(CliRunner().invoke, build_app(), [*words], env=environment(settings))
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


async def test_an_item_is_counted_in_another_unit(hub_settings: Settings, tmp_path: Path) -> None:
    """Refused, then done, with a worker killed on either side; what was before is read, and goes on, in litres."""
    rebase = {
        "owner": OWNER, "sku": SKU, "version": 2, "base_unit": "l", "decimals": 1, "numerator": 2000,
        "denominator": 1, "occurred_at": at(5), "by": "erp",
    }  # fmt: skip
    async with HubClient(hub_settings) as client:
        first = WorkerProcess(hub_settings, instance="rebase-1", log=tmp_path / "1.log")
        async with first:
            await _before(client)
            refused = await client.send("item.rebased", rebase)
            assert (refused["outcome"], refused["code"], refused["field"]) == ("refused", "not_available", "sku")
            await client.send("order.unreserved", {"owner": OWNER, "source": "shop", "order": "#3"})
            sending = asyncio.create_task(client.send("item.rebased", rebase))
            await first.kill()
        async with WorkerProcess(hub_settings, instance="rebase-2", log=tmp_path / "2.log") as second:
            assert (await sending)["outcome"] == "done"
            assert (await client.send("item.rebased", rebase))["outcome"] == "done"
            await second.kill()
        async with WorkerProcess(hub_settings, instance="rebase-3", log=tmp_path / "3.log"):
            assert await _after(client) == ["done"] * 5
            await _reads(hub_settings, client)
        assert [str(one) for one in (await verify(hub_settings.postgres_url)).differences] == []


async def _reads(settings: Settings, client: HubClient) -> None:
    there = {(row["location"], row["on_hand"]) for row in await _lotstream(settings, "stock", "--sku", SKU)}
    # 24 - 6 - 3 + 1 drums, 2 of them in B, 100 l and 3 drums that stand at the dock again, less 50 l.
    assert sum(float(quantity) for _, quantity in there) == 16 * 200 + 100 + 600 - 50
    async with PastReads(settings.postgres_url) as past:

        async def as_of(day: int) -> dict[str, int]:
            rows = await past.stock_as_of(OWNER, datetime.fromisoformat(at(day)), sku=SKU, rows_max=100)
            return {str(row.location): row.quantity for row in rows}

        assert (await as_of(1), await as_of(3), await as_of(4)) == (
            {"A": 48000}, {"A": 32000}, {"A": 28000, "B": 4000},
        )  # fmt: skip
        end = datetime(2100, 1, 1, tzinfo=UTC)
        (rolled,) = await past.roll_forward(OWNER, datetime.fromisoformat(at(2)), end, sku=SKU, rows_max=100)
        assert rolled.adds_up
        assert rolled.moves["shipped"] == -500
    history = (await _lotstream(settings, "lot", "history", SKU, "L1"))["history"]
    kinds = {"received", "rebased", "returned"}
    assert [(one["kind"], one["quantity"]) for one in history if one["kind"] in kinds] == [
        ("received", "4800"), ("returned", "200"), ("rebased", "0"), ("returned", "100"),
    ]  # fmt: skip
    where = await _lotstream(settings, "lot", "where", SKU, "L1")
    text = json.dumps(where)
    assert '"1200"' in text, text
    returned = await _lotstream(settings, "returns", "--sku", SKU)
    assert [row["returned"] for row in returned["returns"]] == ["300"]
    story = await _lotstream(settings, "order", "why", "#1")
    assert "drum" in json.dumps(story)
    (told,) = await client.rows(
        "SELECT convert_from(value, 'UTF8') AS value FROM outbox WHERE type ~ 'inventory_change'"
        " AND convert_from(value, 'UTF8') ~ 'item_rebased'"
    )
    lines = json.loads(told["value"])["lines"]
    assert {(one["location"], one["quantity"], one["unit"]) for one in lines} == {
        ("A", "-13", "drum"), ("A", "2600", "l"), ("A", "-1", "drum"), ("A", "200", "l"),
        ("B", "-2", "drum"), ("B", "400", "l"),
    }  # fmt: skip
