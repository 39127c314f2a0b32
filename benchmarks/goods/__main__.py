"""How soon questions about goods are answered, with a million stock rows, movements and shipments in the tables.

    python -m benchmarks.goods
    python -m benchmarks.goods --lots 20000 --movements 100000 --shipments 100000

Kafka and PostgreSQL are embedded ones in a folder that is removed afterwards. Rows are written straight into the tables
(benchmarks/goods/past.py); every question is asked as the command line asks it, of other lots each time. Then a worker
recalls the lot that most customers have. Exits 1 when a question took longer than it may.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import statistics
import sys
import time
from dataclasses import asdict, dataclass, replace
from typing import Final

import asyncpg
import psutil

from benchmarks.goods.asking import Asking
from benchmarks.goods.past import Past, lay_down
from benchmarks.goods.questions import QUESTIONS, Question
from benchmarks.goods.recall import recalled
from lotstream.cli.local_hub import prepare, settings_at
from lotstream.cli.output import progress, table
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.store.connection import SCHEMA
from lotstream.store.sql import files, queries

WARM: Final = 10
"""Questions of a kind that are asked before the clock starts."""

COLUMNS: Final = ("question", "asked", "median ms", "p99 ms", "longest ms", "to hold ms", "")


@dataclass(frozen=True, slots=True)
class Answered:
    """How long the answers to one question took, in milliseconds, and how the server found them."""

    question: Question
    took_ms: tuple[float, ...]
    #: Name of a query → its plan.
    plans: dict[str, str]

    @property
    def p99_ms(self) -> float:
        """Return what 99 of 100 answers stayed below."""
        return sorted(self.took_ms)[min(len(self.took_ms) - 1, round(len(self.took_ms) * 0.99))]

    @property
    def held(self) -> bool:
        """Whether it was answered in time."""
        return self.p99_ms <= self.question.held_ms


async def answers(url: str, past: Past, *, seed: int) -> list[Answered]:
    """Ask every question as often as it says, and look at how it was answered."""
    async with Asking(url) as asking:
        return [await _answered(asking, past, question, seed=seed) for question in QUESTIONS]


async def _answered(asking: Asking, past: Past, question: Question, *, seed: int) -> Answered:
    progress(question.name)
    chance = random.Random(seed)
    asking.database.asked.clear()
    for _ in range(min(WARM, question.times)):
        await question.ask(asking, past, chance.randrange(past.lots))
    took = []
    for _ in range(question.times):
        number = chance.randrange(past.lots)
        began = time.perf_counter()
        await question.ask(asking, past, number)
        took.append((time.perf_counter() - began) * 1000)
    asked = dict(asking.database.asked)
    plans = {_name(query): await plan(asking, query, args) for query, args in asked.items()}
    return Answered(question, tuple(took), plans)


async def plan(asking: Asking, query: str, args: tuple[object, ...]) -> str:
    """Return how the server answers a query, with what it touched and how long each step took."""
    rows = await asking.database.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {query}", *args)
    return "\n".join(row[0] for row in rows)


def _name(query: str) -> str:
    named = {text: f"{file}.{name}" for file in files() for name, text in queries(file).items()}
    return named[query]


async def measure(past: Past, *, seed: int) -> tuple[dict[str, object], list[Answered]]:
    """Do all of it on an embedded server; returns what it was measured on, and the answers."""
    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True)
    try:
        settings = settings_at(await stack.start())
        url = settings.postgres_url
        await prepare(settings)
        began = time.monotonic()
        rows = await lay_down(url, past, tell=progress)
        filled = time.monotonic() - began
        found = await answers(url, past, seed=seed)
        progress("recall")
        recall = await recalled(settings, folder)
        version = await _version(url)
    finally:
        await stack.stop()
    on = {
        **asdict(past), "rows": rows, "filled_s": round(filled, 1), **recall, "seed": seed,
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, PostgreSQL {version}, asyncpg {asyncpg.__version__}",
    }  # fmt: skip
    return on, found


async def _version(url: str) -> str:
    connection = await asyncpg.connect(url, server_settings={"search_path": SCHEMA})
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def show(on: dict[str, object], found: list[Answered]) -> None:
    """Print what it was measured on, the table, and how each question was answered."""
    sys.stdout.write(json.dumps(on, indent=2) + "\n\n")
    table(COLUMNS, (_row(answered) for answered in found))
    for answered in found:
        for name, text in answered.plans.items():
            sys.stdout.write(f"\n-- {answered.question.name}: {name}\n{text}\n")


def _row(answered: Answered) -> tuple[object, ...]:
    took = answered.took_ms
    figures = (statistics.median(took), answered.p99_ms, max(took))
    shown = (f"{figure:,.1f}" for figure in figures)
    held = f"{answered.question.held_ms:,.0f}"
    return (answered.question.name, len(took), *shown, held, "" if answered.held else "missed")


def main() -> int:
    """Measure and print; returns the exit code."""
    usual = Past()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, value in asdict(usual).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    past = replace(usual, **{name: getattr(options, name) for name in asdict(usual)})
    on, found = asyncio.run(measure(past, seed=options.seed))
    show(on, found)
    return 0 if all(answered.held for answered in found) else 1


if __name__ == "__main__":
    sys.exit(main())
