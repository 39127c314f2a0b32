"""What was counted as lost by expiry, where a count turns out to have found goods, or missed them, for another reason.

A lot that had expired was counted as lost with all that the books had of it. Where a document that is told late has as
much leave one bin as come to another, and the first was counted between, the house has more, or less, of the lot than
was counted as lost then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lotstream.domain.events import Event, StockCounted
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import came_otherwise, losses_corrected
from lotstream.domain.model import Lot

#: SKU, lot and site.
LotAt = tuple[str, str, str]


def with_losses(ledger: Ledger, events: tuple[Event, ...], more: Mapping[LotAt, int]) -> tuple[Event, ...]:
    """Return events with what expired of lots otherwise than was counted; ``more`` is what each has more at a site.

    Those events that put counts right say what the lots are from then on.
    """
    before: dict[tuple[str, str], Lot] = {}
    after: dict[tuple[str, str], Lot] = {}
    for (sku, number, site), units in more.items():
        known = after.get((sku, number)) or ledger.lots[sku, number]
        now = came_otherwise(ledger.items[sku], known, site, units)
        if now is not known:
            before.setdefault((sku, number), known)
            after[sku, number] = now
    if not after:
        return events
    lost = [loss for name, lot in after.items() for loss in losses_corrected([before[name]], [lot])]
    return (*(_with_lots(event, after) for event in events), *lost)


def _with_lots(event: Event, lots: Mapping[tuple[str, str], Lot]) -> Event:
    if not isinstance(event, StockCounted) or event.booked:
        return event
    changes = [replace(one, lot=lots.get((one.row.sku, one.row.lot or ""), one.lot)) for one in event.changes]
    return replace(event, changes=tuple(changes))
