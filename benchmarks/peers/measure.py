"""How fast a peer is: its position is looked at while it drains the log, and the first part does not count.

The first part is a fifth of the orders or, for who is slower than that, the first seconds after something moved:
programs are compiled while they run, caches fill, groups settle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.peers.peer import Peer
from benchmarks.peers.program import PeerFailed
from lotstream.testing.bench.processors import between

#: Share of the orders that does not count, and the longest that this may last, in seconds.
WARM_SHARE = 0.2
WARM_S_MAX = 10.0
LOOK_EVERY_S = 0.05
#: Longest without any progress, start included, in seconds.
STALLED_S = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How far a peer was at one moment."""

    at: float
    done: int
    #: Processor seconds so far, by program: worker, kafka, postgres.
    cpu_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run came to after its first part."""

    orders: int
    seconds: float
    cpu_s: Mapping[str, float]
    #: True when the time was up before all orders were done.
    cut_short: bool

    @property
    def orders_per_s(self) -> float:
        """Orders per second."""
        return self.orders / self.seconds

    def cpu_us(self, program: str) -> float:
        """Return the processor time of a program per order, in microseconds."""
        return self.cpu_s[program] / self.orders * 1e6


async def drain(peer: Peer, *, total: int, seconds_max: float) -> Speed | None:
    """Watch a started peer until all is done or its time is up; raises `PeerFailed` when nothing moves.

    Returns None where too few orders were done too quickly to say how fast.
    """
    samples: list[Sample] = []
    moved = time.monotonic()
    while True:
        done = await peer.done()
        now = time.monotonic()
        if done > (samples[-1].done if samples else 0):
            samples.append(Sample(now, done, peer.cpu_s()))
            moved = now
        if done >= total:
            return speed(samples, total=total, cut_short=False)
        if samples and now - samples[0].at > seconds_max:
            return speed(samples, total=total, cut_short=True)
        if now - moved > STALLED_S:
            raise PeerFailed(f"No progress for {STALLED_S:.0f} s at {done} of {total}:\n{peer.last_words()}")
        await asyncio.sleep(LOOK_EVERY_S)


def speed(samples: list[Sample], *, total: int, cut_short: bool) -> Speed | None:
    """Return the speed between the end of the first part and the last progress; None where all came at one moment."""
    warm = next(
        sample
        for sample in samples
        if sample.done >= total * WARM_SHARE or sample.at - samples[0].at >= WARM_S_MAX or sample is samples[-1]
    )
    if warm is samples[-1]:
        # All of it came at once, or the time was up at once: then everything counts that was seen to move.
        warm = samples[0]
    last = samples[-1]
    if last.done == warm.done:
        return None
    return Speed(last.done - warm.done, last.at - warm.at, between(warm.cpu_s, last.cpu_s), cut_short)
