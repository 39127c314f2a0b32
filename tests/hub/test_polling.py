"""What a poll returns belongs to one claim, whatever happens to the claims while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from aiokafka import TopicPartition
from faust.types import TP

from lotstream.domain.ledger import Sites
from lotstream.hub.state import PartitionState
from lotstream.hub.transport import Consumer
from tests.hub.test_relay import a_claim

TOPIC = "t"


class Thread:
    """A consumer thread whose polls and seeks do what a test wants meanwhile."""

    def __init__(self) -> None:
        self.sought: list[dict[TP, int]] = []
        self.meanwhile: list[Any] = []

    async def getmany(self, claimed: set[TP], *, timeout: float) -> dict[TopicPartition, list[Any]]:
        if self.meanwhile:
            self.meanwhile.pop()()
        return {TopicPartition(*tp): ["record"] for tp in claimed}

    async def seek_wait(self, offsets: Mapping[TP, int]) -> None:
        self.sought.append(dict(offsets))
        if self.meanwhile:
            self.meanwhile.pop()()


def state(partition: int, *, epoch: int) -> PartitionState:
    """Return a claim at offset 7."""
    claim = a_claim(partition, 7)
    return PartitionState(replace(claim, epoch=epoch), Sites())


def consumer(states: dict[int, PartitionState]) -> Consumer:
    """Return a consumer of two partitions without a Kafka."""
    hub = SimpleNamespace(
        topic=TOPIC, states=states, epochs=lambda: {p: held.claim.epoch for p, held in states.items()}
    )
    bare = cast(Any, object.__new__(Consumer))
    bare.app = SimpleNamespace(hub=hub)
    bare._thread = Thread()
    bare._active_partitions = {TP(TOPIC, 0), TP(TOPIC, 1)}
    bare.flow_active = True
    return cast(Consumer, bare)


async def test_a_poll_that_outlasts_a_new_claim_is_dropped_and_read_again() -> None:
    """Records of a partition claimed anew while the poll lasted are left out, and reading goes back to the claim."""
    states = {0: state(0, epoch=1), 1: state(1, epoch=1)}
    reading = consumer(states)
    thread = cast(Any, reading._thread)
    thread.meanwhile = [lambda: states.update({0: state(0, epoch=2)})]
    records, epochs = await reading.poll()
    assert (set(records), epochs) == ({TopicPartition(TOPIC, 1)}, {0: 1, 1: 1})
    assert thread.sought == [{TP(TOPIC, 0): 7}]


async def test_a_poll_of_a_partition_given_back_is_dropped() -> None:
    """Records of a partition that was given back while the poll lasted are left out; its next claim seeks anyway."""
    states = {0: state(0, epoch=1), 1: state(1, epoch=1)}
    reading = consumer(states)
    thread = cast(Any, reading._thread)
    thread.meanwhile = [lambda: states.pop(0)]
    records, _ = await reading.poll()
    assert set(records) == {TopicPartition(TOPIC, 1)}
    assert thread.sought == []


async def test_a_claim_seeks_again_when_a_poll_ended_beneath_its_seek() -> None:
    """A poll that ends while a claim seeks may have moved the position afterwards: the claim seeks once more."""
    reading = consumer({})
    thread = cast(Any, reading._thread)
    thread.meanwhile = [lambda: setattr(reading, "_polls", reading._polls + 1)]
    await reading._go_to({0: 7})
    assert thread.sought == [{TP(TOPIC, 0): 7}] * 2
