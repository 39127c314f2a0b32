"""Migrations: applied once, in order, by one machine at a time, and never changed afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from lotstream import __version__
from lotstream.errors import (
    DatabaseBusy,
    DatabaseNewer,
    MigrationChanged,
    MigrationFailed,
    NotMigrated,
    OldWorkersRun,
    SettingInvalid,
)
from lotstream.store import migrate as module
from lotstream.store.connection import Address
from lotstream.store.instance import InstanceLock
from lotstream.store.migrate import check_schema, migrate, migrations, pending, plan, read_status
from lotstream.store.postgres import PostgresStore

OWN = [migration.name for migration in migrations()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three migrations of a connector's own schema."""
    (tmp_path / "0001_pre_base.sql").write_text("CREATE TABLE partner (id text PRIMARY KEY);")
    (tmp_path / "0002_post_drop.sql").write_text("ALTER TABLE partner DROP COLUMN name;")
    (tmp_path / "0002_pre_name.sql").write_text("ALTER TABLE partner ADD COLUMN name text;")
    (tmp_path / "README.md").write_text("Not a migration.")
    return tmp_path


async def _fetch(url: str, query: str, *args: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *args)
    finally:
        await connection.close()


async def test_second_run_applies_nothing(postgres_url: str) -> None:
    """The first run applies everything in order, the second nothing, and then nothing is pending."""
    assert await pending(postgres_url) == OWN
    assert await migrate(postgres_url) == OWN
    assert await migrate(postgres_url) == []
    assert await pending(postgres_url) == []


async def test_two_machines_at_once_apply_each_once(postgres_url: str) -> None:
    """Of several that migrate at once, one applies everything and the others wait and find nothing left."""
    applied = await asyncio.gather(*(migrate(postgres_url) for _ in range(4)))
    assert sorted(applied) == [[], [], [], OWN]


async def test_changed_text_is_an_error(postgres_url: str, folder: Path) -> None:
    """A migration whose text is no longer what was applied is an error, for applying and for asking."""
    await migrate(postgres_url, folder=folder, schema="edi")
    (folder / "0001_pre_base.sql").write_text("CREATE TABLE partner (id int PRIMARY KEY);")
    with pytest.raises(MigrationChanged, match="0001_pre_base"):
        await migrate(postgres_url, folder=folder, schema="edi")
    with pytest.raises(MigrationChanged, match="0001_pre_base"):
        await pending(postgres_url, folder=folder, schema="edi")


async def test_post_migrations_wait(postgres_url: str, folder: Path) -> None:
    """Without post, what has to wait for the end of the old code stays pending; pre comes before post."""
    assert await migrate(postgres_url, post=False, folder=folder, schema="edi") == [
        "0001_pre_base.sql",
        "0002_pre_name.sql",
    ]
    assert await pending(postgres_url, folder=folder, schema="edi") == ["0002_post_drop.sql"]
    assert await migrate(postgres_url, folder=folder, schema="edi") == ["0002_post_drop.sql"]


