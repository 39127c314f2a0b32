"""Dead letters as a tool, on a running hub: each kind is listed, shown, replayed and discarded."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import partition_of
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran, environment, run_lotstream
from tests.hub.client import SOURCE, HubClient

Lotstream = Callable[..., Awaitable[Ran]]
ORDER = type_of("order.placed")
#: Orders of this name are refused by the database from the second on, in any owner: no ledger can know it.
POISON = "POISON"
FORBID = f"CREATE UNIQUE INDEX no_second_poison ON lotstream.sales_order ((1)) WHERE \"order\" = '{POISON}'"
ALLOW = "DROP INDEX lotstream.no_second_poison"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerProcess]:
    """A worker of a hub whose database refuses certain orders."""
    await _run(hub_settings, FORBID)
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    async with WorkerProcess(hub_settings, instance="letters", log=log) as running:
        yield running


@pytest_asyncio.fixture
async def client(hub_settings: Settings, worker: WorkerProcess) -> AsyncIterator[HubClient]:
    """A client of the running hub."""
    async with HubClient(hub_settings) as client:
        yield client


@pytest.fixture
def lotstream(in_a_thread: Lotstream) -> Lotstream:
    """Run ``lotstream`` against the hub of the module."""
    return in_a_thread


async def _run(settings: Settings, statement: str) -> None:
    connection = await asyncpg.connect(settings.postgres_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def order(owner: str, name: str | None = None, *, pad: int = 0) -> bytes:
    """Return the bytes of an order of one line, padded to a size."""
    line = {"line": "1", "sku": "SOAP", "quantity": "1"}
    body = {"owner": owner, "source": "shop", "order": name or uuid4().hex, "lines": [line]}
    return json.dumps(body).encode() + b" " * pad


def place(row: dict[str, Any]) -> str:
    """Return the name of a record by its intake row."""
    return f"{row['log']}/{row['partition']}/{row['offset']}"


async def replay(lotstream: Lotstream, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Replay dead letters; returns the exit code and what came of each."""
    ran = await lotstream("dlq", "replay", *arguments, "--json")
    return ran.code, json.loads(ran.out)


async def shown(lotstream: Lotstream, name: str, *arguments: str) -> dict[str, Any]:
    """Return one dead letter as JSON."""
    result: dict[str, Any] = json.loads((await lotstream("dlq", "show", name, "--json", *arguments)).out)
    return result


async def listed(lotstream: Lotstream, *arguments: str) -> list[str]:
    """Return the names of dead letters as they are listed."""
    return [letter["place"] for letter in json.loads((await lotstream("dlq", "list", "--json", *arguments)).out)]


async def test_what_is_no_json_is_dead_lettered_again_and_linked(client: HubClient, lotstream: Lotstream) -> None:
    """A replay of what is still bad ends with 1; the new dead letter names the old one and when that was first seen."""
    key, value = uuid4().hex, b"\xff\x00 no JSON"
    first = await client.send_raw(value, key=key.encode())
    assert await listed(lotstream, "--key", key) == [place(first)]
    code, [done] = await replay(lotstream, place(first), "--by", "olga", "--reason", "to see")
    assert (code, done["outcome"], done["code"]) == (ExitCode.FAILED, "dead_lettered", "not_json")
    again = await shown(lotstream, done["replayed_as"])
    old = await shown(lotstream, place(first))
    assert (again["replay_of"], again["state"], again["first_seen"]) == (place(first), "open", old["first_seen"])
    assert again["recorded_at"] > old["recorded_at"]
    assert [(a["action"], a["by"], a["reason"], a["replayed_as"], a["outcome"]) for a in old["history"]] == [
        ("replayed", "olga", "to see", done["replayed_as"], "dead_lettered")
    ]
    assert (again["value_base64"], again["message_id"]) == (old["value_base64"], old["message_id"])


async def test_the_bytes_are_shown_as_they_came(client: HubClient, hub_settings: Settings) -> None:
    """--raw prints the value byte for byte and nothing else; what is not UTF-8 is escaped for people."""
    row = await client.send_raw(b"\xff\x00\r\n", key=b"raw")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lotstream.cli", "dlq", "show", place(row), "--raw",
        env=environment(hub_settings), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert (await process.communicate())[0] == b"\xff\x00\r\n"


