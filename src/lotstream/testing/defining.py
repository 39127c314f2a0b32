"""Telling every partition something, and waiting until each has decided it."""

from __future__ import annotations

import asyncio

from lotstream.store.seam import Store

LOOK_EVERY_S = 0.05


async def define(store: Store, type: str, key: str, body: bytes, *, partitions: int) -> None:
    """Broadcast a command and return when all partitions have passed its number; a worker must be running."""
    number = await store.add_broadcast(type, key=key, body=body)
    while await _behind(store, number, partitions):  # noqa: ASYNC110 - the other side is another process
        await asyncio.sleep(LOOK_EVERY_S)


async def _behind(store: Store, number: int, partitions: int) -> bool:
    claims = await store.claims(range(partitions))
    return any(claim.broadcast_seen < number for claim in claims.values())
