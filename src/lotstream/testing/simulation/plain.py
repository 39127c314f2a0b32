"""Owners whose business is plain enough for the plain reference: every lot, worked out by a program of its own.

The reference of the fault runs shares no code with the ledger. After each commit it does the same commands in the order
of the log, and what lies where and is promised must be the same, row by row.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from aiokafka import ConsumerRecord

from lotstream.testing.faults.reference import Books as Reference
from lotstream.testing.faults.reference_model import Refused
from lotstream.testing.faults.shop import owners
from lotstream.testing.memory import Tables
from lotstream.testing.memory.tables import Row
from lotstream.testing.simulation.violations import Invariant, must

PLAIN: Final = frozenset(owners()[:2])
"""Owners that are told nothing but what the plain reference knows, as in a fault run."""

Log = list[list[ConsumerRecord[Any, Any]]]
Held = dict[tuple[str, ...], tuple[int, int]]
"""(owner, SKU, lot, location) → on hand and reserved."""


class Plain:
    """Goes through what was decided of the plain owners."""

    def __init__(self, tables: Tables, log: Log, *, today: date) -> None:
        self._tables = tables
        self._log = log
        self._references = {owner: Reference(today) for owner in sorted(PLAIN)}
        self._read = 0

    def check(self) -> None:
        """Raise `Violated` unless the stock of these owners is what the reference comes to."""
        rows = list(self._tables.of("intake"))
        new, self._read = rows[self._read :], len(rows)
        mine = [row for row in new if row["owner"] in PLAIN and row["outcome"] in {"done", "refused"}]
        for row in mine:
            self._do(row)
        if mine:
            self._compare()

    def _do(self, row: Row) -> None:
        name = row["type"].removeprefix("lotstream.").removesuffix(".v1")
        if name == "day.continued":
            return
        value = self._log[row["partition"]][row["offset"]].value
        try:
            self._references[row["owner"]].do(name, json.loads(value or b""), (1, row["offset"]))
            said = "done"
        except Refused:
            said = "refused"
        must(
            said == row["outcome"],
            Invariant.REFERENCE,
            f"{name} at {row['partition']}:{row['offset']} was {row['outcome']}, {said} by the plain reference",
        )

    def _compare(self) -> None:
        theirs: Held = {
            (row["owner"], row["sku"], row["lot"], row["location"]): (row["on_hand"], row["reserved"])
            for row in self._tables.of("stock")
            if row["owner"] in PLAIN and (row["on_hand"] or row["reserved"])
        }
        mine: Held = {
            (owner, *place): (stock.on_hand, stock.reserved)
            for owner, reference in self._references.items()
            for place, stock in reference.stock.items()
            if stock.on_hand or stock.reserved
        }
        must(
            mine == theirs,
            Invariant.REFERENCE,
            f"the plain reference comes to other lots: {sorted(set(mine.items()) ^ set(theirs.items()))}",
        )
