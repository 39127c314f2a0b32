"""Goods between two owners: noted with the decision that takes them off one, told to the ledger of the other.

The seller's commit writes what the buyer has to be told; the holder of the buyer's partition appends it under an id
made of seller and number, and the buyer's commit deletes it. A crash in between tells it twice, under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import stable_id
from lotstream.contracts.write_titles import acceptance
from lotstream.domain.commands import AcceptTitle
from lotstream.domain.events import TitleReleased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import title_number
from lotstream.hub.records import TITLE_ID
from lotstream.hub.state import PartitionState
from lotstream.hub.ticking import OwnRecord
from lotstream.ops.limits import reached
from lotstream.store.rows import Batch, TitleRow
from lotstream.store.seam import Store

TITLE_ACCEPTED = type_of("title.accepted")


def released(batch: Batch, ledger: Ledger, event: TitleReleased) -> int:
    """Note with a decision what the buyer's ledger has to be told; returns how many bytes that are."""
    title = event.title
    body = acceptance(ledger.owner, title, at=event.at, by=event.by, items=ledger.items, lots=ledger.lots)
    batch.titles.append(TitleRow(event.number, title.to_owner, body))
    return len(body)


def heard(batch: Batch, command: AcceptTitle, owner: str) -> None:
    """Forget what a buyer's ledger has been told, whatever it made of it."""
    batch.titles.append(TitleRow(title_number(command.from_owner, command.title), owner, None))


class Titles:
    """Finds what owners of the held partitions have to be told of goods that others gave them."""

    def __init__(self, store: Store, states: Mapping[int, PartitionState], *, partitions: int, titles_max: int) -> None:
        self._store = store
        self._states = states
        self._partitions = partitions
        self._titles_max = titles_max
        #: Per title and epoch, what was appended and is not decided yet.
        self._asked: set[tuple[str, int]] = set()

    async def next_titles(self) -> list[OwnRecord]:
        """Return what to append now, at most ``titles_max`` with what is appended and not decided yet."""
        held = dict(self._states)
        due = await self._store.titles_due(held, limit=self._titles_max + 1) if held else []
        if len(due) > self._titles_max:
            reached("continued_owners_max")
        asked: set[tuple[str, int]] = set()
        new = []
        for number, owner, slot, body in due[: self._titles_max]:
            partition = slot % self._partitions
            epoch = held[partition].claim.epoch
            asked.add((number, epoch))
            if (number, epoch) not in self._asked:
                message_id = f"{TITLE_ID}{stable_id(number, owner)}"
                new.append(OwnRecord(TITLE_ACCEPTED, partition, epoch, owner, message_id, body))
        self._asked = asked
        return new

    def forget(self) -> None:
        """Ask for all again at the next look, because one was not appended: what is told twice is told once."""
        self._asked = set()
