"""The decision on Quix Streams, exactly once: stock in its state (RocksDB and a changelog topic), two outgoing topics.

Run in an environment of its own, see `benchmarks.peers.quix.environment`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from quixstreams import Application, State, message_context
from quixstreams.models import Topic

from benchmarks.peers.fefo import (
    ORDER_STATUS_TYPE,
    PICK_TASKS_TYPE,
    Row,
    decide,
    headers,
    opening_rows,
    order_status,
    pick_tasks,
    stable_id,
)

#: As often as Kafka Streams commits under exactly_once_v2, in seconds; the default of 5 s would keep its output from
#: readers as long.
COMMIT_EVERY_S = 0.1


def main() -> None:
    """Run until SIGTERM."""
    app = Application(
        broker_address=os.environ["PEER_BOOTSTRAP"],
        consumer_group=os.environ["PEER_GROUP"],
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        commit_interval=COMMIT_EVERY_S,
        state_dir=os.environ["PEER_FOLDER"],
        loglevel="WARNING",
    )
    inbound = app.topic(os.environ["PEER_INBOUND"], key_deserializer="str", value_deserializer="json")
    tasks = app.topic(os.environ["PEER_PICK_TASKS"], key_serializer="str", value_serializer="json")
    status = app.topic(os.environ["PEER_ORDER_STATUS"], key_serializer="str", value_serializer="json")

    def target(value: Any, _key: Any, _timestamp: int, _sent: Any) -> Topic:  # noqa: ANN401 - quixstreams' hooks
        return tasks if "tasks" in value else status

    frame = app.dataframe(inbound)
    frame = frame.apply(take_in, stateful=True, expand=True)
    frame = frame.set_headers(headers_of)
    frame.to_topic(target, key=lambda value: value["order"])
    app.run()


def take_in(body: dict[str, Any], state: State) -> list[dict[str, Any]]:
    """Return the messages an order leads to; opening stock is kept, and nothing else is looked at."""
    if "balance" in body:
        for sku, rows in opening_rows(body["lines"]).items():
            state.set(sku, rows)
        return []
    if "placed_at" not in body:
        return []
    shelves: dict[str, list[Row]] = {}

    def shelf(sku: str) -> list[Row]:
        if sku not in shelves:
            shelves[sku] = state.get(sku, default=[])
        return shelves[sku]

    place = message_context()
    decision = decide(body, f"{place.partition}/{place.offset}", shelf)
    for sku, rows in shelves.items():
        state.set(sku, rows)
    return [pick_tasks(decision), order_status(decision)] if decision.promises else [order_status(decision)]


def headers_of(value: dict[str, Any], _key: Any, timestamp: int, _sent: Any) -> list[tuple[str, bytes]]:  # noqa: ANN401
    """Return the headers of an outgoing message."""
    type_ = PICK_TASKS_TYPE if "tasks" in value else ORDER_STATUS_TYPE
    time = datetime.fromtimestamp(timestamp / 1000, UTC).isoformat()
    return headers(type_, id=stable_id(f"{value['decision']}/{type_}"), time=time)


if __name__ == "__main__":
    main()
