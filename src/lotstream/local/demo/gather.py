"""Gathering what a demo brought about: from topics, from the database and from the worker's metrics."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream.contracts.sent_notices import Alert, Answer
from lotstream.contracts.sent_shipments import ShipConfirmation
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.contracts.topics import DEAD_LETTERS, INBOUND
from lotstream.domain.model import OrderKey, OrderState
from lotstream.errors import DemoFailed
from lotstream.local.demo.counts import read_counts
from lotstream.local.demo.doors import metrics
from lotstream.local.demo.listener import Heard, Listener
from lotstream.local.demo.outcome import Counts, DeadLetter, Given, OrderOutcome, Outcome
from lotstream.local.demo.stage import Stage
from lotstream.store.reads import Reads

STOCK_ROWS_MAX: Final = 1000
OUTBOX_ROWS_MAX: Final = 10_000
OFFSET_MAX: Final = 2**62
LOOK_S: Final = 0.1


async def gather(stage: Stage, given: Sequence[Given], *, forged_status: int) -> Outcome:
    """Return the outcome once everything the database holds for the topics was heard and nothing waits any more."""
    outbox = await _outbox(stage)
    await stage.listener.until(lambda listener: outbox.keys() <= {heard.id for heard in listener.heard} or None)
    owner = stage.catalogue.owner
    async with Reads(stage.settings.postgres_url) as reads:
        orders = [await _order(reads, stage, one) for one in given]
        stock = await reads.stock(owner, sku=None, rows_max=STOCK_ROWS_MAX)
    listener = stage.listener
    return Outcome(
        catalogue=stage.catalogue,
        orders=tuple(orders),
        forged_status=forged_status,
        stock=tuple(stock),
        heard=Counter(heard.id for heard in listener.heard if heard.topic != INBOUND.name and heard.id is not None),
        outbox=outbox,
        dead_letters=tuple(_dead_letter(heard) for heard in listener.heard if heard.topic == DEAD_LETTERS.name),
        alerts=tuple(alert for _, alert in listener.told(Alert)),
        answers=tuple(answer for _, answer in listener.told(Answer)),
        counts=await _counts(stage, orders=len(given)),
    )


async def _outbox(stage: Stage) -> Counter[str]:
    """Return the ids of all outgoing messages the database holds."""
    log = await stage.store.log()
    rows = [
        row
        for partition in range(log.partitions)
        for row in await stage.store.outbox(
            partition, log=log.number, offset=0, below=OFFSET_MAX, limit=OUTBOX_ROWS_MAX
        )
    ]
    return Counter(row.id for row in rows)


async def _order(reads: Reads, stage: Stage, given: Given) -> OrderOutcome:
    owner, key = stage.catalogue.owner, given.key
    order = await reads.order(owner, key)
    if order is None:
        raise DemoFailed(f"Order {key.order} is not in the database.")
    listener = stage.listener
    tasks = [(heard, body) for heard, body in listener.told(PickTasks) if OrderKey(body.source, body.order) == key]
    shipped = [
        (heard, body) for heard, body in listener.told(ShipConfirmation) if OrderKey(body.source, body.order) == key
    ]
    appended_at = _appended_at(listener, key)
    return OrderOutcome(
        given=given,
        order=order,
        history=tuple(await reads.history(owner, key)),
        tasks=tuple(task for _, body in tasks for task in body.tasks),
        confirmations=tuple(body for _, body in shipped),
        task_s=tasks[0][0].heard_at - appended_at,
        shipped_s=shipped[-1][0].heard_at - appended_at,
    )


def _appended_at(listener: Listener, key: OrderKey) -> float:
    """Return when the broker appended an order's record."""
    return next(
        heard.appended_at for heard, order in listener.told(OrderPlaced) if OrderKey(order.source, order.order) == key
    )


def _dead_letter(heard: Heard) -> DeadLetter:
    code, message = (heard.headers[f"lotstream_dlq_{name}"].decode() for name in ("code", "message"))
    return DeadLetter(code, message)


async def _counts(stage: Stage, *, orders: int) -> Counts:
    """Return the worker's counts as soon as they include every order and say that nothing waits."""
    while True:
        counts = read_counts(await metrics(stage.metrics))
        if counts.lag == 0 and counts.orders.get(OrderState.SHIPPED, 0) >= orders:
            return counts
        await asyncio.sleep(LOOK_S)
