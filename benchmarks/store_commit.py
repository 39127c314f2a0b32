"""How many orders a second one commit after the other writes, and where its time goes.

Every order has four lines, each promised to one lot, and writes what the hub writes for it: one intake row, one order,
one journal row, three outgoing messages, one consignee, and its share of the stock rows. Rows are made beforehand; what
is timed is `PostgresStore.commit`.

    python benchmarks/store_commit.py --url postgresql:///bench?host=/tmp --seconds 20

The database must be empty. The garbage collector is set as in a worker. CPU of the server is that of its processes
together and needs it on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from lotstream.domain.changed import Touched
from lotstream.domain.events import Considered, LineDecision, OrderRecorded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Lot, Order, OrderKey, OrderLine, OrderState, Reservation, RowKey, StockRow
from lotstream.hub.collector import leave_ledgers_alone
from lotstream.store import added, commit, state
from lotstream.store.claim import Claim
from lotstream.store.connection import Database
from lotstream.store.journal import journal_row
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import Batch, IntakeRow, OutboxRow, Outcome, PartitionBatch, PersonRow
from lotstream.store.state import state_rows

PARTITIONS = 32
OWNERS = 8
SKUS = 250
LINES = 4
MESSAGES = ("lotstream.pick-tasks", "lotstream.order-status", "lotstream.answers")
TODAY = {"TOR": date(2026, 9, 1)}
PLENTY = 10**9


class Warehouse:
    """Makes batches as the hub would hand them to the store."""

    def __init__(self, orders: int, seed: int) -> None:
        self.orders = orders
        self.random = random.Random(seed)
        self.made = 0
        self.ledgers = [_ledger(f"owner-{number}") for number in range(OWNERS)]
        self.claims: dict[int, Claim] = {}

    def batch(self) -> Batch:
        """Return the next batch: orders over all owners, an owner's in one partition."""
        after = dict(self.claims)
        batch = Batch(partitions=[])
        for ledger in self.ledgers:
            ledger.touched, ledger.orders = Touched(), {}
        for _ in range(self.orders):
            number = self.random.randrange(OWNERS)
            after[number] = self._order(batch, self.ledgers[number], after[number])
        batch.state = state_rows(self.ledgers, batch.journal)
        batch.partitions = [PartitionBatch(self.claims[p], after[p]) for p in range(OWNERS)]
        self.claims = after
        return batch

    def _order(self, batch: Batch, ledger: Ledger, claim: Claim) -> Claim:
        self.made += 1
        now, offset = datetime.now(UTC), claim.next_offset
        order = self._placed(ledger, now)
        ledger.orders[order.key] = order
        ledger.touched.orders.add(order.key)
        event = OrderRecorded(order, tuple(_decision(line) for line in order.lines))
        row = journal_row(
            event, previous=claim.chain, partition=claim.partition, offset=offset, index=0, owner=ledger.owner,
            recorded_at=now, today=TODAY,
        )  # fmt: skip
        batch.journal.append(row)
        batch.intake.append(
            IntakeRow(
                claim.partition, offset, "shopify:acme", f"{self.random.getrandbits(128):032x}",
                "lotstream.order.placed.v1", ledger.owner, Outcome.DONE, now,
            )
        )  # fmt: skip
        batch.outbox += [
            OutboxRow(
                claim.partition, offset, index, f"{self.random.getrandbits(128):032x}", topic, b"#123456",
                "lotstream.message.v1", b'{"message":"%s"}' % (b"x" * size), now,
            )
            for index, (topic, size) in enumerate(zip(MESSAGES, (1000, 700, 120), strict=True))
        ]  # fmt: skip
        batch.persons.append(
            PersonRow(
                ledger.owner, str(order.person), b'{"name":"A. N. Other","street":["1 Long Street"],"phone":null}'
            )
        )
        return replace(claim, next_offset=offset + 1, chain=row.hash, append_time=now, last_append_time=now)

    def _placed(self, ledger: Ledger, now: datetime) -> Order:
        lines = []
        for number in range(1, LINES + 1):
            key = RowKey(f"SKU-{self.random.randrange(SKUS):05}", "L24A", "TOR", "TOR-A-01")
            ledger.stock[key].reserved += 12
            ledger.touched.stock.add(key)
            reservation = Reservation(f"{self.random.getrandbits(128):032x}", key, 12)
            lines.append(OrderLine(str(number), key.sku, "each", 1, 12, reservations=[reservation]))
        return Order(
            OrderKey("shopify:acme", f"#{self.made}"), None, now, self.made, f"{self.random.getrandbits(128):032x}",
            "C-7", "TOR", OrderState.ALLOCATED, person=f"{self.random.getrandbits(128):032x}", city="Columbus",
            region="OH", postcode="43085", country="US", scac="UPSN", service="Ground", references={"po": "PO-9"},
            lines=lines,
        )  # fmt: skip


