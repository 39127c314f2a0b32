"""What the doctor looks at, dependency by dependency; each finding is one sentence and, if need be, a next step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lotstream.cli.check_retention import retention_problems
from lotstream.cli.setup import wanted_topics
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import murmur2
from lotstream.errors import DatabaseNewer, LotstreamError, NotMigrated, PackageMissing, SettingsDiffer
from lotstream.hub.agreed import Shared, compare, open_agreed
from lotstream.local.extra import java_program, postgres_programs, require_maven
from lotstream.ops.topics import Topic, Topics, differences, open_topics
from lotstream.settings import Settings
from lotstream.store.inspection import VERSION_LEAST, Server, inspect_server
from lotstream.store.migrate import is_post, read_status
from lotstream.store.postgres import PostgresStore

TIMEOUT_S = 5.0
"""Longest the doctor waits for one dependency."""

SERVERS = frozenset({"kafka_bootstrap", "postgres_url"})
"""Settings that say where the servers are; whoever sets both needs none of his own."""

#: Hashes by Kafka's own Java client, signed as there: what every producer has to agree upon.
MURMUR2_OF_KAFKA = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    #: What was looked at: kafka, topics, postgres …
    about: str
    #: None when all is well.
    what_to_do: str | None
    text: str

    @property
    def ok(self) -> bool:
        """Tell whether nothing has to be done."""
        return self.what_to_do is None


async def examine(settings: Settings) -> list[Finding]:
    """Look at every dependency; one that does not answer is a finding, never an exception."""
    findings = list(check_hashes())
    topics = await _examine_kafka(settings, findings)
    await _examine_postgres(settings, findings, topics)
    findings.append(check_local_extra(settings))
    return findings


async def _examine_kafka(settings: Settings, findings: list[Finding]) -> dict[str, Topic] | None:
    try:
        async with open_topics(settings.kafka_bootstrap, timeout_s=TIMEOUT_S) as topics:
            findings.append(await _brokers(settings, topics))
            found = await topics.read([topic.name for topic in wanted_topics(settings)])
    except LotstreamError as error:
        findings.append(Finding("kafka", error.what_to_do, str(error)))
        return None
    findings += check_topics(settings, found)
    findings += check_retention(settings, found)
    return found


def check_retention(settings: Settings, found: dict[str, Topic]) -> Iterator[Finding]:
    """Yield what is wrong with how long topics keep records, or that nothing is."""
    problems = list(retention_problems(settings, found))
    for text, what_to_do in problems:
        yield Finding("retention", what_to_do, text)
    if not problems:
        yield Finding("retention", None, f"The topics hold what a backup of up to {settings.backup_days} days lacks.")


async def _brokers(settings: Settings, topics: Topics) -> Finding:
    brokers = await topics.brokers()
    text = f"Kafka answers at {settings.kafka_bootstrap}, {brokers} broker{'s' if brokers != 1 else ''}."
    enough = brokers >= settings.replication
    return Finding(
        "kafka",
        None if enough else "Add brokers, or lower LOTSTREAM_REPLICATION.",
        text if enough else f"{text} LOTSTREAM_REPLICATION is {settings.replication}.",
    )


def check_topics(settings: Settings, found: dict[str, Topic]) -> Iterator[Finding]:
    """Yield what is wrong with the topics, or that nothing is."""
    wanted = wanted_topics(settings)
    different = list(differences(wanted, found))
    for difference in different:
        missing = difference.what is None
        yield Finding(
            "topics",
            "Run `lotstream topics create`." if missing else "Change the topic with Kafka's own tools, or the setting.",
            f"The {difference}.",
        )
    if not different:
        yield Finding(
            "topics", None, f"All {len(wanted)} topics are there, {settings.partitions} partitions for the inbound one."
        )


async def _examine_postgres(settings: Settings, findings: list[Finding], topics: dict[str, Topic] | None) -> None:
    try:
        server = await inspect_server(settings.postgres_url, timeout_s=TIMEOUT_S)
        findings += check_server(server)
        findings.append(check_clock(server.clock, datetime.now(UTC), settings.clock_skew_max_s))
        migrations = await read_status(settings.postgres_url)
        findings += check_migrations([one.name for one in migrations.pending], newer=migrations.newer)
        findings.append(await _check_log(settings, topics))
        if not migrations.pending:
            async with open_agreed(settings) as session:
                findings += check_agreed(compare(settings, await session.read()))
    except LotstreamError as error:
        findings.append(Finding("postgres", error.what_to_do, str(error)))


def check_server(server: Server) -> Iterator[Finding]:
    """Yield what is wrong with a database server, or that nothing is."""
    if server.version < VERSION_LEAST:
        yield Finding(
            "postgres",
            f"Use PostgreSQL {VERSION_LEAST // 10_000} or newer.",
            f"PostgreSQL is version {server.version_text}.",
        )
    if server.encoding != "UTF8":
        yield Finding(
            "postgres",
            "Make the database again with ENCODING 'UTF8'.",
            f"The database's encoding is {server.encoding}.",
        )
    if not server.durable:
        yield Finding(
            "postgres",
            "Set fsync = on and synchronous_commit = on; without them a power failure loses orders.",
            "PostgreSQL acknowledges commits before they are on disk.",
        )
    if server.version >= VERSION_LEAST and server.encoding == "UTF8" and server.durable:
        yield Finding("postgres", None, f"PostgreSQL {server.version_text} answers.")


def check_clock(theirs: datetime, ours: datetime, skew_max_s: float) -> Finding:
    """Compare the database's clock with this machine's; a worker stops at the limit."""
    skew_s = abs((theirs - ours).total_seconds())
    if skew_s > skew_max_s:
        return Finding(
            "clock",
            "Set both clocks by the same time server (NTP).",
            f"The clocks of PostgreSQL and this machine are {skew_s:.0f} s apart; the limit is {skew_max_s:.0f} s.",
        )
    return Finding("clock", None, f"The clocks of PostgreSQL and this machine are {skew_s:.1f} s apart.")


def check_migrations(names: list[str], *, newer: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield one finding on what is not applied yet, or on what a newer version has applied."""
    if gone := [name for name in newer if is_post(name)]:
        yield Finding(
            "migrations", DatabaseNewer.advice, f"A newer version no longer supports this one: {', '.join(gone)}."
        )
    elif newer:
        yield Finding("migrations", None, f"A newer version is ready to be deployed: {', '.join(newer)}.")
    elif names:
        yield Finding("migrations", "Run `lotstream db migrate`.", f"Not applied yet: {', '.join(names)}.")
    else:
        yield Finding("migrations", None, "The database is up to date.")


