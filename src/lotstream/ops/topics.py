"""Topics as they should be, as they are, and the way from here to there; nothing is ever deleted or made smaller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from lotstream.errors import KafkaUnreachable, TopicsDiffer

BROKERS_KNOWN_MS: Final = 5_000
"""How old the list of brokers may be that a lasting client of Kafka has, in milliseconds.

While all brokers come up again a client may learn of the first alone. Should just that one end, it asks nobody else and
stays cut off until it is back; aiokafka would keep such a list for five minutes (seen in a fault run).
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: how many partitions and replicas, and the settings that matter to us."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about a topic that is not as it should be."""

    topic: str
    #: ``partitions``, ``replication``, or the name of a setting; None when the whole topic is missing.
    what: str | None
    wanted: str
    found: str | None

    def __str__(self) -> str:
        """Say it as a sentence without its full stop."""
        if self.what is None:
            return f"topic {self.topic} is missing"
        return f"topic {self.topic} has {self.what} {self.found}, needed is {self.wanted}"


def differences(wanted: Sequence[Topic], found: Mapping[str, Topic]) -> Iterator[Difference]:
    """Yield what is not as wanted, topic by topic; settings that are not named in ``wanted`` are free."""
    for topic in wanted:
        there = found.get(topic.name)
        if there is None:
            yield Difference(topic.name, None, f"{topic.partitions} partitions", None)
            continue
        if there.partitions != topic.partitions:
            yield Difference(topic.name, "partitions", str(topic.partitions), str(there.partitions))
        if there.replication < topic.replication:
            yield Difference(topic.name, "replication", str(topic.replication), str(there.replication))
        for name, value in topic.config.items():
            if there.config.get(name) != value:
                yield Difference(topic.name, name, value, there.config.get(name))


class Topics:
    """The topics of one Kafka cluster."""

    def __init__(self, admin: AIOKafkaAdminClient, *, bootstrap: str, timeout_s: float) -> None:
        self._admin = admin
        self._bootstrap = bootstrap
        self._timeout_s = timeout_s

    async def brokers(self) -> int:
        """Return how many brokers the cluster has."""
        async with self._call():
            cluster = await self._admin.describe_cluster()
            return len(cluster["brokers"])

    async def read(self, names: Sequence[str]) -> dict[str, Topic]:
        """Return those of the named topics that exist."""
        async with self._call():
            there = set(await self._admin.list_topics()) & set(names)
            described = await self._admin.describe_topics(sorted(there)) if there else []
            configs = await self._configs(sorted(there))
        return {topic["topic"]: _read(topic, configs.get(topic["topic"], {})) for topic in described}

    async def create(self, missing: Sequence[Topic]) -> None:
        """Make topics and wait until each partition has a leader that answers.

        One that somebody else makes at the same moment is left as it is. Raises `TopicsDiffer`.
        """
        new = [
            NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.config))
            for topic in missing
        ]
        async with self._call():
            answer = await self._admin.create_topics(new, timeout_ms=round(self._timeout_s * 1000))
        for name, code, *message in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise TopicsDiffer(
                    f"Kafka does not create the topic {name}: {(message or [None])[0] or error.__doc__}",
                    what_to_do="Check LOTSTREAM_REPLICATION against the number of brokers, and the rights of the user.",
                )

        await self._led([TopicPartition(topic.name, p) for topic in missing for p in range(topic.partitions)])

    async def widen(self, name: str, partitions: int) -> None:
        """Give a topic more partitions and wait until each has a leader that answers; never fewer."""
        async with self._call():
            await self._admin.create_partitions(
                {name: NewPartitions(total_count=partitions)}, timeout_ms=round(self._timeout_s * 1000)
            )
        await self._led([TopicPartition(name, partition) for partition in range(partitions)])

    async def _led(self, partitions: list[TopicPartition]) -> None:
        """Wait until leaders answer: a broker names itself leader seconds before it takes the first record."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap)
        async with self._call():
            await consumer.start()
            try:
                await consumer.end_offsets(partitions)
            finally:
                await consumer.stop()

    async def _configs(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        answers = await self._admin.describe_configs(asked)
        return {
            resource[3]: {entry[0]: entry[1] for entry in resource[4]}
            for answer in answers
            for resource in answer.resources
        }

    @asynccontextmanager
    async def _call(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout_s):
                yield
        except (KafkaError, TimeoutError, OSError) as error:
            raise KafkaUnreachable(f"Kafka does not answer: {error or type(error).__name__}.") from error


@asynccontextmanager
async def open_topics(bootstrap: str, *, timeout_s: float = 20.0) -> AsyncIterator[Topics]:
    """Connect to a cluster for the time of the block; raises `KafkaUnreachable` when it does not answer in time."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=round(timeout_s * 1000))
    try:
        try:
            async with asyncio.timeout(timeout_s):
                await admin.start()
        except (KafkaError, TimeoutError, OSError, ValueError) as error:
            raise KafkaUnreachable(f"Kafka does not answer at {bootstrap}: {type(error).__name__}.") from error
        yield Topics(admin, bootstrap=bootstrap, timeout_s=timeout_s)
    finally:
        await admin.close()


def _read(described: Mapping[str, Any], config: Mapping[str, str]) -> Topic:
    partitions = described["partitions"]
    return Topic(
        name=described["topic"],
        partitions=len(partitions),
        replication=min((len(partition["replicas"]) for partition in partitions), default=0),
        config=config,
    )