class Stages:
    """A commit that notes how long each of its statements took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)
        self._cpu_at = 0.0
        self.rows: dict[str, int] = defaultdict(int)

    async def commit(self, database: Database, batch: Batch) -> None:
        """Do what `Commits.commit` does, statement by statement, with a watch."""
        at, self._cpu_at = time.perf_counter(), time.process_time()
        rows, changed = added.added_rows(batch), batch.state
        replaced = {**state.shared_rows(batch), **changed.replaced, "sales_order": changed.changed}
        at = self._note("make tuples", at)
        async with database.transaction() as connection:
            await commit.write_claims(connection, batch.partitions)
            at = self._note("begin + claims", at, len(batch.partitions))
            for table, tuples in rows.items():
                await commit.add(connection, table, tuples, columns=added.COLUMNS[table])
                at = self._note(f"add {table}", at, len(tuples))
            await commit.add(connection, "sales_order", changed.recorded, columns=state.ORDER_COLUMNS)
            at = self._note("add sales_order", at, len(changed.recorded))
            await commit.replace_stock(connection, changed.stock)
            at = self._note("replace stock", at, len(changed.stock))
            for query, tuples in replaced.items():
                await commit.replace(connection, query, tuples)
                at = self._note(f"replace {query}", at, len(tuples))
        self._note("commit", at)

    def _note(self, stage: str, since: float, rows: int = 0) -> float:
        now, cpu = time.perf_counter(), time.process_time()
        self.seconds[stage] += now - since
        self.cpu[stage] += cpu - self._cpu_at
        self._cpu_at = cpu
        self.rows[stage] += rows
        return now


def _ledger(owner: str) -> Ledger:
    ledger = Ledger(owner, Sites())
    for number in range(SKUS):
        key = RowKey(f"SKU-{number:05}", "L24A", "TOR", "TOR-A-01")
        ledger.stock[key] = StockRow(key, on_hand=PLENTY)
        ledger.lots[key.sku, "L24A"] = Lot(key.sku, "L24A", expires=date(2027, 6, 1))
    return ledger


def _decision(line: OrderLine) -> LineDecision:
    considered = (Considered("L24A", "TOR-A-01", date(2027, 6, 1), taken=12, free=480),)
    return LineDecision(line.line, tuple(line.reservations), 0, "FEFO", "settings", considered)


async def _prepared(store: PostgresStore, warehouse: Warehouse) -> None:
    await store.begin_log(PARTITIONS)
    read = await store.claims(range(OWNERS))
    taken = [await store.take_claim(claim, holder="bench") for claim in read.values()]
    claims = {claim.partition: claim for claim in taken if claim is not None}
    for ledger in warehouse.ledgers:
        ledger.touched = Touched(owner=True, stock=set(ledger.stock), lots=set(ledger.lots))
    parts = [PartitionBatch(claim, claim) for claim in claims.values()]
    await store.commit(Batch(parts, state_rows(warehouse.ledgers, ())))
    warehouse.claims = claims


async def _server(url: str) -> tuple[float, int, str]:
    """Return CPU seconds of the server's processes, bytes of log written so far, and the version."""
    connection = await asyncpg.connect(url)
    try:
        wal = await connection.fetchval("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        postmaster = psutil.Process(connection.get_server_pid()).parent()
        times = [process.cpu_times() for process in postmaster.children()] if postmaster else []
        return sum(t.user + t.system for t in times), int(wal), await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()


async def measure(url: str, *, orders: int, seconds: float, seed: int) -> dict[str, Any]:
    """Commit batches until the time is over and return the figures."""
    await migrate(url)
    warehouse, stages = Warehouse(orders, seed), Stages()
    async with PostgresStore(url, app="bench") as store:
        await _prepared(store, warehouse)
        for _ in range(3):
            await store.commit(warehouse.batch())
        server, wal, version = await _server(url)
        committed, spent, cpu = 0, 0.0, 0.0
        while spent < seconds:
            batch = warehouse.batch()
            began, cpu_began = time.perf_counter(), time.process_time()
            await stages.commit(store._database, batch)  # noqa: SLF001 - the watch stands inside the commit
            spent, cpu = spent + time.perf_counter() - began, cpu + time.process_time() - cpu_began
            committed += orders
        server_after, wal_after, _ = await _server(url)
    batches = committed / orders
    return {
        "orders_per_s": round(committed / spent),
        "orders": committed,
        "batch_ms": round(spent / batches * 1000, 1),
        "client_cpu_us_per_order": round(cpu / committed * 1e6, 1),
        "server_cpu_us_per_order": round((server_after - server) / committed * 1e6, 1),
        "wal_bytes_per_order": round((wal_after - wal) / committed),
        "stages_ms_per_batch (all, client CPU)": {
            name: f"{total / batches * 1000:.2f}, {stages.cpu[name] / batches * 1000:.2f}"
            for name, total in stages.seconds.items()
        },
        "rows_per_order": {name: round(rows / committed, 2) for name, rows in stages.rows.items() if rows},
        "seed": seed,
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, PostgreSQL {version}, asyncpg {asyncpg.__version__}",
        "script": Path(__file__).name,
    }


def main() -> None:
    """Measure and print the figures as JSON."""
    leave_ledgers_alone()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--orders", type=int, default=1000, help="orders in one batch")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures = measure(options.url, orders=options.orders, seconds=options.seconds, seed=options.seed)
    sys.stdout.write(json.dumps(asyncio.run(figures), indent=2) + "\n")


if __name__ == "__main__":
    main()
