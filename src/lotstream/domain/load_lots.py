"""Lots that a shipment may add to a line which comes from one lot, or from a few."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.candidate import Candidate
from lotstream.domain.draft import Draft
from lotstream.domain.kit_lines import as_part
from lotstream.domain.loaded import Loading
from lotstream.domain.looking import Passed, Take, usable
from lotstream.domain.lots import few_lots, lots_gone, one_lot
from lotstream.domain.model import Order, OrderLine, Reservation
from lotstream.domain.reservations import line_called
from lotstream.domain.terms import Terms, lots_max


def may_join(loading: Loading, line: OrderLine, lot: str | None) -> bool:
    """Tell whether goods of a lot may leave for a line beside what has left for it and what is picked for it."""
    most = None if loading.order is None else lots_max(line, loading.draft.customer(loading.order.customer))
    if most is None:
        return True
    lots = _lots_bound(loading, line)
    return lot in lots or len(lots) < most


def enough_first(
    loading: Loading, line: OrderLine, terms: Terms, location: str | None, *, quantity: int
) -> list[Candidate]:
    """Return the candidates of a line in the order of use, those of lots that are enough for it before all others."""
    draft, shelf = loading.draft, loading.draft.shelf(line.sku, loading.command.site)

    def take(candidates: Iterable[Candidate], goal: int) -> list[Take]:
        takes: list[Take] = []
        for candidate in candidates:
            units = min(draft.free(candidate), goal)
            if units > 0 and location in (None, candidate.key.location):
                takes.append((candidate, units))
                goal -= units
        return takes

    choose = one_lot if terms.lots_max == 1 else few_lots
    held = sorted(_lots_bound(loading, line), key=str)
    takes = choose(draft, shelf, terms, take, goal=quantity, held=held, passed=Passed({}))
    chosen = {candidate.key.lot for candidate, _ in takes}
    candidates = usable(draft, shelf, terms, Passed({}))
    return sorted(candidates, key=lambda candidate: candidate.key.lot not in chosen)


def _lots_bound(loading: Loading, line: OrderLine) -> set[str | None]:
    """Return the lots that have left for a line, in this shipment too, and those that are picked for it."""
    now = None if loading.order is None else line_called(loading.order, line.line)
    if now is not None and now.parts:
        now = as_part(loading.draft, now, line.sku)
    return set() if now is None else _bound(now)


def _bound(line: OrderLine) -> set[str | None]:
    return {*lots_gone(line), *(part.row.lot for part in line.reservations if part.picked)}


def too_many(draft: Draft, order: Order, line: OrderLine) -> list[Reservation]:
    """Return the promises of a line, not picked, whose lots may no longer follow those that have left or are picked."""
    most, lots = lots_max(line, draft.customer(order.customer)), _bound(line)
    if most is None:
        return []
    others = list(dict.fromkeys(part.row.lot for part in line.reservations if part.row.lot not in lots))
    allowed = {*lots, *others[: max(most - len(lots), 0)]}
    return [part for part in line.reservations if part.row.lot not in allowed]
