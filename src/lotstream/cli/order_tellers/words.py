"""Words that every story of an order is made of: quantities with their units, lots, reasons and rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lotstream.contracts.quantities import base_text
from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.codes import NotUsed
from lotstream.domain.events import Considered, Freed, LineDecision, RuleUsed
from lotstream.domain.model import Item, Order, Policy, Reservation, RowKey
from lotstream.domain.recounting import item_then
from lotstream.domain.reserving import NAMED
from lotstream.store.reads import Decided

BECAUSE = {
    NotUsed.EXPIRED: "it is expired",
    NotUsed.SHORT_LIFE: "too little of its life is left",
    NotUsed.UNKNOWN_LIFE: "its life is not known and the order asks for a minimum",
    NotUsed.HOLD: "it is on hold",
    NotUsed.QUARANTINE: "it is in quarantine",
    NotUsed.RECALLED: "it is recalled",
    NotUsed.DAMAGED: "it is damaged",
    NotUsed.LOCATION_NOT_PICKABLE: "nothing may be picked from its location",
    NotUsed.OTHER_LOCATION: "the order names another location",
    NotUsed.OTHER_SITE: "the order is filled from another site",
    NotUsed.OTHER_LOT: "the order names another lot",
    NotUsed.PACK_SIZE: "its packs do not fit the quantity",
    NotUsed.RETURNED: "it came back from a customer",
    NotUsed.OLDER_THAN_LAST_SHIPPED: "the customer already got a younger lot",
    NotUsed.RESERVED: "it is promised to other orders",
    NotUsed.LOT_TOO_SMALL: "it cannot fill the whole line",
    NotUsed.LOT_LIMIT: "the line already has as many lots as it may",
    NotUsed.ZONE: "its zone is not used for this quantity",
    NotUsed.DOCUMENT_MISSING: "a document it needs is missing",
}
"""Why a lot was not used, as the end of a sentence."""

POLICIES = {
    Policy.FEFO: "first expired, first out",
    Policy.FIFO: "first received, first out",
    Policy.LIFO: "last received, first out",
    Policy.CLOSEST: "nearest bin first",
    Policy.NEWEST_EXPIRY: "longest life first",
    Policy.MIN_PACKAGES: "fewest packages",
}
"""The order in which lots are taken, as a person says it."""

FURTHER_RULES = {
    "min_days_left": "{value} days of life must be left",
    "min_pct_left": "{value} % of its life must be left",
    "life_from": "life counts from {value}",
    "transit_days": "life counts from the delivery, {value} days after the ship date",
    "max_lots": "no more lots than {value}",
    "exclude_returned": "nothing that was returned",
    "no_older_than_last_shipped": "nothing that expires before {value}, which was shipped last",
    "zone_rules": "zones in this order: {value}",
}
"""Rules beside the order of use, as a person says them."""

PACK_RULES = {
    "cover": "whole packs that cover what is wanted, over by the least",
    "partial_packs": "packs may be broken",
}
"""How packs are taken, as a person says it."""

BY_LOT = "promised by lot: the warehouse names the bin when it picks; the bins below are where it is expected"
"""What is said of a promise at a site that names bins itself."""

SAID_BY = {"settings": "the owner's settings", "today": "the site's today"}
"""Who said so, where a name alone would not do."""


@dataclass(frozen=True, slots=True)
class Story:
    """An order as it is, what was decided about it, and the items it speaks of."""

    owner: str
    order: Order
    history: tuple[Decided, ...]
    items: dict[str, Item]
    #: For an order that waits for its day: how many days ahead it is decided, and who says so.
    horizon: tuple[int, str] | None = None

    def when(self, decided: Decided) -> Story:
        """Return the story with its items as they were counted when something was decided."""
        items = {sku: item_then(item, decided.arrival) for sku, item in self.items.items()}
        return self if items == self.items else replace(self, items=items)

    def sku_of(self, line: str) -> str:
        """Return the SKU of a line; none for a line that is gone."""
        return next((one.sku for one in self.order.lines if one.line == line), "")

    def quantity(self, line: str, quantity: int) -> str:
        """Return smallest units of a line's item as text in base units, with the unit."""
        return self.amount(self.sku_of(line), quantity)

    def amount(self, sku: str, quantity: int) -> str:
        """Return smallest units of an item as text in base units, with the unit."""
        item = self.items.get(sku)
        return f"{base_text(quantity, item.decimals)} {item.base_unit}" if item else str(quantity)

    def in_unit(self, sku: str, quantity: int) -> str:
        """Return smallest units of an item with its SKU, as for the parts of a kit."""
        return f"{self.amount(sku, quantity)} of {sku}"


def because(reason: str) -> str:
    """Return why a lot was not used; a code that this version does not know as it is."""
    known = reason in {code.value for code in NotUsed}
    return BECAUSE[NotUsed(reason)] if known else reason.replace("_", " ")


