"""Deciding a batch while the one before it is being written: what the later one must see, and what undoes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.contracts.decode import decode
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import inbound
from lotstream.contracts.topics import ALERTS
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Order, OrderKey, OrderState, Site
from lotstream.errors import ClaimLost, ConstraintViolated
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.aside import Aside, OnThread
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.pipeline import Pipeline
from lotstream.hub.records import Entry
from lotstream.hub.state import PartitionState
from lotstream.settings import Settings
from lotstream.store.rows import Batch, MessageKey, Outcome, OwnerOrder
from lotstream.testing.memory import MemoryStore, Tables

OWNER = "acme"
SITE = "NORTH"
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


class GatedStore(MemoryStore):
    """A store whose transactions wait at a gate, and fail when they are told to."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        self.failures: list[Exception] = []
        #: Raised by the next question which messages were seen.
        self.unreadable: Exception | None = None
        #: Makes the commit of a batch fail that it returns an error for.
        self.refuse: Callable[[Batch], Exception | None] = lambda _: None

    async def seen(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        error, self.unreadable = self.unreadable, None
        if error is not None:
            raise error
        return await super().seen(keys)

    async def commit(self, batch: Batch) -> None:
        self.began.set()
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        if (error := self.refuse(batch)) is not None:
            raise error
        await super().commit(batch)


class Bench:
    """One partition of a hub without Kafka."""

    def __init__(self, *, message_bytes_max: int = 1 << 20, aside: Aside | None = None) -> None:
        self.tables = Tables()
        self.store = GatedStore(self.tables)
        self.ledgers = ledger_store(build_app(Settings(_env_file=None)))
        self.states: dict[int, PartitionState] = {}
        self.delivered: list[Decided] = []
        self.died: list[BaseException] = []
        self.offset = 0
        unit = CommitUnit(
            self.store, self.ledgers, self.states, reread=self._reread, positions=dict, behind=lambda _: False,
            message_bytes_max=message_bytes_max, continued_orders_max=1_000, aside=aside,
        )  # fmt: skip
        self.pipeline = Pipeline(unit, deliver=self._deliver, constraint_failures_max=3, die=self.died.append)

    async def begin(self) -> None:
        """Take partition 0 over and let everything through that defines the goods."""
        await self.store.begin_log(1)
        claim = await self.store.take_claim((await self.store.claims([0]))[0], holder="worker-1")
        assert claim is not None
        self.states[0] = PartitionState(claim, Sites({SITE: Site(SITE)}, today={SITE: NOW.date()}))
        item = {"owner": OWNER, "sku": "SOAP", "base_unit": "each"}
        line = {"line": "1", "sku": "SOAP", "lot": "L1", "quantity": "10", "location": "A-01", "expires": "2027-01-01"}
        balance = {"owner": OWNER, "site": SITE, "balance": "B-1", "lines": [line]}
        self.store.gate.set()
        await self.pipeline.commit([self.entry("item.defined", item), self.entry("balance.opened", balance)])
        await self.pipeline.written()
        self.store.gate.clear()
        self.store.began.clear()

    def entry(self, type: str, body: dict[str, Any], *, message_id: str = "") -> Entry:
        """Return the next record of the partition."""
        record = inbound(type, body, source="shop", message_id=message_id or f"m-{self.offset}")
        decoded = decode(record.headers, record.value)
        self.offset += 1
        return Entry(0, self.offset - 1, NOW, record.key, record.value, record.headers, decoded)

    def order(self, name: str, quantity: int = 4, *, message_id: str = "") -> Entry:
        """Return the next record: an order of one line."""
        line = {"line": "1", "sku": "SOAP", "quantity": str(quantity)}
        body = {"owner": OWNER, "source": "shop", "order": name, "version": "1", "lines": [line]}
        return self.entry("order.placed", body, message_id=message_id)

    def cancel(self, name: str) -> Entry:
        """Return the next record: the cancellation of an order."""
        return self.entry("order.cancelled", {"owner": OWNER, "source": "shop", "order": name})

    async def under_way(self, entries: list[Entry]) -> None:
        """Have a batch decided and its transaction begun, which now waits at the gate."""
        await self.pipeline.commit(entries)
        await self.store.began.wait()

    async def finish(self, *last: asyncio.Task[None]) -> None:
        """Open the gate and wait until everything is written."""
        self.store.gate.set()
        await asyncio.gather(*last)
        await self.pipeline.written()

    def outcomes(self) -> list[tuple[int, str]]:
        """Return what became of every record, in the order of the log."""
        return sorted((row["offset"], row["outcome"]) for row in self.tables.rows["intake"].values())

    async def stock(self) -> tuple[int, int]:
        """Return on hand and reserved as the database has them."""
        ledger = (await self.store.ledgers({OWNER: self.states[0].sites}))[OWNER]
        (row,) = ledger.stock.values()
        return row.on_hand, row.reserved

    async def _deliver(self, written: Decided) -> None:
        self.delivered.append(written)

    async def _reread(self, partitions: Iterable[int]) -> None:
        for partition, claim in (await self.store.claims(partitions)).items():
            self.states[partition].claim = claim

    def ship(self, name: str) -> Entry:
        """Return the next record: all that an order is promised has left."""
        orders = [{"source": "shop", "order": name}]
        body = {"owner": OWNER, "site": SITE, "happened": False, "by": "gate", "shipment": f"S-{name}"}
        return self.entry("shipment.confirmed", {**body, "orders": orders})

    def recall(self) -> Entry:
        """Return the next record: the one lot is recalled."""
        return self.entry("lot.recalled", {"owner": OWNER, "recall": "R-1", "lots": [{"sku": "SOAP", "lot": "L1"}]})

    def alerts(self) -> list[str]:
        """Return what people were alerted to, in the order of the log."""
        rows = sorted(self.tables.rows["outbox"].items())
        return [json.loads(row["value"])["message"] for _, row in rows if row["topic"] == ALERTS.name]


@pytest.fixture(params=[None, OnThread(orders_min=0)], ids=["on the loop", "aside"])
async def bench(request: pytest.FixtureRequest) -> Bench:
    """A hub of one partition with ten pieces of one lot; whatever can be decided aside is, or nothing."""
    made = Bench(aside=request.param)
    await made.begin()
    return made


async def decided(bench: Bench, task: asyncio.Task[None], until: int) -> None:
    """Wait until memory has gone ahead to an offset while the transaction before still waits."""
    while bench.states[0].claim.next_offset < until and not task.done():
        await asyncio.sleep(0)


async def tried(bench: Bench, offset: int) -> None:
    """Wait until it was tried to decide a batch, whatever came of it, while the transaction before still waits."""
    pipeline = bench.pipeline
    while pipeline._memory.locked() or not pipeline._last or pipeline._last[-1].offset != offset:
        await asyncio.sleep(0)


async def test_the_next_batch_is_decided_and_not_written_while_one_is(bench: Bench) -> None:
    """With a transaction under way the next batch is decided on top of it, and nothing of it begins to be written."""
    await bench.under_way([bench.order("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B")]))
    await decided(bench, task, 4)
    assert bench.ledgers[OWNER].orders.keys() == {OrderKey("shop", "A"), OrderKey("shop", "B")}
    assert (task.done(), len(bench.tables.rows["sales_order"]), len(bench.delivered)) == (False, 0, 1)
    assert (bench.states[0].claim.next_offset, bench.states[0].written) == (4, 2)
    await bench.finish(task)
    assert await bench.stock() == (10, 8)
    assert [d.entries[-1].offset for d in bench.delivered] == [1, 2, 3]
    assert bench.states[0].written == 4


