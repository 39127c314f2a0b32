from __future__ import annotations

from typing import get_args

from lotstream.domain.events import Event
from lotstream.domain.movements import MOVES

#: Events after which every row of stock has what it had, and of every lot is known what was known of its goods.
UNMOVED = {
    "CountKept", "CountSettled",
    "OwnerDefined", "SettingsChanged", "ItemDefined", "CustomerDefined", "SiteDefined", "LocationDefined", "DayOpened",
    "DayContinued", "OrderRecorded", "OrderChanged", "OrderAllocated", "OrderCancelled", "CancelRemembered",
    "ReservationFreed", "DiscrepancyNoted", "LotSwapped", "AvailabilityTold", "ClockSet", "OrderClosed", "BinsChanged",
    "PromisesReleased", "OwnerHeld", "OwnerReleased", "PickStarted", "PackagesChanged", "OrderPacked", "HeldNoticed",
    "TasksJoinedWave", "WaveReleased", "WaveCancelled", "TasksLeftWave", "PutAwayHinted", "TaskDone",
    "WaveTasksChanged", "PersonsErased", "ExpiryNoticed", "ReorderHinted",
    "RecallOpened", "ConsigneesListed", "RecallAnswered", "RecallClosed", "ReturnAnnounced",
    "CounterfeitSuspected", "ShipmentProgressed",
    "SupplierDefined", "ReceiptExpected", "ReceiptClosed",
    "OwnerClosed", "SnapshotTaken", "ComparisonRecorded",
}  # fmt: skip


def test_every_event_moves_goods_or_says_that_it_does_not() -> None:
    """An event that is added has to say what it does to goods: sums, and the history of every lot, are made of that."""
    kinds = set(get_args(Event))
    assert kinds == {kind for kind in kinds if kind.__name__ in UNMOVED} | set(MOVES)
