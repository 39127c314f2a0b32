"""Alerts and answers: what a person, or whoever asked, is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotstream.contracts.quantities import decimal_text
from lotstream.contracts.sending import Outgoing, encode
from lotstream.contracts.sent import AlertKind, AnswerOutcome
from lotstream.contracts.topics import ALERTS, ANSWERS
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    Command,
    ConfirmPick,
    ConfirmShipment,
    LiftHold,
    Moment,
    PlaceHold,
    ReceiveStock,
    ReleaseOrder,
    RequestAllocation,
)
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.ledger import Ledger

if TYPE_CHECKING:
    from lotstream.contracts.decode import Decoded

ALERT_TYPE = "lotstream.alert.v1"
ANSWER_TYPE = "lotstream.answer.v1"

_REQUESTS = (CancelOrder, ReleaseOrder, RequestAllocation, PlaceHold, LiftHold, ChangeSettings)
_FLOOR = (ReceiveStock, ConfirmPick, ConfirmShipment)


def discrepancy_alert(ledger: Ledger, event: DiscrepancyNoted, moment: Moment) -> Outgoing:
    """Return the alert that what has happened did not fit what was known."""
    body = {
        "owner": ledger.owner,
        "alert": AlertKind.DISCREPANCY,
        "code": event.code,
        "message": event.message,
        "about": event.about,
        "quantity": None if event.quantity is None else decimal_text(event.quantity),
        "raised_at": moment.recorded_at,
        "decision": moment.decision,
    }
    return Outgoing(ALERTS.name, ledger.owner, ALERT_TYPE, encode(body))


def is_asked(command: Command) -> bool:
    """Tell whether somebody waits for an answer.

    Who asks before doing something does; who tells what has happened or what there is does not. A placed order is
    answered by its status, which saves one row per order.
    """
    return not command.happened if isinstance(command, _FLOOR) else isinstance(command, _REQUESTS)


def answer(decoded: Decoded, refusal: Refusal | None, moment: Moment) -> Outgoing | None:
    """Return the answer to a command: done or refused; None when nobody asked. A refusal is always told."""
    if refusal is None and not is_asked(decoded.command):
        return None
    body = {
        "owner": decoded.owner,
        "source": decoded.source,
        "message_id": decoded.message_id,
        "type": decoded.type,
        "outcome": AnswerOutcome.DONE if refusal is None else AnswerOutcome.REFUSED,
        "code": None if refusal is None else refusal.code,
        "field": None if refusal is None else refusal.field,
        "message": None if refusal is None else refusal.message,
        "decided_at": moment.recorded_at,
        "decision": moment.decision,
    }
    return Outgoing(ANSWERS.name, decoded.message_id, ANSWER_TYPE, encode(body))
