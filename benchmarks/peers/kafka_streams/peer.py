"""Kafka Streams, exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.peer import MESSAGES, Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions


class KafkaStreams(Peer):
    """One process with so many stream threads."""

    name = "kafka-streams"
    title = "Kafka Streams, exactly_once_v2"
    does = (
        "The decision and the same two messages in Kafka transactions; stock in RocksDB and a changelog topic. No "
        "PostgreSQL: no orders to ask for, no journal, no look-up of duplicates that their sender made."
    )
    sources = MESSAGES

    def programs(self) -> Sequence[Program]:
        """Return its process."""
        return self.java_program("peers.streams.StreamsPeer")

    async def positions(self) -> Positions:
        """Return its group's positions, which its transactions commit."""
        return await self.group_positions(self.run.name)
