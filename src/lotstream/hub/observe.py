"""What a batch and a relay transaction add to metrics and log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from lotstream.contracts.topics import PICK_TASKS
from lotstream.ops.metrics import ORDER_TO_TASK_SECONDS, PUBLISHED
from lotstream.store.rows import OutboxRow, Outcome

if TYPE_CHECKING:
    from lotstream.hub.commit import Decided

logger = structlog.get_logger(__name__)


def observe_batch(written: Decided) -> None:
    """Count what became of a written batch's records and orders and write its one log line."""
    batch, watch = written.batch, written.watch
    for row in batch.intake:
        watch.record(row.type, row.outcome)
        if row.outcome is Outcome.DEAD_LETTERED:
            watch.dead_letter(row.code or "")
    for state, count in written.orders.items():
        watch.order(state, count)
    watch.committed(
        logger,
        partitions={part.after.partition: part.after.next_offset for part in batch.partitions},
        messages=len(batch.outbox),
    )


def observe_published(rows: Sequence[OutboxRow], now: datetime) -> None:
    """Count published messages, and how long each pick task took from its record's append."""
    for topic, count in Counter(row.topic for row in rows).items():
        PUBLISHED.labels(topic).inc(count)
    for row in rows:
        if row.topic == PICK_TASKS.name:
            ORDER_TO_TASK_SECONDS.observe((now - row.recorded_at).total_seconds())
