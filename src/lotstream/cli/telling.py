"""Telling every partition something, and waiting for the answer when that is wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.candidates import sites_named
from lotstream.cli.environment import read_settings, run
from lotstream.cli.output import complain, say
from lotstream.errors import InputRefused, TryAgain

if TYPE_CHECKING:
    from lotstream.contracts.fields import Inbound
    from lotstream.settings import Settings
    from lotstream.store.postgres import PostgresStore
    from lotstream.store.records import Records
    from lotstream.store.rows import IntakeRow

#: Pause between two looks for the answer, in seconds.
LOOK_EVERY_S = 0.1

Wait = Annotated[
    float,
    typer.Option(
        "--wait", help="Seconds to wait until every partition has decided it and all that follows; 0: do not.", min=0.0
    ),
]


@dataclass(frozen=True, slots=True)
class Told:
    """What every partition is told."""

    name: str
    model: type[Inbound]
    body: Mapping[str, object]
    #: Its business key: the same key again is the same number.
    key: str
    #: What has to be given otherwise to tell something else, e.g. ``--version``.
    anew: str
    #: Whether its site is there already; a site's own definition needs none.
    at_site: bool = True
    #: A location that should be there already.
    place: str | None = None


def tell(told: Told, *, wait_s: float) -> None:
    """Check a message and number it for every partition; the same words again change nothing.

    Raises `InputRefused` when it is not as it should be, its site is not defined, other words were told under its key,
    or the partitions refuse it; `TryAgain` when it is not answered in time.
    """
    number, answer = run(_tell(read_settings(), told, _checked(told), wait_s=wait_s))
    what = f"{told.name} {told.key}"
    if answer is None:
        say(f"{what} is number {number}; every partition hears it within seconds of its worker running")
    elif answer.code is not None:
        raise InputRefused(f"{what} was refused ({answer.code}, {answer.field}): {answer.message}")
    else:
        say(f"{what} is number {number}; every partition has decided it and all that followed")


def _checked(told: Told) -> Inbound:
    from pydantic import ValidationError

    try:
        return told.model.model_validate_json(json.dumps(told.body))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(map(str, problem["loc"]))
        raise InputRefused(f"{field}: {problem['msg']}." if field else f"{problem['msg']}.") from error


async def _tell(settings: Settings, told: Told, message: Inbound, *, wait_s: float) -> tuple[int, IntakeRow | None]:
    from lotstream.store.postgres import PostgresStore
    from lotstream.store.records import Records

    url, limit_s = settings.postgres_url, settings.postgres_timeout_s
    if told.at_site:
        await _check_place(settings, told)
    async with PostgresStore(url, timeout_s=limit_s) as store, Records(url, timeout_s=limit_s) as records:
        number = await _numbered(store, records, told, message)
        return number, await _answer(records, number, wait_s=wait_s)


async def _check_place(settings: Settings, told: Told) -> None:
    """Find what is mistyped before it has a number: whoever does not wait would never hear that it was refused."""
    from lotstream.store.reads_told import ToldReads

    site = str(told.body["site"])
    async with ToldReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        sites = await reads.sites()
        if site not in sites:
            raise InputRefused(
                f"Site {site} is not defined; {sites_named(sites)}.",
                what_to_do=f"Correct its name, or define it first: lotstream site define {site} --time-zone …",
            )
        if told.place is not None and not await reads.is_place(site, told.place):
            complain(
                f"{told.place} of {site} is not defined, and nothing lies in it.",
                "Check its name: the hold is on what comes to lie there, and on nothing else.",
            )


async def _numbered(store: PostgresStore, records: Records, told: Told, message: Inbound) -> int:
    """Return the number of a message; what was refused has another one when it is told again, as it may fit now.

    Raises `InputRefused` when its key has a number that says something else: nobody would hear of it.
    """
    from lotstream.contracts.inbound import type_of

    key, body = told.key, message.model_dump_json(exclude_none=True).encode()
    number = await store.add_broadcast(type_of(told.name), key=key, body=body)
    while (answer := await _intake(records, number)) is not None and answer.code is not None:
        key = f"{key}/{number}"
        number = await store.add_broadcast(type_of(told.name), key=key, body=body)
    was = (await store.broadcasts_numbered([number]))[number]
    if told.model.model_validate_json(was.body) != message:
        raise InputRefused(
            f"{told.name} {told.key} was told before, as number {number}, and said something else.",
            what_to_do=f"Give another {told.anew}; under this one nothing changes any more.",
        )
    return number


async def _intake(records: Records, number: int) -> IntakeRow | None:
    from lotstream.contracts.cloudevents import HUB_SOURCE

    return await records.intake((HUB_SOURCE, str(number)))


async def _answer(records: Records, number: int, *, wait_s: float) -> IntakeRow | None:
    """Return what became of a number; None when that is not waited for and not decided yet."""
    answer = await _intake(records, number)
    if answer is not None or not wait_s:
        return answer
    try:
        async with asyncio.timeout(wait_s):
            while (answer := await _intake(records, number)) is None:  # noqa: ASYNC110 - a worker writes it
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError as error:
        raise TryAgain(
            f"Number {number} is not answered after {wait_s:g} s.",
            what_to_do="See that workers run and hold every partition (`lotstream doctor`), then tell it again: "
            "the same words keep their number.",
        ) from error
    return answer
