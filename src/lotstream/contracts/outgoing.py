"""From events to outgoing messages.

Called for each event after it was applied, so that the ledger holds what is to be told. Pure: the same event on the
same ledger gives the same bytes, which is why what is in the outbox can be compared with a second run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lotstream.contracts.inventory_said import CHANGES
from lotstream.contracts.sending import Outgoing
from lotstream.contracts.write_availability import availability
from lotstream.contracts.write_floor import (
    count_task,
    inspect_tasks,
    put_away_tasks,
    put_backs,
    recount_tasks,
    undone_tasks,
    voided_tasks,
)
from lotstream.contracts.write_inventory import inventory_changes
from lotstream.contracts.write_lots import (
    documented,
    inspected,
    item_rebased,
    item_renamed,
    lot_corrected,
    lot_split,
    lots_merged,
)
from lotstream.contracts.write_notices import (
    answer,
    condition_alerts,
    count_alerts,
    counterfeit_alert,
    discrepancy_alert,
    goods_alerts,
    held_alert,
    held_notice,
    missing_alert,
    return_alerts,
)
from lotstream.contracts.write_packages import packages
from lotstream.contracts.write_recalls import recall_closed, recall_letters, recall_opened
from lotstream.contracts.write_receipts import receipt_closed
from lotstream.contracts.write_road import shipment_progress
from lotstream.contracts.write_shipments import ship_confirmation, ship_voided
from lotstream.contracts.write_status import change_refused, order_status
from lotstream.contracts.write_stock import inventory_comparison, inventory_snapshot
from lotstream.contracts.write_tasks import moved_task, pick_tasks, untold_tasks
from lotstream.contracts.write_time import expired_alert, expiry_alert, reorder_alert
from lotstream.contracts.write_waves import cancelled, changed, joined, left, released
from lotstream.domain.codes import NotUsed, Refusal
from lotstream.domain.commands import (
    CancelOrder,
    CloseOrder,
    Command,
    Moment,
    PlaceOrder,
    ReleaseOrder,
    ReserveStock,
    UnreserveOrder,
)
from lotstream.domain.events import (
    AvailabilityTold,
    ComparisonRecorded,
    ConditionRecorded,
    ConsigneesListed,
    CounterfeitSuspected,
    CountKept,
    DiscrepancyNoted,
    Event,
    ExpiryNoticed,
    GoodsPutAway,
    GoodsReturned,
    HeldNoticed,
    ItemRebased,
    ItemRenamed,
    KitAssembled,
    LotCorrected,
    LotDocumented,
    LotExpired,
    LotInspected,
    LotsMerged,
    LotSplit,
    LotSwapped,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderPacked,
    OrderRecorded,
    PackagesChanged,
    PickUndone,
    ProductionRecorded,
    PromisesReleased,
    PutAwayHinted,
    RecallClosed,
    RecallOpened,
    ReceiptClosed,
    ReorderHinted,
    ReservationFreed,
    ShipmentConfirmed,
    ShipmentProgressed,
    ShipmentVoided,
    SnapshotTaken,
    StockCounted,
    StockMissing,
    StockMoved,
    StockPicked,
    StockReceived,
    TasksJoinedWave,
    TasksLeftWave,
    TitleAccepted,
    WaveCancelled,
    WaveReleased,
    WaveTasksChanged,
)
from lotstream.domain.ledger import Ledger

__all__ = ["Outgoing", "answer", "messages", "refused"]

_Writer = Callable[[Ledger, Any, Moment], Iterator[Outgoing]]


def messages(ledger: Ledger, event: Event, moment: Moment) -> Iterator[Outgoing]:
    """Return the messages that an applied event causes, in the order in which they are to be read."""
    write = _WRITERS.get(type(event))
    return iter(()) if write is None else write(ledger, event, moment)


def refused(ledger: Ledger, command: Command, refusal: Refusal, moment: Moment) -> Iterator[Outgoing]:
    """Return the order status that tells an order's sender of a refusal; nothing for other commands."""
    if isinstance(command, _ABOUT_AN_ORDER):
        yield change_refused(ledger, command.key, refusal, moment)


