"""Goods that leave without an order: for another site of their owner, or for another owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lotstream.domain.codes import Code
from lotstream.domain.draft import Draft
from lotstream.domain.model import Item, RowKey, SerialKey
from lotstream.domain.paper import Meant, Paper
from lotstream.domain.places import is_staging, is_transit
from lotstream.domain.serials import NOBODY, check_count, why_not_take
from lotstream.domain.wording import begun, goods_called

#: What is said against a unit that is booked with the others all the same.
_BOOKED: Final = frozenset({Code.UNKNOWN_LOT, Code.ON_HOLD})


def why_not_named(paper: Paper, meant: Meant) -> tuple[Code, str, str] | None:
    """Return code, field and sentence where a line names a bin that nothing leaves so, or a lot that nobody knows."""
    if is_staging(meant.location) or is_transit(meant.location):
        message = f"Goods in {meant.location} wait to be shipped or to arrive; name the bin they lie in."
        return Code.FIELD_INVALID, f"{meant.path}.location", message
    if meant.said.lot is not None and paper.draft.lot(meant.item.sku, meant.said.lot) is None:
        what = goods_called(meant.item.sku, meant.said.lot)
        return Code.UNKNOWN_LOT, f"{meant.path}.lot", f"{begun(what)} is not known; check its number."
    return None


def spare_or_all(paper: Paper, key: RowKey, *, spare: bool) -> int:
    """Return what may be taken from a row: all that is there, or what is promised to nobody."""
    row = paper.draft.ledger.stock.get(key)
    kept = row.reserved + row.promised_elsewhere if spare and row is not None else 0
    return max(paper.there(key) - kept, 0)


def units_apart(draft: Draft, item: Item, serials: Sequence[str]) -> int:
    """Return how many smallest units of those with these numbers are counted in quarantine, because of their holds."""
    units = [draft.serial(SerialKey(number, item.sku)) for number in serials]
    return len([unit for unit in units if unit is not None and unit.apart]) * int(10**item.decimals)


def numbers_of(paper: Paper, meant: Meant, *, held_ok: bool) -> list[SerialKey]:
    """Return the numbers of the units that leave; asked, each must be in stock and nobody's.

    Where holds go along with the units (``held_ok``), they are no reason to refuse.
    """
    said = meant.said
    refused = check_count(said.serials, meant.quantity, meant.item, meant.path)
    if refused is not None:
        paper.object(refused.code, refused.field, refused.message, said)
        return []
    leaving = []
    for index, number in enumerate(said.serials):
        key = SerialKey(number, meant.item.sku)
        objection = why_not_take(paper.draft, key, NOBODY, line=None, picked_ok=False)
        if objection is not None and not (held_ok and objection[0] is Code.ON_HOLD):
            paper.object(objection[0], f"{meant.path}.serials.{index}", objection[1], said)
        if objection is None or objection[0] in _BOOKED:
            leaving.append(key)
    return leaving
