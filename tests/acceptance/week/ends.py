"""Beginnings and ends: old shipments are taken over, books are compared, snapshots taken, an owner leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.acceptance.week.house import OPENED, TOR, House, opening, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.said import Goods

IMPORTED = 40


async def taken_over(house: House) -> None:
    """What left before the hub was there is known; what is taken over is what the old books say, to the last unit."""
    acme = house.acme
    house.doing(f"{IMPORTED} old shipments are taken over, and the old books compared: no difference")
    for number in range(IMPORTED):
        goods = Goods(sku(1 + number % 16), 1 + number % 3, "", f"OLD-{number % 5}", date(2025, 1, 31))
        acme.import_shipment(TOR, f"OLD-{number}", f"OS-{number}", goods)
    acme.import_shipment(TOR, "OLD-0", "OS-0", Goods(sku(1), 9, "", "OLD-0"), why="conflicting_content")
    for owner in house.owners:
        for site in OPENED[owner.name]:
            owner.compare(site, f"CP-{site}", {}, covers="lines", lots=opening(owner.name, site))
    await house.hub.settle()


async def month_end(house: House) -> None:
    """A snapshot says what the books say; another's books that differ in two places are told just that."""
    acme = house.acme
    house.doing("a snapshot is taken, and somebody's books differ in two places")
    for owner in house.owners:
        owner.snapshot("SN-1")
    there = next(row for row in acme.books.candidates(sku(14), TOR))
    acme.compare(TOR, "CP-2", {(there.sku, there.lot): 3, ("S-98", "NO"): 7}, covers="site")
    await house.hub.settle()


async def left(house: House) -> None:
    """Who leaves gets nothing new; what comes all the same is booked, and what is there goes out."""
    zenith = house.zenith
    house.doing("an owner leaves: nothing new, but what is there goes out")
    zenith.leave()
    closed = Refused("on_hold", "owner")
    more = Goods(sku(2), 5, "Z-01", "Z-1", expires=date(2026, 1, 1), supplier="SUP-1")
    zenith.order("#LATE", TOR, [(sku(2), 1)], why=closed)
    zenith.receive(TOR, "Z-1", [more], asked=closed)
    zenith.receive(TOR, "Z-1", [replace(more, lot="Z-1")])
    zenith.books.note("on_hold")
    picked = [order for order in zenith.books.orders.values() if order.state == "picked"]
    for order in picked[:2]:
        zenith.ship(order.number, f"SH-LAST-{order.number}")
    await house.hub.settle()
