"""Goods from the command line, on a running hub: receipts, a recall with its report, and lots by any number."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran
from tests.hub.client import HubClient

Lotstream = Callable[..., Awaitable[Ran]]
FLOOR = {"site": "TOR", "happened": True, "by": "dock"}
LOT = {"lot": "L24A", "expires": "2099-01-31", "supplier": "S-3", "supplier_lot": "24A", "location": "A-01"}


@pytest.fixture
def lotstream(in_a_thread: Lotstream) -> Lotstream:
    """Run ``lotstream`` against the hub of the module."""
    return in_a_thread


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shipped(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerProcess]:
    """A hub of two owners who have the same supplier's lot; of one 3 left for a customer."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="goods", log=log) as worker, HubClient(hub_settings) as client:
        for owner in ("acme", "zenith"):
            line = {"line": "1", "sku": "CER-001", "quantity": "10", **LOT}
            await client.send("item.defined", {"owner": owner, "sku": "CER-001"})
            await client.send("stock.received", {"owner": owner, **FLOOR, "receipt": "R-1", "lines": [line]})
        await client.send("customer.defined", {"owner": "acme", "customer": "C-7"})
        to = {"name": "Ann Example", "street": ["1 Road"], "city": "Columbus", "region": "OH", "country": "US"}
        order = {"source": "shop", "order": "#1", "customer": "C-7", "ship_to": to}
        wanted = {"lines": [{"line": "1", "sku": "CER-001", "quantity": "3"}]}
        await client.send("order.placed", {"owner": "acme", **order, **wanted})
        left = {"shipment": "S-1", "orders": [{"source": "shop", "order": "#1"}]}
        await client.send("shipment.confirmed", {"owner": "acme", **FLOOR, **left})
        yield worker


@pytest.mark.usefixtures("shipped")
async def test_one_command_recalls_a_lot_and_reports(lotstream: Lotstream) -> None:
    """A drill first, then both owners' lots at once; the report has names, quantities, shares and time."""
    refused = await lotstream("lot", "recall", "X", "--supplier-lot", "24A")
    assert (refused.code, "acme, zenith" in refused.err) == (ExitCode.USAGE, True)
    drill = await lotstream("lot", "recall", "D-1", "--owner", "acme", "--lot", "L24A", "--drill", "--json")
    tried = json.loads(drill.out)
    assert (tried["drill"], tried["scope"]["left"], tried["lots"][0]["held"]) == (
        True, [{"sku": "CER-001", "quantity": "3", "unit": "each"}], False,
    )  # fmt: skip
    made = await lotstream("lot", "recall", "RC-1", "--all-owners", "--supplier-lot", "24A", "--reason", "metal")
    assert made.code == 0, made.err
    said = made.out
    assert "Recall RC-1 of acme (metal): open, took " in said
    assert "Recall RC-1 of zenith (metal): open" in said
    assert "Left: 3 each of CER-001 (100.0 %) with 1 order (100.0 %) for 1 customer (100.0 %)" in said
    assert "Ann Example  1 Road, Columbus OH US  3 each of L24A  #1" in said
    again = await lotstream("lot", "recalled", "RC-1", "--owner", "acme", "--json")
    told = json.loads(again.out)
    assert [lot["held"] for lot in told["lots"]] == [True]
    assert [place["on_hand"] for place in told["stock"]] == ["7"]
    (consignee,) = told["consignees"]
    id_ = consignee["consignee"]
    spoke = ("returned", "--sku", "CER-001", "--lot", "L24A", "--returned", "2", "--owner", "acme")
    assert (await lotstream("lot", "recall-answer", "RC-1", id_, *spoke)).code == 0
    more = await lotstream("lot", "recall-answer", "RC-1", id_, *spoke[:6], "9", *spoke[7:])
    assert (more.code, "more_than_shipped" in more.err) == (ExitCode.INPUT, True)
    closed = await lotstream("lot", "recall-close", "RC-1", "--owner", "acme", "--by", "qa")
    assert "closed, took" in closed.out
    assert "answered 1 (100.0 %); sent back or destroyed 2 each of CER-001 (66.7 %)" in closed.out
    listed = (await lotstream("lot", "recalled")).out.splitlines()
    assert sum("RC-1" in line for line in listed) == 2
    assert any("D-1" in line and "drill" in line for line in listed)


