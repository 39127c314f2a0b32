"""Why a record could not be understood, said so that its sender can mend it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lotstream.domain.codes import DeadLetterCode
from lotstream.errors import InputRefused

#: pydantic's fault type → what is expected, in our words.
_EXPECTED = {
    "string_type": "a text is expected",
    "int_type": "a whole number is expected",
    "bool_type": "true or false is expected",
    "tuple_type": "a list is expected",
    "model_type": "an object is expected",
    "dict_type": "an object is expected",
    "enum": "one of {expected} is expected",
    "too_short": "at least {min_length} entries are expected",
    "too_long": "at most {max_length} entries are expected in one message",
    "string_too_short": "a text is expected that is not empty or blank",
    "string_too_long": "a text of at most {max_length} characters is expected",
    "string_pattern_mismatch": "a text that matches the pattern {pattern} is expected",
}

#: Characters of a field path; field names come from the sender and may be anything.
FIELD_CHARS_MAX = 200


class Undecodable(InputRefused):
    """A record could not be understood; it goes to the dead letters byte for byte."""

    advice = "Correct the message and send it again, or replay it once a newer version understands it."

    def __init__(self, code: DeadLetterCode, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        #: Path of the first offending field, a header's name, or empty when it is the whole value.
        self.field = field
        #: What is wrong, as one sentence; never holds values, which may be personal data.
        self.message = message


def from_validation(error: ValidationError) -> Undecodable:
    """Turn what pydantic found into the first fault as a sentence, with the number of further ones."""
    faults = _own(error.errors(include_url=False, include_context=True, include_input=True))
    first = faults[0]
    if first["type"] == "json_invalid":
        return Undecodable(DeadLetterCode.NOT_JSON, "", f"The value is not JSON: {_detail(first['msg'])}.")
    field = field_path(first["loc"])
    more = f" ({len(faults) - 1} more fault{'s' if len(faults) > 2 else ''})" if len(faults) > 1 else ""
    return Undecodable(DeadLetterCode.SCHEMA, field, f"{_sentence(field, first)}{more}.")


def _own(faults: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the faults without those that only follow: a list whose one entry is wrong is then said to be empty."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short" or not any(_is_within(place, fault["loc"]) for place in places)
    ]


def _is_within(place: Sequence[int | str], list_: Sequence[int | str]) -> bool:
    return len(place) > len(list_) and tuple(place[: len(list_)]) == tuple(list_)


def field_path(path: Sequence[int | str]) -> str:
    """Write a path as ``lines.2.quantity``; positions count from 0, and NUL is shown as ``?``: no database keeps it."""
    return ".".join(str(step) for step in path)[:FIELD_CHARS_MAX].replace("\0", "?")


def _sentence(field: str, fault: ErrorDetails) -> str:
    where = f"Field {field}" if field else "The value"
    match fault["type"]:
        case "missing":
            return f"{where} is missing"
        case "extra_forbidden":
            return f"{where} is not known in this version of the message"
        case "none_required":
            return f"{where} is not handled by this version and must be null"
        case "greater_than_equal":
            return f"{where}: a number from {fault['ctx']['ge']} on is expected, and it is below"
        case "less_than_equal":
            return f"{where}: a number up to {fault['ctx']['le']} is expected, and it is above"
        case _:
            return f"{where}: {_expected(fault)}, but it is {_kind(fault['input'])}"


def _expected(fault: ErrorDetails) -> str:
    expected = _EXPECTED.get(fault["type"])
    return expected.format(**fault.get("ctx", {})) if expected else fault["msg"]


def _kind(value: object) -> str:
    """Name a value's kind in the words of JSON."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return f"a text of {len(value)} character{'' if len(value) == 1 else 's'}"
        case list() | tuple():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _detail(message: str) -> str:
    return message.removeprefix("Invalid JSON: ")
