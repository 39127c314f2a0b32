"""The servers, the processes and the listener of one demo, set up and taken down again in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from aiokafka import AIOKafkaProducer

from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record
from lotstream.errors import DemoFailed
from lotstream.local.demo.catalogue import Catalogue, read_catalogue
from lotstream.local.demo.listener import Listener
from lotstream.local.demo.programs import House, Running, programs
from lotstream.local.folders import temporary_folder
from lotstream.local.ports import LOOPBACK, free_ports
from lotstream.local.stack import LocalStack
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore

PARTITIONS: Final = 8
"""Fewer than a real hub's 32: each is told of the site and its bins, and nobody wants to watch that."""

LOOK_S: Final = 0.05
BROADCASTS_MAX: Final = 1000
"""Broadcasts looked at; the demo has a handful."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Stage:
    """All that runs while a demo is played."""

    catalogue: Catalogue
    settings: Settings
    house: House
    running: Running
    store: PostgresStore
    listener: Listener
    producer: AIOKafkaProducer

    @property
    def metrics(self) -> str:
        """The address of the worker's metrics."""
        return f"http://{self.settings.http_host}:{self.settings.http_port}/metrics"

    async def send(self, records: Iterable[Record]) -> None:
        """Append commands and wait until the broker has each."""
        sent = [
            await self.producer.send(record.topic, record.value, key=record.key, headers=list(record.headers))
            for record in records
        ]
        await asyncio.gather(*sent)

    async def broadcasts_heard(self) -> None:
        """Wait until every partition has heard all broadcasts, the opening of the site's day among them."""
        while True:
            numbers = {one.type: one.number for one in await self.store.broadcasts(after=0, limit=BROADCASTS_MAX)}
            claims = await self.store.claims(range(self.settings.partitions))
            seen = min(claim.broadcast_seen for claim in claims.values())
            if type_of("day.opened") in numbers and seen >= max(numbers.values()):
                return
            await asyncio.sleep(LOOK_S)

    async def unless_one_ends(self, work: Awaitable[ResultT]) -> ResultT:
        """Return the result of some work; raises `DemoFailed` as soon as a process ends before it is done."""
        working = asyncio.ensure_future(work)
        ending = asyncio.ensure_future(self.running.all_well())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await ending
            return await working
        finally:
            for task in (working, ending):
                task.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)


@asynccontextmanager
async def open_stage(
    folder: Path | None,
    *,
    prepare: Callable[[Settings], Awaitable[None]],
    progress: Callable[[str], None],
) -> AsyncIterator[Stage]:
    """Start servers and processes for the time of the block, in a temporary folder when none is named.

    ``prepare`` makes tables and topics. Raises `DemoFailed` when the named folder is not empty, else what the local
    stack raises.
    """
    if folder is not None and await asyncio.to_thread(_is_used, folder):
        raise DemoFailed(f"The folder {folder} is in use already.", what_to_do="Name a folder that is new or empty.")
    stack = LocalStack(folder or temporary_folder(), progress=progress, temporary=folder is None)
    try:
        addresses = await stack.start()
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap,
            postgres_url=addresses.postgres_url,
            http_host=LOOPBACK,
            http_port=free_ports(1)[0],
            instance="demo",
            partitions=PARTITIONS,
            log_format="console",
        )
        await prepare(settings)
        async with _running(stack.folder, settings, progress=progress) as stage:
            yield stage
    finally:
        progress("Ending the servers")
        await stack.stop()


def _is_used(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


@asynccontextmanager
async def _running(folder: Path, settings: Settings, *, progress: Callable[[str], None]) -> AsyncIterator[Stage]:
    catalogue = read_catalogue()
    house = House.made_in(folder)
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=True, acks="all")
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        await _broadcast(store, catalogue)
        progress("Starting a worker, three connectors and the warehouse simulator")
        async with Running(house, programs(house, settings, owner=catalogue.owner)) as running:
            async with Listener(settings.kafka_bootstrap) as listener, producer:
                yield Stage(catalogue, settings, house, running, store, listener, producer)
            progress("Ending the processes")


async def _broadcast(store: PostgresStore, catalogue: Catalogue) -> None:
    """Define the site and its locations as `lotstream site define` and `location define` do."""
    site = catalogue.site
    await store.add_broadcast(
        type_of("site.defined"), key=f"{site.site}/{site.version}", body=site.model_dump_json().encode()
    )
    for location in catalogue.locations:
        await store.add_broadcast(
            type_of("location.defined"),
            key=f"{location.site}/{location.location}/{location.version}",
            body=location.model_dump_json().encode(),
        )
