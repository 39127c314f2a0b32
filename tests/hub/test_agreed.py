"""Settings on which decisions hang are the same for all workers, whatever each of them is started with."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from lotstream.cli.setup import prepare_database
from lotstream.errors import ExitCode, LogInUse, SettingsDiffer
from lotstream.hub.agreed import under_agreement, values_of
from lotstream.hub.worker import open_worker
from lotstream.settings import AGREED, Settings
from tests.cli.conftest import run_lotstream
from tests.hub.small_hub import SITE, SmallHub, a_site, order, owners_in, stock

MAY_DIFFER = {
    "who and where": ("kafka_bootstrap", "postgres_url", "instance", "http_host", "http_port"),
    "what a person reads": ("log_format", "log_level", "kpi_owners_max"),
    "kept in Postgres or in Kafka itself": ("partitions", "outgoing_partitions", "replication", "inbound_bytes_max"),
    "how much at a time": (
        "batch_records_max", "batch_bytes_max", "fetch_bytes_max", "relay_batches_max", "ledger_bytes_max",
        "ledger_load_bytes_max", "postgres_connections_max", "http_requests_max", "maintenance_calls_max",
    ),
    "when records are appended, which then stand in the log": ("continued_owners_max",),
    "when a worker waits, stops or deletes": (
        "maintenance_s", "session_timeout_s", "heartbeat_s", "request_timeout_s", "claim_timeout_s", "relay_timeout_s",
        "postgres_timeout_s", "claim_attempts_max", "stop_timeout_s", "instance_lock_timeout_s", "clock_skew_max_s",
        "constraint_failures_max", "idle_position_s", "outbox_days", "retention_days", "untaken_days", "backup_days",
    ),
}  # fmt: skip
"""Settings on which no decision hangs, by the reason."""


def test_of_every_setting_it_is_said_whether_workers_may_differ_in_it() -> None:
    """A new setting is either agreed on by all workers, or stands among those on which no decision hangs."""
    free = [name for names in MAY_DIFFER.values() for name in names]
    assert sorted([*free, *AGREED]) == sorted(Settings.model_fields)


async def heads(*, orders_max: int) -> dict[int, bytes]:
    """Return the heads of the chains after the same log was decided with so many orders in a part."""
    hub = SmallHub(orders_max=orders_max)
    worker = await hub.start()
    await a_site(hub, worker)
    (owner,) = owners_in(0, 1)
    stock(hub, owner, [("L1", "2026-09-01"), ("L2", "2026-12-01")])
    for number in range(4):
        order(hub, owner, number)
    await worker.settle()
    await hub.tell("day.opened", f"{SITE}/2", {"site": SITE, "date": "2026-09-02"})
    await worker.broadcasts._append_all()
    order(hub, owner, 4)
    await worker.decide()
    return {partition: state.claim.chain for partition, state in worker.states.items()}


async def test_what_a_worker_decides_hangs_on_what_is_agreed() -> None:
    """Workers with other bounds on a part decide the same log otherwise: hence they must not differ."""
    assert await heads(orders_max=2) == await heads(orders_max=2)
    assert await heads(orders_max=2) != await heads(orders_max=3)


@pytest.fixture
async def fresh(postgres_url: str) -> Settings:
    """Settings of a database in which no worker has ever started."""
    settings = Settings(postgres_url=postgres_url, partitions=8, instance=uuid4().hex)
    await prepare_database(settings)
    return settings


async def test_the_first_worker_decides_and_others_follow(fresh: Settings) -> None:
    """What the first one was started with counts; who has nothing set goes by it, who has the same set may run."""
    first = await under_agreement(fresh.model_copy(update={"continued_orders_max": 7, "intake_days": 9}))
    second = await under_agreement(fresh)
    third = await under_agreement(fresh.model_copy(update={"continued_orders_max": 7}))
    assert values_of(first) == values_of(second) == values_of(third)
    assert (second.continued_orders_max, second.intake_days) == (7, 9)


async def test_of_two_that_start_at_once_one_decides(fresh: Settings) -> None:
    """Two first workers with other settings end with one that runs and one that is refused."""
    own = [fresh.model_copy(update={"continued_orders_max": number}) for number in (3, 4)]
    results = await asyncio.gather(*map(under_agreement, own), return_exceptions=True)
    assert {type(result) for result in results} == {Settings, SettingsDiffer}


@pytest.mark.parametrize(("name", "other"), [(name, "b" if name == "app" else 5000) for name in AGREED])
async def test_a_worker_that_differs_does_not_start(fresh: Settings, name: str, other: object) -> None:
    """A worker with another value of any such setting is refused, with both values and what to do."""
    async with open_worker(fresh):
        pass
    differs = fresh.model_copy(update={name: other})
    with pytest.raises(SettingsDiffer) as refused:
        async with open_worker(differs):
            pass
    variable = f"LOTSTREAM_{name.upper()}"
    assert f"{variable} is {other} here, and the workers of this database have agreed on " in str(refused.value)
    assert variable in refused.value.what_to_do
    assert refused.value.exit_code is ExitCode.SETUP


async def test_what_is_agreed_is_changed_for_all_while_nobody_runs(fresh: Settings) -> None:
    """`db settings --change` is refused while a worker runs; then it makes the new value so for all, and says so."""
    own = {"LOTSTREAM_CONTINUED_ORDERS_MAX": "7"}
    async with open_worker(fresh):
        refused = await run_lotstream(fresh, "db", "settings", "--change", **own, LOTSTREAM_POSTGRES_TIMEOUT_S="3")
        assert (refused.code, LogInUse.advice in refused.err) == (ExitCode.SETUP, True)
    looked = await run_lotstream(fresh, "db", "settings", **own)
    assert looked.code == ExitCode.FAILED
    assert ["LOTSTREAM_CONTINUED_ORDERS_MAX", "200", "7"] in [line.split() for line in looked.out.splitlines()]
    changed = await run_lotstream(fresh, "db", "settings", "--change", **own)
    assert changed.code == 0, changed.err
    assert changed.out.startswith("LOTSTREAM_CONTINUED_ORDERS_MAX is 7 for all workers, 200 before\n")
    assert (await under_agreement(fresh)).continued_orders_max == 7


async def test_the_name_of_the_hub_is_never_changed(fresh: Settings) -> None:
    """Kafka has the relay's positions under the name: with another one messages would go out twice."""
    await under_agreement(fresh)
    ran = await run_lotstream(fresh, "db", "settings", "--change", LOTSTREAM_APP="other")
    assert ran.code == ExitCode.SETUP
    assert "→ Set LOTSTREAM_APP=lotstream: " in ran.err
