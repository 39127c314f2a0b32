"""An HTTP server inside the event loop of a process that has more to do."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from lotstream.errors import FixSetup

SHUTDOWN_S = 5
"""Longest that requests under way are waited for at the end."""


@asynccontextmanager
async def serve(app: ASGIApp, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve ``app`` while the block runs; yields the port, which the system picks when ``port`` is 0.

    Signals stay with the process that calls. Raises `FixSetup` when the address cannot be had.
    """
    with _bound(host, port) as listener:
        server = _Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=SHUTDOWN_S)
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]), name=f"http {host}:{port}")
        try:
            await server.until_started(serving)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process around it has its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def until_started(self, serving: asyncio.Task[None]) -> None:
        """Wait until connections are accepted; raises what the server raised when it ended instead."""
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait({up, serving}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done():
            up.cancel()
            await serving


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise FixSetup(
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            what_to_do="End the process that listens there, or choose another port in the settings.",
        ) from error
    with listener:
        yield listener
