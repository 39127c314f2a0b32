from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from lotstream.errors import FixSetup
from lotstream.ops.health import Check, health_app
from lotstream.ops.http import serve


async def fine() -> str | None:
    """A check that finds nothing."""
    return None


async def wrong() -> str | None:
    """A check that finds something."""
    return "PostgreSQL does not answer"


async def broken() -> str | None:
    """A check that fails itself."""
    raise ConnectionError("refused")


async def stuck() -> str | None:
    """A check that never answers."""
    await asyncio.Event().wait()
    return None


async def get(checks: dict[str, Check], path: str) -> httpx.Response:
    """Ask one page of an app with these checks, without a socket."""
    app = health_app(checks, check_timeout_s=0.05)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://worker") as client:
        return await client.get(path)


async def test_alive_while_the_loop_runs() -> None:
    """/livez answers 200 and asks nobody, so a database that is down restarts no worker."""
    answer = await get({"postgres": broken}, "/livez")

    assert (answer.status_code, answer.text) == (200, "alive\n")


async def test_ready_when_every_check_is_fine() -> None:
    """/readyz answers 200 and names each check."""
    answer = await get({"kafka": fine, "postgres": fine}, "/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"kafka": {"ok": True, "problem": None}, "postgres": {"ok": True, "problem": None}},
    }


async def test_not_ready_says_which_check_and_why() -> None:
    """/readyz answers 503 with the sentence of each check that failed, and keeps the others."""
    answer = await get({"kafka": fine, "postgres": wrong}, "/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["postgres"] == {"ok": False, "problem": "PostgreSQL does not answer"}
    assert answer.json()["checks"]["kafka"]["ok"]


async def test_a_check_that_breaks_is_a_check_that_failed() -> None:
    """An exception in a check is named on the page instead of breaking it."""
    answer = await get({"kafka": broken}, "/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["kafka"]["problem"] == "ConnectionError: refused"


async def test_a_check_that_hangs_is_cut_off() -> None:
    """A check without an answer counts as failed after its limit."""
    answer = await get({"kafka": stuck}, "/readyz")

    assert answer.json()["checks"]["kafka"]["problem"] == "no answer within 0.05 s"


async def test_metrics_are_in_the_text_format() -> None:
    """/metrics has our metrics in the format Prometheus asks for."""
    answer = await get({}, "/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE lotstream_records_total counter" in answer.text


async def test_port_zero_is_answered_with_the_port() -> None:
    """With port 0 the system picks one, the block is told which, and it is closed after the block."""
    async with serve(health_app({}), host="127.0.0.1", port=0) as port, httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/livez")
        assert answer.status_code == 200

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


async def test_a_taken_port_is_refused_in_words() -> None:
    """An address somebody else has is a set-up problem with a next step, not a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FixSetup, match=f"Cannot listen on 127.0.0.1:{port}") as refused:
            async with serve(health_app({}), host="127.0.0.1", port=port):
                pass

    assert "another port" in refused.value.what_to_do
