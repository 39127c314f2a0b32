"""An order's history in plain words, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.domain import events
from lotstream.domain.codes import NotUsed
from lotstream.domain.events import Considered, Freed, LineDecision
from lotstream.domain.model import Item, Order, OrderKey, OrderLine
from lotstream.errors import InputRefused
from lotstream.store.reads import Decided, Reads

#: Why a lot was not used, as the end of a sentence.
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


@dataclass(frozen=True, slots=True)
class Story:
    """An order as it is, what was decided about it, and the items it speaks of."""

    owner: str
    order: Order
    history: tuple[Decided, ...]
    items: dict[str, Item]

    def quantity(self, line: str, quantity: int) -> str:
        """Return smallest units of a line's item as text in base units, with the unit."""
        sku = next((one.sku for one in self.order.lines if one.line == line), "")
        return self.amount(sku, quantity)

    def amount(self, sku: str, quantity: int) -> str:
        """Return smallest units of an item as text in base units, with the unit."""
        item = self.items.get(sku)
        return f"{base_text(quantity, item.decimals)} {item.base_unit}" if item else str(quantity)


async def read_story(reads: Reads, owner: str, key: OrderKey) -> Story:
    """Read an order's story; raises `InputRefused` when there is no such order."""
    order = await reads.order(owner, key)
    if order is None:
        raise InputRefused(f"There is no order {key.order} from {key.source} of {owner}.")
    history = await reads.history(owner, key)
    return Story(owner, order, tuple(history), await reads.items(owner, {line.sku for line in order.lines}))


def story_lines(story: Story) -> Iterator[str]:
    """Yield the story line by line."""
    order = story.order
    yield f"Order {order.key.order} of {story.owner} from {order.key.source}: {order.state}, site {order.site or '–'}"
    if order.held:
        yield f"  held: {order.held}: {order.held_message or ''}".rstrip()
    for line in order.lines:
        yield f"  line {line.line}: {_standing(story, line)}"
    for decided in story.history:
        yield from _told(story, decided)


def _standing(story: Story, line: OrderLine) -> str:
    reserved = sum(one.quantity for one in line.reservations)
    open_ = line.ordered - reserved - line.shipped - line.cancelled
    parts = (("reserved", reserved), ("shipped", line.shipped), ("cancelled", line.cancelled), ("backordered", open_))
    counts = ", ".join(f"{name} {story.amount(line.sku, count)}" for name, count in parts if count)
    return f"{story.amount(line.sku, line.ordered)} of {line.sku}: {counts}"


def _told(story: Story, decided: Decided) -> Iterator[str]:
    at = _time(decided.recorded_at)
    match decided.event:
        case events.OrderRecorded(decisions=decisions):
            yield f"{at}  recorded"
            yield from _decisions(story, decisions)
        case events.OrderChanged(decisions=decisions, freed=freed):
            yield f"{at}  changed"
            yield from _freed(story, freed)
            yield from _decisions(story, decisions)
        case events.OrderAllocated(decisions=decisions, site=site):
            yield f"{at}  stock was promised at {site or '–'}"
            yield from _decisions(story, decisions)
        case events.OrderCancelled(lines=lines, freed=freed):
            yield f"{at}  cancelled"
            yield from (f"    line {one.line}: {story.quantity(one.line, one.quantity)}" for one in lines)
            yield from _freed(story, freed)
        case events.ReservationFreed(freed=freed, reason=reason):
            yield f"{at}  promises taken back, {_because(reason)}"
            yield from _freed(story, freed)
        case events.StockPicked(picks=picks, by=by):
            yield f"{at}  picked{f' by {by}' if by else ''}"
            yield from (f"    {_of_lot(story, one)} from {one.row.location}" for one in picks)
        case events.LotSwapped(line=line, scanned=scanned, taken=taken, by=by):
            got = story.quantity(line, sum(one.quantity for one in taken))
            yield f"{at}  another lot was scanned{f' by {by}' if by else ''}: line {line} has {got} of lot {scanned}"
        case events.ShipmentConfirmed(shipped=shipped, shipment=shipment):
            yield f"{at}  shipped with {shipment}"
            yield from (f"    {_of_lot(story, one)}{_expiry(one.expires)}" for one in shipped)
        case other:
            yield f"{at}  {type(other).__name__}"


def _decisions(story: Story, decisions: Iterable[LineDecision]) -> Iterator[str]:
    for decision in decisions:
        reserved = sum(one.quantity for one in decision.reserved)
        got, wanting = (story.quantity(decision.line, count) for count in (reserved, decision.backordered))
        policy = f"{decision.policy} by {decision.policy_from}"
        yield f"    line {decision.line}: {got} reserved, {wanting} backordered; {policy}"
        for considered in decision.considered:
            yield f"      {_considered(story, decision.line, considered)}"
        # What is counted by reason includes the rows that were just told one by one.
        more = Counter(decision.not_used) - Counter(one.reason for one in decision.considered if one.reason)
        if more:
            by_reason = ", ".join(f"{reason} {count}" for reason, count in sorted(more.items()))
            yield f"      {more.total()} more not used: {by_reason}"


def _considered(story: Story, line: str, considered: Considered) -> str:
    where = f"lot {considered.lot or '–'} in {considered.location}{_expiry(considered.expires)}"
    free = story.quantity(line, considered.free)
    if considered.reason is None:
        return f"{where}: {story.quantity(line, considered.taken)} taken of {free} free"
    return f"{where}: not used, {_because(considered.reason)} ({free} free)"


def _freed(story: Story, freed: Iterable[Freed]) -> Iterator[str]:
    return (f"    {_of_lot(story, one)} given back to {one.row.location}" for one in freed)


def _of_lot(story: Story, one: Freed | events.Picked | events.Shipped) -> str:
    return f"line {one.line}: {story.quantity(one.line, one.quantity)} of lot {one.row.lot or '–'}"


def _because(reason: str) -> str:
    known = reason in {code.value for code in NotUsed}
    return BECAUSE[NotUsed(reason)] if known else reason


def _expiry(expires: object) -> str:
    return f", expires {expires}" if expires else ""


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def story_of(story: Story) -> dict[str, Any]:
    """Return the story as JSON values; quantities are counts of the item's smallest unit."""
    from dataclasses import asdict

    return {
        "owner": story.owner,
        "order": asdict(story.order),
        "history": [
            {"recorded_at": one.recorded_at, "event": type(one.event).__name__, **asdict(one.event)}
            for one in story.history
        ],
    }
