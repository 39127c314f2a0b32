"""One transaction per order, stock rows locked, as an ERP does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import asyncpg

from benchmarks.peers.outcome import Outcome, reserved_rows
from benchmarks.peers.peer import Peer
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions, Run

SCHEMA = Path(__file__).parent / "schema.sql"
MOVE_LINES = """
SELECT l.owner, l.sale_order, l.line, q.sku, q.lot, q.location, l.quantity
FROM erp.stock_move_line AS l JOIN erp.stock_quant AS q ON q.id = l.quant ORDER BY l.id
"""
RESERVED = """
SELECT owner, sku, lot, location, reserved_quantity AS reserved FROM erp.stock_quant WHERE reserved_quantity <> 0
"""


async def read_move_lines(run: Run) -> Outcome:
    """Return what move lines promise, and what quants say is reserved."""
    outcome = Outcome(states=None)
    connection = await asyncpg.connect(run.postgres_url)
    try:
        for owner, order, *take in await connection.fetch(MOVE_LINES):
            line, sku, lot, location, quantity = take
            outcome.takes[owner, order] = (*outcome.takes.get((owner, order), ()), (line, sku, lot, location, quantity))
        outcome.reserved = reserved_rows(await connection.fetch(RESERVED))
    finally:
        await connection.close()
    return outcome


class OdooStyle(Peer):
    """So many processes, each with one connection."""

    name = "odoo-style"
    title = "Odoo-style, SELECT … FOR UPDATE"
    does = (
        "One PostgreSQL transaction per order: quants locked and reserved, moves and move lines added, the position in "
        "it. Nothing in memory, no journal, no messages. Bare SQL: Odoo's own ORM is not in it."
    )
    sources = {"rows": read_move_lines}  # noqa: RUF012 - typed in the base class

    async def prepare(self) -> None:
        """Make the tables of an ERP from the stock."""
        connection = await asyncpg.connect(self.run.postgres_url)
        try:
            await connection.execute(SCHEMA.read_text())
        finally:
            await connection.close()

    def programs(self) -> Sequence[Program]:
        """Return its processes."""
        return self.python("benchmarks.peers.odoo_style.worker")

    async def positions(self) -> Positions:
        """Return the positions in its transactions."""
        return await self.row_positions()