async def test_a_recall_is_decided_when_all_before_it_is_written(bench: Bench) -> None:
    """It begins a batch, which waits for the shipment under way, and says how much has left: nothing is missed.

    What comes after it in the log is decided with it, what comes before it without waiting.
    """
    await bench.under_way([bench.order("A"), bench.ship("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B"), bench.recall(), bench.order("C")]))
    await decided(bench, task, 5)
    assert (task.done(), bench.states[0].claim.next_offset) == (False, 5)
    await bench.finish(task)
    assert [d.entries[-1].offset for d in bench.delivered] == [1, 3, 4, 6]
    assert bench.outcomes()[2:] == [(offset, Outcome.DONE) for offset in range(2, 7)]
    left = "4 each of SOAP left with 1 order for 1 customer; 1 letter so far."
    said = f"Recall R-1: 1 lot. In the house: 6 each of SOAP; {left}"
    assert bench.alerts() == [said]
    assert (bench.ledgers[OWNER].history, await bench.stock()) == ({}, (6, 0))


async def test_a_recall_on_top_of_a_refused_shipment_counts_what_was_written(bench: Bench) -> None:
    """A shipment that the database refuses for good has not left, and no recall counts it."""

    def refuse(batch: Batch) -> Exception | None:
        return ConstraintViolated("no_shipment", detail="", check=False) if batch.shipment_lines else None

    bench.store.refuse = refuse
    await bench.under_way([bench.order("A"), bench.ship("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.recall()]))
    await bench.finish(task)
    outcomes = [(2, Outcome.DONE), (3, Outcome.DEAD_LETTERED), (4, Outcome.DONE)]
    said = "Recall R-1: 1 lot. In the house: 10 each of SOAP; nothing has left."
    assert (bench.outcomes()[2:], bench.alerts(), bench.died) == (outcomes, [said], [])


async def test_a_recall_that_is_refused_once_is_decided_again_from_the_database(bench: Bench) -> None:
    """When its own batch is refused it looks again, with everything before it written as before."""
    await bench.under_way([bench.order("A"), bench.ship("A")])
    bench.store.gate.set()
    await bench.pipeline.written()
    bench.store.failures = [ConstraintViolated("once", detail="", check=False)]
    await bench.pipeline.commit([bench.recall(), bench.order("B")])
    await bench.pipeline.written()
    assert bench.outcomes()[2:] == [(offset, Outcome.DONE) for offset in range(2, 6)]
    assert len(bench.alerts()) == 1


async def test_a_repeat_in_the_next_batch_is_known(bench: Bench) -> None:
    """A message that is still being written is a duplicate in the batch decided meanwhile."""
    await bench.under_way([bench.order("A", message_id="same")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("A", message_id="same")]))
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DUPLICATE)]


