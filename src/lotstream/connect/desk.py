"""The order in which every delivery is handled: keep, translate, publish, reply, settle.

A delivery is kept durably before it is looked at, and settled only after the broker has acknowledged what became of it.
A crash in between leaves a pending exchange; `Desk.resume` takes it up again and publishes under the same message ids,
so that the hub sees a copy as a copy.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Final

import structlog

from lotstream.connect.counters import Counters
from lotstream.connect.delivery import (
    Delivery,
    DeliveryCode,
    Exchange,
    ForPeople,
    Message,
    NotHandled,
    Refusal,
    Refused,
    Settlement,
    Translation,
    Verdict,
    verdict_of,
)
from lotstream.connect.seams import Exchanges, Publisher, Translator
from lotstream.errors import InputRefused
from lotstream.ops.limits import reached, used

KEY_CHARS_MAX: Final = 400
"""Characters of a delivery's key; a longer one is kept as its hash."""

SENDER_SHOWN_CHARS_MAX: Final = 100
"""Characters of a sender's name that are logged before anybody knows that it is one."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a desk takes at most."""

    #: Largest value of one message; the hub would dead-letter a larger one.
    message_bytes_max: int = 1024 * 1024
    #: Pending exchanges, and bytes of their bodies, taken up in one go.
    pending_max: int = 500
    pending_bytes_max: int = 32 * 1024 * 1024


