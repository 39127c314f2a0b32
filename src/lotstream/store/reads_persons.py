"""Whom the hub knows personal data of: found by order, by customer, or by what the data says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from lotstream.domain.events import PersonsErased
from lotstream.store.codec import decode_event
from lotstream.store.connection import Address
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("persons")


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person by key, and what is known of them; None when it is erased."""

    person: str
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Erased:
    """A request that was done: whose consignees, when, and the keys of those who were forgotten."""

    owner: str
    at: datetime
    request: str
    persons: tuple[str, ...]
    by: str | None


class PersonReads(Session):
    """Questions about personal data, each one query; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-reads", call_s=timeout_s))

    async def by_order(self, owner: str, order: str, *, source: str | None = None) -> list[PersonFound]:
        """Return the persons that an order names now or named before."""
        return _found(await self._database.fetch(SQL["by_order"], owner, order, source))

    async def by_customer(self, owner: str, customer: str, *, rows_max: int) -> list[PersonFound]:
        """Return the persons that orders of a customer name or named."""
        return _found(await self._database.fetch(SQL["by_customer"], owner, customer, rows_max))

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
