"""A hub in memory: the same week without servers, and with a worker that is forgotten whenever the test likes."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Self

from lotstream.contracts.produce import Record
from lotstream.domain.slots import partition_of
from tests.acceptance.week.hub import SOURCE, Broadcast, Hub
from tests.hub.small_hub import SmallHub, SmallWorker


class Small(Hub):
    """A log and a database in memory, and one worker at a time; each burst is decided by a new one."""

    def __init__(self) -> None:
        super().__init__()
        self._hub = SmallHub()
        self._worker: SmallWorker | None = None

    @classmethod
    async def start(cls) -> Self:
        """Return one with its first worker."""
        small = cls()
        small._worker = await small._hub.start()
        return small

    async def announce(self, said: list[Broadcast]) -> None:
        """Tell every partition something and decide it."""
        for one in said:
            await self._hub.store.add_broadcast(one.type, key=one.key, body=one.body)
        await self.rest()

    async def send(self, records: list[Record]) -> None:
        """Append records to the log, for a worker that knows nothing of what was before."""
        self._worker = await self._hub.start()
        for record in records:
            partition = partition_of(record.key, self._hub.partitions)
            self._hub.append(partition, key=record.key, value=record.value, headers=record.headers)
        await self.rest()

    async def kill(self) -> None:
        """Have another worker take the place of the one there is."""
        self._worker = await self._hub.start()

    async def moment(self) -> datetime:
        """Return the time now; whatever is sent next is taken in later."""
        now = self._hub.append_time
        self._hub.now = self._hub.append_time = now + timedelta(minutes=1)
        return now

    async def decided(self, numbers: list[str]) -> list[dict[str, Any]]:
        """Return what has become of messages."""
        wanted = set(numbers)
        rows = [row for row in self._hub.intake(source=SOURCE) if row["message_id"] in wanted]
        return [row for row in rows if row["outcome"] != "duplicate"]

    async def rest(self) -> None:
        """Decide until nothing is left to be decided."""
        assert self._worker is not None, "the hub was not started"
        await self._worker.settle()

    async def repeats(self, *, at_least: int = 0) -> int:
        """Return how many messages were known to be repeats; all is decided."""
        return len(self._hub.intake(source=SOURCE, outcome="duplicate"))

    async def rows(self, table: str, owner: str) -> list[dict[str, Any]]:
        """Return the rows that an owner has in a table."""
        return self._hub.rows(table, owner=owner)

    async def heard(self, topic: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every message of an outgoing topic, as its type and its body, in the order of each key."""
        rows = sorted(
            self._hub.rows("outbox", topic=topic), key=lambda row: (row["partition"], row["offset"], row["index"])
        )
        return [(row["type"], json.loads(row["value"])) for row in rows]

    async def everything(self, tables: tuple[str, ...]) -> Counter[tuple[str, str]]:
        """Return all rows of tables as text, each with how often it is there."""
        return Counter((table, str(sorted(row.items()))) for table in tables for row in self._hub.rows(table))
