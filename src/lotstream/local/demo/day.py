"""One demo day: goods arrive, three orders come in through three doors, the warehouse ships them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record
from lotstream.contracts.sent_orders import OrderStatus
from lotstream.contracts.topics import INBOUND
from lotstream.domain.model import OrderKey, OrderState
from lotstream.errors import DemoFailed
from lotstream.local.demo.catalogue import SOURCE, data
from lotstream.local.demo.doors import drop, post_webhook, taken
from lotstream.local.demo.gather import gather
from lotstream.local.demo.listener import Listener
from lotstream.local.demo.outcome import Given, Outcome
from lotstream.local.demo.stage import Stage

DAY_S_MAX: Final = 60.0
"""Longest from the start of the processes to the last order shipped."""

WEBHOOK: Final = "orders-create.json"
STUCK: Final = frozenset({OrderState.HELD, OrderState.REJECTED, OrderState.BACKORDERED, OrderState.CANCELLED})
"""States from which no order of the demo would go on."""


async def play(stage: Stage, *, progress: Callable[[str], None]) -> Outcome:
    """Play the day and return what came out; raises `DemoFailed` when it does not come to its end in time."""
    steps = ["starting"]

    def tell(step: str) -> None:
        steps.append(step)
        progress(step)

    try:
        async with asyncio.timeout(DAY_S_MAX):
            return await stage.unless_one_ends(_play(stage, tell))
    except TimeoutError:
        raise DemoFailed(f"It was not done within {DAY_S_MAX:.0f} s; the last step begun was: {steps[-1]}.") from None


async def _play(stage: Stage, tell: Callable[[str], None]) -> Outcome:
    tell("Waiting until every partition knows the site")
    await stage.broadcasts_heard()
    tell("Receiving goods, and a record that was cut off on its way")
    await stage.send([*stage.catalogue.records(), _cut_off(stage.catalogue.owner)])
    tell("Posting a webhook with a wrong signature")
    forged = await post_webhook(stage.house, data(WEBHOOK), secret=secrets.token_hex(32))
    given = []
    for words, give in (
        ("Posting an order to the Shopify webhook", _shop),
        ("Dropping an X12 940 into an inbox", _retailer),
        ("Dropping a CSV file into an inbox", _erp),
    ):
        tell(words)
        given.append(await give(stage))
        # The next one comes when this one has its lots, so that what is left for it is known.
        await _reached(stage.listener, given[-1].key, None)
    tell("Waiting for the shipments")
    for one in given:
        await _reached(stage.listener, one.key, OrderState.SHIPPED)
    return await gather(stage, given, forged_status=forged)


async def _shop(stage: Stage) -> Given:
    body = data(WEBHOOK)
    status = await post_webhook(stage.house, body, secret=stage.house.secret)
    return Given("Shopify webhook", OrderKey("shopify:lotstream-demo", "#1001"), WEBHOOK, body, f"HTTP {status}")


async def _retailer(stage: Stage) -> Given:
    key = OrderKey("x12:ZZ-DEMORETAIL", "7001")
    return await _file(stage, "edi", "warehouse-order.edi", door="X12 940", key=key)


async def _erp(stage: Stage) -> Given:
    return await _file(stage, "flatfile", "erp-orders.csv", door="CSV file", key=OrderKey("flatfile:erp", "ERP-2041"))


async def _file(stage: Stage, connector: str, name: str, *, door: str, key: OrderKey) -> Given:
    inbox, body = stage.house.inbox(connector), data(name)
    await drop(inbox, name, body)
    folder = await taken(inbox, name)
    if folder != "done":
        reason = await asyncio.to_thread((inbox / folder / f"{name}.reason.txt").read_text)
        raise DemoFailed(f"The connector {connector} refused {name}: {reason.strip()}")
    return Given(door, key, name, body, f"moved to {folder}/")


async def _reached(listener: Listener, key: OrderKey, state: OrderState | None) -> None:
    """Wait until an order's status was told, that of one state when it is named; raises `DemoFailed` if it is stuck."""

    def told(listener: Listener) -> bool | None:
        for _, status in listener.told(OrderStatus):
            if OrderKey(status.source, status.order) != key:
                continue
            if status.status in STUCK:
                raise DemoFailed(f"Order {key.order} is {status.status}: {status.message or 'no reason was given'}.")
            if state in {None, status.status}:
                return True
        return None

    await listener.until(told)


def _cut_off(owner: str) -> Record:
    """Return an order of which only the beginning arrived."""
    headers = headers_for(type_of("order.placed"), id="cut-off", source=SOURCE)
    return Record(INBOUND.name, owner.encode(), b'{"owner":"' + owner.encode() + b'","source":"sh', tuple(headers))
