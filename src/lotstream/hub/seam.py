"""The one seam between the hub and Kafka, beside the consumer that Faust runs.

What the claim, the relay and the broadcasts need of a log, and no more: Kafka does it through aiokafka
(`lotstream.hub.kafka`), and the simulation does it in memory. Every call raises whatever its log answers; the callers
set the time limits and treat any failure as final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from aiokafka import ConsumerRecord

from lotstream.store.rows import OutboxRow

TIMES_MAX: Final = 8
"""How many times its limit a transaction may last that publishes very many messages; the broker waits once more."""


class Position(NamedTuple):
    """A relay position as the log keeps it: an inbound offset, and who noted it."""

    offset: int
    #: Log number and version of the code that published, separated by a space.
    noted: str


class Extent(NamedTuple):
    """From where to where a partition of the inbound topic holds records."""

    start: int
    #: The offset the next record will have.
    end: int
    #: The record before the offset that was asked for; None when the topic does not hold it.
    before: ConsumerRecord[Any, Any] | None


@dataclass(frozen=True, slots=True)
class Sight:
    """The inbound topic as it is now."""

    #: 0 when there is no such topic.
    partitions: int
    #: Those of the partitions asked for that there are.
    extents: dict[int, Extent]


class Producer(Protocol):
    """A producer with a transactional id; between `begin` and `commit` nothing is seen by read_committed readers."""

    async def start(self) -> None:
        """Initialise the id: whoever had it before is fenced, and its open transaction is aborted."""

    async def stop(self) -> None:
        """Close the connections; an open transaction is left to its time limit."""

    async def begin(self) -> None:
        """Begin a transaction."""

    async def send(self, rows: Sequence[OutboxRow]) -> None:
        """Send messages and return when each has arrived; those of one key keep their order."""

    async def note(self, positions: Mapping[int, Position]) -> None:
        """Put relay positions into the transaction."""

    async def commit(self) -> None:
        """End the transaction: messages and positions are seen, all of them."""


class Appender(Protocol):
    """A producer that adds records to the inbound topic."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Close the connections."""

    async def append(self, partition: int, *, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Add one record to a partition and return when it has arrived."""


class Kafka(Protocol):
    """The inbound topic, the outgoing topics, and the relay's positions."""

    def producer(self, transactional_id: str) -> Producer:
        """Return a producer that is not started yet."""

    def appender(self) -> Appender:
        """Return an appender that is not started yet."""

    async def positions(self, partitions: Iterable[int]) -> dict[int, Position]:
        """Return the relay positions that are noted for partitions; those without one are left out."""

    async def look(self, offsets: Mapping[int, int]) -> Sight:
        """Return the inbound topic as it is, with the record before each offset (by partition) that is asked for."""
