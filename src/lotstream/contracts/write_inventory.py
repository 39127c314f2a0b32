"""What has changed in stock, as trading partners (947) and ERPs are told it: lot by lot, with what is there afterwards.

Told is how much a site has of a lot, in which condition, and in which bin it lies. What is picked stands in the same
house still and is told when it leaves; an opening balance is what everybody begins with, and is told to nobody. So
these messages alone, added up from there, give what is on hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from lotstream.contracts.inventory_said import CHANGES, Change, Line
from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of, weight_told
from lotstream.contracts.topics import INVENTORY
from lotstream.domain.commands import Moment
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey, StockRow
from lotstream.domain.places import is_transit
from lotstream.domain.shelves import rows_of_lot

TYPE = "lotstream.inventory_change.v1"
LINES_MAX: Final = 1_000
"""Lines of one message: a document of as many lines as may be sent, of goods on many pallets, fits in several."""


def inventory_changes(ledger: Ledger, event: Event, moment: Moment) -> Iterator[Outgoing]:
    """Return what an applied event has changed in stock, in as many messages as it needs; nothing if it has not."""
    changes = CHANGES[type(event)](event)
    for change in changes if isinstance(changes, list) else [changes]:
        yield from _told(ledger, change, moment)


def _told(ledger: Ledger, change: Change, moment: Moment) -> Iterator[Outgoing]:
    lines = [line for line in map(_at_hand, change.lines) if line is not None]
    for first in range(0, len(lines), LINES_MAX):
        body = {
            "owner": ledger.owner,
            "site": change.site,
            "change": change.kind,
            "document": change.document,
            "expected": change.expected,
            "other_site": change.other_site,
            "other_owner": change.other_owner,
            "source": None if change.key is None else change.key.source,
            "order": None if change.key is None else change.key.order,
            "by": change.by,
            "occurred_at": change.at or moment.recorded_at,
            "decision": moment.decision,
            "lines": [_written(ledger, line) for line in lines[first : first + LINES_MAX]],
        }
        yield Outgoing(INVENTORY.name, ledger.owner, TYPE, encode(body))


def _at_hand(line: Line) -> Line | None:
    """Return a line as the site sees it, without what is on the way there; None where nothing changes for it."""
    if line.to is None or is_transit(line.row.location) == is_transit(line.to.location):
        return None if is_transit(line.row.location) else line
    if is_transit(line.to.location):
        return line._replace(quantity=-line.quantity, to=None, weight_g=-line.weight_g)
    return line._replace(row=line.to, to=None)


def _written(ledger: Ledger, line: Line) -> dict[str, Any]:
    row, item = line.row, item_of(ledger, line.row.sku)
    lot = None if row.lot is None else ledger.lots.get((row.sku, row.lot))
    status = row.status
    unit, decimals = line.unit or (item.base_unit, item.decimals)
    after = status if line.to is None else line.to.status
    return {
        "line": line.line,
        "sku": row.sku,
        "lot": row.lot,
        "expires": None if lot is None else lot.expires,
        "made": None if lot is None else lot.made,
        "location": row.location,
        "to_location": None if line.to is None or line.to.location == row.location else line.to.location,
        "package": row.package,
        "pack_size": None if row.pack_size is None else base_text(row.pack_size, decimals),
        "returned": row.returned,
        "from_status": None if line.to is None and line.quantity > 0 else status,
        "to_status": None if line.to is None and line.quantity < 0 else after,
        "quantity": base_text(line.quantity, decimals),
        "unit": unit,
        "serials": line.serials,
        "reason": line.reason,
        "code": line.code,
        "on_hand": [
            {"status": condition, "quantity": base_text(units, decimals)}
            # In a unit that it was counted in before there is nothing any more.
            for condition, units in ([] if line.unit else _on_hand(_rows(ledger, row)))
        ],
        **weight_told(line.weight_g),
    }


def _rows(ledger: Ledger, row: RowKey) -> list[StockRow]:
    return rows_of_lot(ledger, row.sku, row.lot, site=row.site)


def _on_hand(rows: Iterable[StockRow]) -> list[tuple[str, int]]:
    """Return how much there is in each condition, by name; nothing of a condition where it adds up to nothing."""
    there: dict[str, int] = {}
    for row in rows:
        if is_transit(row.key.location):
            continue
        there[row.key.status] = there.get(row.key.status, 0) + row.on_hand
    return sorted((status, units) for status, units in there.items() if units)