async def test_an_order_closed_in_a_batch_under_way_is_not_looked_for_in_the_database(bench: Bench) -> None:
    """An order closed by a batch that is not in Postgres yet is found in memory, as cancelled, by the next one."""
    await bench.under_way([bench.order("A"), bench.cancel("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("A", message_id="once more")]))
    await bench.finish(task)
    assert await bench.stock() == (10, 0)
    assert bench.outcomes()[2:] == [(offset, Outcome.DONE) for offset in (2, 3, 4)]
    assert (bench.ledgers[OWNER].closed, bench.ledgers[OWNER].orders) == ({}, {})


async def test_memory_lets_go_of_closed_orders_that_the_next_batch_does_not_name(bench: Bench) -> None:
    """What a batch has closed leaves memory when it is in Postgres, although the next one is decided by then."""
    await bench.under_way([bench.order("A"), bench.cancel("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B")]))
    await decided(bench, task, 5)
    assert bench.ledgers[OWNER].closed[OrderKey("shop", "A")].state is OrderState.CANCELLED  # type: ignore[union-attr]
    await bench.finish(task)
    assert bench.ledgers[OWNER].closed == {}


async def test_a_receipt_told_twice_is_booked_once(bench: Bench) -> None:
    """A receipt that is still being written is known to the batch decided meanwhile, under another message id too."""
    line = {"line": "1", "sku": "SOAP", "lot": "L1", "quantity": "5", "location": "A-01", "expires": "2027-01-01"}
    receipt = {"owner": OWNER, "site": SITE, "receipt": "R-1", "happened": True, "lines": [line]}
    await bench.under_way([bench.entry("stock.received", receipt)])
    task = asyncio.create_task(bench.pipeline.commit([bench.entry("stock.received", receipt)]))
    await bench.finish(task)
    assert await bench.stock() == (15, 0)
    assert bench.ledgers[OWNER].receipts == {}


async def test_what_was_decided_on_top_of_a_refused_batch_is_decided_again(bench: Bench) -> None:
    """When a transaction is refused once, both batches are decided again and each record is done once."""
    bench.store.failures = [ConstraintViolated("once", detail="", check=False)]
    await bench.under_way([bench.order("A", 7)])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B", 7)]))
    await decided(bench, task, 4)
    await bench.finish(task)
    assert await bench.stock() == (10, 10)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DONE)]
    assert [d.entries[-1].offset for d in bench.delivered] == [1, 2, 3]
    assert bench.died == []


