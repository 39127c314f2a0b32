"""A connector's desk without Kafka and PostgreSQL: the same order of things, everything in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from lotstream.connect.delivery import Delivery, Exchange, Message, Settlement, Verdict
from lotstream.connect.desk import Desk, Limits
from lotstream.connect.seams import Translator


class Crash(BaseException):
    """The process ended here; nothing after this point happened."""


class MemoryExchanges:
    """Exchanges in memory, with the same rules as the database's."""

    def __init__(self) -> None:
        self.kept: dict[int, Exchange] = {}
        #: Set to make the next `settle` be the point at which the process ends.
        self.crash_before_settle = False
        #: Set when an exchange has been settled.
        self.settled = asyncio.Event()

    async def keep(self, connector: str, delivery: Delivery) -> Exchange:
        """Keep a delivery, or return the exchange that is already there."""
        known = (e for e in self.kept.values() if _same(e, connector, delivery))
        exchange = next(known, None)
        if exchange is None:
            exchange = Exchange(len(self.kept) + 1, connector, delivery, Settlement(Verdict.PENDING))
            self.kept[exchange.id] = exchange
        return exchange

    async def settle(self, exchange: Exchange, settlement: Settlement) -> None:
        """Write how an exchange ended, or end the process instead."""
        if self.crash_before_settle:
            self.crash_before_settle = False
            raise Crash
        self.kept[exchange.id] = replace(self.kept[exchange.id], settlement=settlement)
        self.settled.set()

    async def pending(self, connector: str, *, limit: int, bytes_max: int) -> list[Exchange]:
        """Return exchanges that are not settled, oldest first, until their bodies reach so many bytes."""
        found: list[Exchange] = []
        for exchange in self.kept.values():
            full = len(found) >= limit or sum(len(e.delivery.body) for e in found) >= bytes_max
            if exchange.connector == connector and exchange.is_pending and not full:
                found.append(exchange)
        return found

    async def get(self, exchange_id: int) -> Exchange | None:
        """Return one exchange, or None."""
        return self.kept.get(exchange_id)


class MemoryPublisher:
    """A broker in memory that notes what had been kept when each message was published."""

    def __init__(self, exchanges: MemoryExchanges | None = None) -> None:
        self.published: list[Message] = []
        #: Exchanges that were kept at the time of each message.
        self.kept_before: list[int] = []
        #: Raised by the next `publish`, before anything is appended.
        self.failure: Exception | None = None
        #: Set when `publish` is called.
        self.reached = asyncio.Event()
        #: Cleared to hold publishing back until it is set again.
        self.open = asyncio.Event()
        self.open.set()
        self._exchanges = exchanges

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages, or raise the failure that was asked for."""
        self.reached.set()
        await self.open.wait()
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        self.published += messages
        self.kept_before += [len(self._exchanges.kept) if self._exchanges else 0] * len(messages)

    def size(self, message: Message) -> int:
        """Return the bytes of the body as JSON."""
        return len(message.body.model_dump_json())


class MemoryDesk(Desk):
    """A desk over memory; ``exchanges`` and ``publisher`` show what happened."""

    def __init__(self, connector: Translator, *, limits: Limits | None = None) -> None:
        self.exchanges = MemoryExchanges()
        self.publisher = MemoryPublisher(self.exchanges)
        super().__init__(connector, exchanges=self.exchanges, publisher=self.publisher, limits=limits)


def _same(exchange: Exchange, connector: str, delivery: Delivery) -> bool:
    known = exchange.delivery
    ours = (exchange.connector, known.sender, known.key, known.sha256)
    return ours == (connector, delivery.sender, delivery.key, delivery.sha256)
