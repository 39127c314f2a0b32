"""Stock Faust with `take`."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.peer import MESSAGES, ROWS, Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions


class FaustTake(Peer):
    """So many processes."""

    name = "faust"
    title = "stock Faust, take"
    does = (
        "The same rows in one PostgreSQL transaction per batch, the position in it. The same two messages are sent "
        "after the commit, without a transaction: an end in between loses them. No check of what messages say."
    )
    sources = MESSAGES | ROWS

    def programs(self) -> Sequence[Program]:
        """Return its processes."""
        return self.python("benchmarks.peers.faust_take.worker")

    async def positions(self) -> Positions:
        """Return the positions in its transactions."""
        return await self.row_positions()
