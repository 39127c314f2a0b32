"""Bring one server of a stack up, or say in words why it does not come."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Protocol

from lotstream.errors import LocalFolderUnfit, LocalPortTaken, LocalServerFailed, LotstreamError
from lotstream.local.watched import ServerProgram, WatchedServers

POLL_S = 0.02
START_S_MAX = 60.0

LEFT_S_MAX = 15.0
"""How long the processes of a killed server may take to notice and leave; PostgreSQL's take a moment."""

LOG_LINES_SHOWN = 15
LOG_BYTES_READ = 32 * 1024
LOG_BYTES_MAX = 16 * 1024 * 1024


class Server(Protocol):
    """What is started and waited for."""

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    def program(self) -> ServerProgram:
        """Return how it is run."""
        ...

    async def answers(self) -> bool:
        """Say whether it answers its clients."""
        ...


async def bring_up(server: Server, servers: WatchedServers) -> int:
    """Start a server and return its pid when it answers.

    Raises:
        LocalServerFailed: it ended, or did not answer within a minute; the last lines of its log are in the message.
        LocalPortTaken: another program has its port.
        LocalFolderUnfit: the disk is full.
    """
    program = server.program()
    keep_log_short(program.log)
    pid = await _start(program, servers)
    deadline = time.monotonic() + START_S_MAX
    while not await server.answers():
        code = await asyncio.to_thread(servers.exit_code, program.name)
        if code is not None:
            raise failure(server.title, program.log, f"ended with exit code {code} while it started")
        if time.monotonic() > deadline:
            raise failure(server.title, program.log, f"did not answer within {START_S_MAX:.0f} seconds")
        await asyncio.sleep(POLL_S)
    return pid


async def _start(program: ServerProgram, servers: WatchedServers) -> int:
    """Start a program as soon as the last process of its earlier run is gone."""
    deadline = time.monotonic() + LEFT_S_MAX
    while (pid := await asyncio.to_thread(servers.start, program)) is None:
        if time.monotonic() > deadline:
            raise LocalServerFailed(
                f"An earlier {program.name} still runs on {program.folder}.",
                what_to_do=f"End the process whose id is in {program.lock}, then start again.",
            )
        await asyncio.sleep(POLL_S)
    return pid


def failure(title: str, log: Path, what: str) -> LotstreamError:
    """Return the error that fits what a server's log says."""
    last_lines = log_end(log)
    message = f"{title} {what}. The last lines of {log}:\n{last_lines}"
    if "Address already in use" in last_lines:
        return LocalPortTaken(message)
    if "No space left on device" in last_lines:
        return LocalFolderUnfit(message, what_to_do="Free some space, or choose a data folder on another disk.")
    return LocalServerFailed(message)


def log_end(log: Path) -> str:
    """Return the last lines of a log, or a word when there are none."""
    if not log.exists():
        return "(no log was written)"
    with log.open("rb") as content:
        content.seek(max(0, log.stat().st_size - LOG_BYTES_READ))
        lines = content.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "(the log is empty)"


def keep_log_short(log: Path) -> None:
    """Put a log that has grown long aside, in place of the one put aside before."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
