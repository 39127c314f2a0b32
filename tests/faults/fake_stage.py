"""A stage on which nothing is real: kinds are done in no time, and the hub is back as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import cast

from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.testing.faults.breaking import Breaking
from lotstream.testing.faults.catalogue import Fault
from lotstream.testing.faults.crew import Crew
from lotstream.testing.faults.episodes import Episode
from lotstream.testing.faults.judge import Logs
from lotstream.testing.faults.log_ends import LogEnds
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.faults.reader import Reader
from lotstream.testing.faults.report import Plan, Report
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.sender import Sender
from lotstream.testing.faults.servers import Servers
from lotstream.testing.faults.shop import Shop
from lotstream.testing.faults.stage import Stage
from lotstream.testing.faults.watch import Watch

#: Long enough that no test ends for want of time.
LONG_S = 1e6


class FakeCrew(Crew):
    """Workers that are only names."""

    def __init__(self) -> None:
        super().__init__(Settings(), Path())
        self.joined: list[str] = []

    def join(self, instance: str, *, extra: Mapping[str, str] | None = None) -> None:
        """Take note of it."""
        self.joined.append(instance)


class FakeStage(Stage):
    """A hub that is back at once, unless it is told otherwise."""

    def __init__(self, report: Report) -> None:
        shop = Shop(1)
        scene = Scene(
            Settings(), Random(report.plan.seed), FakeCrew(), cast("Servers", None), cast("DatabaseProxy", None), shop,
            Sender("", shop, rate=1), report.violations,
        )  # fmt: skip
        super().__init__(scene, cast("Audit", None), cast("LogEnds", None), Logs(), Reader(""), 2)
        #: What was asked of it, in order.
        self.asked: list[str] = []
        #: How far it never comes: decided, published, or nothing.
        self.never: str | None = None

    def start_workers(self, extra: Mapping[str, str] | None = None) -> None:
        """Take note of it."""
        self.asked.append("start")

    async def stop_workers(self) -> None:
        """Take note of it."""
        self.asked.append("stop")

    async def traffic(self, seconds: float) -> None:
        """Take note of it."""
        self.asked.append("traffic")

    async def rest(self) -> None:
        """Take note of it."""
        self.asked.append("rest")

    async def roll_call(self) -> dict[int, int]:
        """Return that there is nothing."""
        return {}

    async def until_decided(self, ends: Mapping[int, int]) -> None:
        """Be there at once, or run into the limit of time."""
        if self.never == "decided":
            raise TimeoutError

    async def until_published(self, ends: Mapping[int, int]) -> None:
        """Be there at once, or run into the limit of time."""
        if self.never == "published":
            raise TimeoutError


def breaking(stage: FakeStage, report: Report, *kinds: Fault | Episode) -> Breaking:
    """Return what breaks these kinds, and compares by taking note of it."""

    async def compare() -> None:
        report.comparisons += 1
        stage.asked.append("compare")

    watch = Watch(stage.audit, stage.log, report.violations)
    return Breaking(
        stage, report, watch=watch, compare=compare, tell=lambda _: None, stopped=asyncio.Event(), kinds=kinds
    )


def once(*only: str, seconds: float = LONG_S) -> Plan:
    """Return a plan for one round without pauses."""
    return Plan(seconds, 1, only=only, once=True, pause_s=(0, 0))
