"""What the hub must refuse to go on after: it stops, an operator follows the runbook, and it goes on as if nothing was.

Each episode begins and ends at rest. That the workers stop, and with the right exit code, is half of what is checked;
that everything still agrees after the operator's part is the other half.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from lotstream.contracts.topics import INBOUND
from lotstream.errors import ExitCode
from lotstream.testing.faults.catalogue import DAY_S
from lotstream.testing.faults.judge import present_log
from lotstream.testing.faults.operator import Ran, operate
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.stage import Stage

#: Longest until all workers have refused, in seconds.
REFUSED_S = 60.0
TRAFFIC_S = 4.0
#: How far ahead the clock of a broker goes.
AHEAD_S = 2 * 365 * DAY_S
#: How long workers are watched not deciding what came from the future, in seconds.
WATCHED_S = 8.0
#: Above any clock that is ahead, for the one run that takes such records in.
SKEW_TAKEN = {"LOTSTREAM_CLOCK_SKEW_MAX_S": "1e9"}
EARLIER, LATEST = "earlier", "latest"
SET_ON_TOPIC = 1


class Failed(Exception):
    """The hub did not refuse, or the operator's part did not work."""


@dataclass(frozen=True)
class Episode:
    """One thing that only an operator can put right."""

    name: str
    #: Rough length with the comparison before and after it, in seconds.
    takes_s: float
    #: Do it, and return how the hub refused and what the operator did.
    act: Callable[[Stage], Awaitable[tuple[str, str]]]
    #: Return why it cannot be done on this machine, or None.
    cannot: Callable[[Scene], str | None] = lambda _: None
    #: Each begins another log, or leaves its records behind.
    once: bool = True


async def clock_of_a_broker(stage: Stage) -> tuple[str, str]:
    """A broker stamps records years ahead: nothing is decided by its time before a person has looked."""
    clock = stage.scene.servers.broker_clock
    if clock is None:
        raise Failed("there is no clock to put wrong")
    stage.start_workers()
    clock.shift(AHEAD_S)
    await stage.traffic(TRAFFIC_S)
    clock.shift(0)
    ahead = await _first_ahead(stage)
    if not ahead:
        raise Failed("no record was stamped ahead")
    async with asyncio.timeout(REFUSED_S):
        await stage.scene.crew.wait_exit(ExitCode.STOPPED)
    await asyncio.sleep(WATCHED_S)
    for partition, claim in (await stage.audit.claims()).items():
        if claim.next_offset > ahead.get(partition, claim.next_offset):
            raise Failed(f"partition {partition} was decided up to {claim.next_offset} by a time that is ahead")
    await stage.stop_workers()
    stage.start_workers(SKEW_TAKEN)
    await stage.rest()
    return (
        f"exit {ExitCode.STOPPED:d}, nothing from {len(ahead)} partitions decided",
        "clock put right; workers run once with LOTSTREAM_CLOCK_SKEW_MAX_S raised",
    )


async def _first_ahead(stage: Stage) -> dict[int, int]:
    """Return the offset of the first record per partition whose time is ahead."""
    records = await present_log(stage.settings, stage.logs)
    newest = min(record.timestamp_ms for record in records) + DAY_S * 1000
    first: dict[int, int] = {}
    for record in records:
        if record.timestamp_ms > newest:
            first.setdefault(record.partition, record.offset)
    return first


async def postgres_restored(stage: Stage) -> tuple[str, str]:
    """PostgreSQL is put back to an earlier point: what readers were told since must not be decided anew."""
    servers = stage.scene.servers
    await servers.copy_postgres(EARLIER)
    stage.start_workers()
    await stage.traffic(TRAFFIC_S)
    await stage.rest()
    await servers.copy_postgres(LATEST)
    await servers.put_postgres_back(EARLIER)
    refusal = await _refused(stage)
    looked = await operate(stage.settings, "db", "restored")
    if looked.unknown:
        await servers.put_postgres_back(LATEST)
        return refusal, "the newest data put back (no `db restored` in this version)"
    _must(await operate(stage.settings, "db", "restored", "--replay"))
    return refusal, "`lotstream db restored --replay`"


async def partitions_by_hand(stage: Stage) -> tuple[str, str]:
    """Somebody gives the inbound topic more partitions with Kafka's own tools."""
    wanted = stage.settings.partitions * 2
    async with _admin(stage) as admin:
        await admin.create_partitions({INBOUND.name: NewPartitions(wanted)})
    # From here on half of the owners' records go to partitions that no worker reads.
    stage.scene.sender.look_at_topic_again()
    await stage.traffic(TRAFFIC_S)
    refusal = await _refused(stage)
    ended = await stage.decided()
    resized = await operate(stage.settings, "topics", "resize", str(wanted))
    if resized.unknown:
        raise Failed("this version has no `topics resize`, and Kafka does not take partitions away")
    _must(resized)
    await stage.next_log(ended, partitions=wanted)
    return refusal, f"`lotstream topics resize {wanted}`"


async def topic_anew(stage: Stage) -> tuple[str, str]:
    """The inbound topic is deleted and made anew."""
    ended = await stage.decided()
    async with _admin(stage) as admin:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, INBOUND.name)])
        configs = {entry[0]: entry[1] for entry in answer.resources[0][4] if entry[3] == SET_ON_TOPIC}
        await admin.delete_topics([INBOUND.name])
        await _gone(admin)
        await admin.create_topics(
            [NewTopic(INBOUND.name, stage.settings.partitions, stage.settings.replication, topic_configs=configs)]
        )
    refusal = await _refused(stage)
    adopted = await operate(stage.settings, "topics", "adopt", "--yes")
    if adopted.unknown:
        raise Failed("this version has no `topics adopt`")
    _must(adopted)
    await stage.next_log(ended, partitions=stage.settings.partitions)
    return refusal, "`lotstream topics adopt`"


async def _gone(admin: AIOKafkaAdminClient) -> None:
    while INBOUND.name in await admin.list_topics():  # noqa: ASYNC110 - Kafka tells nobody when it is done
        await asyncio.sleep(1)


async def _refused(stage: Stage) -> str:
    """Start workers, and return how they refused; raises `Failed` when one of them did not."""
    stage.start_workers()
    try:
        async with asyncio.timeout(REFUSED_S):
            codes = await stage.scene.crew.wait_refused()
    except TimeoutError:
        raise Failed("workers ran on") from None
    finally:
        await stage.stop_workers()
    if codes != {ExitCode.SETUP}:
        raise Failed(f"workers ended with {sorted(codes)} instead of {ExitCode.SETUP:d}")
    return f"exit {ExitCode.SETUP:d}"


def _must(ran: Ran) -> None:
    if ran.code != ExitCode.OK:
        raise Failed(f"the operator's command ended with {ran.code}: {ran.output.strip()}")


@asynccontextmanager
async def _admin(stage: Stage) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give Kafka's own tools for the time of the block."""
    client = AIOKafkaAdminClient(bootstrap_servers=stage.settings.kafka_bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


def _no_clock(scene: Scene) -> str | None:
    return None if scene.servers.broker_clock else "no clock can be put wrong (it takes Linux and a C compiler)"


EPISODES: tuple[Episode, ...] = (
    Episode("append time years ahead", 40, clock_of_a_broker, _no_clock),
    Episode("PostgreSQL restored to an earlier point", 40, postgres_restored),
    Episode("partition count changed by hand", 40, partitions_by_hand),
    Episode("inbound topic deleted and made anew", 40, topic_anew),
)
"""What is drawn from beside the faults, once in a run."""
