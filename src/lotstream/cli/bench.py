"""``lotstream bench``: orders per second through the whole path, and how long one takes, on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lotstream.cli.environment import run
from lotstream.cli.output import print_json, progress

if TYPE_CHECKING:
    from lotstream.cli.bench_report import Report
    from lotstream.testing.bench.hub import BenchHub
    from lotstream.testing.load import Load

FIRST_ORDERS: Final = 20_000
"""Orders of the round before the first, which warms the servers up and tells how many orders a round needs."""

TIMEOUT_S: Final = 5.0
WORKERS: Final = (1, 2)
OFFERED: Final = (500.0, 2000.0)
"""Orders offered a second, one pace after the other."""


class Part(StrEnum):
    """The two things that are measured."""

    DRAIN = "drain"
    LATENCY = "latency"


def register(app: typer.Typer) -> None:
    """Add the command ``bench``."""
    app.command("bench")(bench)


def bench(
    workers: Annotated[
        list[int] | None, typer.Option(help="Worker processes; may be given again. Default: 1, then 2.", min=1)
    ] = None,
    offered: Annotated[
        list[float] | None,
        typer.Option(help="Orders offered a second for latency; may be given again. Default: 500, then 2000.", min=1),
    ] = None,
    only: Annotated[Part | None, typer.Option(help="Measure one thing: drain (orders a second) or latency.")] = None,
    seconds: Annotated[float, typer.Option(help="Least length of a round.", min=1)] = 30.0,
    orders: Annotated[
        int | None, typer.Option(help="Orders of a round that drains a backlog, instead of --seconds.", min=1)
    ] = None,
    warm_up: Annotated[float, typer.Option(help="Seconds each round runs before its clock starts.", min=0)] = 3.0,
    rounds: Annotated[int, typer.Option(help="Rounds of each kind.", min=1)] = 3,
    lines: Annotated[int, typer.Option(help="Lines of one order.", min=1, max=100)] = 4,
    owners: Annotated[int, typer.Option(help="Owners the orders of a round are spread over.", min=1)] = 16,
    seed: Annotated[int, typer.Option(help="Seed of the made-up orders.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure the hub on embedded Kafka and PostgreSQL: how fast a backlog drains, and how long an order takes.

    A backlog is drained with everything on, after a moment of warm-up, in rounds of at least --seconds. Then orders are
    offered at a steady pace, each at its time whatever became of those before it, and a read_committed reader notes
    when it has the pick task. Every round has owners and stock of its own, so that each begins alike; every kind and
    number of workers has servers of its own.
    """
    from lotstream.cli.bench_report import Report, about, as_dict, print_report
    from lotstream.testing.load import Load

    load = Load(orders=min(orders or FIRST_ORDERS, FIRST_ORDERS), lines=lines, owners=owners, seed=seed)
    asked = Asked(load, orders, seconds, warm_up, rounds, tuple(offered or OFFERED))
    report = Report(load, about())
    for count in workers or WORKERS:
        for part in Part if only is None else (only,):
            run(_measure(report, asked, part=part, workers=count))
    if as_json:
        print_json(as_dict(report))
    else:
        print_report(report)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    load: Load
    #: Orders of a round, or None for as many as the seconds need.
    orders: int | None
    seconds: float
    warm_up_s: float
    rounds: int
    offered: tuple[float, ...]


async def _measure(report: Report, asked: Asked, *, part: Part, workers: int) -> None:
    """Add the rounds of one kind and one number of workers to a report."""
    from lotstream.store.inspection import inspect_server
    from lotstream.testing.bench.drain import Length, drain_rounds
    from lotstream.testing.bench.latency import latency_rounds

    async with _fresh_hub() as hub:
        report.about["postgres"] = (await inspect_server(hub.settings.postgres_url, timeout_s=TIMEOUT_S)).version_text
        if part is Part.DRAIN:
            report.drains += await drain_rounds(
                hub, asked.load, workers=workers, rounds=asked.rounds, tell=progress,
                length=Length(asked.orders, asked.seconds, asked.warm_up_s),
            )  # fmt: skip
        else:
            report.latencies += await latency_rounds(
                hub, asked.load, workers=workers, rounds=asked.rounds, offered=asked.offered, seconds=asked.seconds,
                warm_up_s=asked.warm_up_s, tell=progress,
            )  # fmt: skip


@asynccontextmanager
async def _fresh_hub() -> AsyncIterator[BenchHub]:
    """Run a hub on servers of its own, in a temporary folder, ready for workers."""
    from lotstream.cli.local_hub import prepare, settings_at
    from lotstream.local import LocalStack
    from lotstream.local.folders import temporary_folder
    from lotstream.testing.bench.hub import bench_hub
    from lotstream.testing.bench.processors import Programs

    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True, progress=progress)
    try:
        settings = settings_at(await stack.start())
        await prepare(settings)
        programs = Programs(kafka=stack.kafka_pid, postgres=stack.postgres_pid)
        async with bench_hub(settings, programs=programs, folder=Path(folder)) as hub:
            yield hub
    finally:
        await stack.stop()
