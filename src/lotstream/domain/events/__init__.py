"""What was decided or has happened: the only thing that changes the ledger, and what the journal keeps.

An event holds results (lots, quantities, states), never a question that would have to be decided again: applying the
same events to the same ledger always gives the same ledger.
"""

from __future__ import annotations

from lotstream.domain.events.counts import CountKept, CountSettled
from lotstream.domain.events.ends import (
    ComparisonRecorded,
    Differing,
    OwnerClosed,
    PersonsErased,
    ShipmentImported,
    SnapshotTaken,
)
from lotstream.domain.events.facts import (
    CustomerDefined,
    DayContinued,
    DayOpened,
    ItemDefined,
    LocationDefined,
    OwnerDefined,
    SettingsChanged,
    SiteDefined,
    SupplierDefined,
)
from lotstream.domain.events.figures import AvailabilityTold, ClockSet, Figure
from lotstream.domain.events.floor import (
    LineShipped,
    LotSwapped,
    Picked,
    PickStarted,
    PickUndone,
    ShipmentConfirmed,
    ShipmentVoided,
    StockMissing,
    StockPicked,
    TakenBack,
    Undone,
)
from lotstream.domain.events.goods import (
    BalanceOpened,
    DiscrepancyNoted,
    GoodsBooked,
    HoldLifted,
    HoldPlaced,
    OwnerHeld,
    OwnerReleased,
    SerialHeld,
    SerialReleased,
    StockFound,
    StockReceived,
)
from lotstream.domain.events.kits import GoodsUsed, KitAssembled, KitBroken, ProductionRecorded
from lotstream.domain.events.lots import (
    Became,
    ItemRebased,
    ItemRenamed,
    LotCorrected,
    LotsMerged,
    LotSplit,
    Recounted,
)
from lotstream.domain.events.orders import (
    CancelRemembered,
    Considered,
    Freed,
    HeldNoticed,
    LineCancelled,
    LineDecision,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderRecorded,
    PromisesReleased,
    ReservationFreed,
    RuleUsed,
)
from lotstream.domain.events.packing import OrderPacked, PackagesChanged
from lotstream.domain.events.papers import ConditionRecorded, LotDocumented, LotInspected
from lotstream.domain.events.places import HintReason, PutAwayHint, PutAwayHinted, TaskDone
from lotstream.domain.events.recalls import ConsigneesListed, RecallAnswered, RecallClosed, RecallOpened
from lotstream.domain.events.receipts import (
    LineCorrected,
    ReceiptClosed,
    ReceiptCorrected,
    ReceiptExpected,
    ReceiptLineTold,
)
from lotstream.domain.events.returns import (
    CounterfeitSuspected,
    ReturnAnnounced,
    ReturnInspected,
    ShipmentProgressed,
)
from lotstream.domain.events.stock import (
    BinChange,
    BinsChanged,
    Carried,
    GoodsPutAway,
    GoodsReturned,
    Relocated,
    Returned,
    RowChange,
    RowWeight,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockMoved,
)
from lotstream.domain.events.time import Ahead, ExpiryNoticed, LossCorrected, LotExpired, ReorderHinted
from lotstream.domain.events.titles import TitleAccepted, TitleReleased
from lotstream.domain.events.transfers import TransferReceived, TransferShipped
from lotstream.domain.events.waves import (
    JoinedTask,
    TasksJoinedWave,
    TasksLeftWave,
    WaveCancelled,
    WaveReleased,
    WaveTask,
    WaveTasksChanged,
)
from lotstream.domain.events.weights import GoodsWeighed, WeightChange
from lotstream.domain.model import Shipped

