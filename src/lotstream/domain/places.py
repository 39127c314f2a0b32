"""Where goods lie: what a location and the areas around it say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lotstream.domain.ledger import Sites

#: Where picked goods stand when the message names no tote or door; never picked from.
STAGING = "STAGING"
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


def place_of(sites: Sites, site: str, location: str) -> Place:
    """Return what a site's location says; one that was only named is pickable and last in sequence."""
    place = sites.places.get((site, location))
    if place is None:
        place = sites.places[site, location] = _work_out(sites, site, location)
    return place


def _work_out(sites: Sites, site: str, location: str) -> Place:
    chain: list[str] = []
    pickable = location != STAGING
    at: str | None = location
    while at is not None and at not in chain:
        chain.append(at)
        facts = sites.locations.get((site, at))
        if facts is not None and (facts.hold or not facts.pickable):
            pickable = False
        at = None if facts is None else facts.parent
    own = sites.locations.get((site, location))
    sequence = LAST if own is None or own.sequence is None else own.sequence
    return Place(tuple(chain), pickable, sequence, 0 if own is None else own.tier)
