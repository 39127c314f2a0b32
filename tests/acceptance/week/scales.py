"""Tuesday's hams: they are counted by the piece and weighed, and what they weigh is added up on paper as well."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Final

from tests.acceptance.week.house import TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import Row
from tests.acceptance.week.said import Goods

HAM: Final = "S-HAM"
BIN, RACK, STAGED, LOT, NEVER_WEIGHED = "F-01", "F-02", "STAGING/T-#HAM", "HAM-1", "HAM-2"


async def scales(house: House) -> None:
    """Hams come with their weight, move, are picked with and without it, and leave; not a gram is lost."""
    acme = house.acme
    house.doing("hams are weighed at the dock and when they are picked; what nobody weighs takes its share")
    acme.define("item", sku=HAM, catch_weight=True)
    expires = house.today + timedelta(days=90)
    hams = Goods(HAM, 10, BIN, lot=LOT, expires=expires)
    asked = Refused("field_missing", "lines.0.weight_kg")
    acme.receive(TOR, "R-HAM", [hams], asked=asked)
    acme.receive(TOR, "R-HAM", [hams], said=[{**hams.said("1"), "weight_kg": "75.003"}])
    unknown = Goods(HAM, 2, BIN, lot=NEVER_WEIGHED, expires=expires)
    acme.receive(TOR, "R-HAM-2", [unknown], wrong="field_missing")
    row = hams.row(TOR)
    acme.move(TOR, "M-HAM", row, RACK, 3)
    weights = Counter({BIN: 75_003 - 75_003 * 3 // 10, RACK: 75_003 * 3 // 10})
    acme.order("#HAM", TOR, [(HAM, 8)])
    await house.hub.settle()
    weights[STAGED] = _pick(house, {BIN: "52.503"}, weights)
    await house.hub.settle()
    there = {row["location"]: row["weight_g"] for row in await house.hub.rows("stock_weight", acme.name)}
    assert there == +weights, (there, weights)
    acme.ship("#HAM", "SH-HAM")
    await house.hub.settle()
    weights.pop(STAGED)
    rows = await house.hub.rows("stock_weight", acme.name)
    assert {row["location"]: row["weight_g"] for row in rows} == +weights
    left = await house.hub.rows("shipment_line", acme.name)
    assert sum(row["weight_g"] or 0 for row in left) == 75_003 - weights.total()


def _pick(house: House, weighed: dict[str, str], weights: Counter[str]) -> int:
    """Pick all that is promised to the order, with the weights that were read; returns what was picked weighs."""
    acme = house.acme
    order, picked = acme.books.orders["#HAM"], 0
    lines = []
    for promise in list(order.lines["1"].promises):
        place, units, there = promise.row.place, promise.quantity, acme.books.rows[promise.row]
        read = weighed.get(place)
        grams = weights[place] * units // there if read is None else int(Decimal(read) * 1000)
        weights[place] -= grams
        picked += grams
        said = {"line": "1", "lot": promise.row.lot, "location": place, "quantity": str(units)}
        lines.append(said if read is None else {**said, "weight_kg": read})
    body = {"source": "shop", "order": "#HAM", "staged_at": "T-#HAM", "lines": lines}
    acme._floor("pick.confirmed", TOR, body)
    for promise in list(order.lines["1"].promises):
        acme.books.pick("#HAM", "1", Row(*promise.row), promise.quantity, staged="T-#HAM")
    return picked
