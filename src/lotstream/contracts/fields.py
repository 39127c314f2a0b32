"""The kinds of field that messages are made of: names, texts, quantities, days and instants.

Everything is checked inside pydantic's core; no Python function runs per field when a message is read. Two of
pydantic's readings are shut out on purpose, since they change data in silence: a date written as digits only
(``"20217600"`` would be 234 days after 1970-01-01, seconds since the epoch) and a quantity read through a float.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as core

from lotstream.contracts.limits import (
    DAY_MIN,
    INTEGER_MAX,
    LIFE_DAYS_MAX,
    MESSAGE_ID_CHARS_MAX,
    NAME_CHARS_MAX,
    OWNER_CHARS_MAX,
    QUANTITY_DECIMALS_MAX,
    QUANTITY_WHOLE_DIGITS_MAX,
    TEXT_CHARS_MAX,
)
from lotstream.contracts.quantities import QUANTITY_PATTERN, decimal_text

QUANTITY_FAULT = "quantity"
_QUANTITY_FAULT_TEXT = (
    f"a decimal number of at most {QUANTITY_WHOLE_DIGITS_MAX} digits before and {QUANTITY_DECIMALS_MAX} after the "
    'point is expected, as text such as "12.5"'
)
_QUANTITY_LIMIT = 10**QUANTITY_WHOLE_DIGITS_MAX - 1
_QUANTITY = re.compile(QUANTITY_PATTERN)


class Inbound(BaseModel):
    """A part of an inbound message; an unknown field is refused (docs/decisions/0009)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, serialize_by_alias=True)


class Sent(BaseModel):
    """A part of an outgoing message; its readers pass over fields they do not know (docs/decisions/0009)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


def _checked_quantity(value: Decimal) -> Decimal:
    text = decimal_text(value)
    if not _QUANTITY.match(text) or Decimal(text) != value:
        raise PydanticCustomError(QUANTITY_FAULT, _QUANTITY_FAULT_TEXT)
    return value


class _QuantityField:
    """A decimal: text in JSON (inbound also a number), `decimal.Decimal` in Python."""

    def __init__(self, *, numbers: bool) -> None:
        self._numbers = numbers

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices: list[CoreSchema] = [core.str_schema(strict=True, pattern=QUANTITY_PATTERN)]
        if self._numbers:
            # A JSON number with a fraction has already been through a float here, so it fails; `decode` reads the
            # message again with the digits as they were written.
            choices.append(core.int_schema(strict=True, ge=-_QUANTITY_LIMIT, le=_QUANTITY_LIMIT))
        text = core.union_schema(
            [*choices], custom_error_type=QUANTITY_FAULT, custom_error_message=_QUANTITY_FAULT_TEXT
        )
        return core.json_or_python_schema(
            json_schema=core.no_info_after_validator_function(Decimal, text),
            python_schema=core.no_info_after_validator_function(_checked_quantity, core.decimal_schema(strict=True)),
            serialization=core.plain_serializer_function_ser_schema(
                decimal_text, return_schema=core.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text: JsonSchemaValue = {"type": "string", "pattern": QUANTITY_PATTERN}
        return {"anyOf": [text, {"type": "number"}]} if self._numbers else text


class _DayField:
    """A calendar day, ``YYYY-MM-DD``."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core.json_or_python_schema(
            json_schema=_written_day(),
            python_schema=core.date_schema(strict=True, ge=DAY_MIN),
            serialization=core.to_string_ser_schema(when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "date"}


class _InstantField:
    """A point in time with its offset from UTC; with ``or_day`` a bare day is taken too."""

    def __init__(self, *, or_day: bool = False) -> None:
        self._or_day = or_day

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        instant = core.datetime_schema(strict=True, tz_constraint="aware")
        if not self._or_day:
            return core.json_or_python_schema(json_schema=_written_instant(), python_schema=instant)
        return core.json_or_python_schema(
            json_schema=core.union_schema(
                [_written_instant(), _written_day()],
                mode="left_to_right",
                custom_error_type="instant_or_day",
                custom_error_message="a date, or a date and time with offset from UTC, is expected",
            ),
            python_schema=core.union_schema([instant, core.date_schema(strict=True, ge=DAY_MIN)]),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        instant: JsonSchemaValue = {"type": "string", "format": "date-time"}
        return {"anyOf": [instant, {"type": "string", "format": "date"}]} if self._or_day else instant


def _written_day() -> CoreSchema:
    text = core.str_schema(strict=True, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return core.custom_error_schema(
        core.chain_schema([text, core.date_schema(strict=False, ge=DAY_MIN)]),
        custom_error_type="day",
        custom_error_message=f"a date from {DAY_MIN} on, as YYYY-MM-DD, is expected",
    )


def _written_instant() -> CoreSchema:
    text = core.str_schema(strict=True, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]")
    return core.custom_error_schema(
        core.chain_schema([text, core.datetime_schema(strict=False, tz_constraint="aware")]),
        custom_error_type="instant",
        custom_error_message="a date and time with offset from UTC is expected, as 2026-09-01T14:00:00Z",
    )


#: An inventory owner's id: letters, digits, dot, underscore, hyphen.
OwnerId = Annotated[
    str, StringConstraints(min_length=1, max_length=OWNER_CHARS_MAX, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]
#: What people and systems call something. Blanks around it are none of it: fields of fixed width and scanners add them,
#: and a lot must not become two by a blank that nobody sees.
Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX, strip_whitespace=True)]
#: Hex digits of a decision or task id.
Id = Annotated[str, Field(min_length=1, max_length=64)]
#: A message id, or its source.
MessageId = Annotated[str, StringConstraints(min_length=1, max_length=MESSAGE_ID_CHARS_MAX)]
Text = Annotated[str, StringConstraints(max_length=TEXT_CHARS_MAX)]
Quantity = Annotated[Decimal, _QuantityField(numbers=True)]
#: A quantity in an outgoing message: always text.
Amount = Annotated[Decimal, _QuantityField(numbers=False)]
#: What goods weigh, in kilograms, of items that are weighed; null: nobody has weighed them.
Weight = Annotated[
    Quantity | None, Field(description="What it weighs together, in kilograms, of items with `catch_weight`.")
]
#: What goods weigh, in an outgoing message: left out where they are not weighed, or nobody knows.
WeightTold = Annotated[
    Amount | None,
    Field(
        exclude_if=lambda value: value is None,
        description="What it weighs together, in kilograms; left out of items that are not weighed, or where nobody "
        "has weighed it.",
    ),
]
Day = Annotated[date, _DayField()]
Instant = Annotated[datetime, _InstantField()]
InstantOrDay = Annotated[datetime | date, _InstantField(or_day=True)]
Days = Annotated[int, Field(ge=0, le=LIFE_DAYS_MAX)]
Count = Annotated[int, Field(ge=1, le=INTEGER_MAX)]
Rank = Annotated[int, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)]
