"""The last released code after the migration that waits for its end: nothing of it can write any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zipfile import ZipFile

import asyncpg
import pytest

from lotstream.errors import ClaimLost
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore
from tests.store.build import batch, intake
from tests.upgrade.released import WHEEL

POST = "0060_post_0_1_0_is_gone.sql"
HOLDER = "lotstream-of-0.1.0"


def released_take() -> str:
    """Return the statement with which the released code takes a claim."""
    with ZipFile(WHEEL) as wheel:
        text = wheel.read("lotstream/store/sql/claims.sql").decode()
    return text.split("-- name: take\n")[1].split("-- name: ")[0]


@asynccontextmanager
async def begun(url: str) -> AsyncIterator[tuple[PostgresStore, asyncpg.Connection[asyncpg.Record]]]:
    """Give a database before the migrations after deployment, with a partition that the released code has taken."""
    assert POST not in await migrate(url, post=False)
    connection = await asyncpg.connect(url, server_settings={"search_path": "lotstream"})
    try:
        async with PostgresStore(url) as store:
            await store.begin_log(8)
            await store.claims([0])
            assert await connection.fetchrow(released_take(), 0, 0, 1, HOLDER) is not None
            yield store, connection
    finally:
        await connection.close()


async def test_the_released_code_takes_partitions_until_it_is_to_be_gone(postgres_url: str) -> None:
    """Before the migration it takes a partition over; afterwards it is told why not, and today's code takes it."""
    async with begun(postgres_url) as (store, connection):
        assert await migrate(postgres_url) == [POST]
        read = (await store.claims([0]))[0]
        with pytest.raises(asyncpg.UndefinedColumnError, match=r"migrated past lotstream 0\.1\.0"):
            await connection.fetchrow(released_take(), 0, read.epoch, 1, HOLDER)
        assert (read.holder, read.released) == (HOLDER, False)
        assert await store.take_claim(read, holder="today") is not None


async def test_what_slipped_in_cannot_write_any_more(postgres_url: str) -> None:
    """A claim that the released code holds when the migration runs is taken from it: its next commit is refused."""
    async with begun(postgres_url) as (store, _):
        held = (await store.claims([0]))[0]
        await migrate(postgres_url)
        written = batch(held)
        written.intake = [intake(0, "late")]
        with pytest.raises(ClaimLost):
            await store.commit(written)


async def test_every_event_names_its_code(postgres_url: str) -> None:
    """Once the released code is gone no event is held to be of it because it says nothing."""
    async with begun(postgres_url) as (_, connection):
        default = (
            "SELECT column_default FROM information_schema.columns WHERE table_name = 'journal' AND column_name = $1"
        )
        assert await connection.fetchval(default, "code") == "'0.1.0'::text"
        await migrate(postgres_url)
        assert await connection.fetchval(default, "code") is None
