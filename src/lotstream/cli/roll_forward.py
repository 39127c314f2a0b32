"""``lotstream roll-forward``: from what there was at one moment to what there was at another, lot by lot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, table
from lotstream.cli.reaching_back import say_how_far
from lotstream.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from lotstream.store.reads_past import Rolled

ROWS_MAX: Final = 10_000
"""Lots that are shown unless more are asked for."""

KILOGRAMS: Final = ("opening_kg", "movements_kg", "closing_kg")
"""Columns of goods that are weighed."""


def register(app: typer.Typer) -> None:
    """Add the command ``roll-forward``."""
    app.command("roll-forward")(roll_forward)


def roll_forward(
    owner: Annotated[str, typer.Option("--owner", help="Whose goods.")],
    begin: Annotated[str, typer.Option("--from", help="The moment it begins after, e.g. 2026-09-01T00:00:00-04:00.")],
    end: Annotated[str | None, typer.Option("--to", help="The moment it ends with; left out: now.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Only this item.")] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most lots that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what there was of each lot, what came, left and was made, and what there was then, by business time.

    Ends with 1 when it does not add up: when something is there that no line of any history has brought.
    """
    first, last = moment(begin), datetime.now(UTC) if end is None else moment(end)
    if last < first:
        raise InputRefused("The period ends before it begins.", what_to_do="Give --from a moment before --to.")
    run(say_how_far())
    rolled = run(_read(owner, first, last, sku, rows_max))
    check_owner(owner, rolled)
    told = [_shown(one) for one in rolled]
    if as_json:
        print_json({"owner": owner, "from": first, "to": last, "lots": told})
    else:
        weighed = any("closing_kg" in one for one in told)
        columns = ("sku", "lot", "opening", "movements", "closing", "unit", *(KILOGRAMS if weighed else ()))
        table(columns, (_in_words(one, weighed=weighed) for one in told))
    if len(rolled) == rows_max:
        complain(f"Only the first {rows_max} lots are shown.", "Ask for one item with --sku, or with --rows-max.")
    wrong = [one for one in rolled if not one.adds_up]
    if wrong:
        complain(f"{len(wrong)} lots do not add up; `untold` says by how much.", "Run `lotstream verify`.")
        raise typer.Exit(ExitCode.FAILED)


def moment(text: str) -> datetime:
    """Return a moment; one without an offset is UTC. Raises `InputRefused`."""
    try:
        read = datetime.fromisoformat(text)
        # The first and the last day there are have no moment everywhere.
        read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputRefused(
            f"{text!r} is no moment.", what_to_do="Write it as 2026-09-01T14:00:00-04:00; a date alone is its midnight."
        ) from error
    return read.replace(tzinfo=read.tzinfo or UTC)


async def _read(owner: str, begin: datetime, end: datetime, sku: str | None, rows_max: int) -> list[Rolled]:
    from lotstream.store.reads_past import PastReads

    settings = read_settings()
    async with PastReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        return await reads.roll_forward(owner, begin, end, sku=sku, rows_max=rows_max)


def _shown(one: Rolled) -> dict[str, Any]:
    return {
        "sku": one.sku, "lot": one.lot, "opening": base_units(one.item, one.opening),
        "movements": {kind: base_units(one.item, units) for kind, units in sorted(one.moves.items())},
        "closing": base_units(one.item, one.closing), "untold": base_units(one.item, one.untold),
        "unit": unit_of(one.item),
        **(_weighed(one) if one.is_weighed else {}),
    }  # fmt: skip


def _weighed(one: Rolled) -> dict[str, Any]:
    from lotstream.contracts.quantities import base_text

    return {
        "opening_kg": base_text(one.opening_g, 3),
        "movements_kg": {kind: base_text(grams, 3) for kind, grams in sorted(one.moves_g.items())},
        "closing_kg": base_text(one.closing_g, 3), "untold_kg": base_text(one.untold_g, 3),
    }  # fmt: skip


def _in_words(told: dict[str, Any], *, weighed: bool) -> tuple[object, ...]:
    row = told["sku"], told["lot"], told["opening"], _moves(told, ""), told["closing"], told["unit"]
    if not weighed:
        return row
    if "closing_kg" not in told:
        return *row, None, None, None
    return *row, told["opening_kg"], _moves(told, "_kg"), told["closing_kg"]


def _moves(told: dict[str, Any], unit: str) -> str:
    moves = [f"{kind.replace('_', ' ')} {amount}" for kind, amount in told[f"movements{unit}"].items()]
    moves += [] if told[f"untold{unit}"] == "0" else [f"untold {told[f'untold{unit}']}"]
    return ", ".join(moves)
