"""What goes wrong, and when: drawn from the seed, done to processes and servers while they work."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from lotstream.testing.simulation.awaits import places
from lotstream.testing.simulation.late import Late
from lotstream.testing.simulation.network import Server, Weather
from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.worker import Worker

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

PAUSE_S: Final = (0.1, 3.0)
"""Shortest and longest time between two faults, in seconds."""

STOPPED_S: Final = (8.0, 25.0)
"""How long a process is stopped so that the group gives it up, in seconds; sessions last 10."""

AMBUSHES: Final = (
    *("claims", "claims", "claims", "claims", "take_claim", "release_claim", "commit", "seen", "ledgers", "sites"),
    *("outbox", "prove", "join", "initialise", "positions", "look", "send", "note", "end transaction", "append"),
)
"""Calls after which a process may be frozen or killed, or their answer lost, before it hears of their success.

Claims as they were read are what two processes fall out over, so that reading them counts fourfold.
"""

LOST: Final = ("commit", "end transaction", "commit", "end transaction", "take_claim", "release_claim", "send")
"""Calls whose answer may be lost alone; what they did is done."""

KINDS: Final = (
    *("crash", "crash_at_await", "terminate", "freeze", "freeze_long", "mute", "zombie", "zombie", "join", "twin"),
    *("ambush_kill", "ambush_freeze", "ambush_freeze", "ambush_lose", "ambush_one_ahead"),
    *("late", "late"),
    *("database_fails", "database_loses_answers", "database_slow", "database_down"),
    *("kafka_fails", "kafka_loses_answers", "kafka_slow", "kafka_down", "kafka_forgets"),
)
"""What is thrown at a world, beside restoring its database."""

AIMED_AT_ONCE: Final = 12
"""Awaits at which processes are to be killed from the beginning, in half of the seeds."""

TIMES: Final = (1, 1, 2, 5, 30)
"""A process is killed when an await is stood at for so many more times, one of these."""

STEPS_MAX: Final = (5, 40, 150)
"""A crash comes after at most so many further steps of its process, one of these."""


class Faults:
    """Throws faults at a world until told to stop."""

    def __init__(self, world: World, script: Script) -> None:
        self._world = world
        self._calm = script.calm
        self._random = Random(world.random.random())
        # Each seed has a taste of its own, so that some faults come in swarms and others not at all.
        self._weights = [self._random.choice([0, 0, 1, 1, 3, 8]) for _ in KINDS]
        if script.only:
            self._weights = [int(kind in script.only) for kind in KINDS]
        if not any(self._weights):
            self._weights[0] = 1
        self._under_way: list[asyncio.Task[None]] = []
        #: What befalls whoever makes a certain call; any call while the batch before is being written, when it is None.
        self._ambush: tuple[str | None, str] | None = None
        self.late = Late(world.loop, Random(self._random.random()), only=script.late)
        if not (script.calm or script.only) and self._random.random() < 0.5:
            self._aim(AIMED_AT_ONCE)

    def heard(self, who: str, what: str) -> bool:
        """Hear of a call that was done, whose answer is on its way; tells whether that is lost."""
        self.late.heard(who, what)
        worker = self._in_ambush(who, what) if self._ambush is not None else None
        if worker is None or self._ambush is None:
            return False
        act, self._ambush = self._ambush[1], None
        if act == "kill":
            worker.crash()
        elif act == "freeze":
            self._freeze_for(worker, self._random.uniform(*STOPPED_S))
        return act == "lose"

    def _in_ambush(self, who: str, what: str) -> Worker | None:
        """Return the worker for whose call the ambush was laid; None when it was laid for another."""
        call = self._ambush[0] if self._ambush is not None else None
        if call is not None and not what.startswith(call):
            return None
        worker = self._called(who)
        if worker is None or (call is None and not self._world.fates.is_one_ahead(worker.process)):
            return None
        return worker

    async def run(self, *, seconds: float) -> None:
        """Throw faults for a time."""
        end = self._world.loop.time() + seconds
        if self._calm:
            await asyncio.sleep(seconds)
        while self._world.loop.time() < end:
            await asyncio.sleep(self._random.uniform(*PAUSE_S))
            kind = self._random.choices(KINDS, self._weights)[0]
            self._world.note("fault", kind, "")
            getattr(self, f"_{kind}")()

    def stop(self) -> None:
        """End every fault that lasts."""
        self._ambush = None
        self.late.stop()
        self._world.fates.awaits.aim_no_more()
        for task in self._under_way:
            task.cancel()
        for server in self._world.servers():
            server.weather = Weather()
        for worker in self._world.workers():
            worker.process.thaw()
            if not self._calm:
                worker.process.crash_at = None
            worker.shell.mute = False

    def _for_a_time(self, seconds: float, what: str, worker: Worker) -> None:
        async def last() -> None:
            await asyncio.sleep(seconds)
            if what == "freeze":
                worker.process.thaw()
            else:
                worker.shell.mute = False

        self._under_way.append(asyncio.create_task(last()))

    def _one(self) -> Worker | None:
        workers = self._world.workers()
        return self._random.choice(workers) if workers else None

    def _called(self, who: str) -> Worker | None:
        return next((worker for worker in self._world.workers() if worker.process.name == who), None)

    def _crash(self) -> None:
        if (worker := self._one()) is not None:
            most = self._random.choice(STEPS_MAX)
            worker.process.crash_at = worker.process.steps + self._random.randint(1, most)

    def _crash_at_await(self) -> None:
        self._aim(3)

    def _aim(self, count: int) -> None:
        """Have processes killed where the hub waits, wherever that may be: rare places as often as frequent ones."""
        for place in self._random.choices(places(), k=count):
            self._world.fates.awaits.aim(place, times=self._random.choice(TIMES))

    def _terminate(self) -> None:
        if (worker := self._one()) is not None:
            worker.stop()

    def _freeze(self) -> None:
        if (worker := self._one()) is not None:
            self._freeze_for(worker, self._random.uniform(0.05, 4.0))

    def _freeze_long(self) -> None:
        if (worker := self._one()) is not None:
            self._freeze_for(worker, self._random.uniform(*STOPPED_S))

    def _freeze_for(self, worker: Worker, seconds: float) -> None:
        self._world.fates.befell(worker.process, "frozen")
        worker.process.freeze()
        self._for_a_time(seconds, "freeze", worker)

    def _ambush_kill(self) -> None:
        self._ambush = self._random.choice(AMBUSHES), "kill"

    def _ambush_freeze(self) -> None:
        self._ambush = self._random.choice(AMBUSHES), "freeze"

    def _ambush_lose(self) -> None:
        self._ambush = self._random.choice(LOST), "lose"

    def _ambush_one_ahead(self) -> None:
        self._ambush = None, self._random.choice(["kill", "freeze", "lose"])

    def _late(self) -> None:
        """Hold a call up until its caller is being replaced: it is stopped, or goes on and is not heard of."""

        def strike(who: str) -> None:
            worker = self._called(who)
            if worker is not None:
                self._world.fates.befell(worker.process, "held up")
                act = self._random.choice([self._freeze_for, self._mute_for])
                act(worker, self._random.uniform(*STOPPED_S))

        self.late.arm(strike)

    def _mute_for(self, worker: Worker, seconds: float) -> None:
        self._world.fates.befell(worker.process, "muted")
        worker.shell.mute = True
        self._for_a_time(seconds, "mute", worker)

    def _mute(self) -> None:
        if (worker := self._one()) is not None:
            self._mute_for(worker, self._random.uniform(5.0, 25.0))

    def _zombie(self) -> None:
        """Cut a worker off from the group while everything takes its time: it writes on while it is replaced."""
        self._mute()
        for server in (self._world.database, self._world.kafka):
            self._weather(server, Weather(slower=self._random.choice([5, 20])), most_s=STOPPED_S[1])

    def _join(self) -> None:
        self._world.add_instance(leaves_after_s=self._random.uniform(1.0, 20.0))

    def _twin(self) -> None:
        if (worker := self._one()) is not None:
            self._world.add_twin(worker)

    def _weather(self, server: Server, weather: Weather, *, most_s: float) -> None:
        async def pass_by() -> None:
            server.weather = weather
            await asyncio.sleep(self._random.uniform(0.2, most_s))
            if server.weather is weather:
                server.weather = Weather()

        self._under_way.append(asyncio.create_task(pass_by()))

    def _database_fails(self) -> None:
        self._weather(self._world.database, Weather(failing=self._random.choice([0.02, 0.2, 1.0])), most_s=4.0)

    def _database_loses_answers(self) -> None:
        self._weather(self._world.database, Weather(losing=self._random.choice([0.02, 0.2, 0.6])), most_s=4.0)

    def _database_slow(self) -> None:
        self._weather(self._world.database, Weather(slower=self._random.choice([10, 60, 600])), most_s=10.0)

    def _database_down(self) -> None:
        for worker in self._world.workers():
            worker.store.end_session()
        self._weather(self._world.database, Weather(down=True), most_s=8.0)

    def _kafka_fails(self) -> None:
        self._weather(self._world.kafka, Weather(failing=self._random.choice([0.02, 0.2, 1.0])), most_s=4.0)

    def _kafka_loses_answers(self) -> None:
        self._weather(self._world.kafka, Weather(losing=self._random.choice([0.02, 0.2, 0.6])), most_s=4.0)

    def _kafka_forgets(self) -> None:
        self._world.forget_positions()

    def _kafka_slow(self) -> None:
        self._weather(self._world.kafka, Weather(slower=self._random.choice([10, 60, 600])), most_s=10.0)

    def _kafka_down(self) -> None:
        self._weather(self._world.kafka, Weather(down=True), most_s=8.0)
        self._weather(self._world.coordinator, Weather(down=True), most_s=8.0)
