"""Serial numbers of what goes into kits and comes out of them: used once, and in stock again when they come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.draft import Draft
from lotstream.domain.model import RowKey, Serial, SerialKey, SerialState
from lotstream.domain.serials import NOBODY, Objection, check_count, why_not_take

#: Objections after which the books believe all the same what has happened to a unit.
_BELIEVED = frozenset({Code.UNKNOWN_LOT, Code.ON_HOLD})


class Told(NamedTuple):
    """The serial numbers that a line of work on kits names, and the goods they are of."""

    serials: Sequence[str]
    row: RowKey
    quantity: int
    #: Where the line stands in the message, with a point at its end.
    path: str


def numbers_used(draft: Draft, verdicts: Verdicts, told: Told) -> tuple[str, ...]:
    """Return the numbers of units that are used up; asked, each must be in stock and nobody else's."""
    return _read(draft, verdicts, told, SerialState.USED)


def numbers_made(draft: Draft, verdicts: Verdicts, told: Told) -> tuple[str, ...]:
    """Return the numbers of units that are there from now on; none of them may be in stock, or have left, already."""
    return _read(draft, verdicts, told, SerialState.IN_STOCK)


def _read(draft: Draft, verdicts: Verdicts, told: Told, state: SerialState) -> tuple[str, ...]:
    row, about = told.row, {"sku": told.row.sku, "lot": told.row.lot}
    refused = check_count(told.serials, told.quantity, draft.known_item(row.sku), told.path.rstrip("."))
    if refused is not None:
        field = f"{told.path}serials"
        verdicts.object(refused.code, field, refused.message, about)
        return ()
    taken = []
    for index, number in enumerate(told.serials):
        key = SerialKey(number, row.sku)
        objection = _why_not(draft, key, state)
        if objection is not None:
            field, which = f"{told.path}serials.{index}", about | {"serial": number}
            verdicts.object(objection[0], field, objection[1], which)
        if objection is None or objection[0] in _BELIEVED:
            known = draft.serial(key)
            draft.serials[key] = Serial(key, state, row, holds=() if known is None else known.holds)
            taken.append(number)
    return tuple(taken)


def _why_not(draft: Draft, key: SerialKey, state: SerialState) -> Objection | None:
    if state is SerialState.USED:
        return why_not_take(draft, key, NOBODY, line=None, picked_ok=False)
    known = draft.serial(key)
    if known is None or known.state is SerialState.USED:
        return None
    message = f"Serial {key.number} of {key.sku} is {known.state.value} already; check the number."
    return Code.CONFLICTING_CONTENT, message
