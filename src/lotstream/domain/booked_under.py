"""The documents that events add to: they are read by key before an event is applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.events import (
    BalanceOpened,
    ConsigneesListed,
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
    RecallAnswered,
    RecallClosed,
    RecallOpened,
    ReceiptClosed,
    ReceiptCorrected,
    ReturnAnnounced,
    ReturnInspected,
    ShipmentConfirmed,
    ShipmentImported,
    ShipmentProgressed,
    ShipmentVoided,
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
from lotstream.domain.model import LOT_CORRECTION, LOT_MERGE, LOT_SPLIT, SHIPMENT, TITLE, ReceiptKey, expected_key
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


def documents_of(event: Event) -> tuple[ReceiptKey, ...]:
    """Return the documents an event adds to: each must be in ``ledger.receipts`` before it is applied."""
    if isinstance(event, ShipmentImported):
        return (ReceiptKey(SHIPMENT, event.shipment),)
    if isinstance(event, ShipmentConfirmed | ShipmentVoided):
        kept = isinstance(event, ShipmentVoided) or event.content
        return (ReceiptKey(SHIPMENT, event.shipment),) if kept else ()
    if isinstance(event, GoodsReturned) and event.announced is not None:
        return ReceiptKey(RETURN, event.number), event.announced.key
    if isinstance(event, ShipmentProgressed):
        return (ReceiptKey(SHIPMENT, event.shipment),)
    if isinstance(event, ReturnAnnounced):
        return (event.expected.key,)
    if isinstance(event, ReturnInspected):
        return ReceiptKey(RETURN_INSPECTION, event.inspection), ReceiptKey(RETURN, event.number)
    if isinstance(event, _ABOUT_RECALLS):
        return _of_recall(event)
    if isinstance(event, ReceiptClosed):
        receipt = None if event.receipt is None else ReceiptKey(RECEIPT, event.receipt)
        expected = event.expected
    else:
        receipt = receipt_of(event)
        expected = event.expected if isinstance(event, StockReceived) and event.announced else None
    against = () if expected is None else (expected_key(expected),)
    return against if receipt is None else (receipt, *against)


_ABOUT_RECALLS = (RecallOpened, ConsigneesListed, RecallAnswered, RecallClosed)


def _of_recall(event: RecallOpened | ConsigneesListed | RecallAnswered | RecallClosed) -> tuple[ReceiptKey, ...]:
    if isinstance(event, ConsigneesListed):
        return tuple(one.key for one in event.consignees)
    return (event.recall.key, event.consignee.key) if isinstance(event, RecallAnswered) else (event.recall.key,)
