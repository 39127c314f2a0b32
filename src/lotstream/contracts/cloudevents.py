"""CloudEvents 1.0 in binary mode on Kafka: the attributes are record headers, the value is the data.

See the Kafka protocol binding of CloudEvents 1.0.2, section 3.2: header names are ``ce_`` and the attribute's name,
values are UTF-8, and the media type of the value is the header ``content-type``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

Header = tuple[str, bytes]

SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json"
#: ``ce_source`` of everything the hub itself writes.
HUB_SOURCE = "lotstream"

#: Header name → what it says; for the AsyncAPI document and for people.
HEADERS: dict[str, str] = {
    "ce_specversion": "Version of CloudEvents, 1.0.",
    "ce_id": "Message id; with ce_source it makes a message one message. A repeat under the same id changes nothing.",
    "ce_source": "Who made the message, e.g. shopify:acme-store.",
    "ce_type": "What the message is: lotstream.<name>.v1.",
    "ce_time": "When it was made, RFC 3339.",
    "ce_dataschema": "Name of the JSON Schema of the value.",
    "content-type": "Media type of the value, application/json.",
    "traceparent": "W3C trace context, when the sender keeps one.",
}
#: Headers that every message must have to be understood.
HEADERS_NEEDED = ("ce_id", "ce_source", "ce_type")

#: Header of a dead letter that is too large for its topic.
DEAD_LETTER_LEFT_OUT = "lotstream_dlq_bytes"

#: What a dead letter has on top of the headers it came with.
DEAD_LETTER_HEADERS: dict[str, str] = {
    "lotstream_dlq_id": "Id of the dead letter.",
    "lotstream_dlq_code": "Why it could not be understood, as a stable code.",
    "lotstream_dlq_field": "Path of the first offending field, or a header's name; empty for the whole value.",
    "lotstream_dlq_message": "The same as a sentence.",
    "lotstream_dlq_log": "Log number of the inbound topic it was read from.",
    "lotstream_dlq_partition": "Partition it was read from.",
    "lotstream_dlq_offset": "Offset it was read from.",
    DEAD_LETTER_LEFT_OUT: "Bytes of a record that no topic takes: then key, value and its own headers are left out.",
}
#: Headers that every dead letter has.
DEAD_LETTER_HEADERS_NEEDED = tuple(name for name in DEAD_LETTER_HEADERS if name != DEAD_LETTER_LEFT_OUT)

#: Message types whose fixed headers are remembered; there are far fewer.
_TYPES_MAX = 256


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers of a record say; None where a header is missing or not UTF-8."""

    type: str | None
    id: str | None
    source: str | None
    time: str | None = None
    schema: str | None = None
    traceparent: str | None = None


def schema_of(type: str) -> str:
    """Return the name (``$id``) of the JSON Schema of a message type."""
    return f"urn:lotstream:schema:{type}"


def headers_for(
    type: str, *, id: str, source: str, time: datetime | None = None, traceparent: str | None = None
) -> list[Header]:
    """Return the record headers of a message; ``time`` must be aware."""
    headers = [("ce_id", id.encode()), ("ce_source", source.encode()), *_same_for(type)]
    if time is not None:
        headers.append(("ce_time", time.isoformat().encode()))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return headers


@lru_cache(maxsize=_TYPES_MAX)
def _same_for(type: str) -> tuple[Header, ...]:
    return (
        ("ce_specversion", SPEC_VERSION),
        ("ce_type", type.encode()),
        ("ce_dataschema", schema_of(type).encode()),
        ("content-type", CONTENT_TYPE),
    )


def read_headers(headers: Iterable[Header]) -> Envelope:
    """Read an envelope from record headers; when a header is there twice, the last one counts, as Kafka has it."""
    found = dict(headers)
    return Envelope(
        type=text_of(found, "ce_type"),
        id=text_of(found, "ce_id"),
        source=text_of(found, "ce_source"),
        time=text_of(found, "ce_time"),
        schema=text_of(found, "ce_dataschema"),
        traceparent=text_of(found, "traceparent"),
    )


def message_id_of(headers: Iterable[Header]) -> str | None:
    """Return the message id of a record, or None when it has none that a database can keep (NUL cannot be kept)."""
    found = text_of(dict(headers), "ce_id")
    return None if found is not None and "\0" in found else found


def text_of(found: dict[str, bytes], name: str) -> str | None:
    """Return a header as text; None when it is missing, empty or not UTF-8."""
    value = found.get(name)
    if not value:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None
