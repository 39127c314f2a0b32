"""What every partition may be told of: sites and places, also those that no partition has heard of yet."""

from __future__ import annotations

from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("told")

SITE_DEFINED = "lotstream.site.defined.v1"
LOCATION_DEFINED = "lotstream.location.defined.v1"


class ToldReads(Questions):
    """Questions about sites and places; opened and closed as an async context manager."""

    async def sites(self) -> list[str]:
        """Return the sites that are defined, whether or not a worker has decided it yet, sorted."""
        return [row["site"] for row in await self._database.fetch(SQL["sites"], SITE_DEFINED)]

    async def is_place(self, site: str, location: str) -> bool:
        """Return whether anything was ever said of a location of a site, or lies in it."""
        known: bool = await self._database.value(SQL["is_place"], site, location, LOCATION_DEFINED)
        return known
