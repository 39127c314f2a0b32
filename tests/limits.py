"""Which test reaches which limit: every limit of settings and options has one, by its node id.

That it is reached shows in `lotstream_limit_reached_total`, which the run of such a test watches (see `conftest.py`);
where something else shows it, the mark of the test says what.
"""

from __future__ import annotations

from typing import Final

LIMITS: Final = "tests/hub/test_limits.py"
TIME: Final = "tests/hub/test_time_limits.py"
SIZE: Final = "tests/hub/test_size_limits.py"
MEMORY: Final = "tests/hub/test_memory.py"
CONTINUING: Final = "tests/hub/test_continuing.py"
KAFKA: Final = "tests/connect/test_kafka.py"
DESK: Final = "tests/connect/test_desk.py"
INBOX: Final = "tests/connect/test_inbox.py"
DOOR: Final = "connectors/shopify/tests/test_door.py"
AT_MOST: Final = "tests/unit/ops/test_at_most.py"

TESTED: Final = {
    "batch_records_max": f"{TIME}::test_a_poll_of_batch_records_max_records_leaves_the_rest_for_the_next",
    "batch_bytes_max": f"{MEMORY}::test_a_poll_of_more_than_batch_bytes_max_is_cut",
    "fetch_bytes_max": f"{LIMITS}::test_kafka_is_asked_for_no_more_than_the_settings_say",
    "relay_batches_max": f"{LIMITS}::test_the_commit_waits_for_a_relay_that_is_relay_batches_max_behind",
    "message_bytes_max": f"{SIZE}::test_a_record_above_message_bytes_max_is_not_read",
    "inbound_bytes_max": f"{KAFKA}::test_a_record_above_inbound_bytes_max_is_refused_by_the_broker",
    "outgoing_bytes_max": (
        "tests/hub/test_pipeline.py::test_a_record_too_large_to_tell_of_waits_for_the_batch_under_way"
    ),
    "ledger_bytes_max": f"{MEMORY}::test_the_least_recently_used_go_first",
    "ledger_load_bytes_max": f"{MEMORY}::test_so_much_is_read_at_once",
    "continued_orders_max": f"{CONTINUING}::test_an_owner_with_more_orders_than_the_bound_goes_on_in_parts",
    "continued_owners_max": f"{CONTINUING}::test_only_so_many_owners_are_asked_at_once",
    "postgres_connections_max": f"{LIMITS}::test_a_call_waits_for_one_of_postgres_connections_max",
    "claim_attempts_max": f"{LIMITS}::test_a_take_over_gives_up_after_claim_attempts_max",
    "constraint_failures_max": f"{LIMITS}::test_above_constraint_failures_max_it_is_not_the_messages_fault",
    "maintenance_calls_max": "tests/hub/test_maintenance.py::test_a_round_is_bounded",
    "kpi_owners_max": "tests/hub/test_kpis.py::test_only_so_many_owners_are_on_the_page",
    "session_timeout_s": f"{LIMITS}::test_kafka_is_asked_for_no_more_than_the_settings_say",
    "request_timeout_s": f"{TIME}::test_an_append_that_outlasts_request_timeout_s_ends_the_process",
    "claim_timeout_s": f"{TIME}::test_a_take_over_that_outlasts_claim_timeout_s_ends_the_process",
    "relay_timeout_s": f"{TIME}::test_a_transaction_that_outlasts_relay_timeout_s_ends_the_process",
    "postgres_timeout_s": f"{LIMITS}::test_a_call_longer_than_postgres_timeout_s_is_given_up",
    "instance_lock_timeout_s": f"{TIME}::test_an_id_that_stays_taken_is_given_up_after_instance_lock_timeout_s",
    "stop_timeout_s": f"{TIME}::test_a_stop_that_outlasts_stop_timeout_s_ends_as_a_crash_does",
    "clock_skew_max_s": f"{TIME}::test_a_record_further_ahead_than_clock_skew_max_s_stops_the_worker",
    "http_requests_max": f"{AT_MOST}::test_a_request_above_the_limit_is_counted",
    "publish_attempts_max": f"{KAFKA}::test_a_broker_that_is_gone_is_given_up_within_the_policy",
    "publish_s_max": f"{KAFKA}::test_a_broker_that_is_gone_is_given_up_after_publish_s_max",
    "pending_max": f"{DESK}::test_what_was_left_is_taken_up_in_parts",
    "pending_bytes_max": f"{DESK}::test_what_was_left_is_taken_up_in_parts",
    "body_bytes_max": f"{DOOR}::test_a_body_above_the_limit_is_not_read",
    "deadline_s": f"{DOOR}::test_what_is_not_published_in_time_stays_pending",
    "requests_max": f"{AT_MOST}::test_a_request_above_the_limit_is_counted",
    "file_bytes_max": f"{INBOX}::test_a_file_above_the_limit_is_refused_unread",
    "files_max": f"{INBOX}::test_the_oldest_files_of_a_full_inbox_come_first",
    "rows_max": "connectors/flatfile/tests/test_options.py::test_a_file_with_more_rows_than_the_limit_is_refused",
}
"""The node id of the test that reaches a limit, by the limit's name."""
