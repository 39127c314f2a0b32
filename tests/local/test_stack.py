"""A local stack is a real Kafka and a real PostgreSQL that keep what they were given."""

from __future__ import annotations

import os
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from lotstream.errors import LocalServerFailed, LocalStackBusy, LocalStackError
from lotstream.local import Addresses, LocalStack, local_stack
from lotstream.local.folders import socket_folder

GONE_S_MAX = 120


async def make_topic(bootstrap: str, topic: str, **limits: str) -> None:
    """Make a topic with one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1, topic_configs=limits)])
    finally:
        await admin.close()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    """Send one record and wait until Kafka has it."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=8_000_000) as producer:
        await producer.send_and_wait(topic, value, partition=0)


async def first_record(bootstrap: str, topic: str) -> bytes | None:
    """Read the first record of the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, 0)])
    async with consumer:
        record = await consumer.getone()
    value: bytes | None = record.value
    return value


async def write_row(url: str) -> None:
    """Make a table with one row."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE bin (code text); INSERT INTO bin VALUES ('A-01')")
    await connection.close()


async def read_row(url: str) -> str:
    """Read the one row."""
    connection = await asyncpg.connect(url)
    code: str = await connection.fetchval("SELECT code FROM bin")
    await connection.close()
    return code


def is_empty(folder: Path) -> bool:
    """Say whether nothing lies in a folder."""
    return not any(folder.iterdir())


def kill(pid: int | None) -> None:
    """``kill -9`` and wait until the process is gone."""
    assert pid is not None
    killed = psutil.Process(pid)
    killed.kill()
    assert psutil.wait_procs([killed], timeout=GONE_S_MAX)[0] == [killed]


async def test_a_record_and_a_row_come_back(calm_stack: LocalStack) -> None:
    """What is sent to Kafka and written to PostgreSQL is read again."""
    at = calm_stack.addresses
    await make_topic(at.kafka_bootstrap, "dock")
    await send(at.kafka_bootstrap, "dock", b"pallet")
    await write_row(at.postgres_url)
    assert (await first_record(at.kafka_bootstrap, "dock"), await read_row(at.postgres_url)) == (b"pallet", "A-01")


async def test_what_was_written_outlives_a_killed_server(own_stack: LocalStack) -> None:
    """After ``kill -9`` of each server and a restart, address and data are as before."""
    at = own_stack.addresses
    await make_topic(at.kafka_bootstrap, "dock")
    await send(at.kafka_bootstrap, "dock", b"pallet")
    await write_row(at.postgres_url)
    killed = own_stack.kafka_pid, own_stack.postgres_pid
    for pid in killed:
        kill(pid)
    await own_stack.restart_kafka()
    await own_stack.restart_postgres()
    assert own_stack.addresses == at
    assert (await first_record(at.kafka_bootstrap, "dock"), await read_row(at.postgres_url)) == (b"pallet", "A-01")
    assert not {own_stack.kafka_pid, own_stack.postgres_pid} & set(killed)


async def test_data_and_addresses_outlive_the_stack(open_folder: Path) -> None:
    """A stack started again on its folder has the same addresses and data."""
    stack = LocalStack(open_folder / "stack")
    before = await stack.start()
    await write_row(before.postgres_url)
    await stack.stop()
    after = await stack.start()
    assert await read_row(after.postgres_url) == "A-01"
    assert after == before
    await stack.stop()


async def test_the_database_keeps_its_promises(calm_stack: LocalStack) -> None:
    """A commit is on disk when it is answered, and no port is open: durability is not traded for speed."""
    connection = await asyncpg.connect(calm_stack.addresses.postgres_url)
    shown = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "server_version_num")
    }
    await connection.close()
    assert int(shown.pop("server_version_num")) // 10_000 == 18
    assert shown == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": ""}


