"""``lotstream holds``, ``lot hold``, ``lot release``, ``lot papers`` and ``hazards``: who holds what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units
from lotstream.cli.asking import Wait, ask
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lotstream.domain.model import LotMore
    from lotstream.store.reads_papers import Hazard, Held, PaperReads

ROWS_MAX: Final = 500
"""Rows that are shown unless more are asked for."""

HOLD_COLUMNS: Final = ("owner", "what", "on hand", "hold", "kind", "reason", "by", "at")
PAPER_COLUMNS: Final = ("type", "number", "issued", "expires", "uri")
INSPECTION_COLUMNS: Final = ("inspection", "stage", "result", "by", "at", "measured", "reason")
HAZARD_COLUMNS: Final = ("class", "owner", "sku", "lot", "site", "location", "quantity", "unit")

WAIT_S: Final = 30.0
"""Seconds that a hold is waited for: whoever stops goods has to know whether they are stopped."""

RowsMax = Annotated[int, typer.Option("--rows-max", help="Most rows that are shown.", min=1)]
By = Annotated[str | None, typer.Option("--by", help="Who says so.")]
SkuNamed = Annotated[str | None, typer.Option("--sku", help="The item; may be left out while its lot is unique.")]
LotNamed = Annotated[str, typer.Argument(metavar="LOT", help="The lot.")]
OwnerNamed = Annotated[str, typer.Option("--owner", help="Whose lot.")]


def register(app: typer.Typer) -> None:
    """Add the commands, those of lots to their group."""
    (lots,) = [group.typer_instance for group in app.registered_groups if group.name == "lot" and group.typer_instance]
    app.command("holds")(holds)
    app.command("hazards")(hazards)
    lots.command("hold")(hold_lot)
    lots.command("release")(release_lot)
    lots.command("papers")(papers)


def holds(
    owner: Annotated[str | None, typer.Option("--owner", help="Whose; left out for everybody's.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Of which item.")] = None,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what is on hold: lots, units, bins, suppliers and owners, with who placed it, when and why."""
    told = [shown(held) for held in run(_held(owner, sku, rows_max))]
    check_owner(owner, told)
    if as_json:
        print_json(told)
    else:
        table(HOLD_COLUMNS, (_in_words(held) for held in told))


def hold_lot(
    lot: LotNamed,
    owner: OwnerNamed,
    hold: Annotated[str, typer.Option("--id", help="Id of the hold; the same id again changes nothing.")],
    sku: SkuNamed = None,
    kind: Annotated[str, typer.Option("--kind", help="hold, quarantine or recall.")] = "hold",
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for people.")] = None,
    by: By = None,
    wait: Wait = WAIT_S,
) -> None:
    """Hold a lot: nothing of it is promised or leaves, and what was promised of it moves to other goods."""
    body = {"owner": owner, "sku": sku, "lot": lot, "hold": hold, "kind": kind, "reason": reason, "by": by}
    _tell("hold.placed", body, wait_s=wait)


def release_lot(
    lot: LotNamed,
    owner: OwnerNamed,
    hold: Annotated[str | None, typer.Option("--id", help="Id of the hold that ends; left out for all.")] = None,
    sku: SkuNamed = None,
    by: By = None,
    wait: Wait = WAIT_S,
) -> None:
    """Lift a hold of a lot, or all of them; one that somebody placed by name is lifted by name."""
    _tell("hold.lifted", {"owner": owner, "sku": sku, "lot": lot, "hold": hold, "by": by}, wait_s=wait)


def papers(
    sku: Annotated[str, typer.Argument(help="The item.")],
    lot: LotNamed,
    owner: Owner = None,
    as_json: Json = False,
) -> None:
    """Show the certificates and inspections of a lot."""
    who, more = run(_papers(owner, sku, lot))
    told = papers_shown(more)
    if as_json:
        print_json({"owner": who, "sku": sku, "lot": lot, **told})
        return
    say(f"{sku} lot {lot} of {who}")
    table(PAPER_COLUMNS, ([one[name] for name in PAPER_COLUMNS] for one in told["documents"]))
    print()
    table(INSPECTION_COLUMNS, ([one[name] for name in INSPECTION_COLUMNS] for one in told["inspections"]))


