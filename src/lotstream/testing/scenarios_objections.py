"""Everything that speaks against a lot: a scenario may name any of it, a decision needs one reason only."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.kit_lines import as_part
from lotstream.domain.kits import skus_of
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.terms import Terms
from lotstream.domain.usable import BY_HOLD

#: What a line may ask of a lot, and the value that asks for nothing.
_ASKED = {
    "lot": None, "expires": None, "pack_size": None, "source": None, "last_shipped": None, "returned_ok": True,
    "days": 0, "percent": None, "expired_ok": True,
}  # fmt: skip


def objections(draft: Draft, order: Order, *, site: str) -> Iterator[tuple[str, str, str | None, NotUsed]]:
    """Yield line, SKU, lot and reason of all that speaks against stock for the lines of an order at a site."""
    for line in order.lines:
        skus = skus_of(line)
        if any(draft.item(sku) is None for sku in skus):
            continue
        for part in [as_part(draft, line, sku) for sku in skus] if line.parts else [line]:
            for candidate, reason in _against(draft, order, part, site=site):
                yield line.line, candidate.key.sku, candidate.key.lot, reason


def _against(draft: Draft, order: Order, line: OrderLine, *, site: str) -> Iterator[tuple[Candidate, NotUsed]]:
    terms = [*_one_by_one(terms_of(draft, order, line, site=site))]
    shut = frozenset(draft.ledger.settings.exclude_locations)
    mine = {part.row for part in line.reservations}
    for candidate in draft.shelf(line.sku, site).candidates.values():
        if candidate.row.on_hand <= 0 or candidate.key in mine:
            continue
        found = {BY_HOLD[hold.kind] for hold in (candidate.lot.holds if candidate.lot is not None else ())}
        if not candidate.place.pickable or not shut.isdisjoint(candidate.place.chain):
            found.add(NotUsed.LOCATION_NOT_PICKABLE)
        found |= {reason for one in terms if (reason := one.refuse(candidate)) is not None}
        yield from ((candidate, reason) for reason in sorted(found))


def _one_by_one(terms: Terms) -> Iterator[Terms]:
    """Yield terms that ask for one thing each, of those that these ask for."""
    for asked in _ASKED:
        alone = copy(terms)
        for name, nothing in _ASKED.items():
            if name != asked:
                setattr(alone, name, nothing)
        yield alone
