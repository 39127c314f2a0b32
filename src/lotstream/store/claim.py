"""A log, and the claim of a worker on one of its partitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Log:
    """The inbound topic as Postgres knows it; a worker that sees another partition count stops."""

    number: int
    partitions: int


@dataclass(frozen=True, slots=True)
class Claim:
    """All that is one partition's own: who holds it, how far it is, and its head of the hash chain."""

    partition: int
    log: int
    #: Offset of the next record to decide; every record below has exactly one intake row.
    next_offset: int
    #: Grows with every take-over; nothing is written under an old one.
    epoch: int
    #: Transactional id of the process that holds it.
    holder: str | None
    #: True when the holder gave it back after its relay was done.
    released: bool
    #: Today per site.
    today: dict[str, date]
    #: Hash of the partition's last journal row.
    chain: bytes
    broadcast_seen: int
    #: Largest append time seen.
    append_time: datetime | None
    #: Append time and message id of the record before ``next_offset``; None at the start of a log.
    last_append_time: datetime | None
    last_message_id: str | None
    #: Copy of the relay position kept in Kafka: everything below is published.
    relay_position: int
    #: Per site, the number of the last broadcast after which what is promised there may have to move.
    turned: dict[str, int] = field(default_factory=dict)
    #: Of the first partition: the number of the last broadcast whose sender was answered.
    broadcast_answered: int = 0