def by_whom(by: str | None) -> str:
    """Return who did it, as the end of a sentence."""
    return f" by {by}" if by else ""


def expiry(expires: object) -> str:
    """Return a lot's last day, as a part of a sentence."""
    return f", expires {expires}" if expires else ""


def lot_of(row: RowKey) -> str:
    """Return what goods of a row are called."""
    return f"lot {row.lot}" if row.lot is not None else "goods without a lot"


def of_row(story: Story, row: RowKey, quantity: int) -> str:
    """Return a quantity of a row's goods, e.g. ``12 each of lot L1``; of a component with its SKU."""
    return f"{story.amount(row.sku, quantity)} of {lot_of(row)}"


def freed_lines(story: Story, freed: Iterable[Freed]) -> Iterator[str]:
    """Yield what was given back: from a bin, or from where it stood picked."""
    for loss in freed:
        goods = f"line {loss.line}: {of_row(story, loss.row, loss.quantity)}"
        picked = f", {story.amount(loss.row.sku, loss.picked)} of it to be put back" if loss.picked else ""
        yield f"{goods} given back to {loss.row.location}{picked}"


def decision_lines(story: Story, decisions: Iterable[LineDecision]) -> Iterator[str]:
    """Yield what lines got: the rule that decided, and each lot in its order with what was taken or why nothing was."""
    for decision in decisions:
        got = _got(story, decision.line, decision.reserved)
        yield f"line {decision.line}: {got} reserved, {story.quantity(decision.line, decision.backordered)} backordered"
        if any(told_by_lot(part.task, None) for part in decision.reserved):
            yield f"  {BY_LOT}"
        yield f"  {rule(decision.policy, decision.policy_from)}"
        yield from (f"  {further_rule(used)}" for used in decision.rules)
        yield from (f"  {line}" for line in _lots(story, decision))


def further_rule(used: RuleUsed) -> str:
    """Return a rule beside the order of use, and who made it."""
    words = PACK_RULES.get(used.value) if used.rule == "pack_rule" else FURTHER_RULES.get(used.rule)
    said = f"{used.rule} {used.value}" if words is None else words.format(value=used.value)
    return f"{said} (by {said_by(used.by)})"


def rule(policy: str, policy_from: str) -> str:
    """Return the rule that put the lots in their order, and who made it."""
    if policy_from == NAMED:
        return "the lot was named by whoever asked for it"
    words = POLICIES.get(Policy(policy), policy) if policy in set(Policy) else policy.replace("_", " ")
    return f"lots are taken {words} (by {said_by(policy_from)})"


def said_by(who: str) -> str:
    """Return who made a rule, as a person says it."""
    return SAID_BY.get(who, f"the {who}")


def _got(story: Story, line: str, reserved: Iterable[Reservation]) -> str:
    sku, by_sku = story.sku_of(line), Counter[str]()
    for part in reserved:
        by_sku[part.row.sku] += part.quantity
    if not by_sku.keys() - {sku}:
        return story.quantity(line, by_sku[sku])
    return " and ".join(story.in_unit(part, count) for part, count in sorted(by_sku.items()))


def _lots(story: Story, decision: LineDecision) -> Iterator[str]:
    told = Counter[tuple[str | None, str]]()
    for number, considered in enumerate(decision.considered, start=1):
        told[considered.lot, considered.location] += considered.taken
        yield f"{number}. {considered_line(story, decision.line, considered)}"
    for part in decision.reserved:
        # A decision keeps the first rows it has looked at; it may have taken more.
        if not told[part.row.lot, part.row.location]:
            yield f"also {of_row(story, part.row, part.quantity)} in {part.row.location}"
    # What is counted by reason includes the rows that were just told one by one.
    more = Counter(decision.not_used) - Counter(one.reason for one in decision.considered if one.reason)
    if more:
        by_reason = ", ".join(f"{reason.replace('_', ' ')} ({count})" for reason, count in sorted(more.items()))
        yield f"{more.total()} more not used: {by_reason}"
    elif not decision.considered and not decision.reserved:
        yield "there was nothing of it"


def considered_line(story: Story, line: str, considered: Considered) -> str:
    """Return a row that was looked at: how much was taken of it, or why nothing was."""
    sku = considered.sku or story.sku_of(line)
    named = f"lot {considered.lot}" if considered.lot is not None else "goods without a lot"
    kind = f"{considered.sku} " if considered.sku else ""
    where = f"{kind}{named} in {considered.location}{expiry(considered.expires)}"
    free = story.amount(sku, considered.free)
    if considered.reason is None and not considered.taken:
        return f"{where}: could be used ({free} free)"
    if considered.reason is not None:
        return f"{where}: not used, {because(considered.reason)} ({free} free)"
    return f"{where}: {story.amount(sku, considered.taken)} taken of {free} free"
