"""What a scenario is played in: something that takes messages and can be looked at.

There are two: the ledger alone (`lotstream.testing.scenarios_ledger`) and a running hub. Both are told the same bytes
and are looked at through the same ledger, so that a scenario has one verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lotstream.contracts.produce import Record, inbound
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.contracts.undecodable import Undecodable
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Moment
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderKey
from lotstream.testing.scenarios_format import not_supported

#: Where a scenario's orders come from, and its messages.
SOURCE = "scenario"
#: What the doors say of a field that a later version will read.
_NOT_YET = ("is not known in this version", "not handled by this version", "at most 0 entries")


@dataclass(frozen=True, slots=True)
class Message:
    """One inbound message before it is told: its name, its id within the scenario, and its body."""

    name: str
    id: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class View:
    """What a warehouse knows at one moment."""

    ledger: Ledger
    #: Every order, open or closed, as they came.
    orders: tuple[Order, ...]
    #: The site that a scenario's stock is at.
    site: str
    #: When the next message would be decided.
    moment: Moment

    def order(self, key: OrderKey) -> Order | None:
        """Return an order, open or closed; None when it was never placed."""
        return next((order for order in self.orders if order.key == key), None)


@dataclass(frozen=True, slots=True)
class Troubles:
    """What senders had to bear beside the answers to what they said; a sound hub gives them none."""

    #: Messages that could not be sent, or that ended as dead letters.
    errors: int = 0
    #: Deadlocks that a worker speaks of.
    deadlocks: int = 0
    #: Messages that were taken and of which nothing came, so that they would have to be sent again.
    retries: int = 0


class Warehouse(Protocol):
    """Takes a scenario's messages and decides them."""

    @property
    def owner(self) -> str:
        """Return whose goods the scenario is about."""

    @property
    def site(self) -> str:
        """Return the site they are at."""

    async def tell(self, messages: Sequence[Message], *, workers: int = 1) -> list[Refusal | None]:
        """Return why each message was refused, None where it was not, when all that follows from them is decided.

        They are told in their order, or by so many senders at once. Raises `ScenarioError`.
        """

    async def view(self) -> View:
        """Return what is known now."""

    async def events(self) -> Sequence[Event]:
        """Return all that was decided so far, in order."""

    async def tasks(self) -> set[str]:
        """Return the pick tasks that were sent out so far."""

    async def troubles(self) -> Troubles:
        """Return what senders had to bear so far."""

    async def crash(self) -> None:
        """Lose everything but what is kept, and start again."""

    async def tell_all_again(self) -> None:
        """Deliver every message again under its own id."""


def record_of(message: Message, *, sender: str = SOURCE) -> Record | Refusal:
    """Return the record of a message, or the refusal of one that no door would read.

    Ids are unique for a sender. Raises `ScenarioError` for what only a later version reads.
    """
    try:
        return inbound(message.name, message.body, source=sender, message_id=message.id)
    except Undecodable as error:
        if any(said in error.message for said in _NOT_YET):
            raise not_supported(f"{message.id}: {error.field} of {message.name}") from None
        return Refusal(Code.FIELD_INVALID, error.field, error.message)


def tasks_created(message: bytes) -> set[str]:
    """Return the tasks that a message of pick tasks creates."""
    return {task.task for task in PickTasks.model_validate_json(message).tasks if task.action == "create"}
