"""Goods of a recall that come in after it: they are held under its number, and a person is told where they lie.

What is meant by lots that were named is known by the supplier's number of each; what is meant by supplier, number, days
and SKU is kept as a rule of the owner. Closing a recall ends neither: what was recalled is no better for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from lotstream.domain.codes import Code, NotUsed, Refused
from lotstream.domain.commands import RecallLots
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted, GoodsBooked
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import PLAIN, Hold, HoldKind, Lot, LotName, RecallRule
from lotstream.domain.quantities import in_base_units
from lotstream.domain.wording import amount, goods_called

RULES_MAX: Final = 200
"""Recalls of an owner that say by supplier, number, days or SKU what is still to come."""

PLACES_TOLD_MAX: Final = 5
"""Places that an alert about recalled goods names."""

RECALLS_TOLD_MAX: Final = 3
"""Recalls of a lot that it names."""


def rule_of(ledger: Ledger, command: RecallLots, hold: Hold) -> RecallRule | None:
    """Return what a recall says of goods that are still to come; None where it names lots, or has said so before.

    A recall of all that there is of a supplier says nothing of what is made and sent afterwards.
    Raises `Refused` where an owner has as many of them as are kept.
    """
    said = (command.sku, command.supplier, command.supplier_lot, command.made_from, command.made_to)
    if command.drill or command.lots or not (command.supplier_lot or command.made_from or command.made_to):
        return None
    known = ledger.settings.recalls
    if any((one.hold.id, *_said(one)) == (hold.id, *said) for one in known):
        return None
    if len(known) >= RULES_MAX:
        message = f"{len(known)} recalls wait for goods to come; lift one from the owner by its number, or name lots."
        raise Refused(Code.TOO_LARGE, "recall", message)
    return RecallRule(hold, *said)


def _said(rule: RecallRule) -> tuple[object, ...]:
    return rule.sku, rule.supplier, rule.supplier_lot, rule.made_from, rule.made_to


def under_recalls(draft: Draft, lot: Lot, known: Lot | None) -> Lot:
    """Return a lot that comes in as ``lot`` under the recalls it is meant by, where more is known of it than before.

    What somebody has lifted from it by name stays lifted.
    """
    if known is not None and _identity(known) == _identity(lot):
        return lot
    lifted = (lot.more or PLAIN).lifted
    holds = chain(by_rules(draft, lot), _by_number(draft, lot))
    fresh = {hold.id: hold for hold in holds if hold.id not in lifted}
    if fresh.keys() <= {hold.id for hold in lot.holds}:
        return lot
    return replace(lot, holds=tuple((fresh | {hold.id: hold for hold in lot.holds}).values()))


def _identity(lot: Lot) -> tuple[object, ...]:
    return lot.supplier, lot.supplier_lot, lot.made


def by_rules(draft: Draft, lot: Lot) -> Iterator[Hold]:
    """Yield the recalls that said of goods still to come what a lot is, but for what was lifted from it."""
    rules = draft.ledger.settings.recalls
    if not rules:
        return
    item, lifted = draft.item(lot.sku), (lot.more or PLAIN).lifted
    skus = {None, lot.sku, *(item.former if item is not None else ())}
    for rule in rules:
        if rule.sku in skus and rule.hold.id not in lifted and is_meant(rule, lot):
            yield rule.hold


def is_meant(said: RecallRule | RecallLots, lot: Lot) -> bool:
    """Tell whether a lot fits all that is said of supplier, its number and the days of making."""
    if said.supplier not in (None, lot.supplier) or said.supplier_lot not in (None, lot.supplier_lot):
        return False
    if said.made_from is None and said.made_to is None:
        return True
    made = lot.made
    # Of whose day nobody knows anything, nothing says that it was made then.
    return made is not None and (said.made_from or made) <= made <= (said.made_to or made)


def _by_number(draft: Draft, lot: Lot) -> Iterator[Hold]:
    """Yield the recalls of what its supplier calls by the same number: it is the same."""
    if lot.supplier is None or lot.supplier_lot is None:
        return
    for name in draft.ledger.lots_supplied(lot.sku, lot.supplier_lot):
        other = draft.lot(lot.sku, name)
        if other is not None and other.supplier == lot.supplier and name != lot.lot:
            yield from _recalls(other)


def _recalls(lot: Lot) -> tuple[Hold, ...]:
    return tuple(hold for hold in lot.holds if hold.kind is HoldKind.RECALL)


def note_recalled(draft: Draft, lines: Iterable[GoodsBooked], *, document: str, number: str) -> list[DiscrepancyNoted]:
    """Return what people are told of recalled goods that lines of a document brought: once for each lot."""
    found: dict[LotName, list[GoodsBooked]] = {}
    for line in lines:
        lot = draft.lot(line.row.sku, line.row.lot)
        if lot is not None and line.quantity > 0 and _recalls(lot):
            found.setdefault(LotName(lot.sku, lot.lot), []).append(line)
    return [_noted(draft, name, mine, {document: number}) for name, mine in found.items()]


def _noted(draft: Draft, name: LotName, lines: list[GoodsBooked], about: dict[str, str]) -> DiscrepancyNoted:
    recalls, item = _recalls(draft.lots.get(name) or draft.ledger.lots[name]), draft.known_item(name.sku)
    units = sum(line.quantity for line in lines)
    places = [*dict.fromkeys(line.row.location for line in lines)]
    where = ", ".join(places[:PLACES_TOLD_MAX])
    where += f" and {len(places) - PLACES_TOLD_MAX} more places" if len(places) > PLACES_TOLD_MAX else ""
    under = ", ".join(hold.id for hold in recalls[:RECALLS_TOLD_MAX])
    message = (
        f"{amount(item, units)} of {goods_called(*name)} came in, which is recalled under {under}: "
        f"held in {where}; set it apart."
    )
    about = about | {"line": lines[0].line, "sku": name.sku, "lot": name.lot, "location": places[0]}
    about |= {"site": lines[0].row.site, "recall": recalls[0].id}
    about |= {"reason": recalls[0].reason} if recalls[0].reason else {}
    return DiscrepancyNoted(NotUsed.RECALLED.value, message, about, in_base_units(item, units))
