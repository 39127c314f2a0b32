"""``lotstream connector``: the doors, each a package of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.environment import configure_logs, read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import print_json, table
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.store.exchange_row import ExchangeRow

ROWS_MAX: Final = 50
"""Deliveries that are shown unless more are asked for."""

COLUMNS: Final = ("exchange", "received", "sender", "name", "verdict", "messages", "said")

Name = Annotated[str, typer.Argument(help="Name of the connector; `lotstream connector list` has them.")]


def register(app: typer.Typer) -> None:
    """Add the group ``connector``."""
    connector = typer.Typer(help="Run connectors and replay what they kept.", no_args_is_help=True)
    connector.command("list")(list_connectors)
    connector.command("run")(run_connector)
    connector.command("deliveries")(deliveries)
    connector.command("replay")(replay)
    app.add_typer(connector, name="connector")


def list_connectors(as_json: Json = False) -> None:
    """List the installed connectors."""
    from lotstream.connect.registry import connector_names

    names = connector_names()
    if as_json:
        print_json(names)
    else:
        print("\n".join(names) or "no connectors are installed")


def run_connector(name: Name) -> None:
    """Run one connector.

    It ends with SIGTERM or SIGINT. Its options are the variables LOTSTREAM_<NAME>_… of its README.
    """
    from lotstream.connect.runner import run_connector as run_until_stopped

    settings = read_settings()
    configure_logs(settings)
    run(run_until_stopped(name, settings))


def deliveries(
    name: Name,
    verdict: Annotated[
        str | None,
        typer.Option("--verdict", help="pending, accepted, partly_refused, refused or not_handled; left out for all."),
    ] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most deliveries that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what came in at a connector's door, the last first, and what became of it.

    With what was refused and why, and what a person has to do.
    """
    from lotstream.connect.delivery import Verdict

    known = [each.value for each in Verdict]
    if verdict is not None and verdict not in known:
        raise InputRefused(f"There is no verdict {verdict}.", what_to_do=f"Ask for one of {', '.join(known)}.")
    told = [_shown(row) for row in run(_deliveries(name, verdict, rows_max))]
    if as_json:
        print_json(told)
        return
    rows = ({**one, "received": f"{one['received']:%Y-%m-%d %H:%M}", "said": _said(one)} for one in told)
    table(COLUMNS, ([row[column] for column in COLUMNS] for row in rows))


async def _deliveries(name: str, verdict: str | None, rows_max: int) -> list[ExchangeRow]:
    from lotstream.connect.registry import find_connector
    from lotstream.store.exchanges import Exchanges

    find_connector(name)
    settings = read_settings()
    async with Exchanges(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as exchanges:
        return await exchanges.recent(name, limit=rows_max, verdict=verdict)


def _shown(row: ExchangeRow) -> dict[str, Any]:
    """Return a delivery as JSON values, without its bytes."""
    refusals = [
        {"code": one.code, "field": one.field, "order": one.order, "message": one.message} for one in row.refusals
    ]
    return {
        "exchange": row.id, "received": row.received_at, "sender": row.sender, "name": row.name,
        "verdict": row.verdict, "messages": row.messages, "repeats": row.repeats, "settled": row.settled_at,
        "refusals": refusals, "notes": row.notes,
    }  # fmt: skip


def _said(shown: dict[str, Any]) -> str:
    refused = [f"{one['code']}: {one['message']}" for one in shown["refusals"]]
    return " ".join([*refused, *shown["notes"]])


def replay(
    name: Name,
    exchange: Annotated[
        int, typer.Argument(help="Number of the kept delivery; `lotstream connector deliveries` has it.")
    ],
) -> None:
    """Handle a kept delivery once more.

    From its raw bytes and under the same message ids, so that the hub sees a copy as a copy.
    """
    from lotstream.connect.runner import replay_exchange

    settled = run(replay_exchange(name, exchange, read_settings())).settlement
    print(f"exchange {exchange}: {settled.verdict}, {settled.messages} messages")
    for refusal in settled.refusals:
        print(f"refused: {refusal.code}: {refusal.message}")
