from __future__ import annotations

import asyncpg

from lotstream.store.claim import Claim
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore


async def test_what_the_released_code_was_told_is_looked_at_again(postgres_url: str) -> None:
    """Broadcasts decided without `turned` turn every site of the partition for the next holder, and only once."""
    await migrate(postgres_url)
    async with PostgresStore(postgres_url) as store:
        await store.begin_log(8)
        await take(store, partition=3)
        await as_released_code(postgres_url, broadcast_seen=7)
        taken = await take(store, partition=3)
        again = await take(store, partition=3)

    assert taken.turned == {"NORTH": 7, "SOUTH": 7}
    assert (taken.broadcast_seen, again.turned) == (7, taken.turned)


async def take(store: PostgresStore, *, partition: int) -> Claim:
    """Take the claim of a partition over as it is."""
    taken = await store.take_claim((await store.claims([partition]))[partition], holder="worker")
    assert taken is not None
    return taken


async def as_released_code(url: str, *, broadcast_seen: int) -> None:
    """Write what the released code writes when it has decided broadcasts."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "lotstream"})
    try:
        await connection.execute("INSERT INTO site VALUES (3, 'NORTH', '{}'), (3, 'SOUTH', '{}'), (4, 'WEST', '{}')")
        await connection.execute("UPDATE claim SET broadcast_seen = $1 WHERE partition = 3", broadcast_seen)
    finally:
        await connection.close()
