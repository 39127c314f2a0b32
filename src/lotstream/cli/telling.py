"""Telling every partition something, and waiting for the answer when that is wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.output import say
from lotstream.errors import InputRefused, TryAgain

if TYPE_CHECKING:
    from lotstream.contracts.fields import Inbound
    from lotstream.settings import Settings
    from lotstream.store.rows import IntakeRow

#: Pause between two looks for the answer, in seconds.
LOOK_EVERY_S = 0.1

Wait = Annotated[
    float,
    typer.Option(
        "--wait", help="Seconds to wait until every partition has decided it and all that follows; 0: do not.", min=0.0
    ),
]


def tell(name: str, model: type[Inbound], body: Mapping[str, object], *, key: str, wait_s: float) -> None:
    """Check a message and number it for every partition; a repeat of the same key changes nothing.

    Raises `InputRefused` when it is not as it should be or the partitions refuse it, `TryAgain` when it is not answered
    in time.
    """
    from pydantic import ValidationError

    from lotstream.contracts.inbound import type_of

    try:
        value = model.model_validate_json(json.dumps(body)).model_dump_json(exclude_none=True).encode()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(map(str, problem["loc"]))
        raise InputRefused(f"{field}: {problem['msg']}." if field else f"{problem['msg']}.") from error
    number, answer = run(_tell(read_settings(), type_of(name), key=key, body=value, wait_s=wait_s))
    if answer is None:
        say(f"{name} {key} is number {number}; every partition hears it within seconds of its worker running")
    elif answer.code is not None:
        raise InputRefused(f"{name} {key} was refused ({answer.code}, {answer.field}): {answer.message}")
    else:
        say(f"{name} {key} is number {number}; every partition has decided it and all that followed")


async def _tell(
    settings: Settings, type: str, *, key: str, body: bytes, wait_s: float
) -> tuple[int, IntakeRow | None]:  # fmt: skip
    from lotstream.store.postgres import PostgresStore

    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        number = await store.add_broadcast(type, key=key, body=body)
    return number, await _answer(settings, number, wait_s=wait_s) if wait_s else None


async def _answer(settings: Settings, number: int, *, wait_s: float) -> IntakeRow:
    from lotstream.contracts.cloudevents import HUB_SOURCE
    from lotstream.store.records import Records

    async with Records(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as records:
        try:
            async with asyncio.timeout(wait_s):
                while (answer := await records.intake((HUB_SOURCE, str(number)))) is None:  # noqa: ASYNC110 - others write it
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise TryAgain(
                f"Number {number} is not answered after {wait_s:g} s.",
                what_to_do="See that workers run and hold every partition (`lotstream doctor`), then tell it again: "
                "the same words keep their number.",
            ) from error
        return answer
