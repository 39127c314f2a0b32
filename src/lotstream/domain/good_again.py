"""What goods lack that are in the house, are not good, and are said to be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from lotstream.domain.complete import why_not_good
from lotstream.domain.model import Item, RowKey, Status, Tracking
from lotstream.domain.paper import Paper
from lotstream.domain.weights import FIELD, nobody_weighed


def lacking(
    paper: Paper, item: Item, lot: str | None, rows: Iterable[RowKey], *, weight_kg: Decimal | None
) -> tuple[str, str] | None:
    """Return what goods of some rows lack to be good, as a field and a sentence; None where they may be."""
    there = [key for key in rows if paper.there(key) > 0]
    apart = any(key.status == Status.QUARANTINE for key in there)
    if lot is None and item.tracking is Tracking.LOT and apart:
        return "lot", f"{item.sku} is tracked by lot and these goods have none; correct the receipt they came with."
    why = why_not_good(paper.draft, item, lot, site=paper.document.site)
    if why is not None:
        return "lot", why
    if nobody_weighed(paper.draft.ledger.weights, item, there, weight_kg):
        return FIELD, f"{item.sku} is weighed, and nobody has weighed these goods; send what they weigh."
    return None
