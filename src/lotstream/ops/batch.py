"""How long a batch took, once for the histogram and once for its one log line."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.typing import FilteringBoundLogger

from lotstream.ops import metrics
from lotstream.ops.metrics import Stage


class BatchWatch:
    """Times the stages of one batch and counts what became of its records.

    One watch belongs to one batch. Nothing reaches the metrics before `committed`, so a batch that is rolled back and
    tried again is counted once.
    """

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[Stage, float] = {}
        self._records = Counter[tuple[str, str]]()
        self._orders = Counter[str]()
        self._dead_letters = Counter[str]()

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Time one stage; a stage entered again adds up."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - started)

    def add(self, stage: Stage, seconds: float) -> None:
        """Add time that a stage took before this watch was there."""
        self._stages[stage] = self._stages.get(stage, 0.0) + seconds

    def record(self, type: str | None, outcome: str) -> None:
        """Count a record of a known message type (None for any other) and what became of it."""
        self._records[type or metrics.UNKNOWN_TYPE, outcome] += 1

    def order(self, outcome: str, count: int = 1) -> None:
        """Count decisions on orders by the state they led to."""
        self._orders[outcome] += count

    def dead_letter(self, code: str) -> None:
        """Count a record that could not be understood."""
        self._dead_letters[code] += 1

    def committed(self, logger: FilteringBoundLogger, **fields: object) -> None:
        """Add the batch to the metrics and write its one line; ``fields`` say which partitions and offsets it had."""
        self._measure()
        logger.info("batch", **fields, **self.summary())

    def summary(self) -> dict[str, object]:
        """Return what the log line says: records by outcome, orders by state, milliseconds by stage and in all."""
        outcomes = Counter[str]()
        for (_, outcome), count in self._records.items():
            outcomes[outcome] += count
        return {
            "records": self._records.total(),
            **outcomes,
            "orders": dict(self._orders),
            **{f"{stage}_ms": round(seconds * 1000, 2) for stage, seconds in self._stages.items()},
            "total_ms": round((time.perf_counter() - self._started) * 1000, 2),
        }

    def _measure(self) -> None:
        for (type_, outcome), count in self._records.items():
            metrics.RECORDS.labels(type_, outcome).inc(count)
        for outcome, count in self._orders.items():
            metrics.ORDERS.labels(outcome).inc(count)
        for code, count in self._dead_letters.items():
            metrics.DEAD_LETTERS.labels(code).inc(count)
        for stage, seconds in self._stages.items():
            metrics.STAGE_SECONDS.labels(stage).observe(seconds)
        metrics.RECORDS_PER_BATCH.observe(self._records.total())
        metrics.LAST_COMMIT.set_to_current_time()
