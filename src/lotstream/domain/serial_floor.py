"""Serial numbers on the floor: what was read when goods were picked or shipped, and whether it may be so."""

from __future__ import annotations

from collections.abc import Sequence

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted, Shipped
from lotstream.domain.model import (
    Item,
    OrderKey,
    OrderLine,
    Reservation,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Tracking,
)
from lotstream.domain.serials import check_count, why_not_take
from lotstream.domain.wording import counted


class Told:
    """The serial numbers that a line of the floor names, until they are handed to what they were read from."""

    __slots__ = ("_draft", "_numbers", "_sku", "_unit")

    def __init__(self, draft: Draft, item: Item, numbers: Sequence[str]) -> None:
        self._draft = draft
        self._sku = item.sku
        self._unit = 10**item.decimals
        self._numbers = list(numbers)

    def fits(self, row: RowKey) -> bool:
        """Tell whether a row can be what was taken: without numbers any can, else one with a lot of theirs."""
        return not self._numbers or any(self._lot(number, row) == row.lot for number in self._numbers)

    def picked_of(self, part: Reservation, quantity: int) -> tuple[str, ...]:
        """Return the numbers of a quantity picked of a promise; a promise by number is of that unit."""
        named = part.serials if part.picked == 0 else ()
        if named and (not self._numbers or set(named) & set(self._numbers)):
            self._numbers = [number for number in self._numbers if number not in part.serials]
            return part.serials
        return self.of_row(part.row, quantity)

    def leaving_of(self, part: Reservation, quantity: int) -> tuple[str, ...]:
        """Return the numbers of a quantity that leaves of a promise: told, else as picked."""
        count = quantity // self._unit
        mine = [number for number in self._numbers if number in part.serials]
        mine += [number for number in part.serials if number not in mine]
        mine = mine[:count]
        self._numbers = [number for number in self._numbers if number not in mine]
        return (*mine, *self.of_row(part.row, quantity - len(mine) * self._unit))

    def of_row(self, row: RowKey, quantity: int) -> tuple[str, ...]:
        """Return the next numbers told for a quantity taken from a row."""
        fitting = [number for number in self._numbers if self._lot(number, row) == row.lot]
        mine = fitting[: max(quantity, 0) // self._unit]
        self._numbers = [number for number in self._numbers if number not in mine]
        return tuple(mine)

    def _lot(self, number: str, row: RowKey) -> str | None:
        known = self._draft.serial(SerialKey(number, self._sku))
        return row.lot if known is None else known.row.lot


def read_numbers(
    draft: Draft,
    verdicts: Verdicts,
    serials: Sequence[str],
    *,
    order: OrderKey,
    line: OrderLine | None,
    item: Item,
    quantity: int,
    path: str,
    about: dict[str, str | None],
    picked_ok: bool = False,
) -> Told:
    """Check the serial numbers of a line of the floor; what has happened is booked without those that cannot be.

    One that is not known is taken note of when it has happened; one that another order has, or that has left before,
    stays where the books have it.
    """
    refused = check_count(serials, quantity, item, path)
    if refused is not None:
        verdicts.object(refused.code, refused.field, refused.message, about)
        return Told(draft, item, ())
    taken = []
    for index, number in enumerate(serials):
        key = SerialKey(number, item.sku)
        objection = why_not_take(draft, key, order, line=line, picked_ok=picked_ok)
        if objection is not None:
            verdicts.object(objection[0], f"{path}.serials.{index}", objection[1], about | {"serial": number})
        if objection is None or objection[0] in {Code.UNKNOWN_LOT, Code.LOT_NOT_ALLOWED, Code.ON_HOLD}:
            taken.append(number)
    return Told(draft, item, taken)


def note_state(draft: Draft, order: OrderKey, numbers: Sequence[str], row: RowKey, state: SerialState) -> None:
    """Take numbers as picked or shipped for the rest of a decision, so that none is taken twice in it."""
    for number in numbers:
        key = SerialKey(number, row.sku)
        draft.serials[key] = Serial(key, state, row, order.source, order.order)


def missing_numbers(draft: Draft, order: OrderKey, shipped: Sequence[Shipped]) -> list[DiscrepancyNoted]:
    """Return a discrepancy for each line of which units left whose serial numbers nobody has told."""
    noted = []
    for line in dict.fromkeys(part.line for part in shipped):
        missing, sku = 0, ""
        for part in (part for part in shipped if part.line == line):
            item = draft.known_item(part.sku)
            if item.tracking is Tracking.SERIAL:
                missing, sku = missing + part.quantity // 10**item.decimals - len(part.serials), part.sku
        if missing > 0:
            message = f"{counted(missing, 'unit')} of {sku} left without serial numbers; send them."
            about = {"order": order.order, "source": order.source, "line": line, "sku": sku}
            noted.append(DiscrepancyNoted(Code.FIELD_MISSING.value, message, about))
    return noted
