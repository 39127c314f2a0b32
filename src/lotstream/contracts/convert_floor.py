"""From messages about picks and shipments to commands of the ledger."""

from __future__ import annotations

from dataclasses import fields

from lotstream.contracts.inbound_floor import (
    PickConfirmed,
    PickConfirmedLine,
    PickScanned,
    PickShorted,
    PickShortedLine,
    PickStarted,
    PickUndone,
    ShipmentConfirmed,
    ShipmentCorrected,
    ShipmentLine,
    ShipmentOrder,
    ShipmentPackage,
    ShipmentVoided,
)
from lotstream.domain.commands import (
    ConfirmPick,
    ConfirmShipment,
    CorrectShipment,
    PickLine,
    ReportShort,
    ScanLot,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    ShortLine,
    StartPick,
    UndoneLine,
    UndoPick,
    VoidShipment,
)
from lotstream.domain.model import OrderKey


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


def start_pick(body: PickStarted) -> StartPick:
    """Return the command to note that tasks are begun."""
    return StartPick(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        key=OrderKey(body.source, body.order),
        tasks=body.tasks,
    )


def undo_pick(body: PickUndone) -> UndoPick:
    """Return the command to take picked goods back to their bins."""
    return UndoPick(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        key=OrderKey(body.source, body.order),
        lines=tuple(UndoneLine(line.task, line.line, line.lot, line.quantity, line.unit) for line in body.lines),
    )


def report_short(body: PickShorted) -> ReportShort:
    """Return the command to book what was not found."""
    return ReportShort(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        key=OrderKey(body.source, body.order),
        staged_at=body.staged_at,
        lines=tuple(_shorted(line) for line in body.lines),
    )


def scan_lot(body: PickScanned) -> ScanLot:
    """Return the command to check a scanned lot, and to swap promises for it."""
    return ScanLot(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        key=OrderKey(body.source, body.order),
        scanned=body.scanned,
        expected=body.expected,
        line=body.line,
        task=body.task,
        location=body.location,
        quantity=body.quantity,
        unit=body.unit,
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


def void_shipment(body: ShipmentVoided) -> VoidShipment:
    """Return the command to take a shipment back."""
    return VoidShipment(
        site=body.site,
        happened=body.happened,
        by=body.by,
        occurred_at=body.occurred_at,
        shipment=body.shipment,
        reason=body.reason,
    )


def correct_shipment(body: ShipmentCorrected) -> CorrectShipment:
    """Return the command to tell a shipment anew."""
    told = confirm_shipment(body)
    return CorrectShipment(**{field.name: getattr(told, field.name) for field in fields(told)}, reason=body.reason)


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
        serials=line.serials,
    )


def _shorted(line: PickShortedLine) -> ShortLine:
    return ShortLine(
        task=line.task,
        line=line.line,
        lot=line.lot,
        location=line.location,
        picked=line.picked,
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
        serials=line.serials,
    )


def _package(package: ShipmentPackage) -> ShippedPackage:
    return ShippedPackage(sscc=package.sscc, tracking=package.tracking, weight_kg=package.weight_kg)
