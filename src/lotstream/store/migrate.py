"""Numbered migrations: what the schema was, step by step, and the one way to change it.

``NNNN_pre_name.sql`` runs before the new code is deployed and must suit the old code too; ``NNNN_post_name.sql`` runs
after the last worker of the old code has ended. Each runs once, in a transaction of its own, and is recorded with the
hash of its text. A connector brings its own folder and schema through the same functions.

A migration waits only briefly for a table that is in use and then lets everybody else pass before it tries again: while
it waits for a lock, all who come after it wait too, and a worker whose calls wait too long ends.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final

from asyncpg import exceptions as refused

from lotstream import __version__
from lotstream.errors import DatabaseBusy, DatabaseNewer, MigrationChanged, MigrationFailed, NotMigrated, OldWorkersRun
from lotstream.store.connection import SCHEMA, Address, connect, translated
from lotstream.store.sql import queries

if TYPE_CHECKING:
    import asyncpg
    from asyncpg import Record

SQL = queries("migrate")

MIGRATION_S: Final = 3600.0
"""How long one migration, or the wait for another machine's, may last."""

TABLE_LOCK_S: Final = 2.0
"""How long a migration waits for a table in use at a time: less than a worker waits for a row."""

TABLE_LOCK_ROUNDS_MAX: Final = 20
TABLE_LOCK_PAUSE_S: Final = 1.0
"""Between two rounds, in which everybody else passes."""

