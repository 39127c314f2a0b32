"""Thursday's recalls: a drill, a lot at both owners, and all that was made of what one supplier sent."""

from __future__ import annotations

from tests.acceptance.week.house import TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.records import GOOD, Row

LOT = (sku(9), "T09-1")
SUPPLIED = ("RC-2", "SUP-2", "SL-13-1")
ANSWERS = ("returned", "destroyed", "informed")


async def recalled(house: House) -> None:
    """Nothing changes in the drill; letters go to whoever got any, though the worker is killed meanwhile."""
    house.doing("a drill: nothing changes")
    house.acme.drill("DR-1", [LOT])
    await house.hub.settle()
    house.doing("a lot is recalled at both owners, picked goods too; the worker is killed meanwhile")
    for owner in house.owners:
        owner.recall("RC-1", [LOT])
    await house.hub.settle(killed=True)
    house.doing("what one supplier sent is recalled, and all that was made of it")
    house.acme.recall_supplied(*SUPPLIED)
    house.acme.recall("RC-3", [(sku(3), "NONE")], why=Refused("unknown_lot", "lots.0.lot"))
    await house.hub.settle()
    house.doing("most of them answer; the recall is closed with how well it went")
    for owner in house.owners:
        await _answered(house, owner)
    await house.hub.settle()


async def left_anyway(house: House) -> None:
    """Recalled goods that have left are booked and noted; whoever got them is written to when that is asked for."""
    house.doing("recalled goods leave all the same; whoever got them is written to when the recall is given again")
    acme, row = house.acme, _recalled_row(house)
    acme.order("#RC", TOR, [(row.sku, 3)], customer="C-8")
    await house.hub.settle()
    acme.ship_lot("#RC", "SH-RC", row, 2, asked=Refused("on_hold", "orders.0.lines.0.lot"))
    acme.ship_lot("#RC", "SH-RC", row, 2)
    await house.hub.settle()
    house.acme.recall_supplied(*SUPPLIED)
    await house.hub.settle()


def _recalled_row(house: House) -> Row:
    """Return goods of the supplier's recalled lot that nobody has picked."""
    books, lot = house.acme.books, ("SUP-2", "SL-13-1")
    return next(
        row for row, units in sorted(books.rows.items(), key=str)
        if units > 2 and row.status == GOOD and row.place.startswith("B-")
        and (books.lot_of(row).supplier, books.lot_of(row).supplier_lot) == lot
    )  # fmt: skip


async def _answered(house: House, owner: Owner) -> None:
    letters = [body for _, body in await house.hub.heard("lotstream.recall-letters") if body["owner"] == owner.name]
    mine = sorted((letter for letter in letters if letter["recall"] == "RC-1"), key=lambda one: str(one["orders"]))
    assert len(mine) > 1
    for number, letter in enumerate(mine[:-1]):
        owner.answer(letter, ANSWERS[number % len(ANSWERS)])
    first = mine[0]
    owner.answer(first, "returned", more=1, why=Refused("more_than_shipped", "lots.0.returned"))
    owner.answer({**first, "consignee": "nobody"}, "informed", why=Refused("not_available", "consignee"))
    owner.answer({**first, "recall": "RC-9"}, "informed", why=Refused("not_available", "recall"))
    owner.close_recall("RC-1")
