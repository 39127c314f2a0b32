"""``lotstream connector``: the doors, each a package of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from lotstream.cli.environment import configure_logs, read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import print_json

Name = Annotated[str, typer.Argument(help="Name of the connector; `lotstream connector list` has them.")]


def register(app: typer.Typer) -> None:
    """Add the group ``connector``."""
    connector = typer.Typer(help="Run connectors and replay what they kept.", no_args_is_help=True)
    connector.command("list")(list_connectors)
    connector.command("run")(run_connector)
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


def replay(
    name: Name,
    exchange: Annotated[int, typer.Argument(help="Number of the kept delivery, from the connector's log.")],
) -> None:
    """Handle a kept delivery once more.

    From its raw bytes and under the same message ids, so that the hub sees a copy as a copy.
    """
    from lotstream.connect.runner import replay_exchange

    settled = run(replay_exchange(name, exchange, read_settings())).settlement
    print(f"exchange {exchange}: {settled.verdict}, {settled.messages} messages")
    for refusal in settled.refusals:
        print(f"refused: {refusal.code}: {refusal.message}")
