"""Personal data beside the journal: which decisions bring it, and which delete it."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.contracts.decode import Person
from lotstream.domain.events import Event, OrderChanged, OrderRecorded, PersonsErased, ShipmentImported
from lotstream.domain.ledger import Ledger
from lotstream.store.rows import Batch, PersonRow


def named(batch: Batch, ledger: Ledger, decided: Iterable[Event], person: Person) -> None:
    """Keep the data an order came with where the order names that person anew; call it before events are applied.

    A repeat of an order, also of one in another version, must not bring back what was erased meanwhile.
    """
    for event in decided:
        if names_anew(ledger, event, person.key):
            batch.persons.append(PersonRow(ledger.owner, person.key, person.body))
            return


def names_anew(ledger: Ledger, event: Event, person: str) -> bool:
    """Tell whether an event, not applied yet, names a person whom its order did not name before."""
    if not isinstance(event, OrderRecorded | OrderChanged | ShipmentImported) or event.order.person != person:
        return False
    known = ledger.orders.get(event.order.key) or ledger.closed.get(event.order.key)
    return known is None or known.person != person


def erased(batch: Batch, owner: str, event: PersonsErased) -> None:
    """Delete the data of persons, also what came with the records before."""
    batch.persons += [PersonRow(owner, person, None) for person in event.persons]
