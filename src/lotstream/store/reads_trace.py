"""Where a lot came from and what became of it, at any depth: level by level, each lot once, so that circles end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from lotstream.domain.model import Item, Lot, LotMore, LotName
from lotstream.domain.names import names_had
from lotstream.store.codec import decode
from lotstream.store.reads_goods import SQL, GoodsReads

if TYPE_CHECKING:
    from asyncpg import Record

LOTS_MAX: Final = 10_000
"""Lots of one trace; where there are more it ends, and says that it is not complete."""

Place = tuple[int, int, int]
"""Log, partition and offset of a record."""


@dataclass(frozen=True, slots=True)
class TracedLot:
    """A lot on the way, as it is called now; quantities in the item's smallest units."""

    name: LotName
    #: Levels from the lot that was asked for.
    depth: int
    #: What it was called before.
    former: tuple[LotName, ...]
    expires: date | None
    on_hand: int
    #: What has left and was not taken back.
    shipped: int


@dataclass(frozen=True, slots=True)
class Amount:
    """So many smallest units of a lot."""

    sku: str
    #: None: goods without a lot.
    lot: str | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Step:
    """Something was made of something else, in one decision."""

    at: datetime
    site: str | None
    document: str | None
    number: str | None
    used: tuple[Amount, ...]
    made: tuple[Amount, ...]

    def lots(self, *, used: bool) -> list[LotName]:
        """Return the lots of one side, each once; goods without a lot lead nowhere."""
        side = self.used if used else self.made
        return list(dict.fromkeys(LotName(one.sku, one.lot) for one in side if one.lot is not None))


@dataclass(slots=True)
class Trace:
    """All that was made of a lot, or all that it was made of."""

    #: The lot that was asked for, as it is called now.
    start: LotName
    forward: bool
    lots: dict[LotName, TracedLot] = field(default_factory=dict)
    #: Oldest first within a level.
    steps: list[Step] = field(default_factory=list)
    #: All items that took part, by SKU; nothing where one was never defined.
    items: dict[str, Item] = field(default_factory=dict)
    #: False: there is more than was followed.
    complete: bool = True


class TraceReads(GoodsReads):
    """Questions about the way of lots."""

    async def trace(
        self, owner: str, lot: LotName, *, forward: bool, depth_max: int | None = None, lots_max: int = LOTS_MAX
    ) -> Trace:
        """Return all that was made of a lot, or all that it was made of, down to a depth; None: to the end.

        Two queries a level: what was done with its lots, and which lots that leads to.
        """
        known = await self._lots(owner, [lot], depth=0)
        trace, level = Trace(known[lot].name, forward), list(known.values())
        called = {name: one.name for name, one in known.items()}
        seen: set[Place] = set()
        for depth in range(1, lots_max + 2):
            trace.lots |= {one.name: one for one in level}
            called |= {former: one.name for one in level for former in one.former}
            found = await self._steps(owner, level, forward=forward, seen=seen)
            beyond = dict.fromkeys(name for step in found for name in step.lots(used=not forward))
            trace.complete = len(trace.lots) + len(beyond) <= lots_max and (depth_max is None or depth <= depth_max)
            if not found or not trace.complete:
                trace.complete = trace.complete or not found
                break
            trace.steps += found
            known = await self._lots(owner, list(beyond), depth=depth)
            called |= {name: one.name for name, one in known.items()}
            level = [one for one in {one.name: one for one in known.values()}.values() if one.name not in trace.lots]
            if not level:
                break
        trace.steps = [_as_called_now(step, called) for step in trace.steps]
        trace.items = await self._items(owner, trace)
        return trace

    async def names(self, owner: str, lot: LotName) -> list[LotName]:
        """Return what a lot is called now and then what it was called before; ``lot`` is any of its names."""
        one = (await self._lots(owner, [lot], depth=0))[lot]
        return [one.name, *one.former]

    async def _lots(self, owner: str, names: Sequence[LotName], *, depth: int) -> dict[LotName, TracedLot]:
        """Return lots by any name they have or had, as they are called now."""
        found: dict[LotName, TracedLot] = {}
        went: dict[LotName, LotName] = {}
        asked = list(names)
        while asked:
            for row in await self._database.fetch(SQL["lots_now"], owner, *zip(*asked, strict=True)):
                name, more = LotName(row["sku"], row["lot"]), decode(row["more"], LotMore)
                if more.into is None:
                    found[name] = _traced(name, more, row, depth=depth)
                else:
                    went[name] = more.into
            asked = [name for name in {*went.values()} if name not in found and name not in went]
        return {name: found[_end(went, name)] for name in names}

    async def _steps(self, owner: str, lots: Iterable[TracedLot], *, forward: bool, seen: set[Place]) -> list[Step]:
        """Return the records in which lots were used, or made, that were not seen before, oldest first."""
        names = [name for one in lots for name in (one.name, *one.former)]
        rows = await self._database.fetch(SQL["made_of"], owner, *zip(*names, strict=True), forward)
        records: dict[Place, list[Record]] = {}
        for row in rows:
            records.setdefault((row["log"], row["partition"], row["offset"]), []).append(row)
        fresh = [lines for place, lines in records.items() if place not in seen]
        seen |= records.keys()
        return [_step(lines) for lines in fresh]

    async def _items(self, owner: str, trace: Trace) -> dict[str, Item]:
        skus = {one.sku for step in trace.steps for one in (*step.used, *step.made)} | {trace.start.sku}
        rows = await self._database.fetch(SQL["items_called"], owner, sorted(skus))
        return {row["sku"]: decode(row["body"], Item) for row in rows}


def _traced(name: LotName, more: LotMore, row: Record, *, depth: int) -> TracedLot:
    item = None if row["item"] is None else decode(row["item"], Item)
    former = names_had(item, Lot(name.sku, name.lot, more=more))[1:]
    return TracedLot(name, depth, tuple(former), row["expires"], row["on_hand"], row["shipped"])


def _end(went: dict[LotName, LotName], name: LotName) -> LotName:
    while name in went:
        name = went[name]
    return name


def _step(lines: list[Record]) -> Step:
    first = lines[0]
    used = tuple(Amount(row["sku"], row["lot"], -row["quantity"]) for row in lines if row["quantity"] < 0)
    made = tuple(Amount(row["sku"], row["lot"], row["quantity"]) for row in lines if row["quantity"] > 0)
    return Step(first["at"], first["site"], first["document"], first["number"], used, made)


def _as_called_now(step: Step, called: dict[LotName, LotName]) -> Step:
    def now(one: Amount) -> Amount:
        name = None if one.lot is None else called.get(LotName(one.sku, one.lot))
        return one if name is None else replace(one, sku=name.sku, lot=name.lot)

    return replace(step, used=tuple(map(now, step.used)), made=tuple(map(now, step.made)))