@pytest.mark.usefixtures("shipped")
async def test_who_has_a_lot_is_shown(lotstream: Lotstream) -> None:
    """What lies where, and what left for whom; nothing came back yet, and a lot that nobody has is said."""
    shown = await lotstream("lot", "where", "CER-001", "L24A", "--owner", "acme")
    assert (shown.code, "7 each in the house" in shown.out, "Ann Example" in shown.out) == (0, True, True)
    told = json.loads((await lotstream("lot", "where", "CER-001", "L24A", "--owner", "acme", "--json")).out)
    assert [(one["customer"], one["quantity"], one["came_back"]) for one in told["gone_to"]] == [("C-7", "3", "0")]
    assert (await lotstream("lot", "where", "CER-001", "NONE")).code == ExitCode.INPUT


@pytest.mark.usefixtures("shipped")
async def test_what_came_back_is_counted_by_lot_and_reason(lotstream: Lotstream, hub_settings: Settings) -> None:
    """Returned, and of that what was scrapped; before anything came back, and of another item, the list is empty."""
    assert json.loads((await lotstream("returns", "--json")).out)["returns"] == []
    async with HubClient(hub_settings) as client:
        line = {"line": "1", "sku": "CER-001", "lot": "L24A", "quantity": "2", "location": "BACK", "reason": "Torn"}
        await client.send(
            "goods.returned", {"owner": "acme", **FLOOR, "return": "RT-1", "customer": "C-7", "lines": [line]}
        )
        looked = {"line": "1", "return_line": "1", "quantity": "1", "disposition": "scrap", "reason": "Torn"}
        inspected = {"return": "RT-1", "inspection": "RI-1", "lines": [looked]}
        await client.send("return.inspected", {"owner": "acme", **FLOOR, **inspected})
    told = json.loads((await lotstream("returns", "--json", "--from", "2020-01-01")).out)
    (line,) = told["returns"]
    assert (line["lot"], line["reason"], line["returned"], line["scrapped"]) == ("L24A", "Torn", "2", "1")
    assert "Torn" in (await lotstream("returns", "--owner", "acme")).out
    assert "Torn" not in (await lotstream("returns", "--sku", "NONE")).out
    assert (await lotstream("returns", "--to", "soon")).code == ExitCode.INPUT


@pytest.mark.usefixtures("shipped")
async def test_what_cannot_be_recalled_is_said(lotstream: Lotstream) -> None:
    """Nothing named, a day that is none, a lot that nobody has, a recall that is not there."""
    for arguments, said in (
        (("recall", "X"), "No lots are named"),
        (("recall", "X", "--made-from", "yesterday"), "is no day"),
        (("recall", "X", "--lot", "NONE"), "There is no such lot here"),
        (("recalled", "NONE"), "There is no recall NONE here"),
        (("recall", "D-1", "--owner", "acme", "--lot", "L24A", "--made-from", "2026-01-01"), "There is no such lot"),
    ):
        ran = await lotstream("lot", *arguments)
        assert ran.code == ExitCode.INPUT
        assert said in ran.err


YYZ = {**FLOOR, "site": "YYZ"}
ANNOUNCED = (
    {"line": "1", "sku": "CER-001", "quantity": "10", "supplier_lot": "31B"},
    {"line": "2", "sku": "CER-001", "quantity": "5", "supplier_lot": "32B"},
)


