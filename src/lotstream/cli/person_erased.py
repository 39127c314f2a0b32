"""``lotstream person erased`` and ``erase-again``: who was forgotten, and having it done again after a restore."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.agreeing import Yes, agree
from lotstream.cli.asking import Wait, ask
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say, table
from lotstream.cli.person import PART
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.store.reads_persons import Erased

COLUMNS: Final = ("at", "owner", "request", "persons", "by")


REQUEST_CHARS_MAX: Final = 100
"""Characters of a request's number that stand in the one it is done again under."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One request of a list that ``person erased`` printed."""

    owner: str
    request: str
    persons: tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add the commands to the group ``person``."""
    (group,) = [one.typer_instance for one in app.registered_groups if one.name == "person" and one.typer_instance]
    group.command("erased")(erased)
    group.command("erase-again")(erase_again)


def erased(
    owner: Owner = None,
    since: Annotated[str | None, typer.Option("--since", help="Only since this moment, e.g. of a backup.")] = None,
    as_json: Json = False,
) -> None:
    """Show which requests to forget persons were done, of an owner or of all, with the keys of the persons."""
    from lotstream.cli.roll_forward import moment

    found = run(_read(owner, None if since is None else moment(since)))
    if as_json:
        print_json([_shown(one) for one in found])
    else:
        table(COLUMNS, (_in_words(one) for one in found))


def erase_again(
    file: Annotated[Path, typer.Argument(help="What `person erased --json` printed; - reads standard input.")],
    yes: Yes = False,
    wait: Wait = 30.0,
) -> None:
    """Have persons forgotten again whom a restored database knows, each request under a number of its own.

    The number is made of the first one's, so that the same file again changes nothing.
    """
    listed = _listed(sys.stdin.read() if str(file) == "-" else _text(file))
    count = sum(len(one.persons) for one in listed)
    agree(f"Forget {count} persons of {len(listed)} requests again, for good?", yes=yes)
    for one in listed:
        for nth, at in enumerate(range(0, len(one.persons), PART), 1):
            body = {
                "owner": one.owner,
                "request": f"again/{nth}/{one.request[:REQUEST_CHARS_MAX]}",
                "persons": one.persons[at : at + PART],
            }
            ask("person.erased", body, wait_s=wait)
    say(f"{len(listed)} requests of {count} persons are {'done again' if wait else 'sent again'}")


async def _read(owner: str | None, since: datetime | None) -> list[Erased]:
    from lotstream.store.reads_persons import PersonReads

    settings = read_settings()
    async with PersonReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        return await reads.erased(owner, since=since)


def _in_words(one: Erased) -> tuple[object, ...]:
    return f"{one.at:%Y-%m-%d %H:%M}", one.owner, one.request, len(one.persons), one.by


def _shown(one: Erased) -> dict[str, Any]:
    return {"owner": one.owner, "at": one.at, "request": one.request, "persons": one.persons, "by": one.by}


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"{file} cannot be read: {error}.", what_to_do="Check its name.") from error


def _listed(text: str) -> list[Forgotten]:
    """Return the requests of a list; raises `InputRefused` for what is none."""
    import msgspec

    try:
        return msgspec.json.decode(text, type=list[Forgotten])
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        message = "This is no list of requests as `lotstream person erased --json` prints it."
        raise InputRefused(message, what_to_do="Give the file that it wrote, whole.") from error