async def test_one_letter_is_shown_with_all_that_is_known(client: HubClient, lotstream: Lotstream) -> None:
    """A person sees reason, sentence, place, when it was first seen, key, headers, value, and that nothing was done."""
    row = await client.send_raw(b'{"owner": 7}', key=b"\xfe")
    out = (await lotstream("dlq", "show", f"{row['partition']}/{row['offset']}")).out
    assert out.startswith(f"Dead letter {place(row)}: schema in ")
    for said in (
        "first seen  20",
        "key         \\xfe",
        "ce_type: lotstream.order.placed.v1",
        '{"owner": 7}',
        "nothing was",
    ):
        assert said in out


async def test_a_record_in_the_wrong_partition_is_understood_by_its_replay(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings
) -> None:
    """Under the right key a replay goes where the key belongs and is done, under its own id."""
    owner, message_id = uuid4().hex, uuid4().hex
    elsewhere = (partition_of(owner.encode(), hub_settings.partitions) + 1) % hub_settings.partitions
    headers = headers_for(ORDER, id=message_id, source=SOURCE)
    row = await client.send_raw(order(owner), key=owner.encode(), headers=headers, partition=elsewhere)
    assert row["code"] == "wrong_partition"
    assert await listed(lotstream, "--owner", owner) == [place(row)]
    code, [done] = await replay(lotstream, place(row))
    assert (code, done["outcome"]) == (ExitCode.OK, "done")
    rows = await client.rows("SELECT owner, outcome FROM intake WHERE message_id = $1", message_id)
    assert rows == [{"owner": owner, "outcome": "done"}]
    assert (await shown(lotstream, place(row)))["state"] == "replayed"


async def test_a_record_under_the_wrong_key_stays_wrong(client: HubClient, lotstream: Lotstream) -> None:
    """A key that is not the owner is replayed as it came, and is dead-lettered again."""
    row = await client.send_raw(order(uuid4().hex), key=uuid4().hex.encode())
    code, [done] = await replay(lotstream, place(row))
    assert (code, done["code"]) == (ExitCode.FAILED, "wrong_partition")


async def test_what_was_applied_meanwhile_changes_nothing(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings
) -> None:
    """When the sender has sent the message again correctly, a replay under the same id is a duplicate."""
    owner, message_id = uuid4().hex, uuid4().hex
    value = order(owner)
    elsewhere = (partition_of(owner.encode(), hub_settings.partitions) + 1) % hub_settings.partitions
    headers = headers_for(ORDER, id=message_id, source=SOURCE)
    row = await client.send_raw(value, key=owner.encode(), headers=headers, partition=elsewhere)
    assert (await client.send_raw(value, key=owner.encode(), headers=headers))["outcome"] == "done"
    before = await client.rows("SELECT count(*), sum(length(body)) FROM journal WHERE owner = $1", owner)
    ran = await lotstream("dlq", "replay", place(row))
    assert ran.code == ExitCode.OK
    assert "duplicate, it was applied meanwhile and nothing has changed" in ran.out
    assert await client.rows("SELECT count(*), sum(length(body)) FROM journal WHERE owner = $1", owner) == before


async def test_what_the_database_refused_is_done_once_it_does_not(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings
) -> None:
    """A record dead-lettered for a constraint is refused again while that stands, and done when it is gone."""
    first, second = uuid4().hex, uuid4().hex
    await client.send_raw(order(first, POISON), key=first.encode())
    row = await client.send_raw(order(second, POISON), key=second.encode())
    assert row["code"] == "constraint"
    code, [done] = await replay(lotstream, place(row))
    assert (code, done["code"]) == (ExitCode.FAILED, "constraint")
    await _run(hub_settings, ALLOW)
    code, [done] = await replay(lotstream, done["replayed_as"])
    assert (code, done["outcome"]) == (ExitCode.OK, "done")
    assert len(await client.rows("SELECT FROM sales_order WHERE owner = $1", second)) == 1


