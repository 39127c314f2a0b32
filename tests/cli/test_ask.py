"""What the command line answers about a running hub."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from lotstream.domain.model import OrderKey
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.reads import Reads
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran, run_lotstream
from tests.hub.client import HubClient

Lotstream = Callable[..., Awaitable[Ran]]

FOUND = {
    "site": "TOR", "by": "dock-1", "balance": "B-1",
    "lines": [
        {"line": "1", "sku": "CER-001", "quantity": "10", "unit": "each", "lot": "L-OLD", "expires": "2026-01-31",
         "location": "A-01"},
    ],
}  # fmt: skip
RECEIVED = {
    "site": "TOR", "happened": True, "by": "dock-1", "receipt": "R-1",
    "lines": [
        {"line": "2", "sku": "CER-001", "quantity": "10", "unit": "each", "lot": "L-NEW", "expires": "2027-01-31",
         "location": "A-01"},
    ],
}  # fmt: skip


@pytest.fixture
def lotstream(in_a_thread: Lotstream) -> Lotstream:
    """Run ``lotstream`` against the hub of the module."""
    return in_a_thread


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def decided(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """A hub whose worker has decided one order of 12 over an expired lot and a good one of 10 each."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="asked", log=log), HubClient(hub_settings) as client:
        await run_lotstream(hub_settings, "site", "define", "TOR", "--calendar", "scripted")
        opened = await run_lotstream(hub_settings, "day", "open", "TOR", "2026-09-01")
        await client.row(
            "SELECT true FROM claim HAVING min(broadcast_seen) >= $1", int(opened.out.split()[4].strip(";"))
        )
        for owner in ("acme", "zenith"):
            await client.send("owner.defined", {"owner": owner, "sites": ["TOR"]})
            await client.send("item.defined", {"owner": owner, "sku": "CER-001"})
            # As found: what comes in when it has expired already goes to quarantine.
            await client.send("balance.opened", {"owner": owner, **FOUND})
            await client.send("stock.received", {"owner": owner, **RECEIVED})
        # Nobody has defined this owner; its goods are there all the same.
        pump = {"line": "1", "sku": "PUMP", "quantity": "1", "location": "A-02", "lot": "L-P", "serials": ["SN-1"]}
        await client.send("item.defined", {"owner": "nova", "sku": "PUMP", "tracking": "serial"})
        await client.send("stock.received", {"owner": "nova", **RECEIVED, "lines": [pump]})
        order = {"source": "shop:1", "order": "#1001", "lines": [{"line": "1", "sku": "CER-001", "quantity": "12"}]}
        await client.send("order.placed", {"owner": "acme", **order})
        await client.send("customer.defined", {"owner": "acme", "customer": "C-1", "allocate_days_ahead": 14})
        far = {**order, "order": "#1002", "ship_date": "2026-12-24", "customer": "C-1"}
        await client.send("order.placed", {"owner": "acme", **far})
        yield


@pytest.mark.usefixtures("decided")
async def test_why_tells_each_lot_in_order_with_its_reason(lotstream: Lotstream) -> None:
    """The story has the standing of each line, each lot considered, and why one was left."""
    ran = await lotstream("order", "why", "#1001")

    assert ran.code == 0
    assert "Order #1001 of acme from shop:1: partly allocated, filled from TOR" in ran.out
    assert "  line 1: 12 each of CER-001: 10 each reserved, 2 each backordered" in ran.out
    told = [line.strip() for line in ran.out.splitlines() if " lot L-" in line]
    assert told == [
        "1. lot L-OLD in A-01, expires 2026-01-31: not used, it is expired (10 each free)",
        "2. lot L-NEW in A-01, expires 2027-01-31: 10 each taken of 10 each free",
    ]
    assert "lots are taken first expired, first out (by the owner's settings)" in ran.out
    assert "more not used" not in ran.out


@pytest.mark.usefixtures("decided")
async def test_why_now_looks_at_every_lot_as_it_is(lotstream: Lotstream) -> None:
    """--now asks the ledger itself what the line could take at this moment, and promises nothing."""
    ran = await lotstream("order", "why", "#1001", "--now")

    assert ran.code == 0
    assert ran.out.splitlines()[-4:] == [
        "Now",
        "    line 1 at TOR",
        "      1. lot L-OLD in A-01, expires 2026-01-31: not used, it is expired (10 each free)",
        "      2. lot L-NEW in A-01, expires 2027-01-31: 10 each taken of 0 each free",
    ]


