from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lotstream.cli import checks
from lotstream.cli.setup import wanted_topics
from lotstream.contracts.topics import TOPICS
from lotstream.errors import PackageMissing
from lotstream.ops.topics import Topic
from lotstream.settings import Settings
from lotstream.store.inspection import Server

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SERVER = Server(version=180001, version_text="18.1", clock=NOW, encoding="UTF8", durable=True)


def as_wanted() -> dict[str, Topic]:
    """Return the topics just as the default settings want them."""
    return {topic.name: topic for topic in wanted_topics(Settings())}


def test_topics_as_wanted_are_one_ok() -> None:
    """Nothing differs: one line says so."""
    (finding,) = checks.check_topics(Settings(), as_wanted())

    assert finding.ok
    assert finding.text == f"All {len(TOPICS)} topics are there, 32 partitions for the inbound one."


def test_topics_that_hold_what_backups_lack_are_one_ok() -> None:
    """The default settings keep topics longer than a backup is old, and no longer than message ids are known."""
    (finding,) = checks.check_retention(Settings(), as_wanted())

    assert finding.ok
    assert finding.text == "The topics hold what a backup of up to 7 days lacks."


@pytest.mark.parametrize(
    ("config", "text", "advice"),
    [
        ({"retention.ms": "86400000"}, "keeps 1 days, a backup may be 7 old.", "lower LOTSTREAM_BACKUP_DAYS."),
        ({"retention.bytes": "1000000"}, "is cut by size, however young its records are.", "retention.bytes"),
        ({"retention.ms": "-1"}, "longer than the 30 days their ids are known.", "Raise LOTSTREAM_INTAKE_DAYS"),
    ],
)
def test_a_topic_that_keeps_too_little_or_too_long_is_a_problem(config: dict[str, str], text: str, advice: str) -> None:
    """A log younger than a backup could not be decided again; one older than the ids known would be applied twice."""
    found = as_wanted()
    inbound = found["lotstream.inbound"]
    found[inbound.name] = replace(inbound, config={**inbound.config, **config})
    (finding,) = checks.check_retention(Settings(), found)

    assert text in finding.text
    assert advice in (finding.what_to_do or "")


def test_a_missing_topic_says_how_it_is_made() -> None:
    """A topic that is not there names the command that makes it."""
    found = as_wanted()
    del found["lotstream.pick-tasks"]
    (finding,) = checks.check_topics(Settings(), found)

    assert finding.text == "The topic lotstream.pick-tasks is missing."
    assert finding.what_to_do == "Run `lotstream topics create`."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"partitions": 16}, "has partitions 16, needed is 32"),
        ({"config": {"cleanup.policy": "compact"}}, "has cleanup.policy compact, needed is delete"),
    ],
)
def test_a_topic_that_differs_says_in_what(changed: dict[str, object], said: str) -> None:
    """Partitions and settings that differ are named with what there is and what is needed."""
    found = as_wanted()
    inbound = found["lotstream.inbound"]
    if "config" in changed:
        changed = {"config": {**inbound.config, "cleanup.policy": "compact"}}
    found["lotstream.inbound"] = replace(inbound, **changed)  # type: ignore[arg-type]
    (finding,) = checks.check_topics(Settings(), found)

    assert said in finding.text
    assert not finding.ok


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"version": 140000, "version_text": "14.9"}, "PostgreSQL is version 14.9."),
        ({"encoding": "LATIN1"}, "The database's encoding is LATIN1."),
        ({"durable": False}, "PostgreSQL acknowledges commits before they are on disk."),
    ],
)
def test_a_server_that_does_not_fit_says_why(changed: dict[str, object], said: str) -> None:
    """A server that is too old, not UTF-8 or not durable is a problem of its own."""
    (finding,) = checks.check_server(replace(SERVER, **changed))  # type: ignore[arg-type]

    assert finding.text == said
    assert finding.what_to_do


def test_a_fitting_server_is_ok() -> None:
    """A current, durable UTF-8 server is one OK with its version."""
    (finding,) = checks.check_server(SERVER)

    assert (finding.ok, finding.text) == (True, "PostgreSQL 18.1 answers.")


def test_clocks_that_are_apart() -> None:
    """Beyond the limit at which workers stop, the doctor says so, whichever clock is ahead."""
    assert checks.check_clock(NOW, NOW + timedelta(seconds=600), 600).ok
    for skew_s in (601, -601):
        finding = checks.check_clock(NOW, NOW + timedelta(seconds=skew_s), 600)
        assert "601 s apart" in finding.text
        assert finding.what_to_do


def test_migrations_that_wait() -> None:
    """What is not applied is named with the command that applies it."""
    (waiting,) = checks.check_migrations(["0002_pre_lots.sql"])
    (none,) = checks.check_migrations([])

    assert waiting.text == "Not applied yet: 0002_pre_lots.sql."
    assert waiting.what_to_do == "Run `lotstream db migrate`."
    assert none.ok


def test_a_newer_versions_migrations_are_a_problem_once_they_exclude_this_one() -> None:
    """What runs before a newer version's deployment suits this one; what runs after it does not."""
    (ready,) = checks.check_migrations([], newer=["9001_pre_a.sql"])
    (gone,) = checks.check_migrations([], newer=["9001_pre_a.sql", "9002_post_b.sql"])

    assert ready.ok
    assert gone.text == "A newer version no longer supports this one: 9002_post_b.sql."
    assert not gone.ok


@pytest.mark.parametrize(
    ("wanted", "found", "ok"), [(32, 32, True), (32, None, True), (64, 32, False), (32, 16, False)]
)
def test_partitions_have_to_agree(*, wanted: int, found: int | None, ok: bool) -> None:
    """Settings, database and topic have one number of partitions; a topic that was not seen is not judged."""
    assert checks.check_partitions(32, wanted, found).ok is ok


def test_keys_hash_as_in_kafkas_own_client() -> None:
    """Our hash and the producer's give the values that Kafka's own tests have."""
    (finding,) = checks.check_hashes()

    assert finding.ok


def test_a_producer_that_hashes_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partitioner with another hash is named."""
    monkeypatch.setattr("aiokafka.partitioner.murmur2", hash)
    (finding,) = checks.check_hashes()

    assert finding.text == "Keys hash otherwise than in Kafka's own client in: aiokafka."


def without(*_: object) -> None:
    """Find a package that is not there."""
    raise PackageMissing("It is not installed.", what_to_do="Install it.")


def test_embedded_servers_are_missed_only_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra `local` the doctor complains, unless both servers are said to be elsewhere."""
    for variable in ("LOTSTREAM_KAFKA_BOOTSTRAP", "LOTSTREAM_POSTGRES_URL"):
        monkeypatch.delenv(variable, raising=False)
    assert checks.check_local_extra(Settings()).ok
    monkeypatch.setattr(checks, "java_program", without)
    monkeypatch.setattr(checks, "require_maven", without)
    here = checks.check_local_extra(Settings())
    elsewhere = checks.check_local_extra(
        Settings(kafka_bootstrap="kafka:9092", postgres_url="postgresql://db/lotstream")
    )

    assert (here.text, here.what_to_do) == ("Not installed for `lotstream up`: Java, jgo.", "Install it.")
    assert elsewhere.ok
