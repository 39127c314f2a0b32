"""What decisions count is piled up by owner and day, and added to what was counted before when they are committed."""

from __future__ import annotations

from datetime import date, datetime

from lotstream.domain.events import Event
from lotstream.domain.kpis import Figures, figures_of
from lotstream.domain.ledger import Ledger

Counted = dict[tuple[str, date], Figures]
"""Sums by owner and day."""


def count(counted: Counted, ledger: Ledger, event: Event, recorded_at: datetime) -> None:
    """Add what an event counts that was just applied, to the day that it is at its site.

    Where no day was opened yet it is the day of the record.
    """
    figures = figures_of(ledger, event)
    if figures is None or figures == Figures():
        return
    day = ledger.sites.today.get(getattr(event, "site", ""), recorded_at.date())
    before = counted.setdefault((ledger.owner, day), Figures())
    before.add(figures)