@pytest.mark.usefixtures("decided")
async def test_why_tells_from_when_on_an_order_is_allocated(lotstream: Lotstream) -> None:
    """An order that leaves later than its customer's horizon waits for its day, and says which and why."""
    ran = await lotstream("order", "why", "#1002")
    said = "it ships on 2026-12-24 and is allocated from 2026-12-10 on, 14 days ahead"

    assert ran.out.splitlines()[:3] == [
        "Order #1002 of acme from shop:1: received, no site yet",
        f"  waits for its day: {said} (by the customer)",
        "  line 1: 12 each of CER-001: 12 each backordered",
    ]


@pytest.mark.usefixtures("decided")
async def test_why_now_as_json_has_every_lot(lotstream: Lotstream) -> None:
    """--now and --json together: each line with its rows, beside the order and its events."""
    (line,) = json.loads((await lotstream("order", "why", "#1001", "--now", "--json")).out)["now"]

    assert (line["line"], line["site"]) == ("1", "TOR")
    assert [(row["lot"], row["taken"], row["reason"]) for row in line["rows"]] == [
        ("L-OLD", 0, "expired"), ("L-NEW", 10, None),
    ]  # fmt: skip


@pytest.mark.usefixtures("decided")
async def test_a_serial_number_says_where_its_unit_is(lotstream: Lotstream) -> None:
    """In words and as JSON, with the owner or without, also of an owner whom nobody has defined."""
    told = json.loads((await lotstream("serial", "PUMP", "SN-1", "--json")).out)
    assert (told["owner"], told["lot"], told["location"], told["state"]) == ("nova", "L-P", "A-02", "in_stock")
    assert json.loads((await lotstream("serial", "PUMP", "SN-1", "--owner", "nova", "--json")).out) == told
    assert (await lotstream("serial", "PUMP", "SN-1")).out.splitlines() == [
        "Serial SN-1 of PUMP, lot L-P, of nova: in stock", "  last seen in A-02 at TOR (good)",
    ]  # fmt: skip
    for owner in ("acme", "nov", "zz"):
        ran = await lotstream("serial", "PUMP", "SN-1", "--owner", owner)
        assert ran.code == ExitCode.INPUT
        assert ran.err.splitlines()[0] == "lotstream: There is no serial SN-1 of PUMP here."


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("words", [("transfer", "list"), ("title", "list"), ("count", "waiting"), ("returns",)])
async def test_a_list_of_nothing_is_an_answer(lotstream: Lotstream, words: tuple[str, ...]) -> None:
    """Nothing is on the way, nothing waits, nothing came back: headings or an empty list, and no error."""
    ran = await lotstream(*words)
    assert (ran.code, len(ran.out.splitlines()), ran.err) == (0, 2, "")
    told = json.loads((await lotstream(*words, "--json")).out)
    assert (told if isinstance(told, list) else told["returns"]) == []


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    "words",
    [
        *(("stock",), ("stock", "--as-of", "2026-09-01"), ("expiring",), ("reorder",), ("kpi",), ("holds",)),
        *(("receipts",), ("returns",), ("transfer", "list"), ("title", "list"), ("count", "plan")),
        ("roll-forward", "--from", "2026-09-01"),
    ],
)
async def test_a_mistyped_owner_is_not_one_without_goods(lotstream: Lotstream, words: tuple[str, ...]) -> None:
    """Whoever asks for an owner of whom nothing is known hears that, and sees no empty table."""
    ran = await lotstream(*words, "--owner", "acne")
    assert (ran.code, ran.err.splitlines()[0]) == (
        ExitCode.INPUT, "lotstream: Nothing is known of an owner acne."
    )  # fmt: skip


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    "said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", "2026-13-01", ""]
)
async def test_a_moment_that_is_none_is_refused_in_words(lotstream: Lotstream, said: str) -> None:
    """Also one before the first day or after the last there is somewhere."""
    ran = await lotstream("stock", "--owner", "acme", "--as-of", said)
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.INPUT, f"lotstream: {said!r} is no moment.")


