"""What people ask the database about recalls: which there are, how one stands, who got any of it and what he says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lotstream.domain.model import (
    Consignee,
    Departure,
    Departures,
    Hold,
    Item,
    LookedBack,
    LotMore,
    LotName,
    Recall,
    RecallRule,
    Recipient,
    Settings,
    Shipment,
)
from lotstream.store.codec import decode
from lotstream.store.given import Given, given_to_others
from lotstream.store.recalls import SQL, Recalls
from lotstream.store.recounted import counted_now
from lotstream.store.session import Questions


class LotsSaid(NamedTuple):
    """What lots have in common; None does not matter."""

    owner: str | None = None
    lots: Sequence[str] | None = None
    sku: str | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    made_from: date | None = None
    made_to: date | None = None


@dataclass(frozen=True, slots=True)
class RecallSeen:
    """A recall as it stands, and when everybody was listed first."""

    owner: str
    recall: Recall
    asked_at: datetime
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class LotSeen:
    """What is known of a lot."""

    sku: str
    lot: str
    expires: date | None
    made: date | None
    supplier: str | None
    supplier_lot: str | None
    holds: tuple[Hold, ...]
    more: LotMore


@dataclass(frozen=True, slots=True)
class StockSeen:
    """Smallest units of a lot in one place and condition."""

    site: str
    location: str
    sku: str
    lot: str
    status: str
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class CameBackSeen:
    """Smallest units of a lot that came back for one reason, and those that were scrapped or sent back for it."""

    sku: str
    lot: str | None
    reason: str
    lines: int
    returned: int
    scrapped: int
    sent_back: int


class Got(NamedTuple):
    """Who got any of some lots."""

    orders: int
    customers: int
    #: Sorted by id.
    recipients: tuple[Recipient, ...]
    #: There are more after the last of them.
    more: bool
    #: By key, as JSON.
    persons: dict[str, bytes]


class RecallReads(Questions):
    """Questions about recalls; opened and closed as an async context manager."""

    async def owners_of_lots(self, said: LotsSaid) -> list[str]:
        """Return the owners with lots that fit, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["owners_of_lots"], *said)]

    async def owners_of_recall(self, number: str, *, owner: str | None) -> list[str]:
        """Return the owners with a recall, or a drill, of a number, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["owners_of_recall"], number, owner)]

    async def recalls(self, owner: str | None, *, rows_max: int) -> list[RecallSeen]:
        """Return recalls and drills of an owner or of all, the last one first."""
        rows = await self._database.fetch(SQL["recalls"], owner, rows_max)
        return [await self._seen(who, body, asked, listed) for who, body, asked, listed in rows]

    async def recall(self, owner: str, number: str) -> RecallSeen | None:
        """Return a recall; None when there is none of that number."""
        row = await self._database.row(SQL["recall"], owner, number)
        return None if row is None else await self._seen(owner, row["body"], row["asked_at"], row["listed_at"])

    async def _seen(self, owner: str, body: str, asked_at: datetime, listed_at: datetime) -> RecallSeen:
        (recall,) = await counted_now(self._database, owner, [decode(body, Recall)])
        return RecallSeen(owner, recall, asked_at, listed_at)

    async def waits_for(self, owner: str, number: str) -> list[RecallRule]:
        """Return what a recall says of goods that are still to come; nothing where it names its lots, or was lifted."""
        settings = await self._database.value(SQL["settings"], owner)
        known = () if settings is None else decode(settings, Settings).recalls
        return [rule for rule in known if rule.hold.id == number]

    async def consignees(self, owner: str, number: str) -> list[Consignee]:
        """Return everybody who was written to because of a recall, by id."""
        rows = await self._database.fetch(SQL["consignees"], owner, number)
        return await counted_now(self._database, owner, [decode(row["body"], Consignee) for row in rows])

    async def look_back(self, owner: str, lots: Sequence[LotName], *, after: str = "") -> LookedBack:
        """Return how far lots have come by now, and who got any of them, with their personal data."""
        return await Recalls(self._database).look_back(owner, lots, after=after, persons=True)

    async def departures(
        self, owner: str, lots: Sequence[LotName], *, behind: Departure | None = None, rows_max: int
    ) -> Departures:
        """Return with which shipments lots left for which orders, the last one first, those behind one of them."""
        return await Recalls(self._database).departures(owner, lots, behind=behind, rows_max=rows_max)

    async def roads(self, owner: str, shipments: Collection[str]) -> dict[str, Shipment]:
        """Return shipments that anything was told of since they left, in units of today."""
        rows = await self._database.fetch(SQL["roads"], owner, sorted(shipments))
        bodies = [decode(row["body"], Shipment) for row in rows]
        found = await counted_now(self._database, owner, bodies)
        return {one.key.number: one for one in found if one.road is not None or one.apart}

    async def got(self, owner: str, lots: Sequence[LotName], *, after: str = "") -> Got:
        """Return who got any of some lots, with their personal data; other lots of their items are not looked at."""
        recalls = Recalls(self._database)
        (sums,) = await self._database.fetch(SQL["gone"], owner, *zip(*lots, strict=True))
        found, more, _ = await recalls.recipients(owner, lots, after=after)
        return Got(sums["orders"], sums["customers"], found, more, await recalls.persons(owner, found))

    async def lots(self, owner: str, names: Sequence[LotName]) -> list[LotSeen]:
        """Return what is known of lots."""
        rows = await self._database.fetch(SQL["recalled_lots"], owner, *zip(*names, strict=True)) if names else []
        return [
            LotSeen(**{**row, "holds": decode(row["holds"], tuple[Hold, ...]), "more": decode(row["more"], LotMore)})
            for row in rows
        ]

    async def held_under(self, owner: str, number: str) -> list[LotName]:
        """Return the lots that are held under a recall's number now, sorted."""
        return [LotName(*row) for row in await self._database.fetch(SQL["recalled_since"], owner, number)]

    async def stock(self, owner: str, names: Sequence[LotName]) -> list[StockSeen]:
        """Return where lots lie."""
        rows = await self._database.fetch(SQL["recalled_stock"], owner, *zip(*names, strict=True)) if names else []
        return [StockSeen(*row) for row in rows]

    async def given(self, owner: str, names: Sequence[LotName]) -> list[Given]:
        """Return what of lots was given to other owners."""
        return await given_to_others(self._database, owner, names)

    async def owners_of_returns(self, owner: str | None) -> list[str]:
        """Return the owners that anything came back for, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["owners_of_returns"], owner)]

    async def returns(
        self, owner: str, *, sku: str | None, since: datetime | None, until: datetime | None
    ) -> list[CameBackSeen]:
        """Return what came back of lots by reason, and what of them left the books again, ``until`` not included."""
        rows = await self._database.fetch(SQL["returns_by_lot"], owner, sku, since, until)
        return [CameBackSeen(**{**row, "returned": row["returned"] or 0}) for row in rows]

    async def items(self, owner: str, skus: Collection[str]) -> dict[str, Item]:
        """Return items by SKU."""
        rows = await self._database.fetch(SQL["items"], owner, sorted(skus))
        return {row["sku"]: decode(row["body"], Item) for row in rows}
