"""What a desk needs from outside: a place to keep deliveries and a way to publish messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lotstream.connect.delivery import Delivery, Exchange, Message, Reply, Settlement, Translation


class Exchanges(Protocol):
    """Where deliveries are kept, byte for byte, with what became of them."""

    async def keep(self, connector: str, delivery: Delivery) -> Exchange:
        """Keep a delivery durably before anything is done with it.

        The same connector, sender, key and bytes again return the exchange that is already there, with its settlement.
        """

    async def settle(self, exchange: Exchange, settlement: Settlement) -> None:
        """Write how an exchange ended; settling again overwrites."""

    async def pending(self, connector: str, *, limit: int, bytes_max: int) -> list[Exchange]:
        """Return exchanges that are kept and not settled, oldest first.

        At most ``limit``, and none after the one whose body brings them to ``bytes_max``.
        """

    async def get(self, exchange_id: int) -> Exchange | None:
        """Return one exchange, or None."""


class Publisher(Protocol):
    """The way to the inbound topic."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages to the inbound topic in order and return when the broker has acknowledged every one.

        Raises `KafkaUnreachable` when it has not within the retry policy; some may have been appended then, and
        publishing them again under the same ids is safe.
        """

    def size(self, message: Message) -> int:
        """Return the bytes a message takes as a record's value."""


class Translator(Protocol):
    """The part of a connector that a desk uses."""

    @property
    def name(self) -> str:
        """Return the connector's name."""

    def translate(self, delivery: Delivery) -> Translation:
        """Turn a delivery into messages; raises `Refused` or `NotHandled`."""

    async def reply(self, delivery: Delivery, replies: Sequence[Reply]) -> None:
        """Give the sender what a translation owes."""
