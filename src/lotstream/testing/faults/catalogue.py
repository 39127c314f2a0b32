"""Everything a fault run breaks and the hub must come back from by itself."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from lotstream.contracts.topics import PICK_TASKS
from lotstream.errors import ExitCode
from lotstream.testing.faults.crashes import POINTS, crash_at, crash_in_revocation
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.operator import operate
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.shop import today_at_site
from lotstream.testing.load import SITE

FROZEN_S = 20.0
SLOW_S = 8.0
#: How long each piece of a slow database's traffic waits, in seconds.
DELAY_S = 0.05
SILENT_S = 1.0
DISK_FULL_S = 6.0
BROKER_GONE_S = 4.0
#: Beyond the session timeout of 10 s, so that the group goes on without the worker.
STOPPED_S = 13.0
COMING_AND_GOING_S = 2.0
COMINGS = 4
TOPIC_LIMIT_S = 4.0
LIFTED_S = 30.0
#: Bytes that no batch with a pick task fits into. Kafka's own transaction markers have to: a broker that refuses one
#: never tries again, and its transactional id hangs until the coordinator is started anew (Kafka 4.3.1).
TOPIC_BYTES = 256
POISON = 10
DAY_S = 86_400
CLOCK_WRONG_S = 3.0
THIRD = "faults-third"
#: How long every partition and owner may take to go through a turn of the day, in seconds.
TURNED_S = 60


class NotDone(Exception):
    """Something could not be broken; the sentence says why."""


@dataclass(frozen=True)
class Fault:
    """One way to break something."""

    name: str
    #: Rough length with recovery, in seconds: what is left of a run must be longer.
    takes_s: float
    #: Do it, and return what it came to where that is not what it is called; raises when nothing came of it.
    act: Callable[[Scene], Awaitable[str | None]]
    #: What is put right only after the hub has come back without it.
    mend: Callable[[Scene], Awaitable[None]] | None = None
    #: Return why it cannot be done on this machine, or None.
    cannot: Callable[[Scene], str | None] = lambda _: None
    #: It can be done once in a run.
    once: bool = False


async def kill_worker(scene: Scene) -> None:
    """A worker ends as by a power cut."""
    scene.well_from_now()
    await scene.crew.kill(scene.some_worker())


async def terminate_worker(scene: Scene) -> None:
    """A worker is asked to end, and started again."""
    scene.well_from_now()
    await scene.crew.send(scene.some_worker(), signal.SIGTERM)


async def stop_worker(scene: Scene) -> None:
    """A worker does nothing for longer than its session lasts, and then goes on as if nothing had been."""
    worker = scene.some_worker()
    async with asyncio.timeout(STOPPED_S):
        await scene.crew.wait_claimed(worker)
    await scene.crew.signal(worker, signal.SIGSTOP)
    await asyncio.sleep(STOPPED_S)
    await scene.crew.signal(worker, signal.SIGCONT)
    scene.well_from_now()


async def kill_postgres(scene: Scene) -> None:
    """PostgreSQL ends as by a power cut and is started again."""
    await scene.servers.kill_postgres()
    await scene.servers.start_postgres()
    scene.well_from_now()


async def freeze_postgres(scene: Scene) -> None:
    """PostgreSQL answers nothing for twenty seconds."""
    scene.servers.freeze_postgres()
    try:
        await asyncio.sleep(FROZEN_S)
    finally:
        scene.servers.thaw_postgres()
    scene.well_from_now()


async def slow_postgres(scene: Scene) -> None:
    """Everything to and from PostgreSQL arrives late."""
    scene.proxy.delay_s = DELAY_S
    await asyncio.sleep(SLOW_S)
    scene.proxy.delay_s = 0.0
    scene.well_from_now()


async def lose_answers(scene: Scene) -> None:
    """PostgreSQL does what it is asked, and nobody hears of it: committed, but the answer never came."""
    scene.proxy.answers_lost = True
    await asyncio.sleep(SILENT_S)
    scene.proxy.cut()
    scene.proxy.answers_lost = False
    scene.well_from_now()


async def fill_disk(scene: Scene) -> None:
    """PostgreSQL has no room for its log of changes."""
    try:
        scene.servers.fill_disk()
        await asyncio.sleep(DISK_FULL_S)
    finally:
        scene.servers.empty_disk()
    # It may have ended over it, as a supervised server would.
    await scene.servers.start_postgres()
    scene.well_from_now()


async def kill_broker(scene: Scene) -> None:
    """One broker of three ends as by a power cut; the hub has to come back without it."""
    broker = scene.draw.choice(scene.servers.brokers)
    scene.gone.append(broker)
    await scene.servers.kill_brokers([broker])
    scene.well_from_now()


async def bring_broker_back(scene: Scene) -> None:
    """The broker that was killed comes back."""
    await asyncio.sleep(BROKER_GONE_S)
    await scene.servers.start_brokers(scene.gone)
    scene.gone.clear()


async def restart_brokers(scene: Scene) -> None:
    """All brokers end as by a power cut at the same time."""
    await scene.servers.kill_brokers(scene.servers.brokers)
    await scene.servers.start_brokers(scene.servers.brokers)
    scene.well_from_now()


async def come_and_go(scene: Scene) -> None:
    """A third worker joins and leaves again and again."""
    claimed = 0
    for _ in range(COMINGS):
        claimed += await scene.crew.join_and_claim(THIRD)
        await asyncio.sleep(COMING_AND_GOING_S)
        await scene.crew.leave(THIRD)
    scene.well_from_now()
    if not claimed:
        raise NotDone("it never came to have partitions")


async def same_instance(scene: Scene) -> None:
    """A second process is started under the instance id of a worker: it has to go, and nothing else changes."""
    code = await scene.crew.second(scene.some_worker())
    scene.well_from_now()
    if code != ExitCode.INSTANCE_TAKEN:
        scene.violations.add(Invariant.STAYS_UP, f"a second process of one id ended with {code}")


async def jump_clock(scene: Scene) -> None:
    """The wall clock of one worker jumps a day ahead, then a day back, then is right again."""
    clock = scene.servers.worker_clock
    if clock is None:
        raise NotDone("there is no clock to put wrong")
    worker = scene.some_worker()
    await scene.crew.kill(worker, next_start=clock.environment)
    await asyncio.sleep(CLOCK_WRONG_S)
    for shift in (DAY_S, -DAY_S, 0):
        clock.shift(shift)
        await asyncio.sleep(CLOCK_WRONG_S)
    scene.well_from_now()
    await scene.crew.kill(worker)


async def poison(scene: Scene) -> None:
    """Many records in a row that nobody can read, and an order whose messages are too large for any topic."""
    for _ in range(POISON):
        scene.sender.say(scene.shop.poison())
    scene.sender.say(scene.shop.too_large())
    await scene.sender.flush()
    scene.well_from_now()


async def turn_day(scene: Scene) -> None:
    """Somebody opens the next day hours before it begins: goods whose last day it is are taken from their orders."""
    tomorrow = (today_at_site() + timedelta(days=1)).isoformat()
    scene.days_told.add(tomorrow)
    scene.well_from_now()
    opened = await operate(scene.settings, "day", "open", SITE, tomorrow, "--wait", str(TURNED_S))
    if opened.code != ExitCode.OK:
        raise NotDone(f"`lotstream day open` ended with {opened.code}: {opened.output.strip()}")


async def limit_topic(scene: Scene) -> None:
    """The broker refuses every outgoing message as too large, because somebody lowered the topic's limit."""
    try:
        await _limit(scene, str(TOPIC_BYTES))
        await asyncio.sleep(TOPIC_LIMIT_S)
    finally:
        await _lift_limit(scene)
    scene.well_from_now()


