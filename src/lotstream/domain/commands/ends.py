"""Commands about beginnings and ends: who is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.model import OrderKey


@dataclass(frozen=True, slots=True)
class ErasePersons:
    """person.erased: names, addresses, telephones and mails of consignees are forgotten for good."""

    request: str
    #: Keys of persons, orders whose persons are meant, and a customer all of whose persons are.
    persons: tuple[str, ...] = ()
    orders: tuple[OrderKey, ...] = ()
    customer: str | None = None
    by: str | None = None
