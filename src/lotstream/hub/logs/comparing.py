"""Writing what is decided again only when it leads to the very messages that readers have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lotstream.errors import ReplayDiffers
from lotstream.hub.ids import outgoing_id
from lotstream.hub.logs.published import combined, digest_of_row
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import Batch

TOLD_MAX: Final = 20
"""Differences that are told one by one; beyond them only their number."""


class How(StrEnum):
    """How a message differs from what readers have."""

    OTHER = "published otherwise than it is decided now"
    NOT_PUBLISHED = "decided now and not published"
    NOT_DECIDED = "published and not decided now"


@dataclass(frozen=True, slots=True)
class Difference:
    """One message that readers know otherwise than the database does now."""

    partition: int
    offset: int
    id: str
    how: How
    #: Where it would be published; None when it is not decided now.
    topic: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        """Say it in a sentence without its full stop."""
        where = f" on {self.topic} for {self.key}" if self.topic else ""
        return f"message {self.id}{where}, caused by record {self.offset} of partition {self.partition}: {self.how}"


class ComparingStore(PostgresStore):
    """A store that compares each batch's messages with those published, by id, before it writes the batch."""

    def __init__(
        self, url: str, *, app: str, timeout_s: float, log: int, published: Mapping[str, bytes], strict: bool
    ) -> None:
        super().__init__(url, app=app, timeout_s=timeout_s)
        self._log = log
        self._published = published
        self._strict = strict
        self._decided: list[bytes] = []
        self._known: list[bytes] = []
        #: The first `TOLD_MAX` of them.
        self.differences: list[Difference] = []
        self.differences_count = 0

    @property
    def messages(self) -> int:
        """Return how many messages were decided again."""
        return len(self._decided)

    def digests(self) -> tuple[str, str]:
        """Return one digest of all messages decided again, and one of those published under the same ids."""
        return combined(self._decided), combined(self._known)

    async def commit(self, batch: Batch) -> None:
        """Write a batch; raises `ReplayDiffers` before, when it is strict and a message is not as published."""
        differences = list(self._differing(batch))
        if differences and self._strict:
            raise ReplayDiffers(
                f"{len(differences)} messages of a batch are not as published; the first: {differences[0]}."
            )
        await super().commit(batch)
        self._decided += [digest_of_row(row) for row in batch.outbox]
        self._known += [self._published[row.id] for row in batch.outbox if row.id in self._published]
        self.differences_count += len(differences)
        self.differences += differences[: TOLD_MAX - len(self.differences)]

    def _differing(self, batch: Batch) -> Iterator[Difference]:
        caused = Counter[tuple[int, int]]()
        for row in batch.outbox:
            caused[row.partition, row.offset] += 1
            known = self._published.get(row.id)
            if known is None or known != digest_of_row(row):
                how = How.NOT_PUBLISHED if known is None else How.OTHER
                key = (row.key or b"").decode(errors="replace")
                yield Difference(row.partition, row.offset, row.id, how, row.topic, key)
        for record in batch.intake:
            # Ids follow from place and index: the one after the last tells whether there were more.
            place = (record.partition, record.offset)
            following = outgoing_id(self._log, *place, caused[place])
            if following in self._published:
                yield Difference(*place, following, How.NOT_DECIDED)
