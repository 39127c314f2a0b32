"""Friday's returns: goods come back, and somebody looks at them."""

from __future__ import annotations

from dataclasses import replace

from tests.acceptance.week.finding import shipped_lines
from tests.acceptance.week.house import TOR, UNIT, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import GOOD, QUARANTINE, Row
from tests.acceptance.week.said import Goods

PLACE = "RET-01"


async def given_back(house: House) -> None:
    """More than left is refused when asked, and in quarantine when it is there."""
    acme = house.acme
    house.doing("goods come back; more than left is refused when asked, in quarantine when it is there")
    number, back, units = _shipped(house)
    acme.give_back(TOR, "RT-1", number, back)
    refused = Refused("more_than_shipped", "lines.0.quantity")
    acme.give_back(TOR, "RT-2", number, replace(back, quantity=999), asked=refused)
    acme.give_back(TOR, "RT-3", number, replace(back, quantity=units + 4), too_much=5)
    acme.expect_back("RMA-1", TOR, replace(back, quantity=999), order=number, why=refused)
    blind = _blind(house)
    acme.give_back(TOR, "RT-5", None, blind, customer="C-1")
    never = Goods(sku(2), 2, PLACE, "NEVER-1")
    acme.give_back(TOR, "RT-6", None, never, too_much=2, doubted="unknown_lot", customer="C-1")
    await house.hub.settle()


async def doubted(house: House) -> None:
    """A number that nobody has seen, and one that is in the house, cannot have been sold: they may be counterfeit."""
    acme = house.acme
    house.doing("units come back that were never sold, one by a number that nobody has seen")
    for number, serial, code in (("RT-7", "FAKE-1", "unknown_lot"), ("RT-8", "SN-3", "more_than_shipped")):
        unit = Goods(UNIT, 1, PLACE, serials=(serial,))
        why = Refused("more_than_shipped", "lines.0.serials.0")
        acme.give_back(TOR, number, None, unit, customer="C-1", asked=why)
        acme.give_back(TOR, number, None, unit, too_much=1, doubted=code, customer="C-1")
    await house.hub.settle()


async def looked_at(house: House) -> None:
    """What came back is restocked, scrapped, or sent back to whom it belongs."""
    acme = house.acme
    house.doing("what came back is looked at: restocked, scrapped, sent back")
    number, back, _ = _shipped(house)
    wrong = Row(back.sku, acme.books.now(back.sku, str(back.lot)), TOR, PLACE, QUARANTINE, returned=True)
    right = wrong._replace(status=GOOD)
    acme.inspect(TOR, "RT-1", "I-1", [(right, 2, "scrap")], why=Refused("not_available", "lines.0.quantity"))
    acme.inspect(TOR, "RT-1", "I-2", [(right, 1, "restock")])
    acme.give_back(TOR, "RT-4", number, replace(back, quantity=3), too_much=3, doubted="more_than_shipped")
    acme.inspect(TOR, "RT-4", "I-3", [(wrong, 1, "scrap"), (wrong, 1, "send_back"), (wrong, 1, "restock")])
    await house.hub.settle()


def _shipped(house: House) -> tuple[str, Goods, int]:
    """Return an order of which a lot has left, one unit of that, and how many there were."""
    order, _, line = next(shipped_lines(house.acme))
    lot, units = next(iter(line.shipped.items()))
    return order.number, Goods(line.sku, 1, PLACE, lot), units


def _blind(house: House) -> Goods:
    """Return a unit of a lot that a customer got, whatever order it was with."""
    books = house.acme.books
    got = (
        left for left, units in books.left.items()
        if units > 1 and books.orders[left.order].customer == "C-1" and left.lot is not None
    )  # fmt: skip
    left = next(got)
    return Goods(left.sku, 1, PLACE, left.lot)
