"""The owner's side of the watchdog: start, ask about and end servers through it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lotstream.errors import LocalServerFailed, LocalStackError
from lotstream.local.account import Account

WATCHDOG = Path(__file__).with_name("watchdog.py")
END_S_MAX = 60.0


@dataclass(frozen=True)
class ServerProgram:
    """How one server is run and ended."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    #: Locked as long as a process of the server lives.
    lock: Path
    stop_signal: signal.Signals
    #: What ends it at once, when its data is removed.
    discard_signal: signal.Signals
    #: How long it may take to end before it is killed.
    grace_s: float
    account: Account | None = None


class WatchedServers:
    """The servers of one stack, run by a watchdog process that ends them when this process is gone."""

    def __init__(self, folder: Path, *, folder_lock: int, remove: Sequence[Path] = ()) -> None:
        """Start the watchdog; it keeps ``folder_lock`` until the servers are ended, and then removes ``remove``."""
        task = {"owner": os.getpid(), "remove": [str(path) for path in remove]}
        self._one_at_a_time = threading.Lock()
        with (folder / "watchdog.log").open("ab") as log:
            self._process = subprocess.Popen(
                # By path, isolated and without site-packages: up in milliseconds, whatever is installed.
                [sys.executable, "-I", "-S", str(WATCHDOG), json.dumps(task)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(folder_lock,),
                # Ctrl-C in a terminal reaches the owner alone, which then ends the servers in order.
                start_new_session=True,
            )

    def start(self, program: ServerProgram) -> int | None:
        """Start a server and return its pid, or none while processes of an earlier run of it are still there.

        Raises:
            LocalServerFailed: it could not be run at all.
        """
        answer = self._ask({"do": "start", **_as_json(program)})
        if "error" in answer:
            raise LocalServerFailed(f"{program.argv[0]} could not be run: {answer['error']}.")
        pid: int | None = answer.get("pid")
        return pid

    def exit_code(self, name: str) -> int | None:
        """Return the exit code of a server that has ended, as ``subprocess`` counts them, or none while it runs."""
        code: int | None = self._ask({"do": "state", "name": name})["code"]
        return code

    def stop(self, *names: str) -> None:
        """End servers at the same time and return when they are gone."""
        self._ask({"do": "stop", "names": names})

    def close(self) -> None:
        """End what still runs, and the watchdog itself."""
        with self._one_at_a_time:
            for pipe in (self._process.stdin, self._process.stdout):
                # A request that a killed watchdog never read may still be in the pipe's buffer.
                with suppress(BrokenPipeError):
                    if pipe is not None:
                        pipe.close()
            self._process.wait(END_S_MAX)

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with self._one_at_a_time:
            requests, answers = self._process.stdin, self._process.stdout
            if requests is None or answers is None or requests.closed:
                raise LocalStackError("The local stack has been stopped.")
            try:
                requests.write(json.dumps(request).encode() + b"\n")
                requests.flush()
                line = answers.readline()
            except BrokenPipeError:
                line = b""
        if not line:
            raise LocalStackError("The watchdog of the local stack is gone; its servers were ended with it.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _as_json(program: ServerProgram) -> dict[str, Any]:
    return {
        "name": program.name,
        "argv": list(program.argv),
        "env": dict(program.env),
        "folder": str(program.folder),
        "log": str(program.log),
        "lock": str(program.lock),
        "stop_signal": int(program.stop_signal),
        "discard_signal": int(program.discard_signal),
        "grace_s": program.grace_s,
        "account": asdict(program.account) if program.account else None,
    }
