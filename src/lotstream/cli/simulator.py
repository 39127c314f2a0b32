"""``lotstream simulator``: a warehouse that picks and ships whatever it is told, for demos and tests."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import configure_logs, read_settings, run

if TYPE_CHECKING:
    from lotstream.testing.warehouse import Warehouse


def register(app: typer.Typer) -> None:
    """Add the command ``simulator``."""
    app.command("simulator")(simulator)


def simulator(
    pick_s: Annotated[
        float, typer.Option("--pick-seconds", min=0.0, help="Seconds from one pick to the next; 0 picks at once.")
    ] = 0.0,
) -> None:
    """Stand in for the warehouse: pick every task, ship every order in one package, until SIGTERM or SIGINT."""
    from lotstream.testing.warehouse import Warehouse

    settings = read_settings()
    configure_logs(settings)
    run(_until_told(Warehouse(settings.kafka_bootstrap, pick_s=pick_s)))


async def _until_told(warehouse: Warehouse) -> None:
    """Run a warehouse until a signal; what it has not answered by then, the next one answers."""
    running = asyncio.ensure_future(warehouse.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
