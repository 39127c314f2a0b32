"""``lotstream lot where``: who has a lot: what lies where, what left for whom, and what of it is still on the road."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.lot_called import lot_meant, names_of, note
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say, table

if TYPE_CHECKING:
    from lotstream.domain.model import Departure, LotName, OnTheRoad, OrderKey, Recipient, Shipment
    from lotstream.store.reads_recalls import RecallReads, StockSeen

STOCK_COLUMNS: Final = ("site", "location", "status", "on_hand", "promised")
GONE_COLUMNS: Final = (
    "customer",
    "name",
    "city",
    "region",
    "postcode",
    "country",
    "quantity",
    "came_back",
    "orders_count",
)
SHIPMENT_COLUMNS: Final = (
    "shipment",
    "left_at",
    "order",
    "lot",
    "quantity",
    "customer",
    "state",
    "expected_at",
    "place",
)
ROWS_MAX: Final = 100
"""Lines of a list that are printed; JSON has all."""
PAGE: Final = 10_000
"""Departures that are read at once."""


def register(app: typer.Typer) -> None:
    """Add the command to the group ``lot``."""
    (lots,) = [group.typer_instance for group in app.registered_groups if group.name == "lot" and group.typer_instance]
    lots.command("where")(where)


def where(
    sku: Annotated[str, typer.Argument(help="The item.")],
    lot: Annotated[str, typer.Argument(help="The lot.")],
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Show who has a lot: what lies at which site, what left for whom, and where shipments are that it left with."""
    told = run(_read(owner, sku, lot))
    if as_json:
        print_json(told)
        return
    if told["note"] is not None:
        say(told["note"])
    say(f"{told['sku']} lot {told['lot']} of {told['owner']}: {told['on_hand']} {told['unit'] or ''} in the house")
    if told["stock"]:
        table(STOCK_COLUMNS, ([place[name] for name in STOCK_COLUMNS] for place in told["stock"]))
    left = f"{told['gone']} {told['unit'] or ''}".rstrip()
    say(f"\nLeft: {left}, with {told['orders']} orders for {told['customers']} customers")
    if told["gone_to"]:
        _print(GONE_COLUMNS, told["gone_to"])
    if told["shipments"]:
        say("\nWith these shipments, the last one first:")
        _print(SHIPMENT_COLUMNS, told["shipments"])


def _print(columns: tuple[str, ...], lines: list[dict[str, Any]]) -> None:
    table(columns, ([line[name] for name in columns] for line in lines[:ROWS_MAX]))
    if len(lines) > ROWS_MAX:
        say(f"… and {len(lines) - ROWS_MAX} more: --json has them")


async def _read(owner: str | None, sku: str, lot: str) -> dict[str, Any]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads_recalls import LotsSaid, RecallReads

    meant = await lot_meant(owner, sku, lot, former=True)
    owner, lot, said = meant.owner, meant.lot, note(meant, lot)
    settings = read_settings()
    async with RecallReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.owners_of_lots(LotsSaid(owner=owner, lots=[lot], sku=sku))
        who = only_one("owner", found, option="--owner", what=f"lot {lot} of {sku}")
        names = await names_of(who, sku, lot)
        items = await reads.items(who, [names[0].sku])
        item = items.get(names[0].sku)
        decimals = 0 if item is None else item.decimals
        house = await _in_house(reads, who, names[0], decimals)
        gone, shipments = await _gone(reads, who, names, decimals), await _departures(reads, who, names, decimals)
    unit = None if item is None else item.base_unit
    former = [name._asdict() for name in names[1:]]
    about = {"owner": who, **names[0]._asdict(), "former": former, "note": said, "unit": unit}
    return {**about, **house, **gone, "shipments": shipments}


async def _in_house(reads: RecallReads, owner: str, lot: LotName, decimals: int) -> dict[str, Any]:
    from lotstream.contracts.quantities import base_text

    stock = await reads.stock(owner, [lot])
    on_hand = base_text(sum(place.on_hand for place in stock), decimals)
    return {"on_hand": on_hand, "stock": [_lies(place, decimals) for place in stock]}


