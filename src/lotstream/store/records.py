"""What was written, read back as it was written: shipments of a lot, what became of a message, dead letters, claims."""

from __future__ import annotations

from collections.abc import Sequence

from lotstream.store.claim import Claim
from lotstream.store.claims import as_claim
from lotstream.store.codec import decode_headers
from lotstream.store.connection import Address
from lotstream.store.rows import DeadLetterRow, IntakeRow, MessageKey, Outcome, ShipmentLineRow
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("records")


class Records(Session):
    """Rows as the hub wrote them, each answer one query; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-records", call_s=timeout_s))

    async def shipped(self, owner: str, *, sku: str, lot: str | None, rows_max: int) -> list[ShipmentLineRow]:
        """Return where a lot of an owner went (``None``: goods without a lot), oldest first."""
        rows = await self._database.fetch(SQL["shipped"], owner, sku, lot, rows_max)
        return [ShipmentLineRow(**dict(row)) for row in rows]

    async def intake(self, message: MessageKey) -> IntakeRow | None:
        """Return what became of a message that was done or refused; None when none of that id was."""
        row = await self._database.row(SQL["intake"], *message)
        return None if row is None else IntakeRow(**{**row, "outcome": Outcome(row["outcome"])})

    async def outcomes(self, source: str, messages: Sequence[str]) -> dict[str, IntakeRow]:
        """Return what became of messages of one source, by id; none for what was neither done nor refused."""
        rows = await self._database.fetch(SQL["outcomes"], source, messages)
        return {row["message_id"]: IntakeRow(**{**row, "outcome": Outcome(row["outcome"])}) for row in rows}

    async def dead_letters(self, *, rows_max: int) -> list[DeadLetterRow]:
        """Return records that could not be understood, newest first."""
        rows = await self._database.fetch(SQL["dead_letters"], rows_max)
        return [DeadLetterRow(**{**row, "headers": decode_headers(row["headers"])}) for row in rows]

    async def dead_letters_by_code(self) -> dict[str, int]:
        """Return how many records could not be understood, by reason."""
        return {row["code"]: row["count"] for row in await self._database.fetch(SQL["dead_letters_by_code"])}

    async def claims(self) -> list[Claim]:
        """Return all claims, by partition: who holds what, and how far it is."""
        return [as_claim(row) for row in await self._database.fetch(SQL["claims"])]
