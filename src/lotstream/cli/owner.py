"""``lotstream owner``: an owner leaves, and takes along everything that is known."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from lotstream.cli.agreeing import Yes, agree
from lotstream.cli.asking import Wait, ask
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, say
from lotstream.errors import InputRefused

Name = Annotated[str, typer.Argument(metavar="OWNER", help="Whose goods.")]


def register(app: typer.Typer) -> None:
    """Add the group ``owner``."""
    owner = typer.Typer(help="Close an owner, and export everything of one.", no_args_is_help=True)
    owner.command("close")(close)
    owner.command("export")(export)
    app.add_typer(owner, name="owner")


def close(
    owner: Name,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for people.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who says so.")] = None,
    yes: Yes = False,
    wait: Wait = 30.0,
    as_json: Json = False,
) -> None:
    """Take nothing new in for an owner: no orders, receipts or balances.

    What is there is picked and shipped on. The message owner.defined takes it back.
    """
    check_owner(owner, ())
    agree(f"Take nothing new in for {owner}?", yes=yes)
    body = {"owner": owner, "reason": reason, "by": by}
    decided = ask("owner.closed", body, wait_s=wait)
    if as_json:
        print_json({**body, "decided": decided})
    else:
        say(f"{owner} {'is closed' if decided else 'will be closed'}: nothing new is taken in")


def export(
    owner: Name,
    to: Annotated[Path | None, typer.Option("--to", help="File to write; left out: standard output.")] = None,
) -> None:
    """Write everything that is known of an owner as JSON lines, as of one moment.

    Each line is a row with the name of its table: settings, items, customers, lots, stock, orders, documents, serial
    numbers, consignees, what was shipped, what became of every lot, and every decision. The first line says whose and
    of when, the last how many rows of each table there were.
    """
    check_owner(owner, ())
    with ExitStack() as stack:
        lines: TextIO = sys.stdout if to is None else stack.enter_context(_new(to))
        counts = run(_export(owner, lines))
    if to is not None:
        complain(f"{sum(counts.values())} rows of {owner} were written to {to}.")


def _new(path: Path) -> TextIO:
    try:
        return path.open("x", encoding="utf-8")
    except OSError as error:
        raise InputRefused(
            f"{path} cannot be written: {error.strerror}.", what_to_do="Name a file that is not there yet."
        ) from error


async def _export(owner: str, lines: TextIO) -> dict[str, int]:
    from lotstream import __version__
    from lotstream.store.export import TABLES, export_of

    settings, counts = read_settings(), {}
    async with export_of(settings.postgres_url, owner, timeout_s=settings.postgres_timeout_s) as found:
        _write(lines, {"export": owner, "as_of": await found.as_of(), "lotstream": __version__})
        for table in TABLES:
            counts[table] = 0
            async for row in found.rows(table):
                _write(lines, {"table": table, **row})
                counts[table] += 1
    _write(lines, {"rows": counts})
    return counts


def _write(lines: TextIO, value: dict[str, Any]) -> None:
    lines.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
