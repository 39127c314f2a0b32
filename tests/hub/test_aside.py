"""Long decisions are made on a thread: everything else goes on meanwhile, and nobody looks at what is half decided."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    Command,
    DefineItem,
    LineWanted,
    PlaceOrder,
    RecallLots,
    TickClock,
    UndoPick,
)
from lotstream.domain.history import questions
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    CountsSince,
    CountsTold,
    Item,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Question,
    RowKey,
    StockRow,
)
from lotstream.domain.model import Settings as Rules
from lotstream.errors import ConstraintViolated
from lotstream.hub import deciding, lookup
from lotstream.hub.aside import ORDERS_MIN, OnThread, may_take_long
from lotstream.hub.records import Entry
from lotstream.store.rows import Outcome
from tests.hub.test_pipeline import NOW, OWNER, SITE, Bench

#: Longest that a thread of a test waits for its loop, in seconds.
PATIENCE_S = 120.0
KEY = OrderKey("shop", "A")
RECALL = RecallLots("R-1", None, (("SOAP", "L1"),))
PLACE = PlaceOrder(KEY, None, None, None, None, (LineWanted("1", "SOAP", Decimal(1)),), "as it came")


class Halfway:
    """Stops the decision of a hold in its middle until told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._loop = asyncio.get_running_loop()
        self._goes_on = threading.Event()
        self.reached = asyncio.Event()
        monkeypatch.setattr(deciding, "apply", self._stop)

    def go_on(self) -> None:
        """Let it come to its end."""
        self._goes_on.set()

    def _stop(self, ledger: Ledger, event: Any) -> None:  # noqa: ANN401 - any event
        apply(ledger, event)
        if type(event).__name__ == "HoldPlaced":
            self._loop.call_soon_threadsafe(self.reached.set)
            if not self._goes_on.wait(PATIENCE_S):
                raise TimeoutError("The event loop does not go on while a decision is made.")


class Watched(Ledger):
    """An owner's state that knows who looked at it."""

    __slots__ = ()

    seen_by: list[str] = []  # noqa: RUF012 - one list for the one test that uses it

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        if threading.current_thread() is threading.main_thread():
            Watched.seen_by.append(name)
        return super().__getattribute__(name)


@contextmanager
def watched(ledger: Ledger) -> Iterator[list[str]]:
    """Yield what the loop's thread asks an owner's state for in the time of a block."""
    Watched.seen_by.clear()
    ledger.__class__ = Watched
    try:
        yield Watched.seen_by
    finally:
        ledger.__class__ = Ledger


@pytest.fixture
async def bench() -> Bench:
    """A hub of one partition with ten pieces of one lot, where every sweeping decision is made aside."""
    made = Bench(aside=OnThread(orders_min=1))
    await made.begin()
    return made


def hold(bench: Bench) -> Entry:
    """Return the next record: the one lot is put on hold."""
    return bench.entry("hold.placed", {"owner": OWNER, "hold": "H-1", "sku": "SOAP", "lot": "L1"})


async def test_what_a_late_document_would_change_is_found_out_aside(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is decided to see which counts to ask for, which takes as long as any decision of it."""
    threads: list[threading.Thread] = []

    def ask(*about: Any) -> tuple[Question, ...]:  # noqa: ANN401 - whatever is asked about
        threads.append(threading.current_thread())
        return questions(*about)

    monkeypatch.setattr(lookup, "questions", ask)
    line = {"line": "1", "sku": "SOAP", "lot": "L1", "location": "BIN", "quantity": 1, "to": "ELSEWHERE"}
    late = {"happened": True, "occurred_at": "2026-08-31T00:00:00Z", "move": "M-1", "lines": [line]}
    entries = [bench.entry("stock.moved", {"owner": OWNER, "site": SITE, **late})]
    await bench.finish(asyncio.create_task(bench.pipeline.commit(entries)))
    assert bench.outcomes()[-1][1] == Outcome.DONE
    assert threads
    assert threading.main_thread() not in threads


async def test_the_batch_before_is_written_while_a_long_decision_is_made(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction ends, it is handed over, and nobody but the thread looks at what is half decided.

    On the event loop the decision would wait for the loop that waits for the decision.
    """
    await bench.under_way([bench.order("A"), bench.order("B"), bench.cancel("B")])
    halfway = Halfway(monkeypatch)
    task = asyncio.create_task(bench.pipeline.commit([hold(bench), bench.order("C")]))
    await halfway.reached.wait()
    with watched(bench.ledgers[OWNER]) as looked_at:
        bench.store.gate.set()
        await bench.pipeline.written()
        bench.ledgers.shrink()
        bench.ledgers.sizes()
        assert (len(bench.delivered), bench.states[0].written) == (2, 5)
    assert looked_at == []
    assert OrderKey("shop", "B") in bench.ledgers[OWNER].closed
    halfway.go_on()
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(offset, Outcome.DONE) for offset in range(2, 7)]
    assert await bench.stock() == (10, 0)
    assert bench.ledgers[OWNER].closed == {}


