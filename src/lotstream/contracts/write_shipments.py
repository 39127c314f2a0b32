"""Ship confirmations from events: what left for one order, split by lot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from lotstream.contracts.quantities import base_text, decimal_text
from lotstream.contracts.sending import Outgoing, encode, item_of, weight_told
from lotstream.contracts.sent_shipments import ShortReason
from lotstream.contracts.topics import SHIP_CONFIRMATIONS
from lotstream.domain.commands import Moment, ShippedPackage
from lotstream.domain.costing import as_told, total_of
from lotstream.domain.events import LineShipped, ShipmentConfirmed, ShipmentVoided, Shipped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order
from lotstream.domain.sums import promised

TYPE = "lotstream.ship_confirmation.v1"

_Body = dict[str, Any]


def ship_voided(ledger: Ledger, event: ShipmentVoided, moment: Moment) -> Outgoing:
    """Return the confirmation of one order's part of a shipment that has not left after all."""
    told = ShipmentConfirmed(
        site=event.site,
        shipment=event.shipment,
        key=event.key,
        state=event.state,
        by=event.by,
        at=event.at,
        customer=event.customer,
        shipped=event.shipped,
        lines=event.lines,
        city=event.city,
        region=event.region,
        postcode=event.postcode,
        country=event.country,
    )
    return ship_confirmation(ledger, told, moment, voided=True)


def ship_confirmation(ledger: Ledger, event: ShipmentConfirmed, moment: Moment, *, voided: bool = False) -> Outgoing:
    """Return the confirmation of one order's part of a shipment."""
    order = ledger.order(event.key)
    lines = [_line(ledger, event, line, order) for line in event.lines]
    body: _Body = {
        "owner": ledger.owner,
        "site": event.site,
        "source": event.key.source,
        "order": event.key.order,
        "shipment": event.shipment,
        "voided": voided,
        "status": event.state,
        "shipped_at": event.at,
        "customer": event.customer,
        "city": event.city,
        "region": event.region,
        "postcode": event.postcode,
        "country": event.country,
        "carrier": _carrier(event, order),
        "references": order.references if order else {},
        "packages": [_package(ledger, package, lines) for package in event.packages],
        "decision": moment.decision,
        "lines": lines,
    }
    return Outgoing(SHIP_CONFIRMATIONS.name, event.key.order, TYPE, encode(body))


def _carrier(event: ShipmentConfirmed, order: Order | None) -> _Body:
    return {
        "scac": event.scac,
        "service": order.service if order else None,
        "tracking": list(dict.fromkeys(package.tracking for package in event.packages if package.tracking)),
        "bol": event.bol,
        "pro": event.pro,
        "trailer": event.trailer,
        "seal": event.seal,
    }


def _line(ledger: Ledger, event: ShipmentConfirmed, line: LineShipped, order: Order | None) -> _Body:
    lots = _by_lot(shipped for shipped in event.shipped if shipped.line == line.line)
    own = [left.quantity for (sku, *_), left in lots.items() if sku == line.sku]
    unit, text = _unit(ledger, line, [line.ordered, line.shipped, line.short, *own])
    return {
        "line": line.line,
        "sku": line.sku,
        "unit": unit,
        "ordered": text(line.ordered),
        "shipped": text(line.shipped),
        "short": text(line.short),
        "short_reason": _short_reason(line, order),
        "lots": [
            {
                "lot": lot,
                "expires": expires,
                "made": made,
                "quantity": text(left.quantity) if sku == line.sku else _of_component(ledger, sku, left.quantity),
                "package": package,
                "serials": left.serials,
                "sku": None if sku == line.sku else sku,
                "cost": None if left.cost is None else decimal_text(as_told(left.cost)),
                **weight_told(left.weight_g),
            }
            for (sku, lot, expires, made, package), left in lots.items()
        ],
        **weight_told(sum(left.weight_g for left in lots.values())),
    }


class _Left(NamedTuple):
    """What of one lot left in one package."""

    quantity: int
    serials: tuple[str, ...]
    #: None: what some of it has cost nobody has said.
    cost: Decimal | None
    #: What it weighs, in grams; 0: nobody knows.
    weight_g: int


def _by_lot(shipped: Iterable[Shipped]) -> dict[tuple[Any, ...], _Left]:
    """Add up what left by lot and package, with serial numbers; the bin it came from is no business of the receiver."""
    lots: dict[tuple[Any, ...], _Left] = {}
    for part in shipped:
        key = (part.sku, part.lot, part.expires, part.made, part.package)
        known = lots.get(key)
        if known is None:
            lots[key] = _Left(part.quantity, part.serials, part.cost, part.weight_g)
        else:
            cost = total_of([known.cost, part.cost])
            weight_g = known.weight_g + part.weight_g
            lots[key] = _Left(known.quantity + part.quantity, known.serials + part.serials, cost, weight_g)
    return lots


def _unit(ledger: Ledger, line: LineShipped, quantities: Iterable[int]) -> tuple[str, Callable[[int], str]]:
    """Return the unit of a line and how quantities are written in it: the ordered unit while nothing is broken."""
    factor = line.unit_factor
    if factor and all(quantity % factor == 0 for quantity in quantities):
        return line.unit, lambda quantity: str(quantity // factor)
    item = item_of(ledger, line.sku)
    return item.base_unit, lambda quantity: base_text(quantity, item.decimals)


def _of_component(ledger: Ledger, sku: str, quantity: int) -> str:
    return base_text(quantity, item_of(ledger, sku).decimals)


def _short_reason(line: LineShipped, order: Order | None) -> ShortReason | None:
    if line.short <= 0:
        return None
    to_follow = sum([promised(ordered) for ordered in (order.lines if order else ()) if ordered.line == line.line])
    return ShortReason.TO_FOLLOW if to_follow >= line.short else ShortReason.BACKORDERED


def _package(ledger: Ledger, package: ShippedPackage, lines: list[_Body]) -> _Body:
    return {
        "sscc": package.sscc,
        "tracking": package.tracking,
        "weight_kg": None if package.weight_kg is None else decimal_text(package.weight_kg),
        "contents": [
            {
                "line": line["line"],
                "sku": lot["sku"] or line["sku"],
                "lot": lot["lot"],
                "quantity": lot["quantity"],
                "unit": item_of(ledger, lot["sku"]).base_unit if lot["sku"] else line["unit"],
            }
            for line in lines
            for lot in line["lots"]
            if package.sscc is not None and lot["package"] == package.sscc
        ],
    }
