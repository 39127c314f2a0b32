"""What every outgoing message is made with: the record, the encoder, and the unit an item is counted in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from lotstream.contracts.quantities import base_text
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item

#: Bodies are plain dicts written by msgspec: the same JSON as the pydantic models of `sent`, several times faster.
encode = msgspec.json.Encoder().encode

SENT_BYTES_MAX: Final = 6 * 1024 * 1024 - 4096
"""Largest body that outgoing topics take as they are made, in bytes; headers and framing have the rest."""


class Outgoing(NamedTuple):
    """One message that an event causes."""

    topic: str
    key: str
    #: ``ce_type``.
    type: str
    value: bytes


def in_parts(topic: str, key: str, type: str, body: dict[str, Any], name: str) -> Iterator[Outgoing]:
    """Yield a message; where no topic takes it, several that have its list ``name`` in turn, all else alike.

    What the floor is told of a very large order must not keep goods from being booked that have come for it.
    """
    value, told = encode(body), body[name]
    if len(value) <= SENT_BYTES_MAX or len(told) < 2:
        yield Outgoing(topic, key, type, value)
        return
    half = len(told) // 2
    for part in (told[:half], told[half:]):
        yield from in_parts(topic, key, type, {**body, name: part}, name)


def weight_told(weight_g: int) -> dict[str, str]:
    """Return what goods weigh as a message says it; nothing of goods that are not weighed."""
    return {"weight_kg": base_text(weight_g, 3)} if weight_g else {}


def item_of(ledger: Ledger, sku: str) -> Item:
    """Return an item; one that nobody has defined yet is counted in each, as a held order needs it."""
    return ledger.items.get(sku) or Item(sku)
