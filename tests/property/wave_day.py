"""A made-up day with waves: the floor believes what it was told, and that has to come to what is promised."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from lotstream.contracts.outgoing import messages
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.commands import (
    CancelWave,
    ConfirmPick,
    DefineSite,
    GoodsLine,
    LineWanted,
    Moment,
    PickLine,
    PlaceOrder,
    ReceiveStock,
    ReleaseWave,
    ReportShort,
    ScanLot,
    ShortLine,
    StartPick,
    UndoneLine,
    UndoPick,
    WorkOnWave,
    nobody,
)
from lotstream.domain.events import Event, LotSwapped, ShipmentConfirmed, TasksJoinedWave
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Calendar, OrderKey, Reservation, Site
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE
from tests.property.day import TODAY, WEIGHTS, Day


class WaveDay(Day):
    """A day whose floor hears of every task."""

    def __init__(self, seed: int) -> None:
        #: Task → how much to take in all, and from where; of tasks that were not taken back.
        self.tasks: dict[str, tuple[int, str]] = {}
        #: Tasks of which something has left: what is told of those no longer counts it.
        self.left: set[str] = set()
        self._in_wave: dict[str, str] = {}
        self.warehouse = DomainWarehouse(TODAY, told=self._read)
        self.count = 0
        self.draw = Random(seed)
        if self.draw.random() < 0.3:
            self.by_wave()
        self._begin()
        self.goods()

    def goods(self) -> None:
        """Two lots that anybody may have come to one bin, and somebody orders some of them."""
        lots = tuple(
            GoodsLine(
                str(days), "A", Decimal(self.draw.randint(20, 40)), None, "BIN-1", lot=f"G{days}",
                expires=TODAY + timedelta(days=days),
            )
            for days in (80, 90)
        )  # fmt: skip
        self.hear(ReceiveStock(SITE, True, "dock", None, f"G{self.count}", None, False, lots))
        for _ in range(3):
            line = LineWanted("1", "A", Decimal(self.draw.randint(1, 12)))
            self.hear(PlaceOrder(OrderKey("shop", f"#{self.count}"), None, None, None, None, (line,), "c"))

    def _read(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        if isinstance(event, TasksJoinedWave):
            self._in_wave.update((one.task, one.wave_task) for one in event.tasks)
        elif isinstance(event, LotSwapped):
            self._in_wave.update((part.task, part.wave.task) for part in event.taken if part.wave is not None)
        elif isinstance(event, ShipmentConfirmed):
            gone = {part.task for part in event.shipped if part.task is not None}
            self.left |= gone | {self._in_wave[task] for task in gone if task in self._in_wave}
        for message in messages(ledger, event, moment):
            if message.topic == PICK_TASKS.name:
                for task in json.loads(message.value)["tasks"]:
                    self._take(task)

    def _take(self, task: dict[str, Any]) -> None:
        if task["action"] == "cancel":
            self.tasks.pop(task["task"], None)
        else:
            self.tasks[task["task"]] = (int(task["quantity"]), task["location"])

    def check_told(self) -> None:
        """Every promise that may be picked is told by one task, and tasks come to what is promised."""
        promised = Counter[str]()
        for part in self._parts():
            name = part.task if part.wave is None else part.wave.task
            promised[name] += part.quantity
            if name and part.quantity > part.picked:
                assert name in self.tasks, part
                assert self.tasks[name][1] == part.row.location, part
        for name in promised.keys() | self.tasks.keys():
            if name and name not in self.left:
                assert self.tasks.get(name, (0, ""))[0] == promised[name], name

    def _parts(self) -> list[Reservation]:
        orders = self.warehouse.ledger.orders.values()
        return [part for order in orders for line in order.lines for part in line.reservations]

    def _waves(self) -> dict[str, dict[str, list[Reservation]]]:
        waves: dict[str, dict[str, list[Reservation]]] = {}
        for part in self._parts():
            if part.wave is not None and part.wave.wave:
                waves.setdefault(part.wave.wave, {}).setdefault(part.wave.task, []).append(part)
        return waves

    def _task(self) -> tuple[str, str, list[Reservation]]:
        """Draw a task of a wave, mostly one that is there."""
        waves = self._waves()
        if not waves or self.draw.random() < 0.1:
            return "W-0", "no-task", []
        wave = self.draw.choice(sorted(waves))
        task = self.draw.choice(sorted(waves[wave]))
        return wave, self._mostly(task, "no-task"), waves[wave][task]

    def _open(self, parts: list[Reservation]) -> int:
        return sum(part.quantity - part.picked for part in parts)

    def by_wave(self) -> None:
        """The site goes over to telling by waves only, or back."""
        site = self.warehouse.ledger.sites.sites[SITE]
        changed = Site(SITE, calendar=Calendar.SCRIPTED, version=site.version + 1, wave_tasks=not site.wave_tasks)
        self.hear(DefineSite(changed))

    def wave(self) -> None:
        """Some orders are released together, under a number that may be known."""
        known = {
            order.key: None
            for order in self.warehouse.ledger.orders.values()
            for part in (part for line in order.lines for part in line.reservations)
            if part.wave is None or not part.wave.wave
        }
        orders = [*self._mostly((), (self._key(),)), *self.draw.sample(list(known), self.draw.randint(0, len(known)))]
        number = self._mostly(f"W-{self.count}", "W-1")
        self.hear(ReleaseWave(SITE, self.draw.random() < 0.8, None, None, number, tuple(orders)))

    def cancel_wave(self) -> None:
        """A wave is withdrawn."""
        wave, _, _ = self._task()
        self.hear(CancelWave(SITE, self._happened(), None, None, wave))

    def pick_wave(self) -> None:
        """Goods are picked for a task, sometimes more than it says, sometimes of another lot."""
        wave, task, parts = self._task()
        quantity = self._mostly(Decimal(self.draw.randint(1, max(self._open(parts), 1))), self._units())
        line = PickLine(task, None, self._mostly(None, "L3"), None, quantity, sku=self._mostly(None, "A"))
        place = self._mostly(None, "CART-1", "CART-2")
        self.hear(WorkOnWave(wave, ConfirmPick(SITE, self._happened(), None, None, nobody(wave), place, (line,))))

    def short_wave(self) -> None:
        """Less is found than a task says."""
        wave, task, parts = self._task()
        line = ShortLine(task, None, None, None, Decimal(self.draw.randint(0, max(self._open(parts), 1))))
        self.hear(WorkOnWave(wave, ReportShort(SITE, self._happened(), None, None, nobody(wave), None, (line,))))

    def undo_wave(self) -> None:
        """Picked goods go back."""
        wave, task, parts = self._task()
        picked = sum(part.picked for part in parts)
        line = UndoneLine(task, quantity=self._mostly(Decimal(self.draw.randint(1, max(picked, 1))), None))
        lines = self._mostly((line,), ())
        self.hear(WorkOnWave(wave, UndoPick(SITE, self._happened(), None, None, nobody(wave), lines)))

    def start_wave(self) -> None:
        """Somebody is on the way."""
        wave, task, _ = self._task()
        said = StartPick(SITE, self._happened(), None, None, nobody(wave), self._mostly((task,), ()))
        self.hear(WorkOnWave(wave, said))

    def scan_wave(self) -> None:
        """Another lot is scanned for a task."""
        wave, task, _ = self._task()
        lot = self._mostly(self.draw.choice(["G80", "G90"]), "L1")
        said = ScanLot(SITE, self._happened(), None, None, nobody(wave), lot, task=task)
        part = replace(said, quantity=self._units())
        self.hear(WorkOnWave(wave, self._mostly(said, part)))


#: How often each kind of message is told.
WAVE_WEIGHTS = WEIGHTS | {
    "wave": 12, "cancel_wave": 3, "pick_wave": 10, "short_wave": 3, "undo_wave": 3, "start_wave": 2, "scan_wave": 6,
    "by_wave": 1, "goods": 5,
}  # fmt: skip
WAVE_VERBS = [verb for verb, weight in WAVE_WEIGHTS.items() for _ in range(weight)]