_NAME: Final = re.compile(r"^(\d{4})_(pre|post)_\w+\.sql$")
_SCHEMA: Final = re.compile(r"^[a-z_][a-z0-9_]{0,62}$")
_SERVER_TROUBLE: Final = (
    refused.PostgresConnectionError,
    refused.OperatorInterventionError,
    refused.InsufficientResourcesError,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    name: str
    text: str

    @property
    def is_post(self) -> bool:
        """Tell whether it waits until the old code is gone."""
        return is_post(self.name)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the text in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def summary(self) -> str:
        """Return the first sentence of the comment at its head; empty when there is none."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            lines.append(line.removeprefix("--").strip())
        return re.split(r"(?<=\.)\s", " ".join(lines), maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Applied:
    """One step that a database has taken."""

    name: str
    sha256: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What a database has had of the migrations this code knows, and what of others."""

    applied: tuple[Applied, ...]
    pending: tuple[Migration, ...]
    #: Applied and not known to this code: a newer version did it.
    newer: tuple[str, ...]
    #: Connected workers by the name they give themselves; 0.1.0 says no version.
    workers: dict[str, int]


def is_post(name: str) -> bool:
    """Tell by a migration's name whether it waits until the old code is gone."""
    return "_post_" in name[:10]


def migrations(folder: Traversable | None = None) -> list[Migration]:
    """Return the migrations of a folder, the hub's own when none is given, in order (``pre`` before ``post``).

    Raises `ValueError` for a file whose name is not ``NNNN_pre_name.sql`` or ``NNNN_post_name.sql``.
    """
    folder = folder or resources.files("lotstream.store").joinpath("migrations")
    found = [Migration(path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".sql")]
    for migration in found:
        if not _NAME.match(migration.name):
            raise ValueError(f"{migration.name}: a migration is named NNNN_pre_name.sql or NNNN_post_name.sql")
    return sorted(found, key=lambda migration: (migration.name[:4], migration.is_post, migration.name))


async def migrate(url: str, *, post: bool = True, folder: Traversable | None = None, schema: str = SCHEMA) -> list[str]:
    """Apply what is pending and return its names; safe to run twice and from two machines at once.

    Without ``post`` it stops before the first migration that has to wait until the old code is gone. What fails leaves
    nothing of itself; what was applied before it stays.

    Raises:
        MigrationChanged: the text of an applied migration is no longer what was applied.
        DatabaseNewer: a newer version has migrated this database.
        OldWorkersRun: a migration is due that waits for the end of workers which are still connected.
        MigrationFailed: the server refused a migration.
        DatabaseBusy: a table stayed in use.
    """
    applied = []
    async with _session(url, schema) as connection:
        await connection.execute(SQL["lock"], schema)
        await connection.execute(SQL["create_schema"].replace("{schema}", schema))
        await connection.execute(SQL["create_table"])
        status = await _status(connection, migrations(folder))
        if status.newer:
            raise _newer(status.newer)
        for migration in due(status, post=post):
            if migration.is_post and schema == SCHEMA:
                await _check_old_workers(connection)
            await _apply(connection, migration)
            applied.append(migration.name)
    return applied


def due(status: Status, *, post: bool = True) -> list[Migration]:
    """Return what a run would apply: everything pending or, without ``post``, what stands before the first ``post``."""
    names = [migration.is_post for migration in status.pending]
    return list(status.pending if post or True not in names else status.pending[: names.index(True)])


async def plan(url: str, *, post: bool = True) -> list[Migration]:
    """Return what `migrate` would apply, changing nothing; raises `MigrationChanged` and `DatabaseNewer` like it."""
    status = await read_status(url)
    if status.newer:
        raise _newer(status.newer)
    return due(status, post=post)


async def read_status(url: str, *, folder: Traversable | None = None, schema: str = SCHEMA) -> Status:
    """Return what is applied and what is pending, changing nothing; raises `MigrationChanged` like `migrate`."""
    async with _session(url, schema) as connection:
        known = migrations(folder)
        if not await connection.fetchval(SQL["has_table"], schema):
            return Status((), tuple(known), (), {})
        return await _status(connection, known)


async def pending(url: str, *, folder: Traversable | None = None, schema: str = SCHEMA) -> list[str]:
    """Return the names of migrations that are not applied; raises `MigrationChanged` like `migrate`."""
    return [migration.name for migration in (await read_status(url, folder=folder, schema=schema)).pending]


async def check_schema(url: str) -> None:
    """Check that a worker of this code may run on a database.

    A pending ``post`` and a newer version's ``pre`` suit it: that is how a deployment rolls. Raises `NotMigrated` for a
    pending ``pre`` and `DatabaseNewer` for a ``post`` of a newer version.
    """
    status = await read_status(url)
    if missing := [migration.name for migration in status.pending if not migration.is_post]:
        raise NotMigrated(f"The database lacks {', '.join(missing)}.")
    if after := [name for name in status.newer if is_post(name)]:
        raise _newer(after)


async def _status(connection: asyncpg.Connection[Record], known: list[Migration]) -> Status:
    applied = {row["name"]: Applied(**dict(row)) for row in await connection.fetch(SQL["applied"])}
    for migration in known:
        if migration.name in applied and applied[migration.name].sha256 != migration.sha256:
            raise MigrationChanged(f"Migration {migration.name} is not the text that was applied to this database.")
    names = {migration.name for migration in known}
    return Status(
        applied=tuple(applied.values()),
        pending=tuple(migration for migration in known if migration.name not in applied),
        newer=tuple(name for name in applied if name not in names),
        workers={row["name"]: row["count"] for row in await connection.fetch(SQL["workers"])},
    )


async def _apply(connection: asyncpg.Connection[Record], migration: Migration) -> None:
    """Apply one migration and record it, in one transaction, once it gets the tables it changes."""
    for rounds_left in reversed(range(TABLE_LOCK_ROUNDS_MAX)):
        try:
            async with connection.transaction():
                await connection.execute(SQL["wait_briefly"], f"{TABLE_LOCK_S * 1000:.0f}ms")
                await connection.execute(migration.text)
                await connection.execute(SQL["record"], migration.name, migration.sha256)
        except (refused.LockNotAvailableError, refused.DeadlockDetectedError) as error:
            if not rounds_left:
                raise DatabaseBusy(
                    f"{migration.name} did not get the tables it changes; nothing was changed."
                ) from error
            await asyncio.sleep(TABLE_LOCK_PAUSE_S)
        except _SERVER_TROUBLE:
            raise
        except refused.PostgresError as error:
            raise MigrationFailed(f"{migration.name} failed and has left nothing of itself: {error}.") from error
        else:
            return


async def _check_old_workers(connection: asyncpg.Connection[Record]) -> None:
    names = [row["name"] for row in await connection.fetch(SQL["workers"])]
    if old := [name for name in names if not name.endswith(f" {__version__}")]:
        raise OldWorkersRun(f"Workers of another version are still connected: {', '.join(sorted(old))}.")


def _newer(names: Iterable[str]) -> DatabaseNewer:
    return DatabaseNewer(
        f"This is lotstream {__version__}, and a newer version has migrated the database: {', '.join(names)}."
    )


@asynccontextmanager
async def _session(url: str, schema: str) -> AsyncIterator[asyncpg.Connection[Record]]:
    if not _SCHEMA.match(schema):
        raise ValueError(f"{schema} is no name for a schema")
    address = Address(url=url, app="lotstream-migrate", schema=schema, call_s=MIGRATION_S, lock_s=MIGRATION_S)
    connection = await connect(address)
    try:
        with translated():
            yield connection
    finally:
        await connection.close()
