"""What must be true at every instant of a run, looked at again and again while things break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from lotstream.errors import TryAgain
from lotstream.store.audit import Audit, ClaimSeen
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.log_ends import NO_ANSWER, LogEnds

LOOK_EVERY_S = 0.5


class Watch:
    """Looks at promises, epochs and positions; a look that no server answers is no look."""

    def __init__(self, audit: Audit, log: LogEnds, violations: Violations) -> None:
        self._audit = audit
        self._log = log
        self._violations = violations
        self._epochs: dict[int, int] = {}
        self._looking = asyncio.Lock()
        self.looks = 0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            async with self._looking:
                with suppress(*NO_ANSWER, TryAgain):
                    await self.look()
                    self.looks += 1
            await asyncio.sleep(LOOK_EVERY_S)

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Do not look for the time of the block, after which the database may be an earlier one."""
        async with self._looking:
            yield
            self._epochs.clear()

    async def look(self) -> None:
        """Look once. What only grows is asked from the lowest to the highest, so that time alone breaks no order."""
        positions = await self._log.positions()
        claims = await self._audit.claims()
        ends = await self._log.ends()
        over = await self._audit.over_promised()
        if over:
            self._violations.add(Invariant.PROMISES, f"{over} stock rows have more promised than is there")
        self._check_epochs(claims)
        self._check_positions(positions, claims, ends)

    def _check_epochs(self, claims: Mapping[int, ClaimSeen]) -> None:
        for partition, claim in claims.items():
            if claim.epoch < self._epochs.get(partition, 0):
                self._violations.add(
                    Invariant.EPOCHS, f"partition {partition} went from {self._epochs[partition]} to {claim.epoch}"
                )
            self._epochs[partition] = claim.epoch

    def _check_positions(
        self, positions: Mapping[int, int], claims: Mapping[int, ClaimSeen], ends: Mapping[int, int]
    ) -> None:
        for partition, claim in claims.items():
            end = ends.get(partition, claim.next_offset)
            position = max(positions.get(partition, 0), claim.relay_position)
            if not position <= claim.next_offset <= end:
                self._violations.add(
                    Invariant.POSITIONS,
                    f"partition {partition}: published {position}, decided {claim.next_offset}, end {end}",
                )
