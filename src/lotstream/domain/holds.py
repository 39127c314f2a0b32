"""Holds on a lot: placed, with everything promised of it moved to other stock; and lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from lotstream.domain.codes import Code, Refusal, Refused, granted, stop_if
from lotstream.domain.commands import LiftHold, LiftOwnerHold, Moment, PlaceHold, PlaceOwnerHold
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, HoldLifted, HoldPlaced, OwnerHeld, OwnerReleased
from lotstream.domain.filling import fill
from lotstream.domain.gone import note_gone
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import PLAIN, Hold, HoldKind, Lot, LotName, OwnerHold
from lotstream.domain.moving import move_off
from lotstream.domain.usable import BY_HOLD

LIFTED_MAX: Final = 20
"""Holds that are remembered as lifted from a lot, a bin, a unit or an owner, the last ones."""


def place_hold(ledger: Ledger, command: PlaceHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.placed on a lot.

    What is promised of the lot and not picked is given back, and those orders are allocated again at once, in queue
    order, whether the owner allocates at once or on request. What is picked is kept, but cannot be shipped while the
    hold lasts; a recall takes that as well, and tells what has left already. The same hold told again changes nothing.
    """
    lot = granted(find_lot(ledger, command.sku, command.lot))
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


def lift_hold(ledger: Ledger, command: LiftHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.lifted: one hold of a lot, or all of them when none is named; then whoever waits is served."""
    lot = granted(find_lot(ledger, command.sku, command.lot))
    lifted = tuple(hold for hold in lot.holds if command.hold in (None, hold.id))
    if not lifted:
        return lifted_before(command.hold, (lot.more or PLAIN).lifted, f"lot {lot.lot} of {lot.sku}")
    stop_if(unnamed(lifted, command.by))
    draft = Draft(ledger, moment)
    event = lift_from(draft, lot, lifted, by=command.by, at=command.occurred_at or moment.recorded_at)
    return event, *fill(draft, [lot.sku])


def lift_from(draft: Draft, lot: Lot, lifted: Iterable[Hold], *, by: str | None, at: datetime) -> HoldLifted:
    """Lift holds of a lot for the rest of a decision, and remember them as lifted."""
    ids = tuple(hold.id for hold in lifted)
    known = also_lifted((lot.more or PLAIN).lifted, ids)
    left = replace(lot, holds=tuple(hold for hold in lot.holds if hold.id not in ids))
    draft.know_lot(with_more(left, lifted=known))
    return HoldLifted(lot.sku, lot.lot, ids, by, at, known)


def place_owner_hold(ledger: Ledger, command: PlaceOwnerHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.placed on a supplier's goods, or on all that an owner has; what is still to come is held as well.

    What is promised and not picked is moved off afterwards, part by part (`lotstream.domain.agenda`), as after a change
    of the settings. The same hold told again changes nothing.
    """
    if command.hold.kind is HoldKind.RECALL:
        message = "A supplier or an owner is held, not recalled; recall the lots by lot.recalled."
        raise Refused(Code.FIELD_INVALID, "kind", message)
    mine = (command.supplier, command.hold.kind)
    same = [(one.supplier, one.hold.kind) == mine for one in ledger.settings.holds if one.hold.id == command.hold.id]
    if same:
        return again(command.hold.id, same=same[0])
    return (OwnerHeld(OwnerHold(placed_at(command.hold, moment), command.supplier)),)


def lift_owner_hold(ledger: Ledger, command: LiftOwnerHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.lifted from a supplier's goods or from an owner; whoever waits is served part by part afterwards."""
    mine = (known.hold for known in ledger.settings.holds if known.supplier == command.supplier)
    lifted = tuple(hold for hold in mine if command.hold in (None, hold.id))
    if command.supplier is None:
        # A recall waits for more of its goods until somebody lifts it by its number.
        lifted += tuple(rule.hold for rule in ledger.settings.recalls if rule.hold.id == command.hold)
    known = ledger.settings.lifted
    if not lifted:
        what = "the owner" if command.supplier is None else f"supplier {command.supplier}"
        return lifted_before(command.hold, known, what)
    ids, at = tuple(dict.fromkeys(hold.id for hold in lifted)), command.occurred_at or moment.recorded_at
    stop_if(unnamed(lifted, command.by))
    return (OwnerReleased(ids, command.by, at, also_lifted(known, ids)),)


def again(hold: str, *, same: bool) -> tuple[Event, ...]:
    """Return nothing for a hold that is there already; one of another kind or on something else is not that one."""
    if same:
        return ()
    message = f"Hold {hold} is there already, of another kind or on something else; place this one under another id."
    raise Refused(Code.CONFLICTING_CONTENT, "hold", message)


def also_lifted(before: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the last holds that were lifted, after some more were."""
    return (*(known for known in before if known not in ids), *ids)[-LIFTED_MAX:]


def lifted_before(hold: str | None, lifted: tuple[str, ...], what: str) -> tuple[Event, ...]:
    """Return nothing where a hold was lifted before, or none is named; raises `Refused` for one that never was."""
    if hold is None or hold in lifted:
        return ()
    raise Refused(Code.NOT_AVAILABLE, "hold", f"There is no hold {hold} on {what}; check its id.")


def placed_at(hold: Hold, moment: Moment) -> Hold:
    """Return a hold with the moment it was placed, the record's own where the message says none."""
    return replace(hold, at=hold.at or moment.recorded_at)


def unnamed(lifted: Iterable[Hold], by: str | None) -> Refusal | None:
    """Refuse to lift without a name what somebody placed by name: who let it go has to be known as well."""
    named = next((hold for hold in lifted if hold.by is not None), None)
    if by is not None or named is None:
        return None
    return Refusal(Code.FIELD_MISSING, "by", f"{named.by} placed hold {named.id}; say who lifts it.")


def find_lot(ledger: Ledger, sku: str | None, number: str, *, field: str = "lot") -> Lot | Refusal:
    """Return the lot that is meant, by any number it has or had; without a SKU its number must be enough.

    ``field`` is where the number stands.
    """
    if sku is not None:
        names = ledger.names()
        key = (sku, number) if names is None else names.lot_name(LotName(sku, number))
        found = [lot for lot in (ledger.lots.get(key),) if lot is not None]
    else:
        found = list(ledger.lots_called(number))
    if not found:
        return Refusal(Code.UNKNOWN_LOT, field, f"Lot {number} is not known; check its number and SKU.")
    if len(found) > 1:
        skus = ", ".join(sorted(lot.sku for lot in found))
        return Refusal(Code.FIELD_MISSING, "sku", f"Lot {number} is a lot of {skus}; say which SKU.")
    return found[0]
