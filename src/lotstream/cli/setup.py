"""Making the database and the topics ready, for `db migrate`, `topics create`, `up` and whoever needs a fresh hub."""

from __future__ import annotations

from lotstream.contracts.topics import INBOUND, TOPICS
from lotstream.errors import SettingInvalid
from lotstream.ops.topics import Difference, Topic, differences, open_topics
from lotstream.settings import Settings
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore

DAY_MS = 24 * 60 * 60 * 1000


def wanted_topics(settings: Settings) -> list[Topic]:
    """Return the topics as these settings want them."""
    return [
        Topic(
            name=topic.name,
            partitions=settings.partitions if topic is INBOUND else settings.outgoing_partitions,
            replication=settings.replication,
            config={
                # Compaction would remove records that a worker still has to see.
                "cleanup.policy": "delete",
                # Time is an input: the broker's clock, not the sender's.
                "message.timestamp.type": "LogAppendTime",
                "max.message.bytes": str(getattr(settings, topic.bytes_max)),
                "retention.ms": str(getattr(settings, topic.retention) * DAY_MS),
                # A record is acknowledged when it survives the loss of a broker.
                "min.insync.replicas": str(max(1, settings.replication - 1)),
            },
        )
        for topic in TOPICS
    ]


async def prepare_database(settings: Settings, *, post: bool = True) -> list[str]:
    """Apply pending migrations and note the inbound log; returns the names of what was applied.

    Without ``post`` the migrations that wait for the end of the old code are left. Raises `SettingInvalid` when the
    database was set up for another number of partitions.
    """
    applied = await migrate(settings.postgres_url, post=post)
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        log = await store.begin_log(settings.partitions)
    if log.partitions != settings.partitions:
        raise SettingInvalid(
            f"LOTSTREAM_PARTITIONS is {settings.partitions}, but this database was set up with {log.partitions}.",
            what_to_do=f"Set LOTSTREAM_PARTITIONS={log.partitions}; only `lotstream topics resize` changes the number.",
        )
    return applied


async def prepare_topics(settings: Settings) -> tuple[list[str], list[Difference]]:
    """Make the topics that are missing; returns their names, and what differs in those that were there."""
    wanted = wanted_topics(settings)
    async with open_topics(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s) as topics:
        found = await topics.read([topic.name for topic in wanted])
        missing = [topic for topic in wanted if topic.name not in found]
        if missing:
            await topics.create(missing)
    there = [topic for topic in wanted if topic.name in found]
    return [topic.name for topic in missing], list(differences(there, found))
