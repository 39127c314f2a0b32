from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from lotstream.contracts.decode import decode
from lotstream.contracts.topics import INBOUND
from lotstream.domain.commands import ReceiveStock
from lotstream.ops.topics import Topic, open_topics
from lotstream.testing.kafka import Seen, read_all

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "how-to" / "send.py"
RECEIPT = ROOT / "schemas" / "examples" / "stock.received.v1.json"


async def send(bootstrap: str, type: str, file: Path) -> tuple[int | None, str]:
    """Run the script of the page; returns its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, SCRIPT, type, file,
        env={**os.environ, "LOTSTREAM_KAFKA_BOOTSTRAP": bootstrap}, stdout=-1, stderr=-1,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, (out or err).decode()


async def inbound(bootstrap: str) -> list[Seen]:
    """Return what is on the inbound topic, which is made when it is missing."""
    async with open_topics(bootstrap) as topics:
        if INBOUND.name not in await topics.read([INBOUND.name]):
            await topics.create([Topic(INBOUND.name, partitions=1, replication=1)])
    return [seen async for seen in read_all(bootstrap, INBOUND.name)]


async def test_the_script_of_the_page_sends_what_the_hub_reads(kafka_bootstrap: str, tmp_path: Path) -> None:
    """A body from a file arrives under its owner's key as a command; sent again it has the same id."""
    body = {**json.loads(RECEIPT.read_text()), "owner": f"o-{tmp_path.name}"}
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(body))
    await inbound(kafka_bootstrap)

    ran = [await send(kafka_bootstrap, "stock.received", file) for _ in range(2)]
    sent = [seen for seen in await inbound(kafka_bootstrap) if seen.key == body["owner"].encode()]

    assert ran[0] == ran[1]
    assert ran[0] == (0, f"{sent[0].headers['ce_id'].decode()}\n")
    assert [seen.headers["ce_id"] for seen in sent] == [sent[0].headers["ce_id"]] * 2
    assert sent[0].value is not None
    assert isinstance(decode(list(sent[0].headers.items()), sent[0].value).command, ReceiveStock)


async def test_a_body_that_does_not_fit_is_refused_before_it_is_sent(kafka_bootstrap: str, tmp_path: Path) -> None:
    """The field that is wrong is named, and nothing reaches the topic."""
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps({"owner": f"o-{tmp_path.name}", "colour": "red"}))
    code, said = await send(kafka_bootstrap, "stock.received", file)

    assert code == 1
    assert "is missing" in said


async def test_what_cannot_be_sent_is_said_in_a_sentence(tmp_path: Path) -> None:
    """An empty file, one that is no text, none at all, a type that there is not, no Kafka: no traceback."""
    empty, binary, none = tmp_path / "empty.json", tmp_path / "binary.json", tmp_path / "none.json"
    empty.write_text("")
    binary.write_bytes(b"\xdb\xff")
    for name, file in (("order.placed", empty), ("order.placed", binary), ("order.placed", none), ("no.type", RECEIPT)):
        code, said = await send("127.0.0.1:1", name, file)
        assert (code, "Traceback" in said, bool(said)) == (1, False, True), said
    code, said = await send("127.0.0.1:1", "stock.received", RECEIPT)
    assert (code, "was not sent as stock.received" in said, "Traceback" in said) == (1, True, False)
