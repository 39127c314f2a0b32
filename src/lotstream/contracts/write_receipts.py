"""What came on a receipt, as trading partners (944) and ERPs are told it: expected, received, damaged, lot by lot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of, weight_told
from lotstream.contracts.topics import RECEIPTS
from lotstream.domain.commands import Moment
from lotstream.domain.events import ReceiptClosed, ReceiptLineTold
from lotstream.domain.ledger import Ledger

TYPE = "lotstream.receipt_closed.v1"
LINES_MAX: Final = 1_000
"""Lines of one message: a receipt of as many lines as may be sent fits in several."""


def receipt_closed(ledger: Ledger, event: ReceiptClosed, moment: Moment) -> Iterator[Outgoing]:
    """Return what came on a receipt that was closed, in as many messages as it needs; one also for nothing at all."""
    parts = [event.lines[first : first + LINES_MAX] for first in range(0, len(event.lines), LINES_MAX)] or [()]
    for number, lines in enumerate(parts, start=1):
        body = {
            "owner": ledger.owner,
            "site": event.site,
            "receipt": event.receipt,
            "expected": event.expected,
            "supplier": event.supplier,
            "revision": event.told,
            "complete": event.complete,
            "closed_at": event.at,
            "by": event.by,
            "part": number,
            "parts": len(parts),
            "decision": moment.decision,
            "lines": [_written(ledger, line) for line in lines],
        }
        yield Outgoing(RECEIPTS.name, ledger.owner, TYPE, encode(body))


def _written(ledger: Ledger, line: ReceiptLineTold) -> dict[str, Any]:
    item = item_of(ledger, line.sku)
    lot = None if line.lot is None else ledger.lots.get((line.sku, line.lot))
    announced = line.line is not None
    amounts = {
        "expected": line.expected,
        "received": line.received,
        "damaged": line.damaged,
        "quarantined": line.quarantined,
        "over": max(line.received - line.expected, 0) if announced else 0,
        "short": max(line.expected - line.received, 0),
    }
    return {
        "line": line.line,
        "sku": line.sku,
        "unit": item.base_unit,
        "lot": line.lot,
        "supplier_lot": line.supplier_lot if lot is None else lot.supplier_lot,
        "made": line.made if lot is None else lot.made,
        "expires": line.expires if lot is None else lot.expires,
        **{name: base_text(units, item.decimals) for name, units in amounts.items()},
        "unannounced": not announced,
        **weight_told(line.weight_g),
    }
