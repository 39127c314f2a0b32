"""Statements about logs and the claims on their partitions, answered from tables in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lotstream.store.claim import Log
from lotstream.store.claims import SEAL_BYTES
from lotstream.testing.memory.statements import Rows, answers, as_rows
from lotstream.testing.memory.tables import Row, Tables

CLAIM: Final = (
    *("partition", "log", "next_offset", "epoch", "holder", "released", "today", "chain", "broadcast_seen"),
    *("append_time", "last_append_time", "last_message_id", "relay_position", "turned", "broadcast_answered"),
)


SEAL: Final = "00" * SEAL_BYTES
"""The key of every hub in memory, as text."""


@answers("claims", "now")
def _now(tables: Tables) -> Rows:
    return [Row({"clock_timestamp": tables.clock()})]


@answers("claims", "log")
def _log(tables: Tables) -> Rows:
    return [] if tables.log is None else [Row({"log": tables.log.number, "partitions": tables.log.partitions})]


@answers("claims", "begin_log")
def _begin_log(tables: Tables, partitions: int) -> Rows:
    tables.log = tables.log or Log(number=1, partitions=partitions)
    return []


@answers("claims", "seal")
def _seal(tables: Tables) -> Rows:
    # Every run makes the same messages.
    return [Row({"value": SEAL})]


@answers("claims", "make")
def _make(tables: Tables, partitions: Sequence[int], chain: bytes) -> Rows:
    for partition in partitions:
        if tables.log is not None and (partition,) not in tables.rows["claim"]:
            nothing = (partition, tables.log.number, 0, 0, None, True, "{}", chain, 0, None, None, None, 0, "{}", 0)
            tables.add("claim", Row(dict(zip(CLAIM, nothing, strict=True))))
    return []


@answers("claims", "read")
def _claims(tables: Tables, partitions: Sequence[int]) -> Rows:
    claims = tables.rows["claim"]
    return [claims[(partition,)] for partition in partitions if (partition,) in claims]


@answers("claims", "take")
def _take(tables: Tables, partition: int, epoch: int, log: int, holder: str) -> Rows:
    row = tables.rows["claim"].get((partition,))
    if row is None or (row["epoch"], row["log"]) != (epoch, log):
        return []
    taken = row.changed(epoch=row["epoch"] + 1, holder=holder, released=False)
    tables.put("claim", taken)
    return [taken]


def _ours(tables: Tables, partition: int, log: int, epoch: int, holder: str) -> Row | None:
    row = tables.rows["claim"].get((partition,))
    return row if row is not None and (row["log"], row["epoch"], row["holder"]) == (log, epoch, holder) else None


@answers("claims", "release")
def _release(tables: Tables, partition: int, log: int, epoch: int, holder: str, position: int) -> Rows:
    row = _ours(tables, partition, log, epoch, holder)
    if row is None:
        return []
    tables.put("claim", row.changed(released=True, relay_position=max(row["relay_position"], position)))
    return [row.only("partition")]


@answers("claims", "note_relay_position")
def _note(tables: Tables, partition: int, log: int, epoch: int, holder: str, position: int) -> Rows:
    row = _ours(tables, partition, log, epoch, holder)
    if row is not None and row["relay_position"] < position:
        tables.put("claim", row.changed(relay_position=position))
    return []


@answers("commit", "claims")
def move_claims(tables: Tables, *arrays: Sequence[Any]) -> Rows:
    """Move claims forward, each only from where its holder last saw it."""
    names = (
        *("partition", "log", "epoch", "holder", "expected", "next_offset", "today", "chain", "broadcast_seen"),
        *("append_time", "last_append_time", "last_message_id", "turned", "broadcast_answered", "relay_position"),
    )
    moved = []
    for new in as_rows(names, arrays):
        row = _ours(tables, new["partition"], new["log"], new["epoch"], new["holder"])
        if row is None or row["next_offset"] != new["expected"] or row["released"]:
            continue
        values = {name: new[name] for name in names[5:-1]}
        tables.put("claim", row.changed(**values, relay_position=max(row["relay_position"], new["relay_position"])))
        moved.append(new.only("partition"))
    return moved
