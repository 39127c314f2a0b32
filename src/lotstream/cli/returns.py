"""``lotstream returns``: what came back of which lots, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, table
from lotstream.cli.roll_forward import moment
from lotstream.errors import InputRefused

COLUMNS: Final = ("sku", "lot", "reason", "returned", "scrapped", "sent back", "unit", "lines")


def register(app: typer.Typer) -> None:
    """Add the command ``returns``."""
    app.command("returns")(returns)


def returns(
    owner: Owner = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Only this item.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="From this day or instant on (UTC).")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Before this day or instant (UTC).")] = None,
    as_json: Json = False,
) -> None:
    """Show what came back by lot and reason, and what of it was scrapped or sent back."""
    first, last = (None if said is None else moment(said) for said in (since, until))
    if first is not None and last is not None and last < first:
        raise InputRefused("The period ends before it begins.", what_to_do="Give --from a moment before --to.")
    told = run(_read(owner, sku, first, last))
    check_owner(owner, told["returns"])
    if as_json:
        print_json(told)
    else:
        table(COLUMNS, ([line[name.replace(" ", "_")] for name in COLUMNS] for line in told["returns"]))


async def _read(owner: str | None, sku: str | None, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    from lotstream.cli.candidates import one_if_any
    from lotstream.store.reads_recalls import RecallReads

    settings = read_settings()
    async with RecallReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        owners = [owner] if owner else await reads.owners_of_returns(None)
        who = one_if_any("owner", owners, option="--owner")
        if who is None:
            return {"owner": None, "sku": sku, "returns": []}
        found = await reads.returns(who, sku=sku, since=since, until=until)
        items = await reads.items(who, {line.sku for line in found})
    lines = []
    for line in found:
        item = items.get(line.sku)
        amounts = {name: base_units(item, getattr(line, name)) for name in ("returned", "scrapped", "sent_back")}
        unit = unit_of(item)
        lines.append(
            {"sku": line.sku, "lot": line.lot, "reason": line.reason, **amounts, "unit": unit, "lines": line.lines}
        )
    return {"owner": who, "sku": sku, "returns": lines}
