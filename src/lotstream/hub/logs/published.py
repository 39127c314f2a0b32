"""What readers of the outgoing topics have been told: read back by the ids that follow from each record's place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from aiokafka import ConsumerRecord

from lotstream.contracts.cloudevents import text_of
from lotstream.contracts.topics import INBOUND, TOPICS
from lotstream.hub.logs.reading import read_stretches, stretches_since
from lotstream.hub.publishing import message_headers
from lotstream.settings import Settings
from lotstream.store.rows import OutboxRow

DIGEST_BYTES: Final = 16
OUTGOING: Final = tuple(topic.name for topic in TOPICS if topic is not INBOUND)


async def read_published(settings: Settings, *, since: datetime) -> AsyncIterator[ConsumerRecord[Any, Any]]:
    """Yield every message of the outgoing topics that a record appended at or after a time may have caused.

    A message is never appended before its cause, but for the clocks of two brokers: the skew a worker allows is allowed
    here too.
    """
    earliest = datetime.fromtimestamp(max(0.0, since.timestamp() - settings.clock_skew_max_s), UTC)
    async for records in read_stretches(settings, await stretches_since(settings, OUTGOING, since=earliest)):
        for batch in records.values():
            for record in batch:
                yield record


def id_of(record: ConsumerRecord[Any, Any]) -> str:
    """Return the id that the hub gave a message; a dead letter keeps the ``ce_id`` it came with beside its own."""
    headers: dict[str, bytes] = dict(record.headers)
    return text_of(headers, "lotstream_dlq_id") or text_of(headers, "ce_id") or ""


def digest_of_record(record: ConsumerRecord[Any, Any]) -> bytes:
    """Return the digest of a message as a reader sees it."""
    return _digest(record.topic, record.key, record.value, record.headers)


def digest_of_row(row: OutboxRow) -> bytes:
    """Return the digest of a message as it would be published."""
    return _digest(row.topic, row.key, row.value, message_headers(row))


def combined(digests: Iterable[bytes]) -> str:
    """Return one digest of many messages, whatever their order, as hex."""
    total = sum(int.from_bytes(digest) for digest in digests) % (1 << 8 * DIGEST_BYTES)
    return total.to_bytes(DIGEST_BYTES).hex()


def _digest(topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> bytes:
    parts = [topic.encode(), key, value]
    for name, content in headers:
        parts += [name.encode(), content]
    digest = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        # With its length, so that no two lists of parts look alike; -1 for none.
        digest.update(b"%d:" % (-1 if part is None else len(part)))
        digest.update(part or b"")
    return digest.digest()
