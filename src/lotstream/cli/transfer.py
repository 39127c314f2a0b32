"""``lotstream transfer``: goods on the way between sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import complain, print_json, say, table

if TYPE_CHECKING:
    from lotstream.domain.model import Item, Transfer, TransferLine
    from lotstream.store.reads_moves import MoveReads

ROWS_MAX: Final = 500
"""Transfers that are shown unless more are asked for."""

COLUMNS: Final = ("transfer", "from", "to", "state", "left", "expected", "carrier", "still to come of")
LINE_COLUMNS: Final = ("line", "sku", "lot", "sent", "received", "damaged", "missing", "on the way", "unit")


def register(app: typer.Typer) -> None:
    """Add the group ``transfer``."""
    transfers = typer.Typer(help="See goods on the way between sites.", no_args_is_help=True)
    transfers.command("list")(list_transfers)
    transfers.command("show")(show)
    app.add_typer(transfers, name="transfer")


def list_transfers(
    owner: Owner = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those of which nothing is on the way.")] = False,
    after: Annotated[str, typer.Option("--after", help="Only numbers after this one.")] = "",
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most transfers that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show the transfers of which something is on the way, by their numbers."""
    found = run(_read(owner, after, rows_max, open_only=not everything))
    check_owner(owner, found)
    if as_json:
        print_json(found)
    else:
        table(COLUMNS, (_row(one) for one in found))
    if len(found) == rows_max:
        complain(f"Only {rows_max} transfers are shown.", f"Go on with --after {found[-1]['transfer']}.")


def show(
    number: Annotated[str, typer.Argument(metavar="TRANSFER", help="Its number.")],
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Show a transfer: what left, what of it has arrived, how much was damaged, and what is missing."""
    told = run(_read_one(owner, number))
    if as_json:
        print_json(told)
        return
    say(_heading(told))
    table(LINE_COLUMNS, ([line[column.replace(" ", "_")] for column in LINE_COLUMNS] for line in told["lines"]))


async def _read(owner: str | None, after: str, rows_max: int, *, open_only: bool) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import one_if_any

    async with _reads() as reads:
        owners = [owner] if owner else await reads.owners("transfer", None, owner=None)
        who = one_if_any("owner", owners, option="--owner")
        if who is None:
            return []
        found = await reads.transfers(who, open_only=open_only, after=after, rows_max=rows_max)
        items = await reads.items(who, {line.sku for one in found for line in one.lines})
        return [shown(who, one, items) for one in found]


async def _read_one(owner: str | None, number: str) -> dict[str, Any]:
    from lotstream.cli.candidates import only_one
    from lotstream.errors import InputRefused

    async with _reads() as reads:
        found = await reads.owners("transfer", number, owner=owner)
        who = only_one("owner", found, option="--owner", what=f"transfer {number}")
        transfer = await reads.transfer(who, number)
        if transfer is None:
            raise InputRefused(f"Transfer {number} of {who} is not known.", what_to_do="Check its number.")
        return shown(who, transfer, await reads.items(who, {line.sku for line in transfer.lines}))


def _reads() -> MoveReads:
    from lotstream.store.reads_moves import MoveReads

    settings = read_settings()
    return MoveReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)


def shown(owner: str, transfer: Transfer, items: dict[str, Item]) -> dict[str, Any]:
    """Return a transfer as JSON values, its quantities as decimal strings of base units."""
    return {
        "owner": owner, "transfer": transfer.key.number, "site": transfer.site or None, "to_site": transfer.to_site,
        "state": transfer.state.value, "shipped_at": transfer.shipped_at, "expected_at": transfer.expected_at,
        "scac": transfer.scac, "lines": [_line(line, items.get(line.sku)) for line in transfer.lines],
        "arrivals": [
            {"receipt": one.receipt or None, "line": one.line, "sku": one.sku, "lot": one.lot,
             "quantity": base_units(items.get(one.sku), one.quantity), "location": one.location, "status": one.status}
            for one in transfer.arrived
        ],
    }  # fmt: skip


def _line(line: TransferLine, item: Item | None) -> dict[str, Any]:
    counts = {
        "sent": line.quantity, "received": line.received, "damaged": line.damaged, "missing": line.missing,
        "on_the_way": line.under_way,
    }  # fmt: skip
    told = {name: base_units(item, units) for name, units in counts.items()}
    unit = unit_of(item)
    return {"line": line.line, "sku": line.sku, "lot": line.lot, **told, "unit": unit, "serials": line.serials}


def _row(told: dict[str, Any]) -> tuple[object, ...]:
    coming = [line for line in told["lines"] if line["on_the_way"] != "0"]
    return (
        told["transfer"], told["site"], told["to_site"], told["state"], _moment(told["shipped_at"]),
        _moment(told["expected_at"]), told["scac"], f"{len(coming)} of {len(told['lines'])} lines",
    )  # fmt: skip


def _moment(at: Any) -> str | None:  # noqa: ANN401 - a time, or none
    return None if at is None else f"{at:%Y-%m-%d %H:%M}"


def _heading(told: dict[str, Any]) -> str:
    left = f"left {told['site']} {_moment(told['shipped_at'])}" if told["site"] else "nobody has told that it left"
    expected = f", expected {_moment(told['expected_at'])}" if told["expected_at"] else ""
    return f"Transfer {told['transfer']} of {told['owner']} to {told['to_site']}: {told['state']}, {left}{expected}"
