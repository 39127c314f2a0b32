"""A database in memory behind the store's own connections: what is committed is there, what fails leaves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from lotstream.store.connection import Address, Database
from lotstream.store.sql import queries
from lotstream.testing.memory import claims, history, pruning, recalls, statements, told
from lotstream.testing.memory.statements import answer
from lotstream.testing.memory.tables import Row, Tables

if TYPE_CHECKING:
    from lotstream.store.connection import Connection

WRITTEN_DOWN: Final = (statements, claims, history, recalls, told, pruning)
"""Where it is written down what each statement does."""

STAGED: Final = {"stock_in": "stock"}
"""Tables that rows come in through, and where one statement then takes them."""

STAGED_STOCK: Final = queries("commit")["stock"]
EMPTY_STAGING: Final = queries("commit")["empty_staging"]


class MemoryDatabase(Database):
    """Queries over tables in memory; no call of it waits, so that each is one step for everybody else.

    ``arrival`` is awaited before each statement outside a transaction and before each transaction: a simulation lets a
    call come to the database there, after its arguments were made.
    """

    def __init__(self, tables: Tables, *, arrival: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(Address(url="", app="memory"))
        self._session = Session(tables)
        self._tables = tables
        self._arrival = arrival

    async def open(self) -> None:
        """Do nothing: it is there."""

    async def close(self) -> None:
        """Do nothing: what is in the tables stays."""

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Return the rows of a query."""
        await self._arrive()
        return await self._session.fetch(query, *args)

    async def row(self, query: str, *args: object) -> Any:  # noqa: ANN401 - a row, or None
        """Return the first row of a query, or None."""
        return next(iter(await self.fetch(query, *args)), None)

    async def value(self, query: str, *args: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first column of the first row of a query, or None."""
        await self._arrive()
        return await self._session.fetchval(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement and return its status, such as ``DELETE 3``."""
        await self._arrive()
        return await self._session.execute(query, *args)

    @asynccontextmanager
    async def transaction(self, *, calls: int = 1) -> AsyncIterator[Connection]:
        """Give a connection inside a transaction, rolled back by any exception; it takes no time."""
        await self._arrive()
        self._tables.begin()
        try:
            yield cast("Connection", self._session)
        except BaseException:
            self._tables.roll_back()
            raise

    async def _arrive(self) -> None:
        if self._arrival is not None:
            await self._arrival()


class Session:
    """As much of a driver's connection as the store uses."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._staged: dict[str, list[Row]] = {}

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Return the rows of a query."""
        return list(answer(query, self._tables, args))

    async def fetchval(self, query: str, *args: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first column of the first row of a query, or None."""
        rows = await self.fetch(query, *args)
        return next(iter(rows[0]), None) if rows else None

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement and return its status."""
        if query == STAGED_STOCK:
            rows = self._staged.pop("stock", [])
            for row in rows:
                self._tables.put("stock", row)
            return f"INSERT {len(rows)}"
        if query == EMPTY_STAGING:
            self._staged.clear()
            return "TRUNCATE TABLE"
        return f"DONE {len(answer(query, self._tables, args))}"

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[Any]], columns: Sequence[str]
    ) -> None:
        """Add rows to a table."""
        rows = [Row(dict(zip(columns, values, strict=True))) for values in records]
        if table in STAGED:
            self._staged[STAGED[table]] = rows
            return
        for row in rows:
            self._tables.add(table, row)
