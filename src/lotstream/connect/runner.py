"""Running one connector as a process: its desk, its door, and the taking up of what was left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from lotstream.connect.connector import Connector
from lotstream.connect.delivery import Exchange
from lotstream.connect.desk import Desk, Limits
from lotstream.connect.kafka import KafkaPublisher
from lotstream.connect.kept import KeptExchanges
from lotstream.connect.registry import make_connector
from lotstream.connect.retry import RetryPolicy
from lotstream.contracts.topics import INBOUND
from lotstream.errors import LotstreamError, TryAgain
from lotstream.ops.health import Check, health_app
from lotstream.ops.http import serve
from lotstream.ops.limit_notes import CONNECTORS
from lotstream.ops.limits import declare
from lotstream.ops.stopping import on_stop_signal
from lotstream.settings import Settings
from lotstream.store.exchanges import Exchanges

log = structlog.get_logger(__name__)


class ConnectorEnded(LotstreamError):
    """A connector closed its door by itself."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running connector is made of."""

    connector: Connector[Any]
    desk: Desk
    kept: KeptExchanges
    publisher: KafkaPublisher

    def checks(self) -> Mapping[str, Check]:
        """Return what /readyz asks."""
        return {"kafka": self.publisher.check, "postgres": self._postgres}

    async def _postgres(self) -> str | None:
        try:
            await self.kept.get(0)
        except LotstreamError as error:
            return str(error)
        return None


async def run_connector(name: str, settings: Settings, *, topic: str = INBOUND.name) -> None:
    """Run an installed connector until SIGTERM or SIGINT.

    Raises `PackageMissing` or `SettingInvalid` before anything is opened, a `TryAgain` when Kafka or PostgreSQL does
    not answer at the start, and whatever ends the connector later.
    """
    stop = asyncio.Event()
    on_stop_signal(stop.set)
    await run(make_connector(name), settings, stop=stop, topic=topic)


async def run(connector: Connector[Any], settings: Settings, *, stop: asyncio.Event, topic: str = INBOUND.name) -> None:
    """Take up what was left, open the connector's door and keep it open until asked to stop."""
    async with open_parts(connector, settings, topic=topic) as parts:
        pages = health_app(parts.checks())
        async with serve(pages, host=settings.http_host, port=connector.options.health_port) as port:
            await parts.desk.resume_all()
            log.info("connector_started", connector=connector.name, health_port=port)
            await _until_stopped(parts, stop)
            log.info("connector_stopped", connector=connector.name)


async def replay_exchange(name: str, exchange_id: int, settings: Settings, *, topic: str = INBOUND.name) -> Exchange:
    """Handle a kept delivery of a connector once more from its raw bytes, and return it as it ended.

    Raises `InputRefused` when the connector has no such exchange.
    """
    async with open_parts(make_connector(name), settings, topic=topic) as parts:
        return await parts.desk.replay(exchange_id)


@asynccontextmanager
async def open_parts(
    connector: Connector[Any], settings: Settings, *, topic: str = INBOUND.name
) -> AsyncIterator[Parts]:
    """Yield a connector with its desk, connected; raises a `TryAgain` or `FixSetup` when it cannot be."""
    app = f"{settings.app}-{connector.name}"
    options = connector.options
    publisher = KafkaPublisher(
        settings.kafka_bootstrap,
        client_id=app,
        policy=RetryPolicy(attempts_max=options.publish_attempts_max, total_s_max=options.publish_s_max),
        record_bytes_max=settings.inbound_bytes_max,
        timeout_s=settings.request_timeout_s,
        topic=topic,
    )
    async with Exchanges(settings.postgres_url, app=app, timeout_s=settings.postgres_timeout_s) as table:
        kept = KeptExchanges(table)
        limits = Limits(
            message_bytes_max=settings.message_bytes_max, pending_max=options.pending_max,
            pending_bytes_max=options.pending_bytes_max,
        )  # fmt: skip
        declare(options.model_dump(), CONNECTORS)
        desk = Desk(connector, exchanges=kept, publisher=publisher, limits=limits)
        await publisher.open()
        try:
            yield Parts(connector, desk, kept, publisher)
        finally:
            await publisher.close()


async def _until_stopped(parts: Parts, stop: asyncio.Event) -> None:
    """Keep the door open beside what is done now and then; the first that ends ends all."""
    work: dict[str, Coroutine[Any, Any, object]] = {
        "stop": stop.wait(),
        "door": parts.connector.run(parts.desk),
        "resume": _resume_now_and_then(parts.desk, every_s=parts.connector.options.resume_s),
    }
    tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in work.items()]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        await task
    if not stop.is_set():
        raise ConnectorEnded(f"Connector {parts.connector.name} closed its door by itself.")


async def _resume_now_and_then(desk: Desk, *, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await desk.resume_all()
        except TryAgain as error:
            # The door stays open meanwhile: what can be kept is kept, and it is taken up when all answer again.
            log.warning("pending_deliveries_wait", connector=desk.connector.name, reason=str(error))
