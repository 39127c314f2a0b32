"""Where faults happen: the workers, the servers, what is sent, and the clock that recovery is measured by."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random

from lotstream.settings import Settings
from lotstream.testing.faults.crew import Crew
from lotstream.testing.faults.invariants import Violations
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.faults.sender import Sender
from lotstream.testing.faults.servers import Servers
from lotstream.testing.faults.shop import Shop


@dataclass
class Scene:
    """Everything a fault may lay hands on."""

    settings: Settings
    draw: Random
    crew: Crew
    servers: Servers
    proxy: DatabaseProxy
    shop: Shop
    sender: Sender
    violations: Violations
    #: Brokers that were killed and not started again yet.
    gone: list[int] = field(default_factory=list)
    #: Dates that somebody has opened by hand.
    days_told: set[str] = field(default_factory=set)
    #: From when on the hub could be well again, by the monotonic clock.
    _well_from: float = field(default_factory=time.monotonic)

    def well_from_now(self) -> None:
        """Say that from this moment on nothing but the hub itself keeps it from working."""
        self._well_from = time.monotonic()

    def since_well_s(self) -> float:
        """Return the seconds since then."""
        return time.monotonic() - self._well_from

    def some_worker(self) -> str:
        """Draw one of the workers."""
        return self.draw.choice(self.crew.instances)

    def resize(self, partitions: int) -> None:
        """Have workers that start from now on know another number of partitions."""
        self.settings = self.crew.settings = self.settings.model_copy(update={"partitions": partitions})
