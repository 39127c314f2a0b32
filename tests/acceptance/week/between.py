"""Between sites and between owners: goods on the way, goods that are sold to the neighbour."""

from __future__ import annotations

from tests.acceptance.week.finding import free_rows
from tests.acceptance.week.house import LABELLED, MTL, TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.said import Arrived

SENT = 13


async def sites(house: House) -> None:
    """Goods go to the other site: all arrive, some never do, more come than left; recalled ones stay."""
    acme = house.acme
    house.doing("goods go from site to site: some never arrive, and more come than left")
    row, other, third, held = free_rows(acme, sku(SENT), TOR, at_least=8)[:4]
    acme.send("T-1", row, 6, MTL)
    acme.arrive("T-1", MTL, [Arrived(row, 6, "M-01")])
    acme.send("T-2", other, 6, MTL)
    acme.arrive("T-2", MTL, [Arrived(other, 4, "M-02"), Arrived(other, 1, "M-02", "damaged")], final=True)
    acme.send("T-3", third, 4, MTL)
    more = [Arrived(third, 5, "M-03")]
    acme.arrive("T-3", MTL, more, why=Refused("more_than_shipped", "lines.0.quantity"))
    acme.arrive("T-3", MTL, more)
    acme.hold("H-T", held.sku, str(held.lot))
    acme.send("T-4", held, 3, MTL)
    acme.arrive("T-4", MTL, [Arrived(held, 3, "M-04")])
    acme.lift("H-T", held.sku, str(held.lot))
    acme.hold("H-R", held.sku, str(held.lot), kind="recall")
    acme.send("T-5", held, 3, MTL, why=Refused("on_hold", "lines.0.lot"))
    acme.lift("H-R", held.sku, str(held.lot))
    acme.send("T-6", row, 1, TOR, why=Refused("field_invalid", "to_site"))
    acme.arrive("T-7", MTL, [Arrived(row, 1, "M-05")], why=Refused("not_available", "transfer"))
    acme.send("T-8", third, 2, MTL)
    await house.hub.settle()


async def owners(house: House) -> None:
    """Goods are sold to the neighbour: out of one ledger, into the other; held goods are not."""
    acme, zenith = house.acme, house.zenith
    house.doing("goods are sold to the other owner; held ones are not")
    row, other = (next(one for one in free_rows(acme, LABELLED, TOR) if one.lot == lot) for lot in ("AB-1", "AB-2"))
    acme.sell("SALE-1", row, 5, zenith)
    acme.hold("H-SALE", other.sku, str(other.lot))
    acme.sell("SALE-2", other, 5, zenith, why=Refused("on_hold", "lines.0.lot"))
    acme.lift("H-SALE", other.sku, str(other.lot))
    acme.sell("SALE-3", other, 5, acme, why=Refused("wrong_owner", "to_owner"))
    await house.hub.settle()
    zenith.order("#SOLD", TOR, [(LABELLED, 2)], lot=str(row.lot))
    await house.hub.settle()
