"""How long an order takes from the log to a pick task that a read_committed reader has, at a steady pace of orders.

The generator is a process of its own and keeps its pace whatever the hub does; the reader notes when it first has a
pick task of each order. Workers, reader and generator run for a moment before the orders that count. Each round has
owners of its own, so that each begins with the same stock and no open orders.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from lotstream.contracts.topics import PICK_TASKS
from lotstream.testing.bench.batches import batches
from lotstream.testing.bench.figures import LatencyRound, spread
from lotstream.testing.bench.hub import STALLED_S, BenchHub, BenchStalled
from lotstream.testing.bench.offering import Offer, Times, read_times
from lotstream.testing.bench.processors import between
from lotstream.testing.load import Load


async def latency_rounds(
    hub: BenchHub, load: Load, *, workers: int, rounds: int, offered: Sequence[float], seconds: float,
    warm_up_s: float, tell: Callable[[str], None],
) -> list[LatencyRound]:  # fmt: skip
    """Measure rounds of every pace, the paces one after the other in each; raises `BenchStalled`."""
    paces = [(n, per_s) for n in range(1, rounds + 1) for per_s in offered]
    loads = [
        replace(
            load, orders=math.ceil(per_s * (seconds + warm_up_s)),
            owner_prefix=f"pace{n}-{per_s:g}", source=f"pace{n}-{per_s:g}",
        )
        for n, per_s in paces
    ]  # fmt: skip
    tell("loading items and stock")
    await hub.prepare(loads)
    done = []
    for (number, per_s), this in zip(paces, loads, strict=True):
        tell(f"{workers} workers: round {number}, {per_s:g} orders/s for {seconds:g} s")
        offer = Offer(hub.settings.kafka_bootstrap, this, per_s, hub.folder / "times.json")
        done.append(await latency_round(hub, offer, workers=workers, warm_up_s=warm_up_s))
    return done


async def latency_round(hub: BenchHub, offered: Offer, *, workers: int, warm_up_s: float) -> LatencyRound:
    """Offer orders at one pace and measure those after the warm-up."""
    skipped = min(int(offered.per_s * warm_up_s), offered.load.orders - 1)
    async with hub.workers(workers), pick_task_times(hub) as first_seen_ms:
        since, cpu_s = datetime.now(UTC), hub.cpu_s()
        times = await _offer(offered)
        await _all_seen(first_seen_ms, offered.load.orders)
        used_s, until = between(cpu_s, hub.cpu_s()), datetime.now(UTC)
    used_s["bench"] = round(used_s["bench"] + times.cpu_s, 3)
    counted = range(skipped, offered.load.orders)
    return LatencyRound(
        workers=workers,
        offered_per_s=offered.per_s,
        sent_per_s=times.sent_per_s,
        orders=len(counted),
        from_append=spread([first_seen_ms[f"O-{n}"] - times.appended_ms[n] for n in counted]),
        from_schedule=spread([first_seen_ms[f"O-{n}"] - times.due_ms[n] for n in counted]),
        batches=batches(hub.logs, since=since, until=until),
        cpu_s=used_s,
    )


@asynccontextmanager
async def pick_task_times(hub: BenchHub) -> AsyncIterator[dict[str, float]]:
    """Give a dict that fills with when the first pick task of each order was readable, in wall clock milliseconds."""
    first_seen_ms: dict[str, float] = {}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=hub.settings.kafka_bootstrap, isolation_level="read_committed", enable_auto_commit=False,
        auto_offset_reset="latest",
    )  # fmt: skip
    await consumer.start()
    try:
        partitions = [TopicPartition(PICK_TASKS.name, n) for n in range(hub.settings.outgoing_partitions)]
        consumer.assign(partitions)
        for partition in partitions:
            await consumer.position(partition)
        reading = asyncio.create_task(_read(consumer, first_seen_ms))
        yield first_seen_ms
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    finally:
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, first_seen_ms: dict[str, float]) -> None:
    while True:
        found = await consumer.getmany(timeout_ms=1000)
        now_ms = time.time() * 1000
        for records in found.values():
            for record in records:
                first_seen_ms.setdefault(record.key.decode(), now_ms)


async def _offer(offered: Offer) -> Times:
    generator = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lotstream.testing.bench.offering", offered.as_argument()
    )
    if code := await generator.wait():
        raise BenchStalled(f"The generator ended with {code}.")
    return await asyncio.to_thread(read_times, offered.times)


async def _all_seen(first_seen_ms: dict[str, float], orders: int) -> None:
    last, moved = -1, time.monotonic()
    while (seen := len(first_seen_ms)) < orders:
        now = time.monotonic()
        if seen > last:
            last, moved = seen, now
        if now - moved > STALLED_S:
            raise BenchStalled(f"Pick tasks of {seen} of {orders} orders were seen.")
        await asyncio.sleep(0.05)
