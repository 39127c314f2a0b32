"""Trucks between the two sites: they arrive with all, less or more, damaged, late, first, twice, or not at all."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any, Final

from lotstream.testing.simulation.dealing import Tell
from lotstream.testing.simulation.goods import NORTH, SOUTH, Goods

#: How often an owner sends goods over when it says anything.
SAID: Final = 0.15
#: How long a truck is on the road at most, in seconds.
ROAD_S: Final = 6.0


class Carrying:
    """Draws transfers and what comes of each."""

    def __init__(self, random: Random, goods: Goods) -> None:
        self._random = random
        self._goods = goods
        self._number = 0
        self._trips: list[asyncio.Task[None]] = []

    def say(self, owner: str, tell: Tell) -> bool:
        """Let an owner send goods to its other site, or not; tells whether it does."""
        if self._random.random() >= SAID:
            return False
        self._number += 1
        # Now and then under a number that was there before.
        number = 1 if self._random.random() < 0.1 else self._number
        site, to_site = self._random.sample([NORTH, SOUTH], 2)
        lines = [self._goods.line(owner, site, most=20)]
        happened = self._random.random() < 0.7
        sent = {"site": site, "to_site": to_site, "transfer": f"TR-{number}", "happened": happened, "lines": lines}
        self._trips.append(asyncio.create_task(self._trip(owner, tell, sent)))
        return True

    async def all_home(self) -> None:
        """Wait until everything is told of every truck."""
        await asyncio.gather(*self._trips)

    async def _trip(self, owner: str, tell: Tell, sent: dict[str, Any]) -> None:
        is_told_late = self._random.random() < 0.15
        if not is_told_late:
            tell("transfer.shipped", owner, **sent)
        if self._random.random() < 0.85:
            for receipt in range(self._random.choice([1, 1, 2])):
                await self._on_the_road()
                self._arrive(owner, tell, sent, receipt)
        if is_told_late:
            await self._on_the_road()
            tell("transfer.shipped", owner, **sent)
        if self._random.random() < 0.4:
            await self._on_the_road()
            self._arrived(owner, tell, sent, final=True)

    def _arrive(self, owner: str, tell: Tell, sent: dict[str, Any], receipt: int) -> None:
        left = sent["lines"][0]
        units = max(int(left["quantity"]) + self._random.choice([0, 0, 0, -7, -1, 2]), 1)
        # Without a word of it, the condition in which it left.
        condition = {"status": "damaged"} if self._random.random() < 0.15 else {}
        named = {name: left[name] for name in ("line", "sku", "lot")} if self._random.random() < 0.8 else {"line": "1"}
        line = {
            **named, "quantity": str(units), "location": self._goods.bin(sent["to_site"]), **condition,
            **self._goods.weight(owner, left["sku"], units),
        }  # fmt: skip
        self._goods.remember(owner, sent["to_site"], left | line)
        self._arrived(owner, tell, sent, receipt=f"A-{receipt}", lines=[line])

    def _arrived(self, owner: str, tell: Tell, sent: dict[str, Any], **what: object) -> None:
        happened = self._random.random() < 0.8
        tell("transfer.received", owner, site=sent["to_site"], transfer=sent["transfer"], happened=happened, **what)

    async def _on_the_road(self) -> None:
        await asyncio.sleep(self._random.uniform(0.0, ROAD_S))
