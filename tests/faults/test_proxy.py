from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest_asyncio

from lotstream.testing.faults.proxy import LOOPBACK, DatabaseProxy


@pytest_asyncio.fixture
async def heard(tmp_path: Path) -> AsyncIterator[list[bytes]]:
    """What a server behind a socket has heard; it answers everything with the same."""
    lines: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            lines.append(line)
            writer.write(line)
        writer.close()

    server = await asyncio.start_unix_server(answer, tmp_path / "socket")
    yield lines
    server.close()


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_what_is_sent_arrives_and_is_answered(heard: list[bytes], tmp_path: Path) -> None:
    """A proxy that was not told otherwise passes everything on, at once and in both directions."""
    async with DatabaseProxy(tmp_path / "socket") as proxy:
        reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        assert heard == [b"hello\n"]
        await _end(writer)


async def test_a_slow_way_takes_its_time_and_loses_nothing(heard: list[bytes], tmp_path: Path) -> None:
    """Each piece waits for the delay on its way there and on its way back."""
    async with DatabaseProxy(tmp_path / "socket") as proxy:
        proxy.delay_s = 0.05
        reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
        began = time.monotonic()
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        assert time.monotonic() - began >= 2 * proxy.delay_s
        await _end(writer)


async def test_an_answer_can_be_lost_though_the_server_has_heard(heard: list[bytes], tmp_path: Path) -> None:
    """The server does what it is asked, and the asker learns nothing but that the connection is gone."""
    async with DatabaseProxy(tmp_path / "socket") as proxy:
        reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
        proxy.answers_lost = True
        writer.write(b"hello\n")
        while not heard:
            await asyncio.sleep(0.01)
        proxy.cut()
        assert await reader.readline() == b""
        await _end(writer)


async def test_a_server_that_is_gone_is_gone_behind_the_proxy_too(tmp_path: Path) -> None:
    """Without a server behind it a connection is ended at once, and not left to wait."""
    async with DatabaseProxy(tmp_path / "nobody") as proxy:
        reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
        assert await reader.readline() == b""
        await _end(writer)