async def test_a_decision_on_top_of_a_refused_batch_is_made_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that is refused while a thread decides on top of it waits for the thread; then both are decided anew."""
    await bench.under_way([bench.order("A", 7)])
    bench.store.failures = [ConstraintViolated("once", detail="", check=False)]
    halfway = Halfway(monkeypatch)
    task = asyncio.create_task(bench.pipeline.commit([hold(bench)]))
    await halfway.reached.wait()
    bench.store.gate.set()
    halfway.go_on()
    await bench.finish(task)
    assert bench.outcomes()[2:] == [(2, Outcome.DONE), (3, Outcome.DONE)]
    assert (await bench.stock(), bench.died) == ((10, 0), [])


async def test_whoever_is_cancelled_waits_for_the_thread() -> None:
    """What a thread changes stays its own until it is done, although the one who waits for it is cancelled, twice."""
    began, goes_on, ended = asyncio.Event(), threading.Event(), []
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(began.set)
        ended.append(goes_on.wait(PATIENCE_S))

    task = asyncio.create_task(OnThread().run(work))
    await began.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    assert (task.done(), ended) == (False, [])
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


async def test_what_goes_wrong_on_the_thread_is_raised() -> None:
    """An error of the work is the error of whoever waits for it."""
    with pytest.raises(ZeroDivisionError):
        await OnThread().run(lambda: 1 // 0)


def ledger(*, orders: int = 0, rows: int = 0, state: OrderState = OrderState.ALLOCATED) -> Ledger:
    """Return an owner with so many orders and stock rows."""
    made = Ledger(OWNER, Sites())
    for number in range(orders):
        line = OrderLine("1", "SOAP", "each", 1, 1)
        key = OrderKey("shop", f"O-{number}")
        made.orders[key] = Order(key, None, NOW, number, "as it came", None, "NORTH", state, lines=[line])
    for number in range(rows):
        row = StockRow(RowKey("SOAP", f"L{number}", "NORTH", "BIN"), 1)
        made.stock[row.key] = row
    made.index()
    return made


@pytest.mark.parametrize(
    ("owner", "command", "long"),
    [
        (ledger(orders=ORDERS_MIN), RECALL, True),
        (ledger(rows=ORDERS_MIN), TickClock(), True),
        (ledger(orders=ORDERS_MIN // 2, rows=ORDERS_MIN // 2), ChangeSettings(Rules()), True),
        (ledger(orders=ORDERS_MIN - 1), RECALL, False),
        (ledger(orders=ORDERS_MIN, state=OrderState.BACKORDERED), PLACE, False),
        (ledger(orders=ORDERS_MIN), CancelOrder(KEY, None, ()), False),
        (ledger(orders=ORDERS_MIN, state=OrderState.BACKORDERED), CancelOrder(KEY, None, ()), True),
        (ledger(orders=ORDERS_MIN), DefineItem(Item("SOAP")), False),
    ],
)
def test_what_is_decided_aside(owner: Ledger, command: Command, *, long: bool) -> None:
    """It is what may touch many orders: by its kind and their number, or by how many wait for what it frees."""
    assert may_take_long(owner, command, orders_min=ORDERS_MIN) is long


def test_an_owner_that_looks_at_its_orders_again_does_so_aside() -> None:
    """Before anything else, even an order, is decided for an owner whose day has turned, a part of its orders is."""
    owner = ledger(orders=ORDERS_MIN)
    owner.sites.today["NORTH"] = date(2026, 9, 2)
    owner.sites.note_turn("NORTH", 1)
    assert may_take_long(owner, PLACE, orders_min=ORDERS_MIN)


def test_what_is_told_late_is_decided_aside() -> None:
    """It may be tried on a copy of everything first; what is told at once of the same owner is not."""
    owner = ledger(orders=ORDERS_MIN)
    late = UndoPick("NORTH", True, None, NOW, KEY)
    assert not may_take_long(owner, late, orders_min=ORDERS_MIN)
    owner.history = {CountsSince("SOAP", "L1", NOW): CountsTold(())}
    assert may_take_long(owner, late, orders_min=ORDERS_MIN)
    assert not may_take_long(owner, PLACE, orders_min=ORDERS_MIN)
