"""Documents that stories tell late, and what counts found, which has to stand whatever is told after them.

What was counted is kept here by plain lists of the events of counts: nothing of what decides is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from lotstream.domain.commands import Command, WorkOnWave
from lotstream.domain.events import Event, StockCounted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey
from tests.property.words import Chance

BACK: Final = timedelta(days=30)
"""How far back counts are known."""

_COUNTS: Final = ("CountStock", "ApproveCount", "OpenBalance", "PackPackage", "UnpackPackage", "ProgressShipment")


def told_late(chance: Chance, command: Command, now: datetime) -> Command:
    """Return a message that is told some hours after it has happened, now and then; ``now`` is when it is told."""
    hours = chance.choice((0, 0, 0, 1, 2, 5, 9, 20, 30))
    said: Any = command.said if isinstance(command, WorkOnWave) else command
    if not hours or type(command).__name__ in _COUNTS or not getattr(said, "happened", False):
        return command
    if getattr(said, "occurred_at", now) is not None:
        return command
    late = replace(said, occurred_at=now - timedelta(hours=hours))
    return replace(command, said=late) if isinstance(command, WorkOnWave) else late


class _Counted(NamedTuple):
    """What a line of a count counted, and when; None: of any."""

    as_of: datetime
    sku: str
    lot: str | None
    site: str
    location: str
    package: str | None
    pack_size: int | None
    status: str | None

    def of(self, rows: Counter[RowKey]) -> int:
        """Return what there is of it."""
        return sum(units for row, units in rows.items() if self._has(row))

    def _has(self, row: RowKey) -> bool:
        parts = (self.package, row.package), (self.pack_size, row.pack_size), (self.status, row.status)
        return row[:4] == self[1:5] and all(mine in (None, theirs) for mine, theirs in parts)


class Counts:
    """What an owner's counts have found, by lines."""

    def __init__(self) -> None:
        self._lines: list[_Counted] = []
        #: How often something was told late that was counted since.
        self.kept = 0

    def check(
        self, ledger: Ledger, command: Command, before: Counter[RowKey], after: Counter[RowKey], now: datetime
    ) -> None:
        """Where something has happened and is told late, whatever was counted since is as much as before."""
        said: Any = command.said if isinstance(command, WorkOnWave) else command
        at = getattr(said, "occurred_at", None)
        is_floor = getattr(said, "happened", False) and type(command).__name__ not in _COUNTS
        if at is None or not is_floor or not timedelta(minutes=1) <= now - at <= BACK or ledger.names() is not None:
            return
        for line in self._lines:
            if line.as_of >= at and not line.location.startswith("TRANSIT/"):
                assert line.of(before) == line.of(after), (command, line, line.of(before), line.of(after))
                self.kept += before != after

    def take_in(self, events: Sequence[Event]) -> None:
        """Take note of what was counted."""
        for event in (event for event in events if isinstance(event, StockCounted)):
            for line, booked in event.booked.items():
                row, status = booked.row, None if line in event.whole else booked.row.status
                when = event.as_of or event.at
                self._lines.append(
                    _Counted(when, row.sku, row.lot, row.site, row.location, row.package, row.pack_size, status)
                )


OF_COUNTS: Final = (
    *("count",) * 12, "careful", *("approve",) * 2, *("move",) * 4, *("adjust",) * 2, "adjust_unit", "change_status",
    *("receive",) * 2, "correct_receipt", *("place",) * 4, *("pick",) * 4, *("take_unit", "pick_short", "undo"),
    *("ship",) * 3, "void", "correct", "give_back", "inspect_return", "assemble", "take_apart", "produce",
    *("send_over", "come_over") * 2, "sell", "buy", "put_away", "wave", *("work_on_wave",) * 2, "go_on", "open_day",
)  # fmt: skip
"""Words of stories in which bins are counted, and much of what the floor has done is told later."""
