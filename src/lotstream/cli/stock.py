"""``lotstream stock``: what lies where, lot by lot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner, Sku
from lotstream.cli.output import complain, print_json, table

if TYPE_CHECKING:
    from lotstream.store.reads import StockLine

Todays = Mapping[str, date]
"""Today per site."""

COLUMNS = ("sku", "lot", "expires", "site", "location", "on_hand", "reserved", "free", "unit")
"""What is shown of a row in words; --json has all of it."""

ROWS_MAX = 1000
"""Rows that are shown unless more are asked for."""


def register(app: typer.Typer) -> None:
    """Add the command ``stock``."""
    app.command("stock")(stock)


def stock(
    owner: Owner = None,
    sku: Sku = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most rows that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show stock by SKU, lot and place.

    First expired first, with what is on hand, reserved and free, and what stands in the way.
    """
    lines, today = run(_read(owner, sku, rows_max))
    if as_json:
        print_json([_shown(line, today) for line in lines])
    else:
        table(
            [*(column.replace("_", " ") for column in COLUMNS), "not free because"],
            (_row(line, today) for line in lines),
        )
    if len(lines) == rows_max:
        complain(
            f"Only the first {rows_max} rows are shown.", "Ask for one item with --sku, or for more with --rows-max."
        )


async def _read(owner: str | None, sku: str | None, rows_max: int) -> tuple[list[StockLine], Todays]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        owner = owner or only_one("owner", await reads.owners_of_sku(sku), option="--owner", what="stock")
        return await reads.stock(owner, sku=sku, rows_max=rows_max), await reads.today()


def obstacles(line: StockLine, today: Todays) -> list[str]:
    """Return why nothing of a row can be promised, whoever asks: its status, holds, expiry; empty when all is well."""
    # The last day of use is a good one.
    expired = line.expires is not None and line.expires < today.get(line.site, line.expires)
    return [
        *([line.status] if line.status != "good" else []),
        *(f"{hold.kind} {hold.id}" for hold in line.holds),
        *(["expired"] if expired else []),
    ]


def free(line: StockLine, today: Todays) -> int:
    """Return the smallest units of a row that can still be promised: never below zero."""
    return 0 if obstacles(line, today) else max(0, line.on_hand - line.reserved - line.promised_elsewhere)


def _row(line: StockLine, today: Todays) -> tuple[object, ...]:
    shown = _shown(line, today)
    return (*(shown[column] for column in COLUMNS), ", ".join(obstacles(line, today)))


def _shown(line: StockLine, today: Todays) -> dict[str, object]:
    """Return a row with its quantities as decimal strings of base units."""
    from lotstream.contracts.quantities import base_text

    decimals = line.item.decimals if line.item else 0
    return {
        "sku": line.sku,
        "lot": line.lot,
        "expires": line.expires,
        "site": line.site,
        "location": line.location,
        "package": line.package,
        "pack_size": None if line.pack_size is None else base_text(line.pack_size, decimals),
        "status": line.status,
        "returned": line.returned,
        "on_hand": base_text(line.on_hand, decimals),
        "reserved": base_text(line.reserved, decimals),
        "promised_elsewhere": base_text(line.promised_elsewhere, decimals),
        "free": base_text(free(line, today), decimals),
        "unit": line.item.base_unit if line.item else None,
        "not_free_because": obstacles(line, today),
        "holds": [{"id": hold.id, "kind": hold.kind, "reason": hold.reason} for hold in line.holds],
    }
