"""How many orders a second the whole path takes: from records in the log to messages a reader sees.

A round loads its orders into the log while no worker runs, then starts the workers; so the producer does not compete
for the processors, and the figure is what a backlog drains at. The clock starts when every worker holds its partitions
and has run for a moment, and stops with the last message published. Each round has owners of its own, so that each
begins with the same stock and no open orders.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lotstream.errors import InputRefused
from lotstream.store.measuring import read_written
from lotstream.testing.bench.batches import batches
from lotstream.testing.bench.figures import DrainRound
from lotstream.testing.bench.hub import BenchHub
from lotstream.testing.bench.processors import between
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, orders

#: How much more than the expected orders a round gets, so that it lasts as long as asked for: the unmeasured round
#: before the first is slower than those after it, and rounds differ.
MARGIN_FIRST = 2.0
MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class Length:
    """How long a round lasts: an exact number of orders, or enough of them for so many seconds."""

    orders: int | None
    seconds: float
    #: How long the workers run before the clock starts, in seconds.
    warm_up_s: float

    def orders_for(self, per_s: float, margin: float) -> int:
        """Return how many orders a round needs at an expected speed."""
        return self.orders or math.ceil(per_s * margin * (self.seconds + self.warm_up_s))


async def drain_rounds(
    hub: BenchHub, load: Load, *, workers: int, rounds: int, length: Length, tell: Callable[[str], None]
) -> list[DrainRound]:
    """Drain rounds of orders, one unmeasured round before them; raises `BenchStalled` when nothing moves."""
    loads = [replace(load, owner_prefix=f"drain{n}", source=f"drain{n}") for n in range(rounds + 1)]
    tell("loading items and stock")
    await hub.prepare(loads)
    tell(f"{workers} workers: a round before the first, {load.orders} orders")
    first = await drain(hub, loads[0], workers=workers, warm_up_s=0.0)
    done: list[DrainRound] = []
    for number in range(1, rounds + 1):
        fastest = max(one.published_per_s for one in (done or [first]))
        count = length.orders_for(fastest, MARGIN if done else MARGIN_FIRST)
        tell(f"{workers} workers: round {number}, {count} orders")
        this = replace(loads[number], orders=count)
        done.append(await drain(hub, this, workers=workers, warm_up_s=length.warm_up_s))
    return done


async def drain(hub: BenchHub, load: Load, *, workers: int, warm_up_s: float) -> DrainRound:
    """Load orders into the log and run workers until all is decided and published."""
    await produce(hub.settings.kafka_bootstrap, orders(load))
    end = await hub.log_end()
    before = await read_written(hub.settings.postgres_url)
    async with hub.workers(workers):
        await asyncio.sleep(warm_up_s)
        began_published, began = await hub.published(), await hub.mark()
        since, cpu_s = datetime.now(UTC), hub.cpu_s()
        if began.records >= end:
            raise InputRefused("The round was over before its clock started; use more --orders or less --warm-up.")
        decided = await hub.decided_to(end)
        published = await hub.published_to(end)
        used_s, until = between(cpu_s, hub.cpu_s()), datetime.now(UTC)
    return DrainRound(
        workers=workers,
        orders=load.orders,
        decided=end - began.records,
        decided_s=decided.at_s - began.at_s,
        published=end - began_published,
        published_s=published.at_s - began.at_s,
        batches=batches(hub.logs, since=since, until=until),
        cpu_s=used_s,
        written=(await read_written(hub.settings.postgres_url)).since(before),
    )
