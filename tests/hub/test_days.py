from __future__ import annotations

import json
from uuid import uuid4

from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from tests.cli.conftest import run_lotstream
from tests.hub.client import HubClient

SITE = "DAYS"


async def told(settings: Settings, name: str, key: str, body: dict[str, object]) -> None:
    """Broadcast a command and wait until every partition has decided it."""
    async with PostgresStore(settings.postgres_url) as store:
        await define(store, f"lotstream.{name}.v1", key, json.dumps(body).encode(), partitions=settings.partitions)


async def reserved(client: HubClient, owner: str) -> dict[str, int]:
    """Return what is reserved of each lot."""
    rows = await client.rows("SELECT lot, reserved FROM stock WHERE owner = $1 AND reserved <> 0", owner)
    return {row["lot"]: row["reserved"] for row in rows}


async def test_a_turned_day_and_a_held_bin_move_what_was_promised_when_the_owner_is_next_touched(
    client: HubClient, hub_settings: Settings
) -> None:
    """What expired overnight, and what lies in a bin put on hold, goes to the next lot before the next command."""
    owner = uuid4().hex
    await told(hub_settings, "site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await told(hub_settings, "day.opened", f"{SITE}/1", {"site": SITE, "date": "2026-03-10"})
    await client.send("item.defined", {"owner": owner, "sku": "SOAP"})
    lots = [("L1", "2026-03-10"), ("L2", "2026-04-01"), ("L3", "2026-05-01")]
    lines = [
        {"line": lot, "sku": "SOAP", "lot": lot, "quantity": "5", "location": f"BIN-{lot}", "expires": expires}
        for lot, expires in lots
    ]
    opened = await client.send("balance.opened", {"owner": owner, "site": SITE, "balance": "B-1", "lines": lines})
    assert opened["outcome"] == "done"
    order = {"owner": owner, "source": "shop", "order": "O-1", "lines": [{"line": "1", "sku": "SOAP", "quantity": "4"}]}
    await client.send("order.placed", order)
    assert await reserved(client, owner) == {"L1": 4}

    await told(hub_settings, "day.opened", f"{SITE}/2", {"site": SITE, "date": "2026-03-11"})
    await client.send("item.defined", {"owner": owner, "sku": "RICE"})
    assert await reserved(client, owner) == {"L2": 4}

    held = {"site": SITE, "location": "BIN-L2", "hold": True}
    await told(hub_settings, "location.defined", f"{SITE}/BIN-L2/1", held)
    await client.send("item.defined", {"owner": owner, "sku": "OATS"})
    assert await reserved(client, owner) == {"L3": 4}
    tasks = await client.rows(
        "SELECT convert_from(value, 'UTF8') AS body FROM outbox WHERE topic = 'lotstream.pick-tasks' "
        "AND convert_from(value, 'UTF8') LIKE '%' || $1 || '%' ORDER BY recorded_at, \"offset\", index",
        owner,
    )
    actions = [(task["action"], task["lot"]) for row in tasks for task in json.loads(row["body"])["tasks"]]
    assert actions == [("create", "L1"), ("cancel", "L1"), ("create", "L2"), ("cancel", "L2"), ("create", "L3")]


async def test_a_change_of_rules_reaches_who_waits_without_anybody_touching_the_owner(
    client: HubClient, hub_settings: Settings
) -> None:
    """A lot that was too short-lived is promised after the item's rule was loosened, though nothing else is sent."""
    owner, site = uuid4().hex, "RULES"
    await told(hub_settings, "site.defined", f"{site}/1", {"site": site, "calendar": "scripted"})
    await told(hub_settings, "day.opened", f"{site}/1", {"site": site, "date": "2026-03-10"})
    await client.send("item.defined", {"owner": owner, "sku": "SOAP", "min_days_left": 100})
    lot = {"line": "1", "sku": "SOAP", "lot": "L1", "quantity": "5", "location": "A", "expires": "2026-04-01"}
    await client.send("balance.opened", {"owner": owner, "site": site, "balance": "B-1", "lines": [lot]})
    order = {"owner": owner, "source": "shop", "order": "O-1", "lines": [{"line": "1", "sku": "SOAP", "quantity": "4"}]}
    await client.send("order.placed", order)
    assert await reserved(client, owner) == {}

    await client.send("item.defined", {"owner": owner, "sku": "SOAP", "version": 2})
    await client.row("SELECT FROM stock WHERE owner = $1 AND reserved = 4", owner)


async def test_owners_nobody_touches_are_moved_and_who_told_it_is_answered(
    client: HubClient, hub_settings: Settings
) -> None:
    """A bin held on the command line loses what was promised there, for every owner; only then it is answered."""
    site, owners = "HOLDS", [uuid4().hex for _ in range(6)]
    await told(hub_settings, "site.defined", f"{site}/1", {"site": site, "calendar": "scripted"})
    await told(hub_settings, "day.opened", f"{site}/1", {"site": site, "date": "2026-03-10"})
    for owner in owners:
        await client.send("item.defined", {"owner": owner, "sku": "SOAP"})
        lines = [
            {"line": lot, "sku": "SOAP", "lot": lot, "quantity": 9, "location": f"BIN-{lot}", "expires": expires}
            for lot, expires in (("L1", "2026-04-01"), ("L2", "2026-05-01"))
        ]
        await client.send("balance.opened", {"owner": owner, "site": site, "balance": "B-1", "lines": lines})
        wanted = [{"line": "1", "sku": "SOAP", "quantity": 2}]
        await client.send("order.placed", {"owner": owner, "source": "shop", "order": "O-1", "lines": wanted})
    assert [await reserved(client, owner) for owner in owners] == [{"L1": 2}] * 6

    ran = await run_lotstream(hub_settings, "location", "hold", site, "BIN-L1", "--id", "H-1", "--wait", "30")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("every partition has decided it and all that followed\n")
    assert [await reserved(client, owner) for owner in owners] == [{"L2": 2}] * 6
    number = ran.out.split("number ")[1].split(";")[0]
    query = "SELECT convert_from(value, 'UTF8') AS body FROM outbox WHERE topic = $1 AND key = $2"
    answer = json.loads((await client.row(query, "lotstream.answers", number.encode()))["body"])
    assert (answer["outcome"], answer["type"]) == ("done", "lotstream.hold.placed.v1")

    lot = ("L2", "--owner", owners[0], "--id", "H-2")
    held = await run_lotstream(hub_settings, "lot", "hold", *lot, "--reason", "Taste")
    assert (held.code, held.out, held.err, await reserved(client, owners[0])) == (0, "done\n", "", {})
    unknown = await run_lotstream(hub_settings, "lot", "hold", "L-NO", *lot[1:])
    assert (unknown.code, "was refused (unknown_lot, lot)" in unknown.err) == (ExitCode.INPUT, True)
    lifted = await run_lotstream(hub_settings, "lot", "release", *lot)
    assert (lifted.code, lifted.out, await reserved(client, owners[0])) == (0, "done\n", {"L2": 2})

    refused = await run_lotstream(hub_settings, "location", "release", site, "X", "--id", "H-1")
    assert refused.code == ExitCode.INPUT
    assert "was refused (unknown_location, location): X of HOLDS is not known; check its name." in refused.err
    for made in (("define", site, "X"), ("hold", site, "X", "--id", "H-1"), ("release", site, "X", "--id", "H-1")):
        ran = await run_lotstream(hub_settings, "location", *made, "--wait", "30")
        assert (ran.code, ran.err) == (0, ""), "what was refused before is decided anew"


async def test_orders_wait_for_their_day_and_end_with_their_last(client: HubClient, hub_settings: Settings) -> None:
    """An order that leaves too far ahead is let in by its day, though nobody touches its owner, and one ends by it."""
    owner, site = uuid4().hex, "AHEAD"
    await told(hub_settings, "site.defined", f"{site}/1", {"site": site, "calendar": "scripted"})
    await told(hub_settings, "day.opened", f"{site}/1", {"site": site, "date": "2026-03-10"})
    await client.send("settings.changed", {"owner": owner, "sites": [site], "allocate_days_ahead": 7})
    await client.send("item.defined", {"owner": owner, "sku": "SOAP"})
    lot = {"line": "1", "sku": "SOAP", "lot": "L1", "quantity": "5", "location": "A", "expires": "2026-09-01"}
    await client.send("balance.opened", {"owner": owner, "site": site, "balance": "B-1", "lines": [lot]})
    order = {"owner": owner, "source": "shop", "lines": [{"line": "1", "sku": "SOAP", "quantity": "4"}]}
    await client.send("order.placed", {**order, "order": "FAR", "ship_date": "2026-03-20"})
    await client.send("order.placed", {**order, "order": "LATE", "cancel_after": "2026-03-09"})
    assert await reserved(client, owner) == {}
    states = 'SELECT "order", state FROM sales_order WHERE owner = $1 ORDER BY "order"'
    assert [tuple(row.values()) for row in await client.rows(states, owner)] == [
        ("FAR", "received"),
        ("LATE", "cancelled"),
    ]

    await told(hub_settings, "day.opened", f"{site}/2", {"site": site, "date": "2026-03-13"})
    await client.row("SELECT FROM stock WHERE owner = $1 AND reserved = 4", owner)
    assert [tuple(row.values()) for row in await client.rows(states, owner)] == [
        ("FAR", "allocated"),
        ("LATE", "cancelled"),
    ]
