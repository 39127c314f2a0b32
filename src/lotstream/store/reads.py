"""What people ask the database: an order and its history, and stock with its lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.events import Event
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Customer, Hold, Item, Location, LotName, Order, OrderKey, Serial, Settings, Wave
from lotstream.store.codec import decode, decode_days, decode_event
from lotstream.store.recounted import counted_now
from lotstream.store.rows import OwnerOrder
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("reads")


@dataclass(frozen=True, slots=True)
class Decided:
    """One event of an order's history, and when its record was appended."""

    recorded_at: datetime
    event: Event
    #: Of its record.
    arrival: int = 0


@dataclass(frozen=True, slots=True)
class StockLine:
    """One row of stock as a person sees it; quantities in the item's smallest units."""

    sku: str
    lot: str | None
    expires: date | None
    site: str
    location: str
    package: str | None
    pack_size: int | None
    status: str
    returned: bool
    on_hand: int
    reserved: int
    promised_elsewhere: int
    holds: tuple[Hold, ...]
    #: None for stock whose item was never defined.
    item: Item | None
    #: In grams; None: it is not weighed, or nobody knows.
    weight_g: int | None = None


class Reads(Questions):
    """Questions to the hub's database, each one query; opened and closed as an async context manager."""

    async def orders_called(self, order: str, *, owner: str | None, source: str | None) -> list[OwnerOrder]:
        """Return every order of a number, of any owner and source where none is given, sorted."""
        rows = await self._database.fetch(SQL["orders_called"], order, owner, source)
        return [(row["owner"], OrderKey(row["source"], row["order"])) for row in rows]

    async def order(self, owner: str, key: OrderKey) -> Order | None:
        """Return an order as it is now, open or closed."""
        body = await self._database.value(SQL["order"], owner, key.source, key.order)
        return None if body is None else (await counted_now(self._database, owner, [decode(body, Order)]))[0]

    async def history(self, owner: str, key: OrderKey) -> list[Decided]:
        """Return what was decided about an order, oldest first."""
        rows = await self._database.fetch(SQL["history"], owner, key.source, key.order)
        return [Decided(row["recorded_at"], decode_event(row["type"], row["body"]), row["arrival"]) for row in rows]

    async def rules(self, owner: str, customer: str | None) -> tuple[Settings, Customer | None]:
        """Return what an owner chose, and what one of its customers accepts if it is defined."""
        (row,) = await self._database.fetch(SQL["rules"], owner, customer)
        settings = Settings() if row["settings"] is None else decode(row["settings"], Settings)
        return settings, None if row["customer"] is None else decode(row["customer"], Customer)

    async def serials(self, number: str, *, sku: str, owner: str | None) -> dict[str, Serial]:
        """Return the unit of a serial number of a SKU by owner; of one owner when it is given."""
        rows = await self._database.fetch(SQL["serials"], number, sku, owner)
        return {row["owner"]: decode(row["body"], Serial) for row in rows}

    async def waves(self, number: str, *, owner: str | None) -> dict[str, Wave]:
        """Return the wave of a number by owner; of one owner when it is given."""
        rows = await self._database.fetch(SQL["waves"], number, owner)
        return {row["owner"]: decode(row["body"], Wave) for row in rows}

    async def orders(self, owner: str, keys: Sequence[OrderKey]) -> list[Order]:
        """Return those orders of an owner that there are, as they are now, in no order."""
        columns = zip(*keys, strict=True) if keys else ((), ())
        rows = await self._database.fetch(SQL["orders"], owner, *columns)
        return await counted_now(self._database, owner, [decode(row["body"], Order) for row in rows])

    async def items(self, owner: str, skus: Iterable[str]) -> dict[str, Item]:
        """Return those of an owner's items that are defined."""
        rows = await self._database.fetch(SQL["items"], owner, sorted(skus))
        return {row["sku"]: decode(row["body"], Item) for row in rows}

    async def sites(self) -> Sites:
        """Return locations and today per site, as far as any partition has come."""
        sites = Sites()
        for row in await self._database.fetch(SQL["todays"]):
            for site, day in decode_days(row["today"]).items():
                sites.today[site] = max(day, sites.today.get(site, day))
        for row in await self._database.fetch(SQL["locations"]):
            location = decode(row["body"], Location)
            known = sites.locations.get((location.site, location.id))
            if known is None or known.version < location.version:
                sites.locations[location.site, location.id] = location
        return sites

    async def owners_of_sku(self, sku: str | None) -> list[str]:
        """Return the owners that have stock, of one SKU when it is given, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["owners_of_sku"], sku)]

    async def stock(
        self,
        owner: str,
        *,
        sku: str | None,
        lots: Sequence[LotName] | None = None,
        site: str | None = None,
        rows_max: int,
    ) -> list[StockLine]:
        """Return an owner's stock that is not empty, by SKU, then first expired first, at most ``rows_max`` rows.

        ``lots``: of these lots alone; ``site``: of what is there alone.
        """
        if lots is None:
            rows = await self._database.fetch(SQL["stock"], owner, sku, rows_max, site)
        else:
            skus, numbers = [lot.sku for lot in lots], [lot.lot for lot in lots]
            rows = await self._database.fetch(SQL["stock_of_lots"], owner, skus, numbers, rows_max, site)
        # Rows of one item, or on no hold, say the same: each text is read once.
        items = {text: decode(text, Item) for text in {row["item"] for row in rows} - {None}}
        holds = {text: decode(text, tuple[Hold, ...]) for text in {row["holds"] for row in rows}}
        return [StockLine(**{**row, "holds": holds[row["holds"]], "item": items.get(row["item"])}) for row in rows]
