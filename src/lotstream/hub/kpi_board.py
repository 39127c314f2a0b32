"""The board of every owner's key figures on /metrics, hung up by the one worker that holds the first partition."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from typing import Final, Protocol

import structlog

from lotstream.domain.kpis import Figures
from lotstream.errors import TryAgain
from lotstream.hub.maintenance import FIRST_PARTITION
from lotstream.ops.kpis import Shown
from lotstream.ops.limits import reached, used
from lotstream.store.kpis import RecallTime

logger = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 5.0
"""Pause between two looks, in seconds."""

PART_OF_TIME: Final = 50
"""The pause is at least so many times as long as the last look took."""


class Source(Protocol):
    """Where sums are read."""

    async def kpis(self, *, owners_max: int) -> dict[str, Figures]:
        """Return what was counted of owners, the first so many by name; raises `PostgresUnreachable`."""

    async def recall_times(self) -> list[RecallTime]:
        """Return how long recalls and drills took, the last first; raises `PostgresUnreachable`."""


class KpiBoard:
    """Shows every owner's figures as the database has counted them, while this worker holds the first partition."""

    def __init__(
        self, source: Source, *, owners_max: int, held: Callable[[], Container[int]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._source = source
        self._owners_max = owners_max
        self._held = held
        self._now = now
        #: When to look next, by the clock of ``now``.
        self._next = 0.0
        self._page = Shown()

    async def look(self) -> None:
        """Show what was counted if it is time; a database that does not answer is asked again later."""
        began = self._now()
        if FIRST_PARTITION not in self._held():
            self._page.hide()
            self._next = began
            return
        if began < self._next:
            return
        try:
            # One more than may be shown, to see that there are more.
            counted = await self._source.kpis(owners_max=self._owners_max + 1)
            recalls = await self._source.recall_times()
        except TryAgain as error:
            logger.warning("kpis_put_off", reason=str(error))
            return
        self._show(counted, recalls)
        self._next = began + max(LOOK_EVERY_S, PART_OF_TIME * (self._now() - began))

    def _show(self, counted: dict[str, Figures], recalls: list[RecallTime]) -> None:
        names = sorted({*counted, *(recall.owner for recall in recalls)})
        shown = {name: counted.get(name, Figures()) for name in names[: self._owners_max]}
        used("kpi_owners_max", len(shown))
        if len(names) > len(shown):
            reached("kpi_owners_max")
        self._page.show(shown)
        for one in reversed(recalls):
            self._page.recalled(one.place, one.owner, drill=one.drill, seconds=one.seconds)
