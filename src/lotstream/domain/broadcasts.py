"""What every partition is told: sites, locations and the turn of the day.

Each has a business key (site and version, location and version, site and date): a repeat, or an older one, changes
nothing, so that a broadcast may be appended twice.
"""

from __future__ import annotations

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Command, DefineLocation, DefineSite, Moment, OpenDay
from lotstream.domain.events import DayOpened, Event, LocationDefined, SiteDefined
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Location, Site

#: Events that `apply_broadcast` applies; all others are one owner's.
BROADCAST_EVENTS = (SiteDefined, LocationDefined, DayOpened)


def decide_broadcast(sites: Sites, command: Command, moment: Moment) -> tuple[Event, ...] | Refusal:  # noqa: ARG001
    """Return the events that follow from a broadcast; raises `TypeError` for a command that is none.

    ``moment`` is there so that it is called as `decide` is; nothing about sites hangs on it yet.
    """
    if isinstance(command, DefineSite):
        return _define_site(sites, command.site)
    if isinstance(command, DefineLocation):
        return _define_location(sites, command.location)
    if isinstance(command, OpenDay):
        return _open_day(sites, command)
    raise TypeError(f"{type(command).__name__} concerns one owner; decide decides it")


def _define_site(sites: Sites, site: Site) -> tuple[Event, ...]:
    known = sites.sites.get(site.id)
    return () if known is not None and known.version >= site.version else (SiteDefined(site),)


def _define_location(sites: Sites, location: Location) -> tuple[Event, ...] | Refusal:
    if location.site not in sites.sites:
        return _unknown_site("location.site", location.site)
    known = sites.locations.get((location.site, location.id))
    if known is not None and known.version >= location.version:
        return ()
    if _inside_itself(sites, location):
        message = f"{location.id} would lie inside itself; name another parent."
        return Refusal(Code.FIELD_INVALID, "location.parent", message)
    return (LocationDefined(location),)


def _inside_itself(sites: Sites, location: Location) -> bool:
    at = location.parent
    while at is not None:
        if at == location.id:
            return True
        around = sites.locations.get((location.site, at))
        at = None if around is None else around.parent
    return False


def _open_day(sites: Sites, command: OpenDay) -> tuple[Event, ...] | Refusal:
    if command.site not in sites.sites:
        return _unknown_site("site", command.site)
    today = sites.today.get(command.site)
    return () if today is not None and today >= command.date else (DayOpened(command.site, command.date),)


def _unknown_site(field: str, site: str) -> Refusal:
    return Refusal(Code.FIELD_INVALID, field, f"Site {site} is not defined; define it first.")


def apply_broadcast(sites: Sites, event: Event) -> None:
    """Change what a partition knows of sites; raises `TypeError` for an event of one owner."""
    if isinstance(event, SiteDefined):
        sites.sites[event.site.id] = event.site
    elif isinstance(event, LocationDefined):
        sites.locations[event.location.site, event.location.id] = event.location
        sites.places.clear()
        sites.stamp = object()
    elif isinstance(event, DayOpened):
        sites.today[event.site] = event.date
    else:
        raise TypeError(f"{type(event).__name__} concerns one owner; apply applies it")
