"""An owner leaves: nothing new is taken in, what is there goes out, and all that was done stays to be read."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    CloseOwner,
    Command,
    ExpectReceipt,
    Moment,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
)
from lotstream.domain.events import DiscrepancyNoted, Event, OwnerClosed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Expected, expected_key

_MESSAGE = "This owner is closed, and nothing new is taken in; define the owner anew to open it."


def close_owner(ledger: Ledger, command: CloseOwner, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide owner.closed; told again it changes nothing. What is promised, picked or on its way goes on."""
    if ledger.settings.closed:
        return ()
    return (OwnerClosed(moment.recorded_at, command.reason, command.by),)


def why_not_taken_in(ledger: Ledger, command: Command) -> Refusal | None:
    """Refuse what would bring an owner who has left something new: orders, and goods that are only announced.

    Orders that are known may still change, be cancelled, picked and shipped.
    """
    match command:
        case PlaceOrder():
            is_new = ledger.order(command.key) is None
        case ExpectReceipt():
            is_new = ledger.document(expected_key(command.expected), Expected) is None
        case ReceiveStock():
            is_new = not command.happened
        case _:
            is_new = isinstance(command, OpenBalance)
    return Refusal(Code.ON_HOLD, "owner", _MESSAGE) if is_new else None


def note_closed(command: Command, decided: tuple[Event, ...] | Refusal) -> tuple[Event, ...] | Refusal:
    """Add that goods came in for an owner who has left: they stand on the dock, so they are booked."""
    if not isinstance(command, ReceiveStock) or isinstance(decided, Refusal) or not decided:
        return decided
    message = f"Receipt {command.receipt} brought goods for an owner who is closed; have them sent back."
    return *decided, DiscrepancyNoted(Code.ON_HOLD.value, message, {"receipt": command.receipt, "site": command.site})
