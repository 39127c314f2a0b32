"""A small HTTP door for connectors that are pushed to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from typing import Final

import uvicorn
from pydantic import Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from lotstream.connect.connector import ConnectorOptions
from lotstream.errors import SettingInvalid, TryAgain

CLOSING_S: Final = 10
"""Seconds that open requests get to finish when the door is closed."""

CONNECTIONS_MAX: Final = 256
"""Connections at a time; further ones are answered with 503."""


class WebhookOptions(ConnectorOptions):
    """Options of every connector that opens an HTTP door."""

    host: str = Field(
        default="127.0.0.1",
        description="Address the door listens on; leave it on loopback behind a proxy that ends TLS.",
    )
    port: int = Field(default=9410, ge=0, le=65535, description="Port the door listens on; 0 picks a free one.")
    body_bytes_max: int = Field(
        default=4 * 1024 * 1024, ge=1, description="Largest body that is read; a larger one is answered with 413."
    )
    deadline_s: float = Field(
        default=4.0, gt=0, description="Seconds within which a delivery is kept and published, else it is answered 503."
    )


class BodyTooLarge(Exception):
    """The body has more bytes than the door takes."""


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """Return a request's raw body; raises `BodyTooLarge` as soon as it is known to be longer than the limit."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > bytes_max:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise BodyTooLarge
    return bytes(body)


async def answered(work: Awaitable[Response], *, deadline_s: float, turn_away: Callable[[str], None]) -> Response:
    """Return the answer of some work, or the one that makes a sender give the delivery again.

    503 when the work is not done within the deadline or a dependency did not answer, 413 when the body is too large.
    ``turn_away`` is told the reason.
    """
    try:
        async with asyncio.timeout(deadline_s):
            return await work
    except BodyTooLarge:
        turn_away("too_large")
        return said(413, "The body is larger than this door takes.")
    except (TimeoutError, TryAgain, ClientDisconnect) as error:
        turn_away("too_late" if isinstance(error, TimeoutError) else "unreachable")
        return said(503, "Not done in time; give it again.")


def said(status: int, sentence: str) -> JSONResponse:
    """Return a refusal: ``{"ok": false, "error": sentence}``."""
    return JSONResponse({"ok": False, "error": sentence}, status_code=status)


class Door(uvicorn.Server):
    """An HTTP server that leaves signals to the runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do nothing: the runner ends the connector, and the connector its door."""
        yield


async def serve(app: ASGIApp, *, host: str, port: int) -> None:
    """Serve an application until cancelled, then let open requests finish.

    Raises `SettingInvalid` when the address cannot be listened on.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=CLOSING_S,
    )
    door = Door(config)
    serving = asyncio.create_task(_listening(door, host=host, port=port))
    try:
        await asyncio.shield(serving)
    finally:
        door.should_exit = True
        await serving


async def _listening(door: Door, *, host: str, port: int) -> None:
    try:
        await door.serve()
    except SystemExit as error:  # what uvicorn makes of an address that is taken or not ours
        raise SettingInvalid(f"Nothing can listen on {host}:{port}: it is taken, or not an address here.") from error
