"""The warehouse's floor: it picks what tasks say, order by order or in waves, ships it, and gets some of it back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lotstream.contracts.topics import PICK_TASKS
from lotstream.testing.simulation.dealing import Tell
from lotstream.testing.simulation.goods import Goods
from lotstream.testing.simulation.looking_back import CUSTOMER

if TYPE_CHECKING:
    from lotstream.testing.simulation.broker import Broker

TAKE_UP_S: Final = (0.1, 1.5)
"""How soon the warehouse takes a task up, in seconds."""
TAKEN_UP: Final = 0.8
"""Share of messages that somebody takes up at all."""
WAVES: Final = (0.0, 0.0, 0.3, 0.6)
"""Share of orders that are picked in waves, one of these in each world."""

Message = dict[str, Any]


class Floor:
    """Answers what the hub has published, as real warehouses do."""

    def __init__(self, random: Random, broker: Broker, goods: Goods, owners: Collection[str], tell: Tell) -> None:
        self._random = random
        self._broker = broker
        self._goods = goods
        self._owners = owners
        self._tell = tell
        self._count = 0
        #: Messages that the floor has seen, so that it takes each up once.
        self._seen = 0
        self._in_waves = random.choice(WAVES)
        #: Orders that wait for others to be picked with, by owner and site.
        self._waiting: dict[tuple[str, str], list[Message]] = {}

    async def work(self) -> None:
        """Pick, ship and take back until cancelled."""
        while True:
            seen = self._broker.seen
            for row in seen[self._seen :]:
                if row.topic == PICK_TASKS.name and row.value is not None and self._random.random() < TAKEN_UP:
                    message = json.loads(row.value)
                    if message["owner"] in self._owners:
                        await self._take_up(message)
            self._seen = len(seen)
            await asyncio.sleep(self._random.uniform(*TAKE_UP_S))

    async def _take_up(self, message: Message) -> None:
        tasks = [task for task in message["tasks"] if task["action"] == "create"]
        if "wave" in message:
            orders = {one["order"]: one for task in tasks for one in task["for"]}
            named = [{"source": one["source"], "order": one["order"]} for one in orders.values()]
            await self._pick(message, tasks, named, wave=message["wave"])
        elif tasks and self._random.random() < self._in_waves:
            self._join(message)
        else:
            order = {"source": message["source"], "order": message["order"]}
            await self._pick(message, tasks, [order], **order)

    def _join(self, message: Message) -> None:
        """Let an order wait for another one, and release both as one wave."""
        order = {"source": message["source"], "order": message["order"]}
        waiting = self._waiting.setdefault((message["owner"], message["site"]), [])
        if order not in waiting:
            waiting.append(order)
        if len(waiting) > 1:
            self._say("wave.released", message, wave=f"W-{self._next()}", orders=[*waiting])
            waiting.clear()

    async def _pick(self, message: Message, tasks: list[Message], orders: list[Message], **for_: object) -> None:
        """Pick tasks and ship what was picked; some of it comes back."""
        for task in tasks:
            units = int(task["quantity"]) - int(task.get("picked", "0"))
            if self._random.random() < 0.05:
                line = {**self._named(message, task), "picked": str(units // 2)}
                self._say("pick.shorted", message, **for_, staged_at="DOOR", lines=[line])
            else:
                line = {
                    **self._named(message, task), "quantity": str(units), "unit": task["unit"],
                    **self._goods.weight(message["owner"], task["sku"], units),
                }  # fmt: skip
                self._say("pick.confirmed", message, **for_, staged_at="DOOR", lines=[line])
        if tasks and orders and self._random.random() < 0.7:
            await asyncio.sleep(self._random.uniform(0.0, 2.0))
            self._say("shipment.confirmed", message, shipment=f"SH-{self._next()}", orders=orders)
            if self._random.random() < 0.25:
                await asyncio.sleep(self._random.uniform(0.0, 2.0))
                self._come_back(message, self._random.choice(tasks), self._random.choice(orders))

    def _named(self, message: Message, task: Message) -> Message:
        """Name a task, what it is for should it be gone by then, and where the goods are if it does not say so."""
        place = {} if task["location"] is not None else {"location": self._goods.bin(message["site"])}
        return {name: task[name] for name in ("task", "line", "sku") if name in task} | place

    def _come_back(self, message: Message, task: Message, order: Message) -> None:
        """Get goods back, with the order they were for, or only with whose they were; look at them, or not."""
        number, units = f"RMA-{self._next()}", self._random.randint(1, 4)
        whose = order if self._random.random() < 0.6 else {"customer": CUSTOMER}
        line = {
            "line": "1", "sku": task["sku"], "lot": task["lot"], "quantity": str(units),
            "location": self._goods.bin(message["site"]),
            **self._goods.weight(message["owner"], task["sku"], units),
        }  # fmt: skip
        happened = self._random.random() < 0.7
        self._say("goods.returned", message, happened=happened, **{"return": number}, **whose, lines=[line])
        if self._random.random() < 0.5:
            found = {
                "line": "1", "return_line": "1", "quantity": str(self._random.randint(1, units)),
                "disposition": self._random.choice(["restock", "scrap", "send_back", "quarantine"]),
            }  # fmt: skip
            self._say("return.inspected", message, **{"return": number}, inspection=number, lines=[found])

    def _say(self, name: str, message: Message, **body: object) -> None:
        self._tell(name, message["owner"], **{"site": message["site"], "happened": False, **body})

    def _next(self) -> int:
        self._count += 1
        return self._count