def came(line: str, quantity: str, number: str, supplier: str = "S-3") -> dict[str, str]:
    """A line of a receipt of a supplier's lot."""
    facts = {"supplier_lot": number, "supplier": supplier, "expires": "2099-03-31", "location": "A-02"}
    return {"line": line, "sku": "CER-001", "quantity": quantity, **facts}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_receipt_is_announced_comes_wrongly_is_corrected_and_closed(
    lotstream: Lotstream, hub_settings: Settings, shipped: WorkerProcess
) -> None:
    """Expected, received, over, short and unannounced are shown line by line, also after the worker was killed."""
    async with HubClient(hub_settings) as client:
        defined = await lotstream("site", "define", "YYZ", "--wait", "60")
        assert defined.code == 0, defined.err
        announced = await client.send(
            "receipt.expected",
            {"owner": "zenith", "site": "YYZ", "expected": "ASN-1", "supplier": "S-3", "lines": ANNOUNCED},
        )
        assert announced["outcome"] == "done", announced
        lines = [came("1", "12", "31B"), came("2", "3", "33B"), came("3", "4", "31B", "S-4")]
        body = {"owner": "zenith", **YYZ, "receipt": "R-8", "expected": "ASN-1", "lines": lines}
        await client.send("stock.received", body, message_id="came")
        shown = await lotstream("receipts", "--open", "--owner", "zenith", "--json")
        assert [(one["kind"], one["number"], one["state"]) for one in json.loads(shown.out)] == [
            ("expected", "ASN-1", "receiving"), ("receipt", "R-1", "receiving"), ("receipt", "R-8", "receiving"),
        ]  # fmt: skip
        await shipped.kill()
        await shipped.start()
        counted = {"receipt": "R-8", "correction": "1", "lines": [{"line": "2", "lot": "32B", "quantity": "4"}]}
        await client.send("receipt.corrected", {"owner": "zenith", **YYZ, **counted})
        await client.send("receipt.closed", {"owner": "zenith", **YYZ, "receipt": "R-8"})
        again = await client.send("stock.received", body, message_id="again")
        assert again["outcome"] == "done"
    told = json.loads((await lotstream("receipts", "R-8", "--owner", "zenith", "--json")).out)["receipt"]
    assert [
        (one["line"], one["lot"], one["supplier_lot"], one["expected"], one["received"], one["over"], one["short"])
        for one in told["lines"]
    ] == [
        ("1", "31B", "31B", "10", "12", "2", "0"),
        ("2", "32B", "33B", "5", "4", "0", "1"),
        (None, "31B-2", "31B", "0", "4", "0", "0"),
    ]  # fmt: skip
    assert (told["state"], told["corrections"], told["closed_at"] is None) == ("closed", ["1"], False)
    seen = await lotstream("receipts", "ASN-1", "--owner", "zenith")
    assert "Announcement ASN-1 of zenith at YYZ, from S-3: receiving" in seen.out


@pytest.mark.usefixtures("shipped")
async def test_lots_are_found_by_their_suppliers_number(lotstream: Lotstream) -> None:
    """A number that a lot has from its supplier finds it; one that two have names both, and one's own number wins."""
    told = json.loads((await lotstream("lot", "history", "CER-001", "24A", "--owner", "acme", "--json")).out)
    assert (told["lot"], told["note"]) == ("L24A", "24A is another number of lot L24A.")
    shown = await lotstream("lot", "where", "CER-001", "31B")
    assert "31B is also the supplier's number of lot 31B-2 of CER-001 from S-4." in shown.out
    found = json.loads((await lotstream("stock", "--lot", "31B", "--json")).out)
    assert [(row["lot"], row["on_hand"]) for row in found] == [("31B", "12"), ("31B-2", "4")]
    then = json.loads((await lotstream("stock", "--lot", "31B", "--as-of", "2090-01-01T00:00:00Z", "--json")).out)
    assert sorted((row["lot"], row["on_hand"]) for row in then) == [("31B", "12"), ("31B-2", "4")]


