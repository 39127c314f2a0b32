"""A floor that knows only what it was told: its tasks have to come to what is promised, whatever happens."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.contracts.outgoing import messages
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.commands import (
    CancelWave,
    ConfirmPick,
    DefineSite,
    Moment,
    PickLine,
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
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Calendar, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, wanted

WAVE = "W-1"


class Floor:
    """What the pickers were told, task by task."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        #: Task → how much to take in all, of tasks that were not taken back.
        self.tasks: dict[str, Decimal] = {}
        self.places: dict[str, str] = {}

    def hear(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        """Read what is sent after an event."""
        for message in messages(ledger, event, moment):
            if message.topic == PICK_TASKS.name:
                body = json.loads(message.value)
                self.sent.append(body)
                for task in body["tasks"]:
                    self._take(task, body)

    def _take(self, task: dict[str, Any], body: dict[str, Any]) -> None:
        name, known = task["task"], task["task"] in self.tasks
        assert known == (task["action"] != "create"), (task["action"], name)
        if task["action"] == "cancel":
            assert task["quantity"] == "0"
            del self.tasks[name]
            return
        self.tasks[name], self.places[name] = Decimal(task["quantity"]), task["location"]
        if "wave" in body:
            assert sum(Decimal(one["quantity"]) for one in task["for"]) == self.tasks[name]
            assert sum(Decimal(one["picked"]) for one in task["for"]) == Decimal(task["picked"])

    def last(self) -> list[tuple[str, str, str]]:
        """Who the last message was for, with lot, action and quantity of its tasks."""
        body = self.sent[-1]
        return [(task["lot"], task["action"], task["quantity"]) for task in body["tasks"]]


class WaveWorld(World):
    """A world whose floor hears of every task."""

    def __init__(self, settings: Settings | None = None, *, by_wave: bool = False) -> None:
        self.floor = Floor()
        super().__init__(settings, after=self.floor.hear)
        if by_wave:
            self.told(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED, version=2, wave_tasks=True)))

    def promised(self) -> dict[str, int]:
        """What is promised, by the task that the floor should know it by; what waits for a wave is left out."""
        tasks = Counter[str]()
        for order in self.ledger.orders.values():
            for part in (part for line in order.lines for part in line.reservations):
                name = part.task if part.wave is None else part.wave.task
                tasks[name] += part.quantity
                assert not name or part.quantity == part.picked or self.floor.places[name] == part.row.location
        tasks.pop("", None)
        return dict(tasks)

    def agrees(self) -> bool:
        """Whether the tasks of the floor come to what is promised."""
        known = {name: int(quantity) for name, quantity in self.floor.tasks.items()}
        assert known == self.promised()
        return True

    def release(self, *orders: str, **more: Any) -> ReleaseWave:  # noqa: ANN401 - whatever the message takes
        """A wave of some orders."""
        site, happened, wave = more.pop("site", SITE), more.pop("happened", False), more.pop("wave", WAVE)
        return ReleaseWave(site, happened, "planner", None, wave, tuple(key(order) for order in orders))

    def task(self, lot: str | None = "L1", wave: str = WAVE) -> str:
        """The task of a wave for a lot."""
        tasks = {
            part.wave.task
            for order in self.ledger.orders.values()
            for line in order.lines
            for part in line.reservations
            if part.wave is not None and part.wave.wave == wave and part.row.lot == lot
        }
        (task,) = tasks
        return task

    def picked(self, order: str) -> int:
        """What of an order is picked."""
        return sum(part.picked for part in self.parts(order))


def cancel_wave(wave: str = WAVE, *, happened: bool = False, site: str = SITE) -> CancelWave:
    """Withdraw a wave."""
    return CancelWave(site, happened, "planner", None, wave)


def pick(task: str | None, quantity: object, *, happened: bool = False, **more: Any) -> WorkOnWave:  # noqa: ANN401
    """A pick for one task of a wave."""
    site, wave, place = more.pop("site", SITE), more.pop("wave", WAVE), more.pop("staged_at", None)
    line = PickLine(
        task, more.pop("line", None), more.pop("lot", None), more.pop("location", None), Decimal(str(quantity)), **more
    )
    return WorkOnWave(wave, ConfirmPick(site, happened, "scanner", None, nobody(wave), place, (line,)))


def short(task: str | None, picked: object, *, happened: bool = False, **more: Any) -> WorkOnWave:  # noqa: ANN401
    """A short pick of one task of a wave."""
    wave = more.pop("wave", WAVE)
    line = ShortLine(
        task, more.pop("line", None), more.pop("lot", None), more.pop("location", None), Decimal(str(picked)), **more
    )
    return WorkOnWave(wave, ReportShort(SITE, happened, "scanner", None, nobody(wave), None, (line,)))


def undo(*lines: UndoneLine, happened: bool = False, wave: str = WAVE) -> WorkOnWave:
    """Undo picks of a wave."""
    return WorkOnWave(wave, UndoPick(SITE, happened, "scanner", None, nobody(wave), lines))


def start(*tasks: str, happened: bool = False, wave: str = WAVE) -> WorkOnWave:
    """Begin tasks of a wave."""
    return WorkOnWave(wave, StartPick(SITE, happened, "scanner", None, nobody(wave), tasks))


def scan(task: str | None, scanned: str, *, happened: bool = False, **more: Any) -> WorkOnWave:  # noqa: ANN401
    """Scan a lot for a task of a wave."""
    wave = more.pop("wave", WAVE)
    said = ScanLot(SITE, happened, "scanner", None, nobody(wave), scanned, task=task, **more)
    return WorkOnWave(wave, said)


def three_orders(settings: Settings | None = None, *, by_wave: bool = False, **more: Any) -> WaveWorld:  # noqa: ANN401
    """A world with 12 of L1 and 20 of L2; #1 has 5 and #2 has 4 of L1, #3 has 3 of L1 and 3 of L2."""
    world = WaveWorld(settings, by_wave=by_wave)
    world.stock(
        goods("L1", 12, expires=TODAY + timedelta(days=10)),
        goods("L2", 20, location=more.pop("second", "B2"), expires=TODAY + timedelta(days=20)),
    )
    for number, quantity in (("#1", 5), ("#2", 4), ("#3", 6)):
        world.place(number, wanted(quantity=quantity), **more)
    return world
