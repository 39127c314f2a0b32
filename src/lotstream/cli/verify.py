"""``lotstream verify``: proof that the database says what its journal says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import colored, print_json, progress
from lotstream.errors import ExitCode

if TYPE_CHECKING:
    from lotstream.hub.verify import Verified

DIFFERENCES_MAX = 10
"""Differences that are looked for unless more are asked for."""


def register(app: typer.Typer) -> None:
    """Add the command ``verify``."""
    app.command("verify")(verify)


def verify(
    owner: Annotated[str | None, typer.Option("--owner", help="Look at one owner only.")] = None,
    partition: Annotated[int | None, typer.Option("--partition", help="Look at one partition only.", min=0)] = None,
    outbox: Annotated[bool, typer.Option(help="Compare the messages that the outbox still has.")] = True,
    differences_max: Annotated[
        int, typer.Option("--differences-max", help="Differences after which it ends.", min=1)
    ] = DIFFERENCES_MAX,
    as_json: Json = False,
) -> None:
    """Rebuild the state from the journal and compare it with every table.

    Checks the chain of hashes, every row of every table, and the sums that always hold, as of one moment.
    The hub may go on working meanwhile.
    Names each difference by table, key and column, and exits 1 when there is one.
    """
    verified = run(_verify(owner, partition, outbox=outbox, differences_max=differences_max))
    if as_json:
        print_json(_shown(verified))
    else:
        for difference in verified.differences:
            print(f"{colored('DIFFERENT', 'red')} {difference}")
        print(_summary(verified))
    raise typer.Exit(ExitCode.OK if verified.ok else ExitCode.FAILED)


async def _verify(
    owner: str | None, partition: int | None, *, outbox: bool, differences_max: int
) -> Verified:  # fmt: skip
    from lotstream.hub.verify import Scope, verify

    settings = read_settings()
    scope = Scope(
        owner, partition, outbox=outbox, outbox_days=settings.outbox_days, retention_days=settings.retention_days
    )
    return await verify(settings.postgres_url, scope, differences_max=differences_max, tell=progress)


def _summary(verified: Verified) -> str:
    count = len(verified.differences)
    found = "no difference" if verified.ok else f"{count} difference{'s' if count > 1 else ''}"
    more = "; it ended there, there may be more" if verified.cut_short else ""
    return (
        f"{found}: {verified.journal_rows} events of {verified.owners} owners in {verified.partitions} partitions, "
        f"{sum(verified.rows.values())} rows compared in {verified.seconds:.1f} s "
        f"({verified.journal_rows_per_s:.0f} events a second){more}"
    )


def _shown(verified: Verified) -> dict[str, object]:
    return {
        "ok": verified.ok,
        "differences": [difference.as_json() for difference in verified.differences],
        "cut_short": verified.cut_short,
        "partitions": verified.partitions,
        "owners": verified.owners,
        "rows": dict(sorted(verified.rows.items())),
        "seconds": round(verified.seconds, 3),
        "journal_rows_per_s": round(verified.journal_rows_per_s),
    }
