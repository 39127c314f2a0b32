"""A Kafka and a PostgreSQL of one's own in one data folder, started and ended together."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from lotstream.errors import LocalStackError
from lotstream.local.account import server_account
from lotstream.local.folders import make_folder, socket_folder, temporary_folder
from lotstream.local.kafka_node import KafkaNode
from lotstream.local.kafka_runtime import ready_runtime
from lotstream.local.kafka_server import KafkaServer
from lotstream.local.lock import FolderLock, take_data_folder
from lotstream.local.ports import kept_ports
from lotstream.local.postgres_programs import reachable_programs
from lotstream.local.postgres_server import PostgresServer
from lotstream.local.server import bring_up
from lotstream.local.together import together
from lotstream.local.watched import WatchedServers

KAFKA_VARIABLE = "LOTSTREAM_KAFKA_BOOTSTRAP"
POSTGRES_VARIABLE = "LOTSTREAM_POSTGRES_URL"


@dataclass(frozen=True)
class Addresses:
    """Where clients connect."""

    kafka_bootstrap: str
    #: Fit for ``asyncpg.connect``.
    postgres_url: str


class LocalStack:
    """One Kafka and one PostgreSQL in one data folder.

    A server that is not wanted here is taken to be where ``LOTSTREAM_KAFKA_BOOTSTRAP`` or ``LOTSTREAM_POSTGRES_URL``
    says. However this process ends, both servers end with it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        progress: Callable[[str], None] | None = None,
        kafka: bool = True,
        postgres: bool = True,
        temporary: bool = False,
    ) -> None:
        """Name the data folder; nothing is made before ``start``. A ``temporary`` folder is removed at the end."""
        self.folder = folder.absolute()
        self._progress = progress or (lambda _: None)
        self._wants_kafka = kafka
        self._wants_postgres = postgres
        self._temporary = temporary
        self._turn = asyncio.Lock()
        self._lock: FolderLock | None = None
        self._servers: WatchedServers | None = None
        self._kafka: KafkaServer | None = None
        self._postgres: PostgresServer | None = None
        self._pids: dict[str, int] = {}
        self._addresses: Addresses | None = None

    @classmethod
    def beside_environment(
        cls, folder: Path, *, progress: Callable[[str], None] | None = None, temporary: bool = False
    ) -> LocalStack:
        """Return a stack that starts only the servers no environment variable points to."""
        return cls(
            folder,
            progress=progress,
            kafka=not os.environ.get(KAFKA_VARIABLE),
            postgres=not os.environ.get(POSTGRES_VARIABLE),
            temporary=temporary,
        )

    @property
    def addresses(self) -> Addresses:
        """Where clients connect.

        Raises:
            LocalStackError: the stack is not started.
        """
        if self._addresses is None:
            raise LocalStackError("The local stack is not started.")
        return self._addresses

    @property
    def kafka_pid(self) -> int | None:
        """The process id of Kafka, or none when it was not started here."""
        return self._pids.get(self._kafka.name) if self._kafka else None

    @property
    def postgres_pid(self) -> int | None:
        """The process id of PostgreSQL's first process, or none when it was not started here."""
        return self._pids.get(self._postgres.name) if self._postgres else None

    async def start(self) -> Addresses:
        """Start both servers and return when they answer; does nothing when they are started.

        Raises:
            LocalStackBusy: another live process uses the data folder.
            LocalExtraMissing: the packages of the extra ``local`` are not installed.
            LocalDownloadFailed: Kafka is not there yet and could not be downloaded.
            LocalStackError: something else, said in words, with the end of the server's log.
        """
        async with self._turn:
            if self._addresses is None:
                try:
                    self._addresses = await self._start()
                except BaseException:
                    await self._end()
                    raise
            return self._addresses

    async def stop(self) -> None:
        """End both servers and give the data folder free; does nothing when they are not started."""
        async with self._turn:
            await self._end()

    async def restart_kafka(self) -> None:
        """Start Kafka again on its port and data, after ending it in case it still runs.

        Raises:
            LocalStackError: it was not started here, or does not come up.
        """
        async with self._turn:
            await self._restart(self._kafka)

    async def restart_postgres(self) -> None:
        """Start PostgreSQL again on its socket and data, after ending it in case it still runs.

        Raises:
            LocalStackError: it was not started here, or does not come up.
        """
        async with self._turn:
            await self._restart(self._postgres)

    async def _start(self) -> Addresses:
        if self._wants_kafka or self._wants_postgres:
            self._servers = await self._open_folder()
        await together(self._starting())
        return Addresses(
            kafka_bootstrap=self._kafka.node.bootstrap if self._kafka else os.environ.get(KAFKA_VARIABLE, ""),
            postgres_url=self._postgres.url if self._postgres else os.environ.get(POSTGRES_VARIABLE, ""),
        )

    async def _open_folder(self) -> WatchedServers:
        make_folder(self.folder)
        self._lock = await take_data_folder(self.folder)
        # The socket's folder lies elsewhere when the data folder's name is too long.
        remove = [socket_folder(self.folder), *([self.folder] if self._temporary else [])]
        return WatchedServers(self.folder, folder_lock=self._lock.file, remove=remove)

    def _starting(self) -> Iterator[Coroutine[None, None, None]]:
        if self._wants_kafka:
            yield self._start_kafka()
        if self._wants_postgres:
            yield self._start_postgres()

    async def _start_kafka(self) -> None:
        runtime = await ready_runtime(self._watched, self._progress)
        ports = kept_ports(self.folder / "ports.json", ("broker", "controller"))
        node = KafkaNode(self.folder / "kafka", ports["broker"], ports["controller"])
        self._kafka = KafkaServer(node, runtime.java, runtime.options)
        await self._kafka.prepare()
        await self._bring_up(self._kafka)

    async def _start_postgres(self) -> None:
        account = server_account()
        programs = await asyncio.to_thread(reachable_programs, self.folder, account)
        self._postgres = PostgresServer(self.folder, programs, account)
        await self._postgres.prepare()
        await self._bring_up(self._postgres)

    async def _bring_up(self, server: KafkaServer | PostgresServer) -> None:
        self._progress(f"Starting {server.title}")
        self._pids[server.name] = await bring_up(server, self._watched)
        self._progress(f"{server.title} is up")

    async def _restart(self, server: KafkaServer | PostgresServer | None) -> None:
        if server is None:
            raise LocalStackError("This server was not started by this stack.")
        await asyncio.to_thread(self._watched.stop, server.name)
        await self._bring_up(server)

    @property
    def _watched(self) -> WatchedServers:
        if self._servers is None:
            raise LocalStackError("The local stack is not started.")
        return self._servers

    async def _end(self) -> None:
        servers, self._servers = self._servers, None
        lock, self._lock = self._lock, None
        self._addresses, self._kafka, self._postgres = None, None, None
        self._pids.clear()
        if servers is not None:
            await asyncio.to_thread(servers.close)
        if lock is not None:
            lock.free()
        if self._temporary:
            # The watchdog removes it too; it is not there when the start failed early.
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


@asynccontextmanager
async def local_stack(
    folder: Path | None = None, *, progress: Callable[[str], None] | None = None
) -> AsyncIterator[Addresses]:
    """Run a Kafka and a PostgreSQL for the time of a ``with`` block, in a temporary folder when none is given.

    A server that ``LOTSTREAM_KAFKA_BOOTSTRAP`` or ``LOTSTREAM_POSTGRES_URL`` points to is used instead of one's own.

    Raises:
        LotstreamError: as ``LocalStack.start`` does.
    """
    stack = LocalStack.beside_environment(folder or temporary_folder(), progress=progress, temporary=folder is None)
    try:
        yield await stack.start()
    finally:
        await stack.stop()
