"""Dead letters outside the database: read from their topic, and appended to the inbound topic again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from lotstream.contracts.cloudevents import DEAD_LETTER_HEADERS, DEAD_LETTER_LEFT_OUT
from lotstream.contracts.inbound import BROADCAST_KEY
from lotstream.contracts.topics import DEAD_LETTERS, INBOUND
from lotstream.domain.slots import partition_of
from lotstream.errors import InputRefused, KafkaUnreachable
from lotstream.store.dead_letters import DeadLetter, Place

#: Largest record that is put together here; the topic's own limit is one on compressed batches.
REQUEST_BYTES_MAX: Final = 256 * 1024 * 1024
#: Longest a reader waits for the topic's partitions and between two pieces, in milliseconds and seconds.
PIECE_MS: Final = 500
LOOK_EVERY_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter with its bytes."""

    about: DeadLetter
    value: bytes | None


class Replayer:
    """Appends dead letters to the inbound topic again: the same key, the same bytes, the same headers."""

    def __init__(self, producer: AIOKafkaProducer, *, partitions: int, timeout_s: float) -> None:
        self._producer = producer
        self._partitions = partitions
        self._timeout_s = timeout_s

    async def append(self, letter: Letter) -> tuple[int, int]:
        """Append a record and return its partition and offset.

        It goes where its key belongs: a record that lay in the wrong partition under the right key is understood this
        time. Raises `KafkaUnreachable`, or `InputRefused` for a record the topic does not take.
        """
        about = letter.about
        try:
            async with asyncio.timeout(self._timeout_s):
                sent = await self._send(letter, self._partition(about))
        except MessageSizeTooLargeError as error:
            raise InputRefused(
                f"The inbound topic takes no record as large as {about.place}.",
                what_to_do="Raise LOTSTREAM_INBOUND_BYTES_MAX and the topic's max.message.bytes, or discard it.",
            ) from error
        except (KafkaError, OSError, TimeoutError) as error:
            raise _unreachable(error) from error
        return int(sent.partition), int(sent.offset)

    async def _send(self, letter: Letter, partition: int) -> Any:  # noqa: ANN401 - aiokafka's record metadata
        about, headers = letter.about, list(letter.about.headers)
        if about.key is None and letter.value is None:
            # aiokafka sends no record with neither, other producers do.
            empty = self._producer.create_batch()
            empty.append(timestamp=None, key=None, value=None, headers=headers)
            return await (await self._producer.send_batch(empty, INBOUND.name, partition=partition))
        return await self._producer.send_and_wait(
            INBOUND.name, letter.value, about.key, partition=partition, headers=headers
        )

    def _partition(self, about: DeadLetter) -> int:
        if about.key is None or about.key == BROADCAST_KEY.encode():
            return about.place.partition % self._partitions
        return partition_of(about.key, self._partitions)


@asynccontextmanager
async def open_replayer(bootstrap: str, *, partitions: int, timeout_s: float) -> AsyncIterator[Replayer]:
    """Give a replayer; raises `KafkaUnreachable`."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_request_size=REQUEST_BYTES_MAX,
        # A record may have fitted into its topic only because it was compressed.
        compression_type="gzip", request_timeout_ms=round(timeout_s * 1000),
    )  # fmt: skip
    try:
        async with asyncio.timeout(timeout_s):
            await producer.start()
    except (KafkaError, OSError, TimeoutError) as error:
        await producer.stop()
        raise _unreachable(error) from error
    try:
        yield Replayer(producer, partitions=partitions, timeout_s=timeout_s)
    finally:
        await producer.stop()


async def read_topic(bootstrap: str, *, timeout_s: float) -> list[Letter]:
    """Return all committed dead letters of their topic, oldest first per partition; raises `KafkaUnreachable`."""
    try:
        async with _reader(bootstrap, "read_uncommitted", timeout_s) as consumer:
            ends = await consumer.end_offsets(consumer.assignment())
        letters = []
        async with _reader(bootstrap, "read_committed", timeout_s) as consumer:
            while not all([await consumer.position(tp) >= end for tp, end in ends.items()]):
                async with asyncio.timeout(timeout_s):
                    pieces = await consumer.getmany(timeout_ms=PIECE_MS)
                letters += [_letter(record) for records in pieces.values() for record in records]
        return letters
    except (KafkaError, OSError, TimeoutError) as error:
        raise _unreachable(error) from error


def is_left_out(letter: Letter) -> bool:
    """Tell whether the topic has the reason of a dead letter alone, because no topic takes its bytes."""
    return DEAD_LETTER_LEFT_OUT in dict(letter.about.headers)


@asynccontextmanager
async def _reader(bootstrap: str, isolation: str, timeout_s: float) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        DEAD_LETTERS.name, bootstrap_servers=bootstrap, isolation_level=isolation, enable_auto_commit=False,
        auto_offset_reset="earliest", request_timeout_ms=round(timeout_s * 1000),
    )  # fmt: skip
    try:
        async with asyncio.timeout(timeout_s):
            await consumer.start()
            while not consumer.assignment():  # noqa: ASYNC110 - aiokafka has no event for it
                await asyncio.sleep(LOOK_EVERY_S)
        yield consumer
    finally:
        await consumer.stop()


def _letter(record: ConsumerRecord[Any, Any]) -> Letter:
    said = {name: value.decode() for name, value in record.headers if name in DEAD_LETTER_HEADERS}
    place = Place(*(int(said[f"lotstream_dlq_{part}"]) for part in Place._fields))
    # That its bytes were left out is the one thing of ours that is kept with its own headers.
    ours = set(DEAD_LETTER_HEADERS) - {DEAD_LETTER_LEFT_OUT}
    published = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    about = DeadLetter(
        place=place,
        recorded_at=published,
        first_seen=published,
        code=said["lotstream_dlq_code"],
        field=said["lotstream_dlq_field"] or None,
        message=said["lotstream_dlq_message"],
        key=record.key,
        headers=tuple((name, value) for name, value in record.headers if name not in ours),
        bytes=None if record.value is None else len(record.value),
        owner=None,
    )
    return Letter(about, record.value)


def _unreachable(error: BaseException) -> KafkaUnreachable:
    return KafkaUnreachable(f"Kafka does not answer: {str(error) or type(error).__name__}.")
