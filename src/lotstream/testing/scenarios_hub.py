"""A scenario's messages go to a running hub: an owner and a site of its own for each, so that none touches another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiokafka.errors import KafkaError

from lotstream.contracts.inbound import BROADCAST, EITHER, type_of
from lotstream.contracts.produce import Record
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Moment
from lotstream.domain.events import Event
from lotstream.domain.model import Order, OrderKey
from lotstream.store.rows import IntakeRow, Outcome
from lotstream.testing.scenarios import ScenarioResult, play, readings
from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_running import LOOK_EVERY_S, PATIENCE_S, RunningHub
from lotstream.testing.scenarios_warehouse import SOURCE, Message, Troubles, View, Warehouse, record_of

#: Scenarios played at once.
AT_ONCE: Final = 16
#: Messages after which the hub goes on by itself: what is promised may have to move.
_RULES = frozenset({"settings.changed", "item.defined", "customer.defined"})


class InHub:
    """A `Warehouse` of one owner and one site in a running hub."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        name = uuid4().hex[:16]
        self._owner, self._site = f"sc-{name}", f"site-{name}"
        #: Everything that was told, in order.
        self._told: list[Message] = []
        self._orders: dict[OrderKey, None] = {}
        self._errors = self._retries = 0
        self._trouble = "a message is not in the database although the worker is through with it"

    @property
    def owner(self) -> str:
        """Return whose goods the scenario is about."""
        return self._owner

    @property
    def site(self) -> str:
        """Return the site they are at."""
        return self._site

    async def tell(self, messages: Sequence[Message], *, workers: int = 1) -> list[Refusal | None]:
        """Send messages in their order, or by so many producers at once, and wait until all is decided."""
        self._told += messages
        for message in messages:
            if message.name == "order.placed":
                self._orders[OrderKey(SOURCE, str(message.body["order"]))] = None
        if workers > 1:
            return await self._at_once(messages, workers)
        refusals: list[Refusal | None] = []
        for for_all, some in groupby(messages, _is_for_all):
            tell = self._tell_everybody if for_all else self._tell_owner
            refusals += await tell(list(some))
        return refusals

    async def _at_once(self, messages: Sequence[Message], workers: int) -> list[Refusal | None]:
        everybody = [message for message in messages if _is_for_all(message)]
        mine = [message for message in messages if not _is_for_all(message)]
        told, owned = await asyncio.gather(self._tell_everybody(everybody), self._tell_owner(mine, workers=workers))
        for_all, for_me = iter(told), iter(owned)
        return [next(for_all if _is_for_all(message) else for_me) for message in messages]

    async def _tell_everybody(self, messages: Sequence[Message]) -> list[Refusal | None]:
        """Number what every partition is to hear, in this order, and wait for the answers."""
        told: list[int | Refusal] = []
        for message in messages:
            record = record_of(message)
            if isinstance(record, Refusal):
                told.append(record)
                continue
            key = f"{self._owner}/{message.id}"
            told.append(await self._hub.store.add_broadcast(type_of(message.name), key=key, body=record.value))
        return await asyncio.gather(*[self._answer(one) for one in told])

    async def _answer(self, told: int | Refusal) -> Refusal | None:
        return told if isinstance(told, Refusal) else _refusal(await self._hub.answer(told))

    async def _tell_owner(self, messages: Sequence[Message], *, workers: int = 1) -> list[Refusal | None]:
        records = [record_of(message, sender=self._owner) for message in messages]
        ready = [record for record in records if isinstance(record, Record)]
        sent = await asyncio.gather(*[self._send(ready[n::workers], n) for n in range(min(workers, len(ready)))])
        offsets = [offset for some in sent for offset in some]
        if offsets:
            await self._hub.decided(self._owner, max(offsets))
        if any(message.name in _RULES for message in messages):
            await self._through()
        rows = await self._hub.records.outcomes(self._owner, [message.id for message in messages])
        return [
            record if isinstance(record, Refusal) else self._outcome(rows.get(message.id))
            for message, record in zip(messages, records, strict=True)
        ]

    async def _send(self, records: Sequence[Record], sender: int) -> list[int]:
        """Return the offsets of one sender's records; none, and as many errors, when it had one."""
        try:
            return await self._hub.send(records, sender=sender)
        except (KafkaError, OSError) as error:
            self._errors += len(records)
            self._trouble = f"a sender had an error: {type(error).__name__}: {error}"
            return []

    def _outcome(self, row: IntakeRow | None) -> Refusal | None:
        """Return why a message was refused; one of which nothing came is refused too, and counted."""
        if row is not None:
            self._errors += row.outcome is Outcome.DEAD_LETTERED
            return _refusal(row)
        self._retries += not self._errors
        return Refusal(Code.NOT_AVAILABLE, "", self._trouble)

    async def _through(self) -> None:
        """Wait until the owner is through with its own changes of rules."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.view()).ledger.progress.is_due:  # noqa: ASYNC110 - the worker decides
                await asyncio.sleep(LOOK_EVERY_S)

    async def view(self) -> View:
        """Return what the database holds, as a worker would load it."""
        store, partition = self._hub.store, self._hub.partition(self._owner)
        claim = (await store.claims([partition]))[partition]
        ledger = (await store.ledgers({self._owner: await store.sites(claim)}))[self._owner]
        closed = await store.closed_orders([(self._owner, key) for key in self._orders if key not in ledger.orders])
        over = [order for order in closed.values() if order is not None]
        orders: Iterable[Order] = sorted([*ledger.orders.values(), *over], key=lambda order: order.arrival)
        today = ledger.sites.today.get(self._site, date(2000, 1, 1))
        moment = Moment(datetime.combine(today, time(), UTC), dict(ledger.sites.today), "0" * 32, 0)
        return View(ledger, tuple(orders), self._site, moment)

    async def events(self) -> Sequence[Event]:
        """Return what the journal has of the scenario's orders."""
        histories = [await self._hub.reads.history(self._owner, key) for key in self._orders]
        return [decided.event for history in histories for decided in history]

    async def tasks(self) -> set[str]:
        """Return the pick tasks that a reader of the topic has seen created."""
        return await self._hub.tasks(self._owner)

    async def troubles(self) -> Troubles:
        """Return what senders had to bear so far; a deadlock is one for all that were at it together."""
        return Troubles(self._errors, self._hub.deadlocks(), self._retries)

    async def crash(self) -> None:
        """Kill the worker and start it again."""
        await self._hub.crash()

    async def tell_all_again(self) -> None:
        """Send every message again under its own id, and wait until the worker has seen them all."""
        told, self._told = self._told, []
        await self.tell(told)
        self._told = told


