"""Run the servers of a local stack, and end them when their owner is gone, however it went.

A program of its own: the stack starts it as ``python -I -S watchdog.py '{"owner": <pid>, "remove": […]}'``. It uses the
standard library alone, and is run by its path, so that it is there in milliseconds and holds 10 MB only.

It is the parent of the servers, so there is no moment at which a server runs unwatched. Requests come as lines of JSON
on standard input, one answer each on standard output. The owner's end closes standard input; a child of the owner that
inherited the pipe may hold it open, so the parent's pid is looked at as well. Where the kernel can (Linux), a killed
watchdog takes the servers with it.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

OWNER_CHECK_S = 1.0
READ_BYTES = 65_536
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Server:
    """One server process and how it wants to be ended."""

    def __init__(self, process: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
        self.process = process
        self.folder = Path(request["folder"])
        self.stop_signal: int = request["stop_signal"]
        self.discard_signal: int = request["discard_signal"]
        self.grace_s: float = request["grace_s"]


class Servers:
    """The servers of one stack, by name."""

    def __init__(self) -> None:
        self._servers: dict[str, Server] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what one request asks and say what came of it."""
        if request["do"] == "start":
            return self._start(request)
        if request["do"] == "stop":
            self._end([self._servers[name] for name in request["names"] if name in self._servers])
            return {}
        server = self._servers.get(request["name"])
        return {"code": server.process.poll() if server else None}

    def reap(self) -> None:
        """Take note of processes that ended, so that none stays behind as a zombie.

        Children of a killed server fall to this process; in a container there may be no other to take note of them.
        """
        for server in self._servers.values():
            server.process.poll()
        while (orphan := _ended_child()) is not None and not self._is_server(orphan):
            os.waitpid(orphan, 0)

    def end_all(self, *, remove: Iterable[str]) -> None:
        """End every server: politely first, by force when its grace is over; at once where its folder is removed."""
        for server in self._servers.values():
            if any(server.folder.is_relative_to(folder) for folder in remove):
                server.stop_signal = server.discard_signal
        self._end(self._servers.values())

    def _is_server(self, pid: int) -> bool:
        return any(server.process.pid == pid for server in self._servers.values())

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        lock, holder = take_lock(request["lock"])
        if lock is None:
            return {"busy": holder}
        try:
            server = Server(_run(request, lock), request)
            _write_pid(lock, server.process.pid)
        except OSError as error:
            return {"error": str(error)}
        finally:
            # The server has inherited the lock; it is free again when the last of its processes is gone.
            os.close(lock)
        self._servers[request["name"]] = server
        return {"pid": server.process.pid}

    def _end(self, servers: Iterable[Server]) -> None:
        running = [server for server in servers if server.process.poll() is None]
        for server in running:
            server.process.send_signal(server.stop_signal)
        started = time.monotonic()
        for server in running:
            _wait_or_kill(server, started + server.grace_s - time.monotonic())


def take_lock(path: str) -> tuple[int | None, int | None]:
    """Return the locked file, or none and the pid of the server that still holds it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 32).decode().strip()
        os.close(lock)
        return None, int(holder) if holder else None
    return lock, None


def _ended_child() -> int | None:
    """Return the pid of a child that has ended, without taking its exit code away from whoever waits for it."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return ended.si_pid if ended else None


def _write_pid(lock: int, pid: int) -> None:
    os.truncate(lock, 0)
    os.write(lock, f"{pid}\n".encode())


def _run(request: dict[str, Any], lock: int) -> subprocess.Popen[bytes]:
    account = request["account"]
    as_account = {"user": account["user"], "group": account["group"], "extra_groups": []} if account else {}
    with Path(request["log"]).open("ab") as log:
        return subprocess.Popen(
            request["argv"],
            env=request["env"],
            cwd=request["folder"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lock,),
            preexec_fn=_end_with_parent(request["stop_signal"]),  # noqa: PLW1509 - this process has one thread
            **as_account,
        )


def _end_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """Have the kernel end the child when this process is killed; this process has one thread, which prctl goes by."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    watchdog = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != watchdog:
            os._exit(1)

    return ask_kernel


def _wait_or_kill(server: Server, grace_s: float) -> None:
    try:
        server.process.wait(max(grace_s, 0))
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def serve(owner: int, servers: Servers, *, wakeup: int) -> None:
    """Answer requests until the owner closes the pipe or is gone."""
    requests = sys.stdin.fileno()
    pending = b""
    while os.getppid() == owner:
        ready, _, _ = select.select([requests, wakeup], [], [], OWNER_CHECK_S)
        if wakeup in ready:
            os.read(wakeup, READ_BYTES)
            servers.reap()
        if requests in ready:
            received = os.read(requests, READ_BYTES)
            if not received:
                return
            *lines, pending = (pending + received).split(b"\n")
            for line in lines:
                _say(servers.answer(json.loads(line)))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _child_ended_pipe() -> int:
    """Return a file that can be read when a server has ended."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def _adopt_orphans() -> None:
    """Have the kernel hand the children of a killed server to this process (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def _leave(*_: object) -> None:
    raise SystemExit


def main() -> None:
    """Watch until the owner is gone, then end the servers and remove what was temporary."""
    task = json.loads(sys.argv[1])
    for ending in ENDING_SIGNALS:
        signal.signal(ending, _leave)
    _adopt_orphans()
    servers = Servers()
    try:
        serve(task["owner"], servers, wakeup=_child_ended_pipe())
    except BrokenPipeError:
        # The owner was killed while it waited for an answer; what follows is the same.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        for ending in ENDING_SIGNALS:
            signal.signal(ending, signal.SIG_IGN)
        servers.end_all(remove=task["remove"])
        for folder in task["remove"]:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
