"""What faults and episodes share: workers started and stopped, traffic let in, and rest waited for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from contextlib import suppress

from lotstream.errors import TryAgain
from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.judge import Logs, present_log
from lotstream.testing.faults.log_ends import NO_ANSWER, LogEnds
from lotstream.testing.faults.reader import Message, Reader
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
    reader: Reader
    workers: int
    #: Up to where the reader was found to have the messages of the present log, by partition.
    _read_up_to: dict[int, int] = dataclasses.field(default_factory=dict)

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
        """Wait until everything is decided and published, and end the workers in order."""
        self.scene.sender.silent = True
        try:
            async with asyncio.timeout(RECOVERED_S_MAX):
                await self.scene.sender.flush()
                ends = await self.ends()
                await self.until_decided(ends)
                await self.until_published(ends)
                await self.stop_workers()
        except TimeoutError:
            self.scene.violations.add(Invariant.LAG, "the hub did not come to rest")

    async def roll_call(self) -> dict[int, int]:
        """Have every owner place an order, and return where the log ends with them."""
        self.scene.sender.say(self.scene.shop.roll_call())
        await self.scene.sender.flush()
        return await self.ends()

    async def until_decided(self, ends: Mapping[int, int]) -> None:
        """Wait until everything below these offsets is decided."""
        while True:
            with suppress(TryAgain):
                claims = await self.audit.claims()
                if all(partition in claims and claims[partition].next_offset >= end for partition, end in ends.items()):
                    return
            await asyncio.sleep(LOOK_EVERY_S)

    async def until_published(self, ends: Mapping[int, int]) -> None:
        """Wait until the reader has seen every message of what is below these offsets and decided."""
        await self.reader.until_seen(await self._messages(ends))
        self._read_up_to = dict(ends)

    async def _messages(self, ends: Mapping[int, int]) -> list[Message]:
        """Return the messages below these offsets that the reader was not found to have."""
        stretches = {partition: (self._read_up_to.get(partition, 0), end) for partition, end in ends.items()}
        while True:
            with suppress(TryAgain):
                return await self.audit.messages_of(self.logs.number, stretches)
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
        self._read_up_to = {}
        self.scene.sender.look_at_topic_again()

    async def ends(self) -> dict[int, int]:
        """Return where the present log ends, as soon as Kafka says so."""
        while True:
            try:
                return await self.log.ends()
            except NO_ANSWER:
                await asyncio.sleep(LOOK_EVERY_S)
