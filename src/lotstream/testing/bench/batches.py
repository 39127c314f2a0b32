"""How long batches took, from the one log line that a worker writes about each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from lotstream.testing.bench.figures import Spread, spread


def batches(logs: Iterable[Path], *, since: datetime, until: datetime) -> Spread:
    """Return the spread of the batches that were committed between two times."""
    return spread([took for log in logs for at, took in _lines(log) if since <= at <= until])


def _lines(log: Path) -> Iterator[tuple[datetime, float]]:
    """Yield time and milliseconds of each batch in a log."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if '"event": "batch"' in line:
                told = json.loads(line)
                yield datetime.fromisoformat(told["timestamp"]), float(told["total_ms"])
