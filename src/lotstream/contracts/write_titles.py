"""What the ledger of a buyer is told of goods that another owner has given it: the body of title.accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lotstream.contracts.limits import NAME_CHARS_MAX
from lotstream.contracts.quantities import base_text
from lotstream.domain.model import PLAIN, HoldKind, Item, Lot, LotDocument, OwnerHold, Title, TitleLine
from lotstream.domain.usable import BY_HOLD
from lotstream.domain.weights import kilograms


def acceptance(
    seller: str,
    title: Title,
    *,
    at: datetime,
    by: str | None,
    items: Mapping[str, Item],
    lots: Mapping[tuple[str, str], Lot],
    holds: tuple[OwnerHold, ...],
) -> bytes:
    """Return the body of title.accepted: every line with what is known of its lot; what is not said is left out.

    ``holds`` lie on the seller and on suppliers: a sale washes none of them off.
    """
    body = {
        "owner": title.to_owner, "site": title.site, "happened": True, "by": by, "occurred_at": at.isoformat(),
        "title": title.key.number.removeprefix(f"{seller}/"), "from_owner": seller,
        "lines": [
            _line(line, items.get(line.row.sku), lot) | _said(_hold(seller, lot, holds))
            for line in title.lines for lot in (_lot(lots, line),)
        ],
    }  # fmt: skip
    return json.dumps(_said(body), default=date.isoformat).encode()


def _lot(lots: Mapping[tuple[str, str], Lot], line: TitleLine) -> Lot | None:
    return None if line.row.lot is None else lots.get((line.row.sku, line.row.lot))


def _line(line: TitleLine, item: Item | None, lot: Lot | None) -> dict[str, Any]:
    row, decimals = line.row, 0 if item is None else item.decimals
    told = {
        "line": line.line, "sku": line.sku, "quantity": base_text(line.quantity, decimals),
        "unit": None if item is None else item.base_unit, "lot": row.lot, "location": row.location,
        "package": row.package, "pack_size": None if row.pack_size is None else base_text(row.pack_size, decimals),
        "status": row.status, "returned": row.returned or None, "serials": line.serials or None,
        "weight_kg": f"{kilograms(line.weight_g)}" if line.weight_g else None,
    }  # fmt: skip
    return _said(told | ({} if lot is None else _facts(lot)))


def _facts(lot: Lot) -> dict[str, Any]:
    more = lot.more or PLAIN
    return {
        "expires": lot.expires, "made": lot.made, "received": lot.received, "supplier": lot.supplier,
        "supplier_lot": lot.supplier_lot, "origin": more.origin, "facility": more.facility,
        "certificates": [_paper(paper) for paper in more.documents] or None,
    }  # fmt: skip


def _hold(seller: str, lot: Lot | None, holds: tuple[OwnerHold, ...]) -> dict[str, Any]:
    """Return the strongest hold that lies on goods, with the number of a recall and why."""
    supplier = None if lot is None else lot.supplier
    mine = () if lot is None else lot.holds
    mine += tuple(one.hold for one in holds if one.supplier is None or one.supplier == supplier)
    hold = next((hold for kind in BY_HOLD for hold in mine if hold.kind is kind), None)
    if hold is None:
        return {}
    # Two owners may give theirs the same number.
    number = f"{seller}/{hold.id}"
    named = hold.kind is HoldKind.RECALL and len(number) <= NAME_CHARS_MAX
    return {"hold": hold.kind.value, "recall": number if named else None, "reason": hold.reason}


def _paper(paper: LotDocument) -> dict[str, Any]:
    names = ("type", "number", "issued", "expires", "uri", "sha256")
    return _said({name: getattr(paper, name) for name in names})


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
