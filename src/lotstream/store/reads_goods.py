"""What people ask the database about goods: what became of a lot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, NamedTuple, Self

from lotstream.domain.model import Hold, Item
from lotstream.errors import InputRefused
from lotstream.store.codec import decode
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("goods")


class PageEnd(NamedTuple):
    """The place of a line in a lot's history; what comes after it is the next page."""

    at: datetime
    log: int
    partition: int
    offset: int
    #: 0: a line of the history itself; 1: of a shipment, which comes after what the same record did before it left.
    part: int
    #: Of the lines of its record.
    nth: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that `text` names; raises `InputRefused` for another text."""
        try:
            at, *numbers = text.split("/")
            moment = datetime.fromisoformat(at)
            return cls(moment.replace(tzinfo=moment.tzinfo or UTC), *map(int, numbers))
        except (TypeError, ValueError) as error:
            raise InputRefused(
                f"{text!r} names no place in a history.", what_to_do="Take it from where the page before it ends."
            ) from error

    def text(self) -> str:
        """Return it as text that `read` understands."""
        return "/".join([self.at.isoformat(), *map(str, self[1:])])


BEGINNING: Final = PageEnd(datetime(1, 1, 1, tzinfo=UTC), 0, 0, 0, 0, -1)
"""Before the first line of any history."""


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What is known of a lot; quantities in the item's smallest units."""

    expires: date | None
    made: date | None
    received: date | None
    supplier: str | None
    supplier_lot: str | None
    holds: tuple[Hold, ...]
    #: None when the item was never defined.
    item: Item | None
    on_hand: int


CALLED_MAX: Final = 200
"""Lots of one number that are looked at: of so many nobody can mean one."""


@dataclass(frozen=True, slots=True)
class LotCalled:
    """A lot that somebody may mean by a number."""

    owner: str
    sku: str
    lot: str
    supplier: str | None
    supplier_lot: str | None

    @property
    def text(self) -> str:
        """Return how people are told which one it is."""
        return f"lot {self.lot} of {self.sku}" + (f" from {self.supplier}" if self.supplier else "")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of what became of a lot; quantities in the item's smallest units."""

    at: datetime
    log: int
    partition: int
    offset: int
    part: int
    index: int
    #: None for what left: its row does not say.
    recorded_at: datetime | None
    kind: str
    #: What is more in the place, below zero what is less; with ``to_location`` how many went there.
    quantity: int
    site: str | None
    location: str | None
    status: str | None
    to_site: str | None
    to_location: str | None
    to_status: str | None
    document: str | None
    number: str | None
    line: str | None
    source: str | None
    order: str | None
    by: str | None
    reason: str | None
    #: Why it was adjusted.
    code: str | None
    customer: str | None
    #: What that weighs, in grams, with the sign of the quantity; None: it is not weighed, or nobody knows.
    weight_g: int | None = None

    @property
    def place(self) -> PageEnd:
        """Return where it stands in the history."""
        return PageEnd(self.at, self.log, self.partition, self.offset, self.part, self.index)


class GoodsReads(Questions):
    """Questions about goods, each one query; opened and closed as an async context manager."""

    async def owners_of_lot(self, sku: str, lot: str | None, *, owner: str | None) -> list[str]:
        """Return the owners of whom anything became of a lot (None: of goods without one), sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["lot_owners"], sku, lot, owner)]

    async def lots_called(
        self, called: str, *, owner: str | None, sku: str | None, former: bool = False, rows_max: int = CALLED_MAX
    ) -> list[LotCalled]:
        """Return the lots that have a number, or have it from their supplier.

        ``former``: of one item of an owner also those that had it before.
        """
        rows = await self._database.fetch(SQL["lots_called"], called, owner, sku, former, rows_max)
        return [LotCalled(**row) for row in rows]

    async def lot(self, owner: str, sku: str, lot: str | None) -> LotFacts:
        """Return what is known of a lot."""
        (row,) = await self._database.fetch(SQL["lot_facts"], owner, sku, lot)
        item = None if row["item"] is None else decode(row["item"], Item)
        return LotFacts(**{**row, "holds": decode(row["holds"], tuple[Hold, ...]), "item": item})

    async def lot_history(
        self, owner: str, sku: str, lot: str | None, *, after: PageEnd = BEGINNING, rows_max: int
    ) -> list[HistoryLine]:
        """Return what became of a lot (None: of goods without one), oldest first, at most ``rows_max`` lines."""
        rows = await self._database.fetch(SQL["lot_history"], owner, sku, lot, *after, rows_max)
        return [HistoryLine(**row) for row in rows]
