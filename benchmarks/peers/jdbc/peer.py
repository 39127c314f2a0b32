"""A plain Java consumer with JDBC that writes lotstream's rows, without and with publishing."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.java import jdbc_url
from benchmarks.peers.peer import MESSAGES, ROWS, Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions

MAIN = "peers.jdbc.JdbcPeer"


class JavaJdbc(Peer):
    """Rows alone."""

    name = "java-jdbc"
    title = "Java consumer, JDBC"
    does = (
        "The same rows in one PostgreSQL transaction per batch: claim checked, duplicates looked up, intake, journal "
        "with hash chain (SHA-256), orders, consignees, stock, outbox. First expired, first out alone. Nothing is "
        "published."
    )
    sources = ROWS
    relay = False

    def programs(self) -> Sequence[Program]:
        """Return one process; each thread has a consumer and a connection."""
        relay = str(self.relay).lower()
        return self.java_program(MAIN, PEER_JDBC_URL=jdbc_url(self.run.postgres_url), PEER_RELAY=relay)

    async def positions(self) -> Positions:
        """Return the positions in its transactions."""
        return await self.row_positions()


class JavaJdbcRelay(JavaJdbc):
    """Rows and messages."""

    name = "java-jdbc-relay"
    title = "Java consumer, JDBC, relay"
    does = (
        "As above, and publishes the outbox, one Kafka transaction per batch with its positions in it. After a crash "
        "it would not read back what was not published."
    )
    sources = MESSAGES | ROWS
    relay = True

    async def positions(self) -> Positions:
        """Return the relay's positions."""
        return await self.group_positions(f"{self.run.name}-relay")
