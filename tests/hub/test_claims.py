"""Giving claims back and having them again: what a worker may still do with what it holds in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lotstream.domain.ledger import Ledger, Sites
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.broadcasts import Broadcasts
from lotstream.hub.claim import Claims
from lotstream.hub.clock import Clock
from lotstream.hub.state import PartitionState
from lotstream.settings import Settings
from lotstream.store.claim import Claim, Log
from lotstream.store.rows import Broadcast, OwnerSize
from tests.hub.test_relay import a_claim

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Seam:
    """The few answers of a database that these tests need."""

    def __init__(self) -> None:
        self.released: list[int] = []

    async def now(self) -> datetime:
        return NOW

    async def release_claim(self, claim: Claim, *, relay_position: int) -> bool:
        self.released.append(claim.partition)
        return True

    async def owner_sizes(self, owners: list[str]) -> dict[str, OwnerSize]:
        return dict.fromkeys(owners, OwnerSize())

    async def ledgers(self, owners: dict[str, Sites]) -> dict[str, Ledger]:
        return {owner: Ledger(owner, sites) for owner, sites in owners.items()}

    async def broadcasts(self, *, after: int, limit: int) -> list[Broadcast]:
        return [Broadcast(number, "t.v1", str(number), b"{}") for number in range(after + 1, 4)]


class SlowRelay:
    """A relay that says when it is asked to finish and does so when it may."""

    def __init__(self) -> None:
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def finish(self) -> None:
        self.asked.set()
        await self.may.wait()

    def position(self, partition: int) -> int:
        return 7


async def test_nothing_is_held_any_more_while_claims_are_given_back() -> None:
    """From the moment partitions are given back no batch of theirs is taken up, though the relay is still at work."""
    store: Any = Seam()
    relay: Any = SlowRelay()
    states = {0: PartitionState(a_claim(0, 7), Sites())}
    unused: Any = None
    claims = Claims(
        store, relay, unused, ledgers=unused, states=states, log=Log(1, 8), clock=Clock(store, skew_max_s=1)
    )
    releasing = asyncio.create_task(claims.release())
    await relay.asked.wait()
    assert (states, store.released) == ({}, [])
    relay.may.set()
    await releasing
    assert store.released == [0]


async def test_an_owner_kept_in_memory_is_decided_by_its_partitions_present_state() -> None:
    """After sites were read again, owners that stayed in memory are shown the new ones and not what was before."""
    app = build_app(Settings())
    app.finalize()
    ledgers, store = ledger_store(app), Seam()
    before, now = Sites(), Sites(today={"NORTH": NOW.date()})
    source: Any = store
    await ledgers.need({"acme": before}, source=source)
    await ledgers.need({"acme": now, "other": now}, source=source)
    assert ledgers["acme"].sites is now
    assert ledgers["other"].sites is now


class ListeningAppender:
    """An appender that writes down the numbers it is given, and lets the claim change after the first."""

    def __init__(self, after_first: Callable[[], None]) -> None:
        self.sent: list[str] = []
        self._after_first = after_first

    async def append(self, *_: object, headers: list[tuple[str, bytes]], **__: object) -> None:
        self.sent.append(dict(headers)["ce_id"].decode())
        if len(self.sent) == 1:
            self._after_first()


async def test_a_claim_taken_in_the_middle_of_a_round_misses_no_number() -> None:
    """A partition given back and taken again while numbers are appended gets every number above its new claim's."""
    store: Any = Seam()
    states = {0: PartitionState(a_claim(0, 7), Sites())}
    again = PartitionState(replace(a_claim(0, 7), epoch=2), Sites())
    clock = Clock(store, skew_max_s=1)
    await clock.sync()
    appender: Any = ListeningAppender(lambda: states.update({0: again}))
    unasked: Any = None
    broadcasts = Broadcasts(store, clock, states, appender=appender, continuing=unasked, timeout_s=5.0)
    await broadcasts._append_all()
    assert appender.sent == ["1/0"]
    await broadcasts._append_all()
    assert appender.sent == ["1/0", "1/0", "2/0", "3/0"]
