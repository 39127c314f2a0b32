"""Inbound messages about what is known of a lot: how it was inspected, and which papers it has."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text
from lotstream.contracts.limits import INSPECTION_CHARS_MAX, LOT_DOCUMENTS_MAX, MEASURED_MAX
from lotstream.domain.model import ConditionKind, Stage

#: Hash of a file's bytes.
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["0a" * 32])]


class Result(StrEnum):
    """What came of an inspection."""

    PASSED = "passed"
    FAILED = "failed"


class LotInspected(Inbound):
    """Somebody has looked at a lot: one that failed is held until a later inspection of the same stage passes."""

    owner: OwnerId = Field(description="Whose lot.")
    inspection: Annotated[str, StringConstraints(min_length=1, max_length=INSPECTION_CHARS_MAX)] = Field(
        description="Number of the inspection; the same inspection again changes nothing."
    )
    sku: Name | None = Field(default=None, description="SKU of the lot; null while the lot number is unique.")
    lot: Name = Field(description="The lot.")
    stage: Stage = Field(default=Stage.INBOUND, description="Goods that came in, or goods that are to leave.")
    result: Result = Field(description="Whether the lot passed.")
    by: Name | None = Field(
        default=None, description="Who inspected it; needed where somebody signed the hold that ends by it."
    )
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    measured: Annotated[dict[Name, Text], Field(max_length=MEASURED_MAX)] = Field(
        default={}, description="What was measured, each with the value as it was read."
    )
    reason: Text | None = Field(default=None, description="Why it failed, or what was seen, for people.")


class LotDocument(Inbound):
    """A certificate or another paper of a lot."""

    type: Name = Field(description="What it is, e.g. organic, health, coa; items and customers require types.")
    number: Name = Field(description="Its number; the same type and number again replaces it.")
    issued: Day | None = Field(default=None, description="The day it was issued.")
    expires: Day | None = Field(default=None, description="The last day it counts; null means for ever.")
    uri: Text | None = Field(default=None, description="Where the paper itself is kept.")
    sha256: Sha256 | None = Field(default=None, description="Hash of the paper's bytes, 64 hex digits in lower case.")


class LotDocumented(Inbound):
    """A lot has papers from now on, or has them no more."""

    owner: OwnerId = Field(description="Whose lot.")
    sku: Name | None = Field(default=None, description="SKU of the lot; null while the lot number is unique.")
    lot: Name = Field(description="The lot.")
    documents: Annotated[tuple[LotDocument, ...], Field(min_length=1, max_length=LOT_DOCUMENTS_MAX)] = Field(
        description="The papers."
    )
    withdrawn: bool = Field(default=False, description="True: these papers count no longer; type and number name them.")
    by: Name | None = Field(default=None, description="Who says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")


class ConditionRecorded(Inbound):
    """How goods were kept: those in a place and all below it, those on a package, or a lot wherever it is."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    happened: bool = Field(description="True: what does not fit is told to a person. False: it is refused.")
    by: Name | None = Field(default=None, description="Who or which sensor says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    condition: Name = Field(description="Number of the record, and id of the holds that follow from it.")
    kind: ConditionKind = Field(description="Temperature in degrees Celsius, humidity in percent, shock, or other.")
    value: Quantity | None = Field(
        default=None, description="What was measured; the worst of the time, where it lasted."
    )
    location: Name | None = Field(
        default=None, description="The place; exactly one of location, lot, package is named."
    )
    sku: Name | None = Field(default=None, description="SKU of the lot; null while the lot number is unique.")
    lot: Name | None = Field(default=None, description="The lot.")
    package: Name | None = Field(default=None, description="The pallet or carton.")
    from_: Instant | None = Field(default=None, alias="from", description="When it began.")
    until: Instant | None = Field(default=None, description="When it was over.")
    reason: Text | None = Field(default=None, description="What happened, for people.")
    hold: bool | None = Field(
        default=None,
        description="True: all of it is held; false: nothing is; null: what its item says of temperatures decides.",
    )
