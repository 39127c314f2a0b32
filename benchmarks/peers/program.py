"""A peer's processes: started, watched and ended by their pid."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from lotstream.errors import LotstreamError

#: Longest a program may take to end after SIGTERM, in seconds.
GRACE_S = 30.0
LAST_WORDS_BYTES = 2000


class PeerFailed(LotstreamError):
    """A peer's program ended, or made no progress."""

    advice = "Read the end of its log above."


class Program:
    """One process of a peer; what it says goes to a log file."""

    def __init__(self, argv: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self._argv = argv
        self._environment = environment
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as lines:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv, env={**os.environ, **self._environment}, stdout=lines, stderr=lines
            )

    def check(self) -> None:
        """Raise `PeerFailed` with its last words when it has ended by itself."""
        if self._process is not None and self._process.returncode is not None:
            raise PeerFailed(f"{self._argv[0]} ended with {self._process.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        """Return the end of its log."""
        return self._log.read_bytes()[-LAST_WORDS_BYTES:].decode(errors="replace")

    @property
    def pid(self) -> int:
        """Return its process id; raises `RuntimeError` before it is started."""
        if self._process is None:
            raise RuntimeError("The program was not started.")
        return self._process.pid

    async def stop(self) -> None:
        """Ask it to end, and kill it when it does not in `GRACE_S`."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
