"""The parts of events that goods go by: which rows they leave and come to, and where an event has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar

from lotstream.domain.events import (
    BalanceOpened,
    Became,
    Event,
    GoodsBooked,
    GoodsPutAway,
    GoodsReturned,
    GoodsUsed,
    ItemRenamed,
    KitAssembled,
    KitBroken,
    LotCorrected,
    LotsMerged,
    LotSplit,
    Picked,
    PickUndone,
    ProductionRecorded,
    Relocated,
    Returned,
    ReturnInspected,
    RowChange,
    SerialHeld,
    SerialReleased,
    ShipmentConfirmed,
    ShipmentVoided,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockMoved,
    StockPicked,
    StockReceived,
    TakenBack,
    TitleAccepted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
    Undone,
)
from lotstream.domain.model import RowKey, Shipped, TitleLine

RecordT = TypeVar("RecordT")
Change = Callable[[Any], Any]
"""What is made of a part of an event."""


class Way(NamedTuple):
    """Smallest units of a part of an event: the row they leave, and the row they come to; None: not in the house."""

    row: RowKey | None
    to: RowKey | None
    quantity: int
    #: What they weigh where nobody has weighed them, and they come from no row; None: as those they come to.
    weight_g: int | None = 0

    @property
    def sku(self) -> str | None:
        """Return what goes that way; None where nothing does."""
        row = self.row or self.to
        return None if row is None else row.sku


def _changed(part: RowChange) -> Way:
    return Way(part.row, None, -part.quantity) if part.quantity < 0 else Way(None, part.row, part.quantity, None)


def _apart(event: SerialHeld | SerialReleased) -> Way:
    return Way(event.row, None if event.row is None else event.unit.row, event.quantity)


WAYS: Final[dict[type, Callable[[Any], Way]]] = {
    GoodsBooked: lambda part: Way(None, part.row, part.quantity),
    RowChange: _changed,
    Relocated: lambda part: Way(part.row, part.to, part.quantity),
    Became: lambda part: Way(part.row, part.to, part.quantity),
    Picked: lambda part: Way(part.row, part.staged, part.quantity),
    Undone: lambda part: Way(part.staged, part.row, part.quantity),
    GoodsUsed: lambda part: Way(part.row, None, part.quantity),
    Shipped: lambda part: Way(part.row, None, part.quantity),
    TakenBack: lambda part: Way(None, part.staged, part.shipped.quantity, part.shipped.weight_g),
    TitleLine: lambda part: Way(part.row, None, part.quantity),
    Returned: lambda part: Way(None, part.row, part.quantity),
    StockFound: lambda event: Way(None, event.row, event.quantity, None),
    StockMissing: lambda event: Way(event.row, None, event.booked),
    SerialHeld: _apart,
    SerialReleased: _apart,
}
"""The way of each part of an event; some events are about one row themselves."""

PARTS: Final[dict[type, tuple[str, ...]]] = {
    StockReceived: ("lines",),
    BalanceOpened: ("lines",),
    StockAdjusted: ("changes",),
    StockCounted: ("changes",),
    StockMoved: ("moves",),
    GoodsPutAway: ("moves",),
    StatusChanged: ("moves",),
    StockPicked: ("picks",),
    PickUndone: ("undone",),
    KitAssembled: ("used", "made"),
    KitBroken: ("used", "made"),
    ProductionRecorded: ("used", "made"),
    GoodsReturned: ("lines",),
    ReturnInspected: ("moves", "scrapped", "sent_back"),
    LotCorrected: ("rows",),
    LotsMerged: ("rows",),
    ItemRenamed: ("rows",),
    LotSplit: ("rows",),
    ShipmentConfirmed: ("shipped",),
    ShipmentVoided: ("taken_back",),
    TransferShipped: ("moves", "arrived"),
    TransferReceived: ("moves", "over", "missing"),
    TitleAccepted: ("lines",),
}
"""Where events have parts, in the order in which their goods move; a corrected receipt has them line by line."""


def change_parts(event: Event, change: Change) -> Event:
    """Return an event with something made of each of its parts; the same event where each stays what it is."""
    if type(event) in WAYS:
        changed: Event = change(event)
        return changed
    if isinstance(event, TitleReleased):
        title = _replaced(event.title, ("lines",), change)
        return event if title is event.title else replace(event, title=title)
    names = PARTS.get(type(event))
    return event if names is None else _replaced(event, names, change)


def _replaced(record: RecordT, names: tuple[str, ...], change: Change) -> RecordT:
    """Return a record with something made of its parts, and the same one where they all stay what they are."""
    other: dict[str, tuple[Any, ...]] = {}
    for name in names:
        parts = getattr(record, name)
        made = tuple([change(part) for part in parts])
        if any(new is not old for new, old in zip(made, parts, strict=True)):
            other[name] = made
    return replace(record, **other) if other else record  # type: ignore[type-var]  # events are dataclasses
