"""What `lotstream bench` prints: machine, versions and seed, each round, and least, median and greatest of them."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

from lotstream.cli.output import table
from lotstream.local.jars import KAFKA_VERSION
from lotstream.testing.bench.figures import DrainRound, LatencyRound, min_median_max
from lotstream.testing.load import Load

RoundT = TypeVar("RoundT")

PROGRAMS: Final = ("worker", "kafka", "postgres", "bench")
"""Programs in the order in which their processor time is printed."""


@dataclass(slots=True)
class Report:
    """All rounds of one run of the bench."""

    load: Load
    about: dict[str, str]
    drains: list[DrainRound] = field(default_factory=list)
    latencies: list[LatencyRound] = field(default_factory=list)


def about() -> dict[str, str]:
    """Return machine and versions, so that a figure can be compared with another; PostgreSQL says its own."""
    return {
        "machine": f"{os.cpu_count()} × {_processor()}",
        "python": sys.version.split()[0],
        "lotstream": version("lotstream"),
        "kafka": KAFKA_VERSION,
        "aiokafka": version("aiokafka"),
        "asyncpg": version("asyncpg"),
    }


def as_dict(report: Report) -> dict[str, Any]:
    """Return a report as JSON can hold it; times in the unit their names end with."""
    return {
        **report.about,
        "seed": report.load.seed,
        "lines": report.load.lines,
        "owners": report.load.owners,
        "drain": [{**asdict(one), **_per_order(one)} for one in report.drains],
        "latency": [asdict(one) for one in report.latencies],
    }


def print_report(report: Report) -> None:
    """Print a report for people."""
    print(", ".join(f"{name} {value}" for name, value in report.about.items()))
    print(f"seed {report.load.seed}, {report.load.lines} lines an order, {report.load.owners} owners a round")
    for workers, rounds in groupby(report.drains, key=lambda one: one.workers):
        _print_drains(workers, list(rounds))
    for workers, found in groupby(report.latencies, key=lambda one: one.workers):
        _print_latencies(workers, list(found))


def _print_drains(workers: int, rounds: Sequence[DrainRound]) -> None:
    print(f"\nA backlog drained by {_workers(workers)}")
    columns: dict[str, Callable[[DrainRound], float]] = {
        "decided/s": lambda one: one.decided_per_s,
        "published/s": lambda one: one.published_per_s,
        "batch p50 ms": lambda one: one.batches.p50_ms,
        "batch p99 ms": lambda one: one.batches.p99_ms,
        **{f"{name} µs/order": _cpu_us(name) for name in PROGRAMS if name in rounds[0].cpu_s},
        "rows/order": lambda one: _per_order(one)["rows_per_order"],
        "WAL bytes/order": lambda one: _per_order(one)["wal_bytes_per_order"],
    }
    rows = [
        (number, f"{one.published:,}", f"{one.published_s:.1f}", *(_figure(value(one)) for value in columns.values()))
        for number, one in enumerate(rounds, 1)
    ]
    heads = ("round", "orders", "seconds", *columns)
    table(heads, [*rows, *_spread_rows(rounds, columns.values(), before=3)])
    tables = _per_order(rounds[-1])["rows_by_table"]
    print("rows an order by table: " + ", ".join(f"{name} {count:g}" for name, count in tables.items()))


def _print_latencies(workers: int, rounds: Sequence[LatencyRound]) -> None:
    print(f"\nFrom the log to a readable pick task, {_workers(workers)}")
    rows: list[Sequence[object]] = []
    for pace, found in groupby(sorted(rounds, key=lambda one: one.offered_per_s), key=lambda one: one.offered_per_s):
        same = list(found)
        columns: tuple[Callable[[LatencyRound], float], ...] = (
            lambda one: one.from_append.p50_ms,
            lambda one: one.from_append.p99_ms,
            lambda one: one.from_append.max_ms,
            lambda one: one.from_schedule.p50_ms,
            lambda one: one.from_schedule.p99_ms,
            lambda one: one.batches.p50_ms,
            lambda one: one.batches.p99_ms,
        )
        rows += [
            (f"{pace:g}", n, f"{one.sent_per_s:.0f}", f"{one.orders:,}", *(_figure(value(one)) for value in columns))
            for n, one in enumerate(same, 1)
        ]
        rows += [(f"{pace:g}", *row) for row in _spread_rows(same, columns, before=3)]
    heads = ("offered/s", "round", "sent/s", "orders", "append p50 ms", "append p99 ms", "append max ms")
    table((*heads, "due p50 ms", "due p99 ms", "batch p50 ms", "batch p99 ms"), rows)
    print("append: from the broker's append time; due: from when the order was due to be sent")


def _spread_rows(
    rounds: Sequence[RoundT], columns: Iterable[Callable[[RoundT], float]], *, before: int
) -> Iterator[tuple[str, ...]]:
    spreads = [min_median_max([value(one) for one in rounds]) for value in columns]
    for index, name in enumerate(("min", "median", "max")):
        yield (name, *[""] * (before - 1), *(_figure(found[index]) for found in spreads))


def _per_order(one: DrainRound) -> dict[str, Any]:
    rows = {
        name: round(count / one.orders, 3) for name, count in one.written.rows.items() if count >= one.orders / 1000
    }
    return {
        "decided_per_s": round(one.decided_per_s, 1),
        "published_per_s": round(one.published_per_s, 1),
        "rows_per_order": round(sum(one.written.rows.values()) / one.orders, 2),
        "rows_by_table": rows,
        "wal_bytes_per_order": round(one.written.wal_bytes / one.orders),
        "disk_bytes_per_order": round(one.written.disk_bytes / one.orders),
        "cpu_us_per_order": {name: round(cpu_s / one.published * 1e6, 1) for name, cpu_s in one.cpu_s.items()},
    }


def _cpu_us(name: str) -> Callable[[DrainRound], float]:
    return lambda one: one.cpu_s[name] / one.published * 1e6


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _workers(count: int) -> str:
    return "one worker" if count == 1 else f"{count} workers"


def _processor() -> str:
    """Return the processor's name where the system tells it, else its kind."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