@pytest.mark.usefixtures("decided")
async def test_a_lots_history_tells_what_became_of_it(lotstream: Lotstream) -> None:
    """In words and as JSON: when, what, how much, where and by which document; whose has to be said when two fit."""
    told = json.loads((await lotstream("lot", "history", "CER-001", "L-NEW", "--owner", "acme", "--json")).out)
    assert (told["owner"], told["expires"], told["on_hand"], told["unit"]) == ("acme", "2027-01-31", "10", "each")
    (line,) = told["history"]
    assert (line["kind"], line["quantity"], line["location"], line["number"]) == ("received", "10", "A-01", "R-1")
    assert (line["by"], told["next"]) == ("dock-1", None)

    ran = await lotstream("lot", "history", "PUMP", "L-P")
    assert ran.out.splitlines()[0] == "PUMP lot L-P of nova: 1 each on hand"
    assert ran.out.splitlines()[-1].split()[2:] == ["received", "1", "A-02", "at", "TOR", "receipt", "R-1", "dock-1"]

    ran = await lotstream("lot", "history", "CER-001", "L-NEW")
    assert ran.code == ExitCode.USAGE
    assert ran.err.splitlines()[0] == "lotstream: More than one owner fits: acme, zenith."
    ran = await lotstream("lot", "history", "CER-001", "L-NO")
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.INPUT, "lotstream: There is no lot L-NO of CER-001 here.")


@pytest.mark.usefixtures("decided")
async def test_why_as_json_has_the_events(lotstream: Lotstream) -> None:
    """--json prints the order and its events as they are in the journal."""
    story = json.loads((await lotstream("order", "why", "#1001", "--json")).out)

    assert (story["owner"], story["order"]["state"]) == ("acme", "partly_allocated")
    assert [event["event"] for event in story["history"]] == ["OrderRecorded"]


@pytest.mark.usefixtures("decided")
async def test_stock_says_what_is_free_and_why_not(lotstream: Lotstream) -> None:
    """Expired goods are not free, reserved ones neither; quantities are decimal strings."""
    rows = json.loads((await lotstream("stock", "--owner", "acme", "--json")).out)

    assert [(row["lot"], row["on_hand"], row["reserved"], row["free"], row["not_free_because"]) for row in rows] == [
        ("L-OLD", "10", "0", "0", ["expired"]),
        ("L-NEW", "10", "10", "0", []),
    ]


@pytest.mark.usefixtures("decided")
async def test_what_is_not_unique_has_to_be_said(lotstream: Lotstream) -> None:
    """With two owners that fit, the candidates are named and the exit code is 2."""
    ran = await lotstream("stock")

    assert ran.code == ExitCode.USAGE
    assert ran.err.splitlines()[0] == "lotstream: More than one owner fits: acme, nova, zenith."


HOSTILE = ("", "%", "_cme", "ACME", "acme ", "acme'--", "' OR '1'='1", "acme,zenith", "*", "zenith\n", "a" * 200)
"""Names that no owner has, some of which a careless query would find somebody by."""


@pytest.mark.usefixtures("decided")
async def test_what_is_asked_of_one_owner_never_tells_of_another(hub_settings: Settings) -> None:
    """Every question that names an owner is answered about that one alone; a name nobody has finds nothing."""
    key = OrderKey("shop:1", "#1001")
    draw = random.Random(1)
    async with Reads(hub_settings.postgres_url) as reads:
        for _ in range(100):
            owner = draw.choice([*HOSTILE, "acme", "zenith", "acme" + chr(draw.randrange(32, 0x2FF))])
            mine = owner in {"acme", "zenith"}
            sku = draw.choice([None, "CER-001", "%"])
            stock = await reads.stock(owner, sku=sku, rows_max=10)
            assert len(stock) == (2 if mine and sku != "%" else 0)
            assert sum(row.reserved for row in stock) == (10 if owner == "acme" and sku != "%" else 0)
            assert (await reads.order(owner, key) is not None) == (owner == "acme")
            assert len(await reads.history(owner, key)) == (1 if owner == "acme" else 0)
            assert len(await reads.items(owner, ["CER-001", "%"])) == (1 if mine else 0)
            settings, customer = await reads.rules(owner, draw.choice(["C-1", "%"]))
            assert settings.sites == (("TOR",) if mine else ())
            assert customer is None or owner == "acme"
            assert await reads.serials("SN-1", sku="PUMP", owner=owner) == {}
            found = await reads.orders_called("#1001", owner=owner, source=None)
            assert found == ([("acme", key)] if owner == "acme" else [])


