"""Holds on a lot: placed, with everything promised of it moved to other stock; and lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import LiftHold, LiftOwnerHold, Moment, PlaceHold, PlaceOwnerHold
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, HoldLifted, HoldPlaced, OwnerHeld, OwnerReleased
from lotstream.domain.filling import fill
from lotstream.domain.gone import note_gone
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Hold, HoldKind, Lot, LotName, OwnerHold
from lotstream.domain.moving import move_off
from lotstream.domain.usable import BY_HOLD


def place_hold(ledger: Ledger, command: PlaceHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.placed on a lot.

    What is promised of the lot and not picked is given back, and those orders are allocated again at once, in queue
    order, whether the owner allocates at once or on request. What is picked is kept, but cannot be shipped while the
    hold lasts; a recall takes that as well, and tells what has left already. The same hold told again changes nothing.
    """
    lot = find_lot(ledger, command.sku, command.lot)
    if isinstance(lot, Refusal):
        return lot
    known = [hold.kind is command.kind for hold in lot.holds if hold.id == command.hold]
    if known:
        return again(command.hold, same=known[0])
    hold = Hold(command.hold, command.kind, command.reason, command.by, command.occurred_at or moment.recorded_at)
    draft = Draft(ledger, moment)
    moved = hold_lot(draft, lot, hold)
    gone = note_gone(draft, [lot], document="recall", number=command.hold) if command.kind is HoldKind.RECALL else ()
    return HoldPlaced(lot.sku, lot.lot, hold), *moved, *gone


def hold_lot(draft: Draft, lot: Lot, hold: Hold) -> list[Event]:
    """Return what follows when a lot is put on hold: what is promised of it moves, of a recall also what is picked."""
    draft.know_lot(replace(lot, holds=(*lot.holds, hold)))
    mine, reason = (lot.sku, lot.lot), BY_HOLD[hold.kind]
    return move_off(
        draft,
        [mine],
        lambda part: reason if (part.row.sku, part.row.lot) == mine else None,
        picked_too=hold.kind is HoldKind.RECALL,
    )


def lift_hold(ledger: Ledger, command: LiftHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.lifted: one hold of a lot, or all of them when none is named; then whoever waits is served."""
    lot = find_lot(ledger, command.sku, command.lot)
    if isinstance(lot, Refusal):
        return lot
    lifted = tuple(hold for hold in lot.holds if command.hold in (None, hold.id))
    if not lifted:
        return ()
    refused = unnamed(lifted, command.by)
    if refused is not None:
        return refused
    draft = Draft(ledger, moment)
    draft.know_lot(replace(lot, holds=tuple(hold for hold in lot.holds if hold not in lifted)))
    ids, at = tuple(hold.id for hold in lifted), command.occurred_at or moment.recorded_at
    return HoldLifted(lot.sku, lot.lot, ids, command.by, at), *fill(draft, [lot.sku])


def place_owner_hold(ledger: Ledger, command: PlaceOwnerHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.placed on a supplier's goods, or on all that an owner has; what is still to come is held as well.

    What is promised and not picked is moved off afterwards, part by part (`lotstream.domain.agenda`), as after a change
    of the settings. The same hold told again changes nothing.
    """
    if command.hold.kind is HoldKind.RECALL:
        message = "A supplier or an owner is held, not recalled; recall the lots by lot.recalled."
        return Refusal(Code.FIELD_INVALID, "kind", message)
    mine = (command.supplier, command.hold.kind)
    same = [(one.supplier, one.hold.kind) == mine for one in ledger.settings.holds if one.hold.id == command.hold.id]
    if same:
        return again(command.hold.id, same=same[0])
    return (OwnerHeld(OwnerHold(placed_at(command.hold, moment), command.supplier)),)


def lift_owner_hold(ledger: Ledger, command: LiftOwnerHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.lifted from a supplier's goods or from an owner; whoever waits is served part by part afterwards."""
    mine = (known.hold for known in ledger.settings.holds if known.supplier == command.supplier)
    lifted = tuple(hold for hold in mine if command.hold in (None, hold.id))
    if not lifted:
        return ()
    ids, at = tuple(hold.id for hold in lifted), command.occurred_at or moment.recorded_at
    return unnamed(lifted, command.by) or (OwnerReleased(ids, command.by, at),)


def again(hold: str, *, same: bool) -> tuple[Event, ...] | Refusal:
    """Return nothing for a hold that is there already; one of another kind or on something else is not that one."""
    if same:
        return ()
    message = f"Hold {hold} is there already, of another kind or on something else; place this one under another id."
    return Refusal(Code.CONFLICTING_CONTENT, "hold", message)


def placed_at(hold: Hold, moment: Moment) -> Hold:
    """Return a hold with the moment it was placed, the record's own where the message says none."""
    return replace(hold, at=hold.at or moment.recorded_at)


def unnamed(lifted: Iterable[Hold], by: str | None) -> Refusal | None:
    """Refuse to lift without a name what somebody placed by name: who let it go has to be known as well."""
    named = next((hold for hold in lifted if hold.by is not None), None)
    if by is not None or named is None:
        return None
    return Refusal(Code.FIELD_MISSING, "by", f"{named.by} placed hold {named.id}; say who lifts it.")


def find_lot(ledger: Ledger, sku: str | None, number: str) -> Lot | Refusal:
    """Return the lot that is meant, by any number it has or had; without a SKU its number must be enough."""
    if sku is not None:
        names = ledger.names()
        key = (sku, number) if names is None else names.lot_name(LotName(sku, number))
        found = [lot for lot in (ledger.lots.get(key),) if lot is not None]
    else:
        found = list(ledger.lots_called(number))
    if not found:
        return Refusal(Code.UNKNOWN_LOT, "lot", f"Lot {number} is not known; check its number and SKU.")
    if len(found) > 1:
        skus = ", ".join(sorted(lot.sku for lot in found))
        return Refusal(Code.FIELD_MISSING, "sku", f"Lot {number} is a lot of {skus}; say which SKU.")
    return found[0]
