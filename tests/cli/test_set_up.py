from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from lotstream.errors import ExitCode
from lotstream.ops.topics import Topic, differences, open_topics
from lotstream.settings import Settings
from lotstream.store.exchange_row import ExchangeRefusal
from lotstream.store.exchanges import Exchanges
from tests.cli.conftest import Ran

Lotstream = Callable[..., Awaitable[Ran]]


async def test_setting_up_twice_changes_nothing(lotstream: Lotstream) -> None:
    """`db migrate` and `topics create` on a hub that is ready say so and end well."""
    migrated = await lotstream("db", "migrate")
    created = await lotstream("topics", "create")

    assert (migrated.code, migrated.out) == (0, "the database is up to date\n")
    assert (created.code, created.out) == (0, "the topics are as they should be\n")


async def test_the_doctor_finds_nothing_on_a_hub_that_is_ready(lotstream: Lotstream) -> None:
    """Every finding is OK, and names what was looked at."""
    ran = await lotstream("doctor", "--json")
    report = json.loads(ran.out)

    assert (ran.code, report["ok"]) == (0, True)
    assert [finding["about"] for finding in report["findings"]] == [
        "murmur2", "kafka", "topics", "retention", "postgres", "clock", "migrations", "log", "agreed", "local",
    ]  # fmt: skip


async def test_the_doctor_names_partitions_that_differ(lotstream: Lotstream) -> None:
    """Settings that want other partitions than topic and database have are two problems, each with its next step."""
    ran = await lotstream("doctor", LOTSTREAM_PARTITIONS="16")

    assert ran.code == ExitCode.FAILED
    assert "The topic lotstream.inbound has partitions 8, needed is 16." in ran.out
    assert "LOTSTREAM_PARTITIONS is 16, the database was set up with 8." in ran.out
    assert "→ Set LOTSTREAM_PARTITIONS=8." in ran.out


async def test_the_doctor_says_which_server_does_not_answer(lotstream: Lotstream) -> None:
    """Servers that are not there are problems in words; the rest is looked at all the same."""
    ran = await lotstream(
        "doctor",
        LOTSTREAM_KAFKA_BOOTSTRAP="127.0.0.1:1",
        LOTSTREAM_POSTGRES_URL="postgresql://127.0.0.1:1/lotstream",
    )

    assert ran.code == ExitCode.FAILED
    assert "PROBLEM  kafka       Kafka does not answer at 127.0.0.1:1" in ran.out
    assert "PROBLEM  postgres    PostgreSQL does not answer" in ran.out
    assert "OK       local" in ran.out


async def test_a_database_for_other_partitions_is_refused(lotstream: Lotstream) -> None:
    """The number of partitions a database was set up with cannot be changed by a setting."""
    ran = await lotstream("db", "migrate", LOTSTREAM_PARTITIONS="16")

    assert ran.code == ExitCode.SETUP
    assert "LOTSTREAM_PARTITIONS is 16, but this database was set up with 8." in ran.err


async def test_a_site_defined_twice_has_one_number(lotstream: Lotstream) -> None:
    """A broadcast with the same business key is the same broadcast."""
    first = await lotstream("site", "define", "TOR", "--time-zone", "America/Toronto")
    again = await lotstream("site", "define", "TOR", "--time-zone", "America/Toronto")

    assert first.code == 0
    assert first.out.startswith("site.defined TOR/1 is number ")
    assert again.out == first.out


@pytest.mark.parametrize(
    "words",
    [
        ("location", "define", "TRO", "A-01"),
        ("location", "hold", "TRO", "A-01", "--id", "H-1"),
        ("location", "release", "TRO", "A-01", "--id", "H-1"),
        ("day", "open", "TRO", "2026-09-01"),
    ],
)
async def test_a_site_that_nobody_defined_is_said_without_a_worker(
    lotstream: Lotstream, words: tuple[str, ...]
) -> None:
    """A mistyped site gets no number: those that are defined are named, and how another one is defined."""
    assert (await lotstream("site", "define", "YUL")).code == 0
    ran = await lotstream(*words)

    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    first, what_to_do = ran.err.splitlines()
    assert first.startswith("lotstream: Site TRO is not defined; these are: ")
    assert "YUL" in first
    assert what_to_do.endswith("lotstream site define TRO --time-zone …")


async def test_a_site_is_there_before_a_worker_has_heard_of_it(lotstream: Lotstream) -> None:
    """Places and days of a site can be told as soon as it is; a hold on a place that nobody named warns of it."""
    assert (await lotstream("site", "define", "YOW", "--calendar", "scripted")).code == 0
    place = await lotstream("location", "define", "YOW", "A-01", "--parent", "A")
    day = await lotstream("day", "open", "YOW", "2026-09-01")
    assert (place.code, place.err, day.code, day.err) == (0, "", 0, "")

    for known in ("A-01", "A"):
        held = await lotstream("location", "hold", "YOW", known, "--id", "H-1", "--wait", "0")
        assert (held.code, held.err) == (0, "")
    mistyped = await lotstream("location", "hold", "YOW", "A-O1", "--id", "H-1", "--wait", "0")
    assert mistyped.code == 0
    assert mistyped.err.splitlines()[0] == "lotstream: A-O1 of YOW is not defined, and nothing lies in it."


