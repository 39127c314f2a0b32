"""From messages about lots as such to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.inbound_lots import LotCorrected
from lotstream.domain.commands import CorrectLot


def correct_lot(body: LotCorrected) -> CorrectLot:
    """Return the command to put right what is known of a lot."""
    return CorrectLot(
        correction=body.correction,
        sku=body.sku,
        lot=body.lot,
        by=body.by,
        occurred_at=body.occurred_at,
        reason=body.reason,
        to_lot=body.to_lot,
        expires=body.expires,
        made=body.made,
        supplier=body.supplier,
        supplier_lot=body.supplier_lot,
        cost=body.cost,
        origin=body.origin,
        facility=body.facility,
        details=body.details,
        clear=body.clear,
    )
