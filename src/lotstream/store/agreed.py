"""The settings that all workers of one database have alike."""

from __future__ import annotations

from collections.abc import Mapping

from lotstream.store.connection import Address
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("agreed")


class Agreed(Session):
    """What was agreed on, setting by setting, as text; opened and closed as an async context manager."""

    def __init__(self, url: str, *, app: str, timeout_s: float) -> None:
        super().__init__(Address(url=url, app=app, call_s=timeout_s))

    async def agree(self, values: Mapping[str, str]) -> dict[str, str]:
        """Write down the values of settings nobody has agreed on yet, and return what is agreed; the first one counts.

        Raises `NotMigrated`.
        """
        await self._database.execute(SQL["agree"], list(values), list(values.values()))
        return await self.read()

    async def read(self) -> dict[str, str]:
        """Return what is agreed on; nothing before a worker has ever started. Raises `NotMigrated`."""
        return {row["setting"]: row["value"] for row in await self._database.fetch(SQL["read"])}

    async def change(self, values: Mapping[str, str]) -> None:
        """Agree on other values; call it while the log is held alone. Raises `NotMigrated`."""
        await self._database.execute(SQL["change"], list(values), list(values.values()))
