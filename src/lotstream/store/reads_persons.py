"""Whom the hub knows personal data of: found by order, by customer, or by what the data says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

import msgspec

from lotstream.domain.events import PersonsErased
from lotstream.domain.model import Order, OrderKey
from lotstream.store.codec import decode, decode_event
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("persons")


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person by key, and what is known of them; None when it is erased."""

    person: str
    data: dict[str, Any] | None


class LeftFor(NamedTuple):
    """Goods of a lot that left with a shipment."""

    shipment: str
    at: datetime
    sku: str
    lot: str | None


@dataclass(frozen=True, slots=True)
class OrderFor:
    """An order that names a person, now or before, and what left for it."""

    order: Order
    left: tuple[LeftFor, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """A request that was done: whose consignees, when, and the keys of those who were forgotten."""

    owner: str
    at: datetime
    request: str
    persons: tuple[str, ...]
    by: str | None


class PersonReads(Questions):
    """Questions about personal data, each one query; opened and closed as an async context manager."""

    async def by_order(self, owner: str, order: str, *, source: str | None = None) -> list[PersonFound]:
        """Return the persons that an order names now or named before."""
        return _found(await self._database.fetch(SQL["by_order"], owner, order, source))

    async def by_customer(self, owner: str, customer: str, *, rows_max: int) -> list[PersonFound]:
        """Return the persons that orders of a customer name or named."""
        return _found(await self._database.fetch(SQL["by_customer"], owner, customer, rows_max))

    async def by_source(self, owner: str, source: str, *, after: str, rows_max: int) -> list[str]:
        """Return keys of persons that orders of a source name or named and who are not erased, sorted, after a key."""
        rows = await self._database.fetch(SQL["by_source"], owner, source, after, rows_max)
        return [row["person"] for row in rows]

    async def by_key(self, owner: str, persons: Sequence[str]) -> list[PersonFound]:
        """Return persons by their keys, in the order they are named."""
        return _found(await self._database.fetch(SQL["by_key"], owner, persons))

    async def orders_called(self, owner: str, source: str, name: str, value: str) -> list[str]:
        """Return the numbers of orders of a source that others call so, sorted."""
        rows = await self._database.fetch(SQL["orders_called"], owner, source, name, value)
        return [row["order"] for row in rows]

    async def orders_for(self, owner: str, persons: Sequence[str], *, rows_max: int) -> list[OrderFor]:
        """Return the orders that name or named any of some persons, with what left for each, by source and number."""
        rows = await self._database.fetch(SQL["orders_for"], owner, persons, rows_max)
        orders = [decode(row["body"], Order) for row in rows]
        keys = [order.key for order in orders]
        left: dict[OrderKey, list[LeftFor]] = {key: [] for key in keys}
        columns = zip(*keys, strict=True) if keys else ((), ())
        for source, order, *rest in await self._database.fetch(SQL["left_for"], owner, *columns):
            left[OrderKey(source, order)].append(LeftFor(*rest))
        return [OrderFor(order, tuple(left[order.key])) for order in orders]

    async def erased(self, owner: str | None, *, since: datetime | None) -> list[Erased]:
        """Return who was erased of an owner's consignees, or of all, since a time; the whole journal is read."""
        rows = await self._database.fetch(SQL["erased"], owner, since)
        return [_erased(row) for row in rows]

    async def by_text(self, owner: str, text: str, *, rows_max: int) -> list[PersonFound]:
        """Return the persons in whose name, company, street, telephone or mail a text occurs."""
        return _found(await self._database.fetch(SQL["by_text"], owner, text, rows_max))


def _erased(row: Any) -> Erased:  # noqa: ANN401 - a row has whatever its statement says
    event = cast(PersonsErased, decode_event(row["type"], row["body"]))
    return Erased(row["owner"], row["recorded_at"], event.notice.key.number, event.persons, event.by)


def _found(rows: list[Any]) -> list[PersonFound]:
    bodies = ((row["person"], row["body"]) for row in rows)
    return [PersonFound(person, None if body is None else msgspec.json.decode(body)) for person, body in bodies]
