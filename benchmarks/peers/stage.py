"""The stage all peers play on: one Kafka, one PostgreSQL, one log of orders, one database to begin with.

The log is written once, with the records of `lotstream.testing.load`: items and stock, then orders. A worker of
lotstream takes in items and stock and ends; its database is then the template of every run, so each peer begins with
the same stock, in a database of its own, at the same offsets. What one run leaves behind is dropped before the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from benchmarks.peers.expected import Expected
from lotstream.cli.local_hub import prepare, settings_at
from lotstream.contracts.topics import INBOUND, ORDER_STATUS, PICK_TASKS
from lotstream.local import Addresses
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.bench.processors import Programs
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import SITE, Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess

#: Longest that a worker may take for items and stock, in seconds.
CATALOGUE_S = 120.0
LOOK_EVERY_S = 0.05

Positions = dict[int, int]
"""Offset per partition of the inbound topic."""


@dataclass(frozen=True)
class Run:
    """What one peer gets for one round."""

    #: Unlike that of any other run: name of the database, the groups and the transactional ids.
    name: str
    kafka_bootstrap: str
    postgres_url: str
    #: Where the orders begin and end in the log.
    starts: Positions
    ends: Positions
    #: Ends of the outgoing topics before the run, so that only its own messages are read afterwards.
    written: dict[TopicPartition, int]
    folder: Path


class Stage:
    """Servers with everything on them that peers begin with."""

    def __init__(self, addresses: Addresses, load: Load, *, programs: Programs, folder: Path) -> None:
        """Name servers and load; `prepare` before anything runs."""
        self.settings: Settings = settings_at(addresses)
        self.load = load
        self.programs = programs
        self.folder = folder
        self.expected = Expected(load, partitions=self.settings.partitions)
        self._starts: Positions = {}
        self._ends: Positions = {}
        self._admin = AIOKafkaAdminClient(bootstrap_servers=addresses.kafka_bootstrap)

    async def __aenter__(self) -> Self:
        await self._admin.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._admin.close()

    @property
    def orders(self) -> int:
        """How many orders stand in the log."""
        return sum(self._ends.values()) - sum(self._starts.values())

    async def prepare(self) -> None:
        """Write the log, and let a worker take in items and stock; takes a minute for 100,000 orders."""
        await prepare(self.settings)
        await self._take_in_catalogue()
        self._starts = await self._inbound_ends()
        await produce(self.settings.kafka_bootstrap, self.expected.orders(orders(self.load)))
        self._ends = await self._inbound_ends()

    @asynccontextmanager
    async def run(self, name: str) -> AsyncIterator[Run]:
        """Give a run its database, and drop it afterwards; writes out what others have left in PostgreSQL's memory."""
        await self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"', "CHECKPOINT")
        folder = self.folder / name
        folder.mkdir()
        url = urlsplit(self.settings.postgres_url)._replace(path=f"/{name}").geturl()
        try:
            kafka = self.settings.kafka_bootstrap
            yield Run(name, kafka, url, self._starts, self._ends, await self._outgoing_ends(), folder)
        finally:
            await self._administer(f'DROP DATABASE "{name}" WITH (FORCE)', "CHECKPOINT")
            await self._delete_topics(name)

    async def committed(self, group: str) -> Positions:
        """Return the offsets a group has committed on the inbound topic; 0 where there is none yet."""
        tps = [TopicPartition(INBOUND.name, partition) for partition in range(self.settings.partitions)]
        found = await self._admin.list_consumer_group_offsets(group, partitions=tps)
        return {tp.partition: max(0, noted.offset) for tp, noted in found.items()}

    async def _delete_topics(self, run: str) -> None:
        """Delete the topics a peer made for itself: changelogs, named after its group."""
        mine = [topic for topic in await self._admin.list_topics() if run in topic]
        if mine:
            await self._admin.delete_topics(mine)

    async def _take_in_catalogue(self) -> None:
        worker = WorkerProcess(self.settings, instance="catalogue", log=self.folder / "catalogue.log")
        async with PostgresStore(self.settings.postgres_url) as store, worker, asyncio.timeout(CATALOGUE_S):
            await define(store, *site(), partitions=self.settings.partitions)
            await produce(self.settings.kafka_bootstrap, self.expected.stock(catalogue(self.load)))
            while not await self._taken_in(store):  # noqa: ASYNC110 - the other side is another process
                await asyncio.sleep(LOOK_EVERY_S)

    async def _taken_in(self, store: PostgresStore) -> bool:
        claims = await store.claims(range(self.settings.partitions))
        ends = await self._inbound_ends()
        # A site's day has to be open before orders come: until then a worker publishes nothing.
        return all(claims[p].next_offset == end and SITE in claims[p].today for p, end in ends.items())

    async def _inbound_ends(self) -> Positions:
        return {tp.partition: end for tp, end in (await self._ends_of(INBOUND.name)).items()}

    async def _outgoing_ends(self) -> dict[TopicPartition, int]:
        return {**await self._ends_of(PICK_TASKS.name), **await self._ends_of(ORDER_STATUS.name)}

    async def _ends_of(self, topic: str) -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            await consumer._client.force_metadata_update()  # noqa: SLF001 - else it knows no topic
            tps = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic) or ()]
            ends: dict[TopicPartition, int] = await consumer.end_offsets(tps)
            return ends
        finally:
            await consumer.stop()

    @property
    def _template(self) -> str:
        return urlsplit(self.settings.postgres_url).path.lstrip("/")

    async def _administer(self, *statements: str) -> None:
        url = urlsplit(self.settings.postgres_url)._replace(path="/postgres").geturl()
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
