"""What accountants and owners who leave ask: what there was then, what became of it, and everything there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from lotstream.cli.app import build_app
from lotstream.hub.verify import verify
from lotstream.settings import Settings, settings
from lotstream.store.export import TABLES, export_of
from lotstream.store.reads_past import PastReads
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import environment
from tests.hub.client import HubClient
from tests.hub.full_day import OWNERS, live_a_full_day

LATER = datetime(2100, 1, 1, tzinfo=UTC)
EARLIER = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def read_afresh() -> Iterator[None]:
    """Have commands that run in this process read the settings of this hub, and the next module those of its own."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def day(number: int, hour: int = 12) -> str:
    """A moment of a day in March."""
    return f"2026-03-{number:02}T{hour:02}:00:00+00:00"


def told(name: str, number: int, **body: object) -> dict[str, Any]:
    """What has happened at a moment."""
    head = {"owner": "nova", "site": "TOR", "happened": True, "by": "floor", "occurred_at": day(number)}
    return head | ({"site": "TOR"} if name == "balance.opened" else {}) | body


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Settings]:
    """A hub that has lived a full day, with one owner more whose days in March are known."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="past", log=log), HubClient(hub_settings) as client:
        await live_a_full_day(hub_settings, client)
        await _march(client)
        yield hub_settings


async def _march(client: HubClient) -> None:
    def goods(lot: str, quantity: int, place: str, **more: object) -> list[dict[str, Any]]:
        return [
            {"line": f"{lot}{place}", "sku": "OIL", "lot": lot, "quantity": f"{quantity}.5", "location": place, **more}
        ]

    await client.send("item.defined", {"owner": "nova", "sku": "OIL", "decimals": 1, "base_unit": "l"})
    opened = {"owner": "nova", "site": "TOR", "balance": "B", "occurred_at": day(1), "lines": goods("L1", 10, "A")}
    await client.send("balance.opened", opened)
    await client.send("stock.received", told("", 3, receipt="R-1", lines=goods("L2", 7, "A")))
    moved = {"line": "1", "sku": "OIL", "lot": "L1", "location": "A", "quantity": "4", "to": "B"}
    await client.send("stock.moved", told("", 4, move="M-1", lines=[moved]))
    order = {"source": "shop", "order": "#1", "lines": [{"line": "1", "sku": "OIL", "lot": "L1", "quantity": "3"}]}
    await client.send("order.placed", {"owner": "nova", **order})
    left = {"source": "shop", "order": "#1", "lines": [{"line": "1", "lot": "L1", "quantity": "3", "location": "B"}]}
    await client.send("shipment.confirmed", told("", 5, shipment="S-1", orders=[left]))
    fewer = {"line": "1", "sku": "OIL", "lot": "L2", "location": "A", "quantity": "-0.5", "reason": "leak"}
    await client.send("stock.adjusted", told("", 6, adjustment="A-1", lines=[fewer]))
    # Told after everything, and happened before most of it.
    await client.send("stock.received", told("", 2, receipt="R-0", lines=goods("L3", 1, "A")))


async def test_what_left_before_is_traced_and_everything_is_sound(lived: Settings) -> None:
    """An imported shipment is in the history of its lot, in no stock at any time; journal and tables agree on all."""
    head = {"owner": "nova", "site": "TOR"}
    gone = [{"line": "1", "sku": "OIL", "lot": "L0", "quantity": "2.5", "expires": "2026-12-31"}]
    old = {**head, "source": "old", "order": "#0", "shipment": "S-0", "shipped_at": day(1, 6), "customer": "C-7"}
    async with HubClient(lived) as client:
        took = await client.send("shipment.imported", {**old, "lines": gone})
        again = await client.send("shipment.imported", {**old, "lines": gone})
        mine = [{"sku": "OIL", "lot": lot, "quantity": quantity} for lot, quantity in (("L1", "7.5"), ("L2", "7"))]
        body = {**head, "comparison": "CP-1", "covers": "skus", "lines": mine}
        compared = await client.send("comparison.recorded", body)
        taken = await client.send("snapshot.requested", {"owner": "nova", "snapshot": "SN-1"})
        assert [one["outcome"] for one in (took, again, compared, taken)] == ["done"] * 4
        rows = await client.rows(
            "SELECT value FROM outbox WHERE type ~ 'inventory_(snapshot|comparison)' ORDER BY \"offset\""
        )
    comparison, snapshot = [json.loads(row["value"]) for row in rows]
    assert (comparison["equal"], comparison["differing"]) == (2, 1)
    assert [(line["lot"], line["difference"]) for line in comparison["lines"]] == [("L3", "1.5")]
    assert [(line["lot"], line["quantity"]) for line in snapshot["lines"]] == [
        ("L1", "7.5"),
        ("L2", "7"),
        ("L3", "1.5"),
    ]
    history = json.loads(await _lotstream(lived, "lot", "history", "OIL", "L0", "--json"))["history"]
    assert [(one["kind"], one["quantity"], one["customer"]) for one in history] == [
        ("imported", "2.5", None), ("shipped", "-2.5", "C-7"),
    ]  # fmt: skip
    assert await _as_of(lived, day(1, 7)) == {}
    assert [str(one) for one in (await verify(lived.postgres_url)).differences] == []


async def test_numbers_that_lots_had_then_are_told_with_their_expiry(lived: Settings) -> None:
    """Two lots are one since the third day, and called otherwise since the fourth: each day has the names of then."""
    head = {"owner": "luna", "site": "TOR"}
    lines = [
        {"line": lot, "sku": "WAX", "lot": lot, "quantity": "5", "location": "A", "expires": "2027-05-01"}
        for lot in ("M1", "M2")
    ]
    async with HubClient(lived) as client:
        await client.send("item.defined", {"owner": "luna", "sku": "WAX"})
        await client.send("balance.opened", {**head, "balance": "B", "occurred_at": day(1), "lines": lines})
        merged = {"owner": "luna", "merge": "MG", "sku": "WAX", "lots": ["M2"], "into": "M1", "occurred_at": day(3)}
        await client.send("lot.merged", merged)
        corrected = {"owner": "luna", "correction": "LC", "sku": "WAX", "lot": "M1", "to_lot": "M9"}
        await client.send("lot.corrected", {**corrected, "occurred_at": day(4)})
    async with PastReads(lived.postgres_url) as past:
        for at, there in ((day(2), {"M1": 5, "M2": 5}), (day(3, 13), {"M1": 10}), (day(5), {"M9": 10})):
            rows = await past.stock_as_of("luna", datetime.fromisoformat(at), sku=None, rows_max=9)
            assert {row.lot: row.quantity for row in rows} == there
            assert {str(row.expires) for row in rows} == {"2027-05-01"}
        rolled = await past.roll_forward("luna", EARLIER, LATER, sku=None, rows_max=9)
    assert {one.lot: (one.closing, one.adds_up) for one in rolled} == {
        "M1": (0, True), "M2": (0, True), "M9": (10, True),
    }  # fmt: skip


async def _as_of(settings: Settings, at: str) -> dict[tuple[Any, ...], int]:
    async with PastReads(settings.postgres_url) as past:
        rows = await past.stock_as_of("nova", datetime.fromisoformat(at), sku=None, rows_max=100)
    return {(row.lot, row.location): row.quantity for row in rows}


async def test_stock_is_told_as_it_was(lived: Settings) -> None:
    """At each moment of business time, bin by bin; what was told late counts when it happened."""
    assert await _as_of(lived, day(1, 11)) == {}
    assert await _as_of(lived, day(1)) == {("L1", "A"): 105}
    assert await _as_of(lived, day(2)) == {("L1", "A"): 105, ("L3", "A"): 15}
    assert await _as_of(lived, day(3)) == {("L1", "A"): 105, ("L2", "A"): 75, ("L3", "A"): 15}
    assert await _as_of(lived, day(4)) == {("L1", "A"): 65, ("L1", "B"): 40, ("L2", "A"): 75, ("L3", "A"): 15}
    now = {("L1", "A"): 65, ("L1", "B"): 10, ("L2", "A"): 70, ("L3", "A"): 15}
    assert await _as_of(lived, day(6)) == now == await _as_of(lived, "2100-01-01T00:00:00+00:00")


async def test_a_period_rolls_forward_lot_by_lot(lived: Settings) -> None:
    """Opening, each movement and closing in units of the item, in words and as JSON."""
    period = ("--from", day(2), "--to", day(5), "--owner", "nova")
    rolled = json.loads(await _lotstream(lived, "roll-forward", *period, "--json"))
    assert [(lot["lot"], lot["opening"], lot["movements"], lot["closing"]) for lot in rolled["lots"]] == [
        ("L1", "10.5", {"shipped": "-3"}, "7.5"), ("L2", "0", {"received": "7.5"}, "7.5"), ("L3", "1.5", {}, "1.5"),
    ]  # fmt: skip
    shown = await _lotstream(lived, "roll-forward", *period, "--sku", "OIL")
    assert [line.split() for line in shown.splitlines()[2:]] == [
        ["OIL", "L1", "10.5", "shipped", "-3", "7.5", "l"], ["OIL", "L2", "0", "received", "7.5", "7.5", "l"],
        ["OIL", "L3", "1.5", "1.5", "l"],
    ]  # fmt: skip
    then = json.loads(await _lotstream(lived, "stock", "--owner", "nova", "--as-of", day(1), "--json"))
    assert [(row["lot"], row["on_hand"], row["unit"]) for row in then] == [("L1", "10.5", "l")]
    assert "L1" in await _lotstream(lived, "stock", "--sku", "OIL", "--as-of", "2026-03-02")


async def test_goods_weighed_what_they_weighed_then(lived: Settings) -> None:
    """As weighed when they came, moved and left; goods that nobody weighed weigh their share, and verify agrees."""
    vera, ham = {"owner": "vera"}, {"line": "1", "sku": "HAM", "lot": "H1", "location": "A"}
    order = {"source": "shop", "order": "#1"}
    left = {**order, "lines": [{"line": "1", "quantity": "1", "lot": "H1", "weight_kg": "2.4", "location": "A"}]}
    gone = {**order, "order": "#0", "site": "TOR", "shipment": "S-0", "shipped_at": day(1, 6)}
    old = {"line": "1", "sku": "HAM", "lot": "H0", "quantity": "2", "weight_kg": "5"}
    sent: list[tuple[str, dict[str, Any]]] = [
        ("item.defined", {**vera, "sku": "HAM", "catch_weight": True}),
        ("shipment.imported", {**vera, **gone, "lines": [old]}),
        ("stock.received", told("", 2, receipt="R", lines=[{**ham, "quantity": "4", "weight_kg": "10"}], **vera)),
        ("stock.moved", told("", 3, move="M", lines=[{**ham, "quantity": "1", "to": "B", "weight_kg": "2.7"}], **vera)),
        ("order.placed", {**vera, **order, "lines": [{"line": "1", "sku": "HAM", "quantity": "1"}]}),
        ("shipment.confirmed", told("", 4, shipment="S", orders=[left], **vera)),
    ]
    async with HubClient(lived) as client:
        for name, body in sent:
            assert (await client.send(name, body))["outcome"] == "done", name
    found = []
    async with PastReads(lived.postgres_url) as past:
        for at in (day(1), day(2), day(3), day(4)):
            rows = await past.stock_as_of("vera", datetime.fromisoformat(at), sku=None, rows_max=10)
            found.append([(row.location, row.quantity, row.weight_g) for row in rows])
    assert found == [
        [], [("A", 4, 10_000)], [("A", 3, 7_300), ("B", 1, 2_700)], [("A", 2, 4_900), ("B", 1, 2_700)],
    ]  # fmt: skip
    then = json.loads(await _lotstream(lived, "stock", "--owner", "vera", "--as-of", day(3), "--json"))
    assert [row["weight_kg"] for row in then] == ["7.3", "2.7"]
    async with HubClient(lived) as client:
        await client.define_site("MTL")
    now = json.loads(await _lotstream(lived, "stock", "--owner", "vera", "--lot", "H1", "--json"))
    everywhere = json.loads(await _lotstream(lived, "stock", "--owner", "vera", "--json"))
    assert now == [row for row in everywhere if row["lot"] == "H1"]
    assert {"weight_kg"} <= now[0].keys()
    for words in (("--lot", "H1"), (), ("--as-of", day(3, 13)), ("--as-of", day(3, 13), "--lot", "H1")):
        there = json.loads(await _lotstream(lived, "stock", "--owner", "vera", *words, "--site", "TOR", "--json"))
        assert there == json.loads(await _lotstream(lived, "stock", "--owner", "vera", *words, "--json"))
        assert there
        elsewhere = await _lotstream(lived, "stock", "--owner", "vera", *words, "--site", "MTL", "--json")
        assert json.loads(elsewhere) == []
    assert "2.7" in await _lotstream(lived, "stock", "--owner", "vera", "--as-of", day(3))
    assert [str(one) for one in (await verify(lived.postgres_url)).differences] == []


async def test_weights_roll_forward_as_quantities_do(lived: Settings) -> None:
    """Opening, movements and closing in kilograms too, what a scale showed among them; they add up to what is there."""
    counted = {"line": "1", "sku": "HAM", "lot": "H1", "location": "B", "counted": "1", "weight_kg": "2.5"}
    async with HubClient(lived) as client:
        body = told("", 5, count="C", lines=[counted], owner="vera")
        assert (await client.send("stock.counted", body))["outcome"] == "done"
    period = ("--from", day(2), "--owner", "vera")
    (rolled,) = json.loads(await _lotstream(lived, "roll-forward", *period, "--json"))["lots"]
    assert (rolled["opening"], rolled["movements"], rolled["closing"]) == ("4", {"shipped": "-1"}, "3")
    assert (rolled["opening_kg"], rolled["closing_kg"], rolled["untold_kg"]) == ("10", "7.4", "0")
    assert rolled["movements_kg"] == {"shipped": "-2.4", "weighed": "-0.2"}
    shown = (await _lotstream(lived, "roll-forward", *period)).splitlines()
    assert shown[0].endswith("closing kg")
    assert " ".join(shown[2].split()) == "HAM H1 4 shipped -1 3 each 10 shipped -2.4, weighed -0.2 7.4"
    async with PastReads(lived.postgres_url) as past:
        ever = await past.roll_forward("vera", EARLIER, LATER, sku=None, rows_max=10)
    assert {one.lot: (one.closing_g, one.adds_up) for one in ever} == {"H0": (0, True), "H1": (7_400, True)}
    async with HubClient(lived) as client:
        changed = (
            "UPDATE stock_weight SET weight_g = weight_g + $1 WHERE owner = 'vera' AND location = 'B' RETURNING true"
        )
        await client.row(changed, 7)
        words = ["roll-forward", "--owner", "vera", "--from", day(1), "--json"]
        ran = await asyncio.to_thread(CliRunner().invoke, build_app(), words, env=environment(lived))
        await client.row(changed, -7)
    assert ran.exit_code == 1
    assert [one["untold_kg"] for one in json.loads(ran.stdout)["lots"] if one["lot"] == "H1"] == ["0.007"]


async def test_after_any_day_everything_adds_up(lived: Settings) -> None:
    """Of a day with something of everything: as of now it is what is there, and all movements ever come to that."""
    async with HubClient(lived) as client, PastReads(lived.postgres_url) as past:
        for owner in OWNERS:
            there = await past.stock_as_of(owner, LATER, sku=None, rows_max=1000)
            counted = await client.rows(
                "SELECT sku, lot, site, location, status, sum(on_hand)::bigint AS quantity FROM stock WHERE owner = $1"
                " GROUP BY 1, 2, 3, 4, 5 HAVING sum(on_hand) <> 0", owner,
            )  # fmt: skip
            names = "sku", "lot", "site", "location", "status", "quantity"
            assert {tuple(getattr(row, name) for name in names) for row in there} == {
                tuple(row.values()) for row in counted
            }
            assert await past.stock_as_of(owner, EARLIER, sku=None, rows_max=1000) == []
            rolled = await past.roll_forward(owner, EARLIER, LATER, sku=None, rows_max=1000)
            assert (len(rolled) > 4, [lot for lot in rolled if lot.opening or not lot.adds_up]) == (True, [])


async def test_what_no_history_has_brought_is_told(lived: Settings) -> None:
    """Stock that was changed by hand does not add up: the command says so and ends with 1."""
    async with HubClient(lived) as client:
        changed = "UPDATE stock SET on_hand = on_hand + $1 WHERE owner = 'nova' AND lot = 'L3' RETURNING true"
        await client.row(changed, 10)
        words = ["roll-forward", "--owner", "nova", "--from", day(1), "--json"]
        ran = await asyncio.to_thread(CliRunner().invoke, build_app(), words, env=environment(lived))
        await client.row(changed, -10)
    assert ran.exit_code == 1
    told = {lot["lot"]: lot["untold"] for lot in json.loads(ran.stdout)["lots"]}
    assert told == {"L1": "0", "L2": "0", "L3": "1"}


async def test_an_owner_leaves_with_everything(lived: Settings, tmp_path: Path) -> None:
    """Closed from the command line, nothing new is taken in; the export has every row of every table."""
    async with HubClient(lived) as client:
        await _lotstream(lived, "owner", "close", "nova", "--reason", "moves", "--yes")
        order = {"source": "shop", "order": "#2", "lines": [{"line": "1", "sku": "OIL", "quantity": "1"}]}
        refused = await client.send("order.placed", {"owner": "nova", **order})
        assert (refused["outcome"], refused["code"], refused["field"]) == ("refused", "on_hold", "owner")
        to = tmp_path / "nova.jsonl"
        await _lotstream(lived, "owner", "export", "nova", "--to", str(to))
        first, *rows, last = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
        counts = {
            table: (await client.row(f"SELECT count(*) FROM {table} WHERE owner = 'nova'"))["count"] for table in TABLES
        }
    assert (first["export"], last["rows"]) == ("nova", counts)
    assert {table: sum(row["table"] == table for row in rows) for table in TABLES} == counts
    assert {row["owner"] for row in rows} == {"nova"}
    (settings,) = [row["settings"] for row in rows if row["table"] == "owner"]
    assert settings["closed"] is True
    assert counts["journal"] >= 8 <= counts["lot_history"] + counts["shipment_line"] + counts["stock"]
    ran = await asyncio.to_thread(
        CliRunner().invoke, build_app(), ["owner", "export", "nova", "--to", str(to)], env=environment(lived)
    )
    assert "cannot be written" in str(ran.exception)


@pytest.mark.parametrize("words", [("close", "nobody", "--yes"), ("export", "nobody")])
async def test_an_owner_whom_nobody_knows_neither_leaves_nor_is_exported(
    lived: Settings, words: tuple[str, ...]
) -> None:
    """A name that is mistyped is said to be so: nothing is closed, and no empty export looks like a whole one."""
    ran = await asyncio.to_thread(CliRunner().invoke, build_app(), ["owner", *words], env=environment(lived))
    assert (str(ran.exception), ran.stdout) == ("Nothing is known of an owner nobody.", "")
    async with HubClient(lived) as client:
        assert (await client.row("SELECT count(*) FROM journal WHERE owner = 'nobody'"))["count"] == 0


async def test_an_export_is_of_one_moment(lived: Settings) -> None:
    """What is decided while it is read is not in it."""
    async with HubClient(lived) as client, export_of(lived.postgres_url, "acme", timeout_s=20) as export:
        before = [row async for row in export.rows("item")]
        await client.send("item.defined", {"owner": "acme", "sku": "NEWEST"})
        assert [row async for row in export.rows("item")] == before


async def _lotstream(settings: Settings, *words: str) -> str:
    ran = await asyncio.to_thread(CliRunner().invoke, build_app(), [*words], env=environment(settings))
    assert ran.exit_code == 0, ran.output
    return ran.stdout
