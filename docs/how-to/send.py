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

from lotstream.contracts.produce import inbound, stable_id

SOURCE = "erp:example"


async def send(type: str, text: str) -> str:
    """Check the body against its model, send it, and return its message id once Kafka has it."""
    record = inbound(type, json.loads(text), source=SOURCE, message_id=stable_id(type, text))
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ.get("LOTSTREAM_KAFKA_BOOTSTRAP", "127.0.0.1:9092"),
        acks="all",
        enable_idempotence=True,
    )
    await producer.start()
    try:
        await producer.send_and_wait(record.topic, record.value, record.key, headers=list(record.headers))
    finally:
        await producer.stop()
    return stable_id(type, text)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(send(sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8"))) + "\n")
