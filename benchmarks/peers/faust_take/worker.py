"""Stock Faust: an agent with `take`, and one PostgreSQL transaction per batch with the rows that lotstream writes.

Faust says where to go on by offsets it commits by itself, now and then; so after a failure or a rebalance records come
again. The position in the same transaction is what keeps the rows from doubling; messages are sent after the commit and
are lost or doubled when the process ends in between.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import faust
import msgspec
from faust.types import EventT

from benchmarks.peers.faust_take.books import Books
from benchmarks.peers.fefo import headers, stable_id

BATCH = int(os.environ.get("PEER_BATCH", "1000"))
WITHIN_S = 0.05

encode = msgspec.json.Encoder().encode
read = msgspec.json.Decoder().decode

app = faust.App(
    os.environ.get("PEER_GROUP", "faust-take"),
    broker=f"kafka://{os.environ.get('PEER_BOOTSTRAP', '127.0.0.1:9092')}",
    store="memory://",
    datadir=os.environ.get("PEER_FOLDER", "."),
    web_enabled=False,
    topic_allow_declare=False,
    topic_disable_leader=True,
)
inbound = app.topic(os.environ.get("PEER_INBOUND", "inbound"), key_serializer="raw", value_serializer="raw")
outgoing = {
    "tasks": app.topic(os.environ.get("PEER_PICK_TASKS", "tasks"), key_serializer="raw", value_serializer="raw"),
    "lines": app.topic(os.environ.get("PEER_ORDER_STATUS", "status"), key_serializer="raw", value_serializer="raw"),
}


@app.agent(inbound)
async def decide_orders(stream: faust.StreamT[bytes]) -> None:
    """Decide orders batch by batch."""
    connection = await asyncpg.connect(os.environ["PEER_POSTGRES_URL"], server_settings={"search_path": "lotstream"})
    books = Books(connection)
    await books.prepare()
    async for events in cast("faust.Stream[bytes]", stream).take_events(BATCH, within=WITHIN_S):
        messages = await books.commit(_records(events))
        sent = [await _send(message) for message in messages]
        await asyncio.gather(*sent)


def _records(events: Sequence[EventT[Any]]) -> dict[int, list[dict[str, Any]]]:
    records: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        message = event.message
        said = {name: value.decode() for name, value in dict(message.headers or ()).items()}
        body = read(event.value)
        time = datetime.fromtimestamp(message.timestamp, UTC)
        records[message.partition].append({"offset": message.offset, "said": said, "time": time, "body": body})
    return records


async def _send(message: dict[str, Any]) -> Any:  # noqa: ANN401 - Faust's future of a sent record
    topic = outgoing["tasks" if "tasks" in message["body"] else "lines"]
    said = headers(message["type"], id=stable_id(message["id"]), time=message["time"].isoformat())
    key = message["body"]["order"].encode()
    return await topic.send(key=key, value=encode(message["body"]), headers=dict(said))


if __name__ == "__main__":
    faust.Worker(app, loglevel="WARNING").execute_from_commandline()
