"""``lotstream expiring`` and ``lotstream reorder``: what will not keep, and what is to be ordered again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.candidates import check_owner, check_site
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import complain, print_json, table

if TYPE_CHECKING:
    from decimal import Decimal

    from lotstream.domain.draft import Draft
    from lotstream.domain.ledger import Sites
    from lotstream.domain.model import Item
    from lotstream.store.reads_expiring import ExpiringLot

ROWS_MAX: Final = 1000
"""Rows that are shown unless more are asked for."""

DAYS: Final = 30
"""Days ahead that are looked at unless others are asked for."""

USED_DAYS: Final = 90
"""Days of shipments by which the use of an item is measured that says nothing of it."""

LOT_COLUMNS: Final = ("sku", "lot", "expires", "days_left", "site", "on_hand", "reserved", "unit")
ITEM_COLUMNS: Final = ("sku", "usable", "left_out", "reorder_point", "daily_use", "days_covered", "unit")


def register(app: typer.Typer) -> None:
    """Add the commands ``expiring`` and ``reorder``."""
    app.command("expiring")(expiring)
    app.command("reorder")(reorder)


def expiring(
    days: Annotated[int, typer.Option("--days", help="How many days ahead.", min=0, max=36_500)] = DAYS,
    owner: Owner = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Which item; left out: all.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="Where; left out: everywhere.")] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most rows that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """List lots in stock that expire within some days, and those that have expired, the first first."""
    told = run(_expiring(owner, days, sku, site, rows_max))
    check_owner(owner, told)
    check_site(site, told)
    if as_json:
        print_json(told)
        return
    table([*(name.replace("_", " ") for name in LOT_COLUMNS), "held by"], (_lot_row(one) for one in told))
    if len(told) == rows_max:
        complain(f"Only the first {rows_max} rows are shown.", "Ask for fewer days, or for more with --rows-max.")


def reorder(
    owner: Owner = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Only this item.")] = None,
    used_days: Annotated[
        int, typer.Option("--used-days", help="Days of shipments that tell an item's daily use.", min=1, max=3_650)
    ] = USED_DAYS,
    as_json: Json = False,
) -> None:
    """Show what of each item can be sold before it expires, and which items are below their reorder point.

    An item that says nothing of its daily use is measured by what was shipped lately.
    """
    told = run(_reorder(owner, sku, used_days))
    check_owner(owner, told)
    if as_json:
        print_json(told)
        return
    table([*(name.replace("_", " ") for name in ITEM_COLUMNS), "order again"], (_item_row(one) for one in told))


async def _expiring(
    owner: str | None, days: int, sku: str | None, site: str | None, rows_max: int
) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads
    from lotstream.store.reads_expiring import ExpiryReads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        who = owner or only_one("owner", await reads.owners_of_sku(sku), option="--owner", what="stock")
        sites = await reads.sites()
    latest = max(sites.today.values(), default=date.max - timedelta(days=days))
    async with ExpiryReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as goods:
        lots = await goods.expiring(who, until=latest + timedelta(days=days), sku=sku, site=site, rows_max=rows_max)
    told = (shown_lot(lot, sites) for lot in lots)
    return [{"owner": who, **one} for one in told if one["days_left"] is None or one["days_left"] <= days]


def shown_lot(lot: ExpiringLot, sites: Sites) -> dict[str, Any]:
    """Return a lot at a site as JSON values, its quantities as decimal strings of base units."""
    from lotstream.contracts.quantities import base_text
    from lotstream.domain.expiry import days_left

    today, decimals = sites.today.get(lot.site), lot.item.decimals if lot.item else 0
    return {
        "sku": lot.sku,
        "lot": lot.lot,
        "expires": lot.expires,
        "days_left": None if today is None else days_left(lot.expires.toordinal(), today.toordinal()),
        "made": lot.made,
        "site": lot.site,
        "on_hand": base_text(lot.on_hand, decimals),
        "reserved": base_text(lot.reserved, decimals),
        "unit": lot.item.base_unit if lot.item else None,
        "holds": [{"hold": hold.id, "kind": hold.kind.value, "reason": hold.reason} for hold in lot.holds],
    }


def _lot_row(told: dict[str, Any]) -> tuple[object, ...]:
    return (
        *(told[name] for name in LOT_COLUMNS),
        ", ".join(f"{hold['kind']} {hold['hold']}" for hold in told["holds"]),
    )


async def _reorder(owner: str | None, sku: str | None, used_days: int) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import only_one
    from lotstream.domain.commands import Moment
    from lotstream.domain.draft import Draft
    from lotstream.store.postgres import PostgresStore
    from lotstream.store.reads import Reads
    from lotstream.store.reads_expiring import ExpiryReads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        who = owner or only_one("owner", await reads.owners_of_sku(sku), option="--owner", what="stock")
        sites = await reads.sites()
    async with PostgresStore(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        ledger = (await store.ledgers({who: sites}))[who]
        now = await store.now()
    async with ExpiryReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as goods:
        used = await goods.used(who, since=now - timedelta(days=used_days))
    draft = Draft(ledger, Moment(now, sites.today, decision="", arrival=0))
    items = [ledger.items[name] for name in sorted(ledger.items) if sku in (None, name)]
    return [{"owner": who, **shown_item(draft, item, used.get(item.sku, 0), used_days)} for item in items]


def shown_item(draft: Draft, item: Item, used: int, used_days: int) -> dict[str, Any]:
    """Return what of an item can be sold in time as JSON values, in base units; ``used`` is what left in those days."""
    from lotstream.contracts.quantities import base_text, decimal_text
    from lotstream.domain.reordering import point_of, project

    daily = item.daily_use if item.daily_use is not None else _daily(item, used, used_days)
    found = project(draft, item, daily)
    point = point_of(item)
    return {
        "sku": item.sku,
        "usable": base_text(found.usable, item.decimals),
        "left_out": base_text(found.left_out, item.decimals),
        "reorder_point": None if point is None else base_text(point, item.decimals),
        "below": point is not None and found.usable < point,
        "daily_use": None if daily is None else decimal_text(daily),
        "measured": item.daily_use is None and daily is not None,
        "days_covered": None if not daily else int(found.usable / daily.scaleb(item.decimals)),
        "unit": item.base_unit,
    }


def _daily(item: Item, used: int, days: int) -> Decimal | None:
    """Return the base units of an item that left a day; None where none did, since that says nothing of its use."""
    from decimal import Decimal

    return (Decimal(used) / days).scaleb(-item.decimals).quantize(Decimal("0.001")) if used > 0 else None


def _item_row(told: dict[str, Any]) -> tuple[object, ...]:
    return (*(told[name] for name in ITEM_COLUMNS), "yes" if told["below"] else "")
