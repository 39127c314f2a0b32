"""What goes wrong, and when: drawn from the seed, done to processes and servers while they work."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from lotstream.testing.simulation.network import Server, Weather
from lotstream.testing.simulation.worker import Worker

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

PAUSE_S: Final = (0.1, 3.0)
"""Shortest and longest time between two faults, in seconds."""

STOPPED_S: Final = (8.0, 25.0)
"""How long a process is stopped so that the group gives it up, in seconds; sessions last 10."""

AMBUSHES: Final = (
    *(
        "claims",
        "claims",
        "claims",
        "claims",
        "take_claim",
        "release_claim",
        "commit",
        "seen",
        "ledgers",
        "sites",
        "outbox",
        "prove",
        "join",
    ),
    *("initialise", "positions", "look", "send", "note", "end transaction", "append"),
)
"""Calls after which a process may be frozen or killed, before it hears of their success.

Claims as they were read are what two processes fall out over, so that reading them counts fourfold.
"""

STEPS_MAX: Final = (5, 40, 150)
"""A crash comes after at most so many further steps of its process, one of these."""


class Faults:
    """Throws faults at a world until told to stop."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = Random(world.random.random())
        # Each seed has a taste of its own, so that some faults come in swarms and others not at all.
        self._weights = [self._random.choice([0, 0, 1, 1, 3, 8]) for _ in self._kinds()]
        if not any(self._weights):
            self._weights[0] = 1
        self._under_way: list[asyncio.Task[None]] = []
        #: The call after which whoever made it is frozen or killed.
        self._ambush: tuple[str, str] | None = None

    def heard(self, who: str, what: str) -> None:
        """Hear of a call that was done, whose answer is on its way."""
        if self._ambush is None or not what.startswith(self._ambush[0]):
            return
        worker = next((worker for worker in self._world.workers() if worker.process.name == who), None)
        if worker is None:
            return
        (_, act), self._ambush = self._ambush, None
        if act == "kill":
            worker.crash()
        else:
            worker.process.freeze()
            self._for_a_time(self._random.uniform(*STOPPED_S), "freeze", worker)

    def _kinds(self) -> list[str]:
        return [
            *(
                "crash",
                "terminate",
                "freeze",
                "freeze_long",
                "mute",
                "zombie",
                "join",
                "twin",
                "ambush_kill",
                "ambush_freeze",
            ),
            *("database_fails", "database_loses_answers", "database_slow", "database_down"),
            *("kafka_fails", "kafka_loses_answers", "kafka_slow", "kafka_down"),
        ]

    async def run(self, *, seconds: float) -> None:
        """Throw faults for a time."""
        end = self._world.loop.time() + seconds
        while self._world.loop.time() < end:
            await asyncio.sleep(self._random.uniform(*PAUSE_S))
            kind = self._random.choices(self._kinds(), self._weights)[0]
            self._world.note("fault", kind, "")
            getattr(self, f"_{kind}")()

    def stop(self) -> None:
        """End every fault that lasts."""
        self._ambush = None
        for task in self._under_way:
            task.cancel()
        for server in self._world.servers():
            server.weather = Weather()
        for worker in self._world.workers():
            worker.process.thaw()
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

    def _crash(self) -> None:
        if (worker := self._one()) is not None:
            most = self._random.choice(STEPS_MAX)
            worker.process.crash_at = worker.process.steps + self._random.randint(1, most)

    def _terminate(self) -> None:
        if (worker := self._one()) is not None:
            worker.stop()

    def _freeze(self) -> None:
        if (worker := self._one()) is not None:
            worker.process.freeze()
            self._for_a_time(self._random.uniform(0.05, 4.0), "freeze", worker)

    def _freeze_long(self) -> None:
        if (worker := self._one()) is not None:
            worker.process.freeze()
            self._for_a_time(self._random.uniform(*STOPPED_S), "freeze", worker)

    def _ambush_kill(self) -> None:
        self._ambush = self._random.choice(AMBUSHES), "kill"

    def _ambush_freeze(self) -> None:
        self._ambush = self._random.choice(AMBUSHES), "freeze"

    def _mute(self) -> None:
        if (worker := self._one()) is not None:
            worker.shell.mute = True
            self._for_a_time(self._random.uniform(5.0, 25.0), "mute", worker)

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

    def _kafka_slow(self) -> None:
        self._weather(self._world.kafka, Weather(slower=self._random.choice([10, 60, 600])), most_s=10.0)

    def _kafka_down(self) -> None:
        self._weather(self._world.kafka, Weather(down=True), most_s=8.0)
        self._weather(self._world.coordinator, Weather(down=True), most_s=8.0)
