"""Telling every partition something, and waiting until each has decided it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from lotstream.store.seam import Store

LOOK_EVERY_S = 0.05


async def define(
    store: Store, type: str, key: str, body: bytes, *, partitions: int, look_every_s: float = LOOK_EVERY_S
) -> None:
    """Broadcast a command and return when all partitions have passed its number; a worker must be running."""
    await define_all(store, [(type, key, body)], partitions=partitions, look_every_s=look_every_s)


async def define_all(
    store: Store, told: Iterable[tuple[str, str, bytes]], *, partitions: int, look_every_s: float = LOOK_EVERY_S
) -> None:
    """Broadcast commands, each by type, key and body, and return when all partitions have passed the last of them."""
    number = max([await store.add_broadcast(name, key=key, body=body) for name, key, body in told], default=0)
    while await _behind(store, number, partitions):  # noqa: ASYNC110 - the other side is another process
        await asyncio.sleep(look_every_s)


async def _behind(store: Store, number: int, partitions: int) -> bool:
    claims = await store.claims(range(partitions))
    return any(claim.broadcast_seen < number for claim in claims.values())
