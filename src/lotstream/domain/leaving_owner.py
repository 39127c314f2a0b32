"""An owner leaves: nothing new is taken in, what is there goes out, and all that was done stays to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    AcceptTitle,
    CloseOwner,
    Command,
    ExpectReceipt,
    ImportShipment,
    Moment,
    OpenBalance,
    PlaceOrder,
    ReceiveStock,
    RecordProduction,
)
from lotstream.domain.events import DiscrepancyNoted, Event, OwnerClosed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Expected, expected_key

_MESSAGE = "This owner is closed, and nothing new is taken in; define the owner anew to open it."


def close_owner(ledger: Ledger, command: CloseOwner, moment: Moment) -> tuple[Event, ...]:
    """Decide owner.closed; told again it changes nothing. What is promised, picked or on its way goes on."""
    if ledger.settings.closed:
        return ()
    return (OwnerClosed(moment.recorded_at, command.reason, command.by),)


def why_not_taken_in(ledger: Ledger, command: Command) -> Refusal | None:
    """Refuse what would bring an owner who has left something new: orders, beginnings, and goods not there yet.

    Orders and announcements that are known may still change, and be cancelled, picked and shipped, or received.
    """
    asks = _NEW.get(type(command))
    return None if asks is None or not asks(ledger, command) else Refusal(Code.ON_HOLD, "owner", _MESSAGE)


_NEW: Final[dict[type, Callable[[Ledger, Any], bool]]] = {
    PlaceOrder: lambda ledger, command: ledger.order(command.key) is None,
    ExpectReceipt: lambda ledger, command: ledger.document(expected_key(command.expected), Expected) is None,
    OpenBalance: lambda *_: True,
    ImportShipment: lambda *_: True,
    ReceiveStock: lambda _, command: not command.happened,
    AcceptTitle: lambda _, command: not command.happened,
    RecordProduction: lambda _, command: not command.happened,
}
"""Commands that may bring something new, and whether one does."""


def note_closed(command: Command, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Add that goods came in for an owner who has left: they are there, so they are booked."""
    if not decided:
        return decided
    if isinstance(command, ReceiveStock):
        message = f"Receipt {command.receipt} brought goods for an owner who is closed; have them sent back."
        return *decided, _odd(message, {"receipt": command.receipt, "site": command.site})
    if isinstance(command, AcceptTitle):
        message = f"Goods of {command.from_owner} were sold to an owner who is closed; have them taken back."
        return *decided, _odd(message, {"title": command.title, "site": command.site})
    return decided


def _odd(message: str, about: dict[str, str]) -> DiscrepancyNoted:
    return DiscrepancyNoted(Code.ON_HOLD.value, message, about)
