"""``lotstream demo``: a whole day on real servers, shown, checked and cleared away again."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lotstream.cli.environment import run
from lotstream.cli.output import progress
from lotstream.errors import ExitCode

if TYPE_CHECKING:
    from lotstream.local.demo.stage import Stage

#: Where downloads come from is one's own business in the demo too.
KEPT: Final = frozenset({"LOTSTREAM_MAVEN_REPOSITORY"})


def register(app: typer.Typer) -> None:
    """Add the command ``demo``."""
    app.command("demo")(demo)


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards and print the addresses.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="A new folder for data, inboxes and logs, kept afterwards; else a temporary one."
        ),
    ] = None,
) -> None:
    """Watch three orders become shipments.

    A Shopify webhook, an X12 940 and a CSV file go through embedded Kafka and PostgreSQL, a worker, three connectors
    and a simulated warehouse. Shows which lots were chosen and why, checks what came out, and ends everything. Exit
    code 1 if anything did not come out as it should.
    """
    from lotstream.settings import PREFIX

    # What is set for a hub of one's own does not reach the demo.
    for name in [name for name in os.environ if name.startswith(PREFIX) and name not in KEPT]:
        del os.environ[name]
    # Topics that were made a moment ago have no leader yet; the client says so in red and asks again.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    code = run(_demo(folder, keep=keep))
    if code is not ExitCode.OK:
        raise typer.Exit(code)


async def _demo(folder: Path | None, *, keep: bool) -> ExitCode:
    """Play and show the demo, and take everything down again when it is done or a signal comes."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Heard as often as it comes and acted upon once: clearing away is not interrupted by a second Ctrl-C.
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with AsyncExitStack() as stage:
        playing = asyncio.create_task(_play(stage, folder, keep=keep))
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({playing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            await asyncio.wait({playing})
            return ExitCode.INTERRUPTED
        problems = await playing
        if keep:
            await waiting
        waiting.cancel()
    return ExitCode.FAILED if problems else ExitCode.OK


async def _play(stack: AsyncExitStack, folder: Path | None, *, keep: bool) -> list[str]:
    """Set the stage up within the stack, play and show the day; returns what did not come out as it should."""
    from lotstream.cli.demo_report import Report
    from lotstream.cli.local_hub import prepare
    from lotstream.local.demo.check import problems
    from lotstream.local.demo.day import play
    from lotstream.local.demo.stage import open_stage

    started = time.monotonic()
    stage = await stack.enter_async_context(open_stage(folder, prepare=prepare, progress=progress))
    outcome = await play(stage, progress=progress)
    found = problems(outcome)
    Report().show(outcome, found, seconds=time.monotonic() - started)
    if keep:
        _print_addresses(stage)
    return found


def _print_addresses(stage: Stage) -> None:
    print(f"Kafka          {stage.settings.kafka_bootstrap}")
    print(f"PostgreSQL     {stage.settings.postgres_url}")
    print(f"metrics        {stage.metrics}")
    print(f"webhook        {stage.house.webhook}")
    print(f"X12 inbox      {stage.house.inbox('edi')}")
    print(f"CSV inbox      {stage.house.inbox('flatfile')}")
    print(f"logs           {stage.house.logs}")
    print("Ctrl-C ends everything.", flush=True)
