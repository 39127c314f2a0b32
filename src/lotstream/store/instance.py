"""The session locks of a worker: on its instance id, and on the inbound log.

Two live processes with one id never settle, so the second must not start. The log's number and partitions may change
only while no worker lives: all of them share one lock, and whoever changes the log holds it alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from asyncpg.exceptions import LockNotAvailableError

from lotstream import __version__
from lotstream.errors import InstanceLockLost, InstanceTaken, LogHeld, LotstreamError, PostgresUnreachable
from lotstream.ops.limits import reached, used
from lotstream.store.connection import Address, connect, translated
from lotstream.store.sql import queries

if TYPE_CHECKING:
    import asyncpg
    from asyncpg import Record

SQL = queries("instance")

LIMIT: Final = "instance_lock_timeout_s"
"""The limit on the wait for a lock, as the metrics call it."""

SHOWN_CHARS_MAX: Final = 40
"""Characters of an instance id that are shown in the name of its session."""

BEAT_S: Final = 2.0
"""How often the session is asked whether it still lives; a connection cut silently is noticed by no other means."""

BEAT_TIMEOUT_S: Final = 5.0
"""How long it may take to answer."""


class InstanceLock:
    """A lock that lasts as long as its own connection."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: asyncpg.Connection[Record] | None = None
        self._beat: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()

    async def acquire(self, instance: str, *, timeout_s: float) -> None:
        """Hold the lock on an instance id and share the one on the log.

        Raises `InstanceTaken` when another process keeps the id that long, `LogHeld` when a command keeps the log.
        """
        name, call_s = session_name(instance), timeout_s + self._address.call_s
        own = replace(self._address, app=name, lock_s=timeout_s, call_s=call_s)
        connection = await connect(own)
        began = time.monotonic()
        try:
            with translated():
                await connection.execute(SQL["lock"], instance)
            used(LIMIT, time.monotonic() - began)
            await _share_log(connection)
        except LotstreamError as error:
            await _close(connection)
            if isinstance(error.__cause__, LockNotAvailableError):
                reached(LIMIT)
                raise InstanceTaken(f"Another live process holds the instance id {instance}.") from error
            raise
        connection.add_termination_listener(self._ended)
        self._connection = connection
        self._beat = asyncio.create_task(self._watch(connection), name="instance-lock")

    async def wait_lost(self) -> None:
        """Wait until the lock is gone although nobody gave it back, and raise `InstanceLockLost`."""
        await self._lost.wait()
        raise InstanceLockLost

    async def release(self) -> None:
        """Give the lock back."""
        beat, self._beat = self._beat, None
        connection, self._connection = self._connection, None
        if beat is not None:
            beat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beat
        if connection is not None:
            connection.remove_termination_listener(self._ended)
            await _close(connection)

    def _ended(self, connection: object) -> None:
        self._lost.set()

    async def _watch(self, connection: asyncpg.Connection[Record]) -> None:
        """Ask now and then whether the session lives; returns when it does not."""
        with contextlib.suppress(PostgresUnreachable):
            while True:
                await asyncio.sleep(BEAT_S)
                with translated():
                    await connection.fetchval(SQL["beat"], timeout=BEAT_TIMEOUT_S)
        self._lost.set()


def session_name(instance: str) -> str:
    """Return what the session that holds an instance id is called, for whoever asks who still runs, and of what code.

    A migration that waits for the end of the old code looks at the version, so it must not be cut off: PostgreSQL cuts
    names at 63 bytes, and writes out what is not ASCII.
    """
    return f"{instance[:SHOWN_CHARS_MAX].encode('ascii', 'replace').decode()} {__version__}"


async def _share_log(connection: asyncpg.Connection[Record]) -> None:
    """Keep commands from changing the log while this process lives; raises `LogHeld` while one is at it."""
    try:
        with translated():
            await connection.execute(SQL["share_log"])
    except PostgresUnreachable as error:
        if isinstance(error.__cause__, LockNotAvailableError):
            raise LogHeld from error
        raise


async def _close(connection: asyncpg.Connection[Record]) -> None:
    with translated():
        await connection.close(timeout=BEAT_TIMEOUT_S)
