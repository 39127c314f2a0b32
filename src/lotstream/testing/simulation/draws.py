"""What each world is like, before anything happens in it: settings and quirks drawn from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from random import Random
from typing import Final

from lotstream.hub.hub import ENVELOPE_BYTES
from lotstream.hub.outbox_tail import PIECE_ROWS_MAX
from lotstream.settings import Settings

SMALL_MESSAGES: Final = 0.3
"""Share of worlds in which now and then a message is too large to be published."""

MESSAGE_BYTES_SMALL: Final = 900
"""Largest message in those worlds, in bytes."""

CLOCKS: Final = (
    *(("UTC", time(9), timedelta()), ("UTC", time(9), timedelta()), ("UTC", time(23, 59, 40), timedelta())),
    *(("UTC", time(23, 59, 40), timedelta(seconds=12)), ("Pacific/Kiritimati", time(9, 59, 40), timedelta())),
    ("Pacific/Kiritimati", time(23, 59, 40), timedelta(hours=11)),
)
"""Time zones of the site, when a world begins, by UTC, and how far the database's clock is ahead of the brokers'.

In the last one the hub opens a day that has begun nowhere; it is refused, and opened again when it has.
"""


@dataclass(frozen=True, slots=True)
class Draws:
    """What a world is like."""

    settings: Settings
    #: Now and then a message is too large to be published.
    small_messages: bool
    #: How far the database's clock is ahead.
    ahead: timedelta
    #: Of its site.
    time_zone: str
    #: When it begins, by UTC.
    begins: time
    #: Messages that are read back from the outbox at once.
    piece_rows_max: int


def draw(random: Random) -> Draws:
    """Draw what a world is like."""
    small_messages = random.random() < SMALL_MESSAGES
    time_zone, begins, ahead = random.choice(CLOCKS)
    return Draws(
        _settings(random, small_messages=small_messages),
        small_messages,
        ahead=ahead,
        time_zone=time_zone,
        begins=begins,
        piece_rows_max=random.choice([2, PIECE_ROWS_MAX]),
    )


def _settings(random: Random, *, small_messages: bool) -> Settings:
    return Settings(
        partitions=random.choice([2, 4]), instance="nobody", app="lotstream",
        outgoing_bytes_max=ENVELOPE_BYTES + (MESSAGE_BYTES_SMALL if small_messages else 10**6),
        batch_records_max=random.choice([2, 10, 100]), relay_batches_max=random.choice([1, 2]),
        ledger_bytes_max=random.choice([1024, 40_000, 10**9]), maintenance_s=5.0,
        continued_orders_max=random.choice([1, 3, 200]), continued_owners_max=random.choice([1, 10]),
        constraint_failures_max=10_000,
    )  # fmt: skip
