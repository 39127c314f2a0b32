"""The same log decided once more, by a hub to which nothing ever happens: one record at a time, one after the other.

It shares the hub's decisions and nothing of what the simulation shakes: no batches, no crashes, no other worker, no
owner that leaves memory. Whatever the shaken hub has written must be what this one writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiokafka import ConsumerRecord, TopicPartition

from lotstream.contracts.topics import INBOUND
from lotstream.hub.hub import Hub
from lotstream.settings import Settings
from lotstream.store.journal import GENESIS
from lotstream.testing.memory import MemoryStore, Tables
from lotstream.testing.simulation.broker import Broker
from lotstream.testing.simulation.kafka import SimulatedKafka
from lotstream.testing.simulation.loop import Process, SimulatedLoop
from lotstream.testing.simulation.network import DirectServer
from lotstream.testing.simulation.violations import Invariant, must
from lotstream.testing.simulation.worker import new_ledgers

COMPARED: Final = (
    *(
        "intake",
        "journal",
        "outbox",
        "dead_letter",
        "shipment_line",
        "lot_history",
        "recall_run",
        "site",
        "location",
        "owner",
    ),
    *("item", "customer", "lot", "stock", "sales_order", "receipt", "serial", "early_cancel", "person", "continuing"),
    *("owner_clock", "availability", "last_shipped", "kpi", "stock_weight", "title_due"),
)
"""Tables that must come out the same, rows of empty stock aside."""

Log = list[list[ConsumerRecord[Any, Any]]]


class Reference:
    """A hub in a loop of its own that decides record after record."""

    def __init__(self, settings: Settings, log: Log, tables: Tables) -> None:
        self._log = log
        self._tables = tables
        self._loop = SimulatedLoop()
        self._at = dict.fromkeys(range(settings.partitions), 0)
        #: Head of each partition's chain at each offset.
        self._chains = dict.fromkeys(((p, 0) for p in range(settings.partitions)), GENESIS)
        self._settings = settings
        self._error: BaseException | None = None
        self._hub: Hub | None = None

    def check(self, tables: Tables) -> None:
        """Decide as far as others have; raises `Violated` unless every chain of events is the same."""
        # What was told to every partition is input too: records of it count only as the numbered row says.
        self._tables.rows["broadcast"] = tables.rows["broadcast"]
        for row in list(tables.of("claim")):
            partition, reached = row["partition"], row["next_offset"]
            if reached > self._at[partition]:
                self._run(self._advance(partition, reached))
            if self._chains[partition, reached] != row["chain"]:
                self.check_tables(tables, of=("intake", "journal"))

    def check_tables(self, tables: Tables, *, of: Iterable[str] = COMPARED) -> None:
        """Raise `Violated` unless tables are the same."""
        for table in of:
            mine, theirs = _rows(self._tables, table), _rows(tables, table)
            must(mine == theirs, Invariant.REFERENCE, f"table {table} differs: {_first(mine, theirs)}")

    def close(self) -> None:
        """End what still runs, and close the loop."""
        self._loop.end()

    def _run(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        outer = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            self._loop.run_until_complete(work)
        finally:
            asyncio._set_running_loop(outer)

    async def _advance(self, partition: int, reached: int) -> None:
        hub = self._hub = self._hub or await self._claimed()
        while self._at[partition] < reached:
            offset = self._at[partition]
            record = self._log[partition][offset]
            polled = await hub.read({TopicPartition(INBOUND.name, partition): [record]}, epochs=hub.epochs())
            await hub.process(polled)
            await hub.written()
            self._check_decided(partition, offset + 1)
            self._at[partition] = offset + 1
            self._chains[partition, offset + 1] = self._tables.rows["claim"][(partition,)]["chain"]

    def _check_decided(self, partition: int, offset: int) -> None:
        """Raise `Violated` unless a record is committed."""
        reached = self._tables.rows["claim"][(partition,)]["next_offset"]
        why = f"the reference run is at {reached} of partition {partition}, not {offset}: {self._error!r}"
        must(self._error is None and reached == offset, Invariant.REFERENCE, why)

    async def _claimed(self) -> Hub:
        store = MemoryStore(self._tables)
        kafka = _SilentKafka(self._loop, self._log, self._settings.partitions)
        log = await store.begin_log(self._settings.partitions)
        hub = Hub(self._settings, store, log, new_ledgers(), kafka=kafka, topic=INBOUND.name, die=self._die)
        self._relay = asyncio.create_task(hub.relay.run())
        await hub.claim(set(range(self._settings.partitions)), prove=_nothing, seek=_nothing)
        return hub

    def _die(self, error: BaseException) -> None:
        self._error = self._error or error


class _SilentKafka(SimulatedKafka):
    """A log that takes everything at once."""

    def __init__(self, loop: SimulatedLoop, log: Log, partitions: int) -> None:
        broker = Broker(partitions, now_ms=lambda: 0, later=lambda does: does())
        broker.inbound = log
        super().__init__(Process("reference", loop), DirectServer(), broker)


async def _nothing(_: object) -> None:
    """Do nothing."""


def _rows(tables: Tables, table: str) -> dict[Any, dict[str, Any]]:
    rows = {key: {column: row[column] for column in row.keys()} for key, row in tables.rows[table].items()}  # noqa: SIM118
    if table == "stock":
        return {key: row for key, row in rows.items() if row["on_hand"] or row["reserved"] or row["promised_elsewhere"]}
    return rows


def _first(mine: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> str:
    for key in _keys(mine, theirs):
        if mine.get(key) != theirs.get(key):
            return f"{key}: expected {mine.get(key)}, found {theirs.get(key)}"
    return "order of rows"


def _keys(*maps: Mapping[Any, Any]) -> Iterable[Any]:
    return dict.fromkeys(key for one in maps for key in one)
