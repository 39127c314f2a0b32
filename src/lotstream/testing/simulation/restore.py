"""A database restored to an earlier point, under the feet of those who wrote to it.

Either a backup of some seconds ago comes back, or the one from before a claim was taken, while the first commit under
that claim is still on its way: it arrives when somebody else has taken the claim anew, under the very same epoch.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lotstream.testing.memory import Tables
from lotstream.testing.simulation.outcome import Script

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

RESTORE: Final = "restore"
"""What it is called among the kinds of fault that a script asks for."""

CHANCE: Final = 0.5
"""Share of seeds in which the database is restored at all."""

BENEATH: Final = 0.5
"""Share of restores that come beneath a commit."""

AGE_S: Final = (1.0, 15.0)
"""How old the backup is that comes back, in seconds."""


class Restore:
    """Restores the database once, in some of the seeds."""

    def __init__(self, world: World, script: Script) -> None:
        self._world = world
        self._random = Random(world.random.random())
        #: Whether the database is restored in this seed at all.
        self.comes = drawn = self._comes(script)
        beneath = self._random.random() < BENEATH
        #: Looks at claims before the one that is undone; None for never.
        self._claims_left = self._random.randint(0, 20) if drawn and beneath else None
        self._at_s = self._random.uniform(AGE_S[1], script.seconds) if drawn and not beneath else None
        self._backup: Tables | None = None
        #: Who may take claims next, and the backup from before that.
        self._reader: tuple[object, Tables] | None = None
        #: Who took claims last, after the backup was made.
        self._holder: object = None
        #: Partitions of the commit that is on its way, which nobody has taken anew yet.
        self._untaken: set[int] = set()
        self._on_its_way: asyncio.Future[None] | None = None
        #: Set when the database was restored.
        self.done = asyncio.Event()

    def _comes(self, script: Script) -> bool:
        drawn = self._random.random() < CHANCE
        return RESTORE in script.only if script.only else drawn and not script.calm

    async def run(self) -> None:
        """Restore an older backup when its time has come; waits for ever in other seeds."""
        if self._at_s is None:
            await self.done.wait()
            return
        age_s = self._random.uniform(*AGE_S)
        await asyncio.sleep(max(self._at_s - age_s, 0.0))
        self._backup = self._world.tables.copy()
        await asyncio.sleep(age_s)
        self._restore()

    def arrives(self, store: object, name: str, args: tuple[Any, ...]) -> None:
        """Look at a call of the store before it is done."""
        if self._claims_left is None:
            return
        if self._on_its_way is not None:
            if name == "take_claim":
                self._taken(args[0].partition)
        elif name == "claims":
            self._claims_left -= 1
            if self._claims_left < 0:
                self._reader = store, self._world.tables.copy()
        elif name == "take_claim" and self._reader is not None and self._reader[0] is store:
            self._holder, self._backup = self._reader

    def _taken(self, partition: int) -> None:
        """Let the commit arrive when all its partitions have another holder."""
        self._untaken.discard(partition)
        if not self._untaken and self._on_its_way is not None and not self._on_its_way.done():
            self._on_its_way.set_result(None)

    def leaves(self, store: object, name: str, args: tuple[Any, ...]) -> asyncio.Future[None] | None:
        """Look at a call of the store as it is made; returns what it has to wait for on its way, or None."""
        if name != "commit" or store is not self._holder or self._on_its_way is not None:
            return None
        self._untaken = {part.before.partition for part in args[0].partitions}
        self._on_its_way = self._world.loop.create_future()
        self._world.loop.call_soon(self._restore, context=self._world.loop.outside())
        return self._on_its_way

    def _restore(self) -> None:
        if self._backup is not None:
            self._world.restore(self._backup)
            self.done.set()