async def test_connector_has_its_own_schema(postgres_url: str, folder: Path) -> None:
    """A connector's tables and its record of migrations are in its schema, beside the hub's."""
    await migrate(postgres_url)
    await migrate(postgres_url, folder=folder, schema="edi")
    rows = await _fetch(postgres_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'edi' ORDER BY 1")
    assert [row["tablename"] for row in rows] == ["migration", "partner"]
    assert await pending(postgres_url) == []


async def test_failed_migration_leaves_nothing(postgres_url: str, folder: Path) -> None:
    """A migration that fails leaves nothing of itself, and those before it stay."""
    (folder / "0003_pre_wrong.sql").write_text(
        "CREATE TABLE half (id int); INSERT INTO partner (id) VALUES ('a'), ('a');"
    )
    with pytest.raises(
        MigrationFailed, match=r"0003_pre_wrong\.sql failed and has left nothing of itself: duplicate key"
    ):
        await migrate(postgres_url, folder=folder, schema="edi")
    assert await pending(postgres_url, folder=folder, schema="edi") == ["0003_pre_wrong.sql"]
    assert await _fetch(postgres_url, "SELECT FROM pg_tables WHERE tablename = 'half'") == []


async def test_nonsense_in_a_migration_is_said_in_words(postgres_url: str, folder: Path) -> None:
    """Text the server does not understand is an error with the migration's name, and leaves nothing either."""
    (folder / "0003_pre_wrong.sql").write_text("CREATE TABLE half (id int); CREATE TABEL other ();")
    with pytest.raises(MigrationFailed, match=r"0003_pre_wrong.sql.*TABEL"):
        await migrate(postgres_url, folder=folder, schema="edi")
    assert await _fetch(postgres_url, "SELECT FROM pg_tables WHERE tablename = 'half'") == []


async def test_a_table_in_use_is_waited_for(postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that finds its table in use tries again until it is free, and nothing is changed before that."""
    monkeypatch.setattr(module, "TABLE_LOCK_S", 0.05)
    monkeypatch.setattr(module, "TABLE_LOCK_PAUSE_S", 0.01)
    await migrate(postgres_url, folder=folder, schema="edi")
    (folder / "0003_pre_more.sql").write_text("ALTER TABLE partner ADD COLUMN more text;")
    connection = await asyncpg.connect(postgres_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM edi.partner")
            migrating = asyncio.create_task(migrate(postgres_url, folder=folder, schema="edi"))
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
        assert await migrating == ["0003_pre_more.sql"]
    finally:
        await connection.close()


async def test_a_table_that_stays_in_use_is_given_up(
    postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that never gets its table ends in words, and is pending as before."""
    monkeypatch.setattr(module, "TABLE_LOCK_S", 0.02)
    monkeypatch.setattr(module, "TABLE_LOCK_PAUSE_S", 0.0)
    await migrate(postgres_url, folder=folder, schema="edi")
    (folder / "0003_pre_more.sql").write_text("ALTER TABLE partner ADD COLUMN more text;")
    connection = await asyncpg.connect(postgres_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM edi.partner")
            with pytest.raises(DatabaseBusy, match=r"0003_pre_more.sql did not get the tables"):
                await migrate(postgres_url, folder=folder, schema="edi")
    finally:
        await connection.close()
    assert await pending(postgres_url, folder=folder, schema="edi") == ["0003_pre_more.sql"]


async def _applied_by_newer(url: str, name: str) -> None:
    await migrate(url)
    await _fetch(url, "INSERT INTO lotstream.migration (name, sha256) VALUES ($1, 'ff')", name)


async def test_a_database_of_a_newer_version_is_not_migrated(postgres_url: str) -> None:
    """What a newer version has applied is named, and this version then neither applies nor plans anything."""
    await _applied_by_newer(postgres_url, "9001_pre_future.sql")
    with pytest.raises(DatabaseNewer, match=rf"lotstream {__version__}.*9001_pre_future"):
        await migrate(postgres_url)
    with pytest.raises(DatabaseNewer, match="9001_pre_future"):
        await plan(postgres_url)


async def test_a_worker_suits_what_a_newer_version_does_before_its_deployment(postgres_url: str) -> None:
    """A worker may start between a newer version's migrations before and after deployment, and not any later."""
    await _applied_by_newer(postgres_url, "9001_pre_future.sql")
    await check_schema(postgres_url)
    await _fetch(postgres_url, "INSERT INTO lotstream.migration (name, sha256) VALUES ('9002_post_future.sql', 'ff')")
    with pytest.raises(DatabaseNewer, match="9002_post_future"):
        await check_schema(postgres_url)


async def test_a_worker_needs_what_runs_before_its_deployment(postgres_url: str) -> None:
    """A worker does not start on a database that lacks a migration which runs before deployment."""
    with pytest.raises(NotMigrated, match=OWN[0]):
        await check_schema(postgres_url)


async def test_old_workers_keep_a_post_migration_waiting(postgres_url: str, folder: Path) -> None:
    """While a worker of another version is connected, what waits for its end is refused; pre-migrations are applied."""
    async with running(postgres_url, "lotstream/one"):
        old = await asyncpg.connect(postgres_url, server_settings={"application_name": "lotstream"})
        await old.execute("SELECT pg_advisory_lock(1)")
        with pytest.raises(OldWorkersRun, match=r"still connected: lotstream\."):
            await migrate(postgres_url, folder=folder)
        await old.close()
        assert (await read_status(postgres_url, folder=folder)).workers == {f"lotstream/one {__version__}": 1}
        assert await migrate(postgres_url, folder=folder) == ["0002_post_drop.sql"]


async def test_a_long_name_does_not_make_a_worker_an_old_one(postgres_url: str, folder: Path) -> None:
    """However long an instance id is, its session says the version of its code."""
    async with running(postgres_url, f"lotstream/{'ü' * 60}-1"):
        assert "0002_post_drop.sql" in await migrate(postgres_url, folder=folder)


@asynccontextmanager
async def running(url: str, instance: str) -> AsyncIterator[None]:
    """Hold an instance id for the block, as a worker of this code does."""
    lock = InstanceLock(Address(url=url, app="lotstream"))
    await lock.acquire(instance, timeout_s=5.0)
    try:
        yield
    finally:
        await lock.release()


async def test_post_is_planned_after_what_runs_before(postgres_url: str) -> None:
    """A plan names what a run would apply, and changes nothing."""
    assert [migration.name for migration in await plan(postgres_url)] == OWN
    assert await _fetch(postgres_url, "SELECT FROM pg_namespace WHERE nspname = 'lotstream'") == []


def test_every_migration_says_what_it_is_for() -> None:
    """The first sentence of each migration is what a plan shows of it."""
    for migration in migrations():
        assert migration.summary.endswith("."), migration.name


def test_misnamed_file_is_an_error(tmp_path: Path) -> None:
    """A file that is no NNNN_pre_name.sql or NNNN_post_name.sql is not passed over silently."""
    (tmp_path / "3_pre_x.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="3_pre_x"):
        migrations(tmp_path)


async def test_odd_schema_name_is_refused(postgres_url: str) -> None:
    """A schema's name goes into SQL as it is, and so has to be a plain one."""
    with pytest.raises(ValueError, match="no name for a schema"):
        await migrate(postgres_url, schema='x"; DROP SCHEMA public; --')


async def test_store_needs_the_tables(postgres_url: str) -> None:
    """A store on a database without tables says that it has to be migrated."""
    with pytest.raises(NotMigrated):
        await PostgresStore(postgres_url).open()


async def test_store_needs_a_log(postgres_url: str) -> None:
    """A store whose log was never begun says so, and makes no claims."""
    await migrate(postgres_url)
    async with PostgresStore(postgres_url) as store:
        with pytest.raises(NotMigrated):
            await store.log()
        with pytest.raises(NotMigrated):
            await store.claims([0])


async def test_address_without_a_database_is_a_setting(postgres_url: str) -> None:
    """A database that does not exist is a wrong setting, not a server that does not answer."""
    with pytest.raises(SettingInvalid, match="does not exist"):
        await migrate(postgres_url.replace("/test_", "/absent_"))
