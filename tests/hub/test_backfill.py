"""Histories that were never kept are worked out from the journal, once, as if they had been."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from functools import partial
from typing import Any

import asyncpg
import pytest

from lotstream.settings import Settings
from lotstream.store import backfill
from tests.cli.conftest import PATIENCE_S, environment, run_lotstream
from tests.hub.client import HubClient

FLOOR = {"owner": "acme", "site": "TOR", "happened": True, "by": "scanner-1"}

LIKE_0_1_0 = """
    ALTER TABLE lotstream.journal DISABLE TRIGGER ALL;
    UPDATE lotstream.journal SET code = '0.1.0';
    ALTER TABLE lotstream.journal ENABLE TRIGGER ALL;
    DELETE FROM lotstream.lot_history;
    UPDATE lotstream.shipment_line SET site = NULL, location = NULL, status = NULL;
"""
"""Leave a database as version 0.1.0 would have: it kept no histories, and said of no goods where they had lain."""


async def lived(client: HubClient) -> None:
    """Goods come in, move, are promised, leave and had not left after all."""
    await client.define_site("TOR")
    await client.send("item.defined", {"owner": "acme", "sku": "TEA"})
    goods = [{"line": "1", "sku": "TEA", "lot": "L1", "quantity": "10", "location": "A-1", "expires": "2099-01-31"}]
    await client.send("stock.received", {**FLOOR, "receipt": "R-1", "lines": goods})
    moved = [{"line": "1", "sku": "TEA", "lot": "L1", "quantity": "6", "location": "A-1", "to": "A-2"}]
    await client.send("stock.moved", {**FLOOR, "move": "M-1", "lines": moved})
    for number in ("1", "2"):
        lines = [{"line": "1", "sku": "TEA", "quantity": number}]
        await client.send("order.placed", {"owner": "acme", "source": "shop", "order": number, "lines": lines})
        left = {"shipment": f"S-{number}", "orders": [{"source": "shop", "order": number}]}
        await client.send("shipment.confirmed", {**FLOOR, **left})
    await client.send("shipment.voided", {**FLOOR, "shipment": "S-2"})


async def kept(settings: Settings) -> list[Any]:
    """All histories and shipment lines there are."""
    connection = await asyncpg.connect(settings.postgres_url)
    try:
        return [
            sorted(map(str, await connection.fetch(f"SELECT * FROM lotstream.{table}")))
            for table in ("lot_history", "shipment_line")
        ]
    finally:
        await connection.close()


async def test_histories_are_added_of_what_kept_none(
    client: HubClient, hub_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads say that they do not reach back; then every line is as it would have been, and again changes nothing."""
    monkeypatch.setattr(backfill, "RECORDS_MAX", 3)
    await lived(client)
    wanted = await kept(hub_settings)
    connection = await asyncpg.connect(hub_settings.postgres_url)
    try:
        await connection.execute(LIKE_0_1_0)
    finally:
        await connection.close()
    lotstream = partial(run_lotstream, hub_settings)
    for words in (
        ("lot", "history", "TEA", "L1"), ("lot", "trace", "TEA", "L1"), ("stock", "--as-of", "2026-01-01"),
        ("roll-forward", "--owner", "acme", "--from", "2020-01-01"),
    ):  # fmt: skip
        assert "What 0.1.0 decided is not in it." in (await lotstream(*words)).err, words
    assert "partitions" in (await lotstream("db", "backfill")).out
    assert await kept(hub_settings) == wanted
    shown = await lotstream("lot", "history", "TEA", "L1", "--json")
    assert ("0.1.0" in shown.err, len(json.loads(shown.out)["history"]) > 3) == (False, True)
    assert (await lotstream("db", "backfill")).out == "no histories are missing\n"
    assert await kept(hub_settings) == wanted


KILLED = """
import os, signal
from lotstream.cli.app import main
from lotstream.store import backfill

backfill.RECORDS_MAX = 2
add = backfill.Backfill.add

async def dies(self, *args, **more):
    if {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    await add(self, *args, **more)
    os.kill(os.getpid(), signal.SIGKILL)

backfill.Backfill.add = dies
main()
"""
"""The command as it is, in a process that is killed before or after it writes its first few lines."""


async def test_a_backfill_that_is_killed_goes_on_where_it_was(client: HubClient, hub_settings: Settings) -> None:
    """Killed before it writes and after it, time and again: in the end every line is there, and none twice."""
    await lived(client)
    wanted = await kept(hub_settings)
    connection = await asyncpg.connect(hub_settings.postgres_url)
    try:
        await connection.execute(LIKE_0_1_0)
        await connection.execute("DELETE FROM lotstream.history_filled")
    finally:
        await connection.close()
    for before in (True, False, True, False):
        command = (sys.executable, "-c", KILLED.format(before=before), "db", "backfill")
        killed = await asyncio.create_subprocess_exec(
            *command, env=environment(hub_settings), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
        )
        assert await asyncio.wait_for(killed.wait(), PATIENCE_S) == -signal.SIGKILL
    lotstream = partial(run_lotstream, hub_settings)
    assert "partitions" in (await lotstream("db", "backfill")).out
    assert await kept(hub_settings) == wanted
    assert (await lotstream("db", "backfill")).out == "no histories are missing\n"
