"""A Kafka cluster and a PostgreSQL that can be broken on purpose: what a fault run does to its servers."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil

from lotstream.errors import LocalStackError
from lotstream.local.cluster import KafkaCluster
from lotstream.local.folders import ENTER_ONLY
from lotstream.local.shifted_clock import ShiftedClock, build_library
from lotstream.local.stack import LocalStack

#: PostgreSQL's log of changes in a file system of this size can be filled in a moment.
SMALL_DISK_BYTES = 320 * 1024 * 1024
#: Keeps PostgreSQL's log of changes well below that.
WAL_BYTES_MAX = "128MB"
FILLER = "filler"
GONE_S_MAX = 20.0
BROKER_OUT_OF_TIME = 1
"""The broker whose clock can be shifted."""


class BreakableServers:
    """Three Kafka nodes and one PostgreSQL in one folder; they end with this process."""

    def __init__(self, folder: Path, *, progress: Callable[[str], None] | None = None) -> None:
        """Name the folder, which is removed at the end; nothing is made before ``start``."""
        self.folder = folder
        self.kafka = KafkaCluster(folder / "kafka", progress=progress)
        self._stack = LocalStack(folder / "sql", progress=progress, kafka=False)
        self._disk: Path | None = None
        #: Clocks of one broker and of one worker that can be put wrong; none where that cannot be done.
        self.broker_clock: ShiftedClock | None = None
        self.worker_clock: ShiftedClock | None = None

    async def start(self) -> None:
        """Start everything; PostgreSQL's log of changes goes to a small disk where one can be mounted."""
        await self._stack.start()
        library = await asyncio.to_thread(build_library, self.folder)
        if library is not None:
            self.broker_clock = ShiftedClock(library, self.folder / "broker-clock")
            self.worker_clock = ShiftedClock(library, self.folder / "worker-clock")
        clock = self.broker_clock
        await self.kafka.start({} if clock is None else {BROKER_OUT_OF_TIME: clock.environment})
        await self._give_small_disk()

    async def stop(self) -> None:
        """End everything and remove the folder."""
        try:
            await self._stack.stop()
            await self.kafka.stop()
        finally:
            if self._disk is not None:
                await asyncio.to_thread(subprocess.run, ["umount", str(self._disk)], check=True)
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def kafka_bootstrap(self) -> str:
        """Where Kafka clients connect."""
        return self.kafka.bootstrap

    @property
    def postgres_url(self) -> str:
        """The database without anything in between."""
        return self._stack.addresses.postgres_url

    @property
    def postgres_socket(self) -> Path:
        """The Unix socket that PostgreSQL listens on."""
        query = parse_qs(urlsplit(self.postgres_url).query)
        return Path(query["host"][0]) / f".s.PGSQL.{query['port'][0]}"

    @property
    def brokers(self) -> list[int]:
        """The ids of all brokers."""
        return self.kafka.nodes

    async def kill_brokers(self, brokers: list[int]) -> None:
        """End brokers as a power cut would."""
        await self.kafka.kill(brokers)

    async def start_brokers(self, brokers: list[int]) -> None:
        """Start brokers again on their data."""
        await self.kafka.start_nodes(brokers)

    async def kill_postgres(self) -> None:
        """End PostgreSQL as a power cut would, all its processes at once."""
        family = self._postgres_family()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(psutil.wait_procs, family, GONE_S_MAX)

    async def start_postgres(self) -> None:
        """Start PostgreSQL again on its data."""
        await self._stack.restart_postgres()

    def freeze_postgres(self) -> None:
        """Let no process of PostgreSQL do anything."""
        self._signal_postgres(signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        """Let PostgreSQL go on."""
        self._signal_postgres(signal.SIGCONT)

    @property
    def disk_can_be_filled(self) -> bool:
        """Say whether PostgreSQL's log of changes lies on a disk of its own."""
        return self._disk is not None

    def fill_disk(self) -> None:
        """Leave no byte on the disk of PostgreSQL's log of changes."""
        if self._disk is None:
            raise LocalStackError("No small disk could be mounted.")
        free = shutil.disk_usage(self._disk).free
        with (self._disk / FILLER).open("wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, free)

    def empty_disk(self) -> None:
        """Give the room back."""
        if self._disk is not None:
            (self._disk / FILLER).unlink(missing_ok=True)

    async def copy_postgres(self, name: str) -> None:
        """Keep a copy of PostgreSQL's data under a name; it is stopped meanwhile."""
        await self.kill_postgres()
        await asyncio.to_thread(self._copy_data, self._data, self.folder / name)
        await self.start_postgres()

    async def put_postgres_back(self, name: str) -> None:
        """Replace PostgreSQL's data by a copy that was kept."""
        await self.kill_postgres()
        await asyncio.to_thread(self._replace_data, self.folder / name)
        await self.start_postgres()

    def _postgres_family(self) -> list[psutil.Process]:
        """Return all processes of PostgreSQL; raises `LocalStackError` when there are none to do anything to."""
        pid = self._stack.postgres_pid
        if pid is None or not psutil.pid_exists(pid):
            raise LocalStackError("PostgreSQL does not run.")
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]

    def _signal_postgres(self, number: signal.Signals) -> None:
        for process in self._postgres_family():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    @property
    def _data(self) -> Path:
        return self._stack.folder / "postgres" / "data"

    async def _give_small_disk(self) -> None:
        disk = self.folder / "small-disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES},mode={ENTER_ONLY:o}", "tmpfs", str(disk)]
        mounted = await asyncio.to_thread(subprocess.run, mount, capture_output=True, check=False)
        if mounted.returncode != 0:
            return
        self._disk = disk
        await self.kill_postgres()
        await asyncio.to_thread(self._move_wal, disk / "pg_wal")
        await self.start_postgres()

    def _move_wal(self, target: Path) -> None:
        wal = self._data / "pg_wal"
        owner = wal.stat()
        shutil.copytree(wal, target)
        shutil.rmtree(wal)
        wal.symlink_to(target)
        _give([target, *target.rglob("*")], owner)
        with (self._data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"max_wal_size = '{WAL_BYTES_MAX}'\nmin_wal_size = '32MB'\n")

    def _copy_data(self, source: Path, target: Path) -> None:
        """Copy a data folder, what its links point to included."""
        shutil.copytree(source, target)
        _give([target, *target.rglob("*")], source.stat())

    def _replace_data(self, copy: Path) -> None:
        wal = self._data / "pg_wal"
        linked = wal.resolve() if wal.is_symlink() else None
        shutil.rmtree(self._data)
        self._copy_data(copy, self._data)
        if linked is not None:
            shutil.rmtree(linked)
            self._copy_data(self._data / "pg_wal", linked)
            shutil.rmtree(wal)
            wal.symlink_to(linked)


def _give(paths: list[Path], owner: os.stat_result) -> None:
    """Give paths to whom another path belongs."""
    for path in paths:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
