"""Reading a Shopify body leniently: few fields have to be there, numbers stay exact, everything else may be missing.

Real bodies do not keep to the published schemas: phones and addresses are null, SKUs are empty, old API versions lack
fields. A field is read when it is looked for, and only what is needed is asked for.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from lotstream.connect import DeliveryCode, Refused

JsonObject = dict[str, Any]

INTEGER_DIGITS_MAX: Final = 18
"""Digits of a count."""

_INTEGER: Final = re.compile(rf"-?[0-9]{{1,{INTEGER_DIGITS_MAX}}}")

SHOWN_CHARS_MAX: Final = 40
"""Characters of a wrong value that a sentence shows."""


def read_object(body: bytes) -> JsonObject:
    """Return the JSON object of a body; raises `Refused` with ``not_json`` for anything else.

    Integers stay exact: order ids have up to 64 bits, and a float keeps 53. Numbers with a fraction are decimals.
    """
    try:
        read = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Refused(DeliveryCode.NOT_JSON, None, f"The body is not JSON: {error}; send it again whole.") from error
    if not isinstance(read, dict):
        raise Refused(DeliveryCode.NOT_JSON, None, "The body is JSON and not an object; this is no Shopify webhook.")
    return read


def identifier(source: JsonObject, field: str, *, where: str = "") -> str:
    """Return an id as text; raises `Refused` when it is missing or has been through a float."""
    value = source.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None or value == "":
        raise Refused(DeliveryCode.FIELD_MISSING, f"{where}{field}", f"{where}{field} is missing; it names the thing.")
    raise _wrong(value, f"{where}{field}", "is no id: a whole number or a text is expected")


def text(source: JsonObject, *fields: str) -> str | None:
    """Return the first of some fields that has a text, without the blanks around it; None when none has."""
    for field in fields:
        value = source.get(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def instant(source: JsonObject, *fields: str) -> datetime | None:
    """Return the first of some fields that is there, in UTC; raises `Refused` when it is no time with an offset."""
    for field in fields:
        if (value := text(source, field)) is None:
            continue
        try:
            read = datetime.fromisoformat(value)
            if read.tzinfo is None:
                raise _wrong(value, field, "has no offset from UTC")
            return read.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise _wrong(value, field, "is no date and time") from error
    return None


def objects(source: JsonObject, field: str) -> list[JsonObject]:
    """Return a list of objects; an absent list is empty. Raises `Refused` for anything else."""
    value = source.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(DeliveryCode.FIELD_INVALID, field, f"{field} is not a list of objects; this is no Shopify order.")
    return value


def whole_number(source: JsonObject, field: str, *, where: str) -> int | None:
    """Return a count, also when it is written as text; None when it is absent. Raises `Refused` for anything else."""
    value = source.get(field)
    if value is None:
        return None
    number = _exact_integer(value)
    if number is None:
        raise _wrong(value, f"{where}{field}", "is no whole number")
    if number < 0:
        raise Refused(
            DeliveryCode.NOT_POSITIVE, f"{where}{field}", f"{where}{field} is {_shown(value)}: less than nothing."
        )
    return number


def _exact_integer(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    # A decimal with a large exponent would become an integer of any length.
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < INTEGER_DIGITS_MAX:
        return int(value) if value == value.to_integral_value() else None
    return None


def _no_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _wrong(value: object, field: str, what: str) -> Refused:
    return Refused(DeliveryCode.FIELD_INVALID, field, f"{field} {what}: {_shown(value)}.")


def _shown(value: object) -> str:
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= SHOWN_CHARS_MAX else f"{shown[:SHOWN_CHARS_MAX]}…"
