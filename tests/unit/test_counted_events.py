from __future__ import annotations

from typing import get_args

from lotstream.domain.events import Event
from lotstream.hub.verify.sums import COUNTED

#: Events after which as much of every lot is there as before.
UNCOUNTED = {
    "OwnerDefined", "SettingsChanged", "ItemDefined", "CustomerDefined", "SiteDefined", "LocationDefined", "DayOpened",
    "DayContinued", "OrderRecorded", "OrderChanged", "OrderAllocated", "OrderCancelled", "CancelRemembered",
    "HoldPlaced", "HoldLifted", "ReservationFreed", "StockPicked", "DiscrepancyNoted", "LotSwapped", "AvailabilityTold",
    "ClockSet", "OrderClosed", "PromisesReleased", "StockMoved", "StatusChanged", "BinsChanged",
    "OwnerHeld", "OwnerReleased", "SerialHeld", "SerialReleased", "PickStarted", "PickUndone",
    "PackagesChanged", "OrderPacked", "HeldNoticed",
    "TasksJoinedWave", "WaveReleased", "WaveCancelled", "TasksLeftWave", "WaveTasksChanged",
}  # fmt: skip


def test_every_event_is_counted_or_changes_no_lot() -> None:
    """An event that is added has to say whether it changes how much of a lot is there."""
    kinds = set(get_args(Event))
    within_the_house = {kind for kind in kinds if kind.__name__ in UNCOUNTED}
    assert kinds == within_the_house | set(COUNTED)
