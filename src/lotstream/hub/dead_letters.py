"""What becomes of a record that cannot be understood: a row with all of it, and a message that says why."""

from __future__ import annotations

from lotstream.contracts.cloudevents import DEAD_LETTER_LEFT_OUT
from lotstream.contracts.decode import Undecodable
from lotstream.contracts.topics import DEAD_LETTERS
from lotstream.hub.ids import outgoing_id
from lotstream.hub.records import Entry
from lotstream.store.rows import DeadLetterRow, OutboxRow

DEAD_LETTER_TYPE = "lotstream.dead_letter.v1"
Headers = tuple[tuple[str, bytes], ...]


def dead_letter(entry: Entry, reason: Undecodable, *, log: int, bytes_max: int) -> tuple[DeadLetterRow, OutboxRow]:
    """Return a record as it is kept, byte for byte, and as it is published with the reason in its headers.

    A record of more than ``bytes_max`` is published without its bytes: no topic would take it.
    """
    id_ = outgoing_id(log, entry.partition, entry.offset, 0)
    key, value, headers = _fitting(entry, bytes_max)
    headers = (*headers, *_reason_headers(id_, log, entry, reason))
    row = DeadLetterRow(
        entry.partition, entry.offset, entry.key, entry.value, entry.headers,
        reason.code, reason.field, reason.message, entry.recorded_at,
    )  # fmt: skip
    message = OutboxRow(
        entry.partition, entry.offset, 0, id_, DEAD_LETTERS.name, key, DEAD_LETTER_TYPE, value, entry.recorded_at,
        headers,
    )  # fmt: skip
    return row, message


def _fitting(entry: Entry, bytes_max: int) -> tuple[bytes | None, bytes | None, Headers]:
    """Return a record's key, value and headers, or nothing but its size when no topic takes it.

    The inbound topic's limit is one on compressed batches: a record of it may be many times as large. The whole of it
    stays in the table of dead letters.
    """
    size = len(entry.key or b"") + len(entry.value or b"") + sum(len(n) + len(v or b"") for n, v in entry.headers)
    if size <= bytes_max:
        return entry.key, entry.value, entry.headers
    return None, None, ((DEAD_LETTER_LEFT_OUT, b"%d" % size),)


def _reason_headers(id_: str, log: int, entry: Entry, reason: Undecodable) -> Headers:
    return (
        ("lotstream_dlq_id", id_.encode()),
        ("lotstream_dlq_code", reason.code.encode()),
        ("lotstream_dlq_field", reason.field.encode()),
        ("lotstream_dlq_message", reason.message.encode()),
        ("lotstream_dlq_log", b"%d" % log),
        ("lotstream_dlq_partition", b"%d" % entry.partition),
        ("lotstream_dlq_offset", b"%d" % entry.offset),
    )
