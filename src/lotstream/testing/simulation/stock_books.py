"""The books of goods, gone through after every change: what came and left, what is promised, on the way, and weighs.

Each thing that has to come to the same in two places is one sum: what one place says is added, what the other says is
taken off, and whatever is left is wrong. So only rows that changed are looked at.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

from lotstream.domain.places import STAGING
from lotstream.testing.memory import Tables
from lotstream.testing.memory.tables import Key, Row
from lotstream.testing.simulation.moved import RowParts, moves
from lotstream.testing.simulation.violations import Invariant, must

ROW: Final = ("sku", "lot", "site", "location", "package", "pack_size", "status", "returned")
"""Columns that make a stock row one row, in the order in which events name them."""

ON_THE_WAY: Final = "TRANSIT/"
"""Goods that are on the way stand in a place of this name, with the number of their transfer."""

ACCEPTED: Final = "lotstream.title.accepted.v1"
"""What a buyer is told by the hub itself."""

CAME: Final = "came less left, and is there"
WEIGHED: Final = "weighed when it came less when it left, and now"
PROMISED: Final = "held by orders, and reserved"
UNDER_WAY: Final = "not arrived by its transfer, and on the way"
"""What is added up in two places."""

Sum = tuple[Any, ...]
"""What a sum is of: its kind, the owner, and what of his."""

Part = tuple[Sum, int]

Said = tuple[Row, list[Part]]


class StockBooks:
    """What rows, orders, transfers and weights say, each against what the journal or another table says of the same."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        #: What is left over of each sum; nothing where all is right.
        self._apart: Counter[Sum] = Counter()
        #: Kinds of sums and owners of whom they say nothing.
        self._uncounted: set[Sum] = set()
        #: What each row was last found to say, by table.
        self._said: dict[str, dict[Key, Said]] = defaultdict(dict)

    def book(self, owner: str, event: str, body: str) -> None:
        """Take in an event of the journal."""
        if event == "ItemRebased":
            # Documents stay in the units of their time, and say no more what is on the way.
            self._uncounted.add((UNDER_WAY, owner))
        for row, units, grams in moves(event, body):
            self._add((CAME, owner, *row), units)
            self._add((WEIGHED, owner, *row), grams)

    def check(self) -> None:
        """Raise `Violated` unless every sum comes to nothing."""
        self._read("stock", self._of_stock)
        self._read("sales_order", self._of_order)
        self._read("receipt", self._of_document)
        self._read("stock_weight", self._of_weight)
        apart = {kind: units for kind, units in self._apart.items() if kind[:2] not in self._uncounted}
        must(not apart, Invariant.SUMS, f"more (+) or less (-) than there should be: {apart}")

    def _read(self, table: str, says: Callable[[Key, Row], Iterator[Part]]) -> None:
        rows, said = self._tables.rows[table], self._said[table]
        for key, row in rows.items():
            if key not in said or said[key][0] is not row:
                self._forget(said.get(key))
                said[key] = row, [*says(key, row)]
                for kind, units in said[key][1]:
                    self._add(kind, units)
        if len(said) > len(rows):
            for key in said.keys() - rows.keys():
                self._forget(said.pop(key))

    def _forget(self, said: Said | None) -> None:
        for kind, units in said[1] if said is not None else ():
            self._add(kind, -units)

    def _add(self, kind: Sum, units: int) -> None:
        self._apart[kind] += units
        if not self._apart[kind]:
            del self._apart[kind]

    def _of_stock(self, key: Key, row: Row) -> Iterator[Part]:
        owner, place, on_hand, reserved = row["owner"], _parts(row), row["on_hand"], row["reserved"]
        must(
            0 <= reserved <= max(on_hand, 0),
            Invariant.RESERVED,
            f"{owner} {place}: {reserved} promised of {on_hand}",
        )
        must(on_hand > 0 or key not in self._tables.rows["stock_weight"], Invariant.SUMS, f"{key}: nothing weighs")
        yield (CAME, owner, *place), -on_hand
        yield (PROMISED, owner, *place), -reserved
        if row["location"].startswith(ON_THE_WAY):
            must(not reserved, Invariant.RESERVED, f"{owner} {place}: {reserved} promised of what is on the way")
            yield (UNDER_WAY, owner, row["location"].removeprefix(ON_THE_WAY)), -on_hand

    def _of_weight(self, key: Key, row: Row) -> Iterator[Part]:
        there, item = self._tables.rows["stock"][key], self._tables.rows["item"][row["owner"], row["sku"]]
        must(
            row["weight_g"] > 0 and there["on_hand"] > 0 and json.loads(item["body"]).get("catch_weight", False),
            Invariant.SUMS,
            f"{key}: {there['on_hand']} units weigh {row['weight_g']} g",
        )
        yield (WEIGHED, row["owner"], *_parts(row)), -row["weight_g"]

    def _of_order(self, _: Key, row: Row) -> Iterator[Part]:
        order = json.loads(row["body"])
        for line in order["lines"]:
            promised = 0
            for part in line.get("reservations", ()):
                place, quantity, picked = part["row"], part["quantity"], part.get("picked", 0)
                yield (PROMISED, row["owner"], *place), quantity - picked
                if picked:
                    staged = (*place[:3], part.get("staged_at") or STAGING, *place[4:])
                    yield (PROMISED, row["owner"], *staged), picked
                promised += quantity
            got = promised + line.get("shipped", 0) + line.get("cancelled", 0)
            must(
                got <= line["ordered"] or not line["ordered"],
                Invariant.SUMS,
                f"line {line['line']} of {order['key']} asked for {line['ordered']} and has {got}",
            )

    def _of_document(self, _: Key, row: Row) -> Iterator[Part]:
        if row["kind"] == "transfer":
            lines = json.loads(row["body"])["lines"]
            open_ = (max(one["quantity"] - one.get("received", 0) - one.get("missing", 0), 0) for one in lines)
            yield (UNDER_WAY, row["owner"], row["number"]), sum(open_)


def _parts(row: Row) -> RowParts:
    return tuple(row[column] for column in ROW)


def check_sales(tables: Tables) -> None:
    """Raise `Violated` unless whoever bought goods was told of each sale; call it when nothing is to do.

    What nobody can book is dead-lettered, however often it was told; all else is done once.
    """
    sold = [json.loads(row["body"]) for row in tables.of("journal") if row["type"] == "TitleReleased"]
    rows = (row for row in tables.of("intake") if row["type"] == ACCEPTED and row["outcome"] != "duplicate")
    told = Counter(owner for owner, _ in {(row["owner"], row["message_id"]) for row in rows})
    to = Counter(sale["title"]["to_owner"] for sale in sold)
    must(to == told, Invariant.SUMS, f"sold to {to}, of which buyers were told {told}")
