"""What every partition is told: sites, locations, holds on a bin, and the turn of the day.

Each has a business key (site and version, location and version, hold id, site and date): a repeat, or an older one,
changes nothing, so that a broadcast may be appended twice. A broadcast changes what the partition knows and no owner:
where promises may have to move because of it, its number is noted, and every owner that is behind has a part to decide.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import (
    Command,
    DefineLocation,
    DefineSite,
    LiftBinHold,
    Moment,
    OpenDay,
    PlaceBinHold,
)
from lotstream.domain.events import DayOpened, Event, LocationDefined, SiteDefined
from lotstream.domain.holds import again, also_lifted, lifted_before, placed_at, unnamed
from lotstream.domain.ledger import Sites
from lotstream.domain.model import BY_LOT, Calendar, Location, Site

#: Events that `apply_broadcast` applies; all others are one owner's.
BROADCAST_EVENTS = (SiteDefined, LocationDefined, DayOpened)
#: How far today may be ahead of a record's own date: east of Greenwich it is tomorrow already.
AHEAD_MAX = timedelta(days=1)


def decide_broadcast(sites: Sites, command: Command, moment: Moment, *, number: int) -> tuple[Event, ...] | Refusal:
    """Return the events that follow from a broadcast with a number, or why it is refused.

    Raises `TypeError` for a command that is none.
    """
    try:
        return _decided(sites, command, moment, number)
    except Refused as refused:
        return refused.refusal


def _decided(sites: Sites, command: Command, moment: Moment, number: int) -> tuple[Event, ...]:
    if isinstance(command, DefineSite):
        return _define_site(sites, command.site)
    if isinstance(command, DefineLocation):
        return _define_location(sites, command.location, number)
    if isinstance(command, OpenDay):
        return _open_day(sites, command, moment, number)
    if isinstance(command, PlaceBinHold):
        return _place_hold(sites, command, moment, number)
    if isinstance(command, LiftBinHold):
        return _lift_hold(sites, command, moment, number)
    raise TypeError(f"{type(command).__name__} concerns one owner; decide decides it")


def _define_site(sites: Sites, site: Site) -> tuple[Event, ...]:
    known = sites.sites.get(site.id)
    if known is not None and known.version >= site.version:
        return ()
    if site.reserve == BY_LOT or (known is not None and known.lot_tasks):
        # What was told by lot stays so until it is done, whatever the site says from now on.
        site = replace(site, lot_tasks=True)
    return (SiteDefined(site),)


def _define_location(sites: Sites, location: Location, number: int) -> tuple[Event, ...]:
    if location.site not in sites.sites:
        raise _unknown_site("location.site", location.site)
    known = sites.locations.get((location.site, location.id))
    if known is not None and known.version >= location.version:
        return ()
    if _inside_itself(sites, location):
        message = f"{location.id} would lie inside itself; name another parent."
        raise Refused(Code.FIELD_INVALID, "location.parent", message)
    # Holds that were placed one by one are lifted one by one.
    holds, lifted = ((), ()) if known is None else (known.holds, known.lifted)
    return _changed(sites, replace(location, holds=holds, lifted=lifted), number)


def _changed(
    sites: Sites, location: Location, number: int, *, by: str | None = None, at: datetime | None = None
) -> tuple[Event, ...]:
    """Return the event that a location is so from now on, with a number if promises may have to move because of it."""
    before = sites.locations.get((location.site, location.id)) or Location(location.site, location.id)
    moves = (before.is_shut, before.parent) != (location.is_shut, location.parent)
    return (LocationDefined(location, number if moves else 0, by, at),)


def _inside_itself(sites: Sites, location: Location) -> bool:
    at = location.parent
    while at is not None:
        if at == location.id:
            return True
        around = sites.locations.get((location.site, at))
        at = None if around is None else around.parent
    return False


def _open_day(sites: Sites, command: OpenDay, moment: Moment, number: int) -> tuple[Event, ...]:
    site = sites.sites.get(command.site)
    if site is None:
        raise _unknown_site("site", command.site)
    today = sites.today.get(command.site)
    if today is not None and today >= command.date:
        return ()
    latest = moment.recorded_at.astimezone(UTC).date() + AHEAD_MAX
    if site.calendar is Calendar.CLOCK and command.date > latest:
        message = f"{command.date} is after {latest}, the last day that can have begun anywhere; wait for it."
        raise Refused(Code.FIELD_INVALID, "date", message)
    return (DayOpened(command.site, command.date, number),)


def _place_hold(sites: Sites, command: PlaceBinHold, moment: Moment, number: int) -> tuple[Event, ...]:
    if command.site not in sites.sites:
        raise _unknown_site("site", command.site)
    # A location that was only named exists; version 0 leaves room for its first definition.
    bin_ = sites.locations.get((command.site, command.location)) or Location(command.site, command.location, version=0)
    same = [hold.kind is command.hold.kind for hold in bin_.holds if hold.id == command.hold.id]
    if same:
        return again(command.hold.id, same=same[0])
    hold = placed_at(command.hold, moment)
    return _changed(sites, replace(bin_, holds=(*bin_.holds, hold)), number, by=hold.by, at=hold.at)


def _lift_hold(sites: Sites, command: LiftBinHold, moment: Moment, number: int) -> tuple[Event, ...]:
    if command.site not in sites.sites:
        raise _unknown_site("site", command.site)
    bin_ = sites.locations.get((command.site, command.location))
    if bin_ is None:
        message = f"{command.location} of {command.site} is not known; check its name."
        raise Refused(Code.UNKNOWN_LOCATION, "location", message)
    left = tuple(hold for hold in bin_.holds if command.hold not in (None, hold.id))
    free = replace(bin_, holds=left, hold=bin_.hold and command.hold is not None)
    if free == bin_:
        return lifted_before(command.hold, bin_.lifted, f"{bin_.id} of {bin_.site}")
    ended = tuple(hold.id for hold in bin_.holds if hold not in left)
    free = replace(free, lifted=also_lifted(bin_.lifted, ended))
    stop_if(unnamed([hold for hold in bin_.holds if hold not in left], command.by))
    return _changed(sites, free, number, by=command.by, at=command.occurred_at or moment.recorded_at)


def _unknown_site(field: str, site: str) -> Refused:
    return Refused(Code.FIELD_INVALID, field, f"Site {site} is not defined; define it first.")


def apply_broadcast(sites: Sites, event: Event) -> None:
    """Change what a partition knows of sites; raises `TypeError` for an event of one owner."""
    if isinstance(event, SiteDefined):
        sites.sites[event.site.id] = event.site
        sites.note_sites()
    elif isinstance(event, LocationDefined):
        sites.locations[event.location.site, event.location.id] = event.location
        sites.places.clear()
        sites.bins.clear()
        sites.place_rules = None
        sites.stamp = object()
        if event.number:
            sites.note_turn(event.location.site, event.number)
    elif isinstance(event, DayOpened):
        sites.today[event.site] = event.date
        if event.number:
            sites.note_turn(event.site, event.number)
    else:
        raise TypeError(f"{type(event).__name__} concerns one owner; apply applies it")
