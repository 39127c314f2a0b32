from __future__ import annotations

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from lotstream.ops.batch import BatchWatch
from lotstream.ops.metrics import UNKNOWN_TYPE, Stage


def sample(name: str, **labels: str) -> float:
    """Return the present value of a series, 0 when it does not exist."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_batch_is_measured_once_and_only_when_committed() -> None:
    """Counters move at the commit, not before: a batch rolled back leaves no trace in them."""
    before = sample("lotstream_records_total", type="order.placed", outcome="done")
    watch = BatchWatch()
    watch.record("order.placed", "done")

    assert sample("lotstream_records_total", type="order.placed", outcome="done") == before
    watch.committed(structlog.get_logger())
    assert sample("lotstream_records_total", type="order.placed", outcome="done") == before + 1


def test_a_batch_writes_one_line_with_outcomes_and_stages() -> None:
    """The canonical line has the records by outcome, the orders by state and each stage's milliseconds."""
    watch = BatchWatch()
    with watch.stage(Stage.DECIDE):
        watch.record("order.placed", "done")
        watch.record("order.placed", "refused")
        watch.order("allocated")

    with capture_logs() as lines:
        watch.committed(structlog.get_logger(), partitions=[3])

    assert len(lines) == 1
    line = lines[0]
    assert (line["event"], line["partitions"], line["records"]) == ("batch", [3], 2)
    assert (line["done"], line["refused"], line["orders"]) == (1, 1, {"allocated": 1})
    assert line["decide_ms"] <= line["total_ms"]


def test_a_foreign_type_makes_no_new_series() -> None:
    """A record whose type is not ours is counted as unknown, whatever its sender called it."""
    before = sample("lotstream_records_total", type=UNKNOWN_TYPE, outcome="dead_lettered")
    watch = BatchWatch()
    watch.record(None, "dead_lettered")
    watch.dead_letter("unknown_type")
    watch.committed(structlog.get_logger())

    assert sample("lotstream_records_total", type=UNKNOWN_TYPE, outcome="dead_lettered") == before + 1


def test_a_stage_that_fails_is_timed_all_the_same() -> None:
    """The seconds of a stage that raises stay in the batch, so a retry is not hidden."""
    watch = BatchWatch()
    with pytest.raises(ValueError, match="row"), watch.stage(Stage.COMMIT):
        raise ValueError("row")

    assert "commit_ms" in watch.summary()
