"""Receipts and announcements as people and programs are shown them, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.domain.events import ReceiptLineTold
from lotstream.domain.model import Booked, Expected, Item, LotName, Receipt, RowKey
from lotstream.domain.receipt_comparing import Supplied, came_of, compare, supplied
from lotstream.store.reads_receipts import LotKnown


def summary(document: Expected | Receipt) -> dict[str, Any]:
    """Return what is said of a document as a whole, as JSON values."""
    return {
        "kind": document.key.kind, "number": document.key.number, "site": document.site,
        "of": None if isinstance(document, Expected) else document.expected,
        "supplier": document.supplier if isinstance(document, Expected) else None,
        "due": document.due if isinstance(document, Expected) else None,
        "state": _state(document), "closed_at": document.closed_at, "lines": len(document.lines),
        **({"announced": document.announced} if isinstance(document, Expected) else {}),
    }  # fmt: skip


def _state(document: Expected | Receipt) -> str:
    if isinstance(document, Receipt):
        return "closed" if document.told else "receiving"
    if document.closed:
        return "closed"
    return "receiving" if document.receipts else "expected"


def announced(expected: Expected, items: Mapping[str, Item]) -> dict[str, Any]:
    """Return an announcement with what its closed receipts brought of each line, as JSON values."""
    lines = []
    for line in expected.lines:
        item, left = items.get(line.sku), expected.left(line)
        received = sum(counted.get(line.line, 0) for counted in expected.receipts.values())
        lines.append({
            "line": line.line, "sku": line.sku, "lot": line.lot, "supplier_lot": line.supplier_lot, "made": line.made,
            "expires": line.expires, "package": line.package, **_amounts(
                {"expected": line.quantity, "received": received, "still_awaited": 0 if expected.closed else left,
                 "short": left if expected.closed else 0}, item,
            ),
        })  # fmt: skip
    receipts = {name: bool(counted) for name, counted in expected.receipts.items()}
    return summary(expected) | {"version": expected.version, "receipts": sorted(receipts), "lines": lines}


def came(
    receipt: Receipt, expected: Expected | None, lots: Mapping[LotName, LotKnown], items: Mapping[str, Item]
) -> dict[str, Any]:
    """Return what came on a receipt beside what was announced, as JSON values; compared as when it is closed."""

    def calls(row: RowKey) -> Supplied:
        known = None if row.lot is None else lots.get(LotName(row.sku, row.lot))
        return Supplied() if known is None else supplied(expected, known.supplier, known.supplier_lot)

    wanted = () if expected is None else expected.lines
    number = receipt.key.number
    left = {} if expected is None else {line.line: expected.left(line, but_for=number) for line in wanted}
    told = compare(wanted, left, came_of(receipt.lines, calls, receipt.weights)).told
    return summary(receipt) | {
        "supplier": None if expected is None else expected.supplier,
        "told": receipt.told, "corrections": sorted(receipt.corrections),
        "lines": [_told(line, lots, items.get(line.sku)) for line in told],
        "booked": [_booked(name, line, items.get(line.row.sku)) for name, line in receipt.lines.items()],
    }  # fmt: skip


def _told(line: ReceiptLineTold, lots: Mapping[LotName, LotKnown], item: Item | None) -> dict[str, Any]:
    lot = None if line.lot is None else lots.get(LotName(line.sku, line.lot))
    announced = line.line is not None
    amounts = {
        "expected": line.expected, "received": line.received, "damaged": line.damaged,
        "quarantined": line.quarantined, "over": max(line.received - line.expected, 0) if announced else 0,
        "short": max(line.expected - line.received, 0),
    }  # fmt: skip
    return {
        "line": line.line, "sku": line.sku, "lot": line.lot,
        "supplier_lot": line.supplier_lot if lot is None else lot.supplier_lot,
        "made": line.made if lot is None else lot.made, "expires": line.expires if lot is None else lot.expires,
        **_amounts(amounts, item), "unannounced": not announced,
        **({"weight_kg": base_text(line.weight_g, 3)} if line.weight_g else {}),
    }  # fmt: skip


def _booked(name: str, line: Booked, item: Item | None) -> dict[str, Any]:
    row = line.row
    return {
        "line": name, "sku": row.sku, "lot": row.lot, "location": row.location, "package": row.package,
        "status": row.status, **_amounts({"quantity": line.quantity}, item),
    }  # fmt: skip


def _amounts(units: Mapping[str, int], item: Item | None) -> dict[str, str | None]:
    decimals = 0 if item is None else item.decimals
    return {name: base_text(one, decimals) for name, one in units.items()} | {
        "unit": None if item is None else item.base_unit
    }