async def test_kafka_listens_on_loopback_alone(calm_stack: LocalStack) -> None:
    """No other machine can reach the embedded Kafka."""
    listening = [
        connection.laddr.ip
        for connection in psutil.Process(calm_stack.kafka_pid).net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 2
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


async def test_a_message_of_six_mebibytes_passes(calm_stack: LocalStack) -> None:
    """The broker's own limit is above the largest message that a topic is set to take."""
    at = calm_stack.addresses
    await make_topic(at.kafka_bootstrap, "large", **{"max.message.bytes": str(7 * 2**20)})
    await send(at.kafka_bootstrap, "large", b"x" * 6 * 2**20)


async def test_a_second_stack_on_the_folder_is_refused(calm_stack: LocalStack) -> None:
    """Two instances never share a folder; the message names the folder and the process that has it."""
    with pytest.raises(LocalStackBusy) as refused:
        await LocalStack(calm_stack.folder).start()
    assert str(calm_stack.folder) in str(refused.value)
    assert str(os.getpid()) in str(refused.value)
    assert str(os.getpid()) in refused.value.what_to_do
    assert await calm_stack.start() == calm_stack.addresses


async def test_nothing_is_left_of_a_temporary_stack(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    """After the ``with`` block both servers have ended and the folder is gone."""
    monkeypatch.setattr("tempfile.tempdir", str(open_folder))
    monkeypatch.delenv("LOTSTREAM_KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.delenv("LOTSTREAM_POSTGRES_URL", raising=False)
    before = psutil.Process().children()
    async with local_stack():
        assert not is_empty(open_folder)
        (watchdog,) = set(psutil.Process().children()) - set(before)
        started = [watchdog, *watchdog.children(recursive=True)]
        assert len(started) > 2
    assert is_empty(open_folder)
    assert not [process for process in started if process.is_running()]


async def test_servers_elsewhere_are_used_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """With both variables set nothing is started and nothing has to be installed."""
    monkeypatch.setenv("LOTSTREAM_KAFKA_BOOTSTRAP", "kafka.example:9092")
    monkeypatch.setenv("LOTSTREAM_POSTGRES_URL", "postgresql://db.example/lotstream")
    monkeypatch.setattr("lotstream.local.extra.find_spec", lambda _: None)
    before = psutil.Process().children()
    async with local_stack() as addresses:
        assert psutil.Process().children() == before
    assert addresses == Addresses("kafka.example:9092", "postgresql://db.example/lotstream")


async def test_one_server_elsewhere_leaves_the_other_here(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    """A variable that points to a Kafka elsewhere does not keep the embedded PostgreSQL from starting."""
    monkeypatch.setenv("LOTSTREAM_KAFKA_BOOTSTRAP", "kafka.example:9092")
    monkeypatch.delenv("LOTSTREAM_POSTGRES_URL", raising=False)
    stack = LocalStack.beside_environment(open_folder / "stack")
    addresses = await stack.start()
    await write_row(addresses.postgres_url)
    assert (stack.kafka_pid, addresses.kafka_bootstrap) == (None, "kafka.example:9092")
    with pytest.raises(LocalStackError, match="not started by this stack"):
        await stack.restart_kafka()
    await stack.stop()


async def test_a_server_that_ends_at_once_is_explained(open_folder: Path) -> None:
    """A PostgreSQL that cannot read its data gives the last lines of its log, and leaves nothing running."""
    stack = LocalStack(open_folder / "stack", kafka=False)
    await stack.start()
    await stack.stop()
    (stack.folder / "postgres" / "data" / "PG_VERSION").write_text("7\n")
    # What a stack starts runs below a process of its own; below those of others processes come and go.
    before = psutil.Process().children()
    with pytest.raises(LocalServerFailed, match="not compatible") as failed:
        await stack.start()
    assert str(stack.folder / "postgres.log") in str(failed.value)
    assert psutil.Process().children() == before
    with pytest.raises(LocalStackError, match="not started"):
        _ = stack.addresses


async def test_a_long_folder_name_is_no_obstacle(open_folder: Path) -> None:
    """The path of a Unix socket has some hundred characters at most; a deeper data folder works all the same."""
    stack = LocalStack(open_folder / ("deep" * 20) / ("deeper" * 10), kafka=False)
    await write_row((await stack.start()).postgres_url)
    assert socket_folder(stack.folder).exists()
    await stack.stop()
    assert not socket_folder(stack.folder).exists()
