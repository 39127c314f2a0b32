from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lotstream.connect.webhook import answered, read_body, serve
from lotstream.errors import FixSetup, KafkaUnreachable
from lotstream.ops.http import AtMost


def client(app: ASGIApp) -> httpx.AsyncClient:
    """Return a client that calls an application in this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door")


def echo(*, bytes_max: int, turned_away: list[str]) -> Starlette:
    """Return an application that answers with the body it read."""

    async def work(request: Request) -> Response:
        return Response(await read_body(request, bytes_max=bytes_max))

    async def take(request: Request) -> Response:
        return await answered(work(request), deadline_s=5, turn_away=turned_away.append)

    return Starlette(routes=[Route("/", take, methods=["POST"])])


async def test_the_raw_body_is_read_up_to_the_limit() -> None:
    """A body of exactly the limit is read byte for byte; one byte more is 413."""
    turned_away: list[str] = []
    async with client(echo(bytes_max=4, turned_away=turned_away)) as http:
        assert (await http.post("/", content=b"\x00\xff\r\n")).content == b"\x00\xff\r\n"
        assert (await http.post("/", content=b"12345")).status_code == 413
    assert turned_away == ["too_large"]


async def test_a_body_without_a_length_is_stopped_at_the_limit() -> None:
    """A sender that announces nothing is read no further than the limit."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"xx"

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    chunks = endless()
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    await echo(bytes_max=4, turned_away=[])(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 413
    assert read == 3


@pytest.mark.parametrize("reason", ["too_late", "unreachable"])
async def test_what_is_not_done_in_time_is_asked_for_again(reason: str) -> None:
    """The deadline passed, or a dependency that does not answer, is 503 with its reason counted."""

    async def work() -> Response:
        if reason == "unreachable":
            raise KafkaUnreachable
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    turned_away: list[str] = []
    answer = await answered(work(), deadline_s=0.01, turn_away=turned_away.append)
    assert (answer.status_code, turned_away) == (503, [reason])


async def test_requests_above_the_limit_are_turned_away() -> None:
    """While as many requests as the limit are open the next one is answered with 503."""
    inside, leave = asyncio.Event(), asyncio.Event()

    async def wait(_: Request) -> Response:
        inside.set()
        await leave.wait()
        return PlainTextResponse("done")

    async with client(AtMost(Starlette(routes=[Route("/", wait)]), requests_max=1, limit="requests_max")) as http:
        first = asyncio.create_task(http.get("/"))
        await inside.wait()
        assert (await http.get("/")).status_code == 503
        leave.set()
        assert (await first).status_code == 200
        assert (await http.get("/")).status_code == 200


async def test_a_port_that_is_taken_is_a_wrong_setting() -> None:
    """A door that cannot be opened says so instead of running without it."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FixSetup, match=str(port)):
            await serve(echo(bytes_max=1, turned_away=[]), host="127.0.0.1", port=port, requests_max=1)
