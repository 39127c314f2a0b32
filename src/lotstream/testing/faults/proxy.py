"""A way to PostgreSQL that can be made slow, cut, or made to swallow what the server answers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

READ_BYTES = 256 * 1024
LOOPBACK = "127.0.0.1"


class DatabaseProxy:
    """Listens on a TCP port and passes everything on to a Unix socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._accepted: set[asyncio.Task[None]] = set()
        #: How long each piece waits before it is passed on, in seconds.
        self.delay_s = 0.0
        #: The server's answers are swallowed: what was asked is done, and nobody hears of it.
        self.answers_lost = False

    @property
    def port(self) -> int:
        """The port it listens on; raises `RuntimeError` before it does."""
        if self._server is None:
            raise RuntimeError("The proxy is not open.")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, user: str, database: str) -> str:
        """Return the address of a database behind it."""
        return f"postgresql://{user}@{LOOPBACK}:{self.port}/{database}?sslmode=disable"

    def cut(self) -> None:
        """End all connections at once, in the middle of whatever they carry."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        if self._accepted:
            await asyncio.wait(self._accepted)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._connect(reader, writer))
        self._accepted.add(connection)
        connection.add_done_callback(self._accepted.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind_reader, behind = await asyncio.open_unix_connection(str(self._socket))
        except OSError:
            # As a server that is down refuses a connection.
            writer.transport.abort()
            return
        pair = {writer, behind}
        self._writers |= pair
        passing = [
            asyncio.create_task(self._pass(reader, behind)),
            asyncio.create_task(self._pass(behind_reader, writer, answers=True)),
        ]
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        for task in passing:
            task.cancel()
        await asyncio.wait(passing)
        for each in pair:
            each.transport.abort()
        self._writers -= pair

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False) -> None:
        with suppress(OSError):
            while data := await reader.read(READ_BYTES):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if answers and self.answers_lost:
                    continue
                writer.write(data)
                await writer.drain()
