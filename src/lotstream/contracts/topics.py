"""The topics in use: what each carries, under which key, for whom, and its limits.

From here come the topics that `lotstream topics create` makes, the AsyncAPI document and the page about topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """Settings that bound the size of a topic's messages."""

    INBOUND = "inbound_bytes_max"
    OUTGOING = "outgoing_bytes_max"


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic."""

    name: str
    #: What it carries, as one sentence.
    description: str
    #: What its message key is.
    key: str
    #: Who reads it.
    readers: str
    #: The setting with its largest message in bytes.
    bytes_max: Limit
    #: The setting with the days that messages are kept.
    retention: str = "retention_days"


INBOUND = Topic(
    name="lotstream.inbound",
    description="Every command: orders, catalogue, receipts, picks, shipments, holds; one order per owner.",
    key="owner; * for what concerns every partition",
    readers="workers",
    bytes_max=Limit.INBOUND,
)
DEAD_LETTERS = Topic(
    name="lotstream.inbound.dlq",
    description="Records that could not be understood, byte for byte, with reason and coordinates as headers.",
    key="as received",
    readers="operators; lotstream dlq",
    # A record that is too large for the worker is kept whole here, with its reason on top.
    bytes_max=Limit.OUTGOING,
)
PICK_TASKS = Topic(
    name="lotstream.pick-tasks",
    description="Pick tasks created, changed and cancelled; one message per decision, order and site, "
    "several where they are very many.",
    key="order",
    readers="warehouse systems",
    bytes_max=Limit.OUTGOING,
)
FLOOR_TASKS = Topic(
    name="lotstream.floor-tasks",
    description="What the floor has to know beside picking: goods put back, bins counted, packages with their numbers.",
    key="site",
    readers="warehouse systems",
    bytes_max=Limit.OUTGOING,
)
ORDER_STATUS = Topic(
    name="lotstream.order-status",
    description="Every state an order comes to, line by line, and why it is held or was refused.",
    key="order",
    readers="connectors",
    bytes_max=Limit.OUTGOING,
)
SHIP_CONFIRMATIONS = Topic(
    name="lotstream.ship-confirmations",
    description="What left the building for one order: packages, and lines split by lot with expiry.",
    key="order",
    readers="connectors, for 945, 856, shop fulfilments and ERP moves",
    bytes_max=Limit.OUTGOING,
)
RECEIPTS = Topic(
    name="lotstream.receipts",
    description="What came on a closed receipt beside what was announced: expected, received, damaged, lot by lot.",
    key="owner",
    readers="connectors, for 944; ERPs",
    bytes_max=Limit.OUTGOING,
)
INVENTORY = Topic(
    name="lotstream.inventory",
    description="Every physical change of a lot: received, counted, damaged, returned, shipped, made into kits.",
    key="owner",
    readers="connectors, for 947; ERPs",
    bytes_max=Limit.OUTGOING,
)
AVAILABILITY = Topic(
    name="lotstream.availability",
    description="What may be sold per SKU, site and channel, told when it changes and gathered up per SKU.",
    key="owner",
    readers="shops, connectors, for 846",
    bytes_max=Limit.OUTGOING,
)
ALERTS = Topic(
    name="lotstream.alerts",
    description="What a person should look at: what happened did not fit what was known.",
    key="owner",
    readers="operations, merchants",
    bytes_max=Limit.OUTGOING,
)
ANSWERS = Topic(
    name="lotstream.answers",
    description="Done or refused, with code and sentence, for every command that asked.",
    key="message id of the command",
    readers="whoever asked: connectors, warehouse systems",
    bytes_max=Limit.OUTGOING,
)

RECALL_LETTERS = Topic(
    name="lotstream.recall-letters",
    description="What everybody has to be told who got goods that are recalled: his address, lots and quantities.",
    key="consignee",
    readers="whoever writes letters and mails",
    bytes_max=Limit.OUTGOING,
)

TOPICS: tuple[Topic, ...] = (
    INBOUND,
    DEAD_LETTERS,
    PICK_TASKS,
    FLOOR_TASKS,
    ORDER_STATUS,
    SHIP_CONFIRMATIONS,
    RECEIPTS,
    INVENTORY,
    AVAILABILITY,
    ALERTS,
    ANSWERS,
    RECALL_LETTERS,
)
