"""What may be sold: per SKU, site and channel what is promised to nobody and lives long enough for the channel.

The same rows and the same questions as in allocation, without an order: what is held, expired, damaged or nobody may
pick is not counted, and a deficit of one row takes nothing from another. Backorders are not taken off: where orders are
decided at once, nothing is free that somebody who waits could have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import Refusal
from lotstream.domain.draft import Draft
from lotstream.domain.events import Figure
from lotstream.domain.expiry import life_reason
from lotstream.domain.kit_lines import parts_of
from lotstream.domain.kits import whole_kits
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Channel, KitPart
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import candidate_for, current_shelf, derived_of

FigureName = tuple[str, str, str]
"""SKU, site and channel."""


def figures_changed(draft: Draft) -> Iterator[Figure]:
    """Yield each figure that is not what was told last, by SKU, site and channel.

    What the ledger knows to be told already is passed over; it never decides what comes out. Nothing is worked out
    before it is asked for: whoever takes the first figures pays for these.
    """
    ledger = draft.ledger
    channels = {channel.name: channel for channel in ledger.settings.channels}
    skus = may_differ(ledger)
    told = _told_of(ledger, skus)
    for sku in sorted(skus):
        parts = _parts(draft, sku)
        names = {(site, name) for site in _sites_of(ledger, sku) for name in channels} | told.get(sku, set())
        for site, places in groupby(sorted(names), key=itemgetter(0)):
            rows = {of: list(sellable(draft, of, site)) for of in (sku, *(part.sku for part in parts))}
            for _, name in places:
                quantity = _figure(draft, rows, parts, channels.get(name), name=(sku, site, name))
                if quantity != ledger.told.get((sku, site, name), 0):
                    yield Figure(sku, site, name, quantity)


def may_differ(ledger: Ledger) -> set[str]:
    """Return the SKUs of which a figure may be other than what was told last, kits of changed components included."""
    changed = ledger.may_be_untold()
    if changed is None:
        # Also what nothing is left of: its rows are gone from memory.
        changed = {*derived_of(ledger).sites_of, *(sku for sku, _, _ in ledger.told)}
    kits = (item for item in ledger.items.values() if item.kit)
    return changed | {kit.sku for kit in kits if not changed.isdisjoint(kit.kit)}


def _told_of(ledger: Ledger, skus: set[str]) -> dict[str, set[tuple[str, str]]]:
    """Return site and channel of what was told of SKUs whose rows may be gone, or their channel from the settings."""
    told: dict[str, set[tuple[str, str]]] = {}
    if ledger.untold.is_whole:
        for sku, site, channel in ledger.told:
            if sku in skus:
                told.setdefault(sku, set()).add((site, channel))
    return told


def _sites_of(ledger: Ledger, sku: str) -> set[str]:
    """Return the sites where a SKU, or something that it is made of, has rows."""
    item, sites_of = ledger.items.get(sku), derived_of(ledger).sites_of
    return set().union(*(sites_of.get(of, ()) for of in (sku, *(item.kit if item is not None else ()))))


def _parts(draft: Draft, sku: str) -> tuple[KitPart, ...]:
    """Return what a kit is made of; nothing for what is no kit, and for one that nobody can put together yet."""
    item = draft.item(sku)
    parts = () if item is None or not item.kit else parts_of(draft, item)
    return () if isinstance(parts, Refusal) else parts


def _figure(
    draft: Draft, rows: Mapping[str, Iterable[Candidate]], parts: tuple[KitPart, ...], channel: Channel | None, *,
    name: FigureName,
) -> int:  # fmt: skip
    """Return what a channel may sell of a site's rows; nothing where the channel is gone or another site's.

    Of a kit what stands assembled, and as many whole ones as its components make, which may be sold by themselves too.
    """
    sku, site, _ = name
    if channel is None or (channel.sites and site not in channel.sites):
        return 0
    today = draft.today(site)
    units = {
        of: sum(candidate.free() for candidate in some if _fits(draft.ledger, candidate, channel, today=today))
        for of, some in rows.items()
    }
    return units[sku] + (whole_kits(parts, units) if parts else 0)


def _fits(ledger: Ledger, candidate: Candidate, channel: Channel, *, today: int) -> bool:
    if candidate.key.returned and channel.exclude_returned:
        return False
    if not channel.min_days_left and not channel.min_pct_left:
        # What expires before today is not among the candidates.
        return True
    reason = life_reason(
        candidate.expires, candidate.made, ship=today, days=channel.min_days_left or 0, percent=channel.min_pct_left,
        expired_ok=ledger.settings.expired_ok,
    )  # fmt: skip
    return reason is None


def sellable(draft: Draft, sku: str, site: str) -> Iterator[Candidate]:
    """Yield the rows of a SKU at a site that have something free and that lines may use.

    A shelf that nobody has asked for is not made for this: it takes three times the memory of its rows.
    """
    ledger, today = draft.ledger, draft.today(site)
    shelf = current_shelf(ledger, sku, site, today=today)
    if shelf is not None:
        yield from (one for one in shelf.candidates.values() if one.reason is None and one.free() > 0)
        return
    judge = Shelf(ledger.settings, ledger.sites.stamp, today=today)
    for row in derived_of(ledger).rows.get((sku, site), {}).values():
        candidate = candidate_for(ledger, row)
        if candidate.free() > 0 and judge.reason_for(candidate) is None:
            yield candidate
