"""A hub without servers: workers on a log and a database in memory, stepped by the test, killed whenever it likes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import ConsumerRecord, TopicPartition

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import inbound
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import partition_of
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.broadcasts import Broadcasts
from lotstream.hub.clock import Clock
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.continuing import Continuing
from lotstream.hub.pipeline import Pipeline
from lotstream.hub.records import LOG_APPEND_TIME, Entry, read_records
from lotstream.hub.state import PartitionState
from lotstream.settings import Settings
from lotstream.testing.memory.store import MemoryStore
from lotstream.testing.memory.tables import Tables

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SITE = "TOR"
BYTES_MAX = 1024 * 1024
#: Rounds in which everything must have come to rest.
ROUNDS_MAX = 200


class SmallHub:
    """One log of two partitions and one database; the database's clock and the broker's are set by the test."""

    def __init__(self, *, partitions: int = 2, orders_max: int = 3, owners_max: int = 50) -> None:
        self.now = self.append_time = NOON
        self.tables = Tables(clock=lambda: self.now)
        self.partitions = partitions
        self.orders_max, self.owners_max = orders_max, owners_max
        #: The largest message that workers started from now on may tell.
        self.outgoing_bytes_max = BYTES_MAX
        self.log: dict[int, list[ConsumerRecord[Any, Any]]] = defaultdict(list)
        self.store = MemoryStore(self.tables)

    async def start(self, *held: int) -> SmallWorker:
        """Start a worker that holds partitions, all of them when none is named."""
        await self.store.begin_log(self.partitions)
        worker = SmallWorker(self)
        await worker.claim(*(held or range(self.partitions)))
        return worker

    async def tell(self, name: str, key: str, body: Mapping[str, object]) -> int:
        """Tell every partition something; returns its number."""
        return await self.store.add_broadcast(type_of(name), key=key, body=json.dumps(body).encode())

    def send(self, name: str, body: Mapping[str, object]) -> None:
        """Append an owner's command, as a connector does."""
        record = inbound(name, body, source="test", message_id=uuid4().hex)
        partition = partition_of(record.key, self.partitions)
        self.append(partition, key=record.key, value=record.value, headers=record.headers)

    def forge(
        self, name: str, body: Mapping[str, object], *, partition: int, id: str, source: str = "lotstream",
        key: bytes = b"*",
    ) -> int:  # fmt: skip
        """Append a record under any name; returns its offset."""
        headers = headers_for(type_of(name), id=id, source=source)
        self.append(partition, key=key, value=json.dumps(body).encode(), headers=headers)
        return len(self.log[partition]) - 1

    def append(self, partition: int, *, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Append any record."""
        records, ms = self.log[partition], int(self.append_time.timestamp() * 1000)
        records.append(
            ConsumerRecord(
                INBOUND.name,
                partition,
                len(records),
                ms,
                LOG_APPEND_TIME,
                key,
                value,
                None,
                len(key),
                len(value),
                tuple(headers),
            )
        )

    def intake(self, **like: object) -> list[dict[str, Any]]:
        """Return intake rows that have these values, in the order of the log."""
        return self.rows("intake", **like)

    def rows(self, table: str, **like: object) -> list[dict[str, Any]]:
        """Return the rows of a table that have these values."""
        rows = [dict(row._values) for row in self.tables.of(table)]
        return [row for row in rows if all(row[name] == value for name, value in like.items())]

    def reserved(self, owner: str) -> dict[str, int]:
        """Return what is reserved of each lot."""
        return {row["lot"]: row["reserved"] for row in self.rows("stock", owner=owner) if row["reserved"]}

    def told(self, **like: object) -> list[dict[str, Any]]:
        """Return what messages in the outbox say whose rows have these values, in the order of the log."""
        rows = sorted(self.rows("outbox", **like), key=lambda row: (int(row["offset"]), int(row["index"])))
        return [json.loads(row["value"]) for row in rows]

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers in the outbox, in order."""
        return self.told(topic="lotstream.answers")


class Log:
    """What a worker appends with; a test may have it fail."""

    def __init__(self, hub: SmallHub) -> None:
        self._hub = hub

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Close the connections."""

    async def append(self, partition: int, *, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Add one record to a partition."""
        self._hub.append(partition, key=key, value=value, headers=headers)


class SmallWorker:
    """One worker: real commit unit, ledgers and broadcasts, without Faust and Kafka. Killing it is forgetting it."""

    def __init__(self, hub: SmallHub) -> None:
        self._hub = hub
        self._store = MemoryStore(hub.tables)
        self.states: dict[int, PartitionState] = {}
        app = build_app(Settings())
        app.finalize()
        self.ledgers = ledger_store(app)
        unit = CommitUnit(
            self._store, self.ledgers, self.states, reread=self._reread, positions=dict, behind=lambda _: False,
            message_bytes_max=hub.outgoing_bytes_max, continued_orders_max=hub.orders_max,
        )  # fmt: skip
        self._pipeline = Pipeline(unit, deliver=self._deliver, constraint_failures_max=3, die=lambda _: None)
        self.clock = Clock(self._store, skew_max_s=600)
        continuing = Continuing(
            self._store, self.states, partitions=hub.partitions, owners_max=hub.owners_max, orders_max=hub.orders_max
        )
        self.broadcasts = Broadcasts(
            self._store, self.clock, self.states, appender=Log(hub), continuing=continuing, timeout_s=5
        )

    async def claim(self, *partitions: int) -> None:
        """Take partitions over."""
        for partition, read in (await self._store.claims(partitions)).items():
            claim = await self._store.take_claim(read, holder=uuid4().hex)
            assert claim is not None
            self.states[partition] = PartitionState(claim, await self._store.sites(claim))

    def give_back(self, *partitions: int) -> None:
        """Lose partitions in a rebalance."""
        for partition in partitions:
            del self.states[partition]
        self.ledgers.drop_partitions(partitions, of=self._hub.partitions)

    async def _reread(self, partitions: set[int]) -> None:
        for partition, claim in (await self._store.claims(partitions)).items():
            self.states[partition].claim = claim
            self.states[partition].sites = await self._store.sites(claim)

    async def look(self) -> None:
        """Append what there is to append, once."""
        await self.clock.sync()
        await self.broadcasts.look()

    async def decide(self, *, records_max: int = 1000) -> int:
        """Decide what the log holds for the held partitions, as one batch; returns how many records."""
        entries = self.poll(records_max)
        if entries:
            await self.commit(entries)
        return len(entries)

    async def commit(self, entries: list[Entry]) -> None:
        """Decide records and wait until they are in the database."""
        await self._pipeline.commit(entries)
        await self._pipeline.written()

    async def _deliver(self, written: Decided) -> None:
        """Leave what is written in the outbox, where tests read it."""

    def poll(self, records_max: int = 1000) -> list[Entry]:
        """Return the next records of the held partitions."""
        found = {
            TopicPartition(INBOUND.name, partition): self._hub.log[partition][state.claim.next_offset :][:records_max]
            for partition, state in self.states.items()
        }
        return read_records(found, partitions=self._hub.partitions, bytes_max=BYTES_MAX)

    async def settle(self, *others: SmallWorker) -> None:
        """Look and decide, with other workers, until nothing happens any more."""
        for _ in range(ROUNDS_MAX):
            decided = 0
            for worker in (self, *others):
                await worker.look()
                decided += await worker.decide()
            if not decided:
                return
        raise AssertionError("It does not come to rest.")


async def a_site(hub: SmallHub, worker: SmallWorker, date: str = "2026-09-01") -> None:
    """Define a scripted site and open a day there."""
    await hub.tell("site.defined", f"{SITE}/1", {"site": SITE, "calendar": "scripted"})
    await hub.tell("day.opened", f"{SITE}/{date}", {"site": SITE, "date": date})
    await worker.settle()


def owners_in(partition: int, count: int, *, partitions: int = 2) -> list[str]:
    """Return names of owners that live in a partition."""
    names = (f"owner-{number}" for number in range(10_000))
    return [name for name in names if partition_of(name.encode(), partitions) == partition][:count]


def stock(hub: SmallHub, owner: str, lots: Iterable[tuple[str, str | None]], *, quantity: int = 100) -> None:
    """Give an owner an item SOAP and lots of it, each in a bin of its own, with the days they expire."""
    hub.send("item.defined", {"owner": owner, "sku": "SOAP"})
    lines = [
        {"line": lot, "sku": "SOAP", "lot": lot, "quantity": quantity, "location": f"BIN-{lot}", "expires": expires}
        for lot, expires in lots
    ]
    hub.send("balance.opened", {"owner": owner, "site": SITE, "balance": "B-1", "lines": lines})


def order(hub: SmallHub, owner: str, number: int, *, quantity: int = 1, sku: str = "SOAP", **more: object) -> None:
    """Place an order of one line."""
    lines = [{"line": "1", "sku": sku, "quantity": quantity}]
    hub.send("order.placed", {"owner": owner, "source": "shop", "order": f"O-{number}", "lines": lines, **more})
