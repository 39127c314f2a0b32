"""The business document that an event books goods under: it is read by key before the event is applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.events import (
    BalanceOpened,
    CountKept,
    CountSettled,
    Event,
    GoodsPutAway,
    GoodsReturned,
    KitAssembled,
    KitBroken,
    LotCorrected,
    LotsMerged,
    LotSplit,
    ProductionRecorded,
    ReceiptCorrected,
    ReturnInspected,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockMoved,
    StockReceived,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.kitting import ASSEMBLY, BREAKING
from lotstream.domain.model import LOT_CORRECTION, LOT_MERGE, LOT_SPLIT, TITLE, ReceiptKey
from lotstream.domain.paper import (
    ADJUSTMENT,
    COUNT,
    MOVE,
    PUT_AWAY,
    RETURN,
    RETURN_INSPECTION,
    STATUS_CHANGE,
)
from lotstream.domain.producing import PRODUCTION

_KEYS: dict[type, Callable[[Any], ReceiptKey]] = {
    StockReceived: lambda event: ReceiptKey(RECEIPT, event.receipt),
    ReceiptCorrected: lambda event: ReceiptKey(RECEIPT, event.receipt),
    BalanceOpened: lambda event: ReceiptKey(BALANCE, event.balance),
    StockAdjusted: lambda event: ReceiptKey(ADJUSTMENT, event.number),
    StockCounted: lambda event: ReceiptKey(COUNT, event.number),
    StockMoved: lambda event: ReceiptKey(MOVE, event.number),
    GoodsPutAway: lambda event: ReceiptKey(PUT_AWAY, event.number),
    StatusChanged: lambda event: ReceiptKey(STATUS_CHANGE, event.number),
    KitAssembled: lambda event: ReceiptKey(ASSEMBLY, event.number),
    KitBroken: lambda event: ReceiptKey(BREAKING, event.number),
    GoodsReturned: lambda event: ReceiptKey(RETURN, event.number),
    ReturnInspected: lambda event: ReceiptKey(RETURN_INSPECTION, event.inspection),
    ProductionRecorded: lambda event: ReceiptKey(PRODUCTION, event.number),
    LotsMerged: lambda event: ReceiptKey(LOT_MERGE, event.number),
    LotSplit: lambda event: ReceiptKey(LOT_SPLIT, event.number),
    LotCorrected: lambda event: ReceiptKey(LOT_CORRECTION, event.number),
    TransferShipped: lambda event: event.transfer.key,
    TransferReceived: lambda event: event.transfer.key,
    TitleReleased: lambda event: event.title.key,
    CountKept: lambda event: event.pending.key,
    CountSettled: lambda event: event.pending.key,
    TitleAccepted: lambda event: ReceiptKey(TITLE, event.number),
}


def document_of(event: Event) -> ReceiptKey:
    """Return the document that an event about stock is booked under; raises `KeyError` for one that has none."""
    key: ReceiptKey = _KEYS[type(event)](event)
    return key


def receipt_of(event: Event) -> ReceiptKey | None:
    """Return the document that an event books goods under; None when there is none."""
    key = _KEYS.get(type(event))
    return None if key is None else key(event)
