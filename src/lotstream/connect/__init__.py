"""What a connector is made of; a connector package imports from here and from `lotstream.contracts`.

To write one:

1. Subclass `ConnectorOptions` (or `inbox.InboxOptions`, `webhook.WebhookOptions`); describe every field.
2. Subclass `Connector`: ``translate`` turns the bytes of one `Delivery` into messages and touches nothing else; ``run``
   opens the door and gives each delivery to ``desk.take``, which keeps, translates, publishes and settles it.
3. Name the class under the entry point group ``lotstream.connectors``.
4. Inherit `lotstream.testing.connectors.ConnectorConformance` in the tests, with a fixture for each thing that is
   taken, refused or left aside.
5. Write the README the suite asks for; ``python -m lotstream.connect.describe NAME README.md`` fills in the options.
"""

from __future__ import annotations

from lotstream.connect.canonical import body_of, dotted, order_cancelled, order_placed, person_erased
from lotstream.connect.connector import ENTRY_POINTS, Connector, ConnectorOptions, options_config
from lotstream.connect.delivery import (
    Delivery,
    DeliveryCode,
    Exchange,
    ForPeople,
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
    "ForPeople",
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
    "person_erased",
]
