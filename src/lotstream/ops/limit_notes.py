"""What happens at each limit that is a setting of the hub or an option of a connector, and where it is seen.

Tests hold that no limit of the settings is missing here, and that each has a test that reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LIMIT_METRICS: Final = "`lotstream_limit_used`, `lotstream_limit_reached_total`"
TOO_LARGE: Final = '`lotstream_dead_letters_total{code="too_large"}`'
LAST_COMMIT: Final = "`lotstream_last_commit_timestamp_seconds`"
SETTLED: Final = "`lotstream_connector_deliveries_total`, "
ENDS: Final = "The worker ends and is started again; nothing is lost, because nothing was committed."
LATER: Final = "The delivery stays pending and is taken up again after `resume_s`."


@dataclass(frozen=True, slots=True)
class Note:
    """What is done when a limit is reached, and the metrics that show how near it is."""

    at_the_limit: str
    seen_in: str = LIMIT_METRICS


def _turned_away(reason: str) -> str:
    return f'`lotstream_connector_rejected_deliveries_total{{reason="{reason}"}}`'


HUB: Final = {
    "batch_records_max": Note("The rest is read with the next batch.", "`lotstream_batch_records`, " + LIMIT_METRICS),
    "batch_bytes_max": Note("The poll is decided in several batches, one after the other."),
    "fetch_bytes_max": Note("The broker keeps the rest until it is asked again; one record always comes."),
    "relay_batches_max": Note(
        "The next commit waits until those before are published, and reading waits for the commit."
    ),
    "message_bytes_max": Note("The record is dead-lettered.", f"{TOO_LARGE}, {LIMIT_METRICS}"),
    "inbound_bytes_max": Note(
        "The broker refuses the record and tells its producer; a connector leaves the delivery pending.", LIMIT_METRICS
    ),
    "outgoing_bytes_max": Note(
        "The record that leads to the message is dead-lettered; none of it is done. Where what an owner had to look at "
        "again before the record leads to it, the record is done without that.",
        f"{TOO_LARGE}, {LIMIT_METRICS}",
    ),
    "ledger_bytes_max": Note(
        "The least recently used owners are dropped, never one whose commit is under way; a poll that needs more than "
        "fit is decided in several batches.",
        '`lotstream_owners_dropped_total{why="memory"}`, `lotstream_ledger_rows`, ' + LIMIT_METRICS,
    ),
    "ledger_load_bytes_max": Note(
        "Owners are read in several groups.", "`lotstream_owners_loaded_total`, " + LIMIT_METRICS
    ),
    "continued_orders_max": Note("The rest of the owner is looked at with its next part."),
    "continued_owners_max": Note("Further owners wait until a part has been decided."),
    "postgres_connections_max": Note("The call waits for a connection, as long as one call may last."),
    "claim_attempts_max": Note(ENDS, "`lotstream_claim_seconds`, " + LIMIT_METRICS),
    "kpi_owners_max": Note("/metrics leaves the further owners out; `lotstream kpi` has all of them."),
    "constraint_failures_max": Note(
        "The worker stops: memory or data is wrong, not the message.",
        '`lotstream_dead_letters_total{code="constraint"}`, ' + LIMIT_METRICS,
    ),
    "maintenance_calls_max": Note(
        "The rest is deleted in the next round.", "`lotstream_pruned_rows_total`, " + LIMIT_METRICS
    ),
    "session_timeout_s": Note("The group gives the worker's partitions to others.", "`lotstream_claims_held`"),
    "request_timeout_s": Note(ENDS, f"{LAST_COMMIT}, {LIMIT_METRICS}"),
    "claim_timeout_s": Note(ENDS, f"`lotstream_claim_seconds`, {LIMIT_METRICS}"),
    "relay_timeout_s": Note(ENDS, f"`lotstream_relay_transaction_seconds`, {LIMIT_METRICS}"),
    "postgres_timeout_s": Note(ENDS, f"`lotstream_batch_stage_seconds`, {LIMIT_METRICS}"),
    "instance_lock_timeout_s": Note(
        "The worker ends and is not started again: another has its id.", f"its exit code, {LIMIT_METRICS}"
    ),
    "stop_timeout_s": Note(
        "The process ends as after a crash; whoever is next takes over.",
        "its exit code, and while it stops `lotstream_limit_used`",
    ),
    "clock_skew_max_s": Note("The worker stops before it decides by a wrong clock.", f"{LAST_COMMIT}, {LIMIT_METRICS}"),
    "http_requests_max": Note("A further request of a page is answered with 503."),
}
"""Limits of the hub's settings, by name."""

CONNECTORS: Final = {
    "publish_attempts_max": Note(LATER, SETTLED + LIMIT_METRICS),
    "publish_s_max": Note(LATER, SETTLED + LIMIT_METRICS),
    "pending_max": Note("The rest is taken up right after these."),
    "pending_bytes_max": Note("The rest is taken up right after these; one delivery always is."),
    "body_bytes_max": Note(
        "The request is answered with 413 and not kept.", f"{_turned_away('too_large')}, {LIMIT_METRICS}"
    ),
    "deadline_s": Note(
        "The request is answered with 503; what was kept is taken up later.",
        f"{_turned_away('too_late')}, {LIMIT_METRICS}",
    ),
    "requests_max": Note("A further request is answered with 503."),
    "file_bytes_max": Note("The file is moved to `refused` unread.", f"{_turned_away('too_large')}, {LIMIT_METRICS}"),
    "files_max": Note("The others wait in the folder until these are moved."),
    "rows_max": Note("The file is refused.", "`lotstream_connector_refusals_total`"),
}
"""Limits of connectors' options, by name."""
