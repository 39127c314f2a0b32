"""Tuesday: an item that was counted in pieces is counted in cups, twenty to a piece."""

from __future__ import annotations

from datetime import date

from tests.acceptance.week.house import TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.records import Told
from tests.acceptance.week.said import Goods

OIL, LOT, PLACE, CUPS = "S-OIL", "OIL-1", "OIL-01", 20


async def recounted(house: House) -> None:
    """What is promised is in the way; what left in pieces comes back in cups, and no more than left."""
    acme = house.acme
    house.doing("an item is counted in another unit; what left before comes back in the new one")
    acme.define("item", sku=OIL, units={"case": "12"})
    goods = Goods(OIL, 4, PLACE, LOT, date(2026, 6, 1), supplier="SUP-1", unit="case", factor=12, cost="24")
    acme.receive(TOR, "R-OIL", [goods])
    acme.order("#OIL-1", TOR, [(OIL, 6)])
    await house.hub.settle()
    _rebase(acme, 30, why=Refused("not_available", "sku"))
    acme.ship("#OIL-1", "SH-OIL-1")
    await house.hub.settle()
    _rebase(acme, 0, why=Refused("not_positive", "numerator"))
    _rebase(acme, CUPS)
    _rebase(acme, 30, why=Refused("conflicting_content", "version"))
    acme.order("#OIL-2", TOR, [(OIL, 30)])
    await house.hub.settle()
    acme.ship("#OIL-2", "SH-OIL-2")
    back = Goods(OIL, 2, PLACE, LOT, unit="each", factor=CUPS)
    acme.give_back(TOR, "RT-OIL-1", "#OIL-1", back)
    cups = Goods(OIL, 5 * CUPS, PLACE, LOT)
    acme.give_back(TOR, "RT-OIL-2", "#OIL-1", cups, asked=Refused("more_than_shipped", "lines.0.quantity"))
    acme.give_back(TOR, "RT-OIL-3", "#OIL-1", cups, too_much=CUPS)
    await house.hub.settle()


def _rebase(owner: Owner, factor: int, *, why: Refused | None = None) -> None:
    body = {"owner": owner.name, "sku": OIL, "version": 2, "base_unit": "cup", "numerator": factor, "by": "erp"}
    owner.step.told += 1
    owner.step.refused += why is not None
    owner.hub.tell("item.rebased", body, refused=why)
    if why is None:
        _recount(owner, factor)


def _recount(owner: Owner, factor: int) -> None:
    """Multiply what the books have of it; what has left is written down as it left."""
    books = owner.books
    for row in [row for row in books.rows if row.sku == OIL]:
        books.told[Told("item_rebased", None, OIL, row.lot)] += books.rows[row] * (factor - 1)
        books.rows[row] *= factor
    books.log = [(at, row, units * factor if row.sku == OIL else units) for at, row, units in books.log]
    books.lots[OIL, LOT].cost_units *= factor
