"""From messages about goods, picks and shipments to commands of the ledger."""

from __future__ import annotations

from decimal import Decimal

from lotstream.contracts.inbound_floor import (
    PickConfirmed,
    PickConfirmedLine,
    ShipmentConfirmed,
    ShipmentLine,
    ShipmentOrder,
    ShipmentPackage,
)
from lotstream.contracts.inbound_goods import (
    BalanceOpened,
    BalanceOpenedLine,
    HoldLifted,
    HoldPlaced,
    StockReceived,
    StockReceivedLine,
)
from lotstream.domain.commands import (
    ConfirmPick,
    ConfirmShipment,
    GoodsLine,
    LiftBinHold,
    LiftHold,
    OpenBalance,
    PickLine,
    PlaceBinHold,
    PlaceHold,
    ReceiveStock,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
)
from lotstream.domain.model import Hold, OrderKey


def receive_stock(body: StockReceived) -> ReceiveStock:
    """Return the command to book goods that came in."""
    return ReceiveStock(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        receipt=body.receipt,
        expected=body.expected,
        final=body.final,
        lines=tuple(_received(line) for line in body.lines),
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


def place_hold(body: HoldPlaced) -> PlaceHold | PlaceBinHold:
    """Return the command to hold a lot or a bin."""
    if body.lot is None:
        return PlaceBinHold(Hold(body.hold, body.kind, body.reason), body.site or "", body.location or "")
    return PlaceHold(hold=body.hold, kind=body.kind, sku=body.sku, lot=body.lot, reason=body.reason)


def lift_hold(body: HoldLifted) -> LiftHold | LiftBinHold:
    """Return the command to lift a hold of a lot or a bin."""
    if body.lot is None:
        return LiftBinHold(body.hold, body.site or "", body.location or "")
    return LiftHold(hold=body.hold, sku=body.sku, lot=body.lot)


def confirm_pick(body: PickConfirmed) -> ConfirmPick:
    """Return the command to book a pick."""
    return ConfirmPick(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        key=OrderKey(body.source, body.order),
        staged_at=body.staged_at,
        lines=tuple(_picked(line) for line in body.lines),
    )


def confirm_shipment(body: ShipmentConfirmed) -> ConfirmShipment:
    """Return the command to book a shipment."""
    return ConfirmShipment(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        shipment=body.shipment,
        orders=tuple(_shipped_order(order) for order in body.orders),
        packages=tuple(_package(package) for package in body.packages),
        scac=body.scac,
        bol=body.bol,
        pro=body.pro,
        trailer=body.trailer,
        seal=body.seal,
    )


def _received(line: StockReceivedLine) -> GoodsLine:
    return GoodsLine(
        line=line.line,
        sku=line.sku,
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
        reason=line.reason,
    )


def _found(line: BalanceOpenedLine) -> GoodsLine:
    return GoodsLine(
        line=line.line,
        sku=line.sku,
        quantity=line.quantity,
        unit=line.unit,
        location=line.location,
        lot=line.lot,
        supplier=line.supplier,
        supplier_lot=line.supplier_lot,
        made=line.made,
        expires=line.expires,
        received=line.received,
        package=line.package,
        pack_size=line.pack_size,
        status=line.status.value,
        returned=line.returned,
        hold=line.hold,
        promised_elsewhere=line.promised_elsewhere or Decimal(0),
    )


def _picked(line: PickConfirmedLine) -> PickLine:
    return PickLine(
        task=line.task,
        line=line.line,
        lot=line.lot,
        location=line.location,
        quantity=line.quantity,
        unit=line.unit,
        package=line.package,
        sku=line.sku,
    )


def _shipped_order(order: ShipmentOrder) -> ShippedOrder:
    return ShippedOrder(OrderKey(order.source, order.order), tuple(_shipped(line) for line in order.lines))


def _shipped(line: ShipmentLine) -> ShippedLine:
    return ShippedLine(
        line=line.line,
        lot=line.lot,
        quantity=line.quantity,
        unit=line.unit,
        location=line.location,
        package=line.package,
        sku=line.sku,
    )


def _package(package: ShipmentPackage) -> ShippedPackage:
    return ShippedPackage(sscc=package.sscc, tracking=package.tracking, weight_kg=package.weight_kg)
