"""Migrations: applied once, in order, by one machine at a time, and never changed afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from lotstream.errors import ConstraintViolated, MigrationChanged, NotMigrated, SettingInvalid
from lotstream.store.migrate import migrate, migrations, pending
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


async def _fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
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
    with pytest.raises(ConstraintViolated):
        await migrate(postgres_url, folder=folder, schema="edi")
    assert await pending(postgres_url, folder=folder, schema="edi") == ["0003_pre_wrong.sql"]
    assert await _fetch(postgres_url, "SELECT FROM pg_tables WHERE tablename = 'half'") == []


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
