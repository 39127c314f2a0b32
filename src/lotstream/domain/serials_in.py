"""Serial numbers that come in: as many as there are units, each new to the house."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.draft import Draft
from lotstream.domain.events import CounterfeitSuspected
from lotstream.domain.lot_facts import Conflict
from lotstream.domain.model import Item, RowKey, Serial, SerialKey, SerialState, Tracking
from lotstream.domain.serials import GONE, check_count

#: What is said of a unit that is not new.
WHERE = {
    SerialState.IN_STOCK: "is in stock already",
    SerialState.PICKED: "is picked for an order",
    SerialState.SHIPPED: "was shipped",
    **GONE,
}
#: A unit that is gone so may turn up again, and is the same unit then.
_MAY_COME_AGAIN = frozenset({SerialState.SENT_BACK, SerialState.ADJUSTED_OUT, SerialState.LOST})


def may_come_again(unit: Serial) -> bool:
    """Tell whether a unit that is known may turn up as good stock: it is gone, not destroyed, and nobody holds it."""
    return unit.state in _MAY_COME_AGAIN and not unit.holds


def arriving(draft: Draft, item: Item, serials: Sequence[str], quantity: int, *, wanted: bool) -> Conflict | None:
    """Return why goods cannot come in with these serial numbers, or None.

    A number that is in the house, or has left it, is no new unit: it was read wrongly, or one of the two is not
    genuine. ``wanted``: goods tracked by serial number must name either their numbers or a lot.
    """
    if not serials:
        if wanted and item.tracking is Tracking.SERIAL:
            message = f"{item.sku} is tracked by serial number and the line names none; send its serials."
            return Conflict(Code.FIELD_MISSING, "serials", message)
        return None
    refused = check_count(serials, quantity, item, "")
    if refused is not None:
        return Conflict(refused.code, "serials", refused.message)
    for index, number in enumerate(serials):
        known = draft.serial(SerialKey(number, item.sku))
        if known is not None and not may_come_again(known):
            message = f"Serial {number} of {item.sku} {WHERE[known.state]}; check the number and the goods."
            return Conflict(Code.CONFLICTING_CONTENT, f"serials.{index}", message)
    return None


def doubted(draft: Draft, serials: Sequence[str], row: RowKey, *, receipt: str) -> list[CounterfeitSuspected]:
    """Return what people are told of units that came in, of which there is one already: one of the two is not genuine.

    A number that was read twice at the dock is doubted as one that was sold is: nobody can tell which unit is the one.
    """
    found = []
    twice = {number for number in serials if serials.count(number) > 1}
    for number in dict.fromkeys(serials):
        known = draft.serial(SerialKey(number, row.sku))
        if (known is None or may_come_again(known)) and number not in twice:
            continue
        where = "was read twice" if known is None else WHERE[known.state]
        message = f"Serial {number} of {row.sku} came in and {where}: one of the two may be counterfeit; look at both."
        facts = {"receipt": receipt, "sku": row.sku, "lot": row.lot, "serial": number, "location": row.location}
        about = {name: value for name, value in facts.items() if value is not None} | where_known(known)
        found.append(CounterfeitSuspected(Code.CONFLICTING_CONTENT.value, message, about, Decimal(1)))
    return found


def where_known(unit: Serial | None) -> dict[str, str]:
    """Return where the books have a unit, for whoever looks for its namesake: its place, or whom it has gone to."""
    if unit is None:
        return {}
    row = unit.row
    facts = {"known_site": row.site, "known_location": row.location, "known_order": unit.order}
    facts |= {"known_shipment": unit.shipment, "known_customer": unit.customer}
    return {name: value for name, value in facts.items() if value is not None}


def take_in(draft: Draft, serials: Sequence[str], row: RowKey) -> tuple[str, ...]:
    """Return the numbers that are new, which are known for the rest of the decision; the others stay as they are."""
    new = []
    for number in dict.fromkeys(serials):
        key = SerialKey(number, row.sku)
        known = draft.serial(key)
        if known is None or may_come_again(known):
            draft.serials[key] = Serial(key, SerialState.IN_STOCK, row)
            new.append(number)
    return tuple(new)
