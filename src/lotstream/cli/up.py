"""``lotstream up``: Kafka, PostgreSQL and the hub on this machine, from packages alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lotstream.cli.environment import configure_logs, read_settings, run


def register(app: typer.Typer) -> None:
    """Add the command ``up``."""
    app.command("up")(up)


def up(
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the servers' data; left out: the user's data folder.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", help="Workers to run.", min=0)] = 1,
    connectors: Annotated[
        list[str] | None, typer.Option("--connector", help="A connector to run as well; may be repeated.")
    ] = None,
) -> None:
    """Run everything on this machine.

    Kafka, PostgreSQL, workers and connectors run until Ctrl-C or SIGTERM. A server whose LOTSTREAM_ variable is set is
    used where it is instead of being started.
    """
    from lotstream.cli.local_hub import keep_up

    configure_logs(read_settings())
    run(keep_up(data, workers=workers, connectors=connectors or []))
