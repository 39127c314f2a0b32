"""Goods between two owners: noted with the decision that takes them off one, told to the ledger of the other.

The seller's commit writes what the buyer has to be told; the holder of the buyer's partition appends it under an id
made of seller and number, and the buyer's commit deletes it. A crash in between tells it twice, under the same id.

The id ends with a seal over what is said, by a key that only the database has. Whoever may write to the inbound topic
may write any id: what bears the hub's name and not its seal is dead-lettered, and the true sale is told all the same.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

from lotstream.contracts.cloudevents import HUB_SOURCE
from lotstream.contracts.decode import Decoded, Undecodable
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import stable_id
from lotstream.contracts.write_titles import acceptance
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import AcceptTitle
from lotstream.domain.events import TitleReleased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import title_number
from lotstream.hub.records import TITLE_ID, Entry
from lotstream.hub.state import PartitionState
from lotstream.hub.ticking import OwnRecord
from lotstream.ops.limits import reached
from lotstream.store.rows import Batch, TitleRow
from lotstream.store.seam import Store

TITLE_ACCEPTED = type_of("title.accepted")

SEALED_BYTES: Final = 16
"""Bytes of a seal in a message's id."""


def released(batch: Batch, ledger: Ledger, event: TitleReleased) -> int:
    """Note with a decision what the buyer's ledger has to be told; returns how many bytes that are."""
    title = event.title
    holds = ledger.settings.holds
    body = acceptance(ledger.owner, title, at=event.at, by=event.by, items=ledger.items, lots=ledger.lots, holds=holds)
    batch.titles.append(TitleRow(event.number, title.to_owner, body))
    return len(body)


def heard(batch: Batch, command: AcceptTitle, owner: str) -> None:
    """Forget what a buyer's ledger has been told, whatever it made of it."""
    batch.titles.append(TitleRow(title_number(command.from_owner, command.title), owner, None))


def title_id(seal: bytes, number: str, owner: str, body: bytes) -> str:
    """Return the id under which a buyer's ledger is told of a sale, sealed."""
    name = f"{TITLE_ID}{stable_id(number, owner)}"
    said = blake2b(b"\0".join((name.encode(), owner.encode(), body)), key=seal, digest_size=SEALED_BYTES)
    return f"{name}/{said.hexdigest()}"


async def seal_for(entries: Iterable[Entry], *, store: Store) -> bytes:
    """Return the key that a batch's sales must be sealed with; it is asked for only where one bears the hub's name."""
    # Every batch comes through here: no function is called for each of its records.
    sales = [one.decoded for one in entries if one.decoded is not None and type(one.decoded.command) is AcceptTitle]
    return await store.seal() if any(one.source == HUB_SOURCE for one in sales) else b""


def why_not_sealed(decoded: Decoded, command: AcceptTitle, body: bytes, *, seal: bytes) -> Undecodable | None:
    """Return why a record that bears the hub's name is not what the hub has said of a sale; None when it is."""
    number = title_number(command.from_owner, command.title)
    sealed = title_id(seal, number, decoded.owner or "", body)
    if hmac.compare_digest(decoded.message_id.encode(), sealed.encode()):
        return None
    message = f"It says that the hub tells of title {number} and is not sealed by it; send it under your own source."
    return Undecodable(DeadLetterCode.SCHEMA, "ce_id", message)


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
        seal = await self._store.seal() if due else b""
        new = []
        for number, owner, slot, body in due[: self._titles_max]:
            partition = slot % self._partitions
            epoch = held[partition].claim.epoch
            asked.add((number, epoch))
            if (number, epoch) not in self._asked:
                message_id = title_id(seal, number, owner, body)
                new.append(OwnRecord(TITLE_ACCEPTED, partition, epoch, owner, message_id, body))
        self._asked = asked
        return new

    def forget(self) -> None:
        """Ask for all again at the next look, because one was not appended: what is told twice is told once."""
        self._asked = set()
