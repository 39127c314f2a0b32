"""``lotstream simulator``: a warehouse that picks and ships whatever it is told, for demos and tests."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

import typer

from lotstream.cli.environment import configure_logs, read_settings, run


def register(app: typer.Typer) -> None:
    """Add the command ``simulator``."""
    app.command("simulator")(simulator)


def simulator(
    pick_s: Annotated[
        float, typer.Option("--pick-seconds", min=0.0, help="Seconds from one pick to the next; 0 picks at once.")
    ] = 0.0,
) -> None:
    """Stand in for the warehouse: pick every task, ship every order in one package, until SIGTERM or SIGINT."""
    settings = read_settings()
    configure_logs(settings)
    run(_until_told(settings.kafka_bootstrap, pick_s=pick_s))


async def _until_told(bootstrap: str, *, pick_s: float) -> None:
    """Run a warehouse until a signal; what it has not answered by then, the next one answers."""
    from lotstream.ops.stopping import on_stop_signal
    from lotstream.testing.warehouse import Warehouse

    running = asyncio.ensure_future(Warehouse(bootstrap, pick_s=pick_s).run())
    on_stop_signal(running.cancel)
    with suppress(asyncio.CancelledError):
        await running
