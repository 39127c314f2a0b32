"""Something that speaks to the database for as long as it is open."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from lotstream.store.connection import Address, Database


class Session:
    """A database of its own, connected while it is open; opened and closed as an async context manager.

    Opening raises `PostgresUnreachable` or `SettingInvalid`.
    """

    def __init__(self, address: Address) -> None:
        self._database = Database(address)

    async def __aenter__(self) -> Self:
        await self._database.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._database.close()


class Questions(Session):
    """What people ask, each question one query; opened and closed as an async context manager.

    Each is planned for what it asks: one that asks for a SKU or for all of them has no plan that fits both.
    """

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-reads", call_s=timeout_s, plan_each_call=True))
