"""What people ask the database about goods that were announced, and that came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from lotstream.domain.model import EXPECTED, Document, Expected, LotName, Receipt, document_class
from lotstream.store.codec import decode
from lotstream.store.reads_moves import SQL, MoveReads
from lotstream.store.recounted import counted_now

RECEIPT = "receipt"
"""Kind of the documents under which goods come in."""


class Place(NamedTuple):
    """The place of a document among those of an owner."""

    kind: str
    number: str


FIRST = Place("", "")
"""Before all documents."""


@dataclass(frozen=True, slots=True)
class LotKnown:
    """What is known of a lot that came."""

    sku: str
    lot: str
    supplier: str | None
    supplier_lot: str | None
    made: date | None
    expires: date | None


class ReceiptReads(MoveReads):
    """Questions about announcements and receipts; opened and closed as an async context manager."""

    async def owners_of_receipt(self, number: str | None, *, owner: str | None) -> list[str]:
        """Return the owners that announced or received anything, under a number where one is given, sorted."""
        found = [await self.owners(kind, number, owner=owner) for kind in (EXPECTED, RECEIPT)]
        return sorted({one for owners in found for one in owners})

    async def receipts(
        self, owner: str, *, open_only: bool, after: Place = FIRST, rows_max: int
    ) -> list[Expected | Receipt]:
        """Return what an owner announced, and what came, after a place among them."""
        rows = await self._database.fetch(SQL["receipts"], owner, *after, open_only, rows_max)
        found: list[Document] = [decode(row["body"], document_class(row["kind"])) for row in rows]
        return cast(list[Expected | Receipt], await counted_now(self._database, owner, found))

    async def receipt(self, owner: str, number: str) -> Receipt | None:
        """Return what came on a receipt; None when nothing did."""
        return cast("Receipt | None", await self._document(owner, RECEIPT, number))

    async def expected(self, owner: str, number: str) -> Expected | None:
        """Return an announcement; None when nobody made it, and no goods name it."""
        return cast("Expected | None", await self._document(owner, EXPECTED, number))

    async def lots(self, owner: str, names: Collection[LotName]) -> dict[LotName, LotKnown]:
        """Return what is known of some lots."""
        skus, lots = [name.sku for name in names], [name.lot for name in names]
        rows = await self._database.fetch(SQL["lots_of"], owner, skus, lots)
        return {LotName(row["sku"], row["lot"]): LotKnown(**row) for row in rows}
