from __future__ import annotations

from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from faust.stores import by_url as store_by_url
from faust.transport import by_url as transport_by_url
from faust.transport.drivers.aiokafka import server_list

from lotstream.contracts.topics import INBOUND
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.kafka import AioKafka
from lotstream.hub.ledgers import LedgerStore, LedgerTables
from lotstream.hub.transport import Consumer, Fetcher, Transport
from lotstream.ops.topics import BROKERS_KNOWN_MS
from lotstream.settings import Settings


def test_the_hooks_were_verified_on_the_installed_faust() -> None:
    """The hub overrides internals that were verified on this version; another one has to be verified first."""
    assert version("faust-streaming") == "0.15.3"
    assert version("aiokafka").startswith("0.14.")


def test_transport_and_store_are_found_by_their_address() -> None:
    """Faust finds the hub's transport and the ledgers' store through their entry points."""
    assert transport_by_url("lotstream://127.0.0.1:9092") is Transport
    assert store_by_url("ledgers://") is LedgerStore
    assert {point.name for point in entry_points(group="faust.transports")} >= {"lotstream"}


def test_the_app_has_one_agent_one_table_and_no_changelog() -> None:
    """The app subscribes to the inbound topic alone: the table of ledgers has no changelog topic."""
    app = build_app(Settings())
    app.finalize()
    assert isinstance(app.tables, LedgerTables)
    assert app.tables.changelog_topics == set()
    assert isinstance(ledger_store(app), LedgerStore)
    assert [agent.channel.get_topic_name() for agent in app.agents.values()] == [INBOUND.name]
    assert app.transport.Consumer is Consumer
    assert app.transport.Fetcher is Fetcher


async def test_a_worker_leaves_nothing_where_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust makes folders for tables on disk; there are none, so a worker also starts where nothing can be written."""
    monkeypatch.chdir(tmp_path)
    await build_app(Settings()).on_first_start()
    assert list(tmp_path.iterdir()) == []


def test_a_waiting_stream_is_drained_before_partitions_go() -> None:
    """Faust asks the consumer to drain on revocation, which is where claims are released."""
    app = build_app(Settings(instance="here"))
    assert app.conf.stream_wait_empty is True
    assert app.conf.consumer_auto_offset_reset == "none"
    assert app.conf.consumer_group_instance_id == "here"
    assert app.conf.web_enabled is False


def test_several_brokers_are_all_known_to_faust() -> None:
    """Brokers separated by commas, as every setting has them, are each an address of the transport."""
    app = build_app(Settings(kafka_bootstrap="kafka-1:9092, kafka-2:9093"))
    servers = server_list(app.transport.url, default_port=9092)
    assert servers == ["kafka-1:9092", "kafka-2:9093"]


async def test_lasting_clients_ask_for_the_brokers_again_and_again() -> None:
    """A worker's clients know no list of brokers for longer than seconds: its one broker might be the next to end."""
    settings = Settings(_env_file=None)
    kafka = AioKafka(settings, topic=INBOUND.name)
    clients = kafka.producer("worker"), kafka.appender()
    known_ms = [client._producer.client._metadata_max_age_ms for client in clients]
    assert [*known_ms, build_app(settings).conf.consumer_metadata_max_age_ms] == [BROKERS_KNOWN_MS] * 3
    for client in clients:
        await client.stop()
