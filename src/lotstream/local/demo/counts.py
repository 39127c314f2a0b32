"""A worker's /metrics as the few figures that the demo shows."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from lotstream.local.demo.outcome import Counts

STAGE: Final = "lotstream_batch_stage_seconds"


def read_counts(text: str) -> Counts:
    """Return the figures in the text of a worker's /metrics; series that are not there yet count nothing."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sample.labels
            label = labels.get("outcome") or labels.get("topic") or labels.get("code") or labels.get("stage") or ""
            # Histograms have their buckets beside sum and count; those are not shown.
            if "le" not in labels:
                found[sample.name][label] += sample.value
    seconds, batches = found[f"{STAGE}_sum"], found[f"{STAGE}_count"]
    return Counts(
        orders=dict(found["lotstream_orders_total"]),
        records=dict(found["lotstream_records_total"]),
        published=dict(found["lotstream_published_messages_total"]),
        dead_letters=dict(found["lotstream_dead_letters_total"]),
        lag=sum(found["lotstream_lag_records"].values()),
        stages_ms={stage: 1000 * seconds[stage] / count for stage, count in batches.items() if count},
    )
