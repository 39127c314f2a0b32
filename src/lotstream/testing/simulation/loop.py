"""An event loop whose time is made up, and processes in it that can be frozen and killed at any await.

Nothing happens by itself: when nobody is ready the clock jumps to the next timer, so that a minute takes milliseconds
and the same calls always come in the same order.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

PROCESS: Final[contextvars.ContextVar[Process]] = contextvars.ContextVar("process")
"""The process that the running code belongs to; none for what lies outside of all."""

CLOCK_S: Final = 1e-9
"""Finest difference between two times, in seconds."""


class Stalled(Exception):
    """Nobody is ready and no timer runs: the simulation waits for something that never comes."""


class Process:
    """The tasks of one process: they share its fate."""

    def __init__(self, name: str, loop: SimulatedLoop) -> None:
        self.name = name
        self.gone = False
        #: Steps taken by its tasks so far.
        self.steps = 0
        #: The step before which it is killed; None for never.
        self.crash_at: int | None = None
        #: Called when `crash_at` is reached.
        self.on_crash: Callable[[], None] = self.kill
        #: Called with each of its tasks that waits again after a step.
        self.on_step: Callable[[asyncio.Task[Any]], None] = lambda _: None
        #: Its calls to servers that are not answered yet: where each is, by the call's own number.
        self.calls: dict[int, str] = {}
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        self._frozen = False
        self._held: deque[asyncio.Handle] = deque()

    @property
    def frozen(self) -> bool:
        """Whether it is stopped and may go on some time."""
        return self._frozen

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Start a task of this process; tasks it starts belong to the process too."""
        context = contextvars.Context()
        context.run(PROCESS.set, self)
        return self._loop.create_task(work, name=name, context=context)

    def took(self, task: asyncio.Task[Any]) -> None:
        """Remember a task, so that it ends with its process."""
        if len(self._tasks) > 64:
            self._tasks = [one for one in self._tasks if not one.done()]
        self._tasks.append(task)

    def admits(self, handle: asyncio.Handle) -> bool:
        """Count a step and return whether it may be taken now; those of a frozen process are kept for later."""
        if self._frozen:
            self._held.append(handle)
            return False
        if not self.gone:
            self.steps += 1
            if self.crash_at is not None and self.steps >= self.crash_at:
                self.crash_at = None
                self.on_crash()
        return True

    def freeze(self) -> None:
        """Stop it where it stands, as SIGSTOP does; what it waits for comes in meanwhile."""
        self._frozen = not self.gone

    def thaw(self) -> None:
        """Let it go on, as SIGCONT does."""
        self._frozen = False
        self._loop.resume(self._held)

    def kill(self) -> None:
        """End it at once: its tasks are cancelled where they wait, and nothing they do reaches anybody any more."""
        if self.gone:
            return
        self.gone = True
        self.thaw()
        for task in self._tasks:
            task.cancel()

    def stepped(self, handle: asyncio.Handle) -> None:
        """Hear that a step was taken; looks at the task that took it when there is one and it goes on."""
        task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
        if isinstance(task, asyncio.Task) and not task.done() and not self.gone:
            self.on_step(task)

    def tasks(self) -> list[asyncio.Task[Any]]:
        """Return its tasks that are not done."""
        return [task for task in self._tasks if not task.done()]


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs what is ready in the order in which it became so; the clock moves only when nothing is."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        # What goes wrong in a task is found by whoever waits for it; what nobody waits for dies with its process.
        self.set_exception_handler(lambda *_: None)

    def time(self) -> float:
        """Return the made-up time, in seconds."""
        return self._now

    def create_task(self, coro: Any, *, name: Any = None, context: Any = None) -> asyncio.Task[Any]:  # noqa: ANN401
        """Start a task that belongs to the process that starts it, or to the one of its context."""
        task = super().create_task(coro, name=name, context=context)
        process = PROCESS.get(None) if context is None else context.get(PROCESS)
        if process is not None:
            process.took(task)
        return task

    def resume(self, held: deque[asyncio.Handle]) -> None:
        """Let handles run that were kept back."""
        self._ready.extend(held)
        held.clear()

    def end(self) -> None:
        """Cancel what still runs, let it end, and close."""
        left = [task for task in asyncio.all_tasks(self) if not task.done()]
        for task in left:
            task.cancel()
        if left:
            self.run_until_complete(asyncio.wait(left))
        self.close()

    def outside(self) -> contextvars.Context:
        """Return a context that belongs to no process."""
        return contextvars.Context()

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled
        if not ready:
            while scheduled and scheduled[0].cancelled():
                heapq.heappop(scheduled)
            if not scheduled:
                raise Stalled
            self._now = max(self._now, scheduled[0].when())
        while scheduled and scheduled[0].when() <= self._now + CLOCK_S:
            ready.append(heapq.heappop(scheduled))
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle.cancelled():
                continue
            process = handle._context.get(PROCESS)  # type: ignore[attr-defined]
            if process is None:
                handle._run()
            elif process.admits(handle):
                handle._run()
                process.stepped(handle)

    def _write_to_self(self) -> None:
        """Do nothing: there is no selector to wake."""
