"""A small HTTP door for connectors that are pushed to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from pydantic import Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from lotstream.connect.connector import ConnectorOptions
from lotstream.errors import TryAgain
from lotstream.ops import http
from lotstream.ops.limits import reached

log = structlog.get_logger(__name__)


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
    requests_max: int = Field(
        default=64,
        ge=1,
        description="Requests at a time; with the largest body each they hold the memory that the door takes at most.",
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
        reached("body_bytes_max")
        turn_away("too_large")
        return said(413, "The body is larger than this door takes.")
    except (TimeoutError, TryAgain, ClientDisconnect) as error:
        if isinstance(error, TimeoutError):
            reached("deadline_s")
        turn_away("too_late" if isinstance(error, TimeoutError) else "unreachable")
        return said(503, "Not done in time; give it again.")


def said(status: int, sentence: str) -> JSONResponse:
    """Return a refusal: ``{"ok": false, "error": sentence}``."""
    return JSONResponse({"ok": False, "error": sentence}, status_code=status)


async def serve(app: ASGIApp, *, host: str, port: int, requests_max: int) -> None:
    """Serve an application until cancelled, then let open requests finish.

    Raises `FixSetup` when the address cannot be listened on.
    """
    at_most = http.AtMost(app, requests_max=requests_max, limit="requests_max")
    async with http.serve(at_most, host=host, port=port) as bound:
        log.info("door_open", host=host, port=bound)
        await asyncio.Event().wait()
