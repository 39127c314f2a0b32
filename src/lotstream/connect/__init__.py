"""What a connector is made of; a connector package imports from here."""

from __future__ import annotations

from lotstream.connect.canonical import body_of, dotted, order_cancelled, order_placed
from lotstream.connect.connector import ENTRY_POINTS, Connector, ConnectorOptions, options_config
from lotstream.connect.delivery import (
    Delivery,
    DeliveryCode,
    Exchange,
    Message,
    NotHandled,
    Refusal,
    Refused,
    Reply,
    Settlement,
    Translation,
    Verdict,
)
from lotstream.connect.desk import Desk, Limits
from lotstream.connect.seams import Exchanges, Publisher

__all__ = [
    "ENTRY_POINTS",
    "Connector",
    "ConnectorOptions",
    "Delivery",
    "DeliveryCode",
    "Desk",
    "Exchange",
    "Exchanges",
    "Limits",
    "Message",
    "NotHandled",
    "Publisher",
    "Refusal",
    "Refused",
    "Reply",
    "Settlement",
    "Translation",
    "Verdict",
    "body_of",
    "dotted",
    "options_config",
    "order_cancelled",
    "order_placed",
]
