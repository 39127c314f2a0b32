"""The week's way to a hub: messages are sent in bursts, and each has to come to what was foretold of it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound

SOURCE = "week"


class Refused(NamedTuple):
    """What a message has to be refused with."""

    code: str
    field: str


class Broadcast(NamedTuple):
    """What every partition is told."""

    type: str
    key: str
    body: bytes


class Hub(ABC):
    """A hub as somebody outside sees it."""

    def __init__(self) -> None:
        self.sent: list[Record] = []
        self.broadcasts: list[Broadcast] = []
        self._queue: dict[str, tuple[Record, Refused | None]] = {}

    async def broadcast(self, name: str, *told: tuple[str, Mapping[str, object]]) -> None:
        """Tell every partition something, each with its business key, and wait until all have decided it."""
        said = [Broadcast(type_of(name), key, json.dumps(body).encode()) for key, body in told]
        self.broadcasts += said
        await self.announce(said)

    def tell(self, name: str, body: Mapping[str, object], *, refused: Refused | None = None) -> None:
        """Put a message into the next burst, with what has to become of it."""
        number = f"{len(self.sent) + len(self._queue):05d}/{name}"
        self._queue[number] = (inbound(name, body, source=SOURCE, message_id=number), refused)

    async def settle(self, *, killed: bool = False) -> None:
        """Send what is queued, wait until all of it is decided, and compare with what was foretold.

        ``killed``: the worker is killed as soon as it is sent, and another one goes on.
        """
        records = [record for record, _ in self._queue.values()]
        await self.send(records)
        if killed:
            await self.kill()
        wrong = {}
        for row in await self.decided(list(self._queue)):
            _, refused = self._queue[row["message_id"]]
            came_to = Refused(row["code"], row["field"]) if row["outcome"] == "refused" else row["outcome"]
            if came_to != (refused or "done"):
                wrong[row["message_id"]] = (came_to, row["message"], "foretold", refused or "done")
        assert not wrong, wrong
        self.sent += records
        self._queue.clear()
        await self.rest()

    async def again(self) -> None:
        """Send everything once more as it was, and wait until all of it is known to be repeats."""
        known = await self.repeats()
        await self.announce(self.broadcasts)
        await self.send(self.sent)
        assert await self.repeats(at_least=known + len(self.sent)) == known + len(self.sent)
        await self.rest()

    def names_told(self) -> set[str]:
        """Return the names of all messages that have been told."""
        types = {dict(record.headers)["ce_type"].decode() for record in self.sent} | {
            one.type for one in self.broadcasts
        }
        return {type_.removeprefix("lotstream.").removesuffix(".v1") for type_ in types}

    @abstractmethod
    async def announce(self, said: list[Broadcast]) -> None:
        """Tell every partition something and wait until each has decided all of it."""

    @abstractmethod
    async def send(self, records: list[Record]) -> None:
        """Append records to the log."""

    @abstractmethod
    async def kill(self) -> None:
        """Have the worker end as by a power cut, and another one take its place."""

    @abstractmethod
    async def moment(self) -> datetime:
        """Return the time now; whatever is sent next is taken in later."""

    @abstractmethod
    async def decided(self, numbers: list[str]) -> list[dict[str, Any]]:
        """Return what has become of messages, when all of them are decided."""

    @abstractmethod
    async def rest(self) -> None:
        """Wait until nothing is left to be decided."""

    @abstractmethod
    async def repeats(self, *, at_least: int = 0) -> int:
        """Return how many messages were known to be repeats, when they are as many as that."""

    @abstractmethod
    async def rows(self, table: str, owner: str) -> list[dict[str, Any]]:
        """Return the rows that an owner has in a table."""

    @abstractmethod
    async def heard(self, topic: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every message of an outgoing topic, as its type and its body, in the order of each key."""

    @abstractmethod
    async def everything(self, tables: tuple[str, ...]) -> Counter[tuple[str, str]]:
        """Return all rows of tables as text, each with how often it is there."""
