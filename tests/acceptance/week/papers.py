"""Wednesday's papers and places: lots are inspected and documented; goods have places where they may not lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.acceptance.week.house import MONDAY, TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.said import Goods

PAPERED, COLD, ALONE = "S-41", "S-42", "S-43"
EXPIRES = date(2026, 1, 31)
FREEZER = "FREEZER"


async def inspected(house: House) -> None:
    """A lot that fails is held at once, and its orders move; one that passes later is free again."""
    acme = house.acme
    house.doing("a lot fails an inspection: its orders move, until another one passes it")
    acme.inspect_lot("IN-1", sku(5), "T05-2", passed=False)
    await house.hub.settle()
    acme.inspect_lot("IN-2", sku(5), "T05-2", passed=True)
    acme.inspect_lot("IN-3", sku(5), "NONE", passed=True, why=Refused("unknown_lot", "lot"))
    await house.hub.settle()


async def documented(house: House) -> None:
    """Nothing without its papers is promised; a paper that comes serves who waits, one that is withdrawn does not."""
    acme = house.acme
    house.doing("goods without their papers wait; papers come, run out and are withdrawn")
    acme.define("item", sku=PAPERED, documents=["coa"])
    acme.books.needs[PAPERED] = {"coa"}
    for number in (1, 2, 3):
        acme.receive(TOR, f"P-{number}", [Goods(PAPERED, 10, f"P-0{number}", f"P-{number}", EXPIRES, supplier="SUP-1")])
    acme.order("#P1", TOR, [(PAPERED, 4)])
    acme.document(PAPERED, "P-2", "coa", "C-1", date(2025, 12, 31))
    acme.document(PAPERED, "P-3", "coa", "C-2", MONDAY)
    acme.order("#P2", TOR, [(PAPERED, 9)])
    await house.hub.settle()
    acme.document(PAPERED, "P-1", "coa", "C-3", date(2025, 12, 31))
    acme.document(PAPERED, "P-2", "coa", "C-1", None, withdrawn=True)
    await house.hub.settle()


async def placed(house: House) -> None:
    """What must not lie in a place, or beside others, is refused when asked, and noted when it lies there."""
    acme = house.acme
    house.doing("goods come to places where they must not lie")
    cold = {"site": TOR, "location": FREEZER, "storage": ["frozen"]}
    await house.hub.broadcast("location.defined", (f"{TOR}/{FREEZER}/1", cold))
    acme.define("item", sku=COLD, storage="frozen")
    acme.define("item", sku=ALONE, mixing="one_lot")
    peas = Goods(COLD, 6, FREEZER, "C-1", EXPIRES, supplier="SUP-1")
    soap = Goods(ALONE, 6, FREEZER, "A-1", EXPIRES, supplier="SUP-1")
    acme.receive(TOR, "F-1", [peas])
    acme.receive(TOR, "F-2", [soap], asked=Refused("lot_not_allowed", "lines.0.location"))
    acme.receive(TOR, "F-2", [soap], odd="lot_not_allowed")
    acme.receive(TOR, "F-3", [replace(soap, place="X-01")])
    other = replace(soap, lot="A-2", place="X-01")
    acme.receive(TOR, "F-4", [other], asked=Refused("lot_not_allowed", "lines.0.location"))
    acme.receive(TOR, "F-4", [other], odd="lot_not_allowed")
    acme.move(
        TOR, "F-5", replace(peas, place=FREEZER).row(TOR), "X-01", 1, asked=Refused("lot_not_allowed", "lines.0.to")
    )
    await house.hub.settle()


async def hinted(house: House) -> None:
    """What comes to the dock is told a bin and why; the floor puts it there."""
    zenith = house.zenith
    house.doing("the floor is told where to put what came in, and puts it there")
    zenith.change_settings(sites=["TOR", "MTL"], put_away_hints=True)
    known = zenith.books.candidates(sku(16), TOR)[0]
    more = Goods(sku(16), 12, "DOCK", known.lot)
    zenith.receive(TOR, "H-1", [more])
    await house.hub.settle()
    hints = [
        task
        for _, body in await house.hub.heard("lotstream.floor-tasks")
        for task in body.get("tasks", ())
        if body["owner"] == zenith.name and task["kind"] == "put_away"
    ]
    assert [(hint["lot"], hint["location"], hint["quantity"]) for hint in hints] == [(known.lot, "DOCK", "12")]
    assert hints[0]["to"] == known.place, hints
    zenith.put_away(TOR, "PA-1", more.row(TOR), known.place, 12, task=hints[0]["task"])
    await house.hub.settle()
