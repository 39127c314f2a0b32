"""Worker processes that tests and benches start, watch and end by their pid."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from lotstream.settings import Settings

#: Longest a worker may take to end after SIGTERM, in seconds.
GRACE_S = 90.0


class WorkerProcess:
    """One ``lotstream worker`` as a process of its own."""

    def __init__(self, settings: Settings, *, instance: str, log: Path, extra: Mapping[str, str] | None = None) -> None:
        """Name it; ``extra`` are environment variables on top of its settings."""
        self.instance = instance
        self.log = log
        self._extra = dict(extra or {})
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; its log lines are added to ``log``."""
        with self.log.open("ab") as lines:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "lotstream.cli", "worker", env=self._environment(), stdout=lines, stderr=lines
            )

    @property
    def pid(self) -> int:
        """Return the process id; raises `RuntimeError` before `start`."""
        return self._running().pid

    def cpu_s(self) -> float:
        """Return the processor seconds it has used."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self._running().returncode is None:
            self._running().send_signal(number)

    async def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self._running().send_signal(signal.SIGKILL)
        await self._running().wait()

    async def wait(self) -> int:
        """Wait until it has ended by itself and return its exit code."""
        return await self._running().wait()

    async def stop(self) -> int:
        """Ask it to end, wait, and return its exit code; a worker that does not end in `GRACE_S` is killed."""
        process = self._running()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_S):
                return await process.wait()
        except TimeoutError:
            process.kill()
            return await process.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("The worker was not started.")
        return self._process

    def _environment(self) -> dict[str, str]:
        own = self._settings.model_copy(update={"instance": self.instance, "http_port": 0, "log_format": "json"})
        return {**os.environ, **own.as_environment(), **self._extra}
