"""What the clock decides for an owner: what may be sold is gathered up and told.

The holder of a partition appends `clock.ticked` for every owner whose time has come. When that is, is state: the first
thing that happens after all was told sets the time, so that whoever decides the log sets the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lotstream.domain.availability import figures_changed
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Command, Moment, TickClock
from lotstream.domain.draft import Draft
from lotstream.domain.events import AvailabilityTold, ClockSet, Event, Figure
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OwnerClock, Settings

FIGURES_MAX: Final = 2_000
"""Figures told at once; a SKU's are never parted, and what is left is told next."""

Decided = tuple[Event, ...] | Refusal


def tick_clock(ledger: Ledger, _command: TickClock, moment: Moment) -> tuple[Event, ...]:
    """Decide clock.ticked: tell what may be sold where it is not what was told last; nothing when nothing is due."""
    clock = ledger.clock
    if clock.due_at is None:
        return ()
    told, rest = _first(figures_changed(Draft(ledger, moment)))
    after = OwnerClock(moment.recorded_at if rest else None, clock.tick + 1, rest or bool(ledger.settings.channels))
    return (*((AvailabilityTold(told),) if told else ()), ClockSet(after))


def _first(changed: Iterable[Figure]) -> tuple[tuple[Figure, ...], bool]:
    """Return the first figures, with all of the last SKU among them, and whether there are more."""
    told: list[Figure] = []
    for figure in changed:
        if len(told) >= FIGURES_MAX and figure.sku != told[-1].sku:
            return tuple(told), True
        told.append(figure)
    return tuple(told), False


def set_clock(ledger: Ledger, command: Command, decided: Decided, moment: Moment) -> Decided:
    """Return what was decided for an owner whose stock is told, and when to tell it if that is not set yet.

    Whatever happens to such an owner counts: seeing whether a figure has changed costs more than a look a minute later.
    """
    if isinstance(decided, Refusal) or not decided or isinstance(command, TickClock):
        return decided
    if ledger.clock.due_at is not None:
        return decided
    return *decided, due(ledger, ledger.settings, moment)


def due(ledger: Ledger, settings: Settings, moment: Moment) -> ClockSet:
    """Return that an owner is looked at as soon as its settings have changes told."""
    at = moment.recorded_at + timedelta(seconds=settings.availability_every_s)
    return ClockSet(replace(ledger.clock, due_at=at, watched=True))
