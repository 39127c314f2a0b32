"""What faults and episodes share: workers started and stopped, traffic let in, and rest waited for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping

from lotstream.errors import TryAgain
from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.judge import Logs, present_log
from lotstream.testing.faults.log_ends import NO_ANSWER, LogEnds
from lotstream.testing.faults.scene import Scene
from lotstream.testing.kafka import Seen

#: Longest from the end of a fault until everything that was in the log then is decided, in seconds.
RECOVERED_S_MAX = 60.0
LOOK_EVERY_S = 0.05


@dataclasses.dataclass
class Stage:
    """A hub with its traffic, and whoever looks at it."""

    scene: Scene
    audit: Audit
    log: LogEnds
    logs: Logs
    workers: int

    @property
    def settings(self) -> Settings:
        """The hub's settings."""
        return self.scene.settings

    def start_workers(self, extra: Mapping[str, str] | None = None) -> None:
        """Have workers run from now on."""
        for number in range(self.workers):
            self.scene.crew.join(f"faults-{number + 1}", extra=extra)

    async def stop_workers(self) -> None:
        """End all workers in order; what they refused is forgotten."""
        await self.scene.crew.leave_all()
        self.scene.crew.refused.clear()

    async def traffic(self, seconds: float) -> None:
        """Let senders speak for a while, and wait until Kafka has all of it."""
        self.scene.sender.silent = False
        await asyncio.sleep(seconds)
        self.scene.sender.silent = True
        await self.scene.sender.flush()

    async def rest(self) -> None:
        """Wait until everything is decided, and end the workers in order: then everything is published too."""
        self.scene.sender.silent = True
        try:
            async with asyncio.timeout(RECOVERED_S_MAX):
                await self.scene.sender.flush()
                await self.caught_up()
                await self.stop_workers()
        except TimeoutError:
            self.scene.violations.add(Invariant.LAG, "the hub did not come to rest")

    async def caught_up(self) -> None:
        """Wait until everything that is in the log now is decided."""
        ends = await self._ends()
        while True:
            try:
                claims = await self.audit.claims()
                if all(partition in claims and claims[partition].next_offset >= end for partition, end in ends.items()):
                    return
            except TryAgain:
                pass
            await asyncio.sleep(LOOK_EVERY_S)

    async def decided(self) -> list[Seen]:
        """Return the records of the present log that are decided."""
        claims = await self.audit.claims()
        records = await present_log(self.settings, self.logs)
        decided = {partition: claim.next_offset for partition, claim in claims.items()}
        return [record for record in records if record.offset < decided.get(record.partition, 0)]

    async def next_log(self, ended: list[Seen], *, partitions: int) -> None:
        """Take note that the present log has ended, and that the next one begins where the claims are now."""
        self.logs.ended.append((self.logs.number, self.settings.partitions, ended))
        claims = await self.audit.claims()
        self.logs.number = max(claim.log for claim in claims.values())
        self.logs.starts = {partition: claim.next_offset for partition, claim in claims.items()}
        self.scene.resize(partitions)
        self.log.resize(partitions)
        self.scene.sender.look_at_topic_again()

    async def _ends(self) -> dict[int, int]:
        while True:
            try:
                return await self.log.ends()
            except NO_ANSWER:
                await asyncio.sleep(LOOK_EVERY_S)
