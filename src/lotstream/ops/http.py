"""An HTTP server inside the event loop of a process that has more to do."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lotstream.errors import FixSetup
from lotstream.ops.limits import reached, used

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


class AtMost:
    """An application that takes a limited number of requests at a time and answers further ones with 503.

    ``limit`` is the name of the setting that holds the number, under which it stands in the metrics.
    """

    def __init__(self, app: ASGIApp, *, requests_max: int, limit: str) -> None:
        self._app = app
        self._requests_max = requests_max
        self._limit = limit
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or turn it away."""
        if self._requests >= self._requests_max:
            reached(self._limit)
            busy = JSONResponse({"ok": False, "error": "Too many requests at a time; give it again."}, status_code=503)
            await busy(scope, receive, send)
            return
        self._change(1)
        try:
            await self._app(scope, receive, send)
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._requests += by
        used(self._limit, self._requests)


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
