"""What may lie where: storage and hazard classes, and what must not lie together.

One question for hints, moves, receipts and goods that are put away. Classes of a place are said by itself or by the
nearest area around it that says any; a place that nobody says anything of takes everything. Goods of other owners are
not known here: owners who share a bin agree on that themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Location, Mixing, RowKey
from lotstream.domain.places import DOCK, is_staging, place_of
from lotstream.domain.shelves import derived_of

#: Returns the rows with goods in a place of a site.
Beside = Callable[[str, str], Iterable[RowKey]]


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """What a place takes, by itself or by the areas around it; nothing said means anything."""

    storage: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    mixing: Mixing = Mixing.ANY


def has_rules(ledger: Ledger) -> bool:
    """Tell whether anything at all is said about what may lie where, since most owners say nothing."""
    derived, sites = derived_of(ledger), ledger.sites
    if derived.item_rules is None:
        derived.item_rules = any(item_has_rules(item) for item in ledger.items.values())
    if sites.place_rules is None:
        sites.place_rules = any(_says_any(place) for place in sites.locations.values())
    return derived.item_rules or sites.place_rules


def note_rules(ledger: Ledger, before: Item | None, after: Item) -> None:
    """Take note of an item that is defined, or defined anew."""
    derived = derived_of(ledger)
    if item_has_rules(after):
        derived.item_rules = True
    elif before is not None and item_has_rules(before):
        derived.item_rules = None


def item_has_rules(item: Item) -> bool:
    """Tell whether an item says anything about where it may lie."""
    return item.storage is not None or item.hazard is not None or item.mixing is not Mixing.ANY


def rules_of(sites: Sites, site: str, location: str) -> PlaceRules:
    """Return what a place takes."""
    chain = [sites.locations.get((site, at)) for at in place_of(sites, site, location).chain]
    around = [place for place in chain if place is not None]
    return PlaceRules(
        next((place.storage for place in around if place.storage), ()),
        next((place.hazards for place in around if place.hazards), ()),
        next((place.mixing for place in around if place.mixing is not Mixing.ANY), Mixing.ANY),
    )


def why_not_there(ledger: Ledger, row: RowKey, beside: Beside) -> str | None:
    """Return why goods must not be brought to a row's place, as a sentence; None when they may.

    ``beside`` returns the rows with goods in a place after what was decided so far. Staging places take everything:
    what stands there is on its way. Nothing is brought here that is on the way between sites (see `on_the_way`).
    """
    if is_staging(row.location) or not has_rules(ledger):
        return None
    item, rules = ledger.items[row.sku], rules_of(ledger.sites, row.site, row.location)
    wrong = _wrong_class(item, rules, row.location)
    if wrong is not None:
        return wrong
    others = sorted({(key.sku, key.lot) for key in beside(row.site, row.location)} - {(row.sku, row.lot)}, key=str)
    return _wrong_neighbour(ledger, item, others, row.location) or _mixed(ledger, item, rules, row, others)


def _says_any(place: Location) -> bool:
    return bool(place.storage or place.hazards or place.mixing is not Mixing.ANY)


def _wrong_class(item: Item, rules: PlaceRules, location: str) -> str | None:
    if rules.storage and item.storage not in rules.storage:
        mine = f"is {item.storage}" if item.storage is not None else "has no storage class"
        return f"{location} takes what is {' or '.join(rules.storage)}, and {item.sku} {mine}; take it elsewhere."
    if item.hazard is not None and rules.hazards and item.hazard not in rules.hazards:
        return f"{location} takes no {item.hazard} goods as {item.sku} is, only {', '.join(rules.hazards)}."
    return None


def _wrong_neighbour(ledger: Ledger, item: Item, others: Iterable[tuple[str, str | None]], location: str) -> str | None:
    """Return which goods in a place are of a hazard class that must not lie beside an item's."""
    if item.hazard is None:
        return None
    conflicts = {frozenset(pair) for pair in ledger.settings.hazard_conflicts}
    for sku in dict.fromkeys(sku for sku, _ in others):
        other = ledger.items[sku]
        if other.hazard is not None and frozenset((item.hazard, other.hazard)) in conflicts:
            return f"{item.sku} ({item.hazard}) must not lie beside {sku} ({other.hazard}) in {location}."
    return None


def _mixed(
    ledger: Ledger, item: Item, rules: PlaceRules, row: RowKey, others: Iterable[tuple[str, str | None]]
) -> str | None:
    """Return which goods in a place must have it for themselves, or would not be alone with an item's.

    What items say is not asked of goods that wait at the dock, where everything lies together.
    """
    for sku, lot in others:
        asked = [rules.mixing]
        if row.location != DOCK:
            asked += [item.mixing, ledger.items[sku].mixing]
        if sku != row.sku and any(mixing is not Mixing.ANY for mixing in asked):
            return f"{row.location} has {sku} already, and goods must not be mixed there; take another place."
        if sku == row.sku and Mixing.ONE_LOT in asked:
            what = "goods without a lot" if lot is None else f"lot {lot}"
            return f"{row.location} has {what} of {sku} already, and lots must not be mixed there; take another place."
    return None
