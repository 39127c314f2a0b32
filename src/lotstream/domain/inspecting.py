"""Lots are inspected: a failed inspection holds the lot at once, a passed one ends what waited for it.

The hold of a failed inspection has the inspection's number; one that waits for an inspection of goods that have come in
has none. Whichever inspection of the same stage passes later ends them all. Who let goods go is known, so a hold that
somebody signed ends by an inspection that somebody signed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import InspectLot, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, HoldPlaced, LotInspected
from lotstream.domain.filling import fill
from lotstream.domain.holds import find_lot, hold_lot, lift_from, unnamed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import INSPECTION, PLAIN, Hold, HoldKind, Inspection, Item, Lot, Notice, ReceiptKey, Stage
from lotstream.domain.notices import content_of

REQUIRED: Final = "inspection"
"""What an item requires of what comes in whose lots have to be inspected, as ``inspect`` says as well."""

INSPECTIONS_MAX: Final = 20
"""Inspections that a lot remembers, the last ones."""

WAITS: Final = f"{REQUIRED}/{Stage.INBOUND.value}"
"""Id of the hold on a lot that has come in and waits to be inspected."""


def inspect_lot(ledger: Ledger, command: InspectLot, moment: Moment) -> tuple[Event, ...]:
    """Decide lot.inspected; the same inspection told again changes nothing.

    A lot that fails is held, what is promised of it and not picked moves to other lots in the same decision, and what
    is picked of it does not leave. One that passes is let go by what waited for it, and whoever waits is served.
    """
    key = ReceiptKey(INSPECTION, command.inspection)
    content = content_of(_said(command))
    known = ledger.document(key, Notice)
    lot = find_lot(ledger, command.sku, command.lot)
    if known is not None:
        same = known.content == content and isinstance(lot, Lot) and _is_of(lot, command.inspection)
        if same:
            return ()
        raise _other_content(command)
    lot = granted(lot)
    at = command.occurred_at or moment.recorded_at
    inspection = Inspection(
        command.inspection, command.stage, command.passed, command.by, at, command.measured, command.reason
    )
    event = LotInspected(Notice(key, content), lot.sku, lot.lot, inspection)
    draft = Draft(ledger, moment)
    if not command.passed:
        reason = command.reason or f"Inspection {command.inspection} failed."
        hold = Hold(f"{REQUIRED}/{command.stage.value}/{command.inspection}", HoldKind.HOLD, reason, command.by, at)
        return HoldPlaced(lot.sku, lot.lot, hold), event, *hold_lot(draft, lot, hold)
    ended = [hold for hold in lot.holds if _waits_for(hold, command.stage)]
    stop_if(unnamed(ended, command.by))
    if not ended:
        return (event,)
    lifted = lift_from(draft, lot, ended, by=command.by, at=at)
    return lifted, event, *fill(draft, [lot.sku])


def awaited(known: Lot | None, item: Item, *, at: datetime) -> Hold | None:
    """Return the hold under which goods of an item come in until their lot is inspected; None when they need none."""
    if not item.inspect and REQUIRED not in item.required:
        return None
    more = None if known is None else known.more
    inspections = () if more is None else more.inspections
    if any(one.passed and one.stage is Stage.INBOUND for one in inspections):
        return None
    return Hold(WAITS, HoldKind.QUARANTINE, "It waits to be inspected.", at=at)


def await_inspection(lot: Lot, known: Lot | None, item: Item, *, at: datetime) -> Lot:
    """Return a lot of which goods have come in, held where it has to be inspected first."""
    hold = awaited(known, item, at=at)
    if hold is None or any(one.id == hold.id for one in lot.holds):
        return lot
    return replace(lot, holds=(*lot.holds, hold))


def _waits_for(hold: Hold, stage: Stage) -> bool:
    name = f"{REQUIRED}/{stage.value}"
    return hold.id == name or hold.id.startswith(f"{name}/")


def _is_of(lot: Lot, number: str) -> bool:
    """Tell whether an inspection is one of a lot's; of one with so many that the first are forgotten it may be."""
    known = (lot.more or PLAIN).inspections
    return len(known) == INSPECTIONS_MAX or any(one.number == number for one in known)


def _said(command: InspectLot) -> tuple[object, ...]:
    measured = sorted(command.measured.items())
    # Not the lot, which may have another number when this is told again.
    return command.stage.value, command.passed, command.by, measured, command.reason


def _other_content(command: InspectLot) -> Refused:
    message = f"Inspection {command.inspection} was told with other content; send this one under a number of its own."
    return Refused(Code.CONFLICTING_CONTENT, "inspection", message)
