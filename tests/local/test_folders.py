"""Data folders, ports, locks and programs: what is refused is refused in words."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from lotstream.errors import LocalFolderUnfit, LocalPortTaken, LocalServerFailed, LocalStackBusy
from lotstream.local.account import Account, closed_folder, refuse_closed_folder
from lotstream.local.folders import make_folder, make_private_folder
from lotstream.local.lock import FolderLock, take_data_folder
from lotstream.local.ports import LOOPBACK, PORTS, free_ports, is_free, kept_ports
from lotstream.local.postgres_programs import reachable_programs
from lotstream.local.server import LOG_BYTES_MAX, failure, keep_log_short


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` returns."""

    total: int
    used: int
    free: int


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is said with both figures, and not found out by a server that dies."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9, 3 * 2**20))
    with pytest.raises(LocalFolderUnfit, match="Only 3 MB are free") as refused:
        make_folder(tmp_path / "stack")
    assert "another disk" in refused.value.what_to_do


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A file in the place of a folder is named."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(LocalFolderUnfit, match="taken"):
        make_folder(tmp_path / "taken" / "stack")


def test_a_closed_folder_is_named_for_root(open_folder: Path) -> None:
    """PostgreSQL under its own account cannot pass a folder that only root may enter; nothing is opened for it."""
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    (closed / "stack").mkdir()
    assert closed_folder(closed / "stack") == closed
    with pytest.raises(LocalFolderUnfit, match=str(closed)):
        refuse_closed_folder(closed / "stack")
    assert closed.stat().st_mode & 0o777 == 0o700


def test_programs_in_a_closed_folder_are_copied(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages in root's home stay closed: the server runs from a copy, which is made once."""
    installed = reachable_programs(open_folder, None)
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    (closed / "postgres").symlink_to(installed)
    monkeypatch.setattr("lotstream.local.postgres_programs.closed_folder", lambda _: closed)
    copied = reachable_programs(open_folder, Account(os.geteuid(), os.getegid()))
    assert copied.parent == open_folder
    version = subprocess.run([copied / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("postgres (PostgreSQL) 18")
    assert reachable_programs(open_folder, Account(os.geteuid(), os.getegid())) == copied


def test_a_socket_folder_is_nobody_elses(tmp_path: Path) -> None:
    """A link that somebody put in the place of the socket's folder is not followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(LocalFolderUnfit, match="somebody else"):
        make_private_folder(tmp_path / "link", user=os.geteuid())


async def test_a_held_lock_is_refused_and_a_free_one_taken(tmp_path: Path) -> None:
    """The lock is the kernel's: it is free as soon as its holder lets go of the file."""
    held = FolderLock(tmp_path)
    assert held.try_take()
    with pytest.raises(LocalStackBusy, match=str(os.getpid())):
        await take_data_folder(tmp_path)
    held.free()
    (await take_data_folder(tmp_path)).free()


def test_ports_stay_the_same_while_they_are_free(tmp_path: Path) -> None:
    """A stack keeps its ports from start to start, and takes others when somebody listens on one."""
    file = tmp_path / "ports.json"
    kept = kept_ports(file, ("broker", "controller"))
    assert kept_ports(file, ("broker", "controller")) == kept
    with socket.create_server((LOOPBACK, kept["broker"])):
        others = kept_ports(file, ("broker", "controller"))
    assert others["broker"] != kept["broker"]
    assert json.loads(file.read_text()) == others


def test_ports_are_not_those_of_outgoing_connections() -> None:
    """A client's connection never takes the port to which a killed Kafka is to come back."""
    assert set(free_ports(5)) <= set(PORTS)
    assert PORTS.stop <= 32_768


def test_a_taken_port_is_not_free() -> None:
    """A port somebody listens on is not offered."""
    with socket.create_server((LOOPBACK, 0)) as server:
        assert not is_free(server.getsockname()[1])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("java.net.BindException: Address already in use", LocalPortTaken),
        ("write failed: No space left on device", LocalFolderUnfit),
        ("a fault nobody foresaw", LocalServerFailed),
    ],
)
def test_a_servers_last_words_are_understood(tmp_path: Path, line: str, error: type[Exception]) -> None:
    """A taken port and a full disk are told apart from other failures, and the log's end is always shown."""
    log = tmp_path / "kafka.log"
    log.write_text(f"first\n{'noise' * 10}\n{line}\n")
    failed = failure("Apache Kafka", log, "ended with exit code 1 while it started")
    assert type(failed) is error
    assert line in str(failed)


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    """Logs of a stack that is started again and again take a bounded room."""
    log = tmp_path / "kafka.log"
    with log.open("wb") as content:
        content.truncate(LOG_BYTES_MAX + 1)
    keep_log_short(log)
    assert not log.exists()
    assert (tmp_path / "kafka.log.1").exists()
