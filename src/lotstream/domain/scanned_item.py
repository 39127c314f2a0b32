"""Whether a label is of the goods that a task is for: lots of different items may have the same number."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ScanLot
from lotstream.domain.draft import Draft
from lotstream.domain.gtins import gtin_14


def other_item(draft: Draft, command: ScanLot, sku: str) -> Refusal | None:
    """Return why a label is not of a SKU, by what it says of the item; None when it is, or nobody can tell.

    A trade item number that no item has is compared only where the task's item has some.
    """
    if command.sku not in (None, sku):
        message = f"The label is one of {command.sku}, and the task is for {sku}; take the task's goods."
        return Refusal(Code.LOT_NOT_ALLOWED, "sku", message)
    if command.gtin is None:
        return None
    gtin, item = gtin_14(command.gtin), draft.known_item(sku)
    mine = _numbers(item.gtins)
    others = [] if gtin in mine else [one.sku for one in draft.ledger.items.values() if gtin in _numbers(one.gtins)]
    if gtin in mine or not (mine or others):
        return None
    of = f"{command.gtin}, which is {others[0]}" if others else command.gtin
    message = f"The label is one of {of}, and the task is for {sku}; take the task's goods."
    return Refusal(Code.LOT_NOT_ALLOWED, "gtin", message)


def _numbers(gtins: tuple[str, ...]) -> set[str]:
    return {gtin_14(number) for number in gtins}
