"""What may be asked of the ledger, and what it is told has happened.

One frozen record per message type; the doors turn messages into these (`lotstream.contracts`). Quantities are decimals
in the unit named beside them, because only the ledger knows an item's smallest unit.
"""

from __future__ import annotations

from lotstream.domain.commands.counts import ApproveCount, SecondCount
from lotstream.domain.commands.ends import (
    CloseOwner,
    ComparedLine,
    Covers,
    ErasePersons,
    ImportedLine,
    ImportShipment,
    RecordComparison,
    TakeSnapshot,
)
from lotstream.domain.commands.facts import (
    ChangeSettings,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    DefineSite,
    DefineSupplier,
    OpenDay,
    RebaseItem,
    RenameItem,
)
from lotstream.domain.commands.floor import (
    ConfirmPick,
    ConfirmShipment,
    PickLine,
    ReportShort,
    ScanLot,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    ShortLine,
    StartPick,
    UndoneLine,
    UndoPick,
)
from lotstream.domain.commands.goods import (
    GoodsLine,
    LiftBinHold,
    LiftHold,
    LiftOwnerHold,
    LiftSerialHold,
    OpenBalance,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    ReceiveStock,
)
from lotstream.domain.commands.hub import AnswerBroadcast, ContinueDay, Moment, TickClock
from lotstream.domain.commands.kits import AssembleKit, BreakKit, KitPiece, MadeLine, PieceMade, RecordProduction
from lotstream.domain.commands.lots import CorrectLot, MergeLots, SplitLine, SplitLot, SplitPart
from lotstream.domain.commands.orders import (
    CancelOrder,
    CloseOrder,
    LineWanted,
    PlaceOrder,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    UnreserveOrder,
)
from lotstream.domain.commands.packing import PackedLine, PackPackage, UnpackPackage
from lotstream.domain.commands.papers import DocumentLot, InspectLot, RecordCondition
from lotstream.domain.commands.places import FinishTask, PutAway
from lotstream.domain.commands.recalls import AnswerRecall, CloseRecall, LotAnswered, RecallLots
from lotstream.domain.commands.receipts import CloseReceipt, CorrectReceipt, ExpectReceipt, GoodsAnnounced, LineWrong
from lotstream.domain.commands.returns import AnnouncedLine, ExpectReturn, InspectedLine, InspectReturn
from lotstream.domain.commands.shipping import (
    CorrectShipment,
    ProgressShipment,
    RoadLine,
    VoidShipment,
)
from lotstream.domain.commands.stock import (
    AdjustStock,
    ChangeStatus,
    CountStock,
    MoveStock,
    ReturnGoods,
    StockLine,
)
from lotstream.domain.commands.titles import AcceptTitle, ReleaseTitle
from lotstream.domain.commands.transfers import ArrivedLine, ReceiveTransfer, ShipTransfer
from lotstream.domain.commands.waves import CancelWave, ReleaseWave, WorkOnWave, nobody

__all__ = [
    "AcceptTitle",
    "AdjustStock",
    "AnnouncedLine",
    "AnswerBroadcast",
    "AnswerRecall",
    "ApproveCount",
    "ArrivedLine",
    "AssembleKit",
    "BreakKit",
    "CancelOrder",
    "CancelWave",
    "ChangeSettings",
    "ChangeStatus",
    "CloseOrder",
    "CloseOwner",
    "CloseRecall",
    "CloseReceipt",
    "Command",
    "ComparedLine",
    "ConfirmPick",
    "ConfirmShipment",
    "ContinueDay",
    "CorrectLot",
    "CorrectReceipt",
    "CorrectShipment",
    "CountStock",
    "Covers",
    "DefineCustomer",
    "DefineItem",
    "DefineLocation",
    "DefineOwner",
    "DefineSite",
    "DefineSupplier",
    "DocumentLot",
    "ErasePersons",
    "ExpectReceipt",
    "ExpectReturn",
    "FinishTask",
    "GoodsAnnounced",
    "GoodsLine",
    "ImportShipment",
    "ImportedLine",
    "InspectLot",
    "InspectReturn",
    "InspectedLine",
    "KitPiece",
    "LiftBinHold",
    "LiftHold",
    "LiftOwnerHold",
    "LiftSerialHold",
    "LineWanted",
    "LineWrong",
    "LotAnswered",
    "MadeLine",
    "MergeLots",
    "Moment",
    "MoveStock",
    "OpenBalance",
    "OpenDay",
    "PackPackage",
    "PackedLine",
    "PickLine",
    "PieceMade",
    "PlaceBinHold",
    "PlaceHold",
    "PlaceOrder",
    "PlaceOwnerHold",
    "PlaceSerialHold",
    "ProgressShipment",
    "PutAway",
    "RebaseItem",
    "RecallLots",
    "ReceiveStock",
    "ReceiveTransfer",
    "RecordComparison",
    "RecordCondition",
    "RecordProduction",
    "ReleaseOrder",
    "ReleaseTitle",
    "ReleaseWave",
    "RenameItem",
    "ReportShort",
    "RequestAllocation",
    "ReserveStock",
    "ReturnGoods",
    "RoadLine",
    "ScanLot",
    "SecondCount",
    "ShipTransfer",
    "ShippedLine",
    "ShippedOrder",
    "ShippedPackage",
    "ShortLine",
    "SplitLine",
    "SplitLot",
    "SplitPart",
    "StartPick",
    "StockLine",
    "TakeSnapshot",
    "TickClock",
    "UndoPick",
    "UndoneLine",
    "UnpackPackage",
    "UnreserveOrder",
    "VoidShipment",
    "WorkOnWave",
    "nobody",
]

Command = (
    DefineOwner
    | ChangeSettings
    | DefineItem
    | DefineCustomer
    | DefineSupplier
    | DefineSite
    | DefineLocation
    | OpenDay
    | PlaceBinHold
    | LiftBinHold
    | AnswerBroadcast
    | ContinueDay
    | TickClock
    | PlaceOrder
    | CancelOrder
    | ReleaseOrder
    | RequestAllocation
    | UnreserveOrder
    | CloseOrder
    | ReserveStock
    | ReceiveStock
    | ExpectReceipt
    | CloseReceipt
    | CorrectReceipt
    | OpenBalance
    | PlaceHold
    | LiftHold
    | PlaceOwnerHold
    | LiftOwnerHold
    | PlaceSerialHold
    | LiftSerialHold
    | ConfirmPick
    | ConfirmShipment
    | ScanLot
    | AdjustStock
    | AssembleKit
    | BreakKit
    | ChangeStatus
    | CountStock
    | MoveStock
    | RecallLots
    | AnswerRecall
    | CloseRecall
    | InspectReturn
    | ExpectReturn
    | ProgressShipment
    | ReturnGoods
    | ReportShort
    | StartPick
    | UndoPick
    | PackPackage
    | UnpackPackage
    | VoidShipment
    | CorrectShipment
    | ReleaseWave
    | CancelWave
    | WorkOnWave
    | ErasePersons
    | CloseOwner
    | ImportShipment
    | TakeSnapshot
    | RecordComparison
    | CorrectLot
    | ShipTransfer
    | ReceiveTransfer
    | ReleaseTitle
    | AcceptTitle
    | InspectLot
    | DocumentLot
    | PutAway
    | FinishTask
    | RecordCondition
    | ApproveCount
    | RecordProduction
    | MergeLots
    | RebaseItem
    | RenameItem
    | SplitLot
)
