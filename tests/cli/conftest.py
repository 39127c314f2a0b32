"""The command line as a process of its own, against real servers."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from lotstream.cli.app import main
from lotstream.settings import Settings, settings

PATIENCE_S = 120.0
"""Longest a command may take."""


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def environment(hub: Settings, **changed: str) -> dict[str, str]:
    """Return an environment in which the program finds these servers."""
    named = {
        "LOTSTREAM_APP": hub.app,
        "LOTSTREAM_KAFKA_BOOTSTRAP": hub.kafka_bootstrap,
        "LOTSTREAM_POSTGRES_URL": hub.postgres_url,
        "LOTSTREAM_PARTITIONS": str(hub.partitions),
    }
    return {**os.environ, **named, **changed}


async def run_lotstream(hub: Settings, *arguments: str, **changed: str) -> Ran:
    """Run ``lotstream`` with arguments against these servers; keywords change its environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lotstream.cli",
        *arguments,
        env=environment(hub, **changed),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def in_a_thread(
    hub_settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[Ran]]:
    """Run ``lotstream`` in a thread of this process, which takes a tenth of the time of a process of its own."""
    for name, value in environment(hub_settings).items():
        monkeypatch.setenv(name, value)

    def run() -> int:
        settings.cache_clear()
        with pytest.raises(SystemExit) as ended:
            main()
        settings.cache_clear()
        return int(ended.value.code or 0)

    async def lotstream(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["lotstream", *arguments])
        code = await asyncio.to_thread(run)
        return Ran(code, *capsys.readouterr())

    return lotstream


@pytest.fixture
def lotstream(hub_settings: Settings) -> Callable[..., Awaitable[Ran]]:
    """Run ``lotstream`` against the hub of the module."""
    return functools.partial(run_lotstream, hub_settings)
