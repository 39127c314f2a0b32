"""Shipments on the road: in transit, delivered, lost or damaged, and when they are expected."""

from __future__ import annotations

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Moment, ProgressShipment, RoadLine
from lotstream.domain.events import Event, ShipmentProgressed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SHIPMENT, OnTheRoad, PartOnTheRoad, ReceiptKey, Shipment
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.road_parts import Piece, Way, kept, stays
from lotstream.domain.wording import amount


def progress_shipment(ledger: Ledger, command: ProgressShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.progressed.

    Goods that are lost or damaged on the road have left: stock is as it was, and people are told. What was told late,
    of a time before the last that is known, changes nothing; asked, a delivered shipment goes nowhere any more.
    """
    verdicts, at = Verdicts(command.happened), command.occurred_at or moment.recorded_at
    known = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    about: dict[str, str | None] = {"shipment": command.shipment, "state": command.state.value}
    if known is None or known.voided:
        message = f"Shipment {command.shipment} is not known, or has not left after all; check its number."
        verdicts.object(Code.NOT_AVAILABLE, "shipment", message, about)
        return tuple(verdicts.noted)
    road = OnTheRoad(command.state, at, command.expected_at, command.place, command.by, command.reason)
    if command.lines or command.packages:
        return _progress_parts(ledger, command, known, road, verdicts)
    if known.road is not None and _is_told(known.road, road, dated=command.occurred_at is not None):
        return ()
    if known.road is not None and known.road.state.is_over and not command.state.is_over:
        message = f"Shipment {command.shipment} is {known.road.state.value}; it is not on the road any more."
        verdicts.object(Code.CONFLICTING_CONTENT, "state", message, about)
    orders = tuple(dict.fromkeys(part.order for part in known.parts))
    event = ShipmentProgressed(command.site, command.shipment, road, orders, (), kept(known, road))
    return event, *verdicts.noted


def _progress_parts(
    ledger: Ledger, command: ProgressShipment, known: Shipment, road: OnTheRoad, verdicts: Verdicts
) -> tuple[Event, ...]:
    """Decide where parts of a shipment are; of each part what was told of the latest time counts."""
    way = Way(known)
    before = way.apart()
    said = [(f"lines.{at}", line) for at, line in enumerate(command.lines)]
    said += [(f"packages.{at}", RoadLine(package=name)) for at, name in enumerate(command.packages)]
    told: dict[Piece, int] = {}
    for path, line in said:
        pieces = [piece for piece in way.left if _is_meant(piece, line)]
        counted = _counted(ledger, way, pieces, line, path)
        if isinstance(counted, Refusal):
            verdicts.object(counted.code, counted.field, counted.message, _about(command, line))
            if counted.code is not Code.MORE_THAN_SHIPPED:
                continue
            counted = sum(way.left[piece] for piece in pieces)
        last = way.last(pieces)
        if _is_late(known.road, road) or (last is not None and road.at < last.at):
            continue
        over = way.over(pieces) + counted - sum(way.left[piece] for piece in pieces)
        if over > 0 and not road.state.is_over:
            message = f"Goods of shipment {command.shipment} are delivered; they are not on the road any more."
            verdicts.object(Code.CONFLICTING_CONTENT, "state", message, _about(command, line))
        way.set(pieces, road, counted)
        told |= {piece: way.units(piece, road.state) for piece in pieces}
    apart = way.apart()
    if _as_before(apart, before, dated=command.occurred_at is not None):
        return tuple(verdicts.noted)
    parts = tuple(PartOnTheRoad(*piece, units, road) for piece, units in told.items())
    orders = tuple(dict.fromkeys(piece.order for piece in told))
    return ShipmentProgressed(command.site, command.shipment, road, orders, parts, apart), *verdicts.noted


def _is_late(whole: OnTheRoad | None, road: OnTheRoad) -> bool:
    """Tell whether the shipment as a whole has come on since what is told of a part of it now."""
    return whole is not None and road.at < whole.at and not stays(road.state)


def _is_meant(piece: Piece, said: RoadLine) -> bool:
    wanted = (said.source, said.order, said.line, said.sku, said.lot, said.package)
    here = (piece.order.source, piece.order.order, piece.line, piece.sku, piece.lot, piece.package)
    return all(want in (None, have) for want, have in zip(wanted, here, strict=True))


def _counted(ledger: Ledger, way: Way, pieces: list[Piece], said: RoadLine, path: str) -> int | Refusal:
    """Return how many smallest units are meant: all of the pieces, or as many as are said."""
    if not pieces:
        return Refusal(Code.NOT_AVAILABLE, path, "Nothing of that left with the shipment; check what it is of.")
    if said.quantity is None:
        return sum(way.left[piece] for piece in pieces)
    skus = {piece.sku for piece in pieces}
    if len(skus) > 1:
        return Refusal(Code.FIELD_MISSING, f"{path}.sku", f"It may be {' or '.join(sorted(skus))}; send the SKU.")
    item = ledger.items[pieces[0].sku]
    factor = unit_factor(item, said.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {said.unit}; send one it has.")
    units = smallest(said.quantity, factor, f"{path}.quantity", positive=False)
    if isinstance(units, Refusal):
        return units
    if units < 0:
        return Refusal(Code.NOT_POSITIVE, f"{path}.quantity", "The quantity is below zero; send how much it is.")
    left = sum(way.left[piece] for piece in pieces)
    if units > left:
        message = f"Only {amount(item, left)} of that left with the shipment; check the quantity."
        return Refusal(Code.MORE_THAN_SHIPPED, f"{path}.quantity", message)
    return units


def _about(command: ProgressShipment, said: RoadLine) -> dict[str, str | None]:
    return {
        "shipment": command.shipment, "state": command.state.value, "order": said.order, "line": said.line,
        "sku": said.sku, "lot": said.lot, "package": said.package,
    }  # fmt: skip


def _as_before(now: tuple[PartOnTheRoad, ...], before: tuple[PartOnTheRoad, ...], *, dated: bool) -> bool:
    """Tell whether nothing is new; who does not say when it was says the same at any time."""
    if dated or len(now) != len(before):
        return now == before
    return all(
        one == was or one == was._replace(road=was.road._replace(at=one.road.at))
        for one, was in zip(now, before, strict=True)
    )


def _is_told(known: OnTheRoad, road: OnTheRoad, *, dated: bool) -> bool:
    """Tell whether something later is known, or the same; who does not say when it was says the same at any time."""
    return road.at < known.at or road == (known if dated else known._replace(at=road.at))
