"""Zones: parts of a site whose stock is used one after the other, each in a way of its own.

In a zone of the default kind stock is used as far as it goes; in one of bins to be emptied only what empties a bin; in
one of packaging only whole packs, the largest first. Within a zone the order of use holds. Stock in no zone stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.looking import Passed, Take
from lotstream.domain.model import Item, PackRule, ZoneRule, ZoneUse
from lotstream.domain.packs import Offer, go_over, offers_of, taken_of
from lotstream.domain.quantities import unit_factor


def outside(rules: Iterable[ZoneRule], candidate: Candidate) -> bool:
    """Tell whether a candidate lies in none of the zones, where there are any."""
    zones = [rule.zone for rule in rules]
    return bool(zones) and not any(zone in candidate.place.chain for zone in zones)


def take_by_zones(
    draft: Draft, candidates: Iterable[Candidate], item: Item, *, goal: int, rule: PackRule, passed: Passed
) -> list[Take]:
    """Take from zones in their order until a goal is reached; what no zone gives is passed over."""
    offers = offers_of(draft, candidates, rule=rule, passed=passed)
    # The order of zones is the order of use here.
    in_order: dict[Offer, None] = {}
    plain: dict[Offer, None] = {}
    passed_over = {offer for offer in offers if outside(draft.ledger.settings.zone_rules, offer.candidate)}
    short = goal
    for zone in draft.ledger.settings.zone_rules:
        inside = [offer for offer in offers if zone.zone in offer.candidate.place.chain]
        if zone.rule is ZoneUse.DEFAULT:
            plain.update(dict.fromkeys(inside))
        short -= _USES[zone.rule](draft, inside, short, pack_sizes(item, zone))
        in_order.update(dict.fromkeys(inside))
        if short == 0:
            break
        passed_over.update(inside)
    if short and rule is PackRule.COVER:
        go_over(list(plain), short)
    for offer in offers:
        if offer.taken == 0 and offer in passed_over:
            passed.note(offer.candidate, NotUsed.ZONE)
    return taken_of(in_order)


def pack_sizes(item: Item, zone: ZoneRule) -> list[int]:
    """Return the packs of an item that count in a zone, in smallest units, the largest first.

    A zone names units of the item, or base units; what an item does not have is no pack of it. A zone that names none
    means all units.
    """
    sizes = [_pack_size(item, pack) for pack in zone.packs or item.units]
    return sorted({size for size in sizes if size > 0}, reverse=True)


def _pack_size(item: Item, pack: str) -> int:
    factor = unit_factor(item, pack)
    if factor is not None:
        return factor
    try:
        size = Decimal(pack).scaleb(item.decimals)
    except InvalidOperation:
        return 0
    return int(size) if size.is_finite() and size == size.to_integral_value() else 0


def _default(_draft: Draft, offers: list[Offer], goal: int, _packs: list[int]) -> int:
    return _take(offers, goal)


def _take(offers: Iterable[Offer], goal: int) -> int:
    short = goal
    for offer in offers:
        short -= offer.take(short)
    return goal - short


def _empty_bin(draft: Draft, offers: list[Offer], goal: int, _packs: list[int]) -> int:
    """Take bins that are empty afterwards; one in which anything else stays is passed over."""
    taken = 0
    for inside in _by_bin(offers):
        units = sum([offer.left for offer in inside])
        if 0 < units <= goal - taken and not _anything_stays(draft, inside):
            taken += _take(inside, units)
    return taken


def _anything_stays(draft: Draft, inside: list[Offer]) -> bool:
    """Tell whether a bin has goods beside what may be taken of offers; what is promised leaves it too."""
    mine = {offer.candidate.key: offer.free for offer in inside}
    key = inside[0].candidate.key
    return any(draft.free(draft.candidate(row)) > mine.get(row, 0) for row in draft.rows_in(key.site, key.location))


def _packaging(_draft: Draft, offers: list[Offer], goal: int, packs: list[int]) -> int:
    """Take whole packs, the largest first, as many as a bin has of each."""
    taken = 0
    for size in packs:
        for inside in _by_bin(offers):
            units = min(sum([offer.left for offer in inside]), goal - taken)
            units -= units % size
            before = [offer.taken for offer in inside]
            if _take(inside, units) == units:
                taken += units
                continue
            # Packs of the stock itself stand in the way of packs of this size.
            for offer, had in zip(inside, before, strict=True):
                offer.taken = had
    return taken


def _by_bin(offers: Iterable[Offer]) -> list[list[Offer]]:
    """Return offers by bin; bins and what is in them stay in the order of use."""
    bins: dict[str, list[Offer]] = {}
    for offer in offers:
        bins.setdefault(offer.candidate.key.location, []).append(offer)
    return list(bins.values())


_USES: dict[ZoneUse, Callable[[Draft, list[Offer], int, list[int]], int]] = {
    ZoneUse.DEFAULT: _default,
    ZoneUse.EMPTY_BIN: _empty_bin,
    ZoneUse.PACKAGING: _packaging,
}
