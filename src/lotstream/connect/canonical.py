"""From a sender's values to a canonical message with a stable id."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from lotstream.connect.delivery import DeliveryCode, Message, Refused
from lotstream.contracts.inbound_ends import PersonErased
from lotstream.contracts.inbound_orders import OrderCancelled, OrderPlaced
from lotstream.contracts.quantities import decimal_text

#: PostgreSQL's text has no NUL character (documentation, 8.3 Character Types), so no message may bring one.
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_DIGEST_CHARS: Final = 32

Path = tuple[int | str, ...]
"""Where a value stands in a canonical body: ``("lines", 2, "quantity")``."""

BodyT = TypeVar("BodyT", bound=BaseModel)


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a message")


def dotted(path: Path) -> str:
    """Write a path as ``lines.2.quantity``."""
    return ".".join(map(str, path))


def body_of(
    model: type[BodyT], values: Mapping[str, Any], *, name: Callable[[Path], str] = dotted, thing: str = "order"
) -> BodyT:
    """Build a canonical body from values: texts, whole numbers, decimals, days and times.

    ``name`` turns a path in the body into the sender's word for it; ``thing`` is what is to be corrected and sent.
    Raises `Refused` with the field and a sentence when the contract does not take the values.
    """
    try:
        # Through JSON, so that what is taken here is exactly what the hub takes.
        body = model.model_validate_json(json.dumps(values, default=_written))
    except ValidationError as error:
        raise _refused(error, name, thing) from error
    written = body.model_dump_json()
    if "\\u0000" in written and _NUL.search(written):
        raise Refused(
            DeliveryCode.FIELD_INVALID,
            None,
            f"A text of the {thing} has a NUL character, which cannot be kept; remove it.",
        )
    return body


def order_placed(body: OrderPlaced) -> Message:
    """Return the message that places an order, or changes it."""
    return Message("order.placed", body, source=body.source, message_id=_id("order.placed", body.order, body))


def order_cancelled(body: OrderCancelled) -> Message:
    """Return the message that cancels an order, or lines of it."""
    return Message("order.cancelled", body, source=body.source, message_id=_id("order.cancelled", body.order, body))


def person_erased(body: PersonErased, *, source: str) -> Message:
    """Return the message that has persons forgotten."""
    return Message("person.erased", body, source=source, message_id=_id("person.erased", body.request, body))


def _id(type: str, order: str, body: BaseModel) -> str:
    # By content: the same order read from another copy has the same id, and two states of an order that carry the same
    # version have two, so that the hub sees the conflict instead of taking the second for a copy of the first. Fields
    # at their default are left out, so that a field added to the contract later changes no id.
    content = body.model_dump_json(exclude_defaults=True).encode()
    return f"{type}/{order}/{hashlib.sha256(content).hexdigest()[:_DIGEST_CHARS]}"


def _refused(error: ValidationError, name: Callable[[Path], str], thing: str) -> Refused:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = name(first["loc"]) or f"The {thing}"
    code = DeliveryCode.FIELD_MISSING if first["type"] == "missing" else DeliveryCode.FIELD_INVALID
    others = error.error_count() - 1
    more = f" ({others} more like this)" if others else ""
    return Refused(
        code, field, f"{field} cannot be passed on: {first['msg']}{more}; correct it and send the {thing} again."
    )
