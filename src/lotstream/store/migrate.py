"""Numbered migrations: what the schema was, step by step, and the one way to change it.

``NNNN_pre_name.sql`` runs before the new code is deployed and must suit the old code too; ``NNNN_post_name.sql`` runs
after the last worker of the old code has ended. Each runs once, in a transaction of its own, and is recorded with the
hash of its text. A connector brings its own folder and schema through the same functions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final

from lotstream.errors import MigrationChanged
from lotstream.store.connection import SCHEMA, Address, connect, translated
from lotstream.store.sql import queries

if TYPE_CHECKING:
    import asyncpg
    from asyncpg import Record

SQL = queries("migrate")

MIGRATION_S: Final = 3600.0
"""How long one migration, or the wait for another machine's, may last."""

_NAME: Final = re.compile(r"^(\d{4})_(pre|post)_\w+\.sql$")
_SCHEMA: Final = re.compile(r"^[a-z_][a-z0-9_]{0,62}$")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    name: str
    text: str

    @property
    def is_post(self) -> bool:
        """Tell whether it waits until the old code is gone."""
        return "_post_" in self.name[:10]

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the text in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


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

    Without ``post`` it stops before the first migration that has to wait until the old code is gone. Raises
    `MigrationChanged` when the text of an applied migration is no longer what was applied.
    """
    applied = []
    async with _session(url, schema) as connection:
        await connection.execute(SQL["lock"], schema)
        await connection.execute(SQL["create_schema"].replace("{schema}", schema))
        await connection.execute(SQL["create_table"])
        for migration in await _pending(connection, migrations(folder)):
            if migration.is_post and not post:
                break
            async with connection.transaction():
                await connection.execute(migration.text)
                await connection.execute(SQL["record"], migration.name, migration.sha256)
            applied.append(migration.name)
    return applied


async def pending(url: str, *, folder: Traversable | None = None, schema: str = SCHEMA) -> list[str]:
    """Return the names of migrations that are not applied; raises `MigrationChanged` like `migrate`."""
    async with _session(url, schema) as connection:
        known = migrations(folder)
        if not await connection.fetchval(SQL["has_table"], schema):
            return [migration.name for migration in known]
        return [migration.name for migration in await _pending(connection, known)]


async def _pending(connection: asyncpg.Connection[Record], known: list[Migration]) -> list[Migration]:
    applied = {row["name"]: row["sha256"] for row in await connection.fetch(SQL["applied"])}
    for migration in known:
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise MigrationChanged(f"Migration {migration.name} is not the text that was applied to this database.")
    return [migration for migration in known if migration.name not in applied]


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
