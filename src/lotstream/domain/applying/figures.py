"""What events about what may be sold change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.availability import may_differ
from lotstream.domain.events import AvailabilityTold, ClockSet
from lotstream.domain.ledger import Ledger


def _availability_told(ledger: Ledger, event: AvailabilityTold) -> None:
    # They were told in the order of SKUs: those up to the last are through.
    last = event.figures[-1].sku
    ledger.only_untold({sku for sku in may_differ(ledger) if sku > last})
    for figure in event.figures:
        name = figure.sku, figure.site, figure.channel
        ledger.told[name] = figure.quantity
        ledger.touched.told.add(name)


def _clock_set(ledger: Ledger, event: ClockSet) -> None:
    ledger.clock = event.clock
    ledger.touched.clock = True
    if event.all_told or event.clock.due_at is None:
        ledger.all_is_told()


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    AvailabilityTold: _availability_told,
    ClockSet: _clock_set,
}
