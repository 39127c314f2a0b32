"""Orders that are held for too long: after so many hours their sender is told, once for as long as it is held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from lotstream.domain.events import Event, HeldNoticed, OrderChanged, OrderRecorded
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, Settings
from lotstream.domain.shelves import derived_of

NOTICES_MAX: Final = 1_000
"""Orders told of at once; the rest is told next."""


def note_held(order: Order, known: Order | None, now: datetime) -> None:
    """Note since when an order is held, changing it; held for the same reason as before, it goes on being held."""
    if order.held is None:
        order.held_since, order.held_told = None, False
    elif known is not None and known.held == order.held:
        order.held_since, order.held_told = known.held_since, known.held_told
    else:
        order.held_since, order.held_told = now, False


def notice_at(settings: Settings, order: Order, now: datetime) -> datetime | None:
    """Return when the sender of an order is told that it is still held; None when he is not to be told.

    Who sends an order to try the way knows that it is held. An order that was held before this was kept counts from
    when it was placed.
    """
    hours = settings.held_notice_hours
    if hours is None or order.held is None or order.held_told or order.test:
        return None
    return min(order.held_since or order.placed_at, now) + timedelta(hours=hours)


def first_notice(ledger: Ledger, settings: Settings, now: datetime) -> datetime | None:
    """Return when the first sender of a held order is to be told; None when nobody is."""
    if settings.held_notice_hours is None:
        return None
    times = (notice_at(settings, order, now) for order in _held(ledger))
    return min((at for at in times if at is not None), default=None)


def notices_due(ledger: Ledger, now: datetime) -> tuple[tuple[HeldNoticed, ...], datetime | None]:
    """Return whose senders are told now, the longest held first, and when the next is to be."""
    settings, hours = ledger.settings, ledger.settings.held_notice_hours
    if hours is None:
        return (), None
    held = [(notice_at(settings, order, now), order) for order in _held(ledger)]
    times = [(at, order.key, order.held or "") for at, order in held if at is not None]
    due = sorted(time for time in times if time[0] <= now)
    later = min([at for at, _, _ in times if at > now], default=None)
    told = tuple(HeldNoticed(key, hours, code) for _, key, code in due[:NOTICES_MAX])
    return told, later if len(due) <= NOTICES_MAX else now


def notice_after(settings: Settings, events: Iterable[Event], now: datetime) -> datetime | None:
    """Return when the first of the orders that are held after some events is to be told of; None when none is."""
    if settings.held_notice_hours is None:
        return None
    orders = (event.order for event in events if isinstance(event, OrderRecorded | OrderChanged))
    times = (notice_at(settings, order, now) for order in orders)
    return min((at for at in times if at is not None), default=None)


def _held(ledger: Ledger) -> Iterable[Order]:
    return (ledger.orders[key] for key in derived_of(ledger).waiting.held())