@pytest.mark.parametrize("value", [None, b"{}"], ids=["no value", "unknown type"])
async def test_records_without_key_or_value_are_replayed_as_they_came(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings, value: bytes | None
) -> None:
    """A record without a key goes to the partition it came from; nothing that is missing is made up."""
    headers = headers_for(type_of("order.teleported"), id=uuid4().hex, source=SOURCE)
    async with AIOKafkaProducer(bootstrap_servers=hub_settings.kafka_bootstrap) as producer:
        records = producer.create_batch()
        records.append(timestamp=None, key=None, value=value, headers=headers)
        sent = await (await producer.send_batch(records, INBOUND.name, partition=5))
    await client.row('SELECT FROM dead_letter WHERE partition = 5 AND "offset" = $1', sent.offset)
    code, [done] = await replay(lotstream, f"5/{sent.offset}")
    assert (code, done["replayed_as"].split("/")[1]) == (ExitCode.FAILED, "5")
    again = await shown(lotstream, done["replayed_as"])
    assert (again["key"], again["value_base64"]) == (None, None if value is None else "e30=")


async def test_a_discarded_letter_is_kept_with_who_when_and_why(client: HubClient, lotstream: Lotstream) -> None:
    """Discarding notes who, when and why and deletes nothing; --all leaves it out, and it can still be replayed."""
    key = uuid4().hex
    rows = [await client.send_raw(b"no JSON", key=key.encode()) for _ in range(2)]
    assert (await lotstream("dlq", "discard", place(rows[0]))).code == ExitCode.USAGE
    ran = await lotstream("dlq", "discard", place(rows[0]), "--reason", "a test of theirs", "--by", "olga")
    assert (ran.code, ran.out) == (ExitCode.OK, f"{place(rows[0])} discarded\n")
    letter = await shown(lotstream, place(rows[0]))
    [action] = letter["history"]
    assert (letter["state"], action["by"], action["reason"]) == ("discarded", "olga", "a test of theirs")
    assert await listed(lotstream, "--key", key, "--state", "discarded") == [place(rows[0])]
    assert await listed(lotstream, "--key", key, "--state", "open") == [place(rows[1])]
    would = await lotstream("dlq", "replay", "--all", "--key", key, "--dry-run")
    assert would.out == f"{place(rows[1])} would be replayed\n1 dead letters would be replayed\n"
    code, [done] = await replay(lotstream, place(rows[0]))
    assert (code, done["outcome"]) == (ExitCode.FAILED, "dead_lettered")


async def test_all_that_fit_are_replayed_once(client: HubClient, lotstream: Lotstream) -> None:
    """--all takes every open one that fits the filters, oldest first, and none a second time."""
    owner = uuid4().hex
    rows = [await client.send_raw(order(uuid4().hex), key=owner.encode()) for _ in range(3)]
    await client.send_raw(b"no JSON", key=owner.encode())
    _, done = await replay(lotstream, "--all", "--owner", owner, "--code", "wrong_partition", "--since", "1h")
    assert [one["place"] for one in done] == [place(row) for row in rows]
    ran = await lotstream("dlq", "discard", "--all", "--owner", owner, "--code", "wrong_partition", "--reason", "no")
    assert ran.out.split()[::2] == [one["replayed_as"] for one in reversed(done)]
    assert await listed(lotstream, "--owner", owner, "--code", "wrong_partition", "--state", "open") == []


async def test_filters_find_what_they_say(client: HubClient, lotstream: Lotstream) -> None:
    """Reason, key and time each leave out what does not fit; the table for people has a line per letter."""
    key = uuid4().hex
    row = await client.send_raw(b"no JSON", key=key.encode())
    assert await listed(lotstream, "--key", key, "--code", "schema") == []
    assert await listed(lotstream, "--key", key, "--since", "2099-01-01T00:00:00Z") == []
    assert await listed(lotstream, "--key", key, "--since", "5m", "--code", "not_json") == [place(row)]
    lines = (await lotstream("dlq", "list", "--key", key)).out.splitlines()
    assert lines[2].split()[:1] + lines[2].split()[2:4] == [place(row), "not_json", key]
    cut = await lotstream("dlq", "list", "--rows-max", "1")
    assert "Only the newest 1 were looked at." in cut.err


