"""What is lost of a bin stays promised where the lot lies elsewhere: of a task that names no bin nobody is told so."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinChange, Freed
from lotstream.domain.kit_lines import as_part
from lotstream.domain.model import Order, OrderLine, PackRule, Reservation
from lotstream.domain.reservations import join_parts, line_called


def keep_elsewhere(
    draft: Draft, order: Order, freed: tuple[Freed, ...], supply: dict[str, int]
) -> tuple[tuple[Freed, ...], list[BinChange]]:
    """Have an order keep what it lost of bins, as far as other bins have the same lot free and the line takes it there.

    Returns what it loses still, and where the rest is expected now. What is picked, and a unit promised by its number,
    are lost; so is everything where zones decide from where a line is filled. ``supply`` is used up.
    """
    left: list[Freed] = []
    changes: list[BinChange] = []
    for loss in freed:
        line = line_called(order, loss.line)
        kept = 0
        if (
            line is not None
            and told_by_lot(loss.task, loss.wave)
            and not loss.serials
            and not draft.ledger.settings.zone_rules
        ):
            kept = _keep(draft, order, line, loss, changes)
            supply[loss.row.sku] = supply.get(loss.row.sku, 0) - kept
        if kept < loss.quantity:
            left.append(replace(loss, quantity=loss.quantity - kept, left=loss.left + kept) if kept else loss)
    return tuple(left), changes


def _keep(draft: Draft, order: Order, line: OrderLine, loss: Freed, changes: list[BinChange]) -> int:
    meant = as_part(draft, line, loss.row.sku) if line.parts else line
    terms = terms_of(draft, order, meant, site=loss.row.site)
    shelf, lost, kept = draft.shelf(loss.row.sku, loss.row.site), loss.quantity - loss.picked, 0
    for candidate in draft.of_lot(shelf, terms.policy, loss.row.lot):
        units = _units(draft, candidate, lost - kept)
        if units > 0 and candidate.key != loss.row and terms.refuse(candidate) is None:
            draft.take(candidate, units)
            changes.append(BinChange(order.key, line.line, loss.task, loss.row, candidate.key, units))
            line.reservations.append(Reservation(loss.task, candidate.key, units, wave=loss.wave))
            join_parts(line)
            kept += units
    return kept


def _units(draft: Draft, candidate: Candidate, wanted: int) -> int:
    """Return how much of a candidate is free for it, in whole packs where they stay whole."""
    units = min(wanted, draft.free(candidate))
    pack = candidate.key.pack_size
    if pack is None or draft.ledger.settings.pack_rule is PackRule.PARTIAL_PACKS:
        return units
    return units - units % pack
