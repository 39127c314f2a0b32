"""Records that could not be understood, what people did about them, and what came of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from lotstream.errors import NotMigrated
from lotstream.store.claim import Log
from lotstream.store.codec import decode_headers
from lotstream.store.connection import Address
from lotstream.store.session import Session
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("dead_letters")


class State(StrEnum):
    """What was done last about a dead letter."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Place(NamedTuple):
    """Where a record stands: it names a dead letter."""

    log: int
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.log}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did about a dead letter."""

    state: State
    at: datetime
    by: str
    reason: str | None
    #: Where a replayed record was appended again; None when that is not known, or it was discarded.
    to: Place | None = None
    #: What became of it there, with the code of a refusal or dead letter; None while it is not decided.
    outcome: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that could not be understood; its bytes are read by themselves."""

    place: Place
    recorded_at: datetime
    #: When the first of a chain of replays came in; its own time when it is no replay.
    first_seen: datetime
    code: str
    field: str | None
    message: str
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    #: Bytes of its value; None when it has none.
    bytes: int | None
    #: Whose it is, when that much could be read.
    owner: str | None
    #: The dead letter it is a replay of.
    replay_of: Place | None = None
    #: What was done about it last.
    last: Action | None = None

    @property
    def state(self) -> State:
        """Return what was done last about it."""
        return State.OPEN if self.last is None else self.last.state


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters are looked for; None leaves a question out."""

    code: str | None = None
    #: By what the record says, or by its key.
    owner: str | None = None
    key: bytes | None = None
    since: datetime | None = None
    state: State | None = None
    place: Place | None = None


class DeadLetters(Session):
    """The table of dead letters and what was done about them; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-dlq", call_s=timeout_s))

    async def log(self) -> Log:
        """Return the present inbound log; raises `NotMigrated` when there is none."""
        row = await self._database.row(SQL["log"])
        if row is None:
            raise NotMigrated("The database does not know the inbound log yet.")
        return Log(number=row["log"], partitions=row["partitions"])

    async def found(self, wanted: Wanted, *, rows_max: int) -> list[DeadLetter]:
        """Return dead letters that fit, newest first, at most ``rows_max``."""
        place = wanted.place or (None, None, None)
        rows = await self._database.fetch(
            SQL["found"], wanted.code, wanted.owner, wanted.key, wanted.since, wanted.state, *place, rows_max
        )
        return [_dead_letter(row) for row in rows]

    async def value(self, place: Place) -> bytes | None:
        """Return the bytes of a dead letter; None when it has none."""
        value: bytes | None = await self._database.value(SQL["value"], *place)
        return value

    async def history(self, place: Place) -> list[Action]:
        """Return what was done about a dead letter, oldest first."""
        return [_action(row) for row in await self._database.fetch(SQL["history"], *place)]

    async def act(self, place: Place, state: State, *, by: str, reason: str | None) -> int:
        """Note what somebody does about a dead letter, and return the number of the note."""
        number: int = await self._database.value(SQL["act"], *place, state, by, reason)
        return number

    async def appended(self, number: int, to: Place) -> None:
        """Note where the record of a replay was appended."""
        await self._database.execute(SQL["appended"], number, *to)

    async def outcome(self, place: Place) -> tuple[str, str | None, str | None] | None:
        """Return outcome, code and sentence of a record; None while it is not decided."""
        row = await self._database.row(SQL["outcome"], *place)
        return None if row is None else (row["outcome"], row["code"], row["message"])


def _dead_letter(row: Record) -> DeadLetter:
    return DeadLetter(
        place=Place(row["log"], row["partition"], row["offset"]),
        recorded_at=row["recorded_at"],
        first_seen=row["first_seen"],
        code=row["code"],
        field=row["field"],
        message=row["message"],
        key=row["key"],
        headers=decode_headers(row["headers"]),
        bytes=row["bytes"],
        owner=row["owner"],
        replay_of=_place(row["of_log"], row["of_partition"], row["of_offset"]),
        last=None if row["action"] is None else _action(row),
    )


def _action(row: Record) -> Action:
    to = _place(row["to_log"], row["to_partition"], row["to_offset"])
    return Action(State(row["action"]), row["at"], row["by"], row["reason"], to, row["outcome"], row["outcome_code"])


def _place(log: int | None, partition: int | None, offset: int | None) -> Place | None:
    return None if log is None or partition is None or offset is None else Place(log, partition, offset)
