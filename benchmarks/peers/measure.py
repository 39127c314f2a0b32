"""How fast a peer is: its position is looked at while it drains the log, and the first part does not count.

The first part is a fifth of the orders or, for who is slower than that, the first seconds after something moved:
programs are compiled while they run, caches fill, groups settle.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.peers.peer import Peer
from benchmarks.peers.program import PeerFailed
from lotstream.testing.bench.processors import between

#: Share of the orders that does not count, and the longest that this may last, in seconds.
WARM_SHARE = 0.2
WARM_S_MAX = 10.0
LOOK_EVERY_S = 0.1
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
    watch = Watch(total)
    moved = time.monotonic()
    while True:
        done = await peer.done()
        now = time.monotonic()
        if done > watch.done:
            moved = now
            watch.see(now, done, peer.cpu_s)
        time_up = watch.begun(now) > seconds_max
        if done >= total or time_up:
            return watch.speed(moved, peer.cpu_s(), cut_short=time_up and done < total)
        if now - moved > STALLED_S:
            raise PeerFailed(f"No progress for {STALLED_S:.0f} s at {done} of {total}:\n{peer.last_words()}")
        await asyncio.sleep(LOOK_EVERY_S)


class Watch:
    """What was seen of a run; processor times, which cost more to read than positions, only where they are needed."""

    def __init__(self, total: int) -> None:
        self.done = 0
        self._total = total
        self._first: Sample | None = None
        #: The end of the first part.
        self._warm: Sample | None = None

    def begun(self, now: float) -> float:
        """Return the seconds since something moved first."""
        return 0.0 if self._first is None else now - self._first.at

    def see(self, now: float, done: int, cpu_s: Callable[[], Mapping[str, float]]) -> None:
        """Take note of progress."""
        self.done = done
        if self._first is None:
            self._first = Sample(now, done, cpu_s())
        elif self._warm is None and (done >= self._total * WARM_SHARE or self.begun(now) >= WARM_S_MAX):
            self._warm = Sample(now, done, cpu_s())

    def speed(self, last: float, cpu_s: Mapping[str, float], *, cut_short: bool) -> Speed | None:
        """Return the speed from the end of the first part, or from the beginning when nothing came after it.

        ``last`` is when something moved last. None where all came at one moment.
        """
        for begin in (self._warm, self._first):
            if begin is not None and self.done > begin.done:
                orders, seconds = self.done - begin.done, last - begin.at
                return Speed(orders, seconds, between(begin.cpu_s, cpu_s), cut_short)
        return None
