"""``lotstream count``: which bins to count next, and which counts wait for a second counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner, check_site
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, table

if TYPE_CHECKING:
    from lotstream.domain.model import CountPending, Item
    from lotstream.store.reads_moves import BinToCount, MoveReads

ROWS_MAX: Final = 50
"""Bins that are shown unless more are asked for."""

PLAN_COLUMNS: Final = ("risk", "site", "location", "sku", "lot", "expires", "last counted", "movements", "differences")
WAITING_COLUMNS: Final = ("count", "site", "counted by", "at", "line", "location", "sku", "lot")


def register(app: typer.Typer) -> None:
    """Add the group ``count``."""
    counts = typer.Typer(help="Plan counts, and see those that wait.", no_args_is_help=True)
    counts.command("plan")(plan)
    counts.command("waiting")(waiting)
    app.add_typer(counts, name="count")


def plan(
    owner: Owner = None,
    site: Annotated[str | None, typer.Option("--site", help="Only bins of this site.")] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most bins that are shown.", min=1)] = ROWS_MAX,
    books: Annotated[bool, typer.Option("--books", help="Also what is known to be there; not for who counts.")] = False,
    as_json: Json = False,
) -> None:
    """Show which bins to count next, the riskiest first.

    What expires within a month, what moved much since it was counted, where goods were found or missing, and what is
    worth most. What is known to lie there is left out, so that the list can be given to who counts.
    """
    found = run(_plan(owner, site, rows_max, books=books))
    check_owner(owner, found)
    check_site(site, found)
    if as_json:
        print_json(found)
    else:
        names = (*PLAN_COLUMNS, *(("on hand", "unit", "value") if books else ()))
        table(names, ([one[name.replace(" ", "_")] for name in names] for one in found))


def waiting(owner: Owner = None, as_json: Json = False) -> None:
    """Show the counts that wait for a second counter: where to count, and who may not; nothing of what was found."""
    found = run(_waiting(owner))
    check_owner(owner, found)
    if as_json:
        print_json(found)
    else:
        table(WAITING_COLUMNS, (row for one in found for row in _rows(one)))


async def _plan(owner: str | None, site: str | None, rows_max: int, *, books: bool) -> list[dict[str, Any]]:
    from datetime import UTC, datetime

    from lotstream.cli.candidates import only_one
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        who = owner or only_one("owner", await reads.owners_of_sku(None), option="--owner", what="stock")
    async with _reads() as reads:
        found = await reads.count_plan(who, site=site, today=datetime.now(UTC).date(), rows_max=rows_max)
        items = await reads.items(who, {one.sku for one in found})
    return [shown(one, items.get(one.sku), books=books) for one in found]


async def _waiting(owner: str | None) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import one_if_any

    async with _reads() as reads:
        owners = [owner] if owner else await reads.owners("count_pending", None, owner=None)
        who = one_if_any("owner", owners, option="--owner")
        return [] if who is None else [_waits(one) for one in await reads.counts_waiting(who, rows_max=1_000)]


def _reads() -> MoveReads:
    from lotstream.store.reads_moves import MoveReads

    settings = read_settings()
    return MoveReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)


def shown(one: BinToCount, item: Item | None, *, books: bool) -> dict[str, Any]:
    """Return a bin to be counted as JSON values, blind unless the books are asked for."""
    told = {
        "risk": f"{one.risk:f}", "site": one.site, "location": one.location, "sku": one.sku, "lot": one.lot,
        "expires": one.expires, "last_counted": None if one.counted_at is None else f"{one.counted_at:%Y-%m-%d}",
        "movements": one.movements, "differences": one.differences,
    }  # fmt: skip
    if not books:
        return told
    known = {
        "on_hand": base_units(item, one.on_hand),
        "unit": unit_of(item),
        "value": None if one.value is None else f"{one.value:.2f}",
    }
    return told | known


def _waits(one: CountPending) -> dict[str, Any]:
    lines = [
        {"line": line.line, "location": line.location, "sku": line.sku, "lot": line.lot, "package": line.package}
        for line in one.lines
    ]
    return {"count": one.key.number, "site": one.site, "by": one.by, "as_of": one.as_of, "lines": lines}


def _rows(told: dict[str, Any]) -> list[tuple[object, ...]]:
    head = (told["count"], told["site"], told["by"], f"{told['as_of']:%Y-%m-%d %H:%M}")
    return [(*head, line["line"], line["location"], line["sku"], line["lot"]) for line in told["lines"]]
