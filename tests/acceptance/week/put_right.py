"""What was told wrongly is put right, items are renamed, goods were kept too warm, and carriers say where they are."""

from __future__ import annotations

from datetime import date

from tests.acceptance.week.house import KIT, TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.papers import ALONE, COLD, FREEZER
from tests.acceptance.week.records import Row
from tests.acceptance.week.said import Goods

ITEM, NAMED, RENAMED = "S-52", "S-53", "S-53-B"
EXPIRES = date(2026, 1, 31)


async def corrected(house: House) -> None:
    """Fewer came than was written down, and other goods were of another lot; too many of those have left."""
    acme = house.acme
    house.doing("receipts are corrected: fewer came, and some were of another lot")
    acme.define("item", sku=ITEM)
    first = Goods(ITEM, 20, "C-01", "C-1", EXPIRES, supplier="SUP-1", cost="2.00")
    other = Goods(ITEM, 10, "C-02", "C-2", EXPIRES, supplier="SUP-1", cost="3.00")
    acme.receive(TOR, "R-C1", [first])
    acme.receive(TOR, "R-C2", [other])
    acme.order("#C1", TOR, [(ITEM, 19)])
    await house.hub.settle()
    acme.correct_receipt(TOR, "R-C1", "RC-1", first, units=18)
    acme.correct_receipt(TOR, "R-C2", "RC-1", other, lot="C-3")
    acme.correct_receipt(TOR, "R-C9", "RC-1", other, units=1, asked=Refused("not_available", "receipt"))
    await house.hub.settle()


async def renamed(house: House) -> None:
    """Goods, lots and orders go along with their item; who orders it by the old SKU gets it."""
    acme = house.acme
    house.doing("an item gets another SKU; the old one goes on meaning it")
    acme.define("item", sku=NAMED)
    acme.receive(TOR, "R-N", [Goods(NAMED, 20, "N-11", "N-1", EXPIRES, supplier="SUP-1", cost="1.00")])
    acme.order("#N1", TOR, [(NAMED, 4)])
    acme.order("#N2", TOR, [(NAMED, 5)])
    acme.pick("#N1")
    acme.ship("#N1", "SH-N1")
    await house.hub.settle()
    acme.rename(NAMED, RENAMED)
    acme.rename(NAMED, sku(1), why=Refused("conflicting_content", "to_sku"))
    acme.rename("S-77", "S-78", why=Refused("unknown_item", "sku"))
    await house.hub.settle()
    acme.order("#N3", TOR, [(NAMED, 6)])
    acme.pick("#N2")
    acme.ship("#N2", "SH-N2")
    await house.hub.settle()


async def kept(house: House) -> None:
    """A freezer was too warm, and a lot was dropped: what was there waits, until somebody has looked."""
    acme = house.acme
    house.doing("a freezer was too warm and a lot was dropped: what was there waits")
    there = [(COLD, "C-1"), (ALONE, "A-1")]
    warm = {"location": FREEZER, "kind": "temperature", "value": "-2.5", "hold": True, "reason": "Door left open"}
    acme.keep_badly("CN-1", TOR, there, **warm)
    acme.keep_badly("CN-2", TOR, [(sku(11), "T11-2")], sku=sku(11), lot="T11-2", kind="shock", hold=True)
    acme.keep_badly("CN-3", TOR, [], location=FREEZER, kind="temperature", value="-18", hold=False)
    await house.hub.settle()
    acme.lift("CN-2", sku(11), "T11-2", by="qa-1")
    acme.lift("CN-1", COLD, "C-1", by="qa-1")
    await house.hub.settle()


async def on_the_road(house: House) -> None:
    """One shipment arrives, one is damaged, one is lost; what is told late changes nothing."""
    acme = house.acme
    house.doing("shipments are on the road: one arrives, one is damaged, one is lost")
    acme.progress("SH-K1", TOR, "in_transit", place="Exampleville")
    acme.progress("SH-K1", TOR, "delivered")
    acme.progress("SH-K1", TOR, "in_transit", why=Refused("conflicting_content", "state"))
    acme.progress("SH-N1", TOR, "damaged", reason="Fork through a carton")
    acme.progress("SH-F2", TOR, "lost")
    acme.progress("SH-F9", TOR, "lost", why=Refused("not_available", "shipment"))
    house.doing("a kit is taken apart, and the floor says what else it has done")
    kit = Row(KIT, "K-1", TOR, "K-01")
    pieces = [Goods(sku(1), 2, "K-11", "T01-3"), Goods(sku(2), 1, "K-12", "T02-3")]
    acme.break_kit(TOR, "KB-1", kit, 1, pieces)
    acme.do_task(TOR, "TASK-1", "count")
    acme.do_task(TOR, "TASK-1", "inspect", why=Refused("conflicting_content", "task"))
    await house.hub.settle()
