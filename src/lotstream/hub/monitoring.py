"""The pages of a running worker, and the gauges that only a look at everything can fill."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import structlog

from lotstream.errors import LotstreamError
from lotstream.hub.kpi_board import KpiBoard
from lotstream.hub.transport import Consumer
from lotstream.ops import metrics
from lotstream.ops.health import health_app
from lotstream.ops.http import AtMost, serve
from lotstream.ops.limit_notes import HUB
from lotstream.ops.limits import declare, used

if TYPE_CHECKING:
    from lotstream.hub.app import HubApp
    from lotstream.hub.hub import Hub
    from lotstream.settings import Settings
    from lotstream.store.postgres import PostgresStore

logger = structlog.get_logger(__name__)

#: Pause between two fillings of the gauges, in seconds.
LOOK_EVERY_S = 1.0


class Monitoring:
    """Serves /livez, /readyz and /metrics and keeps the gauges current."""

    def __init__(self, settings: Settings, hub: Hub, app: HubApp, store: PostgresStore) -> None:
        self._settings = settings
        self._hub = hub
        self._app = app
        self._store = store
        self._watched: set[int] = set()
        self._kpi_board = KpiBoard(store, owners_max=settings.kpi_owners_max, held=lambda: hub.states)

    async def run(self) -> None:
        """Serve until cancelled."""
        pages = health_app({"kafka": self._kafka, "postgres": self._postgres, "claims": self._claims})
        declare(self._settings.model_dump(), HUB)
        at_most = AtMost(pages, requests_max=self._settings.http_requests_max, limit="http_requests_max")
        async with serve(at_most, host=self._settings.http_host, port=self._settings.http_port) as port:
            logger.info("http_listening", host=self._settings.http_host, port=port)
            while True:
                self._look()
                await self._look_outbox()
                await self._kpi_board.look()
                await asyncio.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        hub = self._hub
        metrics.CLAIMS.set(len(hub.states))
        metrics.OWNERS.set(len(hub.ledgers))
        for kind, rows in hub.ledgers.sizes().items():
            metrics.LEDGER_ROWS.labels(kind).set(rows)
        used("ledger_bytes_max", hub.ledgers.bytes)
        used("relay_batches_max", hub.relay.batches_behind)
        used("postgres_connections_max", self._store.connections_in_use)
        positions = hub.relay.positions()
        for partition in self._watched - hub.states.keys():
            metrics.forget_partition(partition)
        self._watched = set(hub.states)
        for partition, lag in self._consumer().lag().items():
            metrics.LAG.labels(str(partition)).set(lag)
        for partition, state in hub.states.items():
            behind = state.written - positions.get(partition, state.written)
            metrics.RELAY_BEHIND.labels(str(partition)).set(behind)

    async def _look_outbox(self) -> None:
        hub = self._hub
        oldest = await hub.store.outbox_oldest(hub.published(), log=hub.log.number)
        metrics.OUTBOX_OLDEST.set(oldest.timestamp() if oldest else 0)

    def _consumer(self) -> Consumer:
        return cast(Consumer, self._app.consumer)

    async def _kafka(self) -> str | None:
        return None if self._consumer().assignment() else "no partitions are assigned to this worker yet"

    async def _postgres(self) -> str | None:
        try:
            await self._hub.store.now()
        except LotstreamError as error:
            return str(error)
        return None

    async def _claims(self) -> str | None:
        missing = {tp.partition for tp in self._consumer().assignment()} - self._hub.states.keys()
        return f"{len(missing)} partitions are being taken over" if missing else None
