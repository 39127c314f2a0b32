"""What is told of lots as such: what is known of them now, and what pickers find under another number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from lotstream.contracts.quantities import base_text, decimal_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.sent_lots import LotChangeKind
from lotstream.contracts.topics import INVENTORY
from lotstream.contracts.write_status import order_status
from lotstream.contracts.write_tasks import relotted_tasks
from lotstream.domain.commands import Moment
from lotstream.domain.costing import told_cost
from lotstream.domain.events import (
    ItemRebased,
    ItemRenamed,
    LotCorrected,
    LotDocumented,
    LotInspected,
    LotsMerged,
    LotSplit,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import PLAIN, Departure, Hold, Inspection, Lot, LotName

TYPE = "lotstream.lot_changed.v1"

_OfLots = LotCorrected | LotsMerged | LotSplit | LotInspected | LotDocumented


def lot_corrected(ledger: Ledger, event: LotCorrected, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks that name another lot now, and what is known of the lot."""
    yield from relotted_tasks(ledger, event.orders, event.rows, moment)
    now = _lot(ledger, event.lot, was=[] if event.was == (event.lot.sku, event.lot.lot) else [event.was])
    yield _changed(ledger, event, LotChangeKind.CORRECTED, [now], moment, shipped=event.left, count=event.left_total)


def inspected(ledger: Ledger, event: LotInspected, moment: Moment) -> Iterator[Outgoing]:
    """Return what is known of a lot that was inspected."""
    yield _changed(ledger, event, LotChangeKind.INSPECTED, [_as_it_is(ledger, event)], moment)


def documented(ledger: Ledger, event: LotDocumented, moment: Moment) -> Iterator[Outgoing]:
    """Return what is known of a lot whose papers have changed."""
    yield _changed(ledger, event, LotChangeKind.DOCUMENTED, [_as_it_is(ledger, event)], moment)


def _as_it_is(ledger: Ledger, event: LotInspected | LotDocumented) -> dict[str, Any]:
    return _lot(ledger, ledger.lots[event.sku, event.lot], was=[])


def lots_merged(ledger: Ledger, event: LotsMerged, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks that name another lot now, and what is known of the one lot."""
    yield from relotted_tasks(ledger, event.orders, event.rows, moment)
    yield _changed(ledger, event, LotChangeKind.MERGED, [_lot(ledger, event.lot, was=event.was)], moment)


def item_renamed(ledger: Ledger, event: ItemRenamed, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks that name another item now."""
    yield from relotted_tasks(ledger, event.orders, event.rows, moment)


def item_rebased(ledger: Ledger, event: ItemRebased, moment: Moment) -> Iterator[Outgoing]:
    """Return the state of orders whose lines are counted in another unit now."""
    for key in event.orders:
        yield from order_status(ledger, key, moment)


def lot_split(ledger: Ledger, event: LotSplit, moment: Moment) -> Iterator[Outgoing]:
    """Return what is known of the parts."""
    lots = [_lot(ledger, lot, was=[]) for lot in event.lots]
    yield _changed(ledger, event, LotChangeKind.SPLIT, lots, moment)


def _changed(
    ledger: Ledger,
    event: _OfLots,
    kind: LotChangeKind,
    lots: list[dict[str, Any]],
    moment: Moment,
    *,
    shipped: Iterable[Departure] = (),
    count: int = 0,
) -> Outgoing:
    body: dict[str, Any] = {
        "owner": ledger.owner,
        "change": kind,
        "document": event.number,
        "by": event.by,
        "reason": event.reason,
        "occurred_at": event.at or moment.recorded_at,
        "decision": moment.decision,
        "lots": lots,
        "shipped": [_departure(ledger, one) for one in shipped],
        "shipped_count": count,
    }
    return Outgoing(INVENTORY.name, ledger.owner, TYPE, encode(body))


def _lot(ledger: Ledger, lot: Lot, *, was: Iterable[LotName]) -> dict[str, Any]:
    more = lot.more or PLAIN
    return {
        "sku": lot.sku,
        "lot": lot.lot,
        "was": [name._asdict() for name in was],
        "made_from": [name._asdict() for name in more.made_from],
        "expires": lot.expires,
        "made": lot.made,
        "supplier": lot.supplier,
        "supplier_lot": lot.supplier_lot,
        "origin": more.origin,
        "facility": more.facility,
        "details": more.details,
        "cost": _text(told_cost(lot, decimals=item_of(ledger, lot.sku).decimals)),
        "aliases": more.aliases,
        "documents": [asdict(one) for one in more.documents],
        "inspections": [_inspection(one) for one in more.inspections],
        "holds": [_hold(one) for one in lot.holds],
    }


def _departure(ledger: Ledger, one: Departure) -> dict[str, Any]:
    told = one._asdict()
    source, order = told.pop("order")
    quantity = base_text(one.quantity, item_of(ledger, one.sku).decimals)
    return {**told, "source": source, "order": order, "quantity": quantity, "left_at": told.pop("at")}


def _inspection(one: Inspection) -> dict[str, Any]:
    told = asdict(one)
    return {"inspection": told.pop("number"), **told}


def _hold(one: Hold) -> dict[str, Any]:
    return {"hold": one.id, "kind": one.kind, "reason": one.reason, "by": one.by, "at": one.at}


def _text(cost: Decimal | None) -> str | None:
    return None if cost is None else decimal_text(cost)
