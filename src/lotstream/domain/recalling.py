"""Lots are recalled: nothing of them is promised or leaves any more, and what is picked of them is taken back."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import Moment, RecallLots
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, HoldPlaced
from lotstream.domain.gone import note_gone
from lotstream.domain.holds import find_lot
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Hold, HoldKind, Lot
from lotstream.domain.moving import move_off


def recall_lots(ledger: Ledger, command: RecallLots, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide lot.recalled: all lots named, or none when one of them is not known.

    The recall is a hold on each of them under its own number; told again it changes nothing. Orders that lose anything
    are decided again once, after all lots are out of use. A person is told what has left of each lot already.
    """
    if not command.lots:
        return Refusal(Code.FIELD_MISSING, "lots", "The recall names no lots; send at least one.")
    lots: list[Lot] = []
    for index, (sku, number) in enumerate(command.lots):
        lot = find_lot(ledger, sku, number)
        if isinstance(lot, Refusal):
            return replace(lot, field=f"lots.{index}.{lot.field}")
        lots.append(lot)
    hold, draft = Hold(command.recall, HoldKind.RECALL, command.reason, at=moment.recorded_at), Draft(ledger, moment)
    fresh = {(lot.sku, lot.lot): lot for lot in lots if all(known.id != hold.id for known in lot.holds)}
    new = list(fresh.values())
    for lot in new:
        draft.know_lot(replace(lot, holds=(*lot.holds, hold)))
    mine = {(lot.sku, lot.lot) for lot in new}
    moved = move_off(
        draft, mine, lambda part: NotUsed.RECALLED if (part.row.sku, part.row.lot) in mine else None, picked_too=True
    )
    return (
        *(HoldPlaced(lot.sku, lot.lot, hold) for lot in new),
        *moved,
        *note_gone(draft, new, document="recall", number=command.recall),
    )
