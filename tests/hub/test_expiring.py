"""Owners whose lots expire are looked at when a day turns, though nobody touches them and nothing is ordered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.replayed import differences
from tests.hub.small_hub import SITE, SmallHub, SmallWorker, a_site, owners_in, stock

LOTS = [("L1", "2026-09-11"), ("L2", "2026-12-01")]


async def turn(hub: SmallHub, worker: SmallWorker, day: str) -> None:
    """Let a day begin, and everything follow from it."""
    await hub.tell("day.opened", f"{SITE}/{day}", {"site": SITE, "date": day})
    await worker.settle()


def alerts(hub: SmallHub, owner: str) -> list[tuple[Any, ...]]:
    """What people were told of an owner's lots."""
    told = [body for body in hub.told(topic="lotstream.alerts") if body["owner"] == owner]
    return [(one["alert"], one["about"]["lot"], one["about"].get("days")) for one in told]


async def house(*, killed: bool) -> tuple[SmallHub, list[str]]:
    """Four owners with two lots each, over ten days, a jump and two more days; workers die in between."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    owners = owners_in(0, 2) + owners_in(1, 2)
    for owner in owners:
        hub.send("settings.changed", {"owner": owner, "expiry_alert_days": [5, 60], "unsellable_alert_days": [3]})
        stock(hub, owner, LOTS)
        hub.send("customer.defined", {"owner": owner, "customer": "C-7", "min_days_left": 80})
    await worker.settle()
    for day in ("2026-09-06", "2026-09-10", "2026-10-20", "2026-10-21"):
        if killed:
            await hub.tell("day.opened", f"{SITE}/{day}", {"site": SITE, "date": day})
            await worker.look()
            await worker.decide(records_max=1)
            worker = await hub.start()
        await turn(hub, worker, day)
    return hub, owners


@pytest.mark.parametrize("killed", [False, True])
async def test_every_owner_is_told_once_of_every_threshold(killed: bool) -> None:
    """Two thresholds of L1 with the first turn, that C-7 has long been unable to get it too; then L2 for C-7 in 3 days.

    The jump passes the end of L1, and 60 days before that of L2: it is told 42 days before.
    """
    hub, owners = await house(killed=killed)
    told = [
        ("expiry", "L1", "5"), ("unsellable", "L1", "-74"), ("unsellable", "L2", "3"), ("expired", "L1", None),
        ("expiry", "L2", "42"),
    ]  # fmt: skip
    assert [alerts(hub, owner) for owner in owners] == [told] * len(owners)
    kpis = {(row["owner"], row["day"].isoformat()): row["expired"] for row in hub.rows("kpi")}
    assert kpis == {(owner, "2026-10-20"): 100 for owner in owners}


async def test_what_was_told_follows_from_the_journal() -> None:
    """Marks of lots and what was counted are the same when the journal is played again; the history has its end."""
    hub = SmallHub(partitions=1)
    worker = await hub.start()
    await a_site(hub, worker)
    hub.send("settings.changed", {"owner": "acme", "expiry_alert_days": [5]})
    stock(hub, "acme", LOTS)
    await worker.settle()
    for day in ("2026-09-07", "2026-09-12"):
        await turn(hub, worker, day)
    assert alerts(hub, "acme") == [("expiry", "L1", "4"), ("expired", "L1", None)]
    (over,) = hub.rows("lot_history", kind="expired")
    assert (over["lot"], over["document"], over["number"], over["quantity"]) == ("L1", "site", SITE, 0)
    assert list(differences(hub, "acme")) == []


async def test_owners_without_dates_are_not_looked_at() -> None:
    """Whose goods never expire costs nothing when a day turns: no record is written for it."""
    hub = SmallHub()
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    hub.send("item.defined", {"owner": owner, "sku": "SOAP"})
    lines = [{"line": "1", "sku": "SOAP", "lot": "L1", "quantity": 9, "location": "BIN"}]
    hub.send("balance.opened", {"owner": owner, "site": SITE, "balance": "B-1", "lines": lines})
    await worker.settle()
    await turn(hub, worker, "2026-09-02")
    assert hub.intake(type="lotstream.day.continued.v1") == []
