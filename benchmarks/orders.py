"""What an order of four lines costs a worker, step by step, with Kafka and PostgreSQL left out.

    python benchmarks/orders.py
    python benchmarks/orders.py & python benchmarks/orders.py    # how much one core slows the other down

Batches of 1,000 orders go through everything a worker's own code does with them: read, decided, encoded, made into
rows and record batches. What waits for a server is left out: the sockets, and what the drivers do with them. Best of
several batches, in microseconds an order: what disturbs a batch only makes it slower. The parts of deciding are timed
by a clock around each, which makes them some tenths of a microsecond slower.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from types import SimpleNamespace
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder

from lotstream.contracts.produce import Record
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Site
from lotstream.hub import deciding
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.collector import leave_ledgers_alone
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.kafka import PRODUCE_BATCH_BYTES
from lotstream.hub.publishing import message_headers
from lotstream.hub.records import LOG_APPEND_TIME, read_records
from lotstream.hub.state import PartitionState
from lotstream.settings import Settings
from lotstream.store.added import added_rows
from lotstream.store.rows import Batch, MessageKey, OutboxRow
from lotstream.store.state import shared_rows
from lotstream.testing.load import SITE, Load, catalogue, orders
from lotstream.testing.memory import MemoryStore, Tables

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
BATCH = 1000
BYTES_MAX = 1 << 20
#: What deciding is made of: functions of `lotstream.hub.deciding`, and what the table calls them.
PARTS = {
    "decide": "lots and bins chosen, event made",
    "journal_row": "event and order encoded, hash chained",
    "apply": "event applied to memory",
    "state_rows": "rows of state made",
}


class NowhereStore(MemoryStore):
    """A store that has goods and forgets orders, so that only the worker's own work is timed."""

    goods_only = False

    async def seen(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Return which messages were done before; none are once the goods are there."""
        return set() if self.goods_only else await super().seen(keys)

    async def commit(self, batch: Batch) -> None:
        """Keep a batch, until the goods are there."""
        if not self.goods_only:
            await super().commit(batch)


class Worker:
    """The parts of a worker between its sockets, with one partition for everything."""

    def __init__(self) -> None:
        self.store = NowhereStore(Tables())
        self.states: dict[int, PartitionState] = {}
        self._offset = 0
        self.unit = CommitUnit(
            self.store, ledger_store(build_app(Settings(_env_file=None))), self.states, reread=_never, positions=dict,
            behind=lambda _: False, message_bytes_max=BYTES_MAX, continued_orders_max=1000,
        )  # fmt: skip

    async def begin(self, load: Load) -> None:
        """Take the partition over and book the goods."""
        await self.store.begin_log(1)
        claim = await self.store.take_claim((await self.store.claims([0]))[0], holder="worker")
        if claim is None:
            raise RuntimeError("The partition of a fresh store was not free.")
        self.states[0] = PartitionState(claim, Sites({SITE: Site(SITE)}, today={SITE: NOW.date()}))
        for records in _batches(catalogue(load)):
            entries = read_records({0: self.polled(records)}, partitions=1, bytes_max=BYTES_MAX)
            await self.unit.write(await self.unit.decide(entries, condemned={}))
        self.store.goods_only = True

    def polled(self, records: Sequence[Record]) -> list[Any]:
        """Return records as a poll brings them."""
        first, self._offset = self._offset, self._offset + len(records)
        return [
            SimpleNamespace(
                topic="inbound", partition=0, offset=first + n, timestamp=int(NOW.timestamp() * 1000),
                timestamp_type=LOG_APPEND_TIME, key=record.key, value=record.value, headers=record.headers,
            )
            for n, record in enumerate(records)
        ]  # fmt: skip

    async def one_batch(self, polled: list[Any]) -> dict[str, float]:
        """Take a batch from polled records to what the sockets would get; return seconds by step."""
        clock = [time.perf_counter()]
        entries = read_records({0: polled}, partitions=1, bytes_max=BYTES_MAX)
        clock.append(time.perf_counter())
        decided = await self.unit.decide(entries, condemned={})
        clock.append(time.perf_counter())
        _rows(decided)
        await self.unit.write(decided)
        clock.append(time.perf_counter())
        _record_batches(decided.batch.outbox)
        clock.append(time.perf_counter())
        steps = ("read: bytes to command", "decide", "rows for COPY, memory settled", "record batches")
        return {step: later - earlier for step, earlier, later in zip(steps, clock, clock[1:], strict=False)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=20)
    chosen = parser.parse_args()
    sys.stdout.write(f"Python {platform.python_version()}, batches of {BATCH} orders, best of {chosen.batches}\n")
    for name, us in asyncio.run(measured(chosen.batches)).items():
        sys.stdout.write(f"{name:<52} {us:7.1f} µs\n")


async def measured(batches: int) -> dict[str, float]:
    """Return microseconds an order by step, of the best batch, and of the parts of deciding."""
    whole = await _best(batches)
    with _parts_timed() as parts:
        await _best(batches, parts)
    best = {f"  of which {name}": us for name, us in parts.best.items()}
    return {"everything": sum(whole.values()), **whole, **best}


async def _best(batches: int, parts: _Parts | None = None) -> dict[str, float]:
    """Return microseconds an order by step, of the batch that was quickest."""
    load, worker = Load(orders=batches * BATCH), Worker()
    await worker.begin(load)
    leave_ledgers_alone()
    quickest: dict[str, float] = {}
    for records in _batches(orders(load)):
        polled = worker.polled(records)
        steps = await worker.one_batch(polled)
        if parts is not None:
            parts.batch_done()
        if not quickest or sum(steps.values()) < sum(quickest.values()):
            quickest = steps
    return {step: seconds / BATCH * 1e6 for step, seconds in quickest.items()}


class _Parts:
    """Microseconds an order in each part of deciding, least of all batches."""

    def __init__(self) -> None:
        self.best: dict[str, float] = {}
        self._s: dict[str, float] = defaultdict(float)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function with a clock around it."""

        def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self._s[name] += time.perf_counter() - started

        return run

    def batch_done(self) -> None:
        """Keep what is less than in every batch before."""
        for name, seconds in self._s.items():
            us = seconds / BATCH * 1e6
            self.best[name] = min(us, self.best.get(name, us))
        self._s.clear()


@contextmanager
def _parts_timed() -> Iterator[_Parts]:
    parts, before = _Parts(), {name: getattr(deciding, name) for name in (*PARTS, "messages")}
    messages = before["messages"]
    try:
        for name, called in PARTS.items():
            setattr(deciding, name, parts.timed(called, before[name]))
        # A generator works while it is read.
        told = parts.timed("pick tasks and order status written", lambda *args: list(messages(*args)))
        setattr(deciding, "messages", told)  # noqa: B010 - a name that the module does not export
        yield parts
    finally:
        for name, function in before.items():
            setattr(deciding, name, function)


def _rows(decided: Decided) -> None:
    added_rows(decided.batch)
    shared_rows(decided.batch)


def _record_batches(rows: Sequence[OutboxRow]) -> None:
    groups: dict[tuple[str, int], list[OutboxRow]] = defaultdict(list)
    for row in rows:
        groups[row.topic, hash(row.key) % 8].append(row)
    for group in groups.values():
        builder = BatchBuilder(PRODUCE_BATCH_BYTES, 0, is_transactional=True)
        for row in group:
            builder.append(timestamp=None, key=row.key, value=row.value, headers=message_headers(row))
        builder.close()


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch


async def _never(partitions: set[int]) -> None:
    raise RuntimeError(f"Partitions {sorted(partitions)} were to be read again: a batch failed.")


if __name__ == "__main__":
    main()
