"""However the owner of a stack ends, its servers end with it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from lotstream.errors import LocalStackError
from lotstream.local import LocalStack
from lotstream.local.watchdog import Server, Servers

OWNER = Path(__file__).with_name("owner.py")
GONE_S_MAX = 120


@contextmanager
def owner_of(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """Run a program that owns a stack, and give it together with everything that runs below it."""
    owner = subprocess.Popen(
        [sys.executable, str(OWNER), str(folder), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert owner.stdout is not None
    try:
        pids = json.loads(owner.stdout.readline())
        below = psutil.Process(owner.pid).children(recursive=True)
        assert {pids["kafka"], pids["postgres"]} <= {process.pid for process in below}
        yield owner, below
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def all_gone(processes: list[psutil.Process]) -> bool:
    """Wait for the end of each process."""
    return not psutil.wait_procs(processes, timeout=GONE_S_MAX)[1]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_servers_end_with_their_owner(open_folder: Path, ending: signal.Signals) -> None:
    """Whatever signal ends the owner, Kafka, PostgreSQL and the watchdog end too, and a temporary folder goes."""
    with owner_of(open_folder / "stack", "temporary") as (owner, below):
        owner.send_signal(ending)
        owner.wait(GONE_S_MAX)
        assert all_gone(below)
    assert not (open_folder / "stack").exists()


def test_a_server_whose_data_goes_is_ended_at_once(tmp_path: Path) -> None:
    """It is not asked to write anything down that is removed right after; one whose data stays ends in order."""
    servers = Servers()
    for name in ("goes", "stays"):
        process = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"])
        ends = {"stop_signal": signal.SIGTERM, "discard_signal": signal.SIGKILL, "grace_s": float(GONE_S_MAX)}
        servers._servers[name] = Server(process, {"folder": str(tmp_path / name / "data"), **ends})
    servers.end_all(remove=[str(tmp_path / "goes")])
    assert [server.process.returncode for server in servers._servers.values()] == [-signal.SIGKILL, -signal.SIGTERM]


async def test_the_folder_is_free_after_a_killed_owner(open_folder: Path) -> None:
    """Who starts on the folder of a killed owner waits for its servers to end, and is not refused."""
    with owner_of(open_folder / "stack") as (owner, below):
        owner.kill()
        owner.wait()
        stack = LocalStack(open_folder / "stack")
        await stack.start()
        assert all_gone(below)
        await stack.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process on request")
async def test_servers_end_with_a_killed_watchdog(own_stack: LocalStack) -> None:
    """``kill -9`` of the watchdog leaves no server behind, and the owner is told in words."""
    servers = [psutil.Process(pid) for pid in (own_stack.kafka_pid, own_stack.postgres_pid)]
    watchdog = servers[0].parent()
    assert watchdog is not None
    watchdog.kill()
    assert all_gone(servers)
    with pytest.raises(LocalStackError, match="watchdog"):
        await own_stack.restart_kafka()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands the children of a killed process to the watchdog")
async def test_a_killed_server_leaves_no_zombie(own_stack: LocalStack) -> None:
    """The watchdog takes note of every process that ends, also where process 1 does not."""
    assert own_stack.postgres_pid is not None
    postgres = psutil.Process(own_stack.postgres_pid)
    all_of_it = [postgres, *postgres.children(recursive=True)]
    postgres.kill()
    assert all_gone(all_of_it)
    assert not [process for process in all_of_it if process.is_running()]


def test_a_child_of_the_owner_holds_nothing_up(open_folder: Path) -> None:
    """A forked child that outlives the owner, and has its pipes, does not keep the servers running."""
    with owner_of(open_folder / "stack", "forking") as (owner, below):
        child = next(process for process in below if str(OWNER) in process.cmdline())
        owner.kill()
        owner.wait()
        assert all_gone([process for process in below if process != child])
        assert child.is_running()
        child.kill()
