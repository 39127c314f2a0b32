"""Persons are forgotten: whose data is deleted follows from their keys, or from orders that were for them.

Journal and state hold keys alone, so nothing of them changes: what was shipped where can still be told by customer,
city and postcode. Data comes back with an order that names the person anew, never with a repeat of one that did.
"""

from __future__ import annotations

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import ErasePersons
from lotstream.domain.events import DiscrepancyNoted, Event, PersonsErased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    ERASURE,
    NAMED_MAX,
    SOURCE_NAMED_MAX,
    Named,
    Notice,
    Order,
    OrdersFound,
    PersonsFrom,
    PersonsOf,
    ReceiptKey,
)
from lotstream.domain.notices import content_of

#: Orders that an alert names.
_NAMED_MAX = 20


def erase_persons(ledger: Ledger, command: ErasePersons) -> tuple[Event, ...]:
    """Decide person.erased: all that is known of what it names is forgotten, and what is not known is told.

    Refused when it names nothing, or nothing that is known: a shop names every order a person ever made, also those
    from before the hub, and what the hub does know must not be kept for their sake.
    """
    key = ReceiptKey(ERASURE, command.request)
    references = (sorted(command.references),) if command.references else ()
    source = () if command.source is None else (("source", command.source),)
    content = content_of((sorted(command.persons), sorted(command.orders), command.customer, *references, *source))
    known = ledger.document(key, Notice)
    if known is not None:
        if known.content == content:
            return ()
        raise _other_content(command)
    meant = {one: ledger.answer(one, OrdersFound).orders for one in command.references}
    found = {
        named: ledger.order(named) for named in [*command.orders, *(key for keys in meant.values() for key in keys)]
    }
    unknown = [f"{named.order} from {named.source}" for named, order in found.items() if order is None]
    unknown += [f"{one.name} {one.value} from {one.source}" for one, orders in meant.items() if not orders]
    named = [person for order in found.values() if order is not None for person in persons_of(order)]
    customers, theirs = _of_customer(ledger, command.customer), _of_source(ledger, command.source)
    if not command.persons and not customers and not theirs and all(order is None for order in found.values()):
        raise _nobody(command)
    persons = tuple(dict.fromkeys([*command.persons, *named, *customers, *theirs]))
    erased = PersonsErased(Notice(key, content), persons, command.by)
    return (erased, _unknown(command, unknown)) if unknown else (erased,)


def _of_customer(ledger: Ledger, customer: str | None) -> tuple[str, ...]:
    """Return the persons of all orders of a customer, open or closed; raises `NotLoaded`."""
    if customer is None:
        return ()
    persons = ledger.answer(PersonsOf(customer), Named).persons
    if len(persons) > NAMED_MAX:
        message = f"The orders of customer {customer} name more than {NAMED_MAX} persons; name the orders or persons."
        raise Refused(Code.TOO_LARGE, "customer", message)
    return persons


def _of_source(ledger: Ledger, source: str | None) -> tuple[str, ...]:
    """Return the persons of all orders of a source, open or closed; raises `NotLoaded`."""
    if source is None:
        return ()
    persons = ledger.answer(PersonsFrom(source), Named).persons
    if len(persons) > SOURCE_NAMED_MAX:
        what = f"erase them with `lotstream person erase --source {source}`, which asks for a part at a time"
        message = f"The orders from {source} name more than {SOURCE_NAMED_MAX} persons; {what}."
        raise Refused(Code.TOO_LARGE, "source", message)
    return persons


def _nobody(command: ErasePersons) -> Refused:
    """Refuse a request that names nobody who is known."""
    if command.references and not command.orders:
        one = command.references[0]
        message = f"No order from {one.source} has {one.name} {one.value}; nothing was erased."
        return Refused(Code.UNKNOWN_ORDER, "references.0", message)
    if command.orders:
        named = command.orders[0]
        message = f"Order {named.order} from {named.source} is not known; nothing was erased."
        return Refused(Code.UNKNOWN_ORDER, "orders.0", message)
    if command.customer is None and command.source is not None:
        message = f"No order from {command.source} names anybody; nothing was erased."
        return Refused(Code.UNKNOWN_ORDER, "source", message)
    if command.customer is not None:
        message = f"No order of customer {command.customer} names anybody; nothing was erased."
        return Refused(Code.UNKNOWN_CUSTOMER, "customer", message)
    return Refused(
        Code.FIELD_MISSING, "persons", "It names nobody; send keys of persons, orders, a customer or a source."
    )


def persons_of(order: Order) -> tuple[str, ...]:
    """Return the keys of all persons an order has ever named, the one it names now first."""
    return (() if order.person is None else (order.person,)) + order.persons_before


def persons_left(known: Order, after: Order) -> tuple[str, ...]:
    """Return the persons that a changed order has named before and names no more."""
    return tuple(dict.fromkeys(person for person in persons_of(known) if person != after.person))


def _other_content(command: ErasePersons) -> Refused:
    message = f"Request {command.request} was told with other content; send this one under a number of its own."
    return Refused(Code.CONFLICTING_CONTENT, "request", message)


def _unknown(command: ErasePersons, orders: list[str]) -> DiscrepancyNoted:
    names = ", ".join(orders[:_NAMED_MAX])
    more = f" and {len(orders) - _NAMED_MAX} more" if len(orders) > _NAMED_MAX else ""
    message = f"Of what request {command.request} names these orders are not known: {names}{more}."
    return DiscrepancyNoted(Code.UNKNOWN_ORDER.value, message, {"request": command.request})
