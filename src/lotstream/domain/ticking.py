"""What the clock decides for an owner: what may be sold is gathered up and told, and orders held too long are noticed.

The holder of a partition appends `clock.ticked` for every owner whose time has come. When that is, is state: the first
thing that happens after all was told sets the time, so that whoever decides the log sets the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lotstream.domain.availability import figures_changed
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import ChangeSettings, Command, Moment, TickClock
from lotstream.domain.draft import Draft
from lotstream.domain.events import AvailabilityTold, ClockSet, Event, Figure
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OwnerClock, Settings
from lotstream.domain.noticing import first_notice, notice_after, notices_due

FIGURES_MAX: Final = 2_000
"""Figures told at once; a SKU's are never parted, and what is left is told next."""

Decided = tuple[Event, ...] | Refusal


def tick_clock(ledger: Ledger, _command: TickClock, moment: Moment) -> tuple[Event, ...]:
    """Decide clock.ticked: tell what may be sold where it is not what was told last, and of orders held too long.

    Nothing comes of it when nothing is due.
    """
    clock, now = ledger.clock, moment.recorded_at
    if clock.due_at is None:
        return ()
    told, rest = _first(figures_changed(Draft(ledger, moment)) if ledger.settings.channels or ledger.told else ())
    noticed, later = notices_due(ledger, now)
    after = OwnerClock(now if rest else later, clock.tick + 1, rest or is_watched(ledger.settings))
    figures = (AvailabilityTold(told),) if told else ()
    return *figures, *noticed, ClockSet(after, all_told=not rest and later is not None)


def is_watched(settings: Settings) -> bool:
    """Tell whether the clock may have something to do for an owner because of something that happens to it."""
    return bool(settings.channels) or settings.held_notice_hours is not None


def _first(changed: Iterable[Figure]) -> tuple[tuple[Figure, ...], bool]:
    """Return the first figures, with all of the last SKU among them, and whether there are more."""
    told: list[Figure] = []
    for figure in changed:
        if len(told) >= FIGURES_MAX and figure.sku != told[-1].sku:
            return tuple(told), True
        told.append(figure)
    return tuple(told), False


def set_clock(ledger: Ledger, command: Command, decided: tuple[Event, ...], moment: Moment) -> tuple[Event, ...]:
    """Return what was decided for an owner that the clock watches, and when to look at it if that is not set yet.

    Whatever happens to an owner whose stock is told counts: seeing whether a figure has changed costs more than a look
    a minute later. Of orders only those count that are held after it.
    """
    if not decided or isinstance(command, TickClock | ChangeSettings):
        return decided
    settings, now = ledger.settings, moment.recorded_at
    figures = _figures_at(settings, now) if settings.channels else None
    return *decided, *_looked_at(ledger.clock, _earliest((figures, notice_after(settings, decided, now))))


def clock_for(ledger: Ledger, settings: Settings, moment: Moment) -> tuple[ClockSet, ...]:
    """Return when an owner is looked at that has new settings; nothing where they change nothing about it."""
    now = moment.recorded_at
    tells = settings.channels or ledger.settings.channels
    times = (_figures_at(settings, now) if tells else None, first_notice(ledger, settings, now))
    clock = replace(ledger.clock, watched=ledger.clock.watched or is_watched(settings))
    return _looked_at(clock, _earliest(times)) or ((ClockSet(clock),) if clock != ledger.clock else ())


def _looked_at(clock: OwnerClock, at: datetime | None) -> tuple[ClockSet, ...]:
    """Return that an owner is looked at by a time; nothing where it is before."""
    if at is None or (clock.due_at is not None and clock.due_at <= at):
        return ()
    return (ClockSet(replace(clock, due_at=at)),)


def _figures_at(settings: Settings, now: datetime) -> datetime:
    return now + timedelta(seconds=settings.availability_every_s)


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((time for time in times if time is not None), default=None)
