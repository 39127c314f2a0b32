"""The Faust app: one agent over batches of the inbound topic, one table of ledgers."""

from __future__ import annotations

from typing import Any, cast

import faust
from faust.serializers.schemas import Schema
from faust.types import AppT

from lotstream.contracts.topics import INBOUND
from lotstream.hub.hub import Hub
from lotstream.hub.ledgers import FAUST_LOGGER, LEDGERS, LedgerStore, LedgerTable, LedgerTables
from lotstream.hub.records import Polled
from lotstream.ops.topics import BROKERS_KNOWN_MS
from lotstream.settings import Settings


class BatchSchema(Schema[Any, Any]):
    """A schema that reads nothing: a batch arrives decoded."""

    def loads_key(self, app: AppT, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        """Return the key as it is."""
        return message.key

    def loads_value(self, app: AppT, message: Any, *, loads: Any = None, serializer: Any = None) -> Any:
        """Return the batch as it is."""
        return message.value


class HubApp(faust.App):
    """A Faust app that knows its hub."""

    logger = FAUST_LOGGER

    hub: Hub

    def _create_directories(self) -> None:
        """Make none: Postgres holds the table, and a container's disk may be read-only."""


def build_app(settings: Settings) -> HubApp:
    """Return a Faust app for one worker; `HubApp.hub` has to be set before it starts."""
    app = HubApp(
        settings.app,
        broker=[f"lotstream://{host.strip()}" for host in settings.kafka_bootstrap.split(",")],
        store=f"{LEDGERS}://",
        Table=LedgerTable,
        TableManager=LedgerTables,
        web_enabled=False,
        consumer_auto_offset_reset="none",
        consumer_group_instance_id=settings.instance,
        consumer_max_fetch_size=settings.inbound_bytes_max,
        consumer_metadata_max_age_ms=BROKERS_KNOWN_MS,
        broker_client_id=f"{settings.app}-{settings.instance}",
        broker_max_poll_records=settings.batch_records_max,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_request_timeout=settings.request_timeout_s,
        broker_check_crcs=True,
        stream_wait_empty=True,
        stream_recovery_delay=0.0,
        topic_disable_leader=True,
        topic_allow_declare=False,
        producer_acks=-1,
        debug=False,
    )
    app.Table(LEDGERS, help="owner → ledger, held in Postgres")
    topic = app.topic(INBOUND.name, schema=BatchSchema(), acks=False)

    @app.agent(topic, name="deciding")
    async def deciding(batches: faust.StreamT[Polled]) -> None:
        async for batch in batches:
            await app.hub.process(batch)

    return app


def ledger_store(app: HubApp) -> LedgerStore:
    """Return the store behind the app's table of ledgers."""
    return cast(LedgerStore, cast(LedgerTable, app.tables[LEDGERS]).data)
