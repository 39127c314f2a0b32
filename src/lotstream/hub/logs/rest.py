"""Publishing what the outbox still holds of a log that ends, each message once.

Kafka forgets the positions of a topic that is deleted, and the database's copy may be a batch behind. So the outgoing
topics themselves are asked which of the messages they have.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lotstream.errors import RelayFailed
from lotstream.hub.logs.published import id_of, read_published
from lotstream.hub.logs.situation import Held, Situation
from lotstream.hub.outbox_tail import read_piece
from lotstream.hub.seam import Producer


@dataclass(frozen=True, slots=True)
class Rest:
    """Messages of a log that ends."""

    published: int = 0
    #: Those that the topics had already, though nobody had noted it.
    there_before: int = 0


async def publish_rest(held: Held, situation: Situation) -> Rest:
    """Publish what no reader has seen yet, and note it; safe to repeat after a crash.

    Call it after the holders are fenced. Raises `RelayFailed` when Kafka refuses or takes too long.
    """
    behind = situation.unpublished()
    count, since = await held.logs.unpublished(situation.log.number, behind)
    if not count or since is None:
        await held.logs.note_published(situation.log.number, {p: situation.claims[p].next_offset for p in behind})
        return Rest()
    producer = held.kafka.producer(f"{held.settings.app}-log-{uuid.uuid4().hex}")
    try:
        async with asyncio.timeout(held.settings.relay_timeout_s):
            await producer.start()
        there = await _there(held, since)
        return await _publish(held, situation, behind, there, producer=producer)
    except Exception as error:
        raise RelayFailed(f"Publishing failed: {error!r}.") from error
    finally:
        await producer.stop()


async def _there(held: Held, since: datetime) -> set[str]:
    return {id_of(record) async for record in read_published(held.settings, since=since)}


async def _publish(
    held: Held, situation: Situation, behind: Mapping[int, int], there: set[str], *, producer: Producer
) -> Rest:
    log, published, before = situation.log.number, 0, 0
    for partition, offset in behind.items():
        position, end = offset, situation.claims[partition].next_offset
        while position < end:
            piece = await read_piece(held.store, partition, log=log, offset=position, below=end)
            rows = [row for row in piece.rows if row.id not in there]
            if rows:
                async with asyncio.timeout(held.settings.relay_timeout_s):
                    await producer.begin()
                    await producer.send(rows)
                    await producer.commit()
            position = piece.reached
            await held.logs.note_published(log, {partition: position})
            published, before = published + len(rows), before + len(piece.rows) - len(rows)
    return Rest(published, before)
