"""``lotstream lot where``: who has a lot: what lies where, and what left for whom."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.lot_called import lot_meant, note
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, table

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
ROWS_MAX: Final = 100
"""Recipients that are printed; JSON has all that one look finds."""


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
    """Show who has a lot: what lies at which site, and what left for whom, with addresses and quantities."""
    told = run(_read(owner, sku, lot))
    if as_json:
        print_json(told)
        return
    if told["note"] is not None:
        print(told["note"])
    print(f"{sku} lot {told['lot']} of {told['owner']}: {told['on_hand']} {told['unit'] or ''} in the house")
    table(STOCK_COLUMNS, ([place[name] for name in STOCK_COLUMNS] for place in told["stock"]))
    print(f"\nLeft with {told['orders']} orders for {told['customers']} customers:")
    table(GONE_COLUMNS, ([one[name] for name in GONE_COLUMNS] for one in told["gone_to"][:ROWS_MAX]))
    if len(told["gone_to"]) > ROWS_MAX:
        print(f"… and {len(told['gone_to']) - ROWS_MAX} more: --json has them")


async def _read(owner: str | None, sku: str, lot: str) -> dict[str, Any]:
    import json

    from lotstream.cli.candidates import only_one
    from lotstream.contracts.quantities import base_text
    from lotstream.domain.model import LotName
    from lotstream.store.reads_recalls import LotsSaid, RecallReads

    meant = await lot_meant(owner, sku, lot, former=True)
    owner, lot, said = meant.owner, meant.lot, note(meant, lot)
    settings, name = read_settings(), LotName(sku, lot)
    async with RecallReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.owners_of_lots(LotsSaid(owner=owner, lots=[lot], sku=sku))
        who = only_one("owner", found, option="--owner", what=f"lot {lot} of {sku}")
        (seen,) = await reads.lots(who, [name])
        names = [name, *(LotName(sku, alias) for alias in seen.more.aliases)]
        stock, items = await reads.stock(who, [name]), await reads.items(who, [sku])
        gone = page = await reads.look_back(who, names)
        recipients, persons = [*gone.recipients], dict(gone.persons)
        while page.more:
            page = await reads.look_back(who, names, after=page.recipients[-1].id)
            recipients += page.recipients
            persons |= page.persons
    item = items.get(sku)
    decimals = 0 if item is None else item.decimals
    return {
        "owner": who, "sku": sku, "lot": lot, "note": said, "unit": None if item is None else item.base_unit,
        "on_hand": base_text(sum(place.on_hand for place in stock), decimals),
        "stock": [
            {
                "site": place.site, "location": place.location, "status": place.status,
                "on_hand": base_text(place.on_hand, decimals), "promised": base_text(place.reserved, decimals),
            }
            for place in stock
        ],
        "orders": gone.reached.orders, "customers": gone.reached.customers,
        "gone_to": [
            {
                "customer": to.customer, "name": json.loads(persons.get(to.person or "", b"{}")).get("name"),
                "city": to.city, "region": to.region, "postcode": to.postcode, "country": to.country,
                "quantity": base_text(sum(got.quantity for got in to.lots), decimals),
                "came_back": base_text(sum(got.returned for got in to.lots), decimals),
                "orders": [{"source": key.source, "order": key.order} for key in to.orders],
                "orders_count": to.orders_count,
            }
            for to in recipients
        ],
    }  # fmt: skip
