"""From messages about picks and shipments to commands of the ledger."""

from __future__ import annotations

from dataclasses import fields
from typing import TypeVar

from lotstream.contracts.convert_heads import head_of
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
from lotstream.contracts.undecodable import Undecodable
from lotstream.domain.codes import DeadLetterCode
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
    WorkOnWave,
    nobody,
)
from lotstream.domain.model import OrderKey


def confirm_pick(body: PickConfirmed) -> ConfirmPick | WorkOnWave:
    """Return the command to book a pick."""
    said = ConfirmPick(
        **head_of(body),
        key=_key(body),
        staged_at=body.staged_at,
        lines=tuple(_picked(line) for line in body.lines),
    )
    return _of_wave(body, said)


def start_pick(body: PickStarted) -> StartPick | WorkOnWave:
    """Return the command to note that tasks are begun."""
    said = StartPick(
        **head_of(body),
        key=_key(body),
        tasks=body.tasks,
    )
    return _of_wave(body, said)


def undo_pick(body: PickUndone) -> UndoPick | WorkOnWave:
    """Return the command to take picked goods back to their bins."""
    said = UndoPick(
        **head_of(body),
        key=_key(body),
        lines=tuple(UndoneLine(line.task, line.line, line.lot, line.quantity, line.unit) for line in body.lines),
    )
    return _of_wave(body, said)


def report_short(body: PickShorted) -> ReportShort | WorkOnWave:
    """Return the command to book what was not found."""
    said = ReportShort(
        **head_of(body),
        key=_key(body),
        staged_at=body.staged_at,
        lines=tuple(_shorted(line) for line in body.lines),
    )
    return _of_wave(body, said)


def scan_lot(body: PickScanned) -> ScanLot | WorkOnWave:
    """Return the command to check a scanned lot, and to swap promises for it."""
    said = ScanLot(
        **head_of(body),
        key=_key(body),
        scanned=body.scanned,
        expected=body.expected,
        line=body.line,
        task=body.task,
        location=body.location,
        quantity=body.quantity,
        unit=body.unit,
        sku=body.sku,
        gtin=body.gtin,
    )
    return _of_wave(body, said)


def confirm_shipment(body: ShipmentConfirmed) -> ConfirmShipment:
    """Return the command to book a shipment."""
    return ConfirmShipment(
        **head_of(body),
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
        **head_of(body),
        shipment=body.shipment,
        reason=body.reason,
    )


def correct_shipment(body: ShipmentCorrected) -> CorrectShipment:
    """Return the command to tell a shipment anew."""
    told = confirm_shipment(body)
    return CorrectShipment(**{field.name: getattr(told, field.name) for field in fields(told)}, reason=body.reason)


_Body = PickConfirmed | PickStarted | PickUndone | PickShorted | PickScanned
_Said = TypeVar("_Said", ConfirmPick, StartPick, UndoPick, ReportShort, ScanLot)


def _key(body: _Body) -> OrderKey:
    """Return the order that is named, or what stands in place of one where a wave is; raises `Undecodable`."""
    if body.wave is not None:
        if body.order is not None or body.source is not None:
            raise Undecodable(
                DeadLetterCode.SCHEMA, "order", "It names a wave and an order; name the one or the other."
            )
        return nobody(body.wave)
    if body.order is None or body.source is None:
        missing = "order" if body.order is None else "source"
        raise Undecodable(DeadLetterCode.SCHEMA, missing, "Field required, unless a wave is named.")
    return OrderKey(body.source, body.order)


def _of_wave(body: _Body, said: _Said) -> _Said | WorkOnWave:
    return said if body.wave is None else WorkOnWave(body.wave, said)


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
        weight_kg=line.weight_kg,
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
        weight_kg=line.weight_kg,
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
        weight_kg=line.weight_kg,
    )


def _package(package: ShipmentPackage) -> ShippedPackage:
    return ShippedPackage(sscc=package.sscc, tracking=package.tracking, weight_kg=package.weight_kg)
