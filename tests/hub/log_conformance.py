"""What every log of the hub has to do: one suite for Kafka and for the simulated log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiokafka.errors import ProducerFenced

from lotstream.contracts.cloudevents import headers_for, message_id_of
from lotstream.hub.seam import Kafka, Position, Producer
from lotstream.store.rows import OutboxRow

PARTITIONS = 4
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Read = Callable[[], Awaitable[list[str]]]
"""Returns the ids that a read_committed reader sees on the outgoing topic, in order."""


class LogConformance:
    """A test class inherits it and brings the fixtures ``kafka``, ``outgoing`` (a topic's name) and ``read``."""

    async def test_an_empty_topic_is_looked_at(self, kafka: Kafka) -> None:
        """A topic without records has its partitions, and begins and ends at 0."""
        sight = await kafka.look({0: 0, 3: 0})
        assert sight.partitions == PARTITIONS
        assert {p: tuple(extent) for p, extent in sight.extents.items()} == {0: (0, 0, None), 3: (0, 0, None)}

    async def test_what_is_appended_is_looked_at(self, kafka: Kafka) -> None:
        """Appended records move the end, and the one before an offset is found with its message id; only if there."""
        appender = kafka.appender()
        await appender.start()
        for number in range(3):
            headers = headers_for("t.v1", id=f"m-{number}", source="test", time=NOW)
            await appender.append(2, key=b"*", value=b"{}", headers=headers)
        await appender.stop()
        for offset, found in ((0, None), (2, "m-1"), (3, "m-2"), (4, None)):
            extent = (await kafka.look({2: offset})).extents[2]
            assert (extent.start, extent.end) == (0, 3)
            assert (None if extent.before is None else message_id_of(extent.before.headers)) == found

    async def test_positions_are_seen_when_their_transaction_is_ended(self, kafka: Kafka) -> None:
        """Positions come back as they were noted, with their words, and not before the end of their transaction."""
        producer = kafka.producer("one")
        await producer.start()
        await producer.begin()
        await producer.note({1: Position(7, "1 0.2.0")})
        assert await kafka.positions([0, 1]) == {}
        await producer.commit()
        await _until_seen(producer)
        assert await kafka.positions([0, 1]) == {1: Position(7, "1 0.2.0")}
        await producer.stop()

    async def test_messages_are_seen_once_and_in_order(self, kafka: Kafka, outgoing: str, read: Read) -> None:
        """Messages of ended transactions are seen in the order in which they were sent, each once."""
        producer = kafka.producer("two")
        await producer.start()
        for numbers in ((0, 1), (2,)):
            await producer.begin()
            await producer.send([a_row(outgoing, number) for number in numbers])
            await producer.note({0: Position(numbers[-1] + 1, "1 0")})
            await producer.commit()
        assert await read() == [a_row(outgoing, number).id for number in range(3)]
        await producer.stop()

    async def test_who_initialises_an_id_fences_whoever_had_it(self, kafka: Kafka, outgoing: str, read: Read) -> None:
        """A fenced producer's open transaction is aborted and none of its calls succeeds any more."""
        late, successor = kafka.producer("three"), kafka.producer("three")
        await late.start()
        await late.begin()
        await late.send([a_row(outgoing, 0)])
        await late.note({0: Position(1, "1 0")})
        await successor.start()
        with pytest.raises(ProducerFenced):
            await late.commit()
        await successor.begin()
        await successor.send([a_row(outgoing, 1)])
        await successor.commit()
        assert await read() == [a_row(outgoing, 1).id]
        assert await kafka.positions([0]) == {}
        await successor.stop()
        with suppress(ProducerFenced):
            await late.stop()


def a_row(topic: str, number: int) -> OutboxRow:
    """Return a message of a topic."""
    return OutboxRow(0, number, 0, f"{number:032x}", topic, b"O-1", "t.v1", b"{}", NOW)


async def _until_seen(producer: Producer) -> None:
    """Wait until the transaction before is seen: the next one of the same producer cannot be ended earlier."""
    await producer.begin()
    await producer.note({3: Position(0, "1 0")})
    await producer.commit()
