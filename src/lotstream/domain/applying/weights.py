"""What goods of items that are weighed weigh where they lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lotstream.domain.booked_under import document_of
from lotstream.domain.events import (
    BalanceOpened,
    Event,
    GoodsPutAway,
    GoodsReturned,
    GoodsWeighed,
    KitAssembled,
    KitBroken,
    ProductionRecorded,
    ReturnInspected,
    StatusChanged,
    StockAdjusted,
    StockMoved,
    TitleAccepted,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Receipt, RowKey
from lotstream.domain.movements import moves_of

_NOTED: Final = (
    *(BalanceOpened, TitleAccepted, StockAdjusted, StockMoved, GoodsPutAway, StatusChanged),
    *(GoodsReturned, ReturnInspected, ProductionRecorded, KitAssembled, KitBroken),
)
"""Events whose documents keep what their lines weigh, beside receipts and counts."""


def note_weights(ledger: Ledger, event: Event) -> None:
    """Take weights along with the goods of an event, whatever becomes of them, and note them with its document."""
    document = ledger.receipts.get(document_of(event)) if isinstance(event, _NOTED) else None
    for move in moves_of(event):
        if move.weight_g and move.row is not None:
            _add(ledger, move.row, move.weight_g if move.to is None else -move.weight_g)
            if move.to is not None:
                _add(ledger, move.to, move.weight_g)
            if isinstance(document, Receipt) and move.line is not None:
                document.weights[move.line] = document.weights.get(move.line, 0) + abs(move.weight_g)


def _add(ledger: Ledger, row: RowKey, grams: int) -> None:
    weight = ledger.weights.get(row, 0) + grams
    if weight:
        ledger.weights[row] = weight
    else:
        ledger.weights.pop(row, None)
    ledger.touched.weights.add(row)


def _weighed(_ledger: Ledger, _event: GoodsWeighed) -> None:
    """What it changes are weights alone, which go the way of all others."""


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {GoodsWeighed: _weighed}
