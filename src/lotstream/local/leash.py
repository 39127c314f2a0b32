"""End the programs of a supervisor that is gone, however it went; and the supervisor's side of it.

The other side is this file run by its path as ``python -I -S leash.py <pid of the supervisor>``: up in milliseconds,
standard library alone. It reads ``+pid`` for a program that runs, ``-pid`` for one that has ended and ``.`` at a good
end, one a line. When the input ends without the dot, or its parent is another than it was, it ends what still runs.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

GRACE_S = 10.0
"""How long a program may take to end after SIGTERM; shorter than a supervisor's, since the servers go as well."""

OWNER_CHECK_S = 1.0
POLL_S = 0.05
READ_BYTES = 65_536
GOOD_END = "."


class Leash:
    """What a supervisor holds its programs on."""

    def __init__(self) -> None:
        """Start the process that outlives this one for a moment."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a terminal reaches the supervisor alone.
            start_new_session=True,
        )

    def hold(self, pid: int) -> None:
        """Say that a program runs."""
        self._say(f"+{pid}")

    def release(self, pid: int) -> None:
        """Say that a program has ended."""
        self._say(f"-{pid}")

    def close(self) -> None:
        """Say that all is well, and wait until the other side has gone."""
        self._say(GOOD_END)
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _say(self, word: str) -> None:
        # Somebody may have killed the other side; the programs run on without it.
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{word}\n".encode())
                self._process.stdin.flush()


def main() -> None:
    """Follow the supervisor to its end, then end what it left."""
    left = follow(int(sys.argv[1]))
    end(left)


def follow(owner: int) -> set[int]:
    """Read until the supervisor is gone; returns the programs that still run then."""
    running: set[int] = set()
    rest = b""
    # Also when the supervisor was gone before this process was up, what it said is still there to be read.
    while (is_said := bool(select.select([0], [], [], OWNER_CHECK_S)[0])) or os.getppid() == owner:
        if not is_said:
            continue
        read = os.read(0, READ_BYTES)
        if not read:
            break
        *words, rest = (rest + read).split(b"\n")
        for word in words:
            if word.decode() == GOOD_END:
                return set()
            note(running, word.decode())
    return running


def note(running: set[int], word: str) -> None:
    """Take a word of the supervisor's in."""
    pid = int(word[1:])
    if word.startswith("+"):
        running.add(pid)
    else:
        running.discard(pid)


def end(programs: Iterable[int]) -> None:
    """End programs politely, and those that do not listen when their grace is over."""
    left = send(programs, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while left and time.monotonic() < deadline:
        time.sleep(POLL_S)
        left = send(left, 0)
    send(left, signal.SIGKILL)


def send(programs: Iterable[int], number: int) -> list[int]:
    """Send a signal (0: none) to programs and return those that are there."""
    there = []
    for pid in programs:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            there.append(pid)
    return there


if __name__ == "__main__":
    main()
