"""``lotstream stock``: what lies where, lot by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner, check_site
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import complain, print_json, table
from lotstream.cli.reaching_back import say_how_far
from lotstream.cli.roll_forward import moment

if TYPE_CHECKING:
    from datetime import datetime

    from lotstream.domain.ledger import Sites
    from lotstream.domain.model import LotName
    from lotstream.store.reads import StockLine
    from lotstream.store.reads_past import ThereThen

COLUMNS = ("sku", "lot", "expires", "site", "location", "on_hand", "reserved", "free", "unit")
"""What is shown of a row in words; --json has all of it."""

COLUMNS_THEN = ("sku", "lot", "expires", "site", "location", "status", "on_hand", "unit")
"""What is told of a row at a moment."""

ROWS_MAX = 1000
"""Rows that are shown unless more are asked for."""


class Wanted(NamedTuple):
    """What is to be shown: of an item, of a lot, at a site, and of that so many rows at most."""

    sku: str | None
    lot: str | None
    site: str | None
    rows_max: int


def register(app: typer.Typer) -> None:
    """Add the command ``stock``."""
    app.command("stock")(stock)


def stock(
    owner: Owner = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Only this item.")] = None,
    lot: Annotated[str | None, typer.Option("--lot", help="Only lots of this number, also a supplier's.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="Only what is at this site.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A moment of business time, e.g. 2026-09-01T00:00:00-04:00.")
    ] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most rows that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show stock by SKU, lot and place.

    First expired first, with what is on hand, reserved and free, and what stands in the way. With --as-of what lay
    there at that moment, also by what was told later of what had happened before.
    """
    if as_of is not None:
        _show_then(owner, Wanted(sku, lot, site, rows_max), as_of, as_json=as_json)
        return
    lines, sites = run(_read(owner, Wanted(sku, lot, site, rows_max)))
    check_owner(owner, lines)
    check_site(site, lines)
    if as_json:
        print_json([_shown(line, sites) for line in lines])
    else:
        columns = (*COLUMNS, "weight_kg") if any(line.weight_g is not None for line in lines) else COLUMNS
        table(
            [*(column.replace("_", " ") for column in columns), "not free because"],
            (_row(line, sites, columns) for line in lines),
        )
    if len(lines) == rows_max:
        complain(
            f"Only the first {rows_max} rows are shown.", "Ask for one item with --sku, or for more with --rows-max."
        )


def _show_then(owner: str | None, wanted: Wanted, as_of: str, *, as_json: bool) -> None:
    then = moment(as_of)
    run(say_how_far())
    there = [_shown_then(one) for one in run(_read_then(owner, wanted, then))]
    check_owner(owner, there)
    check_site(wanted.site, there)
    if as_json:
        print_json(there)
    else:
        columns = (*COLUMNS_THEN, "weight_kg") if any("weight_kg" in one for one in there) else COLUMNS_THEN
        table(columns, ([one.get(column) for column in columns] for one in there))
    if len(there) == wanted.rows_max:
        complain(
            f"Only the first {wanted.rows_max} rows are shown.", "Ask for one item with --sku, or with --rows-max."
        )


async def _read_then(owner: str | None, wanted: Wanted, then: datetime) -> list[ThereThen]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads
    from lotstream.store.reads_past import PastReads

    settings = read_settings()
    url, timeout_s = settings.postgres_url, settings.postgres_timeout_s
    sku, _, site, rows_max = wanted
    if wanted.lot is not None:
        owner, lots = await _lots(owner, sku, wanted.lot)
        async with PastReads(url, timeout_s=timeout_s) as past:
            skus = dict.fromkeys(one.sku for one in lots)
            found = [await past.stock_as_of(owner, then, sku=one, site=site, rows_max=rows_max) for one in skus]
        return [row for rows in found for row in rows if (row.sku, row.lot) in lots][:rows_max]
    async with Reads(url, timeout_s=timeout_s) as reads, PastReads(url, timeout_s=timeout_s) as past:
        owner = owner or only_one("owner", await reads.owners_of_sku(sku), option="--owner", what="stock")
        return await past.stock_as_of(owner, then, sku=sku, site=site, rows_max=rows_max)