@pytest.mark.parametrize(
    ("words", "otherwise", "anew"),
    [
        (("site", "define", "YEG"), ("--time-zone", "America/Edmonton"), "--version"),
        (("location", "define", "YEG", "A-01"), ("--sequence", "7"), "--version"),
        (("location", "hold", "YEG", "A-01", "--id", "H-1", "--wait", "0"), ("--kind", "recall"), "--id"),
    ],
)
async def test_what_was_told_before_in_other_words_is_refused(
    lotstream: Lotstream, words: tuple[str, ...], otherwise: tuple[str, ...], anew: str
) -> None:
    """A change under the key of what was told would change nothing: it says so, and what has to be given anew."""
    assert (await lotstream("site", "define", "YEG")).code == 0
    first = await lotstream(*words)
    again, other = await lotstream(*words), await lotstream(*words, *otherwise)

    assert (again.code, again.out) == (first.code, first.out) == (0, first.out)
    assert (other.code, other.out) == (ExitCode.INPUT, "")
    assert "was told before, as number " in other.err
    assert f"Give another {anew};" in other.err


async def test_waiting_for_workers_that_do_not_run_ends_with_what_to_do(lotstream: Lotstream) -> None:
    """Told with --wait, a site that no worker hears of keeps its number; the command says that it is not answered."""
    ran = await lotstream("site", "define", "ALONE", "--wait", "0.3")

    assert ran.code == ExitCode.UNREACHABLE
    assert "is not answered after 0.3 s." in ran.err


@pytest.mark.parametrize(
    ("option", "value"),
    [("calendar", "lunar"), ("time-zone", "Mars/Phobos"), ("time-zone", "../UTC"), ("reserve", "shelf")],
)
async def test_a_site_that_no_worker_could_keep_is_refused(lotstream: Lotstream, option: str, value: str) -> None:
    """What the message's model refuses never gets a number, and so reaches no worker."""
    ran = await lotstream("site", "define", "TOR", f"--{option}", value, "--version", "2")

    assert ran.code == ExitCode.INPUT
    assert ran.err.startswith(f"lotstream: {option.replace('-', '_')}: ")


async def test_what_is_not_there_is_said_in_words(lotstream: Lotstream) -> None:
    """Asking for an order or for stock that does not exist ends with a sentence."""
    order = await lotstream("order", "why", "#404")
    stock = await lotstream("stock", "--sku", "NOTHING")

    assert (order.code, order.err.splitlines()[0]) == (ExitCode.INPUT, "lotstream: There is no order #404 here.")
    assert (stock.code, stock.err.splitlines()[0]) == (ExitCode.INPUT, "lotstream: There is no stock here.")


async def test_topics_are_made_and_read_as_they_were_wanted(hub_settings: Settings) -> None:
    """What is created is found again with its partitions and settings; creating it again is no error."""
    wanted = Topic(
        f"test-{uuid4().hex}", partitions=3, replication=1, config={"message.timestamp.type": "LogAppendTime"}
    )
    async with open_topics(hub_settings.kafka_bootstrap) as topics:
        assert await topics.read([wanted.name]) == {}
        await topics.create([wanted])
        await topics.create([wanted])
        found = await topics.read([wanted.name])

    assert found[wanted.name].partitions == 3
    assert not list(differences([wanted], found))


async def test_more_replicas_than_brokers_are_refused(lotstream: Lotstream) -> None:
    """The doctor says that one broker cannot keep three replicas."""
    ran = await lotstream("doctor", LOTSTREAM_REPLICATION="3")

    assert ran.code == ExitCode.FAILED
    assert "1 broker. LOTSTREAM_REPLICATION is 3." in ran.out


async def test_what_came_in_at_a_door_is_shown(lotstream: Lotstream, hub_settings: Settings) -> None:
    """The last first, with why it was refused and what a person has to do; of one verdict where one is asked for."""
    async with Exchanges(hub_settings.postgres_url) as exchanges:
        for body, verdict in ((b"1", "not_handled"), (b"2", "refused")):
            kept = await exchanges.keep(
                "shopify", sender="acme.myshopify.com", name="customers/data_request", key=verdict, body=body,
                received_at=datetime(2026, 9, 1, tzinfo=UTC),
            )  # fmt: skip
            refusals = (ExchangeRefusal("field_invalid", "shop", "Not so."),) if verdict == "refused" else ()
            notes = () if refusals else ("Answer by 2026-10-01.",)
            await exchanges.settle(kept.id, verdict=verdict, refusals=refusals, notes=notes)
    ran = await lotstream("connector", "deliveries", "shopify")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("  ")[-1].strip() for line in ran.out.splitlines()[2:]] == [
        "field_invalid: Not so.", "Answer by 2026-10-01.",
    ]  # fmt: skip
    (told,) = json.loads((await lotstream("connector", "deliveries", "shopify", "--verdict", "refused", "--json")).out)
    assert (told["name"], told["refusals"][0]["code"], told["notes"]) == ("customers/data_request", "field_invalid", [])
    unknown = await lotstream("connector", "deliveries", "nobodys")
    assert (unknown.code, "There is no connector nobodys" in unknown.err) == (ExitCode.SETUP, True)
    wrong = await lotstream("connector", "deliveries", "shopify", "--verdict", "lost")
    assert (wrong.code, "There is no verdict lost." in wrong.err) == (ExitCode.INPUT, True)
