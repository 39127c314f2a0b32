"""What every recall and drill came to, as the rows that say how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from lotstream.domain.events import Event, RecallOpened
from lotstream.domain.ledger import Ledger
from lotstream.store.rows import RecallRunRow


def recall_runs(
    ledger: Ledger, event: Event, *, partition: int, offset: int, first: int, asked_at: datetime
) -> list[RecallRunRow]:
    """Return a row for a recall that was opened or told again, numbered ``first``; none for any other event."""
    if not isinstance(event, RecallOpened):
        return []
    recall = event.recall
    reached = recall.reached
    return [
        RecallRunRow(
            ledger.owner, recall.key.number, recall.drill, partition, offset, first, asked_at,
            len(recall.lots) + len(recall.descendants), _base_units(ledger, recall.held),
            _base_units(ledger, reached.units), reached.orders, reached.customers, recall.consignees,
        )
    ]  # fmt: skip


def _base_units(ledger: Ledger, units: Mapping[str, int]) -> Decimal:
    items = ledger.items
    decimals = {sku: items[sku].decimals if sku in items else 0 for sku in units}
    return sum((Decimal(quantity).scaleb(-decimals[sku]) for sku, quantity in units.items()), Decimal(0))
