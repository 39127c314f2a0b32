from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import ProducerFenced

from lotstream.contracts.topics import INBOUND, ORDER_STATUS
from lotstream.errors import ClaimLost, LogMismatch, RelayFailed
from lotstream.hub import relay as relaying
from lotstream.hub.clock import Clock
from lotstream.hub.kafka import AioKafka
from lotstream.hub.outbox_tail import PIECE_BYTES_MAX
from lotstream.hub.relay import Outgoing, Relay
from lotstream.hub.seam import TIMES_MAX
from lotstream.settings import Settings
from lotstream.store.claim import Claim, Log
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import Batch, OutboxRow, PartitionBatch
from lotstream.testing.kafka import read_all

LOG = Log(number=1, partitions=8)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_claim(partition: int, next_offset: int, *, relay_position: int = 0) -> Claim:
    """Return a claim that has decided up to an offset."""
    return Claim(
        partition=partition, log=1, next_offset=next_offset, epoch=1, holder="me", released=False, today={},
        chain=bytes(32), broadcast_seen=0, append_time=None, last_append_time=None, last_message_id=None,
        relay_position=relay_position,
    )  # fmt: skip


def a_row(offset: int, index: int = 0, *, partition: int = 0, value: bytes = b"{}") -> OutboxRow:
    """Return a message that a record caused."""
    id_ = f"{partition:02x}{offset:028x}{index:02x}"
    return OutboxRow(partition, offset, index, id_, ORDER_STATUS.name, b"O-1", "t.v1", value, NOW)


def a_batch(first: int, last: int) -> Batch:
    """Return a batch of partition 0 that decided offsets, each with one message."""
    rows = [a_row(offset) for offset in range(first, last + 1)]
    return Batch([PartitionBatch(a_claim(0, first), a_claim(0, last + 1))], outbox=rows)


class FakeOutbox:
    """The outbox of partition 0."""

    def __init__(self, rows: list[OutboxRow]) -> None:
        self.rows = rows
        #: Epoch of every claim as it is now.
        self.epoch = 1

    async def claims(self, partitions: Iterable[int]) -> dict[int, Claim]:
        return {p: replace(a_claim(p, 0), epoch=self.epoch) for p in partitions}

    async def outbox(
        self, partition: int, *, log: int, offset: int, below: int, limit: int, bytes_max: int | None = None
    ) -> list[OutboxRow]:
        found: list[OutboxRow] = []
        for row in self.rows:
            full = bytes_max is not None and sum(len(row.value or b"") for row in found) >= bytes_max
            if row.partition == partition and offset <= row.offset < below and len(found) < limit and not full:
                found.append(row)
        return found

    async def now(self) -> datetime:
        return NOW


class ListeningRelay(Relay):
    """A relay that writes down what it would publish, in a Kafka that notes no positions."""

    def __init__(self, rows: list[OutboxRow], *, batches_max: int = 2) -> None:
        self.outbox = FakeOutbox(rows)
        store: Any = self.outbox
        kafka: Any = None
        super().__init__(
            store, kafka, app="a", instance="i", log=LOG, batches_max=batches_max, timeout_s=1,
            clock=Clock(store, skew_max_s=1),
        )  # fmt: skip
        self.transactions: list[tuple[list[int], dict[int, int]]] = []

    async def _noted_positions(self, partitions: Iterable[int]) -> dict[int, int]:
        return {}

    async def _publish(self, outgoing: Outgoing) -> None:
        self.transactions.append(([row.offset for row in outgoing.rows], dict(outgoing.positions)))
        self._positions.update(outgoing.positions)


async def _published(relay: ListeningRelay) -> list[tuple[list[int], dict[int, int]]]:
    running = asyncio.create_task(relay.run())
    await relay.finish()
    running.cancel()
    return relay.transactions


async def test_what_was_kept_back_goes_out_in_order_with_the_next_batch() -> None:
    """Messages of a partition whose day is not open wait and go out first with the batch that opens it."""
    relay = ListeningRelay([a_row(offset) for offset in range(4)])
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    await relay.put(a_batch(0, 1), kept_back={0})
    await relay.put(a_batch(2, 3), kept_back=())
    assert await _published(relay) == [([0, 1, 2, 3], {0: 4})]


async def test_batches_that_wait_go_out_in_one_transaction() -> None:
    """What was committed while Kafka was busy is published together, in order and up to the last of its offsets."""
    relay = ListeningRelay([])
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    await relay.put(a_batch(0, 1), kept_back=())
    await relay.put(a_batch(2, 3), kept_back=())
    assert await _published(relay) == [([0, 1, 2, 3], {0: 4})]


async def test_what_was_kept_back_goes_out_after_what_waits_before_it() -> None:
    """A batch whose partition has to catch up begins a transaction: nothing goes out before what precedes it."""
    relay = ListeningRelay([a_row(offset) for offset in range(6)], batches_max=3)
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    await relay.put(a_batch(0, 1), kept_back=())
    await relay.put(a_batch(2, 3), kept_back={0})
    await relay.put(a_batch(4, 5), kept_back=())
    assert await _published(relay) == [([0, 1], {0: 2}), ([2, 3, 4, 5], {0: 6})]


async def test_a_batch_without_output_moves_the_position_too() -> None:
    """A committed batch that publishes nothing still moves the relay position past its records."""
    relay = ListeningRelay([])
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    await relay.put(Batch([PartitionBatch(a_claim(0, 0), a_claim(0, 5))]), kept_back=())
    assert await _published(relay) == [([], {0: 5})]


