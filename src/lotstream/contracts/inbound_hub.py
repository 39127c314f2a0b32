"""Inbound messages that the hub alone appends: parts of what it told every partition, and the answer to who told it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Name, OwnerId, Text
from lotstream.contracts.limits import CONTINUED_ORDERS_MAX
from lotstream.domain.codes import Code


class DayContinued(Inbound):
    """An owner's next orders are looked at again, after a new day, a bin on hold, or a change of its rules."""

    owner: OwnerId = Field(description="Whose orders.")
    orders_max: Annotated[int, Field(strict=True, ge=1, le=CONTINUED_ORDERS_MAX)] = Field(
        description="Orders looked at, at most; what is left is for the next message."
    )


class ClockTicked(Inbound):
    """What hours and seconds decide for an owner is due: what may be sold is told where it has changed."""

    owner: OwnerId = Field(description="Whose stock.")


class BroadcastAnswered(Inbound):
    """Every partition has decided a broadcast and what followed from it; whoever told it is answered now."""

    number: Annotated[int, Field(strict=True, ge=1)] = Field(description="The broadcast's number.")
    type: Name = Field(description="ce_type of the broadcast.")
    code: Code | None = Field(default=None, description="Why the partitions refused it.")
    field: Name | None = Field(default=None, description="The field it was refused for.")
    message: Text | None = Field(default=None, description="What is wrong and what to do, as a sentence.")