_ABOUT_AN_ORDER = (PlaceOrder, CancelOrder, ReleaseOrder, UnreserveOrder, CloseOrder, ReserveStock)


def _recorded(ledger: Ledger, event: OrderRecorded, moment: Moment) -> Iterator[Outgoing]:
    key = event.order.key
    yield from pick_tasks(ledger, key, moment, decisions=event.decisions)
    yield from order_status(ledger, key, moment)


def _changed(ledger: Ledger, event: OrderChanged, moment: Moment) -> Iterator[Outgoing]:
    key = event.order.key
    yield from pick_tasks(ledger, key, moment, freed=event.freed, decisions=event.decisions)
    yield from put_backs(ledger, key, event.freed, moment)
    yield from order_status(ledger, key, moment)


def _allocated(ledger: Ledger, event: OrderAllocated, moment: Moment) -> Iterator[Outgoing]:
    yield from pick_tasks(ledger, event.key, moment, decisions=event.decisions)
    yield from order_status(ledger, event.key, moment)


def _cancelled(ledger: Ledger, event: OrderCancelled, moment: Moment) -> Iterator[Outgoing]:
    order = ledger.order(event.key)
    over = f"Its last day was {order.cancel_after}." if event.reason and order is not None else None
    yield from pick_tasks(ledger, event.key, moment, freed=event.freed)
    yield from put_backs(ledger, event.key, event.freed, moment)
    yield from order_status(ledger, event.key, moment, code=event.reason, message=over)


def _let_go(ledger: Ledger, event: OrderClosed | PromisesReleased, moment: Moment) -> Iterator[Outgoing]:
    yield from pick_tasks(ledger, event.key, moment, freed=event.freed)
    yield from put_backs(ledger, event.key, event.freed, moment)
    yield from order_status(ledger, event.key, moment)


def _freed(ledger: Ledger, event: ReservationFreed, moment: Moment) -> Iterator[Outgoing]:
    # A task may lose a part and have the rest given back; it is told once, with what is left of it.
    told = {loss.task for loss in event.freed}
    settled = (loss for loss in event.settled if loss.task not in told)
    yield from pick_tasks(ledger, event.key, moment, freed=(*event.freed, *settled))
    # Picked goods that were counted and are not there cannot be put back.
    lying = () if event.reason == NotUsed.LOT_TOO_SMALL else event.freed
    yield from put_backs(ledger, event.key, (*lying, *event.settled), moment)
    yield from order_status(ledger, event.key, moment)


def _held(ledger: Ledger, event: HeldNoticed, moment: Moment) -> Iterator[Outgoing]:
    order = ledger.orders[event.key]
    yield from order_status(ledger, event.key, moment, message=held_notice(event, order))
    yield held_alert(ledger, event, order, moment)


def _kept(ledger: Ledger, event: CountKept, moment: Moment) -> Iterator[Outgoing]:
    yield recount_tasks(ledger, event, moment)


def _picked(ledger: Ledger, event: StockPicked, moment: Moment) -> Iterator[Outgoing]:
    yield from order_status(ledger, event.key, moment)


def _undone(ledger: Ledger, event: PickUndone, moment: Moment) -> Iterator[Outgoing]:
    yield from undone_tasks(ledger, event, moment)
    yield from untold_tasks(ledger, event, moment)
    yield from order_status(ledger, event.key, moment)


def _missing(ledger: Ledger, event: StockMissing, moment: Moment) -> Iterator[Outgoing]:
    yield count_task(ledger, event, moment)
    yield from missing_alert(ledger, event, moment)


def _swapped(ledger: Ledger, event: LotSwapped, moment: Moment) -> Iterator[Outgoing]:
    yield from pick_tasks(ledger, event.key, moment, freed=event.given, swapped=event)


def _packed(ledger: Ledger, event: OrderPacked, moment: Moment) -> Iterator[Outgoing]:
    yield from order_status(ledger, event.key, moment)


def _shipped(ledger: Ledger, event: ShipmentConfirmed, moment: Moment) -> Iterator[Outgoing]:
    yield ship_confirmation(ledger, event, moment)
    yield from order_status(ledger, event.key, moment)