async def test_the_next_batch_has_what_a_condemned_record_would_have_had(bench: Bench) -> None:
    """When the database goes on refusing a record, it is dead-lettered and the next batch is promised its goods."""

    def refuse(batch: Batch) -> Exception | None:
        names = [row.order for row in batch.journal if row.order is not None]
        return ConstraintViolated("no_a", detail="", check=False) if OrderKey("shop", "A") in names else None

    bench.store.refuse = refuse
    await bench.under_way([bench.order("C", 1), bench.order("A", 9)])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B", 9)]))
    await decided(bench, task, 5)
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DEAD_LETTERED), (4, Outcome.DONE)]
    assert await bench.stock() == (10, 10)


@pytest.mark.limit("outgoing_bytes_max")
async def test_a_record_too_large_to_tell_of_waits_for_the_batch_under_way() -> None:
    """A record of the next batch that leads to too large a message is dead-lettered, and the batch before is whole."""
    bench = Bench(message_bytes_max=2_000)
    await bench.begin()
    await bench.under_way([bench.order("A")])
    lines = [{"line": str(n), "sku": "SOAP", "quantity": "1"} for n in range(40)]
    large = {"owner": OWNER, "source": "shop", "order": "L", "version": "1", "lines": lines}
    task = asyncio.create_task(bench.pipeline.commit([bench.entry("order.placed", large), bench.order("B")]))
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DEAD_LETTERED), (4, Outcome.DONE)]
    codes = [row["code"] for row in bench.tables.rows["dead_letter"].values()]
    assert (codes, await bench.stock()) == ([DeadLetterCode.TOO_LARGE], (10, 8))


async def test_what_comes_before_a_record_too_large_to_tell_of_is_written_first() -> None:
    """Records too large to tell of divide their batch, so that each of them brings the partition on by itself."""
    bench = Bench(message_bytes_max=2_000)
    await bench.begin()
    bench.store.gate.set()
    lines = [{"line": str(n), "sku": "SOAP", "quantity": "1"} for n in range(40)]
    entries = [bench.order("A", 1)]
    for name in ("L", "M", "N"):
        large = {"owner": OWNER, "source": "shop", "order": name, "version": "1", "lines": lines}
        entries += [bench.entry("order.placed", large), bench.order(f"after {name}", 1)]
    await bench.pipeline.commit(entries)
    await bench.pipeline.written()
    assert [[entry.offset for entry in decided.entries] for decided in bench.delivered[1:]] == [
        [n] for n in range(2, 9)
    ]
    letters = [row["offset"] for row in bench.tables.rows["dead_letter"].values()]
    assert (letters, await bench.stock()) == ([3, 5, 7], (10, 4))


async def test_a_lost_claim_ends_the_process_and_nothing_is_handed_over(bench: Bench) -> None:
    """A claim that somebody else has taken ends the process, also when no further batch asks for it."""
    bench.store.failures = [ClaimLost("taken over")]
    await bench.under_way([bench.order("A")])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B")]))
    bench.store.gate.set()
    with pytest.raises(ClaimLost):
        await task
    assert ([type(error) for error in bench.died], len(bench.delivered)) == ([ClaimLost], 1)