@pytest.mark.usefixtures("shipped")
async def test_a_lots_history_is_one_under_all_its_numbers(lotstream: Lotstream, hub_settings: Settings) -> None:
    """By the number it has and by the one it had, the same lines, each with the number it was told under."""
    line = {"line": "1", "sku": "CER-001", "quantity": "10", **LOT, "lot": "WRONG", "supplier_lot": "77"}
    async with HubClient(hub_settings) as client:
        await client.send("stock.received", {"owner": "acme", **FLOOR, "receipt": "R-77", "lines": [line]})
        right = {"correction": "LC-77", "sku": "CER-001", "lot": "WRONG", "to_lot": "RIGHT", "by": "qa"}
        await client.send("lot.corrected", {"owner": "acme", **right})
        hold = {"hold": "H-77", "kind": "hold", "sku": "CER-001", "lot": "RIGHT"}
        await client.send("hold.placed", {"owner": "acme", **hold})
    told = {
        name: json.loads((await lotstream("lot", "history", "CER-001", name, "--owner", "acme", "--json")).out)
        for name in ("WRONG", "RIGHT")
    }
    assert told["WRONG"]["history"] == told["RIGHT"]["history"]
    lines = [(line["lot"], line["kind"]) for line in told["RIGHT"]["history"]]
    assert (lines[0], lines[-1]) == (("WRONG", "received"), ("RIGHT", "held"))
    assert (told["WRONG"]["lot"], told["WRONG"]["former"]) == ("RIGHT", [{"sku": "CER-001", "lot": "WRONG"}])
    assert told["WRONG"]["note"].startswith("WRONG of CER-001 is a former number: this is lot RIGHT")
    assert told["RIGHT"]["note"] is None
    shown = (await lotstream("lot", "history", "CER-001", "WRONG", "--owner", "acme", "--rows-max", "1")).out
    assert "RIGHT of acme: 10 each on hand" in shown
    assert "was WRONG" in shown
    assert "There is more: --after" in shown


@pytest.mark.usefixtures("shipped")
async def test_a_recall_names_the_owners_who_were_given_any(lotstream: Lotstream, hub_settings: Settings) -> None:
    """Goods that were sold where they lie have not left, and are another owner's to recall: the report says whose."""
    line = {"line": "1", "sku": "CER-001", "quantity": "10", **LOT, "lot": "L30", "supplier_lot": "30"}
    sold = {"line": "1", "sku": "CER-001", "lot": "L30", "location": "A-01", "quantity": "4"}
    async with HubClient(hub_settings) as client:
        await client.send("stock.received", {"owner": "acme", **FLOOR, "receipt": "R-2", "lines": [line]})
        sale = {"title": "SALE-1", "to_owner": "zenith", "to_skus": {"CER-001": "Z-1"}, "lines": [sold]}
        await client.send("title.released", {"owner": "acme", **FLOOR, **sale})
    drill = ("lot", "recall", "D-2", "--owner", "acme", "--lot", "L30", "--drill")
    told = json.loads((await lotstream(*drill, "--json")).out)
    assert told["given"] == [
        {
            "to_owner": "zenith", "title": "acme/SALE-1", "sku": "CER-001", "lot": "L30", "to_sku": "Z-1",
            "quantity": "4", "unit": "each",
        }
    ]  # fmt: skip
    assert "zenith  acme/SALE-1  CER-001  L30  Z-1        4         each" in (await lotstream(*drill)).out


@pytest.mark.usefixtures("shipped")
async def test_it_is_shown_where_shipments_are(lotstream: Lotstream, hub_settings: Settings) -> None:
    """When each is expected, as it was told last; all of it under every number that the lot has or had."""
    async with HubClient(hub_settings) as client:
        road = {"shipment": "S-1", "state": "in_transit", "expected_at": "2026-09-03T10:00:00Z", "place": "Erie"}
        await client.send("shipment.progressed", {"owner": "acme", **FLOOR, **road})
        await client.send(
            "lot.corrected", {"owner": "acme", "correction": "LC", "sku": "CER-001", "lot": "L24A", "to_lot": "L24B"}
        )
    asked = ("lot", "where", "CER-001", "L24A", "--owner", "acme")
    told = json.loads((await lotstream(*asked, "--json")).out)
    assert (told["lot"], told["former"]) == ("L24B", [{"sku": "CER-001", "lot": "L24A"}])
    (one,) = told["shipments"]
    assert [one[name] for name in ("shipment", "order", "lot", "quantity", "customer")] == [
        "S-1", "#1", "L24A", "3", "C-7",
    ]  # fmt: skip
    assert (one["state"], one["expected_at"], one["place"]) == ("in_transit", "2026-09-03 10:00:00+00:00", "Erie")
    assert "in_transit" in (await lotstream(*asked)).out
