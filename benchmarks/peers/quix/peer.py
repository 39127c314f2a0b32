"""Quix Streams, exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.peer import MESSAGES, Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions


class Quix(Peer):
    """So many processes."""

    name = "quix"
    title = "Quix Streams, exactly once"
    does = (
        "As Kafka Streams, in Python on librdkafka: the decision and the same two messages in Kafka transactions, one "
        "every 100 ms; stock in RocksDB and a changelog topic. No PostgreSQL."
    )
    sources = MESSAGES

    def programs(self) -> Sequence[Program]:
        """Return its processes, on the Python that has Quix Streams."""
        if self.tools.quix is None:
            raise RuntimeError("The environment of Quix Streams was not made.")
        return self.python("benchmarks.peers.quix.worker", program=str(self.tools.quix))

    async def positions(self) -> Positions:
        """Return its group's positions, which its transactions commit."""
        return await self.group_positions(self.run.name)
