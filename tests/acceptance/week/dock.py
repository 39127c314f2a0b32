"""The dock on Monday: what goods have to be, what their lots are called, and what was announced of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.acceptance.week.house import BAR, DATED, NEEDY, PLAIN, TEMPLATED, TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import DAMAGED
from tests.acceptance.week.said import Goods

EXPIRES = date(2026, 1, 31)


async def numbered(house: House) -> None:
    """Lots are called as their supplier calls them, or as the item's rule says; two suppliers' lots stay two."""
    acme = house.acme
    house.doing("lots get numbers: the supplier's, with a suffix for another's, and by three rules")
    said = Goods(PLAIN, 10, "N-01", supplier_lot="24A", supplier="SUP-1", expires=EXPIRES)
    acme.receive(TOR, "N-1", [replace(said, becomes="24A")])
    acme.receive(TOR, "N-2", [replace(said, supplier="SUP-2", expires=date(2026, 3, 1), becomes="24A-2")])
    acme.receive(TOR, "N-3", [replace(said, becomes="24A")])
    acme.receive(TOR, "N-4", [replace(said, sku=BAR, becomes="1", cost="0.40")])
    acme.receive(TOR, "N-5", [replace(said, sku=BAR, supplier_lot="25B", becomes="2", cost="0.41")])
    acme.receive(TOR, "N-6", [replace(said, sku=DATED, made=date(2025, 2, 20), becomes="250220")])
    acme.receive(TOR, "N-7", [replace(said, sku=TEMPLATED, becomes="24A-250303-003")])
    await house.hub.settle()


async def fit(house: House) -> None:
    """Goods without a fact that their item needs, or too old, are refused when asked, and else in quarantine."""
    acme = house.acme
    house.doing("goods that lack a fact, or live too short for what their supplier owes")
    acme.define("supplier", supplier="SUP-6", name="Supplier six", min_days_left=60)
    paper = {"type": "organic", "number": "CA-ORG-006", "expires": "2027-01-31"}
    whole = Goods(
        NEEDY, 10, "N-02", "O-1", expires=EXPIRES, supplier="SUP-1", supplier_lot="O1",
        more={"origin": "CA", "certificates": [paper]},
    )  # fmt: skip
    acme.receive(TOR, "Q-1", [whole])
    lacking = {
        "supplier": replace(whole, lot="O-2", supplier=None),
        "expires": replace(whole, lot="O-3", expires=None),
        "origin": replace(whole, lot="O-4", more={"certificates": [paper]}),
        "certificates": replace(whole, lot="O-5", more={"origin": "CA"}),
    }
    for number, (fact, goods) in enumerate(lacking.items(), 2):
        lines = [replace(goods, supplier_lot=f"O{number}")]
        acme.receive(TOR, f"Q-2-{number}", lines, asked=Refused("field_missing", f"lines.0.{fact}"))
        acme.receive(TOR, f"Q-2-{number}", lines, wrong="field_missing")
    late = Goods(PLAIN, 10, "N-03", "SHORT", expires=date(2025, 4, 20), supplier="SUP-6")
    over = replace(late, lot="OVER", expires=date(2025, 3, 2), supplier="SUP-1")
    for receipt, goods in (("Q-3", late), ("Q-4", over)):
        acme.receive(TOR, receipt, [goods], asked=Refused("lot_not_allowed", "lines.0.expires"))
        acme.receive(TOR, receipt, [goods], wrong="lot_not_allowed")
    odd = replace(late, lot="ODD", made=date(2025, 8, 1), supplier="SUP-1")
    acme.receive(TOR, "Q-5", [odd], asked=Refused("field_invalid", "lines.0.made"))
    acme.receive(TOR, "Q-5", [odd], wrong="field_invalid")
    await house.hub.settle()


async def announced(house: House) -> None:
    """Six announcements: come exactly, on two trucks, with more, with less, partly damaged, with others beside."""
    acme = house.acme
    house.doing("announced goods come exactly, on two trucks, more, less, damaged, with others")
    goods = Goods(PLAIN, 20, "E-01", "E-0", expires=EXPIRES, supplier="SUP-1")
    for number in range(1, 7):
        acme.announce(TOR, f"ASN-{number}", [replace(goods, lot=f"E-{number}")])
    beside = Goods(BAR, 6, "E-01", "E-7", expires=EXPIRES, supplier="SUP-1")
    trucks: list[tuple[int, list[Goods]]] = [
        (1, [goods]), (2, [replace(goods, quantity=12)]), (2, [replace(goods, quantity=8)]),
        (3, [replace(goods, quantity=25)]), (4, [replace(goods, quantity=15)]),
        (5, [replace(goods, quantity=16), replace(goods, quantity=4, status=DAMAGED)]), (6, [goods, beside]),
    ]  # fmt: skip
    for truck, (number, lines) in enumerate(trucks, 1):
        mine = [one if one is beside else replace(one, lot=f"E-{number}") for one in lines]
        acme.receive(TOR, f"A-{truck}", mine, expected=f"ASN-{number}")
        acme.close_receipt(TOR, f"A-{truck}", f"ASN-{number}", mine)
    acme.close_receipt(TOR, "A-0", "ASN-1", [], why=Refused("not_available", "receipt"))
    acme.close_receipt(TOR, None, "ASN-4", [])
    await house.hub.settle()
