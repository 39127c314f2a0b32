"""What the statements about broadcasts, and about owners that are behind them, do to tables in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lotstream.store.codec import decode_numbers
from lotstream.testing.memory.statements import Rows, answers
from lotstream.testing.memory.tables import Row, Tables

PART: Final = ("owner", "slot", "step")


@answers("broadcasts", "numbered")
def numbered(tables: Tables, numbers: Sequence[int]) -> Rows:
    """Return commands with these numbers."""
    return [row for row in tables.of("broadcast") if row["number"] in numbers]


@answers("broadcasts", "due")
def owners_due(tables: Tables, partitions: Sequence[int], limit: int) -> Rows:
    """Return owners of partitions with something left to look at again."""
    due = [row for row in tables.of("continuing") if row["due"] and _partition(tables, row["slot"]) in partitions]
    return [row.only(*PART) for row in sorted(due, key=lambda row: str(row["owner"]))][:limit]


@answers("broadcasts", "clocks_due")
def clocks_due(tables: Tables, partitions: Sequence[int], limit: int) -> Rows:
    """Return owners of partitions whose time has come, whoever waits longest first."""
    now = tables.clock()
    due = [row for row in tables.of("owner_clock") if row["due_at"] is not None and row["due_at"] <= now]
    mine = [row for row in due if _partition(tables, row["slot"]) in partitions]
    first = sorted(mine, key=lambda row: (row["due_at"], row["owner"]))[:limit]
    return [row.only("owner", "slot", "tick", "due_at") for row in first]


@answers("broadcasts", "titles_due")
def titles_due(tables: Tables, partitions: Sequence[int], limit: int) -> Rows:
    """Return what owners of partitions have to be told of goods that others gave them."""
    mine = [row for row in tables.of("title_due") if _partition(tables, row["slot"]) in partitions]
    return sorted(mine, key=lambda row: str(row["title"]))[:limit]


@answers("broadcasts", "behind")
def owners_behind(tables: Tables, partitions: Sequence[int], turns: Sequence[int], limit: int, since: str) -> Rows:
    """Return owners from one on, in order, that are not through with their partition's turn."""
    watched = {row["owner"]: row["slot"] for row in tables.of("owner_clock") if row["watched"]}
    dated = {row["owner"]: row["slot"] for row in tables.of("lot") if row["expires"] is not None}
    behind = _behind(tables, dict(zip(partitions, turns, strict=True)), _busy(tables) | watched | dated)
    return [row.only(*PART) for row in behind if row["owner"] >= since][:limit]


@answers("broadcasts", "passed")
def passed(tables: Tables) -> Rows:
    """Return the last broadcast that every partition has decided and that no owner is behind."""
    claims = [row for row in tables.of("claim") if tables.log is not None and row["partition"] < tables.log.partitions]
    if tables.log is None or len(claims) < tables.log.partitions:
        return [Row({"least": 0})]
    turns = {row["partition"]: max(decode_numbers(row["turned"]).values(), default=0) for row in claims}
    numbers = [row["number"] for row in _behind(tables, turns, _busy(tables))]
    return [Row({"least": min([*numbers, *(row["broadcast_seen"] for row in claims)])})]


@answers("broadcasts", "outcomes")
def outcomes(tables: Tables, after: int, through: int, source: str, partition: str) -> Rows:
    """Return what a partition made of broadcasts, in order."""
    found = []
    for row in tables.of("broadcast"):
        if after < row["number"] <= through:
            key = tables.seen.get((source, f"{row['number']}/{partition}"))
            nothing = Row(dict.fromkeys(("outcome", "code", "field", "message")))
            intake = nothing if key is None else tables.rows["intake"][key]
            why = intake.only("outcome", "code", "field", "message")
            found.append(row.only("number", "type").changed(**{name: why[name] for name in why.keys()}))  # noqa: SIM118
    return found


def _busy(tables: Tables) -> dict[str, int]:
    """Return the slots of owners with open orders, by owner."""
    return {row["owner"]: row["slot"] for row in tables.of("sales_order") if row["open"]}


def _behind(tables: Tables, turns: dict[int, int], owners: dict[str, int]) -> Iterator[Row]:
    for owner, slot in sorted(owners.items()):
        known = tables.rows["continuing"].get((owner,))
        row = known or Row({"owner": owner, "slot": slot, "number": 0, "step": 0})
        if row["number"] < turns.get(_partition(tables, slot), 0):
            yield row


def _partition(tables: Tables, slot: int) -> int:
    return 0 if tables.log is None else slot % tables.log.partitions
