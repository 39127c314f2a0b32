"""Postgres's clock, read now and then and carried on by this process's monotonic one.

A worker's own wall clock is never asked: a process whose clock jumps by a day must not open a day.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lotstream.domain.ledger import Sites
from lotstream.domain.model import Calendar
from lotstream.errors import StopWorker
from lotstream.ops.limits import reached, used
from lotstream.store.seam import Store


class Clock:
    """The time by Postgres; call `sync` before the first use and every few seconds."""

    def __init__(self, store: Store, *, skew_max_s: float) -> None:
        self._store = store
        self._skew_max = timedelta(seconds=skew_max_s)
        self._read_at = 0.0
        self._time: datetime | None = None

    async def sync(self) -> None:
        """Read Postgres's clock."""
        self._time = await self._store.now()
        self._read_at = _monotonic_s()

    def now(self) -> datetime:
        """Return the time by Postgres, aware; raises `StopWorker` when it was never read."""
        if self._time is None:
            raise StopWorker("Postgres's clock was never read.")
        return self._time + timedelta(seconds=_monotonic_s() - self._read_at)

    def check(self, appended_at: datetime) -> None:
        """Raise `StopWorker` when a record's append time is further ahead than the allowed skew: it would open days."""
        ahead = appended_at - self.now()
        used("clock_skew_max_s", max(0.0, ahead.total_seconds()))
        if ahead > self._skew_max:
            reached("clock_skew_max_s")
            raise StopWorker(
                f"A record was appended at {appended_at}, ahead of Postgres's clock ({self.now()}): a broker's clock "
                "is wrong, and nothing is decided by it."
            )

    def days_due(self, sites: Sites) -> list[tuple[str, str]]:
        """Return (site, date) of every site whose today is behind its calendar."""
        due = []
        for site in sites.sites.values():
            date = self.now().astimezone(ZoneInfo(site.time_zone)).date()
            today = sites.today.get(site.id)
            if site.calendar is Calendar.CLOCK and (today is None or today < date):
                due.append((site.id, date.isoformat()))
        return due


def _monotonic_s() -> float:
    """Return the time of the running loop: the process's monotonic clock, or a simulation's."""
    return asyncio.get_running_loop().time()