async def _lift_limit(scene: Scene) -> None:
    """Put the limit right, however often it takes: nobody else would."""
    async with asyncio.timeout(LIFTED_S):
        while True:
            try:
                return await _limit(scene, str(scene.settings.outgoing_bytes_max))
            except (KafkaError, NotDone):
                await asyncio.sleep(1)


async def _limit(scene: Scene, bytes_max: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.settings.kafka_bootstrap)
    await admin.start()
    try:
        # What is not named falls back to the broker's default, so everything is named.
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, PICK_TASKS.name)])
        kept = {entry[0]: entry[1] for entry in answer.resources[0][4] if entry[3] == _SET_ON_TOPIC}
        configs = {**kept, "max.message.bytes": bytes_max}
        (answer,) = await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, PICK_TASKS.name, configs=configs)]
        )
        # What the broker refuses stands in its answer alone.
        for code, message, *_ in answer.resources:
            if code:
                raise NotDone(f"the broker refused the limit: {code} {message}")
    finally:
        await admin.close()


#: Kafka's number for a setting that was made on the topic itself.
_SET_ON_TOPIC = 1


def _no_clock(scene: Scene) -> str | None:
    return None if scene.servers.worker_clock else "no clock can be put wrong (it takes Linux and a C compiler)"


def _no_small_disk(scene: Scene) -> str | None:
    return None if scene.servers.disk_can_be_filled else "no small file system could be mounted (it takes root)"


CATALOGUE: tuple[Fault, ...] = (
    Fault("worker kill -9", 8, kill_worker),
    *(Fault(f"worker kill -9 {point.value.replace('_', ' ')}", 15, partial(crash_at, point=point)) for point in POINTS),
    Fault("worker kill -9 in revocation", 15, crash_in_revocation),
    Fault("worker SIGTERM", 8, terminate_worker),
    Fault("worker stopped beyond its session", 25, stop_worker),
    Fault("PostgreSQL kill -9", 12, kill_postgres),
    Fault("PostgreSQL frozen 20 s", 40, freeze_postgres),
    Fault("PostgreSQL slow", 18, slow_postgres),
    Fault("PostgreSQL's answers lost", 12, lose_answers),
    Fault("PostgreSQL's disk full", 20, fill_disk, cannot=_no_small_disk),
    Fault("one broker killed", 25, kill_broker, bring_broker_back),
    Fault("all brokers restarted", 30, restart_brokers),
    Fault("a third worker comes and goes", 45, come_and_go),
    Fault("two processes with one id", 16, same_instance),
    Fault("clock of a worker jumps a day", 25, jump_clock, cannot=_no_clock),
    Fault("poison and a message too large", 6, poison),
    Fault("outgoing message above the broker's limit", 15, limit_topic),
    Fault("a day turns", 15, turn_day, once=True),
)
"""What is drawn from; the hub must come back from each by itself."""
