"""The stable codes of refusals and of lots not used; lower case, documented, never renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

T = TypeVar("T")


class NotUsed(StrEnum):
    """Why a lot was not used for a line."""

    EXPIRED = "expired"
    SHORT_LIFE = "short_life"
    UNKNOWN_LIFE = "unknown_life"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    RECALLED = "recalled"
    DAMAGED = "damaged"
    LOCATION_NOT_PICKABLE = "location_not_pickable"
    OTHER_LOCATION = "other_location"
    OTHER_SITE = "other_site"
    OTHER_LOT = "other_lot"
    PACK_SIZE = "pack_size"
    RETURNED = "returned"
    OLDER_THAN_LAST_SHIPPED = "older_than_last_shipped"
    RESERVED = "reserved"
    LOT_TOO_SMALL = "lot_too_small"
    LOT_LIMIT = "lot_limit"
    ZONE = "zone"
    DOCUMENT_MISSING = "document_missing"


class Code(StrEnum):
    """Why a request was refused, or an order held."""

    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_CUSTOMER = "unknown_customer"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_LOT = "unknown_lot"
    NOT_AVAILABLE = "not_available"
    UNKNOWN_LOCATION = "unknown_location"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_A_MULTIPLE = "not_a_multiple"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    STALE_VERSION = "stale_version"
    CONFLICTING_CONTENT = "conflicting_content"
    ALREADY_PICKED = "already_picked"
    ALREADY_SHIPPED = "already_shipped"
    NOT_RESERVED = "not_reserved"
    MORE_THAN_SHIPPED = "more_than_shipped"
    MORE_THAN_ORDERED = "more_than_ordered"
    LOT_NOT_ALLOWED = "lot_not_allowed"
    PICKED_BY_OTHER = "picked_by_other"
    ON_HOLD = "on_hold"
    WRONG_OWNER = "wrong_owner"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"


COUNT_DIFFERENCE: Final = "count_difference"
"""Why people are told of a count: it found something else than the books had, or what it found is put down to that."""


class DeadLetterCode(StrEnum):
    """Why a record could not be understood."""

    NOT_JSON = "not_json"
    SCHEMA = "schema"
    UNKNOWN_TYPE = "unknown_type"
    WRONG_PARTITION = "wrong_partition"
    TOO_LARGE = "too_large"
    NO_VALUE = "no_value"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A business refusal, as a result: what `decide` returns, and what a question of its own may be answered with."""

    code: Code
    #: Path of the offending field in the message, e.g. ``lines.2.quantity``.
    field: str
    #: What is wrong and what to do, as one sentence.
    message: str


class Refused(Exception):
    """Ends a decision: what was asked is refused. `decide` returns the refusal, so nobody outside meets this."""

    def __init__(self, code: Code, field: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, field, message)


def stop_if(why: Refusal | None) -> None:
    """End the decision where there is a reason to; raises `Refused`."""
    if why is not None:
        raise Refused(why.code, why.field, why.message)


def granted(found: T | Refusal) -> T:
    """Return what was found, or end the decision with why it was not; raises `Refused`."""
    if isinstance(found, Refusal):
        raise Refused(found.code, found.field, found.message)
    return found


@contextmanager
def called(field: str, *, sent_as: str) -> Iterator[None]:
    """Refuse by the name that a field was sent under, where it is understood under another one."""
    try:
        yield
    except Refused as refused:
        why = refused.refusal
        if why.field == field:
            raise Refused(why.code, sent_as, why.message) from None
        raise