async def test_a_take_over_publishes_the_rest_of_the_outbox_and_nothing_below_the_position() -> None:
    """After a take-over only what lies between relay position and next offset is published."""
    relay = ListeningRelay([a_row(offset) for offset in range(6)])
    await relay.resume({0: a_claim(0, 6, relay_position=4)}, kept_back=())
    assert relay.transactions == [([4, 5], {0: 6})]
    assert relay.position(0) == 6


async def test_the_tails_of_many_partitions_go_out_in_one_transaction() -> None:
    """A take-over of many partitions with a few messages each needs one Kafka transaction and not one per partition."""
    relay = ListeningRelay([a_row(offset, partition=p) for p in range(32) for offset in range(3)])
    await relay.resume({p: a_claim(p, 3) for p in range(32)}, kept_back={7})
    assert relay.transactions == [([0, 1, 2] * 31, {p: 3 for p in range(32) if p != 7})]
    assert (relay.position(7), relay.position(8)) == (0, 3)


async def test_a_long_tail_goes_out_in_pieces_of_bounded_bytes() -> None:
    """What is read back and published at once is bounded by bytes, ends with whole records and leaves nothing out."""
    third = bytes(PIECE_BYTES_MAX // 3)
    relay = ListeningRelay([a_row(offset, index, value=third) for offset in range(3) for index in range(2)])
    await relay.resume({0: a_claim(0, 3)}, kept_back=())
    assert relay.transactions == [([0, 0, 1, 1], {0: 2}), ([2, 2], {0: 3})]


async def test_a_record_above_the_bytes_of_a_piece_is_published_whole() -> None:
    """A record whose messages are more than a piece may hold is not divided."""
    large = bytes(PIECE_BYTES_MAX)
    relay = ListeningRelay([a_row(0), a_row(1, 0, value=large), a_row(1, 1), a_row(2)])
    await relay.resume({0: a_claim(0, 3)}, kept_back=())
    assert relay.transactions == [([0, 1, 1], {0: 2}), ([2], {0: 3})]


async def test_a_record_of_very_many_messages_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes it over is told how long its transaction may last, a limit for each so many messages, up to a most.

    One after it that publishes as few as most has the limit once.
    """
    monkeypatch.setattr(relaying, "MESSAGES_A_LIMIT", 10)
    granted: list[float] = []
    rows = [a_row(0, index, value=bytes(PIECE_BYTES_MAX // 30)) for index in range(35)]
    relay = ListeningRelay([*rows, a_row(1)])
    await relay.resume({0: a_claim(0, 2)}, kept_back=(), grant=granted.append)
    assert (relay.position(0), granted) == (2, [4, 1])
    assert relay._limit_s(Outgoing([a_row(0)] * 1_000)) == TIMES_MAX


async def test_a_position_that_kafka_has_forgotten_is_noted_again() -> None:
    """A take-over with nothing to publish tells Kafka the database's position when Kafka has none."""
    relay = ListeningRelay([])
    await relay.resume({0: a_claim(0, 6, relay_position=6), 1: a_claim(1, 0)}, kept_back=())
    assert relay.transactions == [([], {0: 6})]


async def test_a_position_above_next_offset_stops_the_worker() -> None:
    """A relay position above next offset means that Postgres was restored: the worker stops and publishes nothing."""
    relay = ListeningRelay([])
    with pytest.raises(LogMismatch, match="restored"):
        await relay.resume({0: a_claim(0, 3, relay_position=4)}, kept_back=())
    assert relay.transactions == []


async def test_a_position_moved_by_a_successor_is_no_restored_database() -> None:
    """A claim that somebody took over while it was being taken loses its process, and is not called a restore."""
    relay = ListeningRelay([])
    relay.outbox.epoch = 2
    with pytest.raises(ClaimLost, match="taken over"):
        await relay.resume({0: a_claim(0, 3, relay_position=4)}, kept_back=())
    assert relay.transactions == []


async def test_a_fenced_relay_fails_and_none_of_its_messages_is_seen(hub_settings: Settings) -> None:
    """Once its transactional id is initialised by a successor, a late relay fails and its messages are never seen."""
    async with PostgresStore(hub_settings.postgres_url) as store:
        late, successor = _relay(hub_settings, store), _relay(hub_settings, store)
        await late.start()
        await late._publish(Outgoing([a_row(0)], {0: 1}))
        await successor.fence(late.transactional_id)
        with pytest.raises(RelayFailed):
            await late._publish(Outgoing([a_row(1)], {0: 2}))
        await successor.start()
        await successor._publish(Outgoing([a_row(2)], {0: 3}))
        await successor.stop()
        # aiokafka leaves work of the fenced producer behind: a worker ends here, this process goes on.
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        with suppress(ProducerFenced):
            await late.stop()
        await _end_left_tasks()
    read = read_all(hub_settings.kafka_bootstrap, ORDER_STATUS.name)
    assert [record.headers["ce_id"].decode() async for record in read] == [a_row(0).id, a_row(2).id]


async def _end_left_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _relay(settings: Settings, store: PostgresStore) -> Relay:
    clock = Clock(store, skew_max_s=600)
    clock._time = NOW
    return Relay(
        store, AioKafka(settings.model_copy(update={"app": "fencing"}), topic=INBOUND.name), app="fencing",
        instance="i", log=LOG, batches_max=2, timeout_s=10, clock=clock,
    )  # fmt: skip
