"""What every peer has to come to: first expired, first out, worked out once and plainly.

Nothing of lotstream's domain is used: the records are read as JSON, and lots are taken in a total order (last day of
use, day received, lot, location) until a line has what it wants. Owners do not share stock, an owner's orders are in
one partition, so the outcome is the same for every peer and every number of workers, however far it came.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lotstream.contracts.produce import Record
from lotstream.domain.slots import partition_of
from lotstream.testing.load import Load

Take = tuple[str, str, str | None, str, int]
"""Line, SKU, lot, location, smallest units."""

Shelf = tuple[str, str, str | None, str]
"""Owner, SKU, lot, location: one stock row."""


@dataclass(slots=True)
class _Row:
    """One lot in one place, in the order of use."""

    expires: str
    received: str
    lot: str
    location: str
    free: int

    def order_of_use(self) -> tuple[str, str, str, str]:
        """Return its place in the total order."""
        return self.expires, self.received, self.lot, self.location


@dataclass(frozen=True, slots=True)
class Due:
    """What must become of one order."""

    owner: str
    order: str
    #: Smallest units ordered, by line.
    ordered: dict[str, int]
    takes: tuple[Take, ...]


@dataclass
class Expected:
    """Stock and orders as they pass by on their way into the log, and what becomes of them."""

    load: Load
    partitions: int
    #: Smallest units of each stock row before the first order.
    on_hand: dict[Shelf, int] = field(default_factory=dict)
    #: Orders by partition, in the order of the log.
    due: dict[int, list[Due]] = field(default_factory=lambda: defaultdict(list))
    _rows: dict[tuple[str, str], list[_Row]] = field(default_factory=lambda: defaultdict(list))

    def stock(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass items and stock on, and take note of the stock."""
        for record in records:
            body = json.loads(record.value)
            if "balance" in body:
                self._open(body["owner"], body["lines"])
            yield record

    def orders(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass orders on, and decide them."""
        for record in records:
            body = json.loads(record.value)
            self.due[partition_of(record.key, self.partitions)].append(self._decide(body))
            yield record

    def _open(self, owner: str, lines: list[dict[str, str]]) -> None:
        for line in lines:
            row = _Row(line["expires"], line["received"], line["lot"], line["location"], int(line["quantity"]))
            self.on_hand[owner, line["sku"], row.lot, row.location] = row.free
            self._rows[owner, line["sku"]].append(row)
            self._rows[owner, line["sku"]].sort(key=_Row.order_of_use)

    def _decide(self, body: dict[str, object]) -> Due:
        owner, lines = str(body["owner"]), body["lines"]
        ordered: dict[str, int] = {}
        takes: list[Take] = []
        for line in lines if isinstance(lines, list) else ():
            ordered[line["line"]] = wanted = int(line["quantity"])
            takes += _take(self._rows[owner, line["sku"]], line["line"], line["sku"], wanted)
        return Due(owner, str(body["order"]), ordered, tuple(takes))


def _take(rows: list[_Row], line: str, sku: str, wanted: int) -> Iterator[Take]:
    for row in rows:
        taken = min(row.free, wanted)
        if taken > 0:
            row.free -= taken
            wanted -= taken
            yield line, sku, row.lot, row.location, taken
        if wanted == 0:
            return
