"""Which owners the clock has something to do for, and the records that make it happen.

An owner is asked for under an id made of how often it was looked at: after a take-over the next holder asks again under
the same id, and one of the two is a duplicate. When an owner is due stands in its own row; nothing of it is remembered.

Who is due is asked of the database's clock, and what is due decided by the brokers'. Where the first is ahead an owner
is due again right after each look, for the same time: for that it is looked at only so often without a pause.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import stable_id
from lotstream.hub.records import TICKED_ID
from lotstream.hub.state import PartitionState
from lotstream.ops.limits import reached
from lotstream.store.rows import ClockDue
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

CLOCK_TICKED = type_of("clock.ticked")

IN_A_ROW_MAX: Final = 50
"""Looks at an owner for the same time, one right after the other."""

NEVER: Final = (0, "")
"""An owner that was not asked for."""

PAUSE_S: Final = 60.0
"""Pause before each further look at it, in seconds."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record that the hub itself appends for an owner."""

    type: str
    partition: int
    #: The claim it is appended under.
    epoch: int
    owner: str
    message_id: str
    body: bytes


class Ticking:
    """Finds owners of the held partitions whose time has come."""

    def __init__(self, store: Store, states: Mapping[int, PartitionState], *, partitions: int, owners_max: int) -> None:
        self._store = store
        self._states = states
        self._partitions = partitions
        self._owners_max = owners_max
        #: Per owner, epoch and message id of the look that was asked for.
        self._asked: dict[str, tuple[int, str]] = {}
        #: Per owner, the time for which looks were asked for, how many, and when the last was, by the loop's clock.
        self._in_a_row: dict[str, tuple[datetime, int, float]] = {}

    async def next_ticks(self) -> list[OwnRecord]:
        """Return what to append now, at most ``owners_max`` with those that are appended and not decided yet."""
        held = dict(self._states)
        due = await self._store.clocks_due(held, limit=self._owners_max + 1) if held else []
        if len(due) > self._owners_max:
            reached("continued_owners_max")
        asked: dict[str, tuple[int, str]] = {}
        new = []
        for one in due[: self._owners_max]:
            owner, partition = one.owner, one.slot % self._partitions
            epoch, message_id = held[partition].claim.epoch, f"{TICKED_ID}{one.tick}/{stable_id(owner)}"
            asked[owner] = epoch, message_id
            if self._asked.get(owner) != asked[owner]:
                if self._is_to_wait(one):
                    asked[owner] = self._asked.get(owner, NEVER)
                    continue
                body = json.dumps({"owner": owner}).encode()
                new.append(OwnRecord(CLOCK_TICKED, partition, epoch, owner, message_id, body))
        self._asked = asked
        self._in_a_row = {owner: looks for owner, looks in self._in_a_row.items() if owner in asked}
        return new

    def _is_to_wait(self, due: ClockDue) -> bool:
        """Count a look at an owner, or tell that there were too many one after the other.

        Who has more figures than are told at once is due by the time of each look, and waits for none.
        """
        owner, now = due.owner, asyncio.get_running_loop().time()
        due_at, looks, last = self._in_a_row.get(owner, (due.due_at, 0, 0.0))
        if due_at != due.due_at:
            looks = 0
        if looks >= IN_A_ROW_MAX and now - last < PAUSE_S:
            return True
        if looks == IN_A_ROW_MAX:
            logger.warning("clock_looks_paused", owner=owner, looks=looks)
        self._in_a_row[owner] = due.due_at, looks + 1, now
        return False

    def forget(self, owner: str) -> None:
        """Ask for an owner again at the next look, because its record was not appended."""
        self._asked.pop(owner, None)