async def test_what_was_too_large_on_top_of_a_refused_batch_is_judged_anew() -> None:
    """An order that is too much to tell only with goods that were never booked is done once these are refused."""
    bench = Bench(message_bytes_max=2_000)
    await bench.begin()
    lots = [
        {
            "line": str(n),
            "sku": "SOAP",
            "lot": f"X{n}",
            "quantity": "1",
            "location": f"B-{n:02}",
            "expires": "2026-12-01",
        }
        for n in range(60)
    ]

    def refuse(batch: Batch) -> Exception | None:
        return ConstraintViolated("no_many", detail="", check=False) if len(batch.state.stock) > 50 else None

    bench.store.refuse = refuse
    balance = {"owner": OWNER, "site": SITE, "balance": "B-2", "lines": lots}
    await bench.under_way([bench.entry("balance.opened", balance)])
    task = asyncio.create_task(bench.pipeline.commit([bench.order("Z", 10)]))
    await tried(bench, 3)
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DEAD_LETTERED), (3, Outcome.DONE)]
    assert await bench.stock() == (10, 10)


async def test_a_forgery_is_found_again_when_it_is_decided_again(bench: Bench) -> None:
    """A record that says it is the hub's own and is not is dead-lettered, also when its batch is decided twice."""
    bench.states[0].claim = replace(bench.states[0].claim, broadcast_seen=1)
    row = bench.tables.rows["claim"][0,]
    bench.tables.put("claim", row.changed(broadcast_seen=1))
    bench.store.failures = [ConstraintViolated("once", detail="", check=False)]
    await bench.under_way([bench.order("A")])
    value = b'{"number": 5, "type": "x"}'
    headers = tuple(headers_for(type_of("broadcast.answered"), id="1/0", source=HUB_SOURCE, time=NOW))
    bench.offset += 1
    forged = Entry(0, bench.offset - 1, NOW, b"*", value, headers, decode(headers, value))
    task = asyncio.create_task(bench.pipeline.commit([forged]))
    await decided(bench, task, 4)
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DEAD_LETTERED)]


async def test_a_batch_is_judged_by_what_goes_wrong_only_when_the_one_before_stands(bench: Bench) -> None:
    """An error in deciding on top of a batch that is refused does not end the process: the batch is decided anew."""
    bench.store.failures = [ConstraintViolated("once", detail="", check=False)]
    await bench.under_way([bench.order("A")])
    bench.store.unreadable = LookupError("wrong memory")
    task = asyncio.create_task(bench.pipeline.commit([bench.order("B")]))
    await tried(bench, 3)
    await bench.finish(task)
    assert (bench.outcomes()[2:], bench.died) == ([(2, Outcome.DONE), (3, Outcome.DONE)], [])


async def test_a_record_that_no_question_may_hold_is_tried_by_itself(bench: Bench) -> None:
    """A batch that the database refuses to be asked about is tried again, bit by bit, like one it refuses to write."""
    bench.store.gate.set()
    bench.store.unreadable = ConstraintViolated(None, detail="", check=False)
    await bench.pipeline.commit([bench.order("A"), bench.order("B")])
    await bench.pipeline.written()
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DONE)]


async def test_a_record_that_no_question_may_ever_hold_is_dead_lettered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record the database goes on refusing to be asked about is dead-lettered, and nothing stops because of it."""
    whole = bench.store.closed_orders

    async def closed_orders(keys: Sequence[OwnerOrder]) -> dict[OwnerOrder, Order | None]:
        if (OWNER, OrderKey("shop", "X")) in keys:
            raise ConstraintViolated(None, detail="", check=False)
        return await whole(keys)

    monkeypatch.setattr(bench.store, "closed_orders", closed_orders)
    bench.store.gate.set()
    await bench.pipeline.commit([bench.order("A"), bench.order("X"), bench.order("B")])
    await bench.pipeline.written()
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DEAD_LETTERED), (4, Outcome.DONE)]
    assert bench.died == []


async def test_owners_that_do_not_fit_together_are_not_in_memory_together(bench: Bench) -> None:
    """An owner that does not fit beside those of the batch being written has no room until that one is settled."""
    await bench.under_way([bench.order("A")])
    bench.ledgers.bytes_max = bench.ledgers.bytes + 1_000
    weights = await bench.ledgers.weights(["other"], source=bench.store)
    assert weights["other"] > 1_000
    assert (bench.ledgers.has_room_beside([OWNER]), bench.ledgers.has_room_beside([OWNER, "other"])) == (True, False)
    await bench.finish()
    assert bench.ledgers.has_room_beside(["other"])
