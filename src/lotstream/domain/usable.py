"""Why goods may not be used, whoever asks: the one place that says it, when they are promised, picked and shipped.

What a line asks for beyond that, its minimum of life above all, is said by its terms (`lotstream.domain.terms`).
"""

from __future__ import annotations

from typing import Final

from lotstream.domain.codes import NotUsed
from lotstream.domain.model import Hold, HoldKind, Lot, OwnerHold, RowKey, Status
from lotstream.domain.places import Place

#: Kinds of holds, the strongest first, and what they say of a lot.
BY_HOLD: Final = {
    HoldKind.RECALL: NotUsed.RECALLED,
    HoldKind.QUARANTINE: NotUsed.QUARANTINE,
    HoldKind.HOLD: NotUsed.HOLD,
}

_BY_STATUS: Final = {
    Status.DAMAGED: NotUsed.DAMAGED,
    Status.QUARANTINE: NotUsed.QUARANTINE,
    Status.SAMPLE: NotUsed.QUARANTINE,
}


def why_not_used(
    row: RowKey, lot: Lot | None, place: Place, *, holds: tuple[OwnerHold, ...], excluded: frozenset[str]
) -> NotUsed | None:
    """Return why nobody may use goods of a row: their condition, a hold, or where they lie; None when they may.

    ``holds`` lie on the owner and on suppliers, ``excluded`` are locations that the owner uses nothing of.
    """
    if row.status != Status.GOOD:
        return _BY_STATUS[Status(row.status)]
    held = why_held(lot, holds)
    if held is not None:
        return held
    if not place.pickable or not excluded.isdisjoint(place.chain):
        return NotUsed.LOCATION_NOT_PICKABLE
    return None


def why_held(lot: Lot | None, holds: tuple[OwnerHold, ...] = ()) -> NotUsed | None:
    """Return why holds forbid the use of a lot, its own before those on its supplier or owner; None when none does."""
    if lot is not None and lot.holds:
        return strongest(lot.holds)
    if not holds:
        return None
    supplier = None if lot is None else lot.supplier
    mine = tuple([known.hold for known in holds if known.supplier is None or known.supplier == supplier])
    return strongest(mine) if mine else None


def strongest(holds: tuple[Hold, ...]) -> NotUsed:
    """Return why holds, of which there is at least one, forbid the use of what they lie on."""
    kinds = {hold.kind for hold in holds}
    return next(reason for kind, reason in BY_HOLD.items() if kind in kinds)
