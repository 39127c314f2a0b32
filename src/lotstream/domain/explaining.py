"""Why this lot and not that one: every row of a SKU with what speaks against it, for people who ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Considered
from lotstream.domain.kit_lines import as_part
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, PackRule, Policy, Settings
from lotstream.domain.sums import backordered
from lotstream.domain.terms import Terms
from lotstream.domain.zones import outside


def explain(ledger: Ledger, order: Order, line: OrderLine, *, site: str, moment: Moment) -> tuple[Considered, ...]:
    """Return every row with goods that a line could look at now, in its order of use, with the first objection to it.

    A decision keeps only the first few rows and counts the others; this walks through all of them. ``taken`` is what
    the line has of a row already. What lies at other sites comes last, with its site in the location: an order is
    filled from one. Nothing while the line's item, or one that it is made of, is unknown.
    """
    draft = Draft(ledger, moment)
    if any(draft.item(sku) is None for sku in skus_of(line)):
        return ()
    if not line.parts:
        return _rows(draft, order, line, site=site)
    return tuple(
        [
            replace(record, sku=sku)
            for sku in skus_of(line)
            for record in _rows(draft, order, as_part(draft, line, sku), site=site)
        ]
    )


def _rows(draft: Draft, order: Order, line: OrderLine, *, site: str) -> tuple[Considered, ...]:
    terms = terms_of(draft, order, line, site=site)
    shelf = draft.shelf(line.sku, site)
    with_goods = [candidate for candidate in shelf.candidates.values() if candidate.row.on_hand > 0]
    settings = draft.ledger.settings
    here = [
        _considered(candidate, line, terms, settings)
        for candidate in sorted(with_goods, key=shelf.queue(terms.policy).key)
    ]
    return (*here, *_elsewhere(draft, line, site=site))


def _elsewhere(draft: Draft, line: OrderLine, *, site: str) -> Iterator[Considered]:
    """Yield rows with goods at other sites, by site, lot and location."""
    for other in sorted(draft.sites_of(line.sku) - {site}):
        candidates = draft.shelf(line.sku, other).candidates.values()
        with_goods = [candidate for candidate in candidates if candidate.row.on_hand > 0]
        for candidate in sorted(with_goods, key=lambda one: (one.key.lot or "", one.key.location, str(one.key))):
            record = candidate.not_used(NotUsed.OTHER_SITE, candidate.free())
            yield replace(record, location=f"{candidate.key.location} at {other}")


def _considered(candidate: Candidate, line: OrderLine, terms: Terms, settings: Settings) -> Considered:
    mine = sum(part.quantity for part in line.reservations if part.row == candidate.key)
    if mine:
        return candidate.used(mine, candidate.free())
    reason = candidate.reason or terms.refuse(candidate)
    reason = reason or (NotUsed.ZONE if outside(settings.zone_rules, candidate) else None)
    reason = reason or (NotUsed.RESERVED if candidate.free() <= 0 else None)
    reason = reason or (NotUsed.PACK_SIZE if _pack_stays_whole(candidate, line, terms, settings) else None)
    return candidate.used(0, candidate.free()) if reason is None else candidate.not_used(reason, candidate.free())


def _pack_stays_whole(candidate: Candidate, line: OrderLine, terms: Terms, settings: Settings) -> bool:
    """Tell whether not even one whole pack of a candidate can be given for what an open line wants still."""
    pack, wanted = candidate.key.pack_size, backordered(line)
    if pack is None or not wanted or settings.pack_rule is PackRule.PARTIAL_PACKS:
        return False
    goes_over = settings.pack_rule is PackRule.COVER or terms.policy is Policy.MIN_PACKAGES
    return candidate.free() < pack or (wanted < pack and not goes_over)
