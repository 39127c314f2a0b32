"""All reads about goods over one connection, which remembers what it was asked, so that plans can be looked at."""

from __future__ import annotations

from typing import Any, Final, Self

from lotstream.store.connection import Address, Database
from lotstream.store.reads import Reads
from lotstream.store.reads_expiring import ExpiryReads
from lotstream.store.reads_papers import PaperReads
from lotstream.store.reads_past import PastReads
from lotstream.store.reads_recalls import RecallReads
from lotstream.store.reads_receipts import ReceiptReads
from lotstream.store.reads_trace import TraceReads

TIMEOUT_S: Final = 120.0


class Noting(Database):
    """A database that remembers what it was asked last."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.asked: dict[str, tuple[object, ...]] = {}

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Return the rows of a query."""
        self.asked[query] = args
        return await super().fetch(query, *args)

    async def row(self, query: str, *args: object) -> Any:  # noqa: ANN401 - as the one it stands for
        """Return the first row of a query, or None."""
        self.asked[query] = args
        return await super().row(query, *args)

    async def value(self, query: str, *args: object) -> Any:  # noqa: ANN401 - as the one it stands for
        """Return the first column of the first row of a query, or None."""
        self.asked[query] = args
        return await super().value(query, *args)


class Asking:
    """All reads of goods over one connection that notes what it was asked, each planned as it is for a person."""

    def __init__(self, url: str) -> None:
        self.goods, self.all, self.recalls = TraceReads(url, timeout_s=TIMEOUT_S), Reads(url), RecallReads(url)
        self.papers, self.past, self.moves, self.expiry = (
            PaperReads(url),
            PastReads(url),
            ReceiptReads(url),
            ExpiryReads(url),
        )
        self.database = Noting(self.goods._database.address)  # noqa: SLF001 - connected as they connect
        for reads in (self.goods, self.all, self.recalls, self.papers, self.past, self.moves, self.expiry):
            reads._database = self.database  # noqa: SLF001 - to see what is asked

    async def __aenter__(self) -> Self:
        await self.database.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.database.close()
