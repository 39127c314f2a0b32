"""What every outgoing message is made with: the record, the encoder, and the unit an item is counted in."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from lotstream.contracts.quantities import base_text
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item

#: Bodies are plain dicts written by msgspec: the same JSON as the pydantic models of `sent`, several times faster.
encode = msgspec.json.Encoder().encode


class Outgoing(NamedTuple):
    """One message that an event causes."""

    topic: str
    key: str
    #: ``ce_type``.
    type: str
    value: bytes


def weight_told(weight_g: int) -> dict[str, str]:
    """Return what goods weigh as a message says it; nothing of goods that are not weighed."""
    return {"weight_kg": base_text(weight_g, 3)} if weight_g else {}


def item_of(ledger: Ledger, sku: str) -> Item:
    """Return an item; one that nobody has defined yet is counted in each, as a held order needs it."""
    return ledger.items.get(sku) or Item(sku)
