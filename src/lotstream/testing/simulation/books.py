"""The books of the database, gone through after every change: intake, sums, promises, chains, epochs.

Everything is read from the rows as they are written, by plain sums over their JSON; nothing of the hub's own code is
asked for an opinion.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from lotstream.domain.places import STAGING
from lotstream.store.journal import GENESIS, link
from lotstream.testing.memory import Tables
from lotstream.testing.memory.tables import Key, Row
from lotstream.testing.simulation.violations import Invariant, must

Place = tuple[str, str, str | None, str, str]
"""(owner, sku, lot, site, location)."""

Lot = tuple[str, str, str | None]
"""(owner, sku, lot)."""


class Books:
    """What was already found right, so that each change is looked at once."""

    def __init__(self, tables: Tables, log_ends: Callable[[int], int], *, restored: bool) -> None:
        self._tables = tables
        #: The log may hold answers that were given before the database was restored.
        self._restored = restored
        self._log_ends = log_ends
        #: Rows of each table that were looked at.
        self._read: Counter[str] = Counter()
        self._decided: Counter[int] = Counter()
        self._chains: dict[int, bytes] = defaultdict(lambda: GENESIS)
        self._epochs: Counter[int] = Counter()
        self._came: Counter[Lot] = Counter()
        self._held: dict[Key, tuple[str, Counter[Place]]] = {}
        #: (partition, offset, index) of every message in the outbox, by id.
        self.messages: dict[str, tuple[int, int, int]] = {}
        #: Ids per partition, in order of offset and index.
        self.in_order: dict[int, list[str]] = defaultdict(list)
        self._changes = -1

    def check(self) -> bool:
        """Raise `Violated` unless the rows are right; return False when nothing has changed since the last time."""
        if self._tables.changes == self._changes:
            return False
        self._changes = self._tables.changes
        self._check_intake()
        self._check_journal()
        self._check_outbox()
        self._check_claims()
        self._check_stock()
        return True

    def _new(self, table: str) -> Iterator[Row]:
        rows = self._tables.rows[table]
        first, self._read[table] = self._read[table], len(rows)
        return islice(rows.values(), first, None)

    def _check_intake(self) -> None:
        for row in self._new("intake"):
            partition = row["partition"]
            must(
                row["offset"] == self._decided[partition],
                Invariant.INTAKE,
                f"record {row['offset']} of partition {partition} has an intake row before or after its turn",
            )
            self._decided[partition] += 1

    def _check_claims(self) -> None:
        for row in self._tables.of("claim"):
            partition, reached = row["partition"], row["next_offset"]
            must(
                self._decided[partition] == reached,
                Invariant.INTAKE,
                f"partition {partition} is at {reached} and has {self._decided[partition]} intake rows",
            )
            must(
                self._chains[partition] == row["chain"],
                Invariant.REFERENCE,
                f"the chain of partition {partition} ends at another row than its claim says",
            )
            must(
                row["epoch"] >= self._epochs[partition], Invariant.EPOCHS, f"partition {partition} went back in epochs"
            )
            self._epochs[partition] = row["epoch"]
            must(
                0 <= row["relay_position"] <= reached <= self._log_ends(partition),
                Invariant.POSITIONS,
                f"partition {partition}: position {row['relay_position']}, next offset {reached}, "
                f"end {self._log_ends(partition)}",
            )

        self._check_answered()

    def _check_answered(self) -> None:
        """Whoever told everybody something is answered when every partition has passed it."""
        claims = self._tables.rows["claim"]
        answered = claims[(0,)]["broadcast_answered"] if (0,) in claims else 0
        behind = [row["partition"] for row in claims.values() if row["broadcast_seen"] < answered]
        must(
            self._restored or not behind,
            Invariant.REFERENCE,
            f"broadcast {answered} is answered and partitions {behind} are behind it",
        )

    def _check_journal(self) -> None:
        for row in self._new("journal"):
            partition, body = row["partition"], row["body"]
            expected = link(self._chains[partition], partition, row["offset"], row["index"], row["type"], body.encode())
            must(expected == row["hash"], Invariant.REFERENCE, f"a journal row of partition {partition} is not chained")
            self._chains[partition] = expected
            self._book(row["owner"], row["type"], body)

    def _book(self, owner: str, type: str, body: str) -> None:
        if type in {"StockReceived", "BalanceOpened", "TitleAccepted"}:
            for line in json.loads(body)["lines"]:
                self._came[owner, line["row"][0], line["row"][1]] += line["quantity"]
        elif type == "StockFound":
            found = json.loads(body)
            self._came[owner, found["row"][0], found["row"][1]] += found["quantity"]
        elif type == "StockCounted":
            for change in json.loads(body)["changes"]:
                self._came[owner, change["row"][0], change["row"][1]] += change["quantity"]
        elif type == "TitleReleased":
            for line in json.loads(body)["title"]["lines"]:
                self._came[owner, line["row"][0], line["row"][1]] -= line["quantity"]
        elif type == "ShipmentConfirmed":
            for gone in json.loads(body)["shipped"]:
                self._came[owner, gone["sku"], gone.get("lot")] -= gone["quantity"]

    def _check_outbox(self) -> None:
        for row in self._new("outbox"):
            must(row["id"] not in self.messages, Invariant.PUBLISHED, f"message {row['id']} is in the outbox twice")
            self.messages[row["id"]] = (row["partition"], row["offset"], row["index"])
            self.in_order[row["partition"]].append(row["id"])

    def _check_stock(self) -> None:
        held = self._held_by_orders()
        there: Counter[Lot] = Counter()
        for row in self._tables.of("stock"):
            on_hand, reserved = row["on_hand"], row["reserved"]
            must(
                0 <= reserved <= max(on_hand, 0),
                Invariant.RESERVED,
                f"{row['owner']} {row['sku']} {row['lot']} at {row['location']}: {reserved} promised of {on_hand}",
            )
            there[row["owner"], row["sku"], row["lot"]] += on_hand
            place = (row["owner"], row["sku"], row["lot"], row["site"], row["location"])
            held[place] -= reserved
        wrong = {place: count for place, count in held.items() if count}
        must(not wrong, Invariant.SUMS, f"orders hold more (+) or less (-) than is reserved: {wrong}")
        lots = {lot: (count, there[lot]) for lot, count in self._came.items() if count != there[lot]}
        must(not lots, Invariant.SUMS, f"came less left, and is there: {lots}")

    def _held_by_orders(self) -> Counter[Place]:
        total: Counter[Place] = Counter()
        for key, row in self._tables.rows["sales_order"].items():
            known = self._held.get(key)
            if known is None or known[0] != row["body"]:
                known = self._held[key] = row["body"], _promises(row["owner"], json.loads(row["body"]))
            total.update(known[1])
        return total


def _promises(owner: str, order: dict[str, Any]) -> Counter[Place]:
    """Return what an order holds, by place; raises `Violated` when a line holds more than it asked for."""
    held: Counter[Place] = Counter()
    for line in order["lines"]:
        promised = 0
        for part in line.get("reservations", ()):
            sku, lot, site, location = part["row"][:4]
            picked = part.get("picked", 0)
            held[owner, sku, lot, site, location] += part["quantity"] - picked
            if picked:
                held[owner, sku, lot, site, part.get("staged_at") or STAGING] += picked
            promised += part["quantity"]
        got = promised + line.get("shipped", 0) + line.get("cancelled", 0)
        must(
            got <= line["ordered"] or not line["ordered"],
            Invariant.SUMS,
            f"line {line['line']} of {order['key']} asked for {line['ordered']} and has {got}",
        )
    return held
