"""Goods that turn out to be there may be of a lot that nobody knew: it is known from then on, and can be held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from lotstream.domain.commands import Moment
from lotstream.domain.events import Event, GoodsReturned, StockFound
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, RowKey

FINDS: Final = frozenset({StockFound, GoodsReturned})
"""Events by which goods turn out to be there."""


def with_lots(ledger: Ledger, decided: tuple[Event, ...], moment: Moment) -> tuple[Event, ...]:
    """Return what was decided, goods that were found with their lots where those are new."""
    day = moment.recorded_at.date()
    return tuple(_with_lot(ledger, event, day) for event in decided)


def _with_lot(ledger: Ledger, event: Event, day: date) -> Event:
    if isinstance(event, StockFound):
        return replace(event, lot=_new(ledger, event.row, day))
    if isinstance(event, GoodsReturned):
        return replace(event, lines=tuple(replace(line, lot=_new(ledger, line.row, day)) for line in event.lines))
    return event


def _new(ledger: Ledger, row: RowKey, day: date) -> Lot | None:
    known = row.lot is None or (row.sku, row.lot) in ledger.lots
    return None if known or row.lot is None else Lot(row.sku, row.lot, received=day)
