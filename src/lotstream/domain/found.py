"""Goods that turn out to be there were there when the document says for which they were found.

They may be of a lot that nobody knew: it is known from then on, and can be held.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from lotstream.domain.commands import Command, Moment, WorkOnWave
from lotstream.domain.events import Event, GoodsReturned, GoodsWeighed, StockFound
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, RowKey

FINDS: Final = frozenset({StockFound, GoodsReturned, GoodsWeighed})
"""Events by which goods turn out to be there, or to weigh otherwise."""


def with_finds(ledger: Ledger, command: Command, decided: tuple[Event, ...], moment: Moment) -> tuple[Event, ...]:
    """Return what was decided, goods that were found with their lots where those are new, and when they were there."""
    day = moment.recorded_at.date()
    said = command.said if isinstance(command, WorkOnWave) else command
    at = getattr(said, "occurred_at", None)
    return tuple(_found_at(_with_lot(ledger, event, day), at) for event in decided)


def _found_at(event: Event, at: datetime | None) -> Event:
    return replace(event, at=at) if isinstance(event, StockFound | GoodsWeighed) else event


def _with_lot(ledger: Ledger, event: Event, day: date) -> Event:
    if isinstance(event, StockFound):
        return replace(event, lot=_new(ledger, event.row, day))
    if isinstance(event, GoodsReturned):
        return replace(event, lines=tuple(replace(line, lot=_new(ledger, line.row, day)) for line in event.lines))
    return event


def _new(ledger: Ledger, row: RowKey, day: date) -> Lot | None:
    known = row.lot is None or (row.sku, row.lot) in ledger.lots
    return None if known or row.lot is None else Lot(row.sku, row.lot, received=day)
