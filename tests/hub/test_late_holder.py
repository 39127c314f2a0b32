"""A late holder decides a backlog under the last date it was told, and shows no pick task of it meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, cast

from lotstream.contracts.topics import INBOUND
from lotstream.hub.hub import Hub
from lotstream.hub.records import Polled
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.rows import Batch
from tests.hub.small_hub import SITE, SmallHub, SmallWorker, order, owners_in, stock


def deadly(error: BaseException) -> None:
    """End the test as the worker would end."""
    raise error


class LateHub:
    """A worker's heart on a small hub's log, whose relay writes down which partitions are kept back."""

    def __init__(self, small: SmallHub, worker: SmallWorker) -> None:
        self._worker = worker
        self.hub = Hub(
            Settings(), small.store, Log(1, small.partitions), worker.ledgers, kafka=cast(Any, None),
            topic=INBOUND.name, die=deadly,
        )  # fmt: skip
        self.hub.states.update(worker.states)
        cast(Any, self.hub.relay).put = self._put
        #: Per batch, the topics of its messages and the partitions that are kept back.
        self.handed_over: list[tuple[set[str], set[int]]] = []

    async def _put(self, batch: Batch, *, kept_back: Collection[int]) -> None:
        self.handed_over.append(({row.topic for row in batch.outbox}, set(kept_back)))

    async def decide(self) -> None:
        """Decide what the log holds."""
        await self.hub.clock.sync()
        await self.hub.process(Polled(self._worker.poll(), self.hub.epochs(), 0.0))


async def test_a_backlog_of_yesterday_shows_no_pick_task_until_today_is_decided() -> None:
    """Orders decided under an earlier date than today's are kept back, and go when today's day.opened is decided."""
    small = SmallHub()
    worker = await small.start(0)
    await small.tell("site.defined", f"{SITE}/1", {"site": SITE, "time_zone": "America/Toronto"})
    await worker.settle()
    (owner,) = owners_in(0, 1)
    stock(small, owner, [("L1", "2026-09-01"), ("L2", "2026-12-01")])
    await worker.settle()

    order(small, owner, 1)
    small.now = small.append_time = small.now + timedelta(days=1)
    late = LateHub(small, worker)
    await late.decide()
    assert small.reserved(owner) == {"L1": 1}
    [(topics, kept_back)] = late.handed_over
    assert "lotstream.pick-tasks" in topics
    assert kept_back == {0}

    await worker.look()
    await late.decide()
    assert late.handed_over[-1][1] == set()
    await worker.look()
    await late.decide()
    assert small.reserved(owner) == {"L2": 1}


async def test_a_scripted_site_keeps_nothing_back() -> None:
    """A site whose days are opened by hand is never late, whatever the clock says."""
    small = SmallHub()
    worker = await small.start(0)
    await small.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await worker.settle()
    (owner,) = owners_in(0, 1)
    stock(small, owner, [("L2", "2026-12-01")])
    order(small, owner, 1)
    small.now = small.append_time = small.now + timedelta(days=9)
    late = LateHub(small, worker)
    await late.decide()
    assert [kept_back for _, kept_back in late.handed_over] == [set()]
