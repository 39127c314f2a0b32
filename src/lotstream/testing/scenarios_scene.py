"""What a step of a scenario is built from: who it is about, what was told so far, and what is known now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lotstream.domain.model import Order, OrderKey
from lotstream.testing.scenarios_format import Node
from lotstream.testing.scenarios_messages import Writer
from lotstream.testing.scenarios_warehouse import SOURCE, Message, View
from lotstream.testing.scenarios_words import STOCK, name, text


@dataclass(frozen=True, slots=True)
class Tell:
    """What a step tells, and what is remembered of it when it was taken."""

    messages: list[Message]
    taken: Callable[[], None] | None = None


#: From what a step says to what is told; it may look at what is known.
Do = Callable[["Scene", Any], Awaitable[Tell]]


@dataclass(frozen=True, slots=True)
class Step:
    """One verb: how it is told, and what its mapping may say."""

    do: Do
    #: None: it takes no mapping.
    keys: frozenset[str] | None
    #: It may be said by a name alone: an order, or a date.
    by_name: bool = False


@dataclass(slots=True)
class Scene:
    """A scenario's memory while it is played."""

    to: Writer
    look: Callable[[], Awaitable[View]]
    #: Settings so far.
    settings: Node
    #: Orders as they were told last, by their id.
    orders: dict[str, Node] = field(default_factory=dict)
    #: When an order was told first: that is when it was placed, if it does not say so itself.
    placed_at: dict[str, datetime] = field(default_factory=dict)
    #: Customers that are defined.
    customers: set[str] = field(default_factory=set)
    #: Index of the step.
    step: int = -1
    _made: int = 0
    _versions: int = 0

    def begin(self, step: int) -> None:
        """Begin a step."""
        self.step, self._made = step, 0

    def number(self) -> str:
        """Return another number for a message or a document of this step."""
        self._made += 1
        return f"{self.step}" if self._made == 1 else f"{self.step}-{self._made}"

    def next_version(self) -> str:
        """Return a version that is newer than all before."""
        self._versions += 1
        return str(self._versions)

    async def order(self, id: object) -> Order | None:
        """Return an order as it is known now; None when it was never placed."""
        return (await self.look()).order(OrderKey(SOURCE, name(id)))

    async def line(self, said: Node) -> str | None:
        """Return the line a step means: the one it names, else the only one its order has."""
        if said.get("line") is not None:
            return str(said["line"])
        order = await self.order(said.get("order"))
        return order.lines[0].line if order is not None and len(order.lines) == 1 else None

    async def sku(self, said: Node) -> str:
        """Return the SKU a step means: the one it names, else the only one its lot is of, else the first item."""
        if said.get("sku") is not None:
            return str(said["sku"])
        lot = text(said.get("lot"))
        skus = {facts.sku for facts in (await self.look()).ledger.lots_called(lot)} if lot is not None else set()
        return skus.pop() if len(skus) == 1 else self.to.usual_sku

    async def location(self, said: Node, key: str = "location") -> str:
        """Return the bin a step means: the one it names, else the only one its lot lies in, else `STOCK`."""
        if said.get(key) is not None:
            return str(said[key])
        sku, lot = await self.sku(said), text(said.get("lot"))
        rows = (await self.look()).ledger.stock.values()
        bins = {row.key.location for row in rows if (row.key.sku, row.key.lot) == (sku, lot) and row.on_hand > 0}
        return bins.pop() if len(bins) == 1 else STOCK
