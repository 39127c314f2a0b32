"""The hub's store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from lotstream.errors import InstanceTaken
from lotstream.store.connection import Address
from lotstream.store.instance import InstanceLock
from lotstream.store.postgres import PostgresStore
from lotstream.testing.memory.database import MemoryDatabase
from lotstream.testing.memory.tables import Tables

LOOK_EVERY_S: Final = 0.01
"""Pause between two looks at an instance id that somebody else has locked."""


class MemoryStore(PostgresStore):
    """One session of the hub's store on tables in memory.

    Rows are made, read back and refused as PostgreSQL would: everything above the statements is the same code, and one
    conformance suite proves the statements of both.
    """

    def __init__(self, tables: Tables, *, arrival: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__("postgresql:///memory")
        self._use(MemoryDatabase(tables, arrival=arrival), MemoryLock(tables))


class MemoryLock(InstanceLock):
    """An instance id that one session has at a time."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(Address(url="", app="memory"))
        self._tables = tables

    async def acquire(self, instance: str, *, timeout_s: float) -> None:
        """Hold the lock on an instance id; raises `InstanceTaken` when another session keeps it that long."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._tables.locks.setdefault(instance, self) is not self:  # noqa: ASYNC110 - a server would wait
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise InstanceTaken(f"Another session holds the instance id {instance}.") from error

    def lose(self) -> None:
        """End the session as a server does that goes away."""
        self._free()
        self._lost.set()

    async def release(self) -> None:
        """Give the lock back."""
        self._free()

    def _free(self) -> None:
        for instance in [name for name, holder in self._tables.locks.items() if holder is self]:
            del self._tables.locks[instance]
