"""Two processes with one instance id: the second gives up for good, and the first stops once its lock is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from lotstream.errors import ExitCode
from lotstream.local.supervise import Happening, Program, Supervisor, What
from lotstream.settings import Settings
from lotstream.store.connection import Address
from lotstream.store.instance import session_name
from lotstream.store.postgres import PostgresStore
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, orders
from lotstream.testing.processes import WorkerProcess
from tests.hub.logs import at_rest, died, logged, long_only

LOCK_WAIT_S = 2.0


def test_a_dead_machines_lock_is_free_before_its_successor_gives_up() -> None:
    """The server finds out that a worker's machine is gone sooner than a process with the same id stops waiting.

    Kubernetes starts a lost pod again under its old name, and the code of one that gave up is not started again.
    """
    session = Address(url="", app="").session()
    idle, interval, count = (int(session[f"tcp_keepalives_{name}"]) for name in ("idle", "interval", "count"))
    assert idle + interval * count < Settings().instance_lock_timeout_s


async def test_the_second_is_not_started_again(hub_settings: Settings) -> None:
    """A supervisor that runs two programs with one id ends up with one: the other ended for good."""
    own = hub_settings.model_copy(update={"instance": "same", "instance_lock_timeout_s": LOCK_WAIT_S})
    environment = {**os.environ, **own.as_environment()}
    programs = [Program(name, (sys.executable, "-m", "lotstream.cli", "worker"), environment) for name in ("a", "b")]
    happenings: list[Happening] = []
    ended = asyncio.Event()

    def hear(happening: Happening) -> None:
        happenings.append(happening)
        if happening.what is not What.STARTED:
            ended.set()

    supervisor = Supervisor(programs, tell=hear)
    running = asyncio.create_task(supervisor.run())
    await ended.wait()
    left = dict(supervisor.pids)
    await supervisor.stop()
    codes = await running

    [gave_up] = [h for h in happenings if h.what is not What.STARTED][:1]
    assert (gave_up.what, gave_up.exit_code) == (What.ENDED, ExitCode.INSTANCE_TAKEN)
    assert list(left) == [name for name in codes if name != gave_up.program]
    assert [h.program for h in happenings if h.what is What.STARTED] == ["a", "b"]


@long_only
async def test_a_frozen_process_keeps_its_id_and_goes_on(hub_settings: Settings, tmp_path: Path) -> None:
    """While the first is frozen the second gives up all the same; thawed, the first goes on as if nothing had been."""
    quick = hub_settings.model_copy(update={"instance_lock_timeout_s": LOCK_WAIT_S})
    load = Load(orders=20, owners=4, skus=4)
    async with (
        PostgresStore(hub_settings.postgres_url) as store,
        WorkerProcess(quick, instance="frozen", log=tmp_path / "frozen.log") as first,
    ):
        await logged(first, "worker_started")
        os.kill(first.pid, signal.SIGSTOP)
        try:
            second = WorkerProcess(quick, instance="frozen", log=tmp_path / "second.log")
            await second.start()
            assert await second.wait() == ExitCode.INSTANCE_TAKEN
        finally:
            os.kill(first.pid, signal.SIGCONT)
        await produce(hub_settings.kafka_bootstrap, orders(load))
        await at_rest(hub_settings, store)
        assert await first.stop() == ExitCode.OK


@long_only
async def test_a_worker_whose_lock_is_lost_stops(hub_settings: Settings, tmp_path: Path) -> None:
    """When the session that holds the id ends, the worker stops at once, and another may have the id."""
    first = WorkerProcess(hub_settings, instance="locked", log=tmp_path / "first.log")
    await first.start()
    await logged(first, "worker_started")
    operator = await asyncpg.connect(hub_settings.postgres_url)
    try:
        name = session_name(f"{hub_settings.app}/locked")
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1"
        assert await operator.fetchval(ended, name) == 1
    finally:
        await operator.close()
    assert await first.wait() == ExitCode.STOPPED
    assert died(first)["kind"] == "InstanceLockLost"
    async with WorkerProcess(hub_settings, instance="locked", log=tmp_path / "next.log") as following:
        await logged(following, "worker_started")


@long_only
async def test_a_worker_cut_off_from_its_database_stops(hub_settings: Settings, tmp_path: Path) -> None:
    """A worker that the database's answers no longer reach stops by itself, although no connection was closed."""
    address = urlsplit(hub_settings.postgres_url)
    folder = parse_qs(address.query)["host"][0]
    async with DatabaseProxy(Path(folder) / ".s.PGSQL.5432") as proxy:
        url = proxy.url(address.username or "", address.path.removeprefix("/"))
        behind = hub_settings.model_copy(update={"postgres_url": url})
        worker = WorkerProcess(behind, instance="cut-off", log=tmp_path / "cut.log")
        await worker.start()
        await logged(worker, "worker_started")
        proxy.answers_lost = True
        assert await worker.wait() in (ExitCode.STOPPED, ExitCode.UNREACHABLE)


async def test_a_worker_asked_to_stop_before_kafka_answers_stops(hub_settings: Settings, tmp_path: Path) -> None:
    """SIGTERM ends a worker that is still waiting for its Kafka, which takes connections and answers nothing."""
    silent = await asyncio.start_server(_say_nothing, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        lost = hub_settings.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{port}", "request_timeout_s": 60.0})
        worker = WorkerProcess(lost, instance="waiting", log=tmp_path / "waiting.log")
        await worker.start()
        await logged(worker, "http_listening")
        # By itself it would end with another code, and not before its requests have timed out.
        assert await worker.stop() == ExitCode.OK


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(1024):
            pass
    finally:
        writer.close()