def _moved(ledger: Ledger, event: StockMoved, moment: Moment) -> Iterator[Outgoing]:
    for move in event.moves:
        for carried in move.carried:
            yield from moved_task(ledger, carried, move, moment)


def _voided(ledger: Ledger, event: ShipmentVoided, moment: Moment) -> Iterator[Outgoing]:
    yield ship_voided(ledger, event, moment)
    yield from voided_tasks(ledger, event, moment)
    yield from order_status(ledger, event.key, moment)


def _noted(ledger: Ledger, event: DiscrepancyNoted, moment: Moment) -> Iterator[Outgoing]:
    yield discrepancy_alert(ledger, event, moment)


def _came_in(ledger: Ledger, event: StockReceived | TitleAccepted, moment: Moment) -> Iterator[Outgoing]:
    yield from inspect_tasks(ledger, event.site, event.lines, moment)
    yield from goods_alerts(ledger, event, moment)


def _made(ledger: Ledger, event: ProductionRecorded | KitAssembled, moment: Moment) -> Iterator[Outgoing]:
    yield from inspect_tasks(ledger, event.site, event.made, moment)


def _expired(ledger: Ledger, event: LotExpired, moment: Moment) -> Iterator[Outgoing]:
    if event.told:
        yield expired_alert(ledger, event, moment)


def _expiry(ledger: Ledger, event: ExpiryNoticed, moment: Moment) -> Iterator[Outgoing]:
    yield expiry_alert(ledger, event, moment)


def _reorder(ledger: Ledger, event: ReorderHinted, moment: Moment) -> Iterator[Outgoing]:
    yield reorder_alert(ledger, event, moment)


def _and_inventory(write: _Writer | None) -> _Writer:
    """Return a writer of what an event tells, and after it of what it has changed in stock."""
    if write is None:
        return inventory_changes

    def told(ledger: Ledger, event: Any, moment: Moment) -> Iterator[Outgoing]:  # noqa: ANN401 - any event
        yield from write(ledger, event, moment)
        yield from inventory_changes(ledger, event, moment)

    return told


_WRITERS: dict[type, _Writer] = {
    LotExpired: _expired,
    ExpiryNoticed: _expiry,
    ReorderHinted: _reorder,
    OrderRecorded: _recorded,
    OrderChanged: _changed,
    OrderAllocated: _allocated,
    OrderCancelled: _cancelled,
    OrderClosed: _let_go,
    PromisesReleased: _let_go,
    ReservationFreed: _freed,
    HeldNoticed: _held,
    StockPicked: _picked,
    PickUndone: _undone,
    StockMissing: _missing,
    LotSwapped: _swapped,
    PackagesChanged: packages,
    OrderPacked: _packed,
    ShipmentConfirmed: _shipped,
    ShipmentVoided: _voided,
    DiscrepancyNoted: _noted,
    StockMoved: _moved,
    GoodsPutAway: _moved,
    PutAwayHinted: put_away_tasks,
    GoodsReturned: return_alerts,
    StockReceived: _came_in,
    TitleAccepted: _came_in,
    ProductionRecorded: _made,
    KitAssembled: _made,
    LotInspected: inspected,
    ConditionRecorded: condition_alerts,
    LotDocumented: documented,
    ReceiptClosed: receipt_closed,
    StockCounted: count_alerts,
    CountKept: _kept,
    AvailabilityTold: availability,
    TasksJoinedWave: joined,
    WaveReleased: released,
    WaveCancelled: cancelled,
    SnapshotTaken: inventory_snapshot,
    ComparisonRecorded: inventory_comparison,
    TasksLeftWave: left,
    WaveTasksChanged: changed,
    LotCorrected: lot_corrected,
    RecallOpened: recall_opened,
    ConsigneesListed: recall_letters,
    RecallClosed: recall_closed,
    CounterfeitSuspected: counterfeit_alert,
    LotsMerged: lots_merged,
    ItemRebased: item_rebased,
    ItemRenamed: item_renamed,
    LotSplit: lot_split,
    ShipmentProgressed: shipment_progress,
}
_WRITERS |= {event: _and_inventory(_WRITERS.get(event)) for event in CHANGES}
