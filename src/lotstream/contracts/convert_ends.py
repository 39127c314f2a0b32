"""From messages about beginnings and ends to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_orders import Person, person_of
from lotstream.contracts.inbound_ends import (
    ComparisonRecorded,
    OwnerClosed,
    PersonErased,
    ShipmentImported,
    SnapshotRequested,
)
from lotstream.contracts.inbound_orders import ShipTo
from lotstream.domain.commands import (
    CloseOwner,
    ComparedLine,
    ErasePersons,
    ImportedLine,
    ImportShipment,
    RecordComparison,
    TakeSnapshot,
)
from lotstream.domain.model import OrderKey, Referenced


def erase_persons(body: PersonErased) -> ErasePersons:
    """Return the command to forget persons."""
    orders = tuple(OrderKey(one.source, one.order) for one in body.orders)
    references = tuple(Referenced(one.source, one.name, one.value) for one in body.references)
    return ErasePersons(body.request, body.persons, orders, body.customer, body.by, references, body.source)


def close_owner(body: OwnerClosed) -> CloseOwner:
    """Return the command to let an owner leave."""
    return CloseOwner(body.reason, body.by)


def take_snapshot(body: SnapshotRequested) -> TakeSnapshot:
    """Return the command to tell what there is."""
    return TakeSnapshot(body.snapshot, body.site)


def record_comparison(body: ComparisonRecorded) -> RecordComparison:
    """Return the command to hold other books against ours."""
    return RecordComparison(
        body.site, body.by, body.occurred_at, body.comparison, body.covers,
        tuple(ComparedLine(one.sku, one.quantity, one.unit, one.lot, one.status) for one in body.lines),
    )  # fmt: skip


def import_shipment(body: ShipmentImported) -> tuple[ImportShipment, Person | None]:
    """Return the command to note what left before the hub was there, and the personal data it came with."""
    to = body.ship_to or ShipTo()
    person = person_of(body.owner, to)
    lines = tuple(
        ImportedLine(
            one.line, one.sku, one.quantity, one.unit, one.lot, one.expires, one.serials, one.cost, one.weight_kg
        )
        for one in body.lines
    )  # fmt: skip
    command = ImportShipment(
        body.site, OrderKey(body.source, body.order), body.shipment, body.shipped_at, body.customer, body.by, lines,
        person.key if person else None, to.city, to.region, to.postcode, to.country,
    )  # fmt: skip
    return command, person
