"""What ``lotstream dlq`` does: find dead letters, append them again, note that they are done with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from lotstream.errors import ExitCode, InputRefused
from lotstream.hub.replay import Letter, Replayer, is_left_out, open_replayer, read_topic
from lotstream.settings import Settings
from lotstream.store.dead_letters import Action, DeadLetters, Place, State, Wanted
from lotstream.store.rows import Outcome

DATABASE = "database"
#: Pause between two looks at what became of a replayed record, in seconds.
LOOK_EVERY_S = 0.05
#: A place as people write it; no number is larger than its column.
PLACE = re.compile(r"^(\d{1,9}/)?\d{1,3}/\d{1,18}$")


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, why, and how."""

    by: str
    reason: str | None
    wait_s: float
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay and what came of it."""

    place: Place
    #: Where it was appended; None when nothing was done.
    to: Place | None
    outcome: str | None
    code: str | None
    message: str | None

    @property
    def exit_code(self) -> ExitCode:
        """Return 1 when it was dead-lettered again, 5 when it was not decided in time."""
        if self.to is not None and self.outcome is None:
            return ExitCode.UNREACHABLE
        return ExitCode.FAILED if self.outcome == Outcome.DEAD_LETTERED else ExitCode.OK

    def __str__(self) -> str:
        """Say it in one line."""
        if self.to is None:
            return f"{self.place} would be replayed"
        return f"{self.place} replayed as {self.to}: {self._said()}"

    def _said(self) -> str:
        why = f" ({self.code}: {self.message})" if self.code else ""
        match self.outcome:
            case None:
                return "no worker has decided it yet"
            case Outcome.DUPLICATE:
                return "duplicate, it was applied meanwhile and nothing has changed"
            case Outcome.DEAD_LETTERED:
                return f"dead-lettered again{why}"
            case outcome:
                return f"{outcome}{why}"

    def as_json(self) -> dict[str, object]:
        """Return it as JSON can hold it."""
        to = None if self.to is None else str(self.to)
        return {
            "place": str(self.place), "replayed_as": to, "outcome": self.outcome, "code": self.code,
            "message": self.message,
        }  # fmt: skip


async def choose(settings: Settings, wanted: Wanted, *, origin: str, rows_max: int) -> list[Letter]:
    """Return the dead letters that fit, newest first, from the database without their bytes."""
    if origin == DATABASE:
        async with _database(settings) as database:
            return [Letter(about, None) for about in await database.found(wanted, rows_max=rows_max)]
    letters = await read_topic(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s)
    fitting = [letter for letter in letters if _fits(letter, wanted)]
    return sorted(fitting, key=lambda letter: letter.about.recorded_at, reverse=True)[:rows_max]


async def read_one(settings: Settings, name: str, *, origin: str) -> tuple[Letter, list[Action]]:
    """Return a dead letter with its bytes and what was done about it; raises `InputRefused` when there is none."""
    async with _database(settings) as database:
        place = await _place(database, name)
        [letter] = await _letters(settings, database, [place], origin=origin)
        return letter, await database.history(place)


async def replay_all(
    settings: Settings, names: Sequence[str], wanted: Wanted | None, doing: Doing, *, origin: str, rows_max: int
) -> list[Replayed]:  # fmt: skip
    """Append dead letters again, each noted before and after, oldest first; waits for what becomes of them."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings))
        places = [await _place(database, name) for name in names]
        if wanted is not None:
            found = await choose(settings, wanted, origin=origin, rows_max=rows_max)
            places = [letter.about.place for letter in reversed(found)]
            places = await _open(database, places) if origin != DATABASE else places
        if doing.dry_run:
            return [Replayed(place, None, None, None, None) for place in places]
        log = await database.log()
        replayer = await stack.enter_async_context(
            open_replayer(
                settings.kafka_bootstrap, partitions=log.partitions, timeout_s=settings.request_timeout_s
            )
        )  # fmt: skip
        sent = []
        for place in places:
            [letter] = await _letters(settings, database, [place], origin=origin)
            sent.append((place, await _append(database, replayer, letter, doing, log.number)))
        return await _outcomes(database, sent, doing.wait_s)


