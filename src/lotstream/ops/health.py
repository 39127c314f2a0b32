"""The pages a supervisor and Prometheus read: ``/livez``, ``/readyz`` and ``/metrics``.

``/livez`` answers when the event loop runs. ``/readyz`` asks every named check and answers 200 or 503; a worker that is
taking partitions over is not ready yet, and must not be restarted for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

logger = structlog.get_logger(__name__)

CHECK_TIMEOUT_S = 2.0
"""Longest a check may take; above it the page says so and answers."""

Check = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else one sentence on what is wrong."""


def health_app(checks: Mapping[str, Check], *, check_timeout_s: float = CHECK_TIMEOUT_S) -> Starlette:
    """Return the pages, with the checks that ``/readyz`` asks by name."""

    async def readyz(_: Request) -> Response:
        problems = await _ask(checks, timeout_s=check_timeout_s)
        body = {name: {"ok": problem is None, "problem": problem} for name, problem in problems.items()}
        ready = not any(problems.values())
        return JSONResponse({"ready": ready, "checks": body}, status_code=200 if ready else 503)

    return Starlette(routes=[Route("/livez", _livez), Route("/readyz", readyz), Route("/metrics", _metrics)])


async def _livez(_: Request) -> Response:
    return PlainTextResponse("alive\n")


async def _metrics(request: Request) -> Response:
    encoder, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encoder(REGISTRY), media_type=None, headers={"content-type": content_type})


async def _ask(checks: Mapping[str, Check], *, timeout_s: float) -> dict[str, str | None]:
    """Run all checks at the same time, each within the limit."""
    answers = await asyncio.gather(*(_answer(name, check, timeout_s) for name, check in checks.items()))
    return dict(zip(checks, answers, strict=True))


async def _answer(name: str, check: Check, timeout_s: float) -> str | None:
    try:
        async with asyncio.timeout(timeout_s):
            return await check()
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    # A check that breaks is a check that failed: the page has to say so and stay up.
    except Exception as error:
        logger.warning("health check broke", check=name, exc_info=True)
        return f"{type(error).__name__}: {error}"
