"""What came in at the doors, byte for byte, and what became of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lotstream.store.codec import decode, encode_all, encode_pairs
from lotstream.store.connection import Address, Database
from lotstream.store.exchange_row import ExchangeRefusal, ExchangeRow
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("exchanges")


class Exchanges:
    """The kept deliveries of all connectors; opened and closed as an async context manager."""

    def __init__(self, url: str, *, app: str = "lotstream-connect", timeout_s: float = 15.0) -> None:
        self._database = Database(Address(url=url, app=app, call_s=timeout_s))

    async def open(self) -> Self:
        """Connect; raises `PostgresUnreachable` or `SettingInvalid`."""
        await self._database.open()
        return self

    async def close(self) -> None:
        """Close all connections."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def keep(
        self,
        connector: str,
        *,
        sender: str,
        name: str,
        key: str,
        body: bytes,
        received_at: datetime,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> ExchangeRow:
        """Keep a delivery durably, still pending.

        The same connector, sender, key and bytes again return the exchange that is there, with its settlement and one
        more repeat. Raises `ConstraintViolated` for text the database cannot hold.
        """
        sha256 = hashlib.sha256(body).digest()
        row = await self._database.row(
            SQL["keep"], connector, sender, name, key, sha256, received_at, encode_pairs(headers), body
        )
        if row is None:
            raise LookupError("an insert that returns its row returned none")
        return _exchange(row)

    async def settle(
        self,
        id: int,
        *,
        verdict: str,
        refusals: tuple[ExchangeRefusal, ...] = (),
        notes: tuple[str, ...] = (),
        messages: int = 0,
    ) -> None:
        """Write how an exchange ended; settling again overwrites."""
        await self._database.execute(SQL["settle"], id, verdict, encode_all(refusals), notes, messages)

    async def pending(self, connector: str, *, limit: int, bytes_max: int) -> list[ExchangeRow]:
        """Return exchanges that are kept and not settled, oldest first.

        At most ``limit``, and none after the one whose body brings them to ``bytes_max``.
        """
        return [_exchange(row) for row in await self._database.fetch(SQL["pending"], connector, limit, bytes_max)]

    async def get(self, id: int) -> ExchangeRow | None:
        """Return one exchange, or None."""
        row = await self._database.row(SQL["get"], id)
        return None if row is None else _exchange(row)

    async def recent(self, connector: str, *, limit: int, verdict: str | None = None) -> list[ExchangeRow]:
        """Return a connector's exchanges without their bytes, newest first, of one verdict where one is given."""
        return [_exchange(row) for row in await self._database.fetch(SQL["recent"], connector, limit, verdict)]


def _exchange(row: Record) -> ExchangeRow:
    return ExchangeRow(
        **{
            **row,
            "sha256": row["sha256"].hex(),
            "headers": decode(row["headers"], tuple[tuple[str, str], ...]),
            "refusals": decode(row["refusals"], tuple[ExchangeRefusal, ...]),
            "notes": tuple(row["notes"]),
        }
    )
