"""A connector as it runs, on real Kafka and PostgreSQL: what is kept, published and settled, also after a crash."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from lotstream.connect import Desk, Verdict
from lotstream.connect.kept import REFUSALS_KEPT_MAX, KeptExchanges
from lotstream.connect.runner import ConnectorEnded, _resume_now_and_then, open_parts, replay_exchange, run
from lotstream.contracts.decode import decode
from lotstream.errors import InputRefused, KafkaUnreachable
from lotstream.ops.topics import Topic, open_topics
from lotstream.settings import PREFIX, Settings
from lotstream.store.exchanges import Exchanges
from lotstream.store.migrate import migrate
from lotstream.testing.desk import Crash, MemoryDesk
from tests.connect.doubles import PlainConnector, delivery
from tests.connect.test_kafka import records

WAIT_S = 120
FILES = 200


@pytest.fixture
async def topic(kafka_bootstrap: str) -> str:
    """An inbound topic of this test."""
    name = f"inbound-{uuid4().hex}"
    async with open_topics(kafka_bootstrap) as topics:
        await topics.create([Topic(name, partitions=4, replication=1)])
    return name


@pytest.fixture
async def settings(kafka_bootstrap: str, postgres_url: str) -> Settings:
    """Settings of a migrated database and the shared broker."""
    await migrate(postgres_url)
    return Settings(kafka_bootstrap=kafka_bootstrap, postgres_url=postgres_url, http_port=0)


class OneDelivery(PlainConnector):
    """A connector whose door gives one delivery and stays open."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        self.settled = asyncio.Event()

    async def run(self, desk: Desk) -> None:
        await desk.take(delivery(self.words))
        self.settled.set()
        await asyncio.Event().wait()


async def test_a_running_connector_keeps_publishes_and_settles(settings: Settings, topic: str) -> None:
    """What came in lies in Kafka and, byte for byte with its verdict, in PostgreSQL; then it stops when asked."""
    stop, connector = asyncio.Event(), OneDelivery("A1 bad2")
    running = asyncio.create_task(run(connector, settings, stop=stop, topic=topic))
    async with asyncio.timeout(WAIT_S):
        await connector.settled.wait()
    stop.set()
    await running
    [record] = await records(settings.kafka_bootstrap, topic, count=1)
    async with kept_in(settings) as kept_deliveries:
        kept = await kept_deliveries.get(1)
    assert decode(record.headers, record.value).message_id.startswith("order.placed/A1/")
    assert kept is not None
    assert kept.delivery == delivery("A1 bad2")
    assert kept.settlement.verdict is Verdict.PARTLY_REFUSED
    assert [refusal.order for refusal in kept.settlement.refusals] == ["bad2"]


async def test_what_was_left_is_taken_up_at_the_next_start(settings: Settings, topic: str) -> None:
    """What was kept and published, but not settled, is published again under its id before the door opens."""
    async with open_parts(PlainConnector(), settings, topic=topic) as parts:
        exchange = await parts.desk.keep(delivery("A1"))
        await parts.publisher.publish(PlainConnector().translate(exchange.delivery).messages)
    stop, connector = asyncio.Event(), OneDelivery("A2")
    running = asyncio.create_task(run(connector, settings, stop=stop, topic=topic))
    found = await records(settings.kafka_bootstrap, topic, count=3)
    stop.set()
    await running
    ids = [decode(record.headers, record.value).message_id for record in found]
    assert ids[0] == ids[1]
    assert ids[2].startswith("order.placed/A2/")


class ShutDoor(PlainConnector):
    """A connector whose door closes by itself."""

    async def run(self, desk: Desk) -> None:
        return


class BrokenDoor(PlainConnector):
    """A connector whose door breaks."""

    async def run(self, desk: Desk) -> None:
        raise Crash


@pytest.mark.parametrize(("connector", "error"), [(ShutDoor(), ConnectorEnded), (BrokenDoor(), Crash)])
async def test_a_door_that_ends_ends_the_process(
    settings: Settings, topic: str, connector: PlainConnector, error: type[BaseException]
) -> None:
    """A connector without a door does not go on running; what ended it is what its supervisor sees."""
    with pytest.raises(error):
        await run(connector, settings, stop=asyncio.Event(), topic=topic)


@asynccontextmanager
async def kept_in(settings: Settings) -> AsyncIterator[KeptExchanges]:
    """The exchanges of a database."""
    async with Exchanges(settings.postgres_url) as table:
        yield KeptExchanges(table)


async def test_a_refused_delivery_is_replayed_from_its_bytes(settings: Settings, topic: str) -> None:
    """Replaying settles the same exchange again; a number nobody gave is refused in words."""
    async with open_parts(PlainConnector(), settings, topic=topic) as parts:
        exchange = await parts.desk.take(delivery("refuse"))
        assert (await parts.desk.replay(exchange.id)).settlement == exchange.settlement
    with pytest.raises(InputRefused, match="no exchange 1 of connector shopify"):
        await replay_exchange("shopify", 1, settings, topic=topic)


async def test_readiness_asks_kafka_and_postgres(settings: Settings, topic: str) -> None:
    """Both are well, or the check says in words which one does not answer."""
    async with open_parts(PlainConnector(), settings, topic=topic) as parts:
        assert [await check() for check in parts.checks().values()] == [None, None]
        checks = parts.checks()
    assert "not open" in (await checks["postgres"]() or "")


async def test_taking_up_goes_on_after_a_dependency_was_away() -> None:
    """While Kafka does not answer the door stays open, and the next look takes up what is pending."""
    desk = MemoryDesk(PlainConnector())
    await desk.keep(delivery("A1"))
    desk.publisher.failure = KafkaUnreachable()
    resuming = asyncio.create_task(_resume_now_and_then(desk, every_s=0.001))
    async with asyncio.timeout(WAIT_S):
        await desk.exchanges.settled.wait()
    resuming.cancel()
    assert len(desk.publisher.published) == 1


