"""lotstream itself, with everything on."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from benchmarks.peers.peer import MESSAGES, ROWS, Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions
from lotstream.hub.agreed import FIXED, open_agreed
from lotstream.settings import Settings


class Lotstream(Peer):
    """Worker processes as `lotstream worker` runs them."""

    name = "lotstream"
    title = "lotstream"
    does = (
        "Everything: checked messages, duplicates, every rule of allocation, rows, hash-chained journal, outbox; "
        "offset, state and outbox in one PostgreSQL transaction, messages in Kafka transactions, fenced take-over."
    )
    sources = MESSAGES | ROWS

    def programs(self) -> Sequence[Program]:
        """Return its workers."""
        return [self._worker(number) for number in range(self.workers)]

    async def prepare(self) -> None:
        """Give the hub of this run a name of its own: under that of the template Kafka would note all runs together."""
        async with open_agreed(self._settings(0)) as agreed:
            await agreed.change({FIXED: self.run.name})

    async def positions(self) -> Positions:
        """Return the relay's positions: below them everything is published."""
        return await self.group_positions(f"{self.run.name}-relay")

    def _settings(self, number: int) -> Settings:
        own = {"app": self.run.name, "instance": f"worker-{number}", "http_port": 0, "log_format": "json"}
        return self.stage.settings.model_copy(update={"postgres_url": self.run.postgres_url, **own})

    def _worker(self, number: int) -> Program:
        log = self.run.folder / f"worker-{number}.log"
        command = [sys.executable, "-m", "lotstream.cli", "worker"]
        return Program(command, environment=self._settings(number).as_environment(), log=log)
