"""Calls between processes and servers: how long they take, and what becomes of them on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final, TypeVar, cast

from lotstream.testing.simulation.awaits import Phase, call_place
from lotstream.testing.simulation.loop import Process, SimulatedLoop

T = TypeVar("T")
Does = Callable[[], "T | asyncio.Future[T]"]
"""What a server does; when it gives a future, the answer is sent when that is done."""

QUICK_S: Final = (0.0004, 0.004)
"""Shortest and longest way of a message in fair weather, in seconds."""

SLOW_S: Final = (0.05, 2.0)
"""The same for the one message in `SLOW_ONE_IN` that takes its time."""

SLOW_ONE_IN: Final = 60


@dataclass(slots=True)
class Weather:
    """How a server is doing; all of it is fair at first."""

    #: Chance that a call fails and nothing is done.
    failing: float = 0.0
    #: Chance that a call is done and its answer never comes.
    losing: float = 0.0
    #: How many times longer than usual everything takes.
    slower: float = 1.0
    down: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call on its way."""

    process: Process
    what: str
    does: Does[Any]
    answer: asyncio.Future[Any]
    #: When the caller gives up.
    until: float


class Server:
    """A server that processes call; what it does is done at one moment, and everybody sees it from then on."""

    def __init__(
        self, name: str, loop: SimulatedLoop, random: Random, *, limit_s: float, error: Callable[[str], Exception]
    ) -> None:
        self.name = name
        self.weather = Weather()
        #: Called after each thing done with (who, what, result or exception); tells whether the answer is lost.
        self.on_done: Callable[[str, str, object], bool] = lambda *_: False
        #: Called with each call as it is made: (who, what); returns what it has to wait for on its way, or None.
        self.on_leaving: Callable[[str, str], asyncio.Future[None] | None] = lambda *_: None
        #: Called whenever a call of a process is somewhere else: on its way, or done and not answered.
        self.on_place: Callable[[Process, str], None] = lambda *_: None
        #: Called with each call that fails while somebody waits for it: (process, what, why).
        self.on_failed: Callable[[Process, str, str], None] = lambda *_: None
        self._loop = loop
        self._random = random
        self._limit_s = limit_s
        self._error = error

    async def call(self, process: Process, what: str, does: Does[T], *, after: asyncio.Future[None] | None = None) -> T:
        """Have something done for a process and return its result, or raise what it raised.

        Raises the server's own error when a call or its answer is lost, or takes longer than the limit. The call does
        not arrive before ``after`` is done.
        """
        if process.gone:
            raise asyncio.CancelledError
        there_s = self._way_s()
        call = _Call(process, what, does, self._loop.create_future(), self._loop.time() + self._limit_s)
        self._is(call, Phase.ON_ITS_WAY)
        after = after or self.on_leaving(process.name, what)
        if after is not None:
            arrive = partial(self._later, there_s, self._arrived, call)
            after.add_done_callback(lambda _: arrive(), context=self._loop.outside())
        elif self.weather.down or self._random.random() < self.weather.failing:
            self._later(min(there_s, self._limit_s), self._fail, call, "refused")
        else:
            self._later(there_s, self._arrived, call)
            if there_s > self._limit_s:
                self._later(self._limit_s, self._fail, call, "too slow")
        try:
            return cast(T, await call.answer)
        finally:
            process.calls.pop(id(call), None)

    def _is(self, call: _Call, phase: Phase) -> None:
        place = call_place(self.name, call.what, phase)
        call.process.calls[id(call)] = place
        self.on_place(call.process, place)

    def _arrived(self, call: _Call) -> None:
        if self.weather.down:
            self._fail(call, "gone")
            return
        try:
            result, error = call.does(), None
        except Exception as raised:  # noqa: BLE001 - whatever it is, the caller gets it
            result, error = None, raised
        if id(call) in call.process.calls and not isinstance(result, asyncio.Future):
            self._is(call, Phase.DONE)
        lost = self.on_done(call.process.name, call.what, error or result)
        if lost:
            self._lose(call)
        elif isinstance(result, asyncio.Future):
            result.add_done_callback(lambda done: self._answer(call, done.result()), context=self._loop.outside())
        else:
            self._answer(call, result, error)

    def _answer(self, call: _Call, result: object, error: Exception | None = None) -> None:
        left_s, back_s = max(call.until - self._loop.time(), 0.0), self._way_s()
        if self._random.random() < self.weather.losing:
            self._lose(call)
        elif back_s > left_s:
            self._later(left_s, self._fail, call, "too slow")
        else:
            self._later(back_s, _settle, call.answer, result, error)

    def _lose(self, call: _Call) -> None:
        """Let the answer never come: its caller hears of a lost connection, or gives up waiting."""
        left_s = max(call.until - self._loop.time(), 0.0)
        self._later(self._random.uniform(0, left_s), self._fail, call, "answer lost")

    def _fail(self, call: _Call, why: str) -> None:
        if not call.answer.done():
            self.on_failed(call.process, f"{self.name} {call.what}", why)
        _settle(call.answer, None, self._error(f"{self.name}: {why}"))

    def _way_s(self) -> float:
        between = SLOW_S if self._random.randrange(SLOW_ONE_IN) == 0 else QUICK_S
        return self._random.uniform(*between) * self.weather.slower

    def _later(self, delay_s: float, does: Callable[..., None], *args: object) -> None:
        self._loop.call_later(delay_s, does, *args, context=self._loop.outside())


def _settle(answer: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(result)
    else:
        answer.set_exception(error)


class DirectServer(Server):
    """A server without a network: what is asked is done at once."""

    def __init__(self) -> None:
        """Need nothing."""

    async def call(self, process: Process, what: str, does: Does[T], *, after: asyncio.Future[None] | None = None) -> T:
        """Do it; raises what it raises."""
        done = does()
        return await done if isinstance(done, asyncio.Future) else done