__all__ = [
    "Ahead",
    "AvailabilityTold",
    "BalanceOpened",
    "Became",
    "BinChange",
    "BinsChanged",
    "CancelRemembered",
    "Carried",
    "ClockSet",
    "ComparisonRecorded",
    "ConditionRecorded",
    "Considered",
    "ConsigneesListed",
    "CountKept",
    "CountSettled",
    "CounterfeitSuspected",
    "CustomerDefined",
    "DayContinued",
    "DayOpened",
    "Differing",
    "DiscrepancyNoted",
    "Event",
    "ExpiryNoticed",
    "Figure",
    "Freed",
    "GoodsBooked",
    "GoodsPutAway",
    "GoodsReturned",
    "GoodsUsed",
    "GoodsWeighed",
    "HeldNoticed",
    "HintReason",
    "HoldLifted",
    "HoldPlaced",
    "ItemDefined",
    "ItemRebased",
    "ItemRenamed",
    "JoinedTask",
    "KitAssembled",
    "KitBroken",
    "LineCancelled",
    "LineCorrected",
    "LineDecision",
    "LineShipped",
    "LocationDefined",
    "LossCorrected",
    "LotCorrected",
    "LotDocumented",
    "LotExpired",
    "LotInspected",
    "LotSplit",
    "LotSwapped",
    "LotsMerged",
    "OrderAllocated",
    "OrderCancelled",
    "OrderChanged",
    "OrderClosed",
    "OrderPacked",
    "OrderRecorded",
    "OwnerClosed",
    "OwnerDefined",
    "OwnerHeld",
    "OwnerReleased",
    "PackagesChanged",
    "PersonsErased",
    "PickStarted",
    "PickUndone",
    "Picked",
    "ProductionRecorded",
    "PromisesReleased",
    "PutAwayHint",
    "PutAwayHinted",
    "RecallAnswered",
    "RecallClosed",
    "RecallOpened",
    "ReceiptClosed",
    "ReceiptCorrected",
    "ReceiptExpected",
    "ReceiptLineTold",
    "Recounted",
    "Relocated",
    "ReorderHinted",
    "ReservationFreed",
    "ReturnAnnounced",
    "ReturnInspected",
    "Returned",
    "RowChange",
    "RowWeight",
    "RuleUsed",
    "SerialHeld",
    "SerialReleased",
    "SettingsChanged",
    "ShipmentConfirmed",
    "ShipmentImported",
    "ShipmentProgressed",
    "ShipmentVoided",
    "Shipped",
    "SiteDefined",
    "SnapshotTaken",
    "StatusChanged",
    "StockAdjusted",
    "StockCounted",
    "StockFound",
    "StockMissing",
    "StockMoved",
    "StockPicked",
    "StockReceived",
    "SupplierDefined",
    "TakenBack",
    "TaskDone",
    "TasksJoinedWave",
    "TasksLeftWave",
    "TitleAccepted",
    "TitleReleased",
    "TransferReceived",
    "TransferShipped",
    "Undone",
    "WaveCancelled",
    "WaveReleased",
    "WaveTask",
    "WaveTasksChanged",
    "WeightChange",
]

Event = (
    OwnerDefined
    | SettingsChanged
    | ItemDefined
    | CustomerDefined
    | SupplierDefined
    | SiteDefined
    | LocationDefined
    | DayOpened
    | DayContinued
    | OrderRecorded
    | OrderChanged
    | OrderAllocated
    | OrderCancelled
    | OrderClosed
    | PromisesReleased
    | CancelRemembered
    | StockReceived
    | ReceiptExpected
    | ReceiptClosed
    | ReceiptCorrected
    | BalanceOpened
    | KitAssembled
    | KitBroken
    | HoldPlaced
    | HoldLifted
    | OwnerHeld
    | OwnerReleased
    | SerialHeld
    | SerialReleased
    | ReservationFreed
    | StockFound
    | StockPicked
    | ShipmentConfirmed
    | DiscrepancyNoted
    | LotSwapped
    | AvailabilityTold
    | ClockSet
    | LotExpired
    | LossCorrected
    | ExpiryNoticed
    | ReorderHinted
    | StockAdjusted
    | StockCounted
    | StockMoved
    | BinsChanged
    | StatusChanged
    | GoodsReturned
    | StockMissing
    | PickStarted
    | PickUndone
    | PackagesChanged
    | OrderPacked
    | ShipmentVoided
    | HeldNoticed
    | TasksJoinedWave
    | WaveReleased
    | WaveCancelled
    | TasksLeftWave
    | WaveTasksChanged
    | PersonsErased
    | OwnerClosed
    | ShipmentImported
    | SnapshotTaken
    | ComparisonRecorded
    | LotCorrected
    | TransferShipped
    | TransferReceived
    | TitleReleased
    | TitleAccepted
    | LotInspected
    | LotDocumented
    | GoodsPutAway
    | PutAwayHinted
    | TaskDone
    | RecallOpened
    | ConsigneesListed
    | RecallAnswered
    | RecallClosed
    | ReturnInspected
    | ReturnAnnounced
    | CounterfeitSuspected
    | ShipmentProgressed
    | ConditionRecorded
    | CountKept
    | CountSettled
    | ProductionRecorded
    | LotsMerged
    | ItemRebased
    | ItemRenamed
    | LotSplit
    | GoodsWeighed
)
