"""Tuesday: orders, picks and shipments, and the floor's own work."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.between import owners, sites
from tests.acceptance.week.counts import offline, twice
from tests.acceptance.week.finding import ORDERS, pick, roomy, ship
from tests.acceptance.week.house import MONDAY, MTL, SHUT, TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.rebased import recounted
from tests.acceptance.week.records import QUARANTINE, Row
from tests.acceptance.week.scales import scales


async def tuesday(house: House) -> None:
    """120 orders come; most are picked, many leave; goods are moved, adjusted and counted."""
    await house.open_day(MONDAY + timedelta(days=1))
    house.doing(f"{ORDERS} orders are placed")
    for number in range(ORDERS):
        owner = house.owners[number % 3 == 2]
        skus = 12 if owner is house.acme else 16
        site = TOR if number % 4 else MTL
        lines = [
            (sku(1 + (number * 5 + line * 3) % skus), 400 if number % 17 == 4 else 1 + (number * 7 + line) % 15)
            for line in range(1 + number % 3)
        ]
        owner.order(f"#{number}", site, lines, customer=f"C-{1 + number % 9}")
    house.doing("labels are scanned at the bins; one is of other goods")
    scanned = [order.number for order in house.acme.books.orders.values() if order.state == "allocated"][:5]
    for name in scanned:
        house.acme.scan(name)
    house.acme.scan(scanned[0], sku="S-99", why=Refused("lot_not_allowed", "sku"))
    house.doing("two in three are picked")
    pick(house, lambda number: number % 3 != 1)
    house.doing("half of them leave")
    ship(house, lambda number: number % 4 < 2)
    house.doing("a shipment has not left after all, and leaves a day later under another number")
    house.acme.void(TOR, "SH-4-9")
    await house.hub.settle()
    acme, free = house.acme, list(roomy(house.acme, TOR))
    house.doing("goods are moved and adjusted, some are spoiled or found damaged")
    acme.move(TOR, "M-1", free[0], "D-01", 5)
    acme.move(TOR, "M-2", free[1], SHUT, 5)
    acme.adjust(TOR, "AD-1", free[2], -4, reason="spilt", code="spoiled")
    acme.adjust(TOR, "AD-2", free[3], 7, reason="behind the rack", code="found")
    acme.change_status(TOR, "ST-1", free[4], "damaged", 3)
    acme.change_status(TOR, "ST-2", Row(sku(1), "R01-1", TOR, SHUT, QUARANTINE), "good", 24)
    house.doing("bins are counted: some have less, some have more")
    for number, (row, more) in enumerate(zip(free[5:], (0, 0, 0, -3, 2, 0, 0, -1), strict=False)):
        acme.count(TOR, f"C-{number}", row, acme.books.rows[row] + more)
    house.doing("more is taken off a bin than it has, and it is counted again")
    acme.adjust(TOR, "AD-3", free[13], -(acme.books.rows[free[13]] + 4), code="lost")
    acme.count(TOR, "C-AGAIN", free[13], 1)
    await house.hub.settle()
    await offline(house)
    await twice(house)
    await sites(house)
    await owners(house)
    await scales(house)
    await recounted(house)
