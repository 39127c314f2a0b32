"""Every metric of the hub, in one place; the counters of connectors stand in `lotstream.connect.counters`.

Names follow the naming practice of Prometheus: one prefix, base units, ``_total`` for counters. Labels have few values
that are known beforehand; orders, SKUs and lots are never labels, and owners only of `lotstream.ops.kpis`.
``docs/reference/metrics.md`` is generated from here and from there.
"""

from __future__ import annotations

from enum import StrEnum

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics

from lotstream import __version__

# A second series with the birthday of every counter says nothing that the process start time does not say.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Stage(StrEnum):
    """The stages of a batch, in their order."""

    DECODE = "decode"
    DEDUPE = "dedupe"
    LOAD = "load"
    DECIDE = "decide"
    COMMIT = "commit"


class Gone(StrEnum):
    """Why an owner's ledger is no longer in memory."""

    #: Room was needed for others.
    MEMORY = "memory"
    #: Its partition went to another worker.
    REVOKED = "revoked"
    #: A batch failed, and memory is not believed.
    FAILED = "failed"


UNKNOWN_TYPE = "unknown"
"""The label of records whose type is none of ours, so that senders cannot make new series."""

# From half a millisecond, one small batch on an idle machine, to the longest database call that is waited for.
BATCH_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
# From one batch's time to an hour of backlog.
ORDER_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0)
BATCH_RECORDS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000)

BUILD = Info("lotstream_build", "Version of lotstream that runs.")
BUILD.info({"version": __version__})

RECORDS = Counter("lotstream_records", "Inbound records by message type and what became of them.", ["type", "outcome"])
ORDERS = Counter("lotstream_orders", "Decisions on orders by the state they led to, refusals included.", ["outcome"])
DEAD_LETTERS = Counter("lotstream_dead_letters", "Records that could not be understood, by reason code.", ["code"])
CONSTRAINT_RETRIES = Counter(
    "lotstream_constraint_retries", "Batches tried again because the database refused one of their rows."
)

STAGE_SECONDS = Histogram(
    "lotstream_batch_stage_seconds", "Seconds a batch spends in each stage.", ["stage"], buckets=BATCH_SECONDS
)
RECORDS_PER_BATCH = Histogram("lotstream_batch_records", "Records decided in one batch.", buckets=BATCH_RECORDS)
LAST_COMMIT = Gauge(
    "lotstream_last_commit_timestamp_seconds", "Unix time of the last batch this worker committed; 0 before the first."
)
ORDER_TO_TASK_SECONDS = Histogram(
    "lotstream_order_to_task_seconds",
    "Seconds from the append of a record to the publication of the pick tasks it caused.",
    buckets=ORDER_SECONDS,
)

RELAY_SECONDS = Histogram(
    "lotstream_relay_transaction_seconds", "Seconds one Kafka transaction of the relay takes.", buckets=BATCH_SECONDS
)
PUBLISHED = Counter("lotstream_published_messages", "Outgoing messages published, by topic.", ["topic"])
OUTBOX_OLDEST = Gauge(
    "lotstream_outbox_oldest_timestamp_seconds",
    "Unix time at which the oldest message that is not published yet was recorded; 0 when none waits.",
)
RELAY_BEHIND = Gauge(
    "lotstream_relay_behind_records", "Committed inbound records whose messages are not published yet.", ["partition"]
)

LAG = Gauge(
    "lotstream_lag_records", "Records of a partition's log end that Postgres has not committed yet.", ["partition"]
)
PRUNED = Counter("lotstream_pruned_rows", "Rows deleted because nobody reads them any more, by table.", ["table"])

CLAIMS = Gauge("lotstream_claims_held", "Partitions this worker holds.")
CLAIM_SECONDS = Histogram(
    "lotstream_claim_seconds", "Seconds one take-over of partitions takes.", buckets=BATCH_SECONDS
)
OWNERS = Gauge("lotstream_owners_in_memory", "Owners whose ledger this worker keeps in memory.")
OWNERS_LOADED = Counter("lotstream_owners_loaded", "Owners whose ledger was read from PostgreSQL.")
OWNERS_DROPPED = Counter(
    "lotstream_owners_dropped",
    "Ledgers dropped from memory: to make room, because their partition was revoked, or after a failed batch.",
    ["why"],
)
LEDGER_ROWS = Gauge("lotstream_ledger_rows", "Rows of the ledgers this worker keeps in memory, by kind.", ["kind"])

_BY_PARTITION = (LAG, RELAY_BEHIND)


def forget_partition(partition: int) -> None:
    """Drop the series of a partition that was revoked, so that its last figures do not stand for ever."""
    for gauge in _BY_PARTITION:
        gauge.remove(str(partition))
