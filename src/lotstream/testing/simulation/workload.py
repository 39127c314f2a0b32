"""What people outside tell the hub: items, goods, orders, picks, shipments, holds; twice, too late, or in no language.

Everything is drawn from one seed. The warehouse answers the pick tasks that the hub has published, as real ones do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.slots import partition_of
from lotstream.testing import defining
from lotstream.testing.faults.shop import Shop
from lotstream.testing.memory import MemoryStore
from lotstream.testing.simulation.dealing import Dealing
from lotstream.testing.simulation.plain import PLAIN
from lotstream.testing.simulation.violations import Invariant, must

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

SITE: Final = "NORTH"
SOURCE: Final = "shop"
SKUS: Final = ("A", "B")
BINS: Final = ("SHELF-1", "SHELF-2", "SHELF-3")
"""Places that are held and released; the plain owners have theirs elsewhere."""
CAGE: Final = "CAGE"
SELLER: Final = "owner-0"
POISON: Final = "POISON"
"""Orders of this name are refused by the database, which no ledger can know."""
UNREADABLE: Final = "UNREADABLE"
"""Orders of this name the database refuses to be asked about."""

PLAIN_SAID: Final = 120
"""How often the sender of the fault runs says something; a sixth of it concerns the plain owners."""

TAKE_UP_S: Final = (0.1, 1.5)
"""How soon the warehouse takes a task up, in seconds."""


class Workload:
    """Everybody outside the hub."""

    def __init__(self, world: World, *, orders: int, seconds: float) -> None:
        self._world = world
        self._random = Random(world.random.random())
        self._owners = [f"owner-{number}" for number in range(self._random.randint(2, 4))]
        #: Orders of each owner, and the longest pause between two of them.
        self._orders = orders // len(self._owners)
        self._pause_s = 2 * seconds / self._orders
        self._dealing = Dealing(Random(f"deals {self._random.random()}"), self._owners, site=SITE, skus=SKUS, bins=BINS)
        self._sent: list[Record] = []
        self._count = 0
        #: Tasks that the warehouse has seen, so that it takes each up once.
        self._seen = 0

    async def run(self) -> None:
        """Send everything; returns when all of it is sent."""
        await self._define_site()
        work = [self._define_places(), *(self._owner(owner) for owner in self._owners), self._spoil()]
        if not self._world.drawn.small_messages:
            # Their reference knows of no order that was dead-lettered.
            work.append(self._plain_owners())
        await asyncio.gather(*work)

    async def warehouse(self) -> None:
        """Pick and ship what the hub's tasks say, until cancelled."""
        while True:
            seen = self._world.broker.seen
            for row in seen[self._seen :]:
                if row.topic == PICK_TASKS.name and row.value is not None and self._random.random() < 0.8:
                    task = json.loads(row.value)
                    if task["owner"] in self._owners:
                        await self._pick(task)
            self._seen = len(seen)
            await asyncio.sleep(self._random.uniform(*TAKE_UP_S))

    # ---- Places and days --------------------------------------------------------------------------------------------

    async def _define_site(self) -> None:
        await self._define("site.defined", f"{SITE}/1", {"site": SITE, "time_zone": self._world.drawn.time_zone})

    async def _define_places(self) -> None:
        await self._location(CAGE, pickable=False)
        for version in range(1, self._random.randint(1, 4)):
            await self._pause(6.0)
            await self._location(self._random.choice(BINS), hold=self._random.random() < 0.5, version=version)

    async def _location(self, location: str, *, version: int = 1, **facts: object) -> None:
        body = {"site": SITE, "location": location, "version": version, **facts}
        await self._define("location.defined", f"{SITE}/{location}/{version}", body)

    async def _define(self, name: str, key: str, body: Mapping[str, object]) -> None:
        """Tell every partition something, and see that the answer does not come too early."""
        store = MemoryStore(self._world.tables)
        partitions = self._world.settings.partitions
        await defining.define(store, type_of(name), key, json.dumps(body).encode(), partitions=partitions)
        number = await store.add_broadcast(type_of(name), key=key, body=b"")
        behind = [p for p, claim in (await store.claims(range(partitions))).items() if claim.broadcast_seen < number]
        if behind and not self._world.restored:
            self._world.check(
                lambda: must(False, Invariant.REFERENCE, f"{name} {key} was answered and {behind} have not passed it")
            )

    # ---- Owners -----------------------------------------------------------------------------------------------------

    async def _owner(self, owner: str) -> None:
        if owner == SELLER:
            # What may be sold is told of this one, so that the clock has something to do.
            self._change_settings(owner, allow_partial=True)
        for sku in SKUS:
            if self._random.random() < 0.8:
                self._item(owner, sku)
        self._receive(owner)
        for number in range(self._orders):
            await self._pause(self._pause_s)
            self._something(owner, number)
        for sku in SKUS:
            self._item(owner, sku)
        self._receive(owner)

    async def _plain_owners(self) -> None:
        """Say what a fault run says, of a few owners."""
        shop = Shop(self._random.getrandbits(32))
        for record in shop.opening():
            self._append_plain(record)
        for _ in range(PLAIN_SAID):
            await self._pause(2 * self._pause_s * self._orders / PLAIN_SAID)
            for record in shop.next():
                self._append_plain(record)

    def _append_plain(self, record: Record) -> None:
        if record.key.decode() in PLAIN:
            partition = partition_of(record.key, self._world.settings.partitions)
            self._world.append(partition, key=record.key, value=record.value, headers=record.headers)

    def _something(self, owner: str, number: int) -> None:
        key = f"{owner}-{number}"
        self._place(owner, key)
        chance = self._random.random()
        if self._dealing.say(owner, self._tell, now=self._world.now()):
            # In place of something else, so that there is no more to do than there was.
            pass
        elif chance < 0.1:
            self._tell("order.cancelled", owner, **self._names(key), version="9")
        elif chance < 0.2:
            self._tell("order.cancelled", owner, **self._names(f"{owner}-{number + 2}"), version="9")
        elif chance < 0.4:
            self._receive(owner)
        elif chance < 0.5:
            self._hold(owner)
        elif chance < 0.55:
            self._change_settings(owner, allow_partial=self._random.random() < 0.7)
        elif chance < 0.65:
            self._place(owner, f"{owner}-{self._random.randint(0, number)}", version="2")
        if self._sent and self._random.random() < 0.25:
            # Whoever sends at least once sends twice now and then, and late.
            self._append(self._random.choice(self._sent[-30:]))

    def _change_settings(self, owner: str, *, allow_partial: bool) -> None:
        channels = [{"name": "shop"}, {"name": "strict", "min_days_left": 15}] if owner == SELLER else []
        told = {"channels": channels, "availability_every_s": 2} if channels else {}
        self._tell("settings.changed", owner, sites=[SITE], allow_partial=allow_partial, **told)

    def _item(self, owner: str, sku: str) -> None:
        self._tell("item.defined", owner, sku=sku, base_unit="each", units={"case": "6"})

    def _place(self, owner: str, order: str, *, version: str = "1") -> None:
        lines = [
            {
                "line": str(line),
                "sku": self._random.choice(SKUS),
                "quantity": str(self._random.randint(1, 12)),
                "unit": "each",
            }
            for line in range(1, self._random.randint(1, 3) + 1)
        ]
        self._tell("order.placed", owner, **self._names(order), version=version, lines=lines)

    def _receive(self, owner: str) -> None:
        lines = [self._goods(line) for line in range(1, self._random.randint(1, 3) + 1)]
        name, number = self._random.choice([("stock.received", "receipt"), ("balance.opened", "balance")])
        happened = {"happened": True} if name == "stock.received" else {}
        # Now and then under a number that was there before.
        known = "R-1" if self._random.random() < 0.1 else f"R-{self._count}"
        self._tell(name, owner, **{number: known}, **happened, site=SITE, lines=lines)

    def _goods(self, line: int) -> dict[str, object]:
        lot = self._random.randint(1, 4)
        expires = self._world.today() + timedelta(days=lot * 10 if lot > 1 else self._random.randint(0, 1))
        return {
            "line": str(line), "sku": self._random.choice(SKUS), "quantity": str(self._random.randint(5, 40)),
            "lot": f"L{lot}", "expires": expires.isoformat(), "location": self._random.choice((*BINS, *BINS, CAGE)),
        }  # fmt: skip

    def _hold(self, owner: str) -> None:
        lot = {"sku": self._random.choice(SKUS), "lot": f"L{self._random.randint(1, 4)}", "hold": "H-1"}
        if self._random.random() < 0.5:
            self._tell("hold.placed", owner, **lot, kind=self._random.choice(["hold", "recall"]), reason="Taste")
        else:
            self._tell("hold.lifted", owner, **lot)

    async def _pick(self, message: dict[str, Any]) -> None:
        """Pick the tasks of a message and ship what was picked."""
        owner, order = message["owner"], self._names(message["order"])
        tasks = [task for task in message["tasks"] if task["action"] == "create"]
        for task in tasks:
            line = {"task": task["task"], "line": task["line"], "quantity": task["quantity"], "unit": task["unit"]}
            self._tell("pick.confirmed", owner, **order, site=SITE, happened=False, staged_at="DOOR", lines=[line])
        if tasks and self._random.random() < 0.7:
            await asyncio.sleep(self._random.uniform(0.0, 2.0))
            self._tell(
                "shipment.confirmed", owner, site=SITE, happened=False, shipment=f"SH-{self._count}", orders=[order]
            )

    # ---- What nobody can read ---------------------------------------------------------------------------------------

    async def _spoil(self) -> None:
        for _ in range(self._random.randint(0, 6)):
            await self._pause(4.0)
            self._random.choice([self._nonsense, self._stranger, self._refused])()

    def _nonsense(self) -> None:
        """Bytes that are no message, anywhere."""
        value = self._random.choice([None, b"", b"{", b'{"owner": 7}', b"\xff\xfe", b"[]"])
        name = self._random.choice(["order.placed", "stock.received", "no.such"])
        headers = headers_for(f"lotstream.{name}.v1", id=f"m-{self._next()}", source=SOURCE)
        partition = self._random.randrange(self._world.settings.partitions)
        self._world.append(partition, key=b"somebody", value=value, headers=headers)

    def _stranger(self) -> None:
        """A message in the wrong partition."""
        record = self._record("order.cancelled", self._owners[0], **self._names("stray"))
        right = partition_of(record.key, self._world.settings.partitions)
        wrong = (right + 1) % self._world.settings.partitions
        self._world.append(wrong, key=record.key, value=record.value, headers=record.headers)

    def _refused(self) -> None:
        """An order that the database refuses to write, or to be asked about."""
        owner = self._random.choice(self._owners)
        self._place(owner, f"{self._random.choice([POISON, UNREADABLE])}-{self._count}")

    # ---- Sending ----------------------------------------------------------------------------------------------------

    def _tell(self, name: str, owner: str, **body: object) -> None:
        self._append(self._record(name, owner, **body))

    def _record(self, name: str, owner: str, **body: object) -> Record:
        return inbound(name, {"owner": owner, **body}, source=SOURCE, message_id=f"m-{self._next()}")

    def _append(self, record: Record) -> None:
        self._sent.append(record)
        partition = partition_of(record.key, self._world.settings.partitions)
        self._world.append(partition, key=record.key, value=record.value, headers=record.headers)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _names(self, order: str) -> dict[str, object]:
        return {"source": SOURCE, "order": order}

    async def _pause(self, most_s: float) -> None:
        await asyncio.sleep(self._random.uniform(0.0, most_s))


def first_day() -> date:
    """Return the day on which every simulation begins."""
    return date(2026, 9, 1)