def _lies(place: StockSeen, decimals: int) -> dict[str, Any]:
    from lotstream.contracts.quantities import base_text

    units = {"on_hand": base_text(place.on_hand, decimals), "promised": base_text(place.reserved, decimals)}
    return {"site": place.site, "location": place.location, "status": place.status, **units}


async def _gone(reads: RecallReads, owner: str, names: list[LotName], decimals: int) -> dict[str, Any]:
    from lotstream.contracts.quantities import base_text

    first = page = await reads.got(owner, names)
    recipients, persons = [*first.recipients], dict(first.persons)
    while page.more:
        page = await reads.got(owner, names, after=page.recipients[-1].id)
        recipients += page.recipients
        persons |= page.persons
    quantity = base_text(sum(got.quantity for to in recipients for got in to.lots), decimals)
    reached = {"gone": quantity, "orders": first.orders, "customers": first.customers}
    return {**reached, "gone_to": [_went_to(to, persons, decimals) for to in recipients]}


def _went_to(to: Recipient, persons: dict[str, bytes], decimals: int) -> dict[str, Any]:
    import json

    from lotstream.contracts.quantities import base_text

    return {
        "customer": to.customer, "name": json.loads(persons.get(to.person or "", b"{}")).get("name"),
        "city": to.city, "region": to.region, "postcode": to.postcode, "country": to.country,
        "quantity": base_text(sum(got.quantity for got in to.lots), decimals),
        "came_back": base_text(sum(got.returned for got in to.lots), decimals),
        "orders": [{"source": key.source, "order": key.order} for key in to.orders],
        "orders_count": to.orders_count,
    }  # fmt: skip


async def _departures(reads: RecallReads, owner: str, names: list[LotName], decimals: int) -> list[dict[str, Any]]:
    """Return all that left of a lot, the last one first, each with where its shipment is."""
    left = await all_that_left(reads, owner, names)
    roads = await reads.roads(owner, {one.shipment for one in left})
    return [_departure(one, road, decimals) for one, road in places(left, roads, names)]


async def all_that_left(reads: RecallReads, owner: str, names: Sequence[LotName]) -> list[Departure]:
    """Return all that left of lots by their names, the last one first."""
    left = [*(page := await reads.departures(owner, names, rows_max=PAGE)).of]
    while len(left) < page.total and page.of:
        page = await reads.departures(owner, names, behind=left[-1], rows_max=PAGE)
        left += page.of
    return left


def places(
    left: list[Departure], shipments: Mapping[str, Shipment], names: list[LotName]
) -> Iterator[tuple[Departure, OnTheRoad | None]]:
    """Yield where what left of a lot is: as often as there are places, where parts of it are elsewhere than the rest.

    What left of a lot under several names is looked for as one: a part may have been told under any of them.
    """
    from lotstream.domain.road_parts import where_is

    units: Counter[tuple[str, OrderKey]] = Counter()
    for one in left:
        units[one.shipment, one.order] += one.quantity
    found: dict[tuple[str, OrderKey], deque[tuple[int, OnTheRoad | None]]] = {}
    for key, quantity in units.items():
        shipment = shipments.get(key[0])
        where = [(quantity, None)] if shipment is None else where_is(shipment, key[1], {*names}, left=quantity)
        found[key] = deque(where)
    for one in left:
        here, missing = found[one.shipment, one.order], one.quantity
        while missing:
            there, road = here.popleft()
            taken = min(there, missing)
            missing -= taken
            if there > taken:
                here.appendleft((there - taken, road))
            yield one._replace(quantity=taken), road


def _departure(one: Departure, road: OnTheRoad | None, decimals: int) -> dict[str, Any]:
    from lotstream.contracts.quantities import base_text

    told = one._asdict()
    (source, order), left_at = told.pop("order"), told.pop("at")
    where = {name: None if road is None else getattr(road, name) for name in ("state", "at", "expected_at", "place")}
    quantity = base_text(one.quantity, decimals)
    return {**told, "source": source, "order": order, "left_at": left_at, "quantity": quantity, **where}
