"""What people ask the database about who holds what: holds, papers of lots, and where hazards lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lotstream.domain.model import PLAIN, Hold, HoldKind, Item, Location, LotMore, Serial, Settings
from lotstream.store.codec import decode
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("papers")


@dataclass(frozen=True, slots=True)
class Held:
    """One hold, and what it lies on."""

    hold: Hold
    #: None: a place, which concerns whoever has goods there.
    owner: str | None = None
    sku: str | None = None
    lot: str | None = None
    serial: str | None = None
    supplier: str | None = None
    site: str | None = None
    location: str | None = None
    #: What there is of a lot, in the item's smallest units; None for everything else.
    on_hand: int | None = None
    item: Item | None = None


class Hazard(NamedTuple):
    """Goods of a hazard class in one place; the quantity in the item's smallest units."""

    owner: str
    item: Item
    lot: str | None
    site: str
    location: str
    on_hand: int


class PaperReads(Questions):
    """Questions about holds, papers and hazards; opened and closed as an async context manager."""

    async def owners(self) -> list[str]:
        """Return the owners of whom lots are known, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["owners"])]

    async def held(self, owner: str, *, sku: str | None = None, rows_max: int) -> list[Held]:
        """Return an owner's holds, on all that is his or came from a supplier first, then on lots and on units."""
        settings = await self._database.value(SQL["settings"], owner)
        known = () if settings is None or sku is not None else decode(settings, Settings).holds
        found = [Held(one.hold, owner, supplier=one.supplier) for one in known]
        for row in await self._database.fetch(SQL["lots_held"], owner, sku, rows_max):
            item = None if row["item"] is None else decode(row["item"], Item)
            found += [
                Held(hold, owner, row["sku"], row["lot"], on_hand=row["on_hand"], item=item)
                for hold in decode(row["holds"], tuple[Hold, ...])
            ]
        for row in await self._database.fetch(SQL["units_held"], owner, sku, rows_max):
            unit = decode(row["body"], Serial)
            at = unit.row
            found += [
                Held(hold, owner, unit.key.sku, at.lot, unit.key.number, site=at.site, location=at.location)
                for hold in unit.holds
            ]
        return found[:rows_max]

    async def places_held(self) -> list[Held]:
        """Return holds on bins and areas, each once, those that are part of a place's definition included."""
        found: dict[tuple[str, str, str], Held] = {}
        for row in await self._database.fetch(SQL["places_held"]):
            place = decode(row["body"], Location)
            own = (Hold("", HoldKind.HOLD),) if place.hold else ()
            for hold in (*own, *place.holds):
                found[place.site, place.id, hold.id] = Held(hold, site=place.site, location=place.id)
        return [found[key] for key in sorted(found)]

    async def papers(self, owner: str, sku: str, lot: str) -> LotMore:
        """Return what is known of a lot beyond its goods; nothing of one that nobody knows."""
        more = await self._database.value(SQL["lot_papers"], owner, sku, lot)
        return PLAIN if more is None else decode(more, LotMore)

    async def hazards(self, *, owner: str | None = None, rows_max: int) -> list[Hazard]:
        """Return where goods of hazard classes lie, of every owner when none is named."""
        rows = await self._database.fetch(SQL["hazards"], owner, rows_max)
        return [
            Hazard(row["owner"], decode(row["item"], Item), row["lot"], row["site"], row["location"], row["on_hand"])
            for row in rows
        ]
