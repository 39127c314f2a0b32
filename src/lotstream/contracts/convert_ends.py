"""From messages about beginnings and ends to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.inbound_ends import PersonErased
from lotstream.domain.commands import ErasePersons
from lotstream.domain.model import OrderKey


def erase_persons(body: PersonErased) -> ErasePersons:
    """Return the command to forget persons."""
    orders = tuple(OrderKey(one.source, one.order) for one in body.orders)
    return ErasePersons(body.request, body.persons, orders, body.customer, body.by)
