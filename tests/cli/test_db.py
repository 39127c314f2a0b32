from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest

from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.store.migrate import migrations
from tests.cli.conftest import run_lotstream

OWN = [migration.name for migration in migrations()]


@pytest.fixture
def fresh(postgres_url: str) -> Settings:
    """Settings that point to an empty database."""
    return Settings(postgres_url=postgres_url, partitions=8)


async def test_two_machines_that_migrate_at_once_apply_each_migration_once(fresh: Settings) -> None:
    """Of two `lotstream db migrate` processes at once both end well, one with all the work and one with none."""
    ran = await asyncio.gather(*(run_lotstream(fresh, "db", "migrate") for _ in range(2)))

    assert [(one.code, one.err) for one in ran] == [(0, ""), (0, "")]
    everything = "".join(f"applied {name}\n" for name in OWN) + f"{len(OWN)} migrations applied\n"
    assert sorted(one.out for one in ran) == sorted([everything, "the database is up to date\n"])


async def test_a_dry_run_says_what_would_be_applied_and_changes_nothing(fresh: Settings) -> None:
    """`db migrate --dry-run` names each pending migration with its purpose; afterwards they are pending as before."""
    dry = await run_lotstream(fresh, "db", "migrate", "--dry-run")
    status = await run_lotstream(fresh, "db", "status", "--json")

    assert dry.code == 0
    assert [line.split()[2] for line in dry.out.splitlines()[:-1]] == OWN
    assert "0001_pre_base.sql (before deployment): The hub's tables." in dry.out
    assert dry.out.endswith("nothing was changed\n")
    assert json.loads(status.out) == {"applied": [], "pending": OWN, "newer": [], "workers": {}}


async def test_a_newer_database_is_refused_in_words(fresh: Settings) -> None:
    """`db migrate` of older code names what the newer version applied and exits 4; `db status` shows it."""
    await run_lotstream(fresh, "db", "migrate")
    connection = await asyncpg.connect(fresh.postgres_url)
    await connection.execute("INSERT INTO lotstream.migration (name, sha256) VALUES ('9001_pre_future.sql', 'ff')")
    await connection.close()
    ran = await run_lotstream(fresh, "db", "migrate")
    status = await run_lotstream(fresh, "db", "status")

    assert ran.code == ExitCode.SETUP
    assert "a newer version has migrated the database: 9001_pre_future.sql." in ran.err
    assert "of a newer version: 9001_pre_future.sql" in status.out