class Desk:
    """The runner's services for one connector."""

    def __init__(
        self, connector: Translator, *, exchanges: Exchanges, publisher: Publisher, limits: Limits | None = None
    ) -> None:
        self.connector = connector
        self._exchanges = exchanges
        self._publisher = publisher
        self._limits = limits or Limits()
        self._counters = Counters(connector.name)
        #: Exchanges being worked on, so that `resume` leaves them alone.
        self._at_work: set[int] = set()

    async def take(self, delivery: Delivery) -> Exchange:
        """Handle a delivery from first to last and return it settled; one that was settled before is not done again."""
        exchange = await self.keep(delivery)
        if not exchange.is_pending:
            self._counters.repeated()
            return exchange
        return await self.finish(exchange)

    async def keep(self, delivery: Delivery) -> Exchange:
        """Keep the raw bytes durably; returns the exchange that is already there when it was given before."""
        return await self._exchanges.keep(self.connector.name, _with_short_key(delivery))

    async def finish(self, exchange: Exchange) -> Exchange:
        """Translate, publish, reply and settle a kept delivery."""
        self._at_work.add(exchange.id)
        try:
            settlement = await self._work(exchange)
            await self._exchanges.settle(exchange, settlement)
        finally:
            self._at_work.discard(exchange.id)
        self._report(exchange, settlement)
        return exchange.settled(settlement)

    async def resume(self) -> int:
        """Take up what was kept and not settled, oldest first; returns how many exchanges were settled.

        Only so many, and so many bytes, are in memory at a time; `resume_all` comes back for the rest.
        """
        limits = self._limits
        pending = await self._exchanges.pending(
            self.connector.name, limit=limits.pending_max, bytes_max=limits.pending_bytes_max
        )
        self._note(pending)
        left = [exchange for exchange in pending if exchange.id not in self._at_work]
        for exchange in left:
            await self.finish(exchange)
        return len(left)

    async def resume_all(self) -> None:
        """Take up what was kept and not settled until nothing of it is left."""
        while await self.resume():
            pass

    async def replay(self, exchange_id: int) -> Exchange:
        """Handle a kept delivery once more from its raw bytes, whatever became of it before.

        Raises `InputRefused` when there is no such exchange or it came in through another connector.
        """
        exchange = await self._exchanges.get(exchange_id)
        if exchange is None or exchange.connector != self.connector.name:
            raise InputRefused(f"There is no exchange {exchange_id} of connector {self.connector.name}.")
        return await self.finish(exchange)

    def turn_away(self, reason: str, *, sender: str, size: int) -> None:
        """Count and log what is not even kept, because it is not trusted or too large; ``size`` is in bytes.

        ``reason`` becomes a label and is one of a few words known beforehand.
        """
        self._counters.rejected(reason)
        log.warning(
            "delivery_turned_away",
            connector=self.connector.name,
            reason=reason,
            sender=sender[:SENDER_SHOWN_CHARS_MAX],
            bytes=size,
        )

    async def _work(self, exchange: Exchange) -> Settlement:
        # In a thread, because a large file takes seconds and the health pages must answer meanwhile.
        translation = await asyncio.to_thread(self._translate, exchange)
        if isinstance(translation, Settlement):
            return translation
        fitting, too_large = await asyncio.to_thread(self._fitting, translation.messages)
        await self._publisher.publish(fitting)
        await self.connector.reply(exchange.delivery, translation.replies)
        return _settlement(translation, published=len(fitting), too_large=too_large)

    def _note(self, pending: list[Exchange]) -> None:
        bytes_ = sum(len(exchange.delivery.body) for exchange in pending)
        used("pending_max", len(pending))
        used("pending_bytes_max", bytes_)
        if len(pending) >= self._limits.pending_max:
            reached("pending_max")
        if bytes_ >= self._limits.pending_bytes_max:
            reached("pending_bytes_max")

    def _translate(self, exchange: Exchange) -> Translation | Settlement:
        """Return the translation, or the settlement of a delivery that has none."""
        try:
            return self.connector.translate(exchange.delivery)
        except Refused as refused:
            return Settlement(Verdict.REFUSED, refusals=(refused.refusal,))
        except NotHandled as not_handled:
            for_people = isinstance(not_handled, ForPeople)
            return Settlement(Verdict.NOT_HANDLED, notes=(str(not_handled),), for_people=for_people)
        except Exception as error:
            # One delivery that a connector stumbles over must not stop those behind it; its bytes are kept, and it can
            # be replayed once the connector is mended.
            log.exception("connector_failed", connector=self.connector.name, exchange=exchange.id)
            return Settlement(Verdict.REFUSED, refusals=(_connector_failed(error),))

    def _fitting(self, messages: tuple[Message, ...]) -> tuple[list[Message], tuple[Refusal, ...]]:
        limit = self._limits.message_bytes_max
        sizes = [(message, self._publisher.size(message)) for message in messages]
        fitting = [message for message, size in sizes if size <= limit]
        return fitting, tuple(_too_large(message, size, limit) for message, size in sizes if size > limit)

    def _report(self, exchange: Exchange, settlement: Settlement) -> None:
        self._counters.settled(settlement)
        log.info(
            "delivery_settled",
            connector=exchange.connector,
            exchange=exchange.id,
            sender=exchange.delivery.sender,
            name=exchange.delivery.name,
            verdict=settlement.verdict.value,
            messages=settlement.messages,
            codes=[refusal.code for refusal in settlement.refusals],
        )
        if settlement.for_people:
            # Nobody reads a note that nobody knows of.
            log.warning(
                "delivery_for_people",
                connector=exchange.connector,
                exchange=exchange.id,
                what="; ".join(settlement.notes),
            )


def _with_short_key(delivery: Delivery) -> Delivery:
    """Return a delivery whose key is no longer than an index takes; a sender may call its deliveries anything."""
    if len(delivery.key) <= KEY_CHARS_MAX:
        return delivery
    return replace(delivery, key=hashlib.sha256(delivery.key.encode()).hexdigest())


def _settlement(translation: Translation, *, published: int, too_large: tuple[Refusal, ...]) -> Settlement:
    refusals = translation.refusals + too_large
    verdict = verdict_of(messages=published, refusals=len(refusals))
    return Settlement(verdict, refusals=refusals, notes=translation.notes, messages=published)


def _connector_failed(error: Exception) -> Refusal:
    return Refusal(
        code=DeliveryCode.CONNECTOR_FAILED,
        field=None,
        message=f"The connector failed on this delivery ({type(error).__name__}); "
        "report it with the traceback from the log, and replay the delivery after the repair.",
    )


def _too_large(message: Message, size: int, limit: int) -> Refusal:
    return Refusal(
        code=DeliveryCode.TOO_LARGE,
        field=None,
        message=f"Message {message.message_id} has {size} bytes, more than the {limit} that the hub reads; split it.",
        order=getattr(message.body, "order", None),
    )