async def test_sentences_that_quote_what_no_database_takes_are_kept_written_out(settings: Settings) -> None:
    """A NUL or half a character in a sender's text does not keep a delivery from being settled."""
    async with kept_in(settings) as kept:
        desk = Desk(PlainConnector(), exchanges=kept, publisher=_NoPublisher())
        await desk.take(delivery("bad\0word"))
        stored = await kept.get(1)
    assert stored is not None
    assert [refusal.order for refusal in stored.settlement.refusals] == ["bad\\0word"]


async def test_only_so_many_refusals_are_kept_with_an_exchange(settings: Settings) -> None:
    """A file in which everything is wrong does not fill the database; the rest is counted."""
    words = " ".join(f"bad{number}" for number in range(REFUSALS_KEPT_MAX + 5))
    async with kept_in(settings) as kept:
        await Desk(PlainConnector(), exchanges=kept, publisher=_NoPublisher()).take(delivery(words))
        stored = await kept.get(1)
    assert stored is not None
    assert len(stored.settlement.refusals) == REFUSALS_KEPT_MAX
    assert stored.settlement.notes == ("5 more orders were refused.",)


PROCESS = """
import asyncio, sys
from lotstream.connect.runner import run_connector
from lotstream.ops.logging import configure_logging
from lotstream.settings import Settings
configure_logging(log_format="json")
asyncio.run(run_connector(sys.argv[1], Settings(), topic=sys.argv[2]))
"""


async def test_a_webhook_goes_from_the_door_of_a_process_to_the_log(settings: Settings, topic: str) -> None:
    """A signed order posted to the running connector is in Kafka when it is answered; SIGTERM ends it with exit 0."""
    body = b'{"id": 1, "name": "#1", "line_items": [{"id": 2, "sku": "CER-001", "quantity": 3}]}'
    shops = '[{"domain": "acme.myshopify.com", "owner": "acme", "secrets": ["key"]}]'
    async with process_of("shopify", settings, topic, port="0", shops=shops) as process:
        port = (await _said(process, "door_open"))["port"]
        signature = base64.b64encode(hmac.digest(b"key", body, "sha256")).decode()
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                f"http://127.0.0.1:{port}/webhooks",
                content=body,
                headers={
                    "X-Shopify-Shop-Domain": "acme.myshopify.com",
                    "X-Shopify-Topic": "orders/create",
                    "X-Shopify-Webhook-Id": "1",
                    "X-Shopify-Hmac-SHA256": signature,
                },
            )
        assert answer.json() == {"ok": True, "exchange": 1, "verdict": "accepted"}
        [record] = await records(settings.kafka_bootstrap, topic, count=1)
        assert record.key == b"acme"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(WAIT_S):
            assert await process.wait() == 0


@asynccontextmanager
async def process_of(
    name: str, settings: Settings, topic: str, **options: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a connector as a process of its own."""
    own = {f"{PREFIX}{name}_{option}".upper(): value for option, value in options.items()}
    environment = {**os.environ, **settings.as_environment(), **own}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, name, topic, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _said(process: asyncio.subprocess.Process, event: str, **facts: str) -> dict[str, Any]:
    """Wait until a process has logged an event with these facts, and return the line."""
    assert process.stderr is not None
    async with asyncio.timeout(WAIT_S):
        async for line in process.stderr:
            said: dict[str, Any] = json.loads(line)
            if said["event"] == event and facts.items() <= said.items():
                return said
    raise AssertionError(f"the process ended before it said {event}")


def _drop(folder: Path, order: str) -> str:
    """Put a file with one order into an inbox; returns its name."""
    (folder / f"{order}.csv").write_text(f"order,sku,quantity\n{order},CER-001,1\n")
    return f"{order}.csv"


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.csv"))


async def test_a_connector_killed_in_the_middle_loses_no_file(settings: Settings, topic: str, tmp_path: Path) -> None:
    """After kill -9 and a new start every file is filed away, and every order is in Kafka under one id."""
    orders = [f"A{number}" for number in range(FILES)]
    names = [_drop(tmp_path, order) for order in orders]
    options = {"owner": "acme", "inbox": str(tmp_path), "poll_s": "0.05"}
    async with process_of("flatfile", settings, topic, **options) as process:
        await _said(process, "delivery_settled", name=names[FILES // 20])
        process.kill()
        await process.wait()
    assert 0 < len(_left(tmp_path)) < FILES
    async with process_of("flatfile", settings, topic, **options) as process:
        # Files are taken oldest first, one after the other: when this one is settled, all others are filed away.
        await _said(process, "delivery_settled", name=_drop(tmp_path, "last"))
        assert set(_left(tmp_path)) <= {"last.csv"}
    found = await _ids(settings.kafka_bootstrap, topic, count=FILES + 1)
    assert sorted(found) == sorted(f"order.placed/{order}" for order in [*orders, "last"])
    async with kept_in(settings) as kept:
        assert await kept.pending("flatfile", limit=1, bytes_max=1) == []


async def _ids(bootstrap: str, topic: str, *, count: int) -> list[str]:
    """Return the orders of a topic by message id, each once, as soon as there are so many."""
    ids: set[str] = set()
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(WAIT_S):
            while len(ids) < count:
                record = await consumer.getone()
                ids.add(decode(record.headers, record.value).message_id)
    finally:
        await consumer.stop()
    return [message_id.rpartition("/")[0] for message_id in ids]


class _NoPublisher:
    async def publish(self, messages: object) -> None:
        return

    def size(self, message: object) -> int:
        return 0
