"""Long decisions of the simulation: they take made-up time, and everybody else goes on before and after them.

What a thread changes bit by bit is changed here at one moment; that nobody else looks at it meanwhile is tried with
real threads (`tests/hub/test_aside.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

QUICK_S: Final = (0.0002, 0.004)
"""Shortest and longest time that half of a decision takes, in seconds."""

SLOW_S: Final = (1.0, 8.0)
"""The same for the one in `SLOW_ONE_IN` that takes longer than a session lasts."""

SLOW_ONE_IN: Final = 1_500


class MadeUpThread:
    """Does the work in the middle of a time drawn by lot."""

    #: Owners of the simulation are small: any that has something is large.
    orders_min = 4

    def __init__(self, random: Random) -> None:
        self._random = random

    async def run(self, work: Callable[[], T]) -> T:
        """Do a piece of work some time from now, and return what it returns some time later."""
        await asyncio.sleep(self._half_s())
        done = work()
        await asyncio.sleep(self._half_s())
        return done

    def _half_s(self) -> float:
        slow = self._random.randrange(SLOW_ONE_IN) == 0
        return self._random.uniform(*(SLOW_S if slow else QUICK_S))
