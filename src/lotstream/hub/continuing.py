"""Who has something to look at again, and the records that make it happen without anybody touching the owner.

An owner's next part is asked for under an id made of how far it is: after a take-over the next holder asks again under
the same id, and one of the two is a duplicate. The parts themselves are decided like any other record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import stable_id
from lotstream.domain.events import DayContinued, Event
from lotstream.hub.records import CONTINUED_ID
from lotstream.hub.state import PartitionState
from lotstream.ops.limits import reached, used
from lotstream.store.codec import order_of
from lotstream.store.rows import OwnerPart
from lotstream.store.seam import Store

DAY_CONTINUED = type_of("day.continued")


def note_part(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Show in the metrics how many orders a part has changed, and whether something was left; returns the events."""
    if events and isinstance(last := events[-1], DayContinued):
        used("continued_orders_max", len({order_of(event) for event in events[:-1]}))
        if last.progress.walk is not None:
            reached("continued_orders_max")
    return events


@dataclass(frozen=True, slots=True)
class NextPart:
    """The record that asks for an owner's next part."""

    partition: int
    #: The claim it is appended under.
    epoch: int
    owner: str
    message_id: str
    body: bytes


class Continuing:
    """Finds owners of the held partitions that are not through with what they were told."""

    def __init__(
        self, store: Store, states: Mapping[int, PartitionState], *, partitions: int, owners_max: int, orders_max: int
    ) -> None:
        self._store = store
        self._states = states
        self._partitions = partitions
        self._owners_max = owners_max
        self._orders_max = orders_max
        #: Per partition (epoch, turn) with which every owner was found to be through: nobody falls behind it again,
        #: because whoever gets its first open order is brought up to its partition's turn before.
        self._through: dict[int, tuple[int, int]] = {}
        self._asked: dict[str, tuple[int, str]] = {}

    async def next_parts(self) -> list[NextPart]:
        """Return what to append now, at most ``owners_max`` with those that are appended and not decided yet."""
        held = dict(self._states)
        owners = {part.owner: part for part in await self._find(held)} if held else {}
        asked: dict[str, tuple[int, str]] = {}
        new = []
        for part in list(owners.values())[: self._owners_max]:
            following = self._next_part(held, part)
            asked[part.owner] = following.epoch, following.message_id
            if self._asked.get(part.owner) != asked[part.owner]:
                new.append(following)
        self._asked = asked
        used("continued_owners_max", len(asked))
        if len(owners) > self._owners_max:
            reached("continued_owners_max")
        return new

    @property
    def is_busy(self) -> bool:
        """Tell whether something was left to decide when it was looked at last."""
        return bool(self._asked)

    def forget(self, part: NextPart) -> None:
        """Ask for a part again at the next look, because it was not appended."""
        self._asked.pop(part.owner, None)

    async def _find(self, held: Mapping[int, PartitionState]) -> list[OwnerPart]:
        # One more than may be asked, to see that there are more.
        found = await self._store.owners_due(held, limit=self._owners_max + 1)
        turns = {p: (state.claim.epoch, max(state.claim.turned.values(), default=0)) for p, state in held.items()}
        ask = {p: turn for p, (epoch, turn) in turns.items() if turn and self._through.get(p) != (epoch, turn)}
        if not ask:
            return found
        behind = await self._store.owners_behind(ask, limit=self._owners_max + 1)
        if len(behind) <= self._owners_max:
            late = {part.slot % self._partitions for part in behind}
            self._through.update({p: turns[p] for p in ask if p not in late})
        return [*found, *behind]

    def _next_part(self, held: Mapping[int, PartitionState], part: OwnerPart) -> NextPart:
        partition = part.slot % self._partitions
        claim = held[partition].claim
        turn = max(claim.turned.values(), default=0)
        message_id = f"{CONTINUED_ID}{turn}/{part.step}/{stable_id(part.owner)}"
        body = json.dumps({"owner": part.owner, "orders_max": self._orders_max}).encode()
        return NextPart(partition, claim.epoch, part.owner, message_id, body)