@pytest.mark.usefixtures("decided")
async def test_owners_are_judged_by_what_was_counted(lotstream: Lotstream) -> None:
    """All owners in words; one, one period and one day as JSON; a day by itself wants an owner."""
    ran = await lotstream("kpi")
    assert [line.split() for line in ran.out.splitlines()[2:]] == [
        ["acme", "0.00%", "0", "10", "0", "0"], ["nova", "0.00%", "0", "1", "0", "0"],
        ["zenith", "0.00%", "0", "10", "0", "0"],
    ]  # fmt: skip
    (told,) = json.loads((await lotstream("kpi", "--owner", "acme", "--from", "2026-09-01", "--json")).out)
    assert (told["owner"], told["expiration_loss"], told["of"]["received"]) == ("acme", "0", "10")
    assert json.loads((await lotstream("kpi", "--to", "2026-08-31", "--json")).out) == []
    (day,) = json.loads((await lotstream("kpi", "--owner", "acme", "--by-day", "--json")).out)
    assert (day["day"], day["of"]["received"]) == ("2026-09-01", "10")
    assert (await lotstream("kpi", "--by-day")).code == ExitCode.USAGE


@pytest.mark.usefixtures("decided")
async def test_what_expires_is_listed_first_expired_first(lotstream: Lotstream) -> None:
    """What has expired comes first; days ahead, item and site narrow it down, in words and as JSON."""
    ran = await lotstream("expiring", "--owner", "acme", "--days", "200")
    assert [line.split()[1:4] for line in ran.out.splitlines()[2:]] == [
        ["L-OLD", "2026-01-31", "-213"], ["L-NEW", "2027-01-31", "152"],
    ]  # fmt: skip
    (told,) = json.loads((await lotstream("expiring", "--owner", "acme", "--sku", "CER-001", "--json")).out)
    assert (told["lot"], told["site"], told["on_hand"], told["unit"]) == ("L-OLD", "TOR", "10", "each")
    assert (await lotstream("expiring", "--owner", "acme", "--site", "DET", "--json")).code == ExitCode.INPUT
    assert "L-OLD" in (await lotstream("expiring", "--owner", "acme", "--rows-max", "1")).out


@pytest.mark.usefixtures("decided")
async def test_what_is_to_be_ordered_again_leaves_out_what_has_expired(lotstream: Lotstream) -> None:
    """Nothing is free of the good lot, and the expired one does not count."""
    (told,) = json.loads((await lotstream("reorder", "--owner", "acme", "--json")).out)
    assert (told["sku"], told["usable"], told["below"], told["daily_use"]) == ("CER-001", "0", False, None)
    assert "CER-001" in (await lotstream("reorder", "--owner", "acme")).out


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("words", [("count", "plan"), ("expiring",)])
async def test_a_mistyped_site_is_no_empty_list(lotstream: Lotstream, words: tuple[str, ...]) -> None:
    """A list of nothing at a site that nobody defined says so and names those that are; at a known one it is empty."""
    ran = await lotstream(*words, "--owner", "acme", "--site", "TRO")
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert ran.err.splitlines()[0] == "lotstream: Site TRO is not defined; these are: TOR."
    assert (await lotstream(*words, "--owner", "acme", "--site", "TOR")).code == 0


@pytest.mark.usefixtures("decided")
async def test_a_mistyped_owner_is_said_where_nothing_of_his_is_known(lotstream: Lotstream) -> None:
    """A lot that is refused as unknown may be so because its owner is; of a known owner it is the lot alone."""
    wrong = "Nothing is known of an owner acne. Check how it is written."
    mistyped = await lotstream("lot", "hold", "L-OLD", "--owner", "acne", "--id", "H-9")
    unknown = await lotstream("lot", "hold", "L-NONE", "--owner", "acme", "--id", "H-9")
    assert (mistyped.code, unknown.code) == (ExitCode.INPUT, ExitCode.INPUT)
    assert (wrong in mistyped.err, wrong in unknown.err) == (True, False)
    assert "(unknown_lot, lot)" in unknown.err
