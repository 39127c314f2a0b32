"""Alerts and answers: what a person, or whoever asked, is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lotstream.contracts.quantities import base_text, decimal_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.sent_notices import AlertKind, AnswerOutcome
from lotstream.contracts.topics import ALERTS, ANSWERS
from lotstream.domain.codes import COUNT_DIFFERENCE, Code, NotUsed, Refusal
from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
    AnswerBroadcast,
    AnswerRecall,
    ApproveCount,
    AssembleKit,
    BreakKit,
    CancelOrder,
    CancelWave,
    ChangeSettings,
    ChangeStatus,
    CloseOrder,
    CloseOwner,
    CloseRecall,
    CloseReceipt,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CorrectLot,
    CorrectReceipt,
    CountStock,
    DocumentLot,
    ErasePersons,
    ExpectReceipt,
    ExpectReturn,
    FinishTask,
    ImportShipment,
    InspectLot,
    InspectReturn,
    LiftHold,
    LiftOwnerHold,
    LiftSerialHold,
    MergeLots,
    Moment,
    MoveStock,
    PackPackage,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    ProgressShipment,
    RebaseItem,
    RecallLots,
    ReceiveStock,
    ReceiveTransfer,
    RecordComparison,
    RecordCondition,
    RecordProduction,
    ReleaseOrder,
    ReleaseTitle,
    ReleaseWave,
    RenameItem,
    ReportShort,
    RequestAllocation,
    ReserveStock,
    ReturnGoods,
    ScanLot,
    ShipTransfer,
    SplitLot,
    StartPick,
    TakeSnapshot,
    UndoPick,
    UnpackPackage,
    UnreserveOrder,
    VoidShipment,
    WorkOnWave,
)
from lotstream.domain.events import (
    ConditionRecorded,
    CounterfeitSuspected,
    DiscrepancyNoted,
    GoodsReturned,
    HeldNoticed,
    StockCounted,
    StockMissing,
    StockReceived,
    TitleAccepted,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order

if TYPE_CHECKING:
    from lotstream.contracts.decode import Decoded

ALERT_TYPE = "lotstream.alert.v1"
ANSWER_TYPE = "lotstream.answer.v1"

NAMED_MAX = 20
"""Lots that an alert about many names."""

_REQUESTS = (
    CancelOrder, ReleaseOrder, UnreserveOrder, CloseOrder, RequestAllocation, ReserveStock, PlaceHold, LiftHold,
    PlaceOwnerHold, LiftOwnerHold, PlaceSerialHold, LiftSerialHold, RecallLots, ChangeSettings, ErasePersons,
    CloseOwner, ImportShipment, TakeSnapshot, RecordComparison,
    CorrectLot, MergeLots, RebaseItem, RenameItem, SplitLot,
    InspectLot, DocumentLot,
    AnswerRecall, CloseRecall, ExpectReturn,
    ExpectReceipt,
)  # fmt: skip
#: `CorrectShipment` is a `ConfirmShipment`.
_FLOOR = (
    ReceiveStock, CloseReceipt, CorrectReceipt, ShipTransfer, ReceiveTransfer, ReleaseTitle, AcceptTitle,
    AssembleKit, BreakKit, RecordProduction,
    AdjustStock, CountStock, ApproveCount, MoveStock, ChangeStatus, ReturnGoods, ConfirmPick, ReportShort, ScanLot,
    FinishTask, RecordCondition, StartPick, UndoPick, PackPackage, UnpackPackage, ConfirmShipment, VoidShipment,
    ReleaseWave, CancelWave, WorkOnWave, InspectReturn, ProgressShipment,
)  # fmt: skip


def discrepancy_alert(ledger: Ledger, event: DiscrepancyNoted, moment: Moment) -> Outgoing:
    """Return the alert that what has happened did not fit what was known."""
    quantity = None if event.quantity is None else decimal_text(event.quantity)
    kind = AlertKind.RECALL if event.code == NotUsed.RECALLED else AlertKind.DISCREPANCY
    return alert(
        ledger, moment, kind=kind, code=event.code, message=event.message, about=event.about, quantity=quantity
    )


def goods_alerts(ledger: Ledger, event: StockReceived | TitleAccepted, moment: Moment) -> Iterator[Outgoing]:
    """Return an alert for each line that came in and went to quarantine because something about it was not right."""
    document = {"receipt": event.receipt} if isinstance(event, StockReceived) else {"title": event.number}
    for line in event.lines:
        if line.discrepancy is None or line.doubted:
            continue
        row = line.row
        about = {**document, "line": line.line, "sku": row.sku, "location": row.location}
        if row.lot is not None:
            about["lot"] = row.lot
        yield alert(
            ledger,
            moment,
            code=line.discrepancy,
            message=line.message or line.discrepancy,
            about=about,
            quantity=base_text(line.quantity, item_of(ledger, row.sku).decimals),
        )


def return_alerts(ledger: Ledger, event: GoodsReturned, moment: Moment) -> Iterator[Outgoing]:
    """Return an alert for each returned line that went to quarantine because it cannot have been shipped."""
    for line in event.lines:
        if line.discrepancy is None or line.doubted:
            continue
        row = line.row
        about = {"return": event.number, "line": line.line}
        about |= {} if event.key is None else {"order": event.key.order, "source": event.key.source}
        about |= {"sku": row.sku, "location": row.location}
        if row.lot is not None:
            about["lot"] = row.lot
        quantity = base_text(line.quantity, item_of(ledger, row.sku).decimals)
        message = line.message or line.discrepancy
        yield alert(ledger, moment, code=line.discrepancy, message=message, about=about, quantity=quantity)


def counterfeit_alert(ledger: Ledger, event: CounterfeitSuspected, moment: Moment) -> Iterator[Outgoing]:
    """Yield the alert that goods turned up which cannot be what they say."""
    quantity = None if event.quantity is None else decimal_text(event.quantity)
    yield alert(
        ledger, moment, kind=AlertKind.COUNTERFEIT, code=event.code, message=event.message, about=event.about,
        quantity=quantity,
    )  # fmt: skip


def missing_alert(ledger: Ledger, event: StockMissing, moment: Moment) -> Iterator[Outgoing]:
    """Return an alert for goods that a picker did not find in their bin."""
    row, units = event.row, max(event.missing, event.booked)
    about = {"order": event.key.order, "source": event.key.source, "line": event.line, "sku": row.sku}
    about |= {"location": row.location} | ({} if row.lot is None else {"lot": row.lot})
    message = f"Less of {row.sku} was found in {row.location} than was known to be there; have it counted."
    quantity = base_text(units, item_of(ledger, row.sku).decimals)
    yield alert(ledger, moment, code=Code.NOT_AVAILABLE, message=message, about=about, quantity=quantity)


def held_notice(event: HeldNoticed, order: Order) -> str:
    """Return how long an order has been held and why, as a sentence."""
    return f"Held for {event.hours} hours. {order.held_message or event.code}"


def held_alert(ledger: Ledger, event: HeldNoticed, order: Order, moment: Moment) -> Outgoing:
    """Return the alert that an order has been held for so long that its sender is told."""
    about = {"order": event.key.order, "source": event.key.source}
    message = held_notice(event, order)
    return alert(ledger, moment, kind=AlertKind.HELD, code=event.code, message=message, about=about, quantity=None)


def count_alerts(ledger: Ledger, event: StockCounted, moment: Moment) -> Iterator[Outgoing]:
    """Return an alert for each counted line that found something else than was known to be there."""
    more = Counter[str]()
    for change in event.changes:
        more[change.line] += change.quantity
    for line, units in more.items():
        if units == 0 or line not in event.booked:
            # Packages of one bin were mistaken for each other, and all in all it has what was known; or a count is put
            # right, of which a discrepancy says why.
            continue
        row, counted = event.booked[line].row, event.booked[line].quantity
        item = item_of(ledger, row.sku)
        found, known = (base_text(quantity, item.decimals) for quantity in (counted, counted - units))
        goods = row.sku if row.lot is None else f"{row.sku} lot {row.lot}"
        message = f"{found} {item.base_unit} of {goods} were counted in {row.location}, where {known} were known."
        about = {"count": event.number, "line": line, "sku": row.sku, "location": row.location}
        about |= {} if row.lot is None else {"lot": row.lot}
        quantity = base_text(units, item.decimals)
        yield alert(ledger, moment, code=COUNT_DIFFERENCE, message=message, about=about, quantity=quantity)


def condition_alerts(ledger: Ledger, event: ConditionRecorded, moment: Moment) -> Iterator[Outgoing]:
    """Return the alert that lots are on hold because of how they were kept; nothing when none is."""
    if not event.held:
        return
    value = "" if event.value is None else f" {decimal_text(event.value)}"
    where = event.location or event.package
    names = [f"{name.lot} of {name.sku}" for name in event.held[:NAMED_MAX]]
    more = f" and {len(event.held) - NAMED_MAX} more" if len(event.held) > NAMED_MAX else ""
    message = (
        f"{event.kind.value.capitalize()}{value} was recorded: on hold are {', '.join(names)}{more}; look at them."
    )
    about = {"condition": event.notice.key.number, "site": event.site} | ({} if where is None else {"location": where})
    if len(event.held) == 1:
        about |= {"sku": event.held[0].sku, "lot": event.held[0].lot}
    kind = AlertKind.CONDITION
    yield alert(ledger, moment, kind=kind, code=Code.ON_HOLD, message=message, about=about, quantity=None)


def alert(
    ledger: Ledger,
    moment: Moment,
    *,
    code: str,
    message: str,
    about: dict[str, str],
    quantity: str | None,
    kind: AlertKind = AlertKind.DISCREPANCY,
    owner: str | None = None,
) -> Outgoing:
    """Return an alert of whatever kind, ``quantity`` in base units: what a person should look at.

    It is in the name of ``owner``, where it concerns another one than whose ledger it is of.
    """
    owner = owner or ledger.owner
    body = {
        "owner": owner,
        "alert": kind,
        "code": code,
        "message": message,
        "about": about,
        "quantity": quantity,
        "raised_at": moment.recorded_at,
        "decision": moment.decision,
    }
    return Outgoing(ALERTS.name, owner, ALERT_TYPE, encode(body))


def is_asked(command: Command) -> bool:
    """Tell whether somebody waits for an answer.

    Who asks before doing something does; who tells what has happened or what there is does not. A placed order is
    answered by its status, which saves one row per order.
    """
    return not command.happened if isinstance(command, _FLOOR) else isinstance(command, _REQUESTS)


def answer(decoded: Decoded, refusal: Refusal | None, moment: Moment) -> Outgoing | None:
    """Return the answer to a command: done or refused; None when nobody asked. A refusal is always told."""
    command = decoded.command
    if isinstance(command, AnswerBroadcast):
        return _answer(decoded, refusal, moment, type=command.type)
    return None if refusal is None and not is_asked(command) else _answer(decoded, refusal, moment, type=decoded.type)


def _answer(decoded: Decoded, refusal: Refusal | None, moment: Moment, *, type: str) -> Outgoing:
    body = {
        "owner": decoded.owner,
        "source": decoded.source,
        "message_id": decoded.message_id,
        "type": type,
        "outcome": AnswerOutcome.DONE if refusal is None else AnswerOutcome.REFUSED,
        "code": None if refusal is None else refusal.code,
        "field": None if refusal is None else refusal.field,
        "message": None if refusal is None else refusal.message,
        "decided_at": moment.recorded_at,
        "decision": moment.decision,
    }
    return Outgoing(ANSWERS.name, decoded.message_id, ANSWER_TYPE, encode(body))
