"""What came out of a demo: everything its report shows and its check looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lotstream.contracts.sent_notices import Alert, Answer
from lotstream.contracts.sent_shipments import ShipConfirmation, ShipConfirmationLine, ShippedLot
from lotstream.contracts.sent_tasks import PickTask
from lotstream.domain.events import LineDecision, OrderAllocated, OrderChanged, OrderRecorded
from lotstream.domain.model import Order, OrderKey
from lotstream.local.demo.catalogue import Catalogue
from lotstream.store.reads import Decided, StockLine


@dataclass(frozen=True, slots=True)
class Given:
    """One order as it was given to a door."""

    #: What the door is called by people.
    door: str
    key: OrderKey
    file: str
    body: bytes
    #: What the door said to it.
    answer: str


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """What became of one order."""

    given: Given
    order: Order
    history: tuple[Decided, ...]
    tasks: tuple[PickTask, ...]
    confirmations: tuple[ShipConfirmation, ...]
    #: From the append of the order's record to the moment a reader had its first pick tasks.
    task_s: float
    #: From the same to the moment a reader had its ship confirmation.
    shipped_s: float

    def decisions(self) -> Iterator[LineDecision]:
        """Yield what was decided about each line, in order of time."""
        for decided in self.history:
            if isinstance(decided.event, OrderRecorded | OrderChanged | OrderAllocated):
                yield from decided.event.decisions

    def lots(self) -> Iterator[tuple[ShipConfirmationLine, ShippedLot]]:
        """Yield every lot of every line that was confirmed as shipped."""
        for confirmation in self.confirmations:
            for line in confirmation.lines:
                yield from ((line, lot) for lot in line.lots)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be understood, by the headers it carries."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the worker's /metrics say at the end."""

    #: Decisions on orders by the state they led to.
    orders: dict[str, float]
    records: dict[str, float]
    published: dict[str, float]
    dead_letters: dict[str, float]
    lag: float
    #: Mean milliseconds of a batch by stage.
    stages_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a demo brought about."""

    catalogue: Catalogue
    orders: tuple[OrderOutcome, ...]
    #: Status with which the wrongly signed webhook was answered.
    forged_status: int
    stock: tuple[StockLine, ...]
    #: How often each outgoing message was heard by a reader of committed messages, by id.
    heard: Counter[str]
    #: Ids of the outgoing messages that the database holds.
    outbox: Counter[str]
    dead_letters: tuple[DeadLetter, ...]
    alerts: tuple[Alert, ...]
    answers: tuple[Answer, ...]
    counts: Counts
