"""What all peers have in common: processes to run, a position that says how far they came, and what to read then."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import asyncpg

from benchmarks.peers.java import JavaPeers
from benchmarks.peers.outcome import Outcome, read_messages, read_outbox
from benchmarks.peers.program import Program
from benchmarks.peers.stage import Positions, Run, Stage
from lotstream.contracts.topics import INBOUND, ORDER_STATUS, PICK_TASKS

ROOT = Path(__file__).resolve().parents[2]
NEXT_OFFSETS = "SELECT partition, next_offset FROM lotstream.claim"

Source = Callable[[Run], Awaitable[Outcome]]


@dataclass(frozen=True)
class Tools:
    """What peers are run with, as far as it was wanted."""

    java: JavaPeers | None = None
    #: The Python that has Quix Streams.
    quix: Path | None = None


class Peer(ABC):
    """One way to decide the orders of a log, in some number of processes or threads."""

    #: As in ``--only``.
    name: ClassVar[str]
    title: ClassVar[str]
    #: What it does of what lotstream does, for the table.
    does: ClassVar[str]
    #: Where its outcome is read, each by itself.
    sources: ClassVar[dict[str, Source]]

    def __init__(self, stage: Stage, run: Run, *, workers: int, tools: Tools) -> None:
        self.stage = stage
        self.run = run
        self.workers = workers
        self.tools = tools
        self._programs: Sequence[Program] = ()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    @abstractmethod
    def programs(self) -> Sequence[Program]:
        """Return its processes."""

    @abstractmethod
    async def positions(self) -> Positions:
        """Return the offset per partition below which everything is decided and where its readers find it."""

    async def prepare(self) -> None:  # noqa: B027 - most need nothing
        """Make what it needs in its database."""

    async def start(self) -> None:
        """Start its processes."""
        await self.prepare()
        self._programs = self.programs()
        for program in self._programs:
            await program.start()

    async def stop(self) -> None:
        """End its processes."""
        for program in self._programs:
            await program.stop()

    async def done(self) -> int:
        """Return how many records of the run are done; raises `PeerFailed` when a process has ended."""
        for program in self._programs:
            program.check()
        positions = await self.positions()
        starts = self.run.starts
        return sum(max(0, positions.get(partition, 0) - start) for partition, start in starts.items())

    def cpu_s(self) -> dict[str, float]:
        """Return the processor seconds used so far by its processes and the servers, by program."""
        return self.stage.programs.cpu_s(program.pid for program in self._programs)

    def last_words(self) -> str:
        """Return the ends of its logs."""
        return "\n".join(program.last_words() for program in self._programs)

    def environment(self) -> dict[str, str]:
        """Return what its programs are told; lotstream itself has its own settings."""
        return {
            "PEER_BOOTSTRAP": self.stage.settings.kafka_bootstrap,
            "PEER_POSTGRES_URL": self.run.postgres_url,
            "PEER_GROUP": self.run.name,
            "PEER_WORKERS": str(self.workers),
            "PEER_BATCH": str(self.stage.settings.batch_records_max),
            "PEER_INBOUND": INBOUND.name,
            "PEER_PICK_TASKS": PICK_TASKS.name,
            "PEER_ORDER_STATUS": ORDER_STATUS.name,
            "PEER_FOLDER": str(self.run.folder),
        }

    def python(self, module: str, *, program: str = sys.executable) -> list[Program]:
        """Return as many processes of a Python module as there are workers, each with a folder of its own."""
        return [self._python(module, program, number) for number in range(self.workers)]

    def _python(self, module: str, program: str, number: int) -> Program:
        folder = self.run.folder / f"worker-{number}"
        folder.mkdir()
        environment = {**self.environment(), "PEER_FOLDER": str(folder), "PYTHONPATH": str(ROOT)}
        return Program([program, "-m", module], environment=environment, log=folder / "log")

    def java_program(self, main: str, **settings: str) -> list[Program]:
        """Return one Java process; its threads are the workers."""
        if self.tools.java is None:
            raise RuntimeError("The Java peers were not compiled.")
        environment = {**self.environment(), **settings}
        return [Program(self.tools.java.command(main), environment=environment, log=self.run.folder / "log")]

    async def group_positions(self, group: str) -> Positions:
        """Return what a consumer group has committed."""
        return await self.stage.committed(group)

    async def row_positions(self) -> Positions:
        """Return the positions that stand in PostgreSQL, in the same transactions as the rows."""
        if self._connection is None:
            self._connection = await asyncpg.connect(self.run.postgres_url)
        return {row["partition"]: row["next_offset"] for row in await self._connection.fetch(NEXT_OFFSETS)}

    async def close(self) -> None:
        """Close what the harness has opened to look at it."""
        if self._connection is not None:
            await self._connection.close()


MESSAGES: dict[str, Source] = {"messages": read_messages}
ROWS: dict[str, Source] = {"rows": read_outbox}
