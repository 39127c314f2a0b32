"""Deliveries kept in PostgreSQL: between the desk's words and the store's rows."""

from __future__ import annotations

from typing import Final

from lotstream.connect.delivery import Delivery, Exchange, Refusal, Settlement, Verdict
from lotstream.store.exchange_row import ExchangeRefusal, ExchangeRow
from lotstream.store.exchanges import Exchanges as Table

REFUSALS_KEPT_MAX: Final = 1000
"""Refusals kept with one exchange; those behind them are counted in a note. The bytes have them all."""


class KeptExchanges:
    """The exchanges of a connector's desk, in PostgreSQL."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def keep(self, connector: str, delivery: Delivery) -> Exchange:
        """Keep a delivery durably, or return the exchange that is already there."""
        row = await self._table.keep(
            connector,
            sender=delivery.sender,
            name=delivery.name,
            key=delivery.key,
            body=delivery.body,
            received_at=delivery.received_at,
            headers=delivery.headers,
        )
        return _exchange(row)

    async def settle(self, exchange: Exchange, settlement: Settlement) -> None:
        """Write how an exchange ended."""
        refusals, notes = settlement.refusals, settlement.notes
        if len(refusals) > REFUSALS_KEPT_MAX:
            notes = (*notes, f"{len(refusals) - REFUSALS_KEPT_MAX} more orders were refused.")
        await self._table.settle(
            exchange.id,
            verdict=settlement.verdict.value,
            refusals=tuple(map(_refusal_row, refusals[:REFUSALS_KEPT_MAX])),
            notes=tuple(map(storable, notes)),
            messages=settlement.messages,
        )

    async def pending(self, connector: str, *, limit: int, bytes_max: int) -> list[Exchange]:
        """Return exchanges that are kept and not settled, oldest first, until their bodies reach so many bytes."""
        return [_exchange(row) for row in await self._table.pending(connector, limit=limit, bytes_max=bytes_max)]

    async def get(self, exchange_id: int) -> Exchange | None:
        """Return one exchange, or None."""
        row = await self._table.get(exchange_id)
        return None if row is None else _exchange(row)


def storable(text: str) -> str:
    """Return a text as a database takes it: a sentence may quote a NUL or half a character of a sender's."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _refusal_row(refusal: Refusal) -> ExchangeRefusal:
    return ExchangeRefusal(
        code=str(refusal.code),
        field=None if refusal.field is None else storable(refusal.field),
        message=storable(refusal.message),
        order=None if refusal.order is None else storable(refusal.order),
    )


def _exchange(row: ExchangeRow) -> Exchange:
    delivery = Delivery(
        sender=row.sender, name=row.name, key=row.key, body=row.body, received_at=row.received_at, headers=row.headers
    )
    refusals = tuple(Refusal(r.code, r.field, r.message, r.order) for r in row.refusals)
    settlement = Settlement(Verdict(row.verdict), refusals=refusals, notes=row.notes, messages=row.messages)
    return Exchange(row.id, row.connector, delivery, settlement)
