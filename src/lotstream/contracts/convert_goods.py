"""From messages about goods to commands of the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_goods import (
    BalanceOpened,
    BalanceOpenedLine,
    Certificate,
    HoldLifted,
    HoldPlaced,
    StockReceived,
    StockReceivedLine,
)
from lotstream.domain.commands import (
    GoodsLine,
    LiftBinHold,
    LiftHold,
    LiftOwnerHold,
    LiftSerialHold,
    OpenBalance,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    ReceiveStock,
)
from lotstream.domain.model import Hold, Inspection, LotDocument, Stage


def receive_stock(body: StockReceived) -> ReceiveStock:
    """Return the command to book goods that came in."""
    return ReceiveStock(
        **head_of(body),
        receipt=body.receipt,
        expected=body.expected,
        final=body.final,
        lines=tuple(received_line(line, body.occurred_at) for line in body.lines),
    )


def open_balance(body: BalanceOpened) -> OpenBalance:
    """Return the command to take stock over as found."""
    return OpenBalance(
        site=body.site,
        by=body.by,
        occurred_at=body.occurred_at,
        balance=body.balance,
        lines=tuple(_found(line) for line in body.lines),
    )


def place_hold(body: HoldPlaced) -> PlaceHold | PlaceSerialHold | PlaceBinHold | PlaceOwnerHold:
    """Return the command to hold a lot, a serial number, a supplier's goods, an owner or a bin."""
    hold = Hold(body.hold, body.kind, body.reason, body.by, body.occurred_at)
    if body.serial is not None:
        return PlaceSerialHold(hold, body.sku, body.serial)
    if body.lot is None and body.owner is not None:
        return PlaceOwnerHold(hold, body.supplier)
    if body.lot is None:
        return PlaceBinHold(hold, body.site or "", body.location or "")
    return PlaceHold(
        hold=body.hold,
        kind=body.kind,
        sku=body.sku,
        lot=body.lot,
        reason=body.reason,
        by=body.by,
        occurred_at=body.occurred_at,
    )


def lift_hold(body: HoldLifted) -> LiftHold | LiftSerialHold | LiftBinHold | LiftOwnerHold:
    """Return the command to lift a hold of a lot, a serial number, a supplier's goods, an owner or a bin."""
    by, at = body.by, body.occurred_at
    if body.serial is not None:
        return LiftSerialHold(body.hold, body.sku, body.serial, by, at)
    if body.lot is None and body.owner is not None:
        return LiftOwnerHold(body.hold, body.supplier, by, at)
    if body.lot is None:
        return LiftBinHold(body.hold, body.site or "", body.location or "", by, at)
    return LiftHold(hold=body.hold, sku=body.sku, lot=body.lot, by=by, occurred_at=at)


def received_line(line: StockReceivedLine, at: datetime | None = None) -> GoodsLine:
    """Return a line of goods that came in; ``at`` is when they were looked at, where they were."""
    looked = line.inspection
    if looked is None:
        return replace(_goods(line), reason=line.reason)
    inspection = Inspection(looked.number, Stage.INBOUND, looked.passed, looked.by, at, looked.measured)
    return replace(_goods(line), reason=line.reason, inspection=inspection)


def _found(line: BalanceOpenedLine) -> GoodsLine:
    return replace(
        _goods(line),
        received=line.received,
        returned=line.returned,
        hold=line.hold,
        promised_elsewhere=line.promised_elsewhere or Decimal(0),
    )


def _goods(line: StockReceivedLine | BalanceOpenedLine) -> GoodsLine:
    """Return what goods that come in and goods that are found say alike."""
    return GoodsLine(
        line=line.line,
        sku=line.sku or "",
        gtin=line.gtin,
        quantity=line.quantity,
        unit=line.unit,
        location=line.location,
        lot=line.lot,
        supplier=line.supplier,
        supplier_lot=line.supplier_lot,
        made=line.made,
        expires=line.expires,
        package=line.package,
        pack_size=line.pack_size,
        status=line.status.value,
        serials=line.serials,
        cost=line.cost,
        origin=line.origin,
        facility=line.facility,
        certificates=tuple(_paper(paper) for paper in line.certificates),
        details=line.details,
        weight_kg=line.weight_kg,
    )


def _paper(body: Certificate) -> LotDocument:
    return LotDocument(body.type, body.number, body.issued, body.expires, body.uri, body.sha256)
