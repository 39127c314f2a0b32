"""``lotstream receipts``: what was announced, what came of it, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import complain, print_json, say, table

if TYPE_CHECKING:
    from lotstream.domain.model import Expected, Receipt
    from lotstream.store.reads_receipts import ReceiptReads

ROWS_MAX: Final = 500
"""Documents that are shown unless more are asked for."""

COLUMNS: Final = ("kind", "number", "of", "site", "supplier", "due", "state", "closed at", "lines")
ANNOUNCED: Final = ("line", "sku", "lot", "supplier lot", "expected", "received", "still awaited", "unit")
CAME: Final = (
    "line", "sku", "lot", "supplier lot", "expected", "received", "over", "short", "damaged", "quarantined",
    "unannounced", "unit",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command ``receipts``."""
    app.command("receipts")(receipts)


def receipts(
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help="Of a receipt or an announcement; all of them without.")
    ] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    owner: Owner = None,
    after: Annotated[str, typer.Option("--after", help="Only those after this one, as KIND/NUMBER.")] = "",
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most documents that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what was announced and what came: expected, received, over, short, damaged, unannounced, closed when.

    With a number the lines of that receipt, or of that announcement, or of both where they have the same number.
    """
    if number is not None:
        _show(run(_read_one(owner, number)), as_json=as_json)
        return
    found = run(_read(owner, after, rows_max, open_only=open_only))
    check_owner(owner, found)
    if as_json:
        print_json(found)
    else:
        table(COLUMNS, ([one[column.replace(" ", "_")] for column in COLUMNS] for one in found))
    if len(found) == rows_max:
        last = found[-1]
        complain(f"Only {rows_max} documents are shown.", f"Go on with --after {last['kind']}/{last['number']}.")


def _show(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    for name, columns in (("expected", ANNOUNCED), ("receipt", CAME)):
        document = told[name]
        if document is None:
            continue
        say(_heading(told["owner"], document))
        lines = document["lines"]
        table(columns, ([line[column.replace(" ", "_")] for column in columns] for line in lines))


def _heading(owner: str, document: dict[str, Any]) -> str:
    what = "Announcement" if document["kind"] == "expected" else "Receipt"
    of = f" of {document['of']}" if document["of"] else ""
    supplier = f", from {document['supplier']}" if document["supplier"] else ""
    due = f", due {document['due']}" if document["due"] else ""
    closed = f" {document['closed_at']:%Y-%m-%d %H:%M}" if document["closed_at"] else ""
    corrected = f", corrected by {', '.join(document['corrections'])}" if document.get("corrections") else ""
    where = f"{what} {document['number']}{of} of {owner} at {document['site']}"
    return f"{where}{supplier}{due}: {document['state']}{closed}{corrected}"


async def _read(owner: str | None, after: str, rows_max: int, *, open_only: bool) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import one_if_any
    from lotstream.cli.receipt_lines import summary
    from lotstream.store.reads_receipts import Place

    kind, _, number = after.partition("/")
    async with _reads() as reads:
        found = await reads.owners_of_receipt(None, owner=owner)
        who = one_if_any("owner", found, option="--owner")
        if who is None:
            return []
        place = Place(kind, number)
        return [summary(one) for one in await reads.receipts(who, open_only=open_only, after=place, rows_max=rows_max)]


async def _read_one(owner: str | None, number: str) -> dict[str, Any]:
    from lotstream.cli.candidates import only_one

    async with _reads() as reads:
        found = await reads.owners_of_receipt(number, owner=owner)
        who = only_one("owner", found, option="--owner", what=f"receipt or announcement {number}")
        expected, receipt = await reads.expected(who, number), await reads.receipt(who, number)
        return {
            "owner": who,
            "expected": None if expected is None else await _announced(reads, who, expected),
            "receipt": None if receipt is None else await _came(reads, who, receipt),
        }


async def _announced(reads: ReceiptReads, owner: str, expected: Expected) -> dict[str, Any]:
    from lotstream.cli.receipt_lines import announced

    return announced(expected, await reads.items(owner, {line.sku for line in expected.lines}))


async def _came(reads: ReceiptReads, owner: str, receipt: Receipt) -> dict[str, Any]:
    from lotstream.cli.receipt_lines import came
    from lotstream.domain.model import LotName

    expected = None if receipt.expected is None else await reads.expected(owner, receipt.expected)
    rows = [booked.row for booked in receipt.lines.values()]
    lots = await reads.lots(owner, {LotName(row.sku, row.lot) for row in rows if row.lot is not None})
    skus = {row.sku for row in rows} | {line.sku for line in (() if expected is None else expected.lines)}
    return came(receipt, expected, lots, await reads.items(owner, skus))


def _reads() -> ReceiptReads:
    from lotstream.store.reads_receipts import ReceiptReads

    settings = read_settings()
    return ReceiptReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)
