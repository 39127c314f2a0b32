"""Inbound messages about waves: tasks of many orders that are picked together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId
from lotstream.contracts.limits import WAVE_ORDERS_MAX


class WaveOrder(Inbound):
    """An order whose tasks are picked with those of others."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")


class WaveReleased(Inbound):
    """Tasks of many orders, which nobody has begun, are picked together: one task for each bin and lot."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are picked.")
    happened: bool = Field(description="True: it is so, and what cannot be taken in is told. False: somebody asks.")
    by: Name | None = Field(default=None, description="Who or which system says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    wave: Name = Field(description="The wave's number, used once; what the floor does is told of it under this number.")
    orders: Annotated[tuple[WaveOrder, ...], Field(min_length=1, max_length=WAVE_ORDERS_MAX)] = Field(
        description="The orders in it."
    )


class WaveCancelled(Inbound):
    """Tasks of a wave that nobody has begun are withdrawn; they are their orders' own again."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they would have been picked.")
    happened: bool = Field(description="True: it is so, and what is begun is told. False: somebody asks.")
    by: Name | None = Field(default=None, description="Who or which system says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    wave: Name = Field(description="The wave's number.")
