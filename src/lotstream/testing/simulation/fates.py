"""What befalls processes: where each was when it did, and the deaths that were aimed at a place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from lotstream.testing.simulation.awaits import Awaits, written
from lotstream.testing.simulation.loop import Process


class Fates:
    """Counts what befalls processes, and kills those that come to a place that was aimed at."""

    def __init__(
        self, note: Callable[[str, str, object], None], later: Callable[[float, Callable[[], None]], None], *,
        aim: str | None,
    ) -> None:  # fmt: skip
        self.awaits = Awaits(aim)
        #: How often what happened.
        self.counts = Counter[str]()
        self._note = note
        self._later = later

    def crashed(self, process: Process) -> None:
        """Note a crash and where it hit."""
        tasks = [self.awaits.places(task) for task in process.tasks()]
        calls = list(process.calls.values())
        self.awaits.killed.update({place for places in [*tasks, calls] for place in places})
        self.befell(process, "crashed")
        self._note(process.name, "is killed", ", ".join([*(places[-1] for places in tasks if places), *calls]))

    def befell(self, process: Process, what: str) -> None:
        """Count what befell a process, and whether it had one batch on its way to the database and the next in hand."""
        self.counts[what] += 1
        if self.is_one_ahead(process):
            self.counts[f"{what}, two batches in flight"] += 1

    def is_one_ahead(self, process: Process) -> bool:
        """Tell whether a process is deciding a batch, or has decided it, while the one before is being written."""
        if not any(place.startswith("database commit") for place in process.calls.values()):
            return False
        places = (place for task in process.tasks() for place in self.awaits.places(task))
        return any(written().get(place, "").startswith("Pipeline._decide:") for place in places)

    def stepped(self, process: Process, task: asyncio.Task[Any]) -> None:
        """Look at where a task stands after a step, and kill its process when that was aimed at."""
        if self.awaits.pass_all(task):
            process.on_crash()

    def is_at(self, process: Process, place: str) -> None:
        """Hear that a call of a process is at a place, and kill the process when that was aimed at."""
        if not process.gone and self.awaits.passes(place):
            # Not here: whoever calls is in the middle of a step.
            self._later(0.0, process.on_crash)

    def lost(self, process: Process, what: str, why: str) -> None:
        """Count a call that has failed, as ``database commit: answer lost``."""
        self.befell(process, f"{' '.join(what.split()[:2])}: {why}")