async def discard_all(
    settings: Settings, names: Sequence[str], wanted: Wanted | None, doing: Doing, *, rows_max: int
) -> list[Place]:
    """Note that dead letters are done with, and return them."""
    async with _database(settings) as database:
        places = [await _place(database, name) for name in names]
        if wanted is not None:
            places = [about.place for about in await database.found(wanted, rows_max=rows_max)]
        await _letters(settings, database, places, origin=DATABASE)
        for place in places if not doing.dry_run else ():
            await database.act(place, State.DISCARDED, by=doing.by, reason=doing.reason)
        return places


def _database(settings: Settings) -> DeadLetters:
    return DeadLetters(settings.postgres_url, timeout_s=settings.postgres_timeout_s)


async def _place(database: DeadLetters, name: str) -> Place:
    """Return the place a person has named; two numbers mean the present log."""
    parts = name.split("/")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        raise InputRefused(
            f"{name} is no place.", what_to_do="Write LOG/PARTITION/OFFSET, as `lotstream dlq list` does."
        )
    numbers = [int(part) for part in parts]
    return Place(*numbers) if len(numbers) == 3 else Place((await database.log()).number, *numbers)


async def _letters(settings: Settings, database: DeadLetters, places: Sequence[Place], *, origin: str) -> list[Letter]:
    """Return dead letters with their bytes; raises `InputRefused` when one is not there."""
    if origin != DATABASE:
        there = {
            letter.about.place: letter
            for letter in await read_topic(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s)
        }
        return [_whole(there.get(place), place) for place in places]
    letters = []
    for place in places:
        found = await database.found(Wanted(place=place), rows_max=1)
        letters.append(_whole(Letter(found[0], await database.value(place)) if found else None, place))
    return letters


def _whole(letter: Letter | None, place: Place) -> Letter:
    if letter is None:
        raise InputRefused(f"There is no dead letter {place}.", what_to_do="`lotstream dlq list` has all of them.")
    return letter


async def _open(database: DeadLetters, places: Sequence[Place]) -> list[Place]:
    """Return those about which nothing was done yet; the topic does not say."""
    return [place for place in places if not await database.history(place)]


async def _append(
    database: DeadLetters, replayer: Replayer, letter: Letter, doing: Doing, log: int
) -> Place:  # fmt: skip
    """Append one record again: noted first, so that what somebody did is known even when it ends in the middle."""
    place = letter.about.place
    if is_left_out(letter):
        raise InputRefused(
            f"The topic has only the reason of {place}, not its bytes.", what_to_do="Replay it --from database."
        )
    number = await database.act(place, State.REPLAYED, by=doing.by, reason=doing.reason)
    to = Place(log, *await replayer.append(letter))
    await database.appended(number, to)
    return to


async def _outcomes(
    database: DeadLetters, sent: Sequence[tuple[Place, Place]], wait_s: float
) -> list[Replayed]:  # fmt: skip
    """Wait until each record is decided, all together no longer than ``wait_s``."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    done = []
    for place, to in sent:
        while (became := await database.outcome(to)) is None and loop.time() < until:  # noqa: ASYNC110 - a worker does it
            await asyncio.sleep(LOOK_EVERY_S)
        done.append(Replayed(place, to, *(became or (None, None, None))))
    return done


def _fits(letter: Letter, wanted: Wanted) -> bool:
    about = letter.about
    owner = None if wanted.owner is None else wanted.owner.encode()
    return (
        wanted.code in (None, about.code)
        and owner in (None, about.key)
        and wanted.key in (None, about.key)
        and (wanted.since is None or about.recorded_at >= wanted.since)
    )
