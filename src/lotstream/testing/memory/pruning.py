"""Statements that let go of what is old, answered from tables in memory."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from lotstream.testing.memory.statements import ANY_BYTES, HEARD, NOWHERE, QUANTITIES, Rows, _messages, answers
from lotstream.testing.memory.tables import KEYS, Row, Tables


@answers("maintenance", "prune_outbox")
def _prune_outbox(tables: Tables, limit: int, partition: int, below: int, before: datetime) -> Rows:
    log = tables.rows["claim"][(partition,)]["log"]
    looked_at = _messages(tables, log, partition, offset=0, below=below)[:limit]
    return _dropped(tables, "outbox", [row for row in looked_at if row["recorded_at"] < before])


@answers("maintenance", "prune_empty_stock")
def _prune_empty_stock(tables: Tables, limit: int) -> Rows:
    empty = [row for row in tables.of("stock") if not any(row[quantity] for quantity in QUANTITIES)]
    return _dropped(tables, "stock", empty[:limit])


@answers("maintenance", "prune_exchanges")
def _prune_exchanges(tables: Tables, limit: int, before: datetime) -> Rows:
    return []


@answers("maintenance", "prune_untaken")
def _prune_untaken(tables: Tables, limit: int, before: datetime) -> Rows:
    return []


@answers("maintenance", "prune_intake")
def _prune_intake(tables: Tables, limit: int, partition: int, before: datetime, source: str) -> Rows:
    claim = tables.rows["claim"][(partition,)]
    kept = _unanswered(tables, claim, source) if partition == 0 else NOWHERE
    deleted = 0
    for log in range(1, claim["log"] + 1):
        below = claim["next_offset"] - 1 if log == claim["log"] else ANY_BYTES
        mine = [row for row in tables.of("intake") if (row["log"], row["partition"]) == (log, partition)]
        mine = [row for row in mine if (log, row["offset"]) < kept]
        looked_at = sorted((row for row in mine if row["offset"] < below), key=lambda row: int(row["offset"]))[:limit]
        old = list(takewhile(lambda row: bool(row["recorded_at"] < before), looked_at))
        deleted += len(_dropped(tables, "intake", old))
    return [Row({"count": deleted})]


def _unanswered(tables: Tables, claim: Row, source: str) -> tuple[int, int]:
    """Return log and offset of the first broadcast that was understood and is not answered."""
    names = [f"{number}/0" for number in range(claim["broadcast_answered"] + 1, claim["broadcast_seen"] + 1)]
    told = [row for row in tables.of("intake") if row["source"] == source and row["message_id"] in names]
    return min(((row["log"], row["offset"]) for row in told if row["outcome"] in HEARD), default=NOWHERE)


@answers("maintenance", "prune_dead_letters")
def _prune_dead_letters(tables: Tables, limit: int, before: datetime) -> Rows:
    old = [row for row in tables.of("dead_letter") if row["recorded_at"] < before]
    return _dropped(tables, "dead_letter", sorted(old, key=lambda row: row["recorded_at"])[:limit])


def _dropped(tables: Tables, table: str, rows: Rows) -> Rows:
    for row in rows:
        tables.drop(table, tuple(row[column] for column in KEYS[table]))
    return rows
