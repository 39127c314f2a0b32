"""A call that is held up on its way until somebody else has made another: what a late writer writes, at its worst.

Whoever made it is stopped, or cut off from the group, so that a successor comes; then the late call arrives in the
middle of the succession, right after the one step that was named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from lotstream.testing.simulation.loop import SimulatedLoop

LATE: Final = (
    *("end transaction", "end transaction", "end transaction", "take_claim", "take_claim", "take_claim"),
    *("commit", "commit", "release_claim", "note_relay_position", "send", "note", "append"),
)
"""Calls that are held up; those that a take-over must not miss more often than others."""

UNTIL: Final = (
    *("positions", "positions", "positions", "take_claim", "take_claim", "take_claim"),
    *("claims", "initialise", "look", "commit", "join"),
)
"""Calls of somebody else right after which they arrive."""

HELD_S: Final = 25.0
"""Longest a call is held up, in seconds."""


class Late:
    """Holds calls up, each until somebody else has made another."""

    def __init__(self, loop: SimulatedLoop, random: Random, *, only: tuple[str, str] | None = None) -> None:
        """Hold up whatever is drawn; with ``only`` no other call than that, until no other than that."""
        self._loop = loop
        self._random = random
        self._only = only
        #: The calls to hold up, until which other, and what is done to whoever makes it.
        self._armed: list[tuple[str, str, Callable[[str], None]]] = []
        #: Whose calls are held up, until which other.
        self._held: dict[asyncio.Future[None], tuple[str, str]] = {}

    def arm(self, strike: Callable[[str], None]) -> None:
        """Hold up the next call of a kind; ``strike`` is called with the name of the process that makes it."""
        call, until = self._only or (self._random.choice(LATE), self._random.choice(UNTIL))
        self._armed.append((call, until, strike))

    def leaves(self, who: str, what: str) -> asyncio.Future[None] | None:
        """Hear of a call as it is made; returns what it has to wait for, or None."""
        armed = next((one for one in self._armed if what.startswith(one[0])), None)
        if armed is None:
            return None
        self._armed.remove(armed)
        _, until, strike = armed
        held = self._loop.create_future()
        self._held[held] = who, until
        # Not here: whoever calls is in the middle of a step. And not as a part of it, which may be stopped.
        self._loop.call_soon(strike, who, context=self._loop.outside())
        self._loop.call_later(HELD_S, self._let_go, held, context=self._loop.outside())
        return held

    def heard(self, who: str, what: str) -> None:
        """Hear of a call that was done: what waits for it arrives."""
        for held, (caller, until) in list(self._held.items()):
            if who != caller and what.startswith(until):
                self._let_go(held)

    def stop(self) -> None:
        """Let everything arrive."""
        self._armed.clear()
        for held in list(self._held):
            self._let_go(held)

    def _let_go(self, held: asyncio.Future[None]) -> None:
        if self._held.pop(held, None) is not None:
            held.set_result(None)
