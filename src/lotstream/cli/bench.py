"""``lotstream bench``: orders per second through the whole path, on this machine."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lotstream.cli.environment import run
from lotstream.cli.output import progress, table

if TYPE_CHECKING:
    from lotstream.testing.bench import Round


def register(app: typer.Typer) -> None:
    """Add the command ``bench``."""
    app.command("bench")(bench)


def bench(
    orders: Annotated[int, typer.Option(help="Orders of one round.", min=1)] = 50_000,
    lines: Annotated[int, typer.Option(help="Lines of one order.", min=1, max=100)] = 4,
    owners: Annotated[int, typer.Option(help="Owners the orders are spread over.", min=1)] = 16,
    workers: Annotated[int, typer.Option(help="Worker processes.", min=1)] = 1,
    rounds: Annotated[int, typer.Option(help="Rounds; the first warms everything up.", min=1)] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the made-up orders.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Drain a backlog of orders through embedded Kafka and PostgreSQL and print how fast it went."""
    from lotstream.testing.load import Load

    load = Load(orders=orders, lines=lines, owners=owners, seed=seed)
    figures = run(_measure(load, workers=workers, rounds=rounds))
    told: dict[str, Any] = {**_about(), "orders": orders, "lines": lines, "owners": owners, "workers": workers}
    told["seed"] = seed
    if as_json:
        print(json.dumps({**told, "rounds": [_as_dict(figure) for figure in figures]}, indent=2))
    else:
        print(", ".join(f"{name} {value}" for name, value in told.items()))
        _print_rounds(figures)


async def _measure(load: Any, *, workers: int, rounds: int) -> list[Round]:  # noqa: ANN401 - imported late
    from lotstream.cli.local_hub import prepare, settings_at
    from lotstream.local import LocalStack
    from lotstream.local.folders import temporary_folder
    from lotstream.testing.bench import Bench

    folder = temporary_folder()
    stack = LocalStack.beside_environment(folder, temporary=True, progress=progress)
    try:
        settings = settings_at(await stack.start())
        await prepare(settings)
        return await Bench(settings, load, folder=Path(folder), tell=progress).run(workers=workers, rounds=rounds)
    finally:
        await stack.stop()


def _print_rounds(figures: Sequence[Round]) -> None:
    rows = [
        (number, f"{f.decided_per_s:,.0f}", f"{f.published_per_s:,.0f}", f"{f.decided_s:.1f}", f"{f.worker_cpu_s:.1f}")
        for number, f in enumerate(figures, 1)
    ]
    table(("round", "decided orders/s", "published orders/s", "seconds", "worker CPU s"), rows)
    rates = sorted(f.published_per_s for f in figures)
    print(f"published orders/s: min {rates[0]:,.0f}, median {statistics.median(rates):,.0f}, max {rates[-1]:,.0f}")


def _as_dict(figure: Round) -> dict[str, float]:
    return {
        "decided_per_s": round(figure.decided_per_s, 1),
        "published_per_s": round(figure.published_per_s, 1),
        "decided_s": round(figure.decided_s, 3),
        "published_s": round(figure.published_s, 3),
        "worker_cpu_s": round(figure.worker_cpu_s, 2),
    }


def _about() -> dict[str, str]:
    """Return machine and versions, so that a figure can be compared with another."""
    return {
        "machine": f"{os.cpu_count()} x {platform.machine()}",
        "python": sys.version.split()[0],
        "lotstream": version("lotstream"),
        "aiokafka": version("aiokafka"),
        "asyncpg": version("asyncpg"),
    }
