"""What is known of a lot, and what a delivery adds to it or contradicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lotstream.domain.codes import Code
from lotstream.domain.commands import GoodsLine
from lotstream.domain.model import PLAIN, Hold, Lot


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why goods cannot be booked as they were announced."""

    code: Code
    #: Field of the line that is wrong or missing.
    field: str
    message: str


def contradiction(known: Lot | None, line: GoodsLine) -> Conflict | None:
    """Return what in a line contradicts itself or the lot it names: a lot's facts are never overwritten by goods."""
    if line.made is not None and line.expires is not None and line.made > line.expires:
        message = f"Lot {line.lot} was made on {line.made}, after its expiry {line.expires}; correct one of them."
        return Conflict(Code.FIELD_INVALID, "made", message)
    if known is None:
        return None
    for name in ("expires", "made", "supplier"):
        old, new = getattr(known, name), getattr(line, name)
        if old is not None and new is not None and old != new:
            message = f"Lot {known.lot} of {known.sku} is known with {name} {old}, not {new}; check the goods."
            return Conflict(Code.CONFLICTING_CONTENT, name, message)
    return None


def learn(known: Lot | None, line: GoodsLine, *, sku: str, lot: str, received: date, hold: Hold | None) -> Lot:
    """Return a lot's facts with what a line adds: missing facts, the earliest receipt date, a hold."""
    if known is None:
        known = Lot(sku, lot)
    holds = known.holds
    if hold is not None and all(other.id != hold.id for other in holds):
        holds = (*holds, hold)
    return replace(
        known,
        expires=known.expires or line.expires,
        made=known.made or line.made,
        received=received if known.received is None else min(known.received, received),
        supplier=known.supplier or line.supplier,
        supplier_lot=known.supplier_lot or line.supplier_lot,
        holds=holds,
    )


def with_more(lot: Lot, **facts: Any) -> Lot:  # noqa: ANN401 - the fields of `LotMore`
    """Return a lot with other facts of those that most lots do not have."""
    more = replace(lot.more or PLAIN, **facts)
    return replace(lot, more=None if more == PLAIN else more)
