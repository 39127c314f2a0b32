"""Making records for the inbound topic: what connectors, the command line and tests send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b

from pydantic import BaseModel, ValidationError

from lotstream.contracts.cloudevents import Header, headers_for
from lotstream.contracts.fields import Inbound
from lotstream.contracts.inbound import BROADCAST_KEY, INBOUND, type_of
from lotstream.contracts.quantities import decimal_text
from lotstream.contracts.topics import INBOUND as INBOUND_TOPIC
from lotstream.contracts.undecodable import from_validation
from lotstream.errors import InputRefused

#: Between the parts of an id before hashing; no JSON text of ours holds it.
_PART = b"\x1f"
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record before it is sent; produce it with the murmur2 partitioner."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[Header, ...]


def inbound(
    type: str,
    body: BaseModel | Mapping[str, object],
    *,
    source: str,
    message_id: str,
    key: str | None = None,
    time: datetime | None = None,
) -> Record:
    """Return the record of a command: ``type`` is its short name, e.g. ``order.placed``.

    What was not said is left out, so that a hub of the version before can read it. A mapping is checked as JSON would
    be. The key is the owner, or `*` for what concerns every partition, unless another is named. Raises `InputRefused`
    when there is no such command and `Undecodable` when the body does not fit.
    """
    fitting = _fitting(type, body)
    return Record(
        topic=INBOUND_TOPIC.name,
        key=_key(fitting, key).encode(),
        value=fitting.model_dump_json(exclude_none=True, exclude_unset=True).encode(),
        headers=tuple(headers_for(type_of(type), id=message_id, source=source, time=time)),
    )


def stable_id(*parts: str) -> str:
    """Return a message id, 32 hex digits, that is the same for the same parts in the same order."""
    return blake2b(_PART.join(part.encode() for part in parts), digest_size=_ID_BYTES).hexdigest()


def _key(body: Inbound, key: str | None) -> str:
    return key or getattr(body, "owner", None) or BROADCAST_KEY


def _plain(value: object) -> str:
    """Write what JSON has no word for as the messages do."""
    match value:
        case Decimal():
            return decimal_text(value)
        case date():
            return value.isoformat()
        case _:
            raise InputRefused(f"A {value.__class__.__name__} cannot be part of a message.")


def _fitting(type: str, body: BaseModel | Mapping[str, object]) -> Inbound:
    model = INBOUND.get(type)
    if model is None:
        raise InputRefused(f"There is no command {type!r}; the commands are {', '.join(INBOUND)}.")
    if isinstance(body, model):
        return body
    if isinstance(body, BaseModel):
        raise InputRefused(f"The body of {type} must be {model.__name__}, not {body.__class__.__name__}.")
    try:
        return model.model_validate_json(json.dumps(body, default=_plain))
    except ValidationError as error:
        raise from_validation(error) from None
