"""What is counted as lost of lots that have expired, and what of it was no loss because they had not.

A loss is counted when a lot's last day is over, and kept with the lot, so that exactly what was counted can be taken
back: where its expiry is put right, where a part of it lives longer, where it never came. What was written off as
expired in the meantime stays lost, whatever its last day is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Final

from lotstream.domain.costing import STEP, cost_of
from lotstream.domain.events import LossCorrected
from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import AdjustCode, Item, Lost, Lot, LotName

AGED: Final = frozenset({AdjustCode.EXPIRED, AdjustCode.SPOILED})
"""Codes of adjustments that write goods off because of their age."""

_ZERO: Final = Decimal(0)
_EXACT: Final = Context(prec=120)


def counted(item: Item | None, lot: Lot | None, site: str, quantity: int) -> Lost:
    """Return what smallest units of a lot are counted as when they are lost: base units, at what the lot has cost."""
    units = Decimal(quantity).scaleb(-item.decimals if item else 0, _EXACT)
    return Lost(site, quantity, units, cost_of(lot, quantity) or _ZERO)


def with_lost(lot: Lot, *more: Lost) -> Lot:
    """Return a lot with more that was lost of it; what comes to nothing at a site is left out."""
    if not more:
        return lot
    together = _by_site((*lost_of(lot), *more))
    return with_more(lot, lost=tuple(together[site] for site in sorted(together) if together[site].quantity > 0))


def lost_of(lot: Lot | None) -> tuple[Lost, ...]:
    """Return what was counted as lost of a lot, by site."""
    return () if lot is None or lot.more is None else lot.more.lost


def part_lost(lot: Lot, site: str, quantity: int) -> tuple[Lost, ...]:
    """Return what so many smallest units are of what was lost of a lot at a site; nothing where nothing was."""
    for lost in lost_of(lot):
        if lost.site == site:
            return (_share(lost, min(quantity, lost.quantity)),)
    return ()


def without(lot: Lot, parts: Iterable[Lost]) -> Lot:
    """Return a lot of which so much was not lost after all."""
    return with_lost(lot, *(Lost(one.site, -one.quantity, -one.units, -one.value) for one in parts))


def written_off(lot: Lot, site: str, quantity: int) -> Lot:
    """Return a lot of which smallest units that are known to have expired stay lost: at their site, then elsewhere."""
    sites = sorted((one.site for one in lost_of(lot)), key=lambda other: (other != site, other))
    for where in sites:
        parts = part_lost(lot, where, quantity)
        lot = without(lot, parts)
        quantity -= sum(one.quantity for one in parts)
    return lot


def valued_anew(lot: Lot) -> Lot:
    """Return a lot of which what is lost is worth what the lot has cost, as that is known now."""
    lost = tuple(one._replace(value=cost_of(lot, one.quantity) or _ZERO) for one in lost_of(lot))
    return with_more(lot, lost=lost) if lost != lost_of(lot) else lot


def lost_in(lot: Lot, times: Callable[[int], int]) -> tuple[Lost, ...]:
    """Return what was lost of a lot whose item is counted in another unit now; as it was counted it stays."""
    return tuple(one._replace(quantity=times(one.quantity)) for one in lost_of(lot))


def came_otherwise(item: Item | None, lot: Lot, site: str, more: int) -> Lot:
    """Return a lot of which more, or less, came in at a site than was told: it expired there with the rest, or not."""
    if more < 0:
        return without(lot, part_lost(lot, site, -more))
    if more and part_lost(lot, site, 0):
        return with_lost(lot, counted(item, lot, site, more))
    return lot


def losses_corrected(before: Iterable[Lot | None], after: Sequence[Lot]) -> Iterator[LossCorrected]:
    """Yield by how much more or less is lost of lots than before, site by site; it is told of the first of them."""
    was, now = _together(before), _together(after)
    for site in sorted({*was, *now}):
        one, other = now.get(site, Lost(site, 0, _ZERO, _ZERO)), was.get(site, Lost(site, 0, _ZERO, _ZERO))
        units, value = _EXACT.subtract(one.units, other.units), _EXACT.subtract(one.value, other.value)
        if units or value:
            yield LossCorrected(site, LotName(after[0].sku, after[0].lot), units, value)


def _together(lots: Iterable[Lot | None]) -> dict[str, Lost]:
    return _by_site(one for lot in lots for one in lost_of(lot))


def _by_site(losses: Iterable[Lost]) -> dict[str, Lost]:
    found: dict[str, Lost] = {}
    for one in losses:
        found[one.site] = _plus(found[one.site], one) if one.site in found else one
    return found


def _share(lost: Lost, quantity: int) -> Lost:
    if quantity == lost.quantity:
        return lost
    units = _EXACT.divide(_EXACT.multiply(lost.units, quantity), lost.quantity).normalize(_EXACT)
    value = _EXACT.divide(_EXACT.multiply(lost.value, quantity), lost.quantity).quantize(STEP, context=_EXACT)
    return Lost(lost.site, quantity, units, value)


def _plus(one: Lost, other: Lost) -> Lost:
    units, value = _EXACT.add(one.units, other.units), _EXACT.add(one.value, other.value)
    return Lost(one.site, one.quantity + other.quantity, units, value)
