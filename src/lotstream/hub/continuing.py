"""Who has something to look at again, and the records that make it happen without anybody touching the owner.

An owner's next part is asked for under an id made of how far it is: after a take-over the next holder asks again under
the same id, and one of the two is a duplicate. The parts themselves are decided like any other record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import stable_id
from lotstream.domain.events import DayContinued, Event
from lotstream.hub.records import CONTINUED_ID
from lotstream.hub.state import PartitionState
from lotstream.hub.ticking import OwnRecord, Ticking
from lotstream.hub.titles import TITLE_ACCEPTED, Titles
from lotstream.ops.limits import reached, used
from lotstream.store.claim import Claim
from lotstream.store.codec import order_of
from lotstream.store.rows import OwnerPart
from lotstream.store.seam import Store

DAY_CONTINUED = type_of("day.continued")


def note_part(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Show in the metrics how many orders a part has changed, and whether something was left; returns the events."""
    if events and isinstance(last := events[-1], DayContinued):
        used("continued_orders_max", len({order_of(event) for event in events[:-1]} - {None}))
        if last.progress.walk is not None:
            reached("continued_orders_max")
    return events


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
        #: What owners were last looked through for, by partition (epoch, turn), and the first that was behind: those
        #: before it are through.
        self._looked_for: dict[int, tuple[int, int]] = {}
        self._since = ""
        #: Per owner, epoch and message id of the part that was asked for.
        self._asked: dict[str, tuple[int, str]] = {}
        self._ticking = Ticking(store, states, partitions=partitions, owners_max=owners_max)
        self._titles = Titles(store, states, partitions=partitions, titles_max=owners_max)

    async def next_parts(self) -> list[OwnRecord]:
        """Return what to append now, of each kind at most ``owners_max`` with what is appended and not decided yet."""
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
        return [*new, *await self._ticking.next_ticks(), *await self._titles.next_titles()]

    @property
    def is_busy(self) -> bool:
        """Tell whether something was left to decide when it was looked at last."""
        return bool(self._asked)

    def forget(self, part: OwnRecord) -> None:
        """Ask for a part again at the next look, because it was not appended."""
        if part.type == DAY_CONTINUED:
            self._asked.pop(part.owner, None)
        elif part.type == TITLE_ACCEPTED:
            self._titles.forget()
        else:
            self._ticking.forget(part.owner)

    async def _find(self, held: Mapping[int, PartitionState]) -> list[OwnerPart]:
        # One more than may be asked, to see that there are more.
        found = await self._store.owners_due(held, limit=self._owners_max + 1)
        late = {p for p, state in held.items() if _turn(state.claim)[1] and self._through.get(p) != _turn(state.claim)}
        return [*found, *(await self._behind(held, late) if late else [])]

    async def _behind(self, held: Mapping[int, PartitionState], late: set[int]) -> list[OwnerPart]:
        """Return owners that are behind, one more than may be asked; partitions without any are through.

        Memory is ahead of Postgres: only of a turn that is committed there can it be seen who is through with it.
        """
        claims = await self._store.claims(late)
        ask = {p: _turn(claim) for p, claim in claims.items() if claim.epoch == held[p].claim.epoch}
        if not ask.items() <= self._looked_for.items():
            self._since = ""
        limit = self._owners_max + 1
        turns = {partition: turn for partition, (_, turn) in ask.items()}
        behind = await self._store.owners_behind(turns, since=self._since, limit=limit)
        self._looked_for = dict(ask)
        self._since = behind[0].owner if behind else ""
        if len(behind) < limit:
            there = {part.slot % self._partitions for part in behind}
            self._through.update({p: turn for p, turn in ask.items() if p not in there})
        return behind

    def _next_part(self, held: Mapping[int, PartitionState], part: OwnerPart) -> OwnRecord:
        partition = part.slot % self._partitions
        claim = held[partition].claim
        message_id = f"{CONTINUED_ID}{_turn(claim)[1]}/{part.step}/{stable_id(part.owner)}"
        body = json.dumps({"owner": part.owner, "orders_max": self._orders_max}).encode()
        return OwnRecord(DAY_CONTINUED, partition, claim.epoch, part.owner, message_id, body)


def _turn(claim: Claim) -> tuple[int, int]:
    """Return a claim's epoch and the last broadcast after which its owners have something to look at again."""
    return claim.epoch, max(claim.turned.values(), default=0)
