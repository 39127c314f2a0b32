"""What each world is like, before anything happens in it: settings and quirks drawn from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from lotstream.hub.hub import ENVELOPE_BYTES
from lotstream.hub.outbox_tail import PIECE_ROWS_MAX
from lotstream.settings import Settings

SMALL_MESSAGES: Final = 0.3
"""Share of worlds in which now and then a message is too large to be published."""

MESSAGE_BYTES_SMALL: Final = 600
"""Largest message in those worlds, in bytes."""

AHEAD_S: Final = (0, 0, 0, 12)
"""How far the database's clock is ahead of the brokers', in seconds: a day is opened that has begun nowhere yet."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What a world is like."""

    settings: Settings
    #: Now and then a message is too large to be published.
    small_messages: bool
    #: How far the database's clock is ahead.
    ahead: timedelta
    #: Messages that are read back from the outbox at once.
    piece_rows_max: int


def draw(random: Random) -> Draws:
    """Draw what a world is like."""
    small_messages = random.random() < SMALL_MESSAGES
    return Draws(
        _settings(random, small_messages=small_messages),
        small_messages,
        ahead=timedelta(seconds=random.choice(AHEAD_S)),
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
