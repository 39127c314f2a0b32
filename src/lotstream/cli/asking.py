"""Sending a command of one owner to the hub from the command line, and waiting for what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final
from uuid import uuid4

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.errors import InputRefused, TryAgain

if TYPE_CHECKING:
    from lotstream.contracts.fields import Inbound
    from lotstream.settings import Settings
    from lotstream.store.rows import IntakeRow

SOURCE: Final = "lotstream-cli"
"""Where messages from the command line say they come from."""

LOOK_EVERY_S: Final = 0.1
"""Pause between two looks for the answer, in seconds."""

Wait = Annotated[float, typer.Option("--wait", help="Seconds to wait until it is decided; 0: do not wait.", min=0.0)]


def ask(name: str, body: Mapping[str, object], *, wait_s: float) -> bool:
    """Send a command, and return whether it was decided meanwhile.

    Raises `InputRefused` when it is not as it should be or the hub refuses it, `TryAgain` when it is not decided in
    time, and `KafkaUnreachable`.
    """
    from lotstream.contracts.inbound import INBOUND
    from lotstream.domain.codes import Code

    fitting = _fitting(INBOUND[name], body)
    became = run(_send(read_settings(), name, fitting, wait_s=wait_s))
    if became is not None and became.code is not None:
        where = f", {became.field}" if became.field else ""
        owner = _unknown(str(body.get("owner"))) if became.code.startswith("unknown_") else ""
        raise InputRefused(f"{name} was refused ({Code(became.code).value}{where}): {became.message}{owner}")
    return became is not None


def _unknown(owner: str) -> str:
    """Return a sentence where an owner is not known at all: whatever is asked of him is not known either."""
    from lotstream.cli.candidates import check_owner

    try:
        check_owner(owner, ())
    except InputRefused as unknown:
        return f" {unknown} {unknown.what_to_do}"
    return ""


def _fitting(model: type[Inbound], body: Mapping[str, object]) -> Inbound:
    from pydantic import ValidationError

    from lotstream.contracts.undecodable import from_validation

    try:
        return model.model_validate_json(_json(body))
    except ValidationError as error:
        found = from_validation(error)
        raise InputRefused(f"{found.field}: {found.message}" if found.field else found.message) from None


def _json(body: Mapping[str, object]) -> str:
    import json

    return json.dumps({name: value for name, value in body.items() if value is not None}, default=str)


async def _send(settings: Settings, name: str, body: Inbound, *, wait_s: float) -> IntakeRow | None:
    from lotstream.connect.delivery import Message
    from lotstream.connect.kafka import KafkaPublisher
    from lotstream.connect.retry import RetryPolicy

    message = Message(name, body, SOURCE, uuid4().hex)
    publisher = KafkaPublisher(
        settings.kafka_bootstrap, client_id=SOURCE, policy=RetryPolicy(total_s_max=settings.request_timeout_s),
        record_bytes_max=settings.inbound_bytes_max, timeout_s=settings.request_timeout_s,
    )  # fmt: skip
    await publisher.open()
    try:
        await publisher.publish([message])
    finally:
        await publisher.close()
    return await _became(settings, message.message_id, wait_s=wait_s) if wait_s else None


async def _became(settings: Settings, message_id: str, *, wait_s: float) -> IntakeRow:
    from lotstream.store.records import Records

    async with Records(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as records:
        try:
            async with asyncio.timeout(wait_s):
                while (row := await records.intake((SOURCE, message_id))) is None:  # noqa: ASYNC110 - a worker writes it
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise TryAgain(
                f"It was sent as message {message_id}, and is not decided after {wait_s:g} s.",
                what_to_do="See that workers run and hold every partition (`lotstream doctor`); it is decided then, "
                "and needs no sending again.",
            ) from error
        return row
