from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from lotstream.contracts.cloudevents import DEAD_LETTER_LEFT_OUT
from lotstream.contracts.topics import DEAD_LETTERS, INBOUND
from lotstream.domain.slots import partition_of
from lotstream.settings import Settings
from lotstream.testing.kafka import Seen, read_all
from tests.hub.client import PATIENCE_S, HubClient


def an_order(owner: str, **changes: object) -> dict[str, Any]:
    """Return an order of one line, with changes."""
    line = {"line": "1", "sku": "SOAP", "quantity": "2", "unit": "each"}
    return {"owner": owner, "source": "shop", "order": uuid4().hex, "lines": [line], **changes}


async def dead_letter(settings: Settings, key: bytes | None, *, bytes_left_out: bytes | None = None) -> Seen:
    """Wait for the dead letter with a key and so much left out; there is never more than one."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = [
                seen
                async for seen in read_all(settings.kafka_bootstrap, DEAD_LETTERS.name)
                if (seen.key, seen.headers.get(DEAD_LETTER_LEFT_OUT)) == (key, bytes_left_out)
            ]
            if found:
                [letter] = found
                return letter


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(b'{"owner": "cut", "lines": [', "not_json", id="truncated JSON"),
        pytest.param(b'{"owner": "x", "source": "s", "order": 7, "lines": 3}', "schema", id="wrong types"),
        pytest.param(
            b'{"owner": "x", "source": "s", "order": "o", "lines": [{"line": "1", "sku": "A", "quantity": "1"}], '
            b'"a\\u0000b": 1}',
            "schema",
            id="NUL in the name of a field",
        ),
        pytest.param(None, "no_value", id="null value"),
        pytest.param(b'{"owner": "x", "pad": "' + b"x" * 2_000_000 + b'"}', "too_large", id="2 MB"),
    ],
)
async def test_what_cannot_be_read_is_dead_lettered_byte_for_byte(
    client: HubClient, hub_settings: Settings, value: bytes | None, code: str
) -> None:
    """Bytes that are no command come out on the dead-letter topic unchanged, with code and sentence; work goes on."""
    key = uuid4().hex.encode()
    row = await client.send_raw(value, key=key)
    assert (row["outcome"], row["code"]) == ("dead_lettered", code)
    letter = await dead_letter(hub_settings, key)
    assert letter.value == value
    assert letter.headers["lotstream_dlq_code"] == code.encode()
    assert letter.headers["lotstream_dlq_message"]
    kept = await client.row("SELECT value FROM dead_letter WHERE key = $1", key)
    assert kept["value"] == value


async def test_a_record_that_no_topic_takes_is_told_by_its_size(client: HubClient, hub_settings: Settings) -> None:
    """A record that was small only because it was compressed is kept whole in the database; its dead letter says so."""
    key, value = uuid4().hex.encode(), b" " * 2 * hub_settings.outgoing_bytes_max
    producer = AIOKafkaProducer(
        bootstrap_servers=hub_settings.kafka_bootstrap, compression_type="gzip", max_request_size=2 * len(value)
    )
    async with producer:
        await producer.send_and_wait(INBOUND.name, value, key, partition=0)
    kept = await client.row("SELECT code, length(value) AS bytes FROM dead_letter WHERE key = $1", key)
    assert kept == {"code": "too_large", "bytes": len(value)}
    letter = await dead_letter(hub_settings, None, bytes_left_out=b"%d" % (len(key) + len(value)))
    assert (letter.value, letter.headers["lotstream_dlq_code"]) == (None, b"too_large")
    assert (await client.send_raw(None, key=key))["outcome"] == "dead_lettered"


async def test_an_unknown_type_is_dead_lettered_by_name(client: HubClient, hub_settings: Settings) -> None:
    """A type the hub does not know gets unknown_type with the name in the sentence."""
    row = await client.send_raw(b"{}", key=uuid4().hex.encode(), name="order.teleported")
    assert (row["outcome"], row["code"]) == ("dead_lettered", "unknown_type")
    assert "order.teleported" in row["message"]


async def test_a_key_that_is_not_the_owner_is_dead_lettered(client: HubClient) -> None:
    """A record under another key than its owner, or in a partition its key does not hash to, is wrong_partition."""
    body = json.dumps(an_order("right")).encode()
    row = await client.send_raw(body, key=b"wrong")
    assert (row["outcome"], row["code"], row["field"]) == ("dead_lettered", "wrong_partition", "key")
    elsewhere = (partition_of(b"right", 8) + 1) % 8
    row = await client.send_raw(body, key=b"right", partition=elsewhere)
    assert (row["outcome"], row["code"]) == ("dead_lettered", "wrong_partition")


async def test_a_negative_quantity_is_refused_not_dead_lettered(client: HubClient) -> None:
    """An order of minus two is understood and refused with not_positive, the field, and a sentence."""
    owner = uuid4().hex
    await client.send("item.defined", {"owner": owner, "sku": "SOAP"})
    line = {"line": "1", "sku": "SOAP", "quantity": "-2", "unit": "each"}
    row = await client.send("order.placed", an_order(owner, lines=[line]))
    assert (row["outcome"], row["code"]) == ("refused", "not_positive")
    assert row["field"].endswith("quantity")
    assert row["message"]


async def test_an_unknown_sku_holds_the_order_until_the_item_arrives(client: HubClient) -> None:
    """An order for an unknown SKU is held with that reason and goes on by itself when the item is defined."""
    owner = uuid4().hex
    body = an_order(owner)
    assert (await client.send("order.placed", body))["outcome"] == "done"
    query = 'SELECT state, body FROM sales_order WHERE owner = $1 AND "order" = $2 AND state = $3'
    held = await client.row(query, owner, body["order"], "held")
    assert json.loads(held["body"])["held"] == "unknown_item"
    await client.send("item.defined", {"owner": owner, "sku": "SOAP"})
    await client.row(query, owner, body["order"], "backordered")


async def test_the_same_message_again_is_a_duplicate(client: HubClient) -> None:
    """A message under the same source and id changes nothing the second time and is noted as duplicate."""
    owner, message_id = uuid4().hex, uuid4().hex
    body = an_order(owner)
    first = await client.send("order.placed", body, message_id=message_id)
    again = await client.send("order.placed", body, message_id=message_id)
    assert (first["outcome"], again["outcome"]) == ("done", "duplicate")
    assert len(await client.rows("SELECT 1 FROM journal WHERE owner = $1", owner)) == 1
