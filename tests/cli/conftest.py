"""The command line as a process of its own, against real servers."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from lotstream.settings import Settings

PATIENCE_S = 120.0
"""Longest a command may take."""


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def environment(settings: Settings, **changed: str) -> dict[str, str]:
    """Return an environment in which the program finds these servers."""
    named = {
        "LOTSTREAM_APP": settings.app,
        "LOTSTREAM_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "LOTSTREAM_POSTGRES_URL": settings.postgres_url,
        "LOTSTREAM_PARTITIONS": str(settings.partitions),
    }
    return {**os.environ, **named, **changed}


async def run_lotstream(settings: Settings, *arguments: str, **changed: str) -> Ran:
    """Run ``lotstream`` with arguments against these servers; keywords change its environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lotstream.cli",
        *arguments,
        env=environment(settings, **changed),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def lotstream(hub_settings: Settings) -> Callable[..., Awaitable[Ran]]:
    """Run ``lotstream`` against the hub of the module."""
    return functools.partial(run_lotstream, hub_settings)
