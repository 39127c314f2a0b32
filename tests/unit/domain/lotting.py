"""A site that reserves by lot: its floor knows lots and how much of them, and names the bins itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.commands import ContinueDay, DefineSite, PickLine, ReportShort, ScanLot, ShortLine
from lotstream.domain.events import Event
from lotstream.domain.model import BY_LOT, Calendar, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key
from tests.unit.domain.waving import WaveWorld


def site(version: int, *, reserve: str = BY_LOT, wave_tasks: bool = False) -> DefineSite:
    """The site as it is from a version on."""
    defined = Site(SITE, calendar=Calendar.SCRIPTED, version=version, reserve=reserve, wave_tasks=wave_tasks)
    return DefineSite(defined)


class LotWorld(WaveWorld):
    """A world whose site reserves by lot, and whose floor hears of every task."""

    def __init__(self, settings: Settings | None = None, *, wave_tasks: bool = False) -> None:
        super().__init__(settings)
        self.told(site(2, wave_tasks=wave_tasks))

    def promised(self) -> dict[str, int]:
        """What is promised, by the task that the floor should know it by; of none by lot it knows a bin."""
        tasks = Counter[str]()
        for order in self.ledger.orders.values():
            for part in (part for line in order.lines for part in line.reservations):
                name = part.task if part.wave is None else part.wave.task
                tasks[name] += part.quantity
                told = self.floor.places.get(name)
                assert not name or (told is None) == told_by_lot(part.task, part.wave)
        tasks.pop("", None)
        return dict(tasks)

    def bins(self, order: str) -> dict[str, int]:
        """Where the ledger expects what is promised to an order and not picked."""
        expected = Counter[str]()
        for part in self.parts(order):
            expected[part.row.location] += part.quantity - part.picked
        return {place: units for place, units in expected.items() if units}

    def taken(self, order: str) -> dict[str, int]:
        """The bins from which an order was picked."""
        found = Counter[str]()
        for part in self.parts(order):
            found[part.row.location] += part.picked
        return {place: units for place, units in found.items() if units}

    def report_short(self, order: str, *lines: ShortLine, happened: bool = False) -> ReportShort:
        """A short pick of an order."""
        return ReportShort(SITE, happened, "scanner", None, key(order), None, lines)

    def go_on(self) -> tuple[Event, ...]:
        """What is due after a broadcast."""
        return self.told(ContinueDay(100))

    def only_task(self, order: str) -> str:
        """The one task of an order."""
        (task,) = {part.task for part in self.parts(order)}
        return task


def two_bins(settings: Settings | None = None, **more: Any) -> LotWorld:  # noqa: ANN401 - whatever the world takes
    """A world with L1, 4 in A and 6 in B, and 10 of L2, which expires later, in C."""
    world = LotWorld(settings, **more)
    world.stock(
        goods("L1", 4, "A", expires=TODAY + timedelta(days=10)),
        goods("L1", 6, "B", expires=TODAY + timedelta(days=10)),
        goods("L2", 10, "C", expires=TODAY + timedelta(days=20)),
    )
    return world


def taken(quantity: object, location: str | None, **more: Any) -> PickLine:  # noqa: ANN401
    """Goods taken for line 1 from a bin."""
    task, line, lot = more.pop("task", None), more.pop("line", "1"), more.pop("lot", None)
    return PickLine(task, None if task else line, lot, location, Decimal(str(quantity)), **more)


def short(picked: object, location: str | None, **more: Any) -> ShortLine:  # noqa: ANN401
    """What was found for line 1 in a bin."""
    return ShortLine(more.pop("task", None), "1", more.pop("lot", None), location, Decimal(str(picked)), **more)


def scan(order: str, scanned: str, location: str | None, *, happened: bool = False, **more: Any) -> ScanLot:  # noqa: ANN401
    """A lot scanned in a bin."""
    return ScanLot(SITE, happened, "scanner", None, key(order), scanned, location=location, **more)
