"""What a poll brought, read once: each record with its decoded command, or with the reason it could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from aiokafka import ConsumerRecord

from lotstream.contracts.cloudevents import HUB_SOURCE
from lotstream.contracts.decode import Decoded, Undecodable, decode
from lotstream.contracts.inbound import BROADCAST_KEY
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import AcceptTitle, ContinueDay, TickClock
from lotstream.domain.slots import partition_of
from lotstream.errors import LogMismatch
from lotstream.ops.limits import reached

#: Kafka's timestamp type for LogAppendTime.
LOG_APPEND_TIME = 1
EVERYBODY = BROADCAST_KEY.encode()
#: What the ids of parts that owners continue with begin with; a broadcast's id begins with its number.
CONTINUED_ID = "continued/"
#: The same for looks at an owner by the clock.
TICKED_ID = "ticked/"
#: The same for goods that another owner gave it.
TITLE_ID = "title/"
#: What the hub alone says to an owner, and what the ids of it begin with.
BY_HUB = {ContinueDay: CONTINUED_ID, TickClock: TICKED_ID}
#: What the hub says to an owner and others may say as well.
BY_ANYBODY: dict[type, str] = {AcceptTitle: TITLE_ID}
#: Owners whose partition is remembered.
OWNERS_REMEMBERED_MAX = 100_000


@dataclass(slots=True)
class Entry:
    """One input record: its coordinates, its bytes, and either a command or the reason there is none."""

    partition: int
    offset: int
    recorded_at: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    decoded: Decoded | None = None
    undecodable: Undecodable | None = None


@dataclass(slots=True)
class Polled:
    """One batch as read: per partition in offset order, under the claims held when it was polled."""

    entries: list[Entry]
    #: Epoch of each held partition before the poll: entries of a partition claimed anew since are stale.
    epochs: dict[int, int]
    read_s: float


def read_records(
    records: Mapping[Any, Sequence[ConsumerRecord[Any, Any]]], *, partitions: int, bytes_max: int
) -> list[Entry]:
    """Decode records straight from their bytes; nothing is raised for what a record holds.

    Raises `LogMismatch` when the topic does not stamp records itself (`message.timestamp.type` is not LogAppendTime).
    """
    return [
        _read(record, partitions=partitions, bytes_max=bytes_max) for tp in sorted(records) for record in records[tp]
    ]


def _read(record: ConsumerRecord[Any, Any], *, partitions: int, bytes_max: int) -> Entry:
    if record.timestamp_type != LOG_APPEND_TIME:
        raise LogMismatch(
            f"The topic {record.topic} does not stamp records with their append time (message.timestamp.type must be "
            "LogAppendTime)."
        )
    entry = Entry(
        record.partition,
        record.offset,
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
        record.key,
        record.value,
        tuple(record.headers),
    )
    try:
        decoded = decode(entry.headers, entry.value, bytes_max=bytes_max)
        _check_key(entry, decoded, partitions)
        entry.decoded = decoded
    except Undecodable as reason:
        if reason.code is DeadLetterCode.TOO_LARGE:
            reached("message_bytes_max")
        entry.undecodable = reason
    return entry


def _check_key(entry: Entry, decoded: Decoded, partitions: int) -> None:
    """Raise `Undecodable` unless the record lies in its owner's partition; broadcasts are exempt."""
    if decoded.owner is None:
        _check_broadcast(entry, decoded)
        return
    _check_source(decoded)
    if entry.key != decoded.owner.encode():
        raise Undecodable(
            DeadLetterCode.WRONG_PARTITION, "key", f"The key must be the owner {decoded.owner!r} of the message."
        )
    right = _partition(entry.key, partitions)
    if right != entry.partition:
        raise Undecodable(
            DeadLetterCode.WRONG_PARTITION,
            "key",
            f"The owner {decoded.owner!r} belongs in partition {right}, not {entry.partition}: produce with the "
            "murmur2 partitioner.",
        )


def _check_broadcast(entry: Entry, decoded: Decoded) -> None:
    """Raise `Undecodable` unless a command for every partition was appended by the hub itself."""
    if entry.key != EVERYBODY:
        raise Undecodable(
            DeadLetterCode.WRONG_PARTITION, "key", f"A {decoded.type} concerns every partition: its key must be *."
        )
    if decoded.source != HUB_SOURCE:
        raise Undecodable(
            DeadLetterCode.SCHEMA,
            "ce_source",
            f"A {decoded.type} is appended by the hub alone: define it with the lotstream command.",
        )


def _check_source(decoded: Decoded) -> None:
    """Raise `Undecodable` when somebody else signs as the hub: the ids of its own messages must stay free for it."""
    by_hub, begins = decoded.source == HUB_SOURCE, BY_HUB.get(type(decoded.command))
    begins = begins or (BY_ANYBODY.get(type(decoded.command)) if by_hub else None)
    if by_hub == (begins is not None):
        if begins is None or decoded.message_id.startswith(begins):
            return
        field, message = "ce_id", f"This message of the hub to an owner has an id that begins with {begins}."
    else:
        field = "ce_source"
        message = f"{HUB_SOURCE} is the hub's own source; no other message may have it, and none of the hub's another."
    raise Undecodable(DeadLetterCode.SCHEMA, field, message)


@lru_cache(maxsize=OWNERS_REMEMBERED_MAX)
def _partition(key: bytes, partitions: int) -> int:
    return partition_of(key, partitions)


def message_keys(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Return (source, message id) of every record that could be read."""
    return [(e.decoded.source, e.decoded.message_id) for e in entries if e.decoded is not None]
