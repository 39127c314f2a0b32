"""Named points at which a process dies as by `kill -9`, when a fault run has asked for it; nothing otherwise.

``LOTSTREAM_CRASH_AT=after_commit:3`` ends the process the third time it passes the point of that name. It is no
setting: nobody but a fault run has a use for it.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from typing import Final

VARIABLE: Final = "LOTSTREAM_CRASH_AT"


class CrashPoint(StrEnum):
    """Where a process can be made to die: the moments between which a commit is either there or not."""

    #: A batch is decided, its transaction not begun.
    BEFORE_TRANSACTION = "before_transaction"
    #: Every row is written, nothing is committed.
    INSIDE_TRANSACTION = "inside_transaction"
    #: Committed in Postgres, nothing of it published.
    AFTER_COMMIT = "after_commit"
    #: Sent to Kafka, the transaction still open.
    INSIDE_RELAY = "inside_relay"
    #: Published, the position known to Kafka alone.
    AFTER_RELAY = "after_relay"
    #: A partition is taken over, its relay position not yet read.
    IN_CLAIM = "in_claim"
    #: Partitions are being given back: the relay is done, the claims are not released.
    IN_REVOCATION = "in_revocation"
    #: A resize has given the topic more partitions, the database does not know it.
    TOPIC_WIDENED = "topic_widened"
    #: Everything is appended that another log begins with, and that log is not begun.
    LOG_PREPARED = "log_prepared"


class _Countdown:
    """How often the point that was asked for has still to be passed."""

    def __init__(self, wanted: str) -> None:
        self.name, _, times = wanted.partition(":")
        self.left = int(times or 1)


_countdown = _Countdown(os.environ.get(VARIABLE, ""))


def crash_point(point: CrashPoint) -> None:
    """Die here if this is where a fault run wants it."""
    if point.value != _countdown.name:
        return
    _countdown.left -= 1
    if _countdown.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