async def test_the_topic_can_be_read_instead_of_the_database(
    client: HubClient, lotstream: Lotstream, hub_settings: Settings
) -> None:
    """When the database has lost a dead letter, its topic still has it: listed, shown and replayed from there."""
    owner, message_id = uuid4().hex, uuid4().hex
    elsewhere = (partition_of(owner.encode(), hub_settings.partitions) + 1) % hub_settings.partitions
    headers = headers_for(ORDER, id=message_id, source=SOURCE)
    row = await client.send_raw(order(owner), key=owner.encode(), headers=headers, partition=elsewhere)
    where = 'partition = $1 AND "offset" = $2'
    await client.rows(f"DELETE FROM dead_letter WHERE {where}", row["partition"], row["offset"])
    topic = ("--from", "topic")
    async with asyncio.timeout(30):
        while await listed(lotstream, "--owner", owner, *topic) != [place(row)]:
            pass
    letter = await shown(lotstream, place(row), *topic)
    assert (letter["code"], letter["message_id"]) == ("wrong_partition", message_id)
    assert {header["name"] for header in letter["headers"]} == {name for name, _ in headers}
    code, [done] = await replay(lotstream, place(row), *topic)
    assert (code, done["outcome"]) == (ExitCode.OK, "done")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "1/0/999999"), "There is no dead letter 1/0/999999."),
        (("show", "nonsense"), "nonsense is no place."),
        (("replay",), "Either name dead letters, or say --all."),
        (("replay", "1/0/0", "--all"), "Either name dead letters, or say --all."),
        (("replay", "1/0/999999"), "There is no dead letter 1/0/999999."),
        (("discard", "1/0/999999", "--reason", "x"), "There is no dead letter 1/0/999999."),
        (("list", "--code", "ugly"), "There is no reason ugly."),
        (("list", "--state", "ugly"), "There is no state ugly."),
        (("list", "--since", "yesterday"), "--since yesterday is no time."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
async def test_what_cannot_be_meant_is_refused_in_words(
    worker: WorkerProcess, lotstream: Lotstream, arguments: tuple[str, ...], said: str
) -> None:
    """A letter that is not there, or a filter that is none, ends with 8, a sentence and what to do."""
    ran = await lotstream("dlq", *arguments)
    assert (ran.code, ran.err.splitlines()[0]) == (ExitCode.INPUT, f"lotstream: {said}")


@pytest.mark.asyncio(loop_scope="module")
async def test_what_was_too_large_is_done_by_a_worker_that_reads_more(
    worker: WorkerProcess, lotstream: Lotstream, hub_settings: Settings, tmp_path: Path
) -> None:
    """Too large a record is replayed when the limit was raised; without a worker a replay says so and ends with 5."""
    owner = uuid4().hex
    async with HubClient(hub_settings) as client:
        row = await client.send_raw(order(owner, pad=hub_settings.message_bytes_max), key=owner.encode())
        huge = b" " * 2 * hub_settings.outgoing_bytes_max
        producer = AIOKafkaProducer(
            bootstrap_servers=hub_settings.kafka_bootstrap, compression_type="gzip", max_request_size=2 * len(huge)
        )
        async with producer:
            sent = await producer.send_and_wait(INBOUND.name, huge, owner.encode(), partition=1)
        await client.row('SELECT FROM dead_letter WHERE partition = 1 AND "offset" = $1', sent.offset)
        await worker.stop()
        ran = await lotstream("dlq", "replay", place(row), "--wait", "0")
        assert (ran.code, "no worker has decided it yet" in ran.out) == (ExitCode.UNREACHABLE, True)
        more = 2 * hub_settings.message_bytes_max
        changed = await run_lotstream(hub_settings, "db", "settings", "--change", LOTSTREAM_MESSAGE_BYTES_MAX=str(more))
        assert changed.code == 0, changed.err
        roomy = hub_settings.model_copy(update={"message_bytes_max": more})
        async with WorkerProcess(roomy, instance="letters", log=tmp_path / "worker.log"):
            assert row["code"] == "too_large"
            await client.row("SELECT FROM sales_order WHERE owner = $1", owner)
            code, [done] = await replay(lotstream, place(row))
            assert (code, done["outcome"]) == (ExitCode.OK, "duplicate")
            # A record that was small only because it was compressed goes back the same way.
            code, [done] = await replay(lotstream, f"1/{sent.offset}")
            assert (code, done["code"]) == (ExitCode.FAILED, "too_large")
