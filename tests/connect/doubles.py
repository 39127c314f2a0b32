from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import Field

from lotstream.connect import (
    Connector,
    ConnectorOptions,
    Delivery,
    Desk,
    ForPeople,
    Message,
    NotHandled,
    Refusal,
    Refused,
    Reply,
    Translation,
    body_of,
    options_config,
    order_placed,
)
from lotstream.contracts.inbound_orders import OrderPlaced

ARRIVED = datetime(2026, 9, 1, 14, tzinfo=UTC)


class PlainOptions(ConnectorOptions):
    model_config = options_config("plain")

    owner: str = Field(default="acme", description="Whose orders they are.")


class PlainConnector(Connector[PlainOptions]):
    """A connector that reads one order number a line; some words have a meaning of their own."""

    name = "plain"
    Options = PlainOptions

    def __init__(self, options: PlainOptions | None = None) -> None:
        super().__init__(options or PlainOptions())
        self.given: list[Reply] = []

    def translate(self, delivery: Delivery) -> Translation:
        words = delivery.body.decode().split()
        match words:
            case ["refuse"]:
                raise Refused("not_text", None, "These bytes are no orders; send orders.")
            case ["pass"]:
                raise NotHandled("Nothing of this kind is acted upon.")
            case ["ask"]:
                raise ForPeople("Somebody has to answer by 2026-10-01.")
            case ["break"]:
                raise ZeroDivisionError
        orders = [word for word in words if not word.startswith("bad")]
        bad = [_bad(word) for word in words if word not in orders]
        return Translation(tuple(map(message, orders)), tuple(bad), replies=(Reply("answer", delivery.body),))

    async def run(self, desk: Desk) -> None:
        raise NotImplementedError

    async def reply(self, delivery: Delivery, replies: Sequence[Reply]) -> None:
        self.given += replies


def message(order: str) -> Message:
    """Return a message that places an order of one line."""
    line = {"line": "1", "sku": "CER-001", "quantity": 1}
    return order_placed(body_of(OrderPlaced, {"owner": "acme", "source": "plain", "order": order, "lines": [line]}))


def delivery(body: str, *, key: str = "1") -> Delivery:
    """Return a delivery with these words."""
    return Delivery("sender", "name", key, body.encode(), ARRIVED)


def _bad(word: str) -> Refusal:
    return Refusal("field_invalid", "word", "This word is not an order.", order=word)