def _is_for_all(message: Message) -> bool:
    return message.name in BROADCAST or (message.name in EITHER and "owner" not in message.body)


def _refusal(row: IntakeRow) -> Refusal | None:
    if row.outcome is Outcome.DONE:
        return None
    code = Code(row.code) if row.code in set(Code) else Code.FIELD_INVALID
    return Refusal(code, row.field or "", row.message or "")


async def run_through_hub(
    hub: RunningHub,
    paths: Iterable[Path],
    *,
    category: str | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> list[ScenarioResult]:
    """Play scenario files in a running hub, `AT_ONCE` side by side; returns a verdict for each, in their order.

    Those that kill the worker come last and share one kill, so that all others see a hub that nothing happens to.
    ``tell`` is called with how many are done, and of how many.
    """
    found = list(readings(paths, category=category))
    results: dict[int, ScenarioResult] = {
        at: scenario for at, (_, scenario) in enumerate(found) if isinstance(scenario, ScenarioResult)
    }
    turns = asyncio.Semaphore(AT_ONCE)

    def in_hub(_scenario: Node) -> Warehouse:
        return InHub(hub)

    async def one(at: int, name: str, scenario: object) -> None:
        async with turns:
            results[at] = await play(scenario, name=name, in_=in_hub)
        if tell is not None:
            tell(len(results), len(found))

    waiting = [(at, name, scenario) for at, (name, scenario) in enumerate(found) if at not in results]
    for crashing in (False, True):
        await asyncio.gather(*[one(*each) for each in waiting if _crashes(each[2]) is crashing])
    return [results[at] for at in range(len(found))]


def _crashes(scenario: object) -> bool:
    steps = scenario.get("steps") if isinstance(scenario, dict) else None
    return isinstance(steps, list) and any(isinstance(step, dict) and "crash_and_replay" in step for step in steps)
