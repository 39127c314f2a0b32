"""A scenario's messages go to the ledger alone: read as a worker reads them, decided without Kafka and a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lotstream.contracts.decode import Undecodable, decode
from lotstream.contracts.outgoing import messages
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.agenda import is_due
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Command, ContinueDay, Moment
from lotstream.domain.events import Event
from lotstream.domain.ledger import Ledger
from lotstream.testing.scenarios_domain import OWNER, DomainWarehouse
from lotstream.testing.scenarios_messages import SITE
from lotstream.testing.scenarios_warehouse import Message, Troubles, View, record_of, tasks_created

#: Orders looked at in one part after a day has turned: as many as a worker asks for at most.
PART = 10_000


class LedgerAlone:
    """A `Warehouse` of one owner in memory; one message after the other, whoever sends them."""

    def __init__(self, today: date) -> None:
        self._tasks: set[str] = set()
        self._warehouse = DomainWarehouse(today, told=self._sent)

    def _sent(self, ledger: Ledger, event: Event, moment: Moment) -> None:
        for sent in messages(ledger, event, moment):
            if sent.topic == PICK_TASKS.name:
                self._tasks |= tasks_created(sent.value)

    @property
    def owner(self) -> str:
        """Return whose goods the scenario is about."""
        return OWNER

    @property
    def site(self) -> str:
        """Return the site they are at."""
        return SITE

    async def tell(self, messages: Sequence[Message], *, workers: int = 1) -> list[Refusal | None]:
        """Decide messages in their order, and after each what follows from it."""
        return [self._tell(message) for message in messages]

    def _tell(self, message: Message) -> Refusal | None:
        command = _command(message)
        refusal = command if isinstance(command, Refusal) else self._warehouse.tell(command, message=message.id)
        while is_due(self._warehouse.ledger):
            self._warehouse.tell(ContinueDay(PART))
        return refusal

    async def view(self) -> View:
        """Return the ledger itself: it is not to be changed."""
        warehouse = self._warehouse
        return View(warehouse.ledger, tuple(warehouse.orders()), SITE, warehouse.moment())

    async def events(self) -> Sequence[Event]:
        """Return the journal."""
        return [event for decision in self._warehouse.journal for event in decision]

    async def tasks(self) -> set[str]:
        """Return the pick tasks that were told to the warehouse."""
        return self._tasks

    async def troubles(self) -> Troubles:
        """Return none: there is no way on which a message could be lost, and nobody who waits for another."""
        return Troubles()

    async def crash(self) -> None:
        """Come back by playing the journal."""
        self._warehouse.restart()

    async def tell_all_again(self) -> None:
        """Tell all again; ids heard before change nothing."""
        self._warehouse.tell_all_again()


def _command(message: Message) -> Command | Refusal:
    """Return the command in a message, read from its bytes."""
    record = record_of(message)
    if isinstance(record, Refusal):
        return record
    try:
        return decode(record.headers, record.value).command
    except Undecodable as error:
        return Refusal(Code.FIELD_INVALID, error.field, error.message)
