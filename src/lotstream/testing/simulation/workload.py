"""What people outside tell the hub: items, goods, orders, picks, shipments, holds; twice, too late, or in no language.

Everything is drawn from one seed. The warehouse answers the pick tasks that the hub has published, as real ones do.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Final

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import Record, inbound
from lotstream.domain.slots import partition_of
from lotstream.testing import defining
from lotstream.testing.faults.shop import Shop
from lotstream.testing.memory import MemoryStore
from lotstream.testing.simulation.carrying import Carrying
from lotstream.testing.simulation.dealing import Dealing
from lotstream.testing.simulation.floor import Floor
from lotstream.testing.simulation.goods import CAGE, NORTH, SKUS, SOUTH, Goods
from lotstream.testing.simulation.looking_back import CUSTOMER, LookingBack
from lotstream.testing.simulation.plain import PLAIN
from lotstream.testing.simulation.violations import Invariant, must

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

SOURCE: Final = "shop"
SELLER: Final = "owner-0"
POISON: Final = "POISON"
"""Orders of this name are refused by the database, which no ledger can know."""
UNREADABLE: Final = "UNREADABLE"
"""Orders of this name the database refuses to be asked about."""

LOOK_EVERY_S: Final = 0.25
"""Pause between two looks at whether every partition has passed what it was told, in seconds."""

PLAIN_SAID: Final = 120
"""How often the sender of the fault runs says something; a sixth of it concerns the plain owners."""


class Workload:
    """Everybody outside the hub."""

    def __init__(self, world: World, *, orders: int, seconds: float) -> None:
        self._world = world
        self._random = Random(world.random.random())
        self._owners = [f"owner-{number}" for number in range(self._random.randint(2, 4))]
        #: Orders of each owner, and the longest pause between two of them.
        self._orders = orders // len(self._owners)
        self._pause_s = 2 * seconds / self._orders
        self._goods = Goods(self._chances("goods"), self._owners)
        self._dealing = Dealing(self._chances("deals"), self._owners, self._goods)
        self._carrying = Carrying(self._chances("trucks"), self._goods)
        self._looking_back = LookingBack(self._chances("looks back"), self._goods)
        self._floor = Floor(self._chances("floor"), world.broker, self._goods, self._owners, self._tell)
        self._sent: list[Record] = []
        self._count = 0

    def _chances(self, what: str) -> Random:
        """Return chances of their own, so that one who says more leaves what others say as it was."""
        return Random(f"{what} {self._random.random()}")

    async def run(self) -> None:
        """Send everything; returns when all of it is sent."""
        await self._define_sites()
        work = [self._define_places(), *(self._owner(owner) for owner in self._owners), self._spoil()]
        if not self._world.drawn.small_messages:
            # Their reference knows of no order that was dead-lettered.
            work.append(self._plain_owners())
        await asyncio.gather(*work)
        await self._carrying.all_home()

    async def warehouse(self) -> None:
        """Answer what the hub has published, until cancelled."""
        await self._floor.work()

    # ---- Places and days --------------------------------------------------------------------------------------------

    async def _define_sites(self) -> None:
        reserve = self._random.choice(["bin", "bin", "lot"])
        for site, facts in ((NORTH, {"time_zone": self._world.drawn.time_zone}), (SOUTH, {"reserve": reserve})):
            await self._define("site.defined", f"{site}/1", {"site": site, **facts})

    async def _define_places(self) -> None:
        await self._location(CAGE, pickable=False)
        for version in range(1, self._random.randint(1, 4)):
            await self._pause(6.0)
            site = self._goods.site()
            await self._location(self._goods.bin(site), site=site, hold=self._random.random() < 0.5, version=version)

    async def _location(self, location: str, *, site: str = NORTH, version: int = 1, **facts: object) -> None:
        body = {"site": site, "location": location, "version": version, **facts}
        await self._define("location.defined", f"{site}/{location}/{version}", body)

    async def _define(self, name: str, key: str, body: Mapping[str, object]) -> None:
        """Tell every partition something, and see that the answer does not come too early."""
        store = MemoryStore(self._world.tables)
        partitions = self._world.settings.partitions
        told = json.dumps(body).encode()
        await defining.define(store, type_of(name), key, told, partitions=partitions, look_every_s=LOOK_EVERY_S)
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
        if self._random.random() < 0.8:
            self._tell("customer.defined", owner, customer=CUSTOMER)
        self._receive(owner)
        for number in range(self._orders):
            await self._pause(self._pause_s)
            self._something(owner, number)
        for sku in SKUS:
            self._item(owner, sku)
        self._tell("customer.defined", owner, customer=CUSTOMER)
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
        if self._says_more(owner, number):
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

    def _says_more(self, owner: str, number: int) -> bool:
        """Let an owner speak of goods that lie there, are on the road, or have left; tells whether it did."""
        orders = [self._names(f"{owner}-{self._random.randint(0, number)}")]
        return (
            self._dealing.say(owner, self._tell, now=self._world.now())
            or self._carrying.say(owner, self._tell)
            or self._looking_back.say(owner, self._tell, orders=orders)
        )

    def _change_settings(self, owner: str, *, allow_partial: bool) -> None:
        channels = [{"name": "shop"}, {"name": "strict", "min_days_left": 15}] if owner == SELLER else []
        told = {"channels": channels, "availability_every_s": 2, "expiry_alert_days": [7, 1]} if channels else {}
        self._tell("settings.changed", owner, sites=[NORTH, SOUTH], allow_partial=allow_partial, **told)

    def _item(self, owner: str, sku: str) -> None:
        weighed = {"catch_weight": True} if self._goods.is_weighed(owner, sku) else {}
        self._tell("item.defined", owner, sku=sku, base_unit="each", units={"case": "6"}, **weighed)

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
        consignee = self._looking_back.consignee(order)
        self._tell("order.placed", owner, **self._names(order), version=version, lines=lines, **consignee)

    def _receive(self, owner: str) -> None:
        site, today = self._goods.site(), self._world.today()
        count = self._random.randint(1, 3)
        lines = [self._goods.received(owner, site, line, today=today) for line in range(1, count + 1)]
        name, number = self._random.choice([("stock.received", "receipt"), ("balance.opened", "balance")])
        happened = {"happened": True} if name == "stock.received" else {}
        # Now and then under a number that was there before.
        known = "R-1" if self._random.random() < 0.1 else f"R-{self._count}"
        self._tell(name, owner, **{number: known}, **happened, site=site, lines=lines)

    def _hold(self, owner: str) -> None:
        lot = {**self._goods.lot(owner), "hold": "H-1"}
        if self._random.random() < 0.5:
            self._tell("hold.placed", owner, **lot, kind=self._random.choice(["hold", "recall"]), reason="Taste")
        else:
            self._tell("hold.lifted", owner, **lot)

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
