"""The AsyncAPI 3.0 document: topics, who sends and receives on them, messages and headers, from the hub's side."""

from __future__ import annotations

from typing import Any

from lotstream.contracts.cloudevents import (
    DEAD_LETTER_HEADERS,
    DEAD_LETTER_HEADERS_NEEDED,
    HEADERS,
    HEADERS_NEEDED,
)
from lotstream.contracts.inbound import BROADCAST, EITHER, INBOUND, type_of
from lotstream.contracts.sent import SENT
from lotstream.contracts.topics import (
    ALERTS,
    ANSWERS,
    AVAILABILITY,
    DEAD_LETTERS,
    FLOOR_TASKS,
    INVENTORY,
    ORDER_STATUS,
    PICK_TASKS,
    RECALL_LETTERS,
    RECEIPTS,
    SHIP_CONFIRMATIONS,
    TOPICS,
    Topic,
)
from lotstream.contracts.topics import INBOUND as INBOUND_TOPIC

#: Version of the published contract; the second number grows when a message or field joins.
CONTRACT_VERSION = "0.2.0"

_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"
_DEAD_LETTER = "dead_letter"

#: Topic → short names of the messages on it.
CARRIES: dict[Topic, tuple[str, ...]] = {
    INBOUND_TOPIC: tuple(INBOUND),
    DEAD_LETTERS: (_DEAD_LETTER,),
    PICK_TASKS: ("pick_tasks", "wave_tasks"),
    FLOOR_TASKS: ("floor_tasks", "package"),
    ORDER_STATUS: ("order_status",),
    SHIP_CONFIRMATIONS: ("ship_confirmation", "shipment_progress"),
    RECEIPTS: ("receipt_closed",),
    INVENTORY: ("inventory_change", "inventory_snapshot", "inventory_comparison", "lot_changed"),
    AVAILABILITY: ("availability",),
    ALERTS: ("alert",),
    ANSWERS: ("answer",),
    RECALL_LETTERS: ("recall_letter",),
}

_Node = dict[str, Any]


def document() -> _Node:
    """Return the whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "lotstream",
            "version": CONTRACT_VERSION,
            "description": (
                "Orders in, exact lots reserved, picks and lot-stamped confirmations out. Messages are CloudEvents 1.0 "
                "in binary mode: attributes are record headers, the value is the data."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {_operation_name(topic): _operation(topic) for topic in TOPICS},
        "components": {
            "messages": {name: _message(name) for name in (*INBOUND, *SENT)} | {_DEAD_LETTER: _dead_letter()},
            "schemas": {
                "CloudEventHeaders": _headers(HEADERS, HEADERS_NEEDED),
                "DeadLetterHeaders": _headers(HEADERS | DEAD_LETTER_HEADERS, DEAD_LETTER_HEADERS_NEEDED),
            },
        },
    }


def _channel(topic: Topic) -> _Node:
    return {
        "address": topic.name,
        "description": f"{topic.description} Read by: {topic.readers}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in CARRIES[topic]},
        "bindings": {"kafka": {"topic": topic.name, "bindingVersion": "0.5.0"}},
    }


def _operation_name(topic: Topic) -> str:
    verb = "read" if topic is INBOUND_TOPIC else "write"
    return f"{verb}-{topic.name.removeprefix('lotstream.')}"


def _operation(topic: Topic) -> _Node:
    return {
        "action": "receive" if topic is INBOUND_TOPIC else "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.description,
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in CARRIES[topic]],
    }


def _message(name: str) -> _Node:
    model = {**INBOUND, **SENT}[name]
    topic = next(topic for topic, names in CARRIES.items() if name in names)
    return {
        "name": type_of(name),
        "title": model.__name__,
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
        "payload": {"schemaFormat": _JSON_SCHEMA, "schema": {"$ref": f"./json/{name}.v1.json"}},
        "bindings": {"kafka": {"key": {"type": "string", "description": _key(name, topic)}, "bindingVersion": "0.5.0"}},
    }


def _key(name: str, topic: Topic) -> str:
    if topic is INBOUND_TOPIC:
        if name in EITHER:
            return "owner; * for a bin"
        return "*" if name in BROADCAST else "owner"
    return topic.key


def _dead_letter() -> _Node:
    return {
        "name": type_of(_DEAD_LETTER),
        "title": "DeadLetter",
        "summary": "A record that could not be understood, byte for byte, with the headers it came with.",
        "contentType": "application/octet-stream",
        "headers": {"$ref": "#/components/schemas/DeadLetterHeaders"},
        "payload": {"description": "The value as received: anything, also nothing."},
        "bindings": {"kafka": {"key": {"type": "string", "description": DEAD_LETTERS.key}, "bindingVersion": "0.5.0"}},
    }


def _headers(described: dict[str, str], needed: tuple[str, ...]) -> _Node:
    return {
        "type": "object",
        "required": list(needed),
        "properties": {name: {"type": "string", "description": text} for name, text in described.items()},
    }
