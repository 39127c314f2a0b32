"""Hearing what the hub says: all topics from their beginning, committed messages only, and when each was readable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from pydantic import BaseModel

from lotstream.contracts.cloudevents import message_id_of, read_headers
from lotstream.contracts.inbound import INBOUND, type_of
from lotstream.contracts.sent import SENT
from lotstream.contracts.topics import DEAD_LETTERS, TOPICS

ModelT = TypeVar("ModelT", bound=BaseModel)
FoundT = TypeVar("FoundT")

_MODELS: dict[str, type[BaseModel]] = {type_of(name): model for name, model in {**INBOUND, **SENT}.items()}
_DEAD_LETTER_ID = "lotstream_dlq_id"


@dataclass(frozen=True, slots=True)
class Heard:
    """One record as a reader of its topic sees it."""

    topic: str
    #: Unique among outgoing messages; that of the dead letter itself, not of the record in it.
    id: str | None
    #: The message, None for a dead letter.
    body: BaseModel | None
    headers: dict[str, bytes]
    #: Unix times: appended by the broker's clock, readable by ours (the same machine's).
    appended_at: float
    heard_at: float


class Listener:
    """One reader of all topics; an async context manager."""

    def __init__(self, bootstrap: str) -> None:
        self.heard: list[Heard] = []
        self._news = asyncio.Condition()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, auto_offset_reset="earliest", isolation_level="read_committed"
        )
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.subscribe([topic.name for topic in TOPICS])
        self._listening = asyncio.create_task(self._listen(), name="listener")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._consumer.stop()

    def told(self, model: type[ModelT]) -> list[tuple[Heard, ModelT]]:
        """Return the messages of one kind that were heard so far."""
        return [(heard, heard.body) for heard in self.heard if isinstance(heard.body, model)]

    async def until(self, find: Callable[[Self], FoundT | None]) -> FoundT:
        """Return what ``find`` returns as soon as that is not None; it is asked at each message that comes."""
        async with self._news:
            while (found := find(self)) is None:
                await self._news.wait()
        return found

    async def _listen(self) -> None:
        while True:
            polled = await self._consumer.getmany(timeout_ms=1000)
            now = time.time()
            heard = [_heard(record, now) for records in polled.values() for record in records]
            async with self._news:
                self.heard += heard
                self._news.notify_all()


def _heard(record: ConsumerRecord[bytes, bytes], now: float) -> Heard:
    headers = dict(record.headers)
    if record.topic == DEAD_LETTERS.name:
        id_, body = headers[_DEAD_LETTER_ID].decode(), None
    else:
        id_, body = message_id_of(record.headers), _body(record.headers, record.value)
    return Heard(record.topic, id_, body, headers, record.timestamp / 1000, now)


def _body(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> BaseModel | None:
    """Return a message as its model; None for what is none, as the record that the demo cuts off on purpose."""
    model = _MODELS.get(read_headers(headers).type or "")
    if model is None or value is None:
        return None
    try:
        return model.model_validate_json(value)
    except ValueError:
        return None
