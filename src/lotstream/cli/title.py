"""``lotstream title``: goods that change their owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import complain, print_json, table

if TYPE_CHECKING:
    from collections.abc import Collection

    from lotstream.domain.model import Item, Title

ROWS_MAX: Final = 500
"""Sales that are shown unless more are asked for."""

COLUMNS: Final = ("title", "to", "site", "line", "sku", "their sku", "lot", "location", "quantity", "unit", "state")


def register(app: typer.Typer) -> None:
    """Add the group ``title``."""
    titles = typer.Typer(help="See goods that change their owner.", no_args_is_help=True)
    titles.command("list")(list_titles)
    app.add_typer(titles, name="title")


def list_titles(
    owner: Owner = None,
    between: Annotated[
        bool, typer.Option("--between", help="Only those of which the other ledger does not have everything.")
    ] = False,
    after: Annotated[str, typer.Option("--after", help="Only numbers after this one.")] = "",
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most sales that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what an owner gave to others, and whether it is in the other's ledger or between the two."""
    found, more = run(_read(owner, after, rows_max))
    check_owner(owner, found)
    shown_now = [one for one in found if not (between and one["state"] == "accepted")]
    if as_json:
        print_json(shown_now)
    else:
        table(COLUMNS, (row for one in shown_now for row in _rows(one)))
    if more is not None:
        complain(f"Only {rows_max} sales were looked at.", f"Go on with --after {more}.")


async def _read(owner: str | None, after: str, rows_max: int) -> tuple[list[dict[str, Any]], str | None]:
    from lotstream.cli.candidates import one_if_any
    from lotstream.store.reads_moves import MoveReads

    settings = read_settings()
    async with MoveReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        owners = [owner] if owner else await reads.owners("title_out", None, owner=None)
        who = one_if_any("owner", owners, option="--owner")
        if who is None:
            return [], None
        found = await reads.titles(who, after=after, rows_max=rows_max)
        items = await reads.items(who, {line.row.sku for title, _ in found for line in title.lines})
    last = found[-1][0].key.number if len(found) == rows_max else None
    return [shown(who, title, accepted, items) for title, accepted in found], last


def shown(owner: str, title: Title, accepted: Collection[str], items: dict[str, Item]) -> dict[str, Any]:
    """Return a sale as JSON values; what the other ledger does not have is between the two."""

    def line_of(number: int) -> dict[str, Any]:
        line = title.lines[number]
        item, row = items.get(line.row.sku), line.row
        return {
            "line": line.line, "sku": row.sku, "to_sku": line.sku, "lot": row.lot, "location": row.location,
            "status": row.status, "quantity": base_units(item, line.quantity),
            "unit": unit_of(item), "serials": line.serials,
            "state": "accepted" if line.line in accepted else "between",
        }  # fmt: skip

    lines = [line_of(number) for number in range(len(title.lines))]
    states = {line["state"] for line in lines}
    return {
        "owner": owner, "title": title.key.number, "to_owner": title.to_owner, "site": title.site,
        "state": "accepted" if states == {"accepted"} else "between", "lines": lines,
    }  # fmt: skip


def _rows(told: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (
            told["title"], told["to_owner"], told["site"], line["line"], line["sku"], line["to_sku"], line["lot"],
            line["location"], line["quantity"], line["unit"], line["state"],
        )
        for line in told["lines"]
    ]  # fmt: skip
