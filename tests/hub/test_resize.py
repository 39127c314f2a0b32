"""More partitions: owners move, and nothing of theirs is lost, doubled or put out of order."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from lotstream import __version__
from lotstream.contracts.produce import Record, inbound
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import partition_of
from lotstream.errors import ExitCode, InputRefused, LogUnfit, LotstreamError
from lotstream.hub.logs.resize import resize
from lotstream.hub.logs.situation import hold
from lotstream.ops.crash import VARIABLE, CrashPoint
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.postgres import PostgresStore
from lotstream.testing.kafka import produce
from lotstream.testing.load import SOURCE, Load, catalogue, orders
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import run_lotstream
from tests.hub.logs import OWNERS, bring_to_rest, define_site, died, logged, long_only, rows, sound_books

LOAD = Load(orders=64, owners=16, skus=5)
KILLED = -9


@pytest.mark.parametrize(
    ("partitions", "refused", "words"),
    [
        (0, InputRefused, "0 is no number of partitions: it has to be a power of two up to 256"),
        (12, InputRefused, "12 is no number of partitions"),
        (512, InputRefused, "512 is no number of partitions"),
        (4, LogUnfit, "has 8 partitions, and Kafka takes none away"),
    ],
)
async def test_a_number_that_cannot_be_is_refused(
    hub_settings: Settings, partitions: int, refused: type[LotstreamError], words: str
) -> None:
    """A number that is no power of two up to 256, or smaller than before, is refused and changes nothing."""
    async with hold(hub_settings) as held:
        with pytest.raises(refused, match=words):
            await resize(held, partitions)


async def test_the_number_there_is_changes_nothing(hub_settings: Settings) -> None:
    """Asking for as many partitions as there are ends well and begins no new log."""
    async with hold(hub_settings) as held:
        assert not (await resize(held, 8)).changed


async def test_a_log_in_use_or_not_drained_is_not_resized(hub_settings: Settings, tmp_path: Path) -> None:
    """While a worker lives, and while records are undecided, a resize is refused with what to do, and nothing moves."""
    await define_site(hub_settings, tmp_path)
    async with PostgresStore(hub_settings.postgres_url) as store:
        async with WorkerProcess(hub_settings, instance="living", log=tmp_path / "living.log") as worker:
            await logged(worker, "worker_started")
            living = await run_lotstream(hub_settings, "topics", "resize", "16")
        await produce(hub_settings.kafka_bootstrap, catalogue(LOAD))
        undecided = await run_lotstream(hub_settings, "topics", "resize", "16")
        assert await store.log() == Log(1, 8)

    assert living.code == undecided.code == ExitCode.SETUP
    assert f"Somebody still works with the inbound log: {hub_settings.app}/living {__version__} on " in living.err
    assert "→ Stop every worker and connector" in living.err
    assert f"{2 * LOAD.owners * LOAD.skus} records of " in undecided.err
    assert "→ Stop the connectors, let a worker run until the lag is zero" in undecided.err


async def test_owners_go_on_in_their_new_partitions(hub_settings: Settings, tmp_path: Path) -> None:
    """After a resize, killed once, owners go on in the partition of their slot, from the stock they had."""
    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD))
    crashed = await run_lotstream(hub_settings, "topics", "resize", "16", **{VARIABLE: CrashPoint.TOPIC_WIDENED.value})
    assert crashed.code == KILLED, crashed.err
    ran = await run_lotstream(hub_settings, "topics", "resize", "16")
    assert ran.code == 0, ran.err
    assert "Set LOTSTREAM_PARTITIONS=16 wherever it is set" in ran.out

    await bring_to_rest(hub_settings, tmp_path, records=orders(LOAD, first=LOAD.orders))
    books = await sound_books(hub_settings)
    assert books.orders == 2 * LOAD.orders
    moved = await rows(hub_settings, OWNERS, 2)
    assert {owner for owner, *_ in moved} == set(LOAD.owner_ids())
    assert all(partition == slot % 16 for _, slot, partition in moved)
    assert max(partition for _, _, partition in moved) >= 8
    assert await rows(hub_settings, "SELECT code FROM dead_letter") == []
    known = await rows(hub_settings, "SELECT partition, count(*) FROM site GROUP BY partition ORDER BY partition")
    assert known == [(partition, 1) for partition in range(16)]


@long_only
async def test_a_worker_that_lives_while_the_count_changes_stops(hub_settings: Settings, tmp_path: Path) -> None:
    """A running worker ends with a setup error once Kafka tells it of partitions that the database does not know."""
    now = hub_settings.model_copy(update={"partitions": 16})
    worker = WorkerProcess(now, instance="counting", log=tmp_path / "worker.log")
    await worker.start()
    await logged(worker, "worker_started")
    await _widen_by_hand(now, 32)
    # It looks at the topic's partitions anew when it joins its group, at the latest; a second worker makes it.
    second = WorkerProcess(now, instance="second", log=tmp_path / "second.log")
    await second.start()
    assert [await worker.wait(), await second.wait()] == [ExitCode.SETUP, ExitCode.SETUP]
    assert "has 32 partitions" in died(second)["error"] or "partitions" in died(second)["error"]


@long_only
async def test_a_count_changed_by_hand_under_senders_is_put_right(hub_settings: Settings, tmp_path: Path) -> None:
    """What senders appended to old and new partitions meanwhile is decided in each owner's order, and once."""
    now = hub_settings.model_copy(update={"partitions": 16})
    owner = next(o for o in LOAD.owner_ids() if partition_of(o.encode(), 32) >= 16)
    order = f"O-{LOAD.owner_ids().index(owner)}"
    before = _cancel(owner, order, message_id="cancel/1")
    placed_again = {**_body(owner), "order": "late"}
    await produce(now.kafka_bootstrap, [before, inbound("order.placed", placed_again, source=SOURCE, message_id="l/1")])
    await produce(now.kafka_bootstrap, [_cancel(owner, "late", message_id="l/2"), *orders(LOAD, first=2 * LOAD.orders)])

    crashed = await run_lotstream(now, "topics", "resize", "32", **{VARIABLE: CrashPoint.LOG_PREPARED.value})
    assert crashed.code == KILLED, crashed.err
    async with hold(now) as held:
        assert (await resize(held, 32)).after == Log(3, 32)

    await bring_to_rest(now, tmp_path)
    books = await sound_books(now)
    assert books.orders == 3 * LOAD.orders + 1
    assert await rows(now, "SELECT state FROM sales_order WHERE owner = $1 AND \"order\" = 'late'", owner) == [
        ("cancelled",)
    ]
    refused = await rows(now, "SELECT code FROM intake WHERE outcome IN ('refused', 'dead_lettered')")
    assert refused == []


def _body(owner: str) -> dict[str, object]:
    line = {"line": "1", "sku": "SKU-0000", "quantity": "1", "unit": "each"}
    return {"owner": owner, "source": SOURCE, "version": "1", "placed_at": "2026-01-02T00:00:00Z", "lines": [line]}


def _cancel(owner: str, order: str, *, message_id: str) -> Record:
    body = {"owner": owner, "source": SOURCE, "order": order, "version": "2"}
    return inbound("order.cancelled", body, source=SOURCE, message_id=message_id)


async def _widen_by_hand(settings: Settings, partitions: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    await admin.create_partitions({INBOUND.name: NewPartitions(total_count=partitions)})
    await admin.close()
