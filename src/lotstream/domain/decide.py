"""What follows from a command: the one pure function that everything turns on.

Same ledger, same command, same moment: same events, always. Nothing is changed here; `lotstream.domain.apply` does
that. Standard library only, no clock, no input or output, no randomness.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from lotstream.domain.adjusting import adjust_stock
from lotstream.domain.arriving import receive_transfer
from lotstream.domain.by_lot import tell_by_lot
from lotstream.domain.cancelling import cancel_order
from lotstream.domain.closing import close_order
from lotstream.domain.codes import Refusal, Refused
from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
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
    ContinueDay,
    CorrectLot,
    CorrectReceipt,
    CorrectShipment,
    CountStock,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    DefineSite,
    DefineSupplier,
    DocumentLot,
    ErasePersons,
    ExpectReceipt,
    ExpectReturn,
    FinishTask,
    ImportShipment,
    InspectLot,
    InspectReturn,
    LiftBinHold,
    LiftHold,
    LiftOwnerHold,
    LiftSerialHold,
    MergeLots,
    Moment,
    MoveStock,
    OpenBalance,
    OpenDay,
    PackPackage,
    PlaceBinHold,
    PlaceHold,
    PlaceOrder,
    PlaceOwnerHold,
    PlaceSerialHold,
    ProgressShipment,
    PutAway,
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
    TickClock,
    UndoPick,
    UnpackPackage,
    UnreserveOrder,
    VoidShipment,
    WorkOnWave,
)
from lotstream.domain.comparing import record_comparison
from lotstream.domain.conditions import record_condition
from lotstream.domain.counting import approve_count, count_stock
from lotstream.domain.documenting import document_lot
from lotstream.domain.erasing import erase_persons
from lotstream.domain.events import Event
from lotstream.domain.expecting import expect_receipt
from lotstream.domain.facts import change_settings, define_customer, define_item, define_owner
from lotstream.domain.found import FINDS, with_finds
from lotstream.domain.holds import lift_hold, lift_owner_hold, place_hold, place_owner_hold
from lotstream.domain.importing import import_shipment
from lotstream.domain.inspecting import inspect_lot
from lotstream.domain.keeping_counts import Decider, counts_touched, with_counts
from lotstream.domain.kitting import assemble_kit, break_kit
from lotstream.domain.leaving_owner import close_owner, note_closed, why_not_taken_in
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import release_order
from lotstream.domain.lot_correcting import correct_lot
from lotstream.domain.merging import merge_lots, split_lot
from lotstream.domain.model import CountsSince
from lotstream.domain.moving import continue_day
from lotstream.domain.on_the_road import progress_shipment
from lotstream.domain.on_the_way import TAKE, with_transfers
from lotstream.domain.opening import open_balance
from lotstream.domain.packing import pack_package, unpack_package
from lotstream.domain.picking import confirm_pick
from lotstream.domain.placing import place_order
from lotstream.domain.producing import record_production
from lotstream.domain.put_away import with_hints
from lotstream.domain.rebasing import rebase_item
from lotstream.domain.recall_answers import answer_recall, close_recall
from lotstream.domain.recalling import recall_lots
from lotstream.domain.receipt_closing import close_receipt
from lotstream.domain.receipt_correcting import correct_receipt
from lotstream.domain.receiving import receive_stock
from lotstream.domain.relocating import change_status, move_stock, put_away
from lotstream.domain.renaming import rename_item
from lotstream.domain.requesting import request_allocation
from lotstream.domain.reserving import reserve_stock
from lotstream.domain.return_expecting import expect_return
from lotstream.domain.return_inspecting import inspect_return
from lotstream.domain.returning import return_goods
from lotstream.domain.scanning import scan_lot
from lotstream.domain.serial_holds import lift_serial_hold, place_serial_hold
from lotstream.domain.shipping import confirm_shipment
from lotstream.domain.shorting import report_short
from lotstream.domain.sifting import SIFTED, sift
from lotstream.domain.snapshots import take_snapshot
from lotstream.domain.suppliers import define_supplier
from lotstream.domain.task_done import finish_task
from lotstream.domain.ticking import set_clock, tick_clock
from lotstream.domain.titles import accept_title, release_title
from lotstream.domain.told_late import MAY_BE_LATE
from lotstream.domain.transferring import ship_transfer
from lotstream.domain.undoing import start_pick, undo_pick
from lotstream.domain.unreserving import unreserve_order
from lotstream.domain.voiding import correct_shipment, void_shipment
from lotstream.domain.wave_floor import work_on_wave
from lotstream.domain.wave_telling import tell_by_wave
from lotstream.domain.waves import cancel_wave, release_wave
from lotstream.domain.weighing import SAY_WEIGHTS, with_weights

_DECIDERS: Final[dict[type, Decider]] = {
    PlaceOrder: place_order,
    CancelOrder: cancel_order,
    ReleaseOrder: release_order,
    RequestAllocation: request_allocation,
    UnreserveOrder: unreserve_order,
    CloseOrder: close_order,
    ReserveStock: reserve_stock,
    ReceiveStock: receive_stock,
    ExpectReceipt: expect_receipt,
    CloseReceipt: close_receipt,
    CorrectReceipt: correct_receipt,
    OpenBalance: open_balance,
    InspectLot: inspect_lot,
    DocumentLot: document_lot,
    RecordCondition: record_condition,
    PlaceHold: place_hold,
    PlaceOwnerHold: place_owner_hold,
    LiftOwnerHold: lift_owner_hold,
    PlaceSerialHold: place_serial_hold,
    LiftSerialHold: lift_serial_hold,
    RecallLots: recall_lots,
    CorrectLot: correct_lot,
    AnswerRecall: answer_recall,
    CloseRecall: close_recall,
    InspectReturn: inspect_return,
    ExpectReturn: expect_return,
    RecordProduction: record_production,
    MergeLots: merge_lots,
    RebaseItem: rebase_item,
    RenameItem: rename_item,
    SplitLot: split_lot,
    ProgressShipment: progress_shipment,
    AdjustStock: adjust_stock,
    AssembleKit: assemble_kit,
    BreakKit: break_kit,
    CountStock: count_stock,
    ApproveCount: approve_count,
    MoveStock: move_stock,
    ShipTransfer: ship_transfer,
    ReceiveTransfer: receive_transfer,
    ReleaseTitle: release_title,
    AcceptTitle: accept_title,
    PutAway: put_away,
    FinishTask: finish_task,
    ChangeStatus: change_status,
    ReturnGoods: return_goods,
    LiftHold: lift_hold,
    ContinueDay: continue_day,
    TickClock: tick_clock,
    ConfirmPick: confirm_pick,
    StartPick: start_pick,
    UndoPick: undo_pick,
    ReportShort: report_short,
    ScanLot: scan_lot,
    PackPackage: pack_package,
    UnpackPackage: unpack_package,
    ConfirmShipment: confirm_shipment,
    VoidShipment: void_shipment,
    CorrectShipment: correct_shipment,
    ReleaseWave: release_wave,
    CancelWave: cancel_wave,
    WorkOnWave: work_on_wave,
    DefineOwner: define_owner,
    ChangeSettings: change_settings,
    DefineItem: define_item,
    DefineCustomer: define_customer,
    DefineSupplier: lambda ledger, command, _: define_supplier(ledger, command),
    CloseOwner: close_owner,
    ImportShipment: import_shipment,
    TakeSnapshot: take_snapshot,
    RecordComparison: record_comparison,
    ErasePersons: lambda ledger, command, _: erase_persons(ledger, command),
}

#: Commands that are told to every partition and decided by `lotstream.domain.broadcasts`.
BROADCASTS = (DefineSite, DefineLocation, OpenDay, PlaceBinHold, LiftBinHold)


def decide(
    ledger: Ledger, command: Command, moment: Moment, *, by: Decider | None = None
) -> tuple[Event, ...] | Refusal:
    """Return the events that follow from a command, none when there is nothing to do, or why it is refused.

    ``by`` decides it in place of who would; what was counted before is left as it is then. Raises `NotLoaded` when an
    order or a receipt it names was not read from the database (see `lotstream.domain.named`), and `TypeError` for a
    broadcast.
    """
    decider = by or _DECIDERS.get(type(command))
    if decider is None:
        raise TypeError(f"{type(command).__name__} is told to every partition; decide_broadcast decides it")
    # Every order comes through here: what has nothing to say to most of them is not even called.
    if (names := (ledger.derived or ledger.index()).names) is not None:
        command = names.now(command)
    if ledger.history and by is None and type(command) in MAY_BE_LATE:
        return with_counts(ledger, command, moment, decide, decider)
    if ledger.settings.closed and (why := why_not_taken_in(ledger, command)) is not None:
        return why
    noted: tuple[Event, ...] = ()
    left_out: tuple[Event, ...] = ()
    try:
        if type(command) in SIFTED:
            command, noted, left_out = sift(ledger, command)
        decided = decider(ledger, command, moment)
        if isinstance(decided, Refusal):
            return decided
        if type(command) in TAKE:
            decided = with_transfers(ledger, command, decided, moment)
        if ledger.weighs or type(command) in SAY_WEIGHTS:
            decided = with_weights(ledger, command, decided)
    except Refused as refused:
        return refused.refusal
    if not FINDS.isdisjoint(map(type, decided)):
        decided = with_finds(ledger, command, decided, moment)
    if noted or left_out:
        decided = (*decided, *noted, *left_out) if decided else left_out
    if ledger.settings.put_away_hints:
        decided = with_hints(ledger, decided)
    if ledger.settings.closed:
        decided = note_closed(command, decided)
    if ledger.sites.lot_tasks:
        decided = tell_by_lot(ledger, decided)
    if ledger.has_waves or ledger.sites.by_wave:
        decided = tell_by_wave(ledger, decided)
    return set_clock(ledger, command, decided, moment) if ledger.clock.watched else decided


def counts_of_late(ledger: Ledger, command: Command, recorded_at: datetime, since: datetime) -> list[CountsSince]:
    """Return what has to be known of counts before a document is decided that has happened long before it was told."""
    alone = partial(decide, by=_DECIDERS[type(command)])
    return counts_touched(ledger, command, recorded_at, since=since, decide=alone)
