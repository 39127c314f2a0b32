"""``lotstream faults run``: break everything on purpose and check that nothing was lost, doubled or promised twice."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import run as run_work
from lotstream.cli.output import progress
from lotstream.errors import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from lotstream.testing.faults.proxy import DatabaseProxy
    from lotstream.testing.faults.report import Plan, Recovery, Report

PARTITIONS = 8
OUTGOING_PARTITIONS = 4
REPLICATION = 3
#: Small limits, so that messages that are too large are cheap to make up.
MESSAGE_BYTES_MAX = 128 * 1024
INBOUND_BYTES_MAX = 160 * 1024
OUTGOING_BYTES_MAX = 192 * 1024
#: Columns of a report that is not printed on a terminal.
WIDTH = 140
#: Longer than a broker's clock is ever put ahead: by that clock Kafka would delete what nobody has read yet.
RETENTION_DAYS = 3650


def register(app: typer.Typer) -> None:
    """Add the group ``faults``."""
    faults = typer.Typer(help="Try to break the hub.", no_args_is_help=True)
    # A group of one command would else be taken for the command itself.
    faults.callback()(lambda: None)
    faults.command("run")(run)
    app.add_typer(faults, name="faults")


def run(
    minutes: Annotated[float, typer.Option(help="How long things are broken, fractions allowed.", min=0.05)] = 3.0,
    seed: Annotated[int, typer.Option(help="Seed of traffic and faults.")] = 1,
    workers: Annotated[int, typer.Option(help="Worker processes.", min=1, max=8)] = 2,
    rate: Annotated[float, typer.Option(help="Records offered per second.", min=10)] = 60.0,
    only: Annotated[list[str] | None, typer.Option(help="A fault by its name in the table; may be repeated.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End when each kind has come once, if that is sooner.")] = False,
    logs: Annotated[Path | None, typer.Option(help="Folder in which the logs of the workers stay.")] = None,
) -> None:
    """Run three Kafka brokers, PostgreSQL and workers, break them at random, and compare everything with a reference.

    Each kind comes once before any comes again. From about ten minutes on all of them come, with the four that only an
    operator can put right (a topic made anew, a database restored, partitions added by hand, a broker's clock years
    ahead); a shorter run says which it left out for want of time.

    Ctrl-C ends the breaking and goes on to the comparison. Exits 1 on any violation.
    """
    from lotstream.testing.faults.report import Plan

    plan = Plan(minutes * 60, seed, workers=workers, rate=rate, only=tuple(only or ()), once=once)
    report = run_work(run_plan(plan, logs))
    print_report(report)
    if report.violations.total():
        raise typer.Exit(ExitCode.FAILED)


async def run_plan(plan: Plan, logs: Path | None = None) -> Report:
    """Run a plan on servers of its own, which end with it; logs of workers stay where a folder is named."""
    from lotstream.cli.local_hub import prepare
    from lotstream.local.breakable import BreakableServers
    from lotstream.local.folders import temporary_folder
    from lotstream.ops.stopping import on_stop_signal
    from lotstream.settings import Settings
    from lotstream.testing.faults.proxy import DatabaseProxy
    from lotstream.testing.faults.run import FaultRun, check

    check(plan)
    folder = temporary_folder()
    logs = logs or folder / "logs"
    await asyncio.to_thread(logs.mkdir, parents=True, exist_ok=True)
    servers = BreakableServers(folder, progress=progress)
    try:
        await servers.start()
        async with DatabaseProxy(servers.postgres_socket) as proxy:
            settings = Settings(
                kafka_bootstrap=servers.kafka_bootstrap,
                postgres_url=_url(proxy),
                partitions=PARTITIONS,
                outgoing_partitions=OUTGOING_PARTITIONS,
                replication=REPLICATION,
                message_bytes_max=MESSAGE_BYTES_MAX,
                inbound_bytes_max=INBOUND_BYTES_MAX,
                outgoing_bytes_max=OUTGOING_BYTES_MAX,
                retention_days=RETENTION_DAYS,
                http_port=0,
            )
            await prepare(settings)
            faults = FaultRun(settings, servers, proxy, plan, folder=logs, tell=_tell)
            # Ctrl-C ends the breaking, not the comparison.
            on_stop_signal(faults.stop)
            return await faults.run()
    finally:
        await servers.stop()


def _tell(message: str) -> None:
    """Say what is going on, with the time, so that it can be found in the workers' logs."""
    progress(f"{datetime.now(UTC):%H:%M:%S} {message}")


