"""Where goods lie: what a location and the areas around it say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lotstream.domain.ledger import Sites

#: Where picked goods stand when the message names no tote or door; neither it nor what is in it is ever picked from.
STAGING = "STAGING"
#: Where goods lie that are on the way to a site, each transfer in a place of its own; nobody takes them from there.
TRANSIT = "TRANSIT"
#: Where received goods lie when the message names no location.
DOCK = "DOCK"
#: Sequence of locations that have none: after all that have one.
LAST = 2**53


class Place(NamedTuple):
    """A location with all that is around it, as allocation needs it."""

    #: The location itself, then its parent, its parent's parent and so on.
    chain: tuple[str, ...]
    #: False when it or anything around it is on hold or not for picking.
    pickable: bool
    sequence: int
    tier: int
    #: It or anything around it is on hold.
    held: bool = False


def staging_place(sites: Sites, site: str, staged_at: str | None) -> str:
    """Return the location of goods that were picked to a tote or door.

    A place that is not defined is part of the site's staging, so that nobody is sent to pick from a tote.
    """
    if staged_at is None:
        return STAGING
    return staged_at if (site, staged_at) in sites.locations else f"{STAGING}/{staged_at}"


def is_staging(location: str) -> bool:
    """Tell whether a location is the site's staging place or in it."""
    return location.split("/", 1)[0] == STAGING


def transit_place(transfer: str) -> str:
    """Return the location, at the site they go to, of goods that are on the way under a transfer's number."""
    return f"{TRANSIT}/{transfer}"


def is_transit(location: str) -> bool:
    """Tell whether goods in a location are on the way to the site."""
    return location.startswith(f"{TRANSIT}/")


def transfer_on(location: str) -> str:
    """Return the number of the transfer whose goods are on the way in a location."""
    return location.removeprefix(f"{TRANSIT}/")


def place_of(sites: Sites, site: str, location: str) -> Place:
    """Return what a site's location says; one that was only named is pickable and last in sequence."""
    place = sites.places.get((site, location))
    if place is None:
        place = sites.places[site, location] = _work_out(sites, site, location)
    return place


def _work_out(sites: Sites, site: str, location: str) -> Place:
    chain: list[str] = []
    held = False
    pickable = not is_staging(location) and not is_transit(location)
    at: str | None = location
    while at is not None and at not in chain:
        chain.append(at)
        facts = sites.locations.get((site, at))
        if facts is not None and facts.is_shut:
            pickable, held = False, held or facts.is_held
        at = None if facts is None else facts.parent
    own = sites.locations.get((site, location))
    sequence = LAST if own is None or own.sequence is None else own.sequence
    return Place(tuple(chain), pickable, sequence, 0 if own is None else own.tier, held)
