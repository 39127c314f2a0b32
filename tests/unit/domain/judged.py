"""Worlds whose events are counted for the figures that a warehouse is judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.commands import (
    AdjustStock,
    ContinueDay,
    CountStock,
    DefineItem,
    DefineSite,
    Moment,
    OpenDay,
    StockLine,
)
from lotstream.domain.events import Event
from lotstream.domain.kpis import FIGURES, Figures, figures_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import AdjustCode, Calendar, Item, LotMore, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods

THERE = "THERE"


class Judged(World):
    """A world whose events are counted."""

    def __init__(self) -> None:
        self.counted, self.adjusted = Figures(), 0
        super().__init__(after=self._count)
        self.told(DefineItem(Item("SALT", base_unit="kg", decimals=3)))

    def _count(self, ledger: Ledger, event: Event, _: Moment) -> None:
        figures = figures_of(ledger, event)
        if figures is not None:
            self.counted.add(figures)

    def since(self) -> dict[str, Decimal | int]:
        """Return what was counted since the last look, without what is 0."""
        counted, self.counted = self.counted, Figures()
        return {name: value for name in FIGURES if (value := getattr(counted, name))}

    def know(self, lot: str, **more: Any) -> None:  # noqa: ANN401 - facts of any type
        """Let more be known of a lot of TEA."""
        known = self.ledger.lots["TEA", lot]
        self.ledger.lots["TEA", lot] = replace(known, more=LotMore(**more))

    def adjust(self, lot: str | None, quantity: int, code: AdjustCode) -> None:
        """Say that there is more or less of a lot of TEA."""
        self.adjusted += 1
        line = StockLine("1", "TEA", lot, "BIN", Decimal(quantity), code=code)
        self.told(AdjustStock(SITE, True, "p.doe", None, f"A-{self.adjusted}", (line,)))

    def count(self, *lines: tuple[str | None, object, str], number: str = "C-1") -> None:
        """Count TEA: lot, quantity and bin of each line."""
        said = [
            StockLine(str(index), "TEA", lot, location, Decimal(str(quantity)))
            for index, (lot, quantity, location) in enumerate(lines)
        ]
        self.told(CountStock(SITE, True, "p.doe", None, number, tuple(said)))


def expired() -> Judged:
    """A world of 10 of L1 and 4 of L2 that have expired, and another site whose day has turned as well."""
    world = Judged()
    world.warehouse.tell(DefineSite(Site(THERE, calendar=Calendar.SCRIPTED)))
    world.told(world.receipt(goods("L1", 10, expires=TODAY), goods("L2", 4, expires=TODAY, line="2")))
    for site in (SITE, THERE):
        world.warehouse.tell(OpenDay(site, TODAY + timedelta(days=2)))
    world.told(ContinueDay(100))
    assert world.since() == {"received": Decimal(14), "expired": Decimal(14)}
    return world


def turn(world: Judged, day: int = 9) -> None:
    """Turn the day at both sites."""
    for site in (SITE, THERE):
        world.warehouse.tell(OpenDay(site, TODAY + timedelta(days=day)))
    world.told(ContinueDay(100))
