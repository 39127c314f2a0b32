"""What may be sold: per SKU, site and channel what is promised to nobody and lives long enough for the channel.

The same rows and the same questions as in allocation, without an order: what is held, expired, damaged or nobody may
pick is not counted, and a deficit of one row takes nothing from another. Backorders are not taken off: where orders are
decided at once, nothing is free that somebody who waits could have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotstream.domain.candidate import Candidate
from lotstream.domain.draft import Draft
from lotstream.domain.events import Figure
from lotstream.domain.expiry import life_reason
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Channel
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import candidate_for, current_shelf, derived_of

FigureName = tuple[str, str, str]
"""SKU, site and channel."""


def figures_changed(draft: Draft) -> Iterator[Figure]:
    """Yield each figure that is not what was told last, by SKU, site and channel.

    What the ledger knows to be told already is passed over; it never decides what comes out.
    """
    ledger = draft.ledger
    skus = ledger.may_be_untold()
    names = _names(ledger, derived_of(ledger).sites_of if skus is None else skus)
    if skus is None:
        # Also what nothing is left of: its rows are gone from memory, or its channel from the settings.
        names |= ledger.told.keys()
    channels = {channel.name: channel for channel in ledger.settings.channels}
    free: dict[tuple[str, str], list[Candidate]] = {}
    for name in sorted(names):
        sku, site, channel = name
        if (sku, site) not in free:
            free = {(sku, site): list(_sellable(draft, sku, site))}
        quantity = _figure(draft, free[sku, site], channels.get(channel), site=site)
        if quantity != ledger.told.get(name, 0):
            yield Figure(sku, site, channel, quantity)


def _names(ledger: Ledger, skus: Iterable[str]) -> set[FigureName]:
    sites_of = derived_of(ledger).sites_of
    names = [channel.name for channel in ledger.settings.channels]
    return {(sku, site, channel) for sku in skus for site in sites_of.get(sku, ()) for channel in names}


def _figure(draft: Draft, candidates: Iterable[Candidate], channel: Channel | None, *, site: str) -> int:
    """Return what a channel may sell of a site's rows; nothing where the channel is gone or another site's."""
    if channel is None or (channel.sites and site not in channel.sites):
        return 0
    today = draft.today(site)
    return sum(candidate.free() for candidate in candidates if _fits(draft.ledger, candidate, channel, today=today))


def _fits(ledger: Ledger, candidate: Candidate, channel: Channel, *, today: int) -> bool:
    if candidate.key.returned and channel.exclude_returned:
        return False
    reason = life_reason(
        candidate.expires, candidate.made, ship=today, days=channel.min_days_left or 0, percent=channel.min_pct_left,
        expired_ok=ledger.settings.expired_ok,
    )  # fmt: skip
    return reason is None


def _sellable(draft: Draft, sku: str, site: str) -> Iterator[Candidate]:
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
