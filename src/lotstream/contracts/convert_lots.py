"""From messages about lots as such to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.inbound_lots import (
    ItemRebased,
    ItemRenamed,
    LotCorrected,
    LotMerged,
    LotSplit,
    LotSplitLine,
    LotSplitPart,
)
from lotstream.domain.commands import CorrectLot, MergeLots, RebaseItem, RenameItem, SplitLine, SplitLot, SplitPart


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


def merge_lots(body: LotMerged) -> MergeLots:
    """Return the command to make one lot of several."""
    return MergeLots(
        merge=body.merge,
        sku=body.sku,
        lots=body.lots,
        into=body.into,
        by=body.by,
        occurred_at=body.occurred_at,
        reason=body.reason,
        take=body.take,
    )


def split_lot(body: LotSplit) -> SplitLot:
    """Return the command to make lots of their own of parts of a lot."""
    return SplitLot(
        site=body.site,
        split=body.split,
        sku=body.sku,
        lot=body.lot,
        parts=tuple(_part(part) for part in body.parts),
        by=body.by,
        occurred_at=body.occurred_at,
        reason=body.reason,
    )


def _part(part: LotSplitPart) -> SplitPart:
    return SplitPart(part.lot, tuple(_line(line) for line in part.lines), part.expires, part.details)


def _line(line: LotSplitLine) -> SplitLine:
    status = None if line.status is None else line.status.value
    return SplitLine(line.location, line.quantity, line.unit, line.package, status)


def rebase_item(body: ItemRebased) -> RebaseItem:
    """Return the command to count an item in another unit."""
    return RebaseItem(
        sku=body.sku, version=body.version, base_unit=body.base_unit, decimals=body.decimals,
        numerator=body.numerator, denominator=body.denominator, by=body.by, occurred_at=body.occurred_at,
        reason=body.reason,
    )  # fmt: skip


def rename_item(body: ItemRenamed) -> RenameItem:
    """Return the command to give an item another SKU."""
    return RenameItem(
        sku=body.sku, to_sku=body.to_sku, by=body.by, occurred_at=body.occurred_at, reason=body.reason
    )  # fmt: skip
