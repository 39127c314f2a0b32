"""``lotstream dlq``: records that could not be understood, and what is done about them."""

from __future__ import annotations

import getpass
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, table
from lotstream.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from lotstream.store.dead_letters import Wanted

ROWS_MAX = 1000
"""Dead letters that are looked at unless more are asked for."""

WAIT_S = 10.0
"""Seconds that a replay waits for a worker to decide what it has appended."""

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Origin(StrEnum):
    """Where dead letters are read."""

    DATABASE = "database"
    TOPIC = "topic"


Places = Annotated[list[str] | None, typer.Argument(help="Dead letters by LOG/PARTITION/OFFSET, or PARTITION/OFFSET.")]
Code = Annotated[str | None, typer.Option("--code", help="Only those with this reason, e.g. schema.")]
OfOwner = Annotated[str | None, typer.Option("--owner", help="Only those of this owner, or under its key.")]
Key = Annotated[str | None, typer.Option("--key", help="Only those with this message key.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only those since a time (RFC 3339), or for so long: 30m, 12h, 7d.")
]
From = Annotated[
    Origin, typer.Option("--from", help="Read the database, which has all bytes and what was done, or the topic.")
]
All = Annotated[bool, typer.Option("--all", help="All open ones that fit the filters, instead of naming each.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; left out: user@host.")]
RowsMax = Annotated[int, typer.Option("--rows-max", help="Most dead letters that are looked at.", min=1)]


def register(app: typer.Typer) -> None:
    """Add the group ``dlq``."""
    dlq = typer.Typer(help="Records that could not be understood.", no_args_is_help=True)
    dlq.command("list")(list_letters)
    dlq.command("show")(show)
    dlq.command("replay")(replay)
    dlq.command("discard")(discard)
    app.add_typer(dlq, name="dlq")


def list_letters(
    code: Code = None,
    owner: OfOwner = None,
    key: Key = None,
    since: Since = None,
    state: Annotated[
        str | None, typer.Option("--state", help="Only those that are open, replayed or discarded.")
    ] = None,
    origin: From = Origin.DATABASE,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """List dead letters, newest first.

    Shows where each stood, when it was first seen, the reason, its key and what was done about it.
    """
    from lotstream.cli.dlq_show import HEADINGS, row, shown
    from lotstream.cli.dlq_work import choose

    wanted = _wanted(code, owner, key, since, state)
    chosen = run(choose(read_settings(), wanted, origin=origin, rows_max=rows_max))
    if as_json:
        print_json([shown(letter.about) for letter in chosen])
    else:
        table(HEADINGS, (row(letter.about) for letter in chosen))
    _say_if_cut(chosen, rows_max)


def show(
    place: Annotated[str, typer.Argument(help="The dead letter, by LOG/PARTITION/OFFSET or PARTITION/OFFSET.")],
    raw: Annotated[bool, typer.Option("--raw", help="Print nothing but the record's value, byte for byte.")] = False,
    origin: From = Origin.DATABASE,
    as_json: Json = False,
) -> None:
    """Show one dead letter: why it is one, its key, headers and value, and what was done about it."""
    from lotstream.cli.dlq_show import lines, shown_whole
    from lotstream.cli.dlq_work import read_one

    letter, history = run(read_one(read_settings(), place, origin=origin))
    if raw:
        sys.stdout.buffer.write(letter.value or b"")
        sys.stdout.buffer.flush()
    elif as_json:
        print_json(shown_whole(letter, history))
    else:
        print("\n".join(lines(letter, history)))


def replay(
    places: Places = None,
    every: All = False,
    code: Code = None,
    owner: OfOwner = None,
    key: Key = None,
    since: Since = None,
    origin: From = Origin.DATABASE,
    by: By = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for whoever reads it later.")] = None,
    wait: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for a worker's decision; 0 does not wait.", min=0)
    ] = WAIT_S,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be replayed and do nothing.")] = False,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Append dead letters to the inbound topic again: the same bytes, key and headers, so the same message id.

    What was applied meanwhile changes nothing.
    Exits 1 when one was dead-lettered again, and 5 when no worker has decided one in time.
    """
    from lotstream.cli.dlq_work import Doing, replay_all

    wanted = _named_or_all(places, every=every, wanted=_wanted(code, owner, key, since, "open"))
    doing = Doing(by or _me(), reason, wait_s=wait, dry_run=dry_run)
    done = run(replay_all(read_settings(), places or [], wanted, doing, origin=origin, rows_max=rows_max))
    if as_json:
        print_json([one.as_json() for one in done])
    else:
        for one in done:
            print(one)
        print(f"{len(done)} dead letters {'would be ' if dry_run else ''}replayed")
    _say_if_cut(done, rows_max)
    raise typer.Exit(max((one.exit_code for one in done), default=ExitCode.OK))


def discard(
    reason: Annotated[str, typer.Option("--reason", help="Why it is done with; kept beside it.")],
    places: Places = None,
    every: All = False,
    code: Code = None,
    owner: OfOwner = None,
    key: Key = None,
    since: Since = None,
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be discarded and do nothing.")] = False,
    rows_max: RowsMax = ROWS_MAX,
) -> None:
    """Note that dead letters are done with.

    Who, when and why is kept; nothing is deleted, and a discarded one can still be replayed.
    """
    from lotstream.cli.dlq_work import Doing, discard_all

    wanted = _named_or_all(places, every=every, wanted=_wanted(code, owner, key, since, "open"))
    doing = Doing(by or _me(), reason, wait_s=0.0, dry_run=dry_run)
    done = run(discard_all(read_settings(), places or [], wanted, doing, rows_max=rows_max))
    for place in done:
        print(f"{place} {'would be ' if dry_run else ''}discarded")
    _say_if_cut(done, rows_max)


def _wanted(
    code: str | None, owner: str | None, key: str | None, since: str | None, state: str | None
) -> Wanted:  # fmt: skip
    from lotstream.domain.codes import DeadLetterCode
    from lotstream.store.dead_letters import State, Wanted

    if code is not None and code not in list(DeadLetterCode):
        raise InputRefused(f"There is no reason {code}.", what_to_do=f"The reasons are {', '.join(DeadLetterCode)}.")
    if state is not None and state not in list(State):
        raise InputRefused(f"There is no state {state}.", what_to_do=f"The states are {', '.join(State)}.")
    return Wanted(
        code, owner, None if key is None else key.encode(), None if since is None else since_time(since),
        None if state is None else State(state),
    )  # fmt: skip


def since_time(text: str) -> datetime:
    """Return the time that ``--since`` means: a time, or so long ago; raises `InputRefused`."""
    number, unit = text[:-1], text[-1:]
    if unit in UNITS and number.isdecimal():
        return datetime.now(UTC) - timedelta(**{UNITS[unit]: int(number)})
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InputRefused(
            f"--since {text} is no time.", what_to_do="Write 2026-09-01T08:00:00Z, or 30m, 12h, 7d for so long ago."
        ) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _named_or_all(places: Sequence[str] | None, *, every: bool, wanted: Wanted) -> Wanted | None:
    """Return the filter when all that fit it are meant, None when each is named."""
    if bool(places) == every:
        raise InputRefused(
            "Either name dead letters, or say --all.",
            what_to_do="`lotstream dlq list` has them; --all means all open ones that fit --code, --owner, --since …",
        )
    return wanted if every else None


def _say_if_cut(found: Sequence[object], rows_max: int) -> None:
    if len(found) == rows_max:
        complain(
            f"Only the newest {rows_max} were looked at.", "Ask for more with --rows-max, or for less with --since."
        )


def _me() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}"
