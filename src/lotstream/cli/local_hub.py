"""The hub on one machine: servers up, database and topics ready, programs supervised, and all of it ended in order."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

from lotstream.cli.output import complain, progress
from lotstream.cli.setup import prepare_database, prepare_topics
from lotstream.errors import FixSetup, TopicsDiffer
from lotstream.local import Addresses, LocalStack
from lotstream.local.folders import default_folder
from lotstream.local.supervise import Happening, Program, Supervisor, What
from lotstream.ops.stopping import on_stop_signal
from lotstream.settings import Settings


async def keep_up(folder: Path | None, *, workers: int, connectors: Sequence[str]) -> None:
    """Run servers, workers and connectors until SIGINT or SIGTERM; raises `FixSetup` when no program can run."""
    stack = LocalStack.beside_environment(folder or default_folder(), progress=progress)
    stopped = asyncio.Event()
    on_stop_signal(stopped.set)
    try:
        addresses = await stack.start()
        settings = settings_at(addresses)
        await prepare(settings)
        wanted = list(programs(settings, workers=workers, connectors=connectors))
        _print_addresses(settings, workers)
        if wanted:
            await _until(stopped, Supervisor(wanted, tell=_tell))
        else:
            await stopped.wait()
    finally:
        progress("Ending the servers")
        await stack.stop()


def settings_at(addresses: Addresses) -> Settings:
    """Return the settings of the environment, with the servers where they really are."""
    return Settings(kafka_bootstrap=addresses.kafka_bootstrap, postgres_url=addresses.postgres_url)


async def prepare(settings: Settings) -> None:
    """Bring the database and the topics to this version; raises `TopicsDiffer` when a topic cannot be used."""
    progress("Preparing database and topics")
    await prepare_database(settings)
    _, different = await prepare_topics(settings)
    if different:
        raise TopicsDiffer(f"{'; '.join(map(str, different))}.")


def programs(settings: Settings, *, workers: int, connectors: Sequence[str]) -> Iterator[Program]:
    """Yield what is supervised: workers, each with an instance id and a port of its own, then connectors."""
    program = (sys.executable, "-m", "lotstream.cli")
    for number in range(workers):
        instance = settings.instance if number == 0 else f"{settings.instance}-{number + 1}"
        own = settings.model_copy(update={"instance": instance, "http_port": http_port(settings, number)})
        yield Program(f"worker {number + 1}", (*program, "worker"), {**os.environ, **own.as_environment()})
    for name in connectors:
        environment = {**os.environ, **settings.as_environment()}
        yield Program(f"connector {name}", (*program, "connector", "run", name), environment)


def http_port(settings: Settings, number: int) -> int:
    """Return the port of a worker's pages: one after the other, or 0 (any free one) for all."""
    return settings.http_port + number if settings.http_port else 0


async def _until(stopped: asyncio.Event, supervisor: Supervisor) -> None:
    """Keep the programs running until it is time to stop; raises `FixSetup` when all of them ended by themselves."""
    running = asyncio.create_task(supervisor.run())
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if stopped.is_set():
        await supervisor.stop()
    codes = await running
    if not stopped.is_set():
        ended = ", ".join(f"{name} with {code}" for name, code in codes.items())
        raise FixSetup(f"No program is left to run: {ended}.", what_to_do="Read their last lines above.")


def _tell(happening: Happening) -> None:
    if happening.what is What.STARTED:
        progress(f"{happening.program} runs as process {happening.pid}")
    elif happening.what is What.FAILED:
        complain(f"{happening.program} ended with {happening.exit_code}; started again in {happening.pause_s:g} s.")
    elif happening.exit_code:
        complain(f"{happening.program} ended with {happening.exit_code} and is not started again.")


def _print_addresses(settings: Settings, workers: int) -> None:
    print(f"Kafka       {settings.kafka_bootstrap}")
    print(f"PostgreSQL  {settings.postgres_url}")
    for number in range(workers if settings.http_port else 0):
        print(f"worker {number + 1}    http://{settings.http_host}:{http_port(settings, number)}/metrics")
    print("\nFor other terminals:")
    print(f"export LOTSTREAM_KAFKA_BOOTSTRAP={quote(settings.kafka_bootstrap)}")
    print(f"export LOTSTREAM_POSTGRES_URL={quote(settings.postgres_url)}")
    print("\nCtrl-C ends everything.", flush=True)
