from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest
from aiokafka import ConsumerRecord

from lotstream.contracts.inbound import type_of
from lotstream.errors import PostgresUnreachable
from lotstream.store.audit import Audit, ClaimSeen
from lotstream.testing.faults import stage as stage_module
from lotstream.testing.faults.judge import Logs
from lotstream.testing.faults.log_ends import LogEnds
from lotstream.testing.faults.reader import Reader
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.shop import Shop, owners
from lotstream.testing.faults.stage import Stage

TOPIC = "lotstream.pick-tasks"


class Tables(Audit):
    """One partition, decided as far as it is set, with a message per record; the first question gets no answer."""

    def __init__(self) -> None:
        self.decided = 0
        self.answers = False
        self.asked: list[Mapping[int, tuple[int, int]]] = []

    async def claims(self) -> dict[int, ClaimSeen]:
        self._answer()
        return {0: ClaimSeen(log=1, next_offset=self.decided, epoch=1, relay_position=0)}

    async def messages_of(self, log: int, stretches: Mapping[int, tuple[int, int]]) -> list[tuple[str, str]]:
        self._answer()
        self.asked.append(stretches)
        return [(TOPIC, str(offset)) for first, end in stretches.values() for offset in range(first, end)]

    def _answer(self) -> None:
        if not self.answers:
            self.answers = True
            raise PostgresUnreachable("It is just being started.")


def _read(reader: Reader, offset: int) -> None:
    headers = [("ce_id", str(offset).encode())]
    reader.take(ConsumerRecord(TOPIC, 0, offset, 0, 1, b"", b"", None, 0, 0, headers))
    reader.wake()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage whose hub and reader are as far as the test says."""
    monkeypatch.setattr(stage_module, "LOOK_EVERY_S", 0.001)
    return Stage(cast("Scene", None), Tables(), cast("LogEnds", None), Logs(), Reader(""), 1)


def test_at_a_roll_call_every_owner_places_an_order() -> None:
    """Whatever partition a fault has hit, something waits there: no recovery is short by luck."""
    called = list(Shop(1).roll_call())
    assert [record.key.decode() for record in called] == owners()
    assert all(("ce_type", type_of("order.placed").encode()) in record.headers for record in called)


async def test_decided_is_when_every_partition_is(stage: Stage) -> None:
    """Not before the last record that was asked for, and over a database that does not answer at first."""
    tables = cast("Tables", stage.audit)
    tables.decided = 2
    waiting = asyncio.create_task(stage.until_decided({0: 3}))
    while not tables.answers:
        await asyncio.sleep(0)
    assert not waiting.done()
    tables.decided = 3
    await waiting


async def test_published_is_when_the_reader_has_every_message(stage: Stage) -> None:
    """All but one are not enough; what it was found to have is not asked for again."""
    tables = cast("Tables", stage.audit)
    for offset in range(2):
        _read(stage.reader, offset)
    waiting = asyncio.create_task(stage.until_published({0: 3}))
    while not tables.asked:
        await asyncio.sleep(0.001)
    assert not waiting.done()
    _read(stage.reader, 2)
    await waiting
    _read(stage.reader, 3)
    await stage.until_published({0: 4})
    assert tables.asked == [{0: (0, 3)}, {0: (3, 4)}]
