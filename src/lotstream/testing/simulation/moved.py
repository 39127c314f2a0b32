"""What the journal says was brought to rows and taken from them, read from the JSON of its events by plain sums.

Nothing of the hub's own code is asked: an event that moves goods and is not known here leaves the sums apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

RowParts = tuple[Any, ...]
"""SKU, lot, site, location, package, pack size, status and whether it came back: what makes a row one row."""

Move = tuple[RowParts, int, int]
"""(row, smallest units, grams) that are brought to a row, below zero what is taken from it."""

Json = dict[str, Any]


def moves(event: str, body: str) -> Iterator[Move]:
    """Yield what an event of the journal brings to rows and takes from them."""
    reads = _MOVES.get(event)
    if reads is not None:
        yield from reads(json.loads(body))


def _brought(lines: Iterable[Json], sign: int = 1) -> Iterator[Move]:
    for line in lines:
        yield tuple(line["row"]), sign * line["quantity"], sign * line.get("weight_g", 0)


def _changed(changes: Iterable[Json]) -> Iterator[Move]:
    for change in changes:
        units, grams = change["quantity"], change.get("weight_g", 0)
        yield tuple(change["row"]), units, grams if units > 0 else -grams


def _went(parts: Iterable[Json], source: str, target: str) -> Iterator[Move]:
    for part in parts:
        units, grams = part["quantity"], part.get("weight_g", 0)
        yield tuple(part[source]), -units, -grams
        yield tuple(part[target]), units, grams


def _lines(body: Json) -> Iterator[Move]:
    return _brought(body["lines"])


def _changes(body: Json) -> Iterator[Move]:
    return _changed(body["changes"])


def _moved(body: Json) -> Iterator[Move]:
    return _went(body["moves"], "row", "to")


def _sent_over(body: Json) -> Iterator[Move]:
    yield from _moved(body)
    yield from _changed(body.get("arrived", ()))


def _arrived(body: Json) -> Iterator[Move]:
    yield from _went(body.get("moves", ()), "row", "to")
    yield from _brought(body.get("over", ()))
    yield from _changed(body.get("missing", ()))


def _made(body: Json) -> Iterator[Move]:
    yield from _brought(body["used"], -1)
    yield from _brought(body["made"])


def _inspected(body: Json) -> Iterator[Move]:
    yield from _moved(body)
    yield from _changed(body["scrapped"])
    yield from _changed(body["sent_back"])


def _missing(body: Json) -> Iterator[Move]:
    yield tuple(body["row"]), -body["booked"], -body.get("weight_g", 0)


def _weighed(body: Json) -> Iterator[Move]:
    for change in body["changes"]:
        yield tuple(change["row"]), 0, change["weight_g"]


def _recounted(body: Json) -> Iterator[Move]:
    """Count rows otherwise; they are packs of nothing here, so that each stays the row it was and weighs the same."""
    for row, to, was, now in body.get("rows", ()):
        yield tuple(row), -was, 0
        yield tuple(to), now, 0


_MOVES: Final[dict[str, Callable[[Json], Iterator[Move]]]] = {
    "StockReceived": _lines,
    "BalanceOpened": _lines,
    "GoodsReturned": _lines,
    "TitleAccepted": _lines,
    "TitleReleased": lambda body: _brought(body["title"]["lines"], -1),
    "StockFound": lambda body: _brought([body]),
    "StockMissing": _missing,
    "StockCounted": _changes,
    "StockAdjusted": _changes,
    "StockMoved": _moved,
    "StatusChanged": _moved,
    "TransferShipped": _sent_over,
    "TransferReceived": _arrived,
    "ProductionRecorded": _made,
    "ReturnInspected": _inspected,
    "StockPicked": lambda body: _went(body["picks"], "row", "staged"),
    "PickUndone": lambda body: _went(body["undone"], "staged", "row"),
    "ShipmentConfirmed": lambda body: _brought(body["shipped"], -1),
    "GoodsWeighed": _weighed,
    "ItemRebased": _recounted,
}
