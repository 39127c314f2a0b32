"""One simulated house by a seed: servers, a group of workers, everybody outside, and everything that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import patch

from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced

from lotstream.domain.ledger import NotLoaded
from lotstream.errors import (
    ClaimLost,
    ConstraintViolated,
    InstanceTaken,
    LogMismatch,
    PostgresUnreachable,
    StopWorker,
    TryAgain,
)
from lotstream.hub import outbox_tail
from lotstream.store.claim import Log
from lotstream.testing.memory import Tables
from lotstream.testing.memory.tables import Key, Row
from lotstream.testing.simulation.books import Books
from lotstream.testing.simulation.broker import Broker, Headers, Transaction
from lotstream.testing.simulation.draws import draw
from lotstream.testing.simulation.fates import Fates
from lotstream.testing.simulation.faults import Faults
from lotstream.testing.simulation.group import Group
from lotstream.testing.simulation.holders import check_write
from lotstream.testing.simulation.loop import Process, SimulatedLoop
from lotstream.testing.simulation.network import Server
from lotstream.testing.simulation.outcome import Outcome, Script, Step
from lotstream.testing.simulation.plain import Plain
from lotstream.testing.simulation.published import Published
from lotstream.testing.simulation.reference import Reference
from lotstream.testing.simulation.restore import Restore
from lotstream.testing.simulation.stock_books import check_sales
from lotstream.testing.simulation.violations import Invariant, Violated, must
from lotstream.testing.simulation.worker import Worker
from lotstream.testing.simulation.workload import POISON, UNREADABLE, Workload, first_day

CALM_S: Final = 180.0
"""How long after the last fault everything must be decided and published, in made-up seconds."""

RESTORED_S: Final = 15.0
"""How long workers are watched after the database was restored, in seconds."""

MARKERS_S: Final = (0.0, 0.05)
"""How long after its end a transaction is seen, in seconds; one in ten takes ten times as long."""

LIMIT_S: Final = 15.0
"""Longest a process waits for a server, in seconds."""


class World:
    """Everything one seed makes."""

    def __init__(self, seed: int, script: Script) -> None:
        self._seed = seed
        self._script = script
        self.random = Random(seed)
        self.loop = SimulatedLoop()
        self.steps: list[Step] = []
        self.fates = Fates(self.note, self._later, aim=script.aim)
        self.counts = self.fates.counts
        self.drawn = draw(self.random)
        self.settings = self.drawn.settings
        self._begins = datetime.combine(first_day(), self.drawn.begins, UTC)
        self.tables = self._new_tables()
        self.database = self._server("database", PostgresUnreachable)
        self.kafka = self._server("kafka", KafkaConnectionError)
        self.coordinator = self._server("coordinator", KafkaConnectionError)
        self.broker = Broker(self.settings.partitions, now_ms=self._now_ms, later=self._write_markers)
        self.broker.on_seen = self._seen
        self.group = Group(self.settings.partitions, Random(self.random.random()), self.loop, self._later)
        self.plain = Plain(self.tables, self.broker.inbound, today=first_day())
        self.restored = False
        self.books = self._new_books()
        self.published = Published(self.broker, lambda p: self.tables.rows["claim"][(p,)]["next_offset"])
        self.reference = Reference(self.settings, self.broker.inbound, self._new_tables())
        self._broadcasts_lost = False
        self._restoring: Restore | None = None
        self._faults: Faults | None = None
        self._markers = Random(self.random.random())
        self._failed: asyncio.Future[None] = self.loop.create_future()
        self._running: dict[str, Worker] = {}
        self._twins: list[Worker] = []
        self._started: list[Process] = []
        self._keepers: dict[str, asyncio.Task[None]] = {}

    # ---- Time and notes ---------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the time of day in this world."""
        return self._begins + timedelta(seconds=self.loop.time())

    def today(self) -> date:
        """Return the day on which it began."""
        return self._begins.date()

    def note(self, who: str, what: str, result: object) -> None:
        """Write down a step."""
        self.steps.append((self.loop.time(), who, what, _short(result)))
        if who == "fault":
            self.counts[what] += 1

    def check(self, holds: Callable[[], object]) -> None:
        """End the run when something does not hold."""
        try:
            holds()
        except Violated as violation:
            if not self._failed.done():
                self.note("invariant", str(violation), "")
                self._failed.set_exception(violation)

    def _leaving(self, who: str, what: str) -> asyncio.Future[None] | None:
        return self._faults.late.leaves(who, what) if self._faults is not None else None

    def _done(self, who: str, what: str, result: object) -> bool:
        """After each step of a server: note it, and go through everything it may have touched.

        Tells whether its answer is lost.
        """
        if what not in _QUIET:
            self.note(who, what, result)
        if isinstance(result, ConstraintViolated | ClaimLost | ProducerFenced):
            process = next(process for process in self._started if process.name == who)
            self.fates.befell(process, f"{what.partition(' ')[0]}: {type(result).__name__}")
        self.check(self._check_database)
        return self._faults is not None and self._faults.heard(who, what)

    def _check_database(self) -> None:
        if self.books.check() and not self._broadcasts_lost:
            self.reference.check(self.tables)
            if not self.restored:
                self.plain.check()

    def _seen(self, transaction: Transaction) -> None:
        self.note("kafka", "seen", f"{len(transaction.rows)} messages")
        self.check(lambda: self.published.check(transaction, self.books))

    # ---- What the database is asked ---------------------------------------------------------------------------------

    def leaves(self, store: object, name: str, args: tuple[Any, ...]) -> asyncio.Future[None] | None:
        """Look at a call as it is made; returns what it has to wait for on its way, or None."""
        return self._restoring.leaves(store, name, args) if self._restoring is not None else None

    def arrives(self, store: object, name: str, args: tuple[Any, ...]) -> None:
        """Look at a call before it is done."""
        if self._restoring is not None:
            self._restoring.arrives(store, name, args)

    def has_done(self, name: str, args: tuple[Any, ...], result: object, before: dict[Key, Row]) -> None:
        """Look at a call that was done, with the claims as they were before."""
        self.check(lambda: check_write(name, args, result, before))

    def forget_positions(self) -> None:
        """Let Kafka forget relay positions, as after its retention; what it forgets is copied to the database.

        Not where a backup comes back: none may be older than what Kafka remembers, and these are seconds old.
        """
        if self._restoring is None or self._restoring.comes:
            return
        for partition in range(self.settings.partitions):
            claim = self.tables.rows["claim"].get((partition,))
            position = self.broker.positions.get(partition)
            if claim is not None and position is not None and claim["relay_position"] == position.offset:
                self.broker.forget(partition)
                self.counts["position forgotten"] += 1

    def restore(self, backup: Tables) -> None:
        """Bring the database back to an earlier point: all workers are killed, what is on its way to it is not."""
        self.note("fault", "restore", "")
        for worker in self.workers():
            worker.crash()
        # Records of the log whose numbered rows are gone are no broadcasts any more, and are decided otherwise.
        self._broadcasts_lost = len(backup.rows["broadcast"]) < len(self.tables.rows["broadcast"])
        self.tables.restore(backup)
        self.broker.outlive()
        self.restored = True
        self.books = self._new_books()

    # ---- Servers ----------------------------------------------------------------------------------------------------

    def servers(self) -> list[Server]:
        """Return all servers."""
        return [self.database, self.kafka, self.coordinator]

    def append(self, partition: int, *, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Add a record to the inbound topic, as somebody outside."""
        offset = self.broker.append(partition, key=key, value=value, headers=headers)
        self.counts["records"] += 1
        self.note("outside", f"append {dict(headers).get('ce_type', b'').decode()}", f"{partition}:{offset}")

    def _server(self, name: str, error: Callable[[str], Exception]) -> Server:
        server = Server(name, self.loop, Random(self.random.random()), limit_s=LIMIT_S, error=error)
        server.on_done = self._done
        server.on_leaving = self._leaving
        server.on_place = self.fates.is_at
        server.on_failed = self.fates.lost
        return server

    def _new_tables(self) -> Tables:
        tables = Tables(clock=lambda: self.now() + self.drawn.ahead)
        tables.log = Log(number=1, partitions=self.settings.partitions)
        tables.walls.append(_no_poison)
        tables.unasked.append(_no_question)
        return tables

    def _new_books(self) -> Books:
        return Books(self.tables, lambda partition: len(self.broker.inbound[partition]), restored=self.restored)

    def _now_ms(self) -> int:
        return round(self.now().timestamp() * 1000)

    def _later(self, seconds: float, does: Callable[[], None]) -> None:
        self.loop.call_later(seconds, does, context=self.loop.outside())

    def _write_markers(self, does: Callable[[], None]) -> None:
        slow = 10 if self._markers.randrange(10) == 0 else 1
        self._later(self._markers.uniform(*MARKERS_S) * slow, does)

    # ---- Workers ----------------------------------------------------------------------------------------------------

    def workers(self) -> list[Worker]:
        """Return the workers that run."""
        return [worker for worker in (*self._running.values(), *self._twins) if not worker.process.gone]

    def add_instance(self, *, leaves_after_s: float) -> None:
        """Let another worker join and leave again."""
        name = f"guest-{len(self._started)}"

        async def visit() -> None:
            worker = self._start(name)
            self._running[name] = worker
            await asyncio.wait([worker.ended], timeout=leaves_after_s)
            worker.stop()
            await worker.ended

        self._keepers[name] = asyncio.create_task(visit())

    def add_twin(self, worker: Worker) -> None:
        """Start a second process with a worker's instance id; it must not come up beside it."""
        self._twins.append(self._start(worker.settings.instance))

    def died(self, worker: Worker, error: BaseException) -> None:
        """Note that a worker ended itself, and ask whether it had a reason."""
        self.counts[type(error).__name__] += 1
        self.note(worker.process.name, "dies", repr(error))
        self.check(
            lambda: must(self._is_reason(worker, error), Invariant.LAG, f"{worker.process.name} died of {error!r}")
        )

    def _is_reason(self, worker: Worker, error: BaseException) -> bool:
        """Tell whether a worker may end because of an error: a fault, or a lost claim; never wrong data or memory."""
        if isinstance(error, StopWorker):
            return not isinstance(error.__cause__, ConstraintViolated)
        if isinstance(error, LogMismatch):
            return self.restored
        if isinstance(error, NotLoaded):
            # What its memory lacks, whoever took the partition over has written since.
            return worker.has_lost_a_claim()
        return isinstance(error, TryAgain | KafkaError | TimeoutError | InstanceTaken)

    def stopped(self, worker: Worker) -> None:
        """Note a graceful end."""
        self.note(worker.process.name, "ends", "")

    def _start(self, instance: str) -> Worker:
        process = Process(f"{instance}#{len(self._started) + 1}", self.loop)
        if not self._started:
            process.crash_at = self._script.crash_at
        self._started.append(process)
        worker = Worker(self, self.settings.model_copy(update={"instance": instance}), process)
        process.on_step = partial(self.fates.stepped, process)
        self.note(process.name, "starts", "")
        worker.start()
        return worker

    async def _keep(self, instance: str, random: Random) -> None:
        """Start a worker again whenever it ends."""
        while True:
            worker = self._running[instance] = self._start(instance)
            await worker.ended
            await asyncio.sleep(random.uniform(0.1, 2.0))

    # ---- The run ----------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """Live through the seed; return what it has shown."""
        violation: Violated | None = None
        try:
            with patch.object(outbox_tail, "PIECE_ROWS_MAX", self.drawn.piece_rows_max):
                self.loop.run_until_complete(self._live())
        except Violated as violated:
            violation = violated
        finally:
            self._close()
        self._count_records()
        return Outcome(
            self._seed, self._script, violation, self.steps, self.counts, stood=self.fates.awaits.stood,
            killed=self.fates.awaits.killed, first_took=self._started[0].steps,
        )  # fmt: skip

    async def _live(self) -> None:
        life = asyncio.create_task(self._life())
        await asyncio.wait([life, self._failed], return_when=asyncio.FIRST_COMPLETED)
        for worker in self.workers():
            worker.process.kill()
        await (self._failed if self._failed.done() else life)

    async def _life(self) -> None:
        script = self._script
        workload, faults = Workload(self, orders=script.orders, seconds=script.seconds), Faults(self, script)
        self._faults = faults
        restoring = self._restoring = Restore(self, script)
        for number in range(self.random.choice([1, 2, 2, 3])):
            name = f"worker-{number}"
            self._keepers[name] = asyncio.create_task(self._keep(name, Random(self.random.random())))
        warehouse, members = asyncio.create_task(workload.warehouse()), asyncio.create_task(self._expire_members())
        sending = asyncio.create_task(workload.run())
        chaos, restored = asyncio.create_task(faults.run(seconds=script.seconds)), asyncio.create_task(restoring.run())
        await asyncio.wait([chaos, restored], return_when=asyncio.FIRST_COMPLETED)
        faults.stop()
        self.note("faults", "end", "")
        if self.restored:
            # Nothing is promised but safety until a person has decided what to do.
            await asyncio.sleep(RESTORED_S)
        else:
            restored.cancel()
            self._restoring = None
            await self._until_quiet(sending, warehouse)
            self._check_end()
        for task in (warehouse, members, sending, chaos, restored):
            task.cancel()

    async def _expire_members(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.group.expire()

    async def _until_quiet(self, sending: asyncio.Task[None], warehouse: asyncio.Task[None]) -> None:
        """Wait until all is sent, decided and published; raises `Violated` when that takes too long."""
        until = self.loop.time() + CALM_S
        while not sending.done() or self._lag():
            if self.loop.time() > until:
                raise Violated(Invariant.LAG, f"{CALM_S} s after the last fault {self._lag()} is still to do")
            await asyncio.sleep(0.25)
            if sending.done() and self.loop.time() > until - CALM_S / 2:
                warehouse.cancel()
        sending.result()

    def _lag(self) -> list[str]:
        """Return what is still to decide, to publish, or to be told by the hub itself."""
        behind = []
        for partition, log in enumerate(self.broker.inbound):
            claim = self.tables.rows["claim"].get((partition,))
            decided = claim["next_offset"] if claim is not None else 0
            noted = claim["relay_position"] if claim is not None else 0
            published = self.broker.positions[partition].offset if partition in self.broker.positions else noted
            if not decided == published == len(log):
                behind.append(f"partition {partition}: published {published}, decided {decided} of {len(log)}")
        behind += [f"sale {row['title']} is to be told to {row['owner']}" for row in self.tables.of("title_due")]
        if not self.drawn.small_messages:
            # A part that leads to too large a message is dead-lettered, and its owner waits for the next command.
            owners = [row["owner"] for row in self.tables.of("continuing") if row["due"]]
            behind += [f"{owner} has orders to look at again" for owner in owners]
        return behind

    def _check_end(self) -> None:
        self.published.check_complete(self.books)
        check_sales(self.tables)
        self.reference.check_tables(self.tables)

    def _count_records(self) -> None:
        """Count what became of the records."""
        for row in self.tables.of("intake"):
            self.counts[" ".join(filter(None, ("intake:", row["outcome"], row["code"])))] += 1
        self.counts.update(f"dead letter: {row['code']}" for row in self.tables.of("dead_letter"))

    def _close(self) -> None:
        self.loop.end()
        self.reference.close()


def _no_poison(table: str, row: Row) -> None:
    """Refuse certain orders, as a constraint would that no ledger knows of."""
    if table == "sales_order" and row["order"].startswith(POISON):
        raise ConstraintViolated("no_poison")


def _no_question(table: str, key: Key) -> None:
    """Refuse to be asked about certain orders, as a server does for a text that it cannot read."""
    if table == "sales_order" and key[2].startswith(UNREADABLE):
        raise ConstraintViolated("no_question")


def _short(result: object) -> str:
    return result if isinstance(result, str) else repr(result) if isinstance(result, BaseException) else ""


_QUIET: Final = frozenset({"fetch", "heartbeat", "now ", "broadcasts ", "look", "positions"})
"""Calls that say nothing to whoever reads the steps."""