async def _check_log(settings: Settings, topics: dict[str, Topic] | None) -> Finding:
    async with PostgresStore(settings.postgres_url, timeout_s=TIMEOUT_S) as store:
        try:
            log = await store.log()
        except NotMigrated as error:
            return Finding("log", error.what_to_do, str(error))
    inbound = (topics or {}).get(INBOUND.name)
    return check_partitions(log.partitions, settings.partitions, inbound.partitions if inbound else None)


def check_partitions(noted: int, wanted: int, found: int | None) -> Finding:
    """Compare the partitions the database knows with the settings and with the topic (None: not known)."""
    if wanted != noted:
        return Finding(
            "log",
            f"Set LOTSTREAM_PARTITIONS={noted}.",
            f"LOTSTREAM_PARTITIONS is {wanted}, the database was set up with {noted}.",
        )
    if found is not None and found != noted:
        return Finding(
            "log",
            f"Run `lotstream topics resize {found}`." if found > noted else "See `lotstream topics adopt`.",
            f"The topic {INBOUND.name} has {found} partitions, the database knows {noted}: every worker stops at once.",
        )
    return Finding("log", None, f"The database reads {INBOUND.name} with {noted} partitions.")


def check_agreed(shared: Sequence[Shared]) -> Iterator[Finding]:
    """Yield which settings are not what all workers have agreed on, or that none is."""
    different = [one for one in shared if one.differs]
    for one in different:
        yield Finding("agreed", SettingsDiffer.advice, f"{one.variable} is {one.here} here, agreed on is {one.agreed}.")
    if not different:
        yield Finding("agreed", None, "No setting is other than what the workers have agreed on.")


def check_hashes() -> Iterator[Finding]:
    """Yield whether keys hash here as in Kafka's own client: who hashes otherwise sends owners to wrong partitions."""
    from aiokafka.partitioner import murmur2 as of_producer

    wrong = [
        name
        for name, hashed in (("lotstream", murmur2), ("aiokafka", of_producer))
        if any(_signed(hashed(key)) != value for key, value in MURMUR2_OF_KAFKA.items())
    ]
    if wrong:
        yield Finding(
            "murmur2",
            "Install the versions of requirements.lock.",
            f"Keys hash otherwise than in Kafka's own client in: {', '.join(wrong)}.",
        )
    else:
        yield Finding("murmur2", None, "Keys hash to partitions as in Kafka's own client.")


def _signed(value: int) -> int:
    return value - 2**32 if value >= 2**31 else value


def check_local_extra(settings: Settings) -> Finding:
    """Tell whether the programs of the extra ``local`` are there, which only servers that are not elsewhere need."""
    needed: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Java", java_program),
        ("PostgreSQL", postgres_programs),
        ("jgo", require_maven),
    )
    missing, advice = [], None
    for name, find in needed:
        try:
            find()
        except PackageMissing as error:
            missing.append(name)
            advice = error.what_to_do
    if not missing:
        return Finding("local", None, "Java, PostgreSQL and jgo for `lotstream up` are installed.")
    absent = f"Not installed for `lotstream up`: {', '.join(missing)}"
    if settings.model_fields_set >= SERVERS:
        return Finding("local", None, f"{absent}; not needed, both servers are elsewhere.")
    return Finding("local", advice, f"{absent}.")
