"""The database as a process sees it: the store in memory, with a network between."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, cast

from lotstream.errors import InstanceLockLost, InstanceTaken
from lotstream.store.seam import Store
from lotstream.testing.memory import MemoryStore, Tables
from lotstream.testing.memory.tables import Key, Row
from lotstream.testing.simulation.loop import Process, SimulatedLoop
from lotstream.testing.simulation.network import Server

LOOK_EVERY_S: Final = 0.2
"""Pause between two tries to lock an instance id, in seconds."""

Call = Coroutine[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """A call that has ended, and what it returned."""

    value: Any


class Watch(Protocol):
    """Whoever looks at the calls of all stores."""

    def leaves(self, store: object, name: str, args: tuple[Any, ...]) -> asyncio.Future[None] | None:
        """Look at a call as it is made; returns what it has to wait for on its way, or None."""

    def arrives(self, store: object, name: str, args: tuple[Any, ...]) -> None:
        """Look at a call before it is done."""

    def has_done(self, name: str, args: tuple[Any, ...], result: object, before: dict[Key, Row]) -> None:
        """Look at a call that was done, with the claims as they were before."""


class RemoteStore:
    """Every method of a store, each one call over the network and one moment in the database.

    What a call writes is made when it is called, as with the real store; what is written, and whether the caller is
    still there to hear of it, is decided when it arrives.
    """

    def __init__(self, process: Process, server: Server, tables: Tables, *, loop: SimulatedLoop, watch: Watch) -> None:
        self._process = process
        self._server = server
        self._tables = tables
        self._arrived = False
        self._store = MemoryStore(tables, arrival=self._arrival)
        self._lost = loop.create_future()
        self.watch = watch

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        return partial(self._call, name)

    async def lock_instance(self, instance: str, *, timeout_s: float) -> None:
        """Hold the session lock on an instance id; raises `InstanceTaken` when another process keeps it."""
        for _ in range(round(timeout_s / LOOK_EVERY_S)):
            if await self._server.call(self._process, f"lock {instance}", partial(self._lock, instance)):
                return
            await asyncio.sleep(LOOK_EVERY_S)
        raise InstanceTaken(f"Another process holds the instance id {instance}.")

    def _lock(self, instance: str) -> bool:
        """Lock an instance id if it is free; a session ends with its process, also while this is on its way."""
        return not self._process.gone and self._tables.locks.setdefault(instance, self) is self

    async def wait_lock_lost(self) -> None:
        """Wait until the instance lock is gone although nobody gave it back; raises `InstanceLockLost` then."""
        await self._lost

    def end_session(self) -> None:
        """End the session, as a server that goes away or a process that ends does: its lock is free."""
        locks = self._tables.locks
        for instance in [name for name, holder in locks.items() if holder is self]:
            del locks[instance]
        if not self._lost.done():
            self._lost.set_exception(InstanceLockLost())

    async def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method returns
        work: Call = getattr(self._store, name)(*args, **kwargs)
        self._arrived = False
        done = _advance(work)
        while done is None:
            done = await self._server.call(
                self._process, f"{name} {_shown(name, args)}", partial(self._does, name, args, work),
                after=self.watch.leaves(self, name, args),
            )  # fmt: skip
        return done.value

    def _does(self, name: str, args: tuple[Any, ...], work: Call) -> Done | None:
        """Run a call up to its next statement outside a transaction, or to its end."""
        self.watch.arrives(self, name, args)
        before = dict(self._tables.rows["claim"])
        self._arrived = True
        try:
            done = _advance(work)
        finally:
            self._arrived = False
        if done is not None:
            self.watch.has_done(name, args, done.value, before)
        return done

    async def _arrival(self) -> None:
        if not self._arrived:
            await _pause()
        self._arrived = False


def _advance(work: Call) -> Done | None:
    """Run a call until it waits for its way to the database, or to its end; return what it returned at its end."""
    try:
        work.send(None)
    except StopIteration as done:
        return Done(done.value)
    return None


@types.coroutine
def _pause() -> Generator[None, None, None]:
    yield


def remote(store: RemoteStore) -> Store:
    """Return a remote store as the hub sees it."""
    return cast(Store, store)


def _shown(name: str, args: tuple[Any, ...]) -> str:
    """Return what the log of steps says of a call."""
    if name == "commit":
        parts = args[0].partitions
        return " ".join(f"{p.after.partition}:{p.before.next_offset}→{p.after.next_offset}" for p in parts)
    if name in {"take_claim", "release_claim", "note_relay_position"}:
        return f"{args[0].partition} (epoch {args[0].epoch})"
    return ""
