"""Wednesday: lots become one, a part of a lot becomes a lot of its own, and an item gets another name."""

from __future__ import annotations

from tests.acceptance.week.finding import free, free_rows
from tests.acceptance.week.house import TOR, House, sku
from tests.acceptance.week.hub import Refused

MERGED, SPLIT = sku(14), sku(15)


async def joined(house: House) -> None:
    """Goods and promises go along with their lots; all numbers go on meaning the one they are now."""
    acme = house.acme
    house.doing("two lots become one, with the earliest dates; a part of a lot becomes one of its own")
    acme.order("#M1", TOR, [(MERGED, 5)], lot="T14-2")
    acme.merge("MG-1", MERGED, ["T14-2"], "T14-3", why=Refused("conflicting_content", "lots"))
    acme.merge("MG-1", MERGED, ["T14-2"], "T14-3", take="earliest")
    acme.hold("H-MG", MERGED, "T14-4")
    acme.merge("MG-2", MERGED, ["NONE"], "T14-3", why=Refused("unknown_lot", "lots.0"))
    acme.lift("H-MG", MERGED, "T14-4")
    row = next(row for row in free_rows(acme, SPLIT, TOR) if str(row.lot).startswith("R") and free(acme, row) >= 9)
    acme.split("SP-1", row, "R15-NEW", 7)
    acme.split("SP-2", row, "R15-NEW", 1, why=Refused("conflicting_content", "parts.0.lot"))
    acme.order("#M2", TOR, [(MERGED, 3)], lot="T14-2")
    acme.order("#M3", TOR, [(SPLIT, 3)], lot="R15-NEW")
    await house.hub.settle()
