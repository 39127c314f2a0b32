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
