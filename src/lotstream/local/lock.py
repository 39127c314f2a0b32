"""Locks on folders, between processes; the kernel frees them when their last holder is gone, however it went."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from pathlib import Path

from lotstream.errors import LocalStackBusy

POLL_S = 0.05

LEAVING_S_MAX = 30.0
"""How long a watchdog may take to end the servers of an owner that is gone."""


class FolderLock:
    """An exclusive lock on a folder, held through an open file in it that says who holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_take(self) -> bool:
        """Take the lock if it is free and note this process as its holder."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.truncate(self.file, 0)
        os.pwrite(self.file, f"{os.getpid()}\n".encode(), 0)
        return True

    def holder(self) -> int | None:
        """Return the pid that the holder noted, or none while it is about to."""
        noted = os.pread(self.file, 32, 0).strip()
        return int(noted) if noted else None

    def free(self) -> None:
        """Give the lock up; a watchdog that inherited it keeps it until it ends."""
        os.close(self.file)


async def take_data_folder(folder: Path) -> FolderLock:
    """Take a data folder, waiting for the watchdog of an owner that is gone to end its servers.

    Raises:
        LocalStackBusy: a live process has it.
    """
    lock = FolderLock(folder)
    deadline = time.monotonic() + LEAVING_S_MAX
    while not lock.try_take():
        holder = lock.holder()
        if (holder is not None and is_alive(holder)) or time.monotonic() > deadline:
            lock.free()
            raise LocalStackBusy(
                f"The data folder {folder} is in use by process {holder}.",
                what_to_do=f"End process {holder} first, or choose another data folder.",
            )
        await asyncio.sleep(POLL_S)
    return lock


async def wait_for(folder: Path) -> FolderLock:
    """Take the lock of a folder, however long another process works in it."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    lock = FolderLock(folder)
    while not lock.try_take():  # noqa: ASYNC110 - another process frees it; there is no event to wait for
        await asyncio.sleep(POLL_S)
    return lock


def is_alive(pid: int) -> bool:
    """Say whether a process with this pid exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
