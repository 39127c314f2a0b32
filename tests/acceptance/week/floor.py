"""Friday on the floor: picks that fall short or are undone, cartons, waves, and orders that people decide."""

from __future__ import annotations

from datetime import date

from tests.acceptance.week.house import TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import Row
from tests.acceptance.week.said import Goods

ITEM = "S-51"
FIRST, SECOND = Row(ITEM, "F-1", TOR, "F-01"), Row(ITEM, "F-2", TOR, "F-02")


async def worked(house: House) -> None:
    """A pick falls short and goes on with the next lot, goes back, is packed, unpacked and put right."""
    acme = house.acme
    house.doing("a pick falls short; it is undone, packed, unpacked, shipped, and the shipment put right")
    acme.define("item", sku=ITEM)
    goods = [
        Goods(ITEM, 20, "F-01", "F-1", expires=date(2026, 1, 31), supplier="SUP-1", cost="2.00"),
        Goods(ITEM, 40, "F-02", "F-2", expires=date(2026, 2, 28), supplier="SUP-1", cost="2.50"),
    ]
    acme.receive(TOR, "R-F", goods)
    acme.order("#F1", TOR, [(ITEM, 12)])
    acme.begin("#F1")
    acme.fall_short("#F1", FIRST, 9)
    await house.hub.settle()
    acme.undo("#F1")
    acme.pick("#F1")
    acme.pack("#F1", "CARTON-1")
    acme.unpack("#F1", "CARTON-1")
    acme.unpack("#F1", "CARTON-1", why=Refused("already_shipped", "package"))
    acme.pack("#F1", "CARTON-1")
    await house.hub.settle()


async def waved(house: House) -> None:
    """Two orders are picked by one walk; another wave is withdrawn before anybody has begun."""
    acme = house.acme
    house.doing("orders are picked together in a wave; another wave is withdrawn")
    for number in ("#F2", "#F3", "#F4"):
        acme.order(number, TOR, [(ITEM, 3)])
    acme.release_wave(TOR, "W-1", ["#F2", "#F3"])
    acme.release_wave(TOR, "W-2", ["#F4"])
    acme.release_wave(TOR, "W-3", ["#F4"], why=Refused("not_reserved", "orders.0.order"))
    acme.cancel_wave(TOR, "W-2")
    acme.cancel_wave(TOR, "W-9", why=Refused("not_available", "wave"))
    await house.hub.settle()
    tasks = [
        task
        for _, body in await house.hub.heard("lotstream.pick-tasks")
        if (body["owner"], body.get("wave")) == (acme.name, "W-1")
        for task in body["tasks"]
    ]
    assert [(task["lot"], task["quantity"], len(task["for"])) for task in tasks] == [("F-2", "6", 2)]
    acme.pick_wave("W-1", tasks[0], staged="W-1")
    acme.ship("#F2", "SH-F2")
    acme.put_right("#F2", "SH-F2", 2)
    await house.hub.settle()


async def decided(house: House) -> None:
    """People take promises back, give them by name, ask for them, and close orders."""
    acme = house.acme
    house.doing("people take promises back, give others by name, and close an order short")
    acme.give_back_promises("#F4")
    acme.reserve("#F4", SECOND, 2)
    acme.reserve("#F4", SECOND, 9, why=Refused("more_than_ordered", "quantity"))
    acme.allocate("#F4")
    acme.allocate("#NONE", why=Refused("unknown_order", "orders.0"))
    acme.order("#F5", TOR, [(ITEM, 60)])
    acme.order("#F6", TOR, [(ITEM, 2)])
    acme.close_order("#F5")
    acme.change("#F6", 3)
    await house.hub.settle()
    acme.release("#F6")
    await house.hub.settle()