def _shown_then(one: ThereThen) -> dict[str, object]:
    from lotstream.contracts.quantities import base_text

    return {
        "sku": one.sku, "lot": one.lot, "expires": one.expires, "site": one.site, "location": one.location,
        "status": one.status, "on_hand": base_units(one.item, one.quantity),
        "unit": unit_of(one.item),
        **({} if one.weight_g is None else {"weight_kg": base_text(one.weight_g, 3)}),
    }  # fmt: skip


async def _lots(owner: str | None, sku: str | None, called: str) -> tuple[str, list[LotName]]:
    """Return the lots of one owner that have a number, or have it from their supplier."""
    from lotstream.cli.candidates import only_one
    from lotstream.cli.lot_called import lots_called
    from lotstream.domain.model import LotName

    found = await lots_called(called, owner=owner, sku=sku, former=True)
    who = only_one("owner", sorted({one.owner for one in found}), option="--owner", what=f"lot {called}")
    return who, [LotName(one.sku, one.lot) for one in found if one.owner == who]


async def _read(owner: str | None, wanted: Wanted) -> tuple[list[StockLine], Sites]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads

    settings = read_settings()
    sku, _, site, rows_max = wanted
    if wanted.lot is not None:
        owner, lots = await _lots(owner, sku, wanted.lot)
        async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
            return await reads.stock(owner, sku=sku, lots=lots, site=site, rows_max=rows_max), await reads.sites()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        owner = owner or only_one("owner", await reads.owners_of_sku(sku), option="--owner", what="stock")
        return await reads.stock(owner, sku=sku, site=site, rows_max=rows_max), await reads.sites()


def obstacles(line: StockLine, sites: Sites) -> list[str]:
    """Return why nothing of a row can be promised, whoever asks; empty when all is well.

    Its status, its lot's holds, its place (itself or an area around it on hold or not for picking), and expiry.
    """
    from lotstream.domain.codes import NotUsed
    from lotstream.domain.expiry import NEVER, life_reason
    from lotstream.domain.places import place_of

    today = sites.today.get(line.site)
    expired = (
        line.expires is not None
        and today is not None
        and life_reason(line.expires.toordinal(), NEVER, ship=today.toordinal()) is not None
    )
    return [
        *([line.status] if line.status != "good" else []),
        *(f"{hold.kind} {hold.id}" for hold in line.holds),
        *([] if place_of(sites, line.site, line.location).pickable else [str(NotUsed.LOCATION_NOT_PICKABLE)]),
        *([str(NotUsed.EXPIRED)] if expired else []),
    ]


def free(line: StockLine, sites: Sites) -> int:
    """Return the smallest units of a row that can still be promised: never below zero."""
    return 0 if obstacles(line, sites) else max(0, line.on_hand - line.reserved - line.promised_elsewhere)


def _row(line: StockLine, sites: Sites, columns: tuple[str, ...]) -> tuple[object, ...]:
    shown = _shown(line, sites)
    return (*(shown.get(column) for column in columns), ", ".join(obstacles(line, sites)))


def _shown(line: StockLine, sites: Sites) -> dict[str, object]:
    """Return a row with its quantities as decimal strings of base units."""
    from lotstream.contracts.quantities import base_text

    return {
        "sku": line.sku,
        "lot": line.lot,
        "expires": line.expires,
        "site": line.site,
        "location": line.location,
        "package": line.package,
        "pack_size": None if line.pack_size is None else base_units(line.item, line.pack_size),
        "status": line.status,
        "returned": line.returned,
        "on_hand": base_units(line.item, line.on_hand),
        "reserved": base_units(line.item, line.reserved),
        "promised_elsewhere": base_units(line.item, line.promised_elsewhere),
        "free": base_units(line.item, free(line, sites)),
        "unit": unit_of(line.item),
        **({} if line.weight_g is None else {"weight_kg": base_text(line.weight_g, 3)}),
        "not_free_because": obstacles(line, sites),
        "holds": [{"id": hold.id, "kind": hold.kind, "reason": hold.reason} for hold in line.holds],
    }
