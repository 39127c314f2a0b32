"""Send one command to lotstream: ``python send.py item.defined item.json``.

The file holds the body. The same type and text have the same message id, so that sending them again changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from lotstream.contracts.produce import inbound, stable_id
from lotstream.errors import LotstreamError

SOURCE = "erp:example"


async def send(type: str, text: str) -> str:
    """Check the body against its model, send it, and return its message id once Kafka has it."""
    record = inbound(type, json.loads(text), source=SOURCE, message_id=stable_id(type, text))
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ.get("LOTSTREAM_KAFKA_BOOTSTRAP", "127.0.0.1:9092"),
        acks="all",
        enable_idempotence=True,
    )
    try:
        await producer.start()
        await producer.send_and_wait(record.topic, record.value, record.key, headers=list(record.headers))
    finally:
        await producer.stop()
    return stable_id(type, text)


def main(arguments: list[str]) -> str:
    """Return the message id of what was sent, or end with a sentence on what is wrong."""
    if len(arguments) != 2:
        raise SystemExit("Give a type and a file: python send.py item.defined item.json")
    try:
        return asyncio.run(send(arguments[0], Path(arguments[1]).read_text(encoding="utf-8")))
    except LotstreamError as error:
        raise SystemExit(f"{error} {error.what_to_do or ''}".strip()) from None
    except (OSError, ValueError, KafkaConnectionError) as error:
        raise SystemExit(f"{arguments[1]} was not sent as {arguments[0]}: {error}") from None


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