def hazards(
    owner: Annotated[str | None, typer.Option("--owner", help="Whose; left out for everybody's.")] = None,
    hazard: Annotated[str | None, typer.Option("--class", help="Of which hazard class.")] = None,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show which hazardous goods lie where, and whose they are."""
    found = [_hazard(one) for one in run(_hazards(owner, rows_max)) if hazard in (None, one.item.hazard)]
    if as_json:
        print_json(found)
    else:
        table(HAZARD_COLUMNS, ([one[name] for name in HAZARD_COLUMNS] for one in found))


def _tell(name: str, body: Mapping[str, object], *, wait_s: float) -> None:
    done = ask(name, body, wait_s=wait_s)
    say("done" if done else f"{name} is sent; the hub decides it within seconds")


def _reads() -> PaperReads:
    from lotstream.store.reads_papers import PaperReads

    settings = read_settings()
    return PaperReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s)


async def _held(owner: str | None, sku: str | None, rows_max: int) -> list[Held]:
    async with _reads() as reads:
        owners = await reads.owners() if owner is None else [owner]
        found: list[Held] = [] if sku is not None else await reads.places_held()
        for one in owners:
            if len(found) < rows_max:
                found += await reads.held(one, sku=sku, rows_max=rows_max - len(found))
        return found[:rows_max]


async def _papers(owner: str | None, sku: str, lot: str) -> tuple[str, LotMore]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads_goods import GoodsReads

    settings = read_settings()
    async with GoodsReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as goods:
        found = await goods.owners_of_lot(sku, lot, owner=owner)
    who = only_one("owner", found, option="--owner", what=f"lot {lot} of {sku}")
    async with _reads() as reads:
        return who, await reads.papers(who, sku, lot)


async def _hazards(owner: str | None, rows_max: int) -> list[Hazard]:
    async with _reads() as reads:
        return await reads.hazards(owner=owner, rows_max=rows_max)


def shown(held: Held) -> dict[str, Any]:
    """Return a hold as JSON values, quantities as decimal strings of base units."""
    hold = held.hold
    targets = {"serial": held.serial, "lot": held.lot, "bin": held.location, "supplier": held.supplier}
    target = next((name for name, value in targets.items() if value is not None), "owner")
    return {
        "on": target, "owner": held.owner, "sku": held.sku, "lot": held.lot, "serial": held.serial,
        "supplier": held.supplier, "site": held.site, "location": held.location, "hold": hold.id or None,
        "kind": hold.kind.value, "reason": hold.reason, "by": hold.by, "at": hold.at,
        "on_hand": None if held.on_hand is None else base_units(held.item, held.on_hand),
    }  # fmt: skip


def papers_shown(more: LotMore) -> dict[str, Any]:
    """Return the papers and inspections of a lot as JSON values."""
    documents = [
        {"type": one.type, "number": one.number, "issued": one.issued, "expires": one.expires, "uri": one.uri,
         "sha256": one.sha256}
        for one in more.documents
    ]  # fmt: skip
    inspections = [
        {"inspection": one.number, "stage": one.stage.value, "result": "passed" if one.passed else "failed",
         "by": one.by, "at": one.at, "measured": one.measured, "reason": one.reason}
        for one in more.inspections
    ]  # fmt: skip
    return {"documents": documents, "inspections": inspections}


def _hazard(one: Hazard) -> dict[str, Any]:
    return {
        "class": one.item.hazard, "owner": one.owner, "sku": one.item.sku, "lot": one.lot, "site": one.site,
        "location": one.location, "quantity": base_units(one.item, one.on_hand), "unit": one.item.base_unit,
    }  # fmt: skip


def _in_words(held: dict[str, Any]) -> tuple[object, ...]:
    what = {
        "lot": f"lot {held['lot']} of {held['sku']}",
        "serial": f"serial {held['serial']} of {held['sku']}",
        "bin": f"{held['location']} at {held['site']}",
        "supplier": f"all from {held['supplier']}",
        "owner": "everything",
    }[held["on"]]
    at = None if held["at"] is None else f"{held['at']:%Y-%m-%d %H:%M}"
    return held["owner"], what, held["on_hand"], held["hold"], held["kind"], held["reason"], held["by"], at
