"""What senders have to bear in a running hub is counted, and no scenario passes with any of it."""

from __future__ import annotations

import types
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from aiokafka.errors import KafkaTimeoutError

from lotstream.contracts.produce import Record
from lotstream.domain.commands import Moment
from lotstream.domain.ledger import Ledger, Sites
from lotstream.store.rows import IntakeRow, Outcome
from lotstream.testing.scenarios_hub import InHub
from lotstream.testing.scenarios_outcome import came_out
from lotstream.testing.scenarios_play import Play
from lotstream.testing.scenarios_running import RunningHub
from lotstream.testing.scenarios_warehouse import Message, Troubles, View

ORDERS = [Message("order.released", f"m-{number}", {"source": "s", "order": f"#{number}"}) for number in range(4)]


class OddHub:
    """Stands in for a running hub: it takes what it is told to take, and knows of the rest nothing."""

    def __init__(self, rows: dict[str, Outcome], *, fails: int | None = None) -> None:
        self.rows, self.fails, self.sent = rows, fails, 0
        self.records = types.SimpleNamespace(outcomes=self._outcomes)

    async def send(self, records: Sequence[Record], *, sender: int = 0) -> list[int]:
        """Have one sender fail."""
        if sender == self.fails:
            raise KafkaTimeoutError
        self.sent += len(records)
        return list(range(len(records)))

    async def decided(self, _owner: str, _offset: int) -> None:
        """Be through with all there is."""

    def deadlocks(self) -> int:
        """Have had two."""
        return 2

    async def _outcomes(self, _owner: str, ids: list[str]) -> dict[str, IntakeRow]:
        at = datetime(2026, 9, 1, tzinfo=UTC)
        known = [one for one in ids if one in self.rows]
        return {one: IntakeRow(0, 0, "s", one, "t", "o", self.rows[one], at, "schema") for one in known}


def told(hub: OddHub) -> InHub:
    """A warehouse in such a hub."""
    return InHub(cast(RunningHub, hub))


def orders(warehouse: InHub) -> list[Message]:
    """The messages, each with its owner."""
    return [Message(one.name, one.id, {**one.body, "owner": warehouse.owner}) for one in ORDERS]


async def test_a_sound_hub_gives_no_troubles() -> None:
    """Decided messages are neither errors nor to be sent again; deadlocks are what the worker speaks of."""
    warehouse = told(OddHub({one.id: Outcome.DONE for one in ORDERS}))
    assert await warehouse.tell(orders(warehouse)) == [None] * 4
    assert await warehouse.troubles() == Troubles(deadlocks=2)


async def test_what_cannot_be_sent_or_read_is_an_error() -> None:
    """Each message of a sender that fails is one, and each that ends as a dead letter; their steps are refused."""
    warehouse = told(OddHub({"m-0": Outcome.DONE, "m-2": Outcome.DEAD_LETTERED}, fails=1))
    refusals = await warehouse.tell(orders(warehouse), workers=2)
    assert [refusal is None for refusal in refusals] == [True, False, False, False]
    assert refusals[1] is not None
    assert "KafkaTimeoutError" in refusals[1].message
    assert await warehouse.troubles() == Troubles(errors=3, deadlocks=2)


async def test_a_message_of_which_nothing_came_would_have_to_be_sent_again() -> None:
    """It was taken, the worker is through with it, and it is nowhere."""
    warehouse = told(OddHub({one.id: Outcome.DONE for one in ORDERS[1:]}))
    refusals = await warehouse.tell(orders(warehouse))
    assert [refusal is None for refusal in refusals] == [False, True, True, True]
    assert await warehouse.troubles() == Troubles(deadlocks=2, retries=1)


async def test_no_scenario_passes_with_an_error() -> None:
    """The counts are told by their names, and errors are never sound, expected or not."""

    async def troubles() -> Troubles:
        return Troubles(errors=1, deadlocks=2, retries=3)

    async def nothing() -> list[Any]:
        return []

    async def view() -> View:
        return View(Ledger("o", Sites()), (), "S", Moment(datetime(2026, 9, 1, tzinfo=UTC), {}, "0" * 32, 0))

    warehouse = types.SimpleNamespace(troubles=troubles, events=nothing, tasks=nothing, view=view)
    play = types.SimpleNamespace(warehouse=warehouse, refused={}, not_used=set(), after=[], refused_orders={})
    invariants = (await came_out(cast(Play, play)))["invariants"]
    counted = ("errors_to_caller", "deadlocks_seen_by_caller", "retries_asked_of_caller")
    assert [invariants[name] for name in counted] == [1, 2, 3]
    assert invariants["broken"] == ["1 messages ended in an error, and nothing came of 3"]