def _url(proxy: DatabaseProxy) -> str:
    from lotstream.local.postgres_server import DATABASE, SUPERUSER

    return proxy.url(SUPERUSER, DATABASE)


def print_report(report: Report) -> None:
    """Print the tables of a run: what was done, the faults, and the invariants."""
    from rich.console import Console

    # In a file, as on a terminal that is wide enough.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for line in about(report):
        console.print(line, markup=False, soft_wrap=True)
    console.print(_table(FAULT_COLUMNS, fault_rows(report)), _table(INVARIANT_COLUMNS, invariant_rows(report)))
    for line in remarks(report):
        console.print(line, markup=False, soft_wrap=True)
    total = report.violations.total()
    console.print(f"{total} violations" if total else "no violations")


def about(report: Report) -> Iterator[str]:
    """Yield what was run, on what, and what there was to compare."""
    from lotstream.local.jars import KAFKA_VERSION

    plan = report.plan
    yield f"seed {plan.seed}, {report.seconds:.0f} s, {plan.workers} workers, {plan.rate:g} records/s offered"
    if report.counts is not None:
        counts = report.counts
        yield f"{counts.orders} orders, {counts.records} records ({_counted(counts.outcomes)})"
        yield f"{counts.messages} messages, {counts.doubles} of them seen twice by a read_committed reader"
    yield f"the reader that stays on connected {report.reconnections + 1} times"
    yield f"{report.looks} looks at what must hold at every instant, everything compared {report.comparisons} times"
    yield f"exits of workers: {_counted({str(code): times for code, times in sorted(report.exits.items())})}"
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    yield f"{os.cpu_count()} x {platform.machine()}, load averages {load}, Python {sys.version.split()[0]}"
    yield f"three Kafka {KAFKA_VERSION} nodes, PostgreSQL {report.postgres}"
    yield f"lotstream {version('lotstream')}, aiokafka {version('aiokafka')}, asyncpg {version('asyncpg')}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in counts.items())


FAULT_COLUMNS = ("fault", "times", "decided p50 s", "p99 s", "published p50 s", "p99 s", "longest s")
INVARIANT_COLUMNS = ("invariant", "violations")


def fault_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield how often each kind was done and how long the hub took afterwards; all together at the end."""
    for name, recoveries in sorted(report.done.items()):
        yield name, str(len(recoveries)), *_figures(recoveries)
    if recoveries := report.recoveries():
        yield "all", str(len(recoveries)), *_figures(recoveries)


def _figures(recoveries: list[Recovery]) -> Iterator[str]:
    from lotstream.testing.faults.report import share

    decided, published = [each.decided_s for each in recoveries], [each.published_s for each in recoveries]
    for seconds in (decided, published):
        yield from (f"{share(seconds, 0.5):.1f}", f"{share(seconds, 0.99):.1f}")
    yield f"{max(published):.1f}"


def invariant_rows(report: Report) -> Iterator[tuple[str, str]]:
    """Yield how often each invariant was violated."""
    from lotstream.testing.faults.invariants import Invariant

    for invariant in Invariant:
        yield invariant.value, str(report.violations.count(invariant))


def remarks(report: Report) -> Iterator[str]:
    """Yield what no table has: episodes, what was not done and why, and each violation that was kept."""
    for played in report.episodes:
        yield f"episode: {played.name}: {played.refusal}; then {played.remedy}"
    for name, reasons in report.failed.items():
        for reason in reasons:
            yield f"came to nothing: {name}: {reason}"
    for name, why in report.left_out.items():
        yield f"cannot be done here: {name}: {why}"
    if report.no_time:
        yield f"no time for {len(report.no_time)} kinds: {'; '.join(report.no_time)}"
    for invariant, sentences in report.violations.found.items():
        yield from (f"{invariant.value}: {sentence}" for sentence in sentences)


def _table(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    return table
