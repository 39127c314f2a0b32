"""What became of goods, lot by lot, as the rows that histories, traces and stock as of a time are made of."""

from __future__ import annotations

from datetime import datetime

from lotstream.domain.booked_under import receipt_of
from lotstream.domain.events import Event, ShipmentConfirmed, ShipmentVoided
from lotstream.domain.move import MoveKind
from lotstream.domain.movements import moves_of
from lotstream.store.codec import order_of
from lotstream.store.rows import LotHistoryRow


def lot_rows(
    event: Event, *, owner: str, partition: int, offset: int, first: int, recorded_at: datetime
) -> list[LotHistoryRow]:
    """Return one row per change of quantity, place, condition or fact of a lot, numbered from ``first``.

    What left with a shipment, or had not left after all, is in the shipment lines instead.
    """
    if isinstance(event, ShipmentConfirmed | ShipmentVoided):
        return []
    at, by = getattr(event, "at", None) or recorded_at, getattr(event, "by", None)
    document, order = receipt_of(event), order_of(event)
    moves = (move for move in moves_of(event) if move.kind is not MoveKind.SHIPPED)
    return [
        LotHistoryRow(owner, partition, offset, index, at, recorded_at, move, document, order, by)
        for index, move in enumerate(moves, first)
    ]
