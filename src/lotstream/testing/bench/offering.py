"""Offering orders at a steady pace, as a process of its own: ``python -m lotstream.testing.bench.offering JSON``.

Every order has the time at which it is due, whatever became of those before it: a system that stalls is not spared the
orders that would have come meanwhile, and their waiting counts (Gil Tene's "coordinated omission" is leaving it out).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer

from lotstream.testing.load import Load, orders

#: Between the end of the preparation and the first order, in seconds.
HEAD_START_S = 0.5


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, to whom, how fast, and where it is written down."""

    bootstrap: str
    load: Load
    per_s: float
    #: Where the times go, as JSON.
    times: Path

    def as_argument(self) -> str:
        """Return the offer as the program's argument."""
        return msgspec.json.encode({**asdict(self), "times": str(self.times)}).decode()


@dataclass(frozen=True, slots=True)
class Times:
    """When each order was due, and when the broker appended it, in milliseconds of the wall clock, by order number."""

    due_ms: list[float]
    appended_ms: list[float]
    #: When the first and the last were handed to the producer, in seconds of the monotonic clock.
    began_s: float
    ended_s: float
    #: Processor seconds of the generator while it sent.
    cpu_s: float

    @property
    def sent_per_s(self) -> float:
        """Return the pace that was kept."""
        return (len(self.due_ms) - 1) / max(self.ended_s - self.began_s, 1e-9)


async def offer(offered: Offer) -> Times:
    """Send all orders of a load, each when it is due, and return when they were due and appended."""
    records = list(orders(offered.load))
    appended_ms = [0.0] * len(records)
    producer = AIOKafkaProducer(bootstrap_servers=offered.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        used_s = time.process_time()
        first_s = time.monotonic() + HEAD_START_S
        wall_ms = (time.time() + HEAD_START_S) * 1000
        sending: list[asyncio.Future[Any]] = []
        handed_s = [0.0] * len(records)
        for number, record in enumerate(records):
            await asyncio.sleep(max(0.0, first_s + number / offered.per_s - time.monotonic()))
            handed_s[number] = time.monotonic()
            sent = await producer.send(record.topic, record.value, record.key, headers=list(record.headers))
            sent.add_done_callback(partial(_note, appended_ms, number))
            sending.append(sent)
        await asyncio.gather(*sending)
    finally:
        await producer.stop()
    due_ms = [wall_ms + number / offered.per_s * 1000 for number in range(len(records))]
    return Times(due_ms, appended_ms, handed_s[0], handed_s[-1], time.process_time() - used_s)


def _note(appended_ms: list[float], number: int, sent: asyncio.Future[Any]) -> None:
    if sent.exception() is None:
        appended_ms[number] = float(sent.result().timestamp)


def read_times(path: Path) -> Times:
    """Return the times that a process has written down."""
    return Times(**json.loads(path.read_text("utf-8")))


def main() -> None:
    """Offer what the first argument says and write the times down."""
    offered = msgspec.json.decode(sys.argv[1].encode(), type=Offer, dec_hook=lambda kind, value: kind(value))
    offered.times.write_text(json.dumps(asdict(asyncio.run(offer(offered)))), "utf-8")


if __name__ == "__main__":
    main()
