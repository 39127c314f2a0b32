"""``lotstream lot``: what became of the goods of a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.environment import read_settings, run
from lotstream.cli.lot_called import lot_meant, names_of, note
from lotstream.cli.lot_trace import trace
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say, table
from lotstream.cli.reaching_back import say_how_far

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lotstream.store.reads_goods import HistoryLine, LotFacts

ROWS_MAX: Final = 500
"""Lines that are shown unless more are asked for."""

COLUMNS: Final = ("at", "what", "quantity", "place", "to", "by document", "for", "who", "reason")

_SHOWN_AS_THEY_ARE: Final = (
    *("at", "recorded_at", "kind", "site", "location", "status", "to_site", "to_location", "to_status", "document"),
    *("number", "line", "source", "order", "customer", "by", "reason", "code"),
)


def register(app: typer.Typer) -> None:
    """Add the group ``lot``."""
    lots = typer.Typer(help="Trace, hold and recall lots.", no_args_is_help=True)
    lots.command("history")(history)
    lots.command("trace")(trace)
    app.add_typer(lots, name="lot")


def history(
    sku: Annotated[str, typer.Argument(help="The item.")],
    lot: Annotated[str | None, typer.Argument(help="The lot; left out for goods without one.")] = None,
    owner: Owner = None,
    after: Annotated[str | None, typer.Option("--after", help="Where the page before this one ended.")] = None,
    rows_max: Annotated[int, typer.Option("--rows-max", help="Most lines that are shown.", min=1)] = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show what became of a lot, oldest first: what came, moved, changed, was held, was used, left and came back.

    By any number it has or had, it is all that became of it under all of them.
    """
    run(say_how_far())
    told = run(_read(owner, sku, lot, after, rows_max))
    if as_json:
        print_json(told)
        return
    if told["note"] is not None:
        say(told["note"])
    say(_heading(told))
    if told["former"]:
        # Which of its numbers each line was told under.
        table((*COLUMNS, "as"), ((*_in_words(line), line["lot"]) for line in told["history"]))
    else:
        table(COLUMNS, (_in_words(line) for line in told["history"]))
    if told["next"] is not None:
        say(f"There is more: --after {told['next']}")


async def _read(owner: str | None, sku: str, lot: str | None, after: str | None, rows_max: int) -> dict[str, Any]:
    from lotstream.cli.candidates import only_one
    from lotstream.store.reads_goods import BEGINNING, GoodsReads, PageEnd

    settings = read_settings()
    begin, said = BEGINNING if after is None else PageEnd.read(after), None
    if lot is not None:
        meant = await lot_meant(owner, sku, lot)
        owner, lot, said = meant.owner, meant.lot, note(meant, lot)
    async with GoodsReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.owners_of_lot(sku, lot, owner=owner)
        who = only_one("owner", found, option="--owner", what=_called(sku, lot))
        names = [(sku, lot)] if lot is None else [(one.sku, one.lot) for one in await names_of(who, sku, lot)]
        pages = [await reads.lot_history(who, *name, after=begin, rows_max=rows_max + 1) for name in names]
        facts = await reads.lot(who, *names[0])
    lines = in_order(names, pages)
    shown = [{"lot": called, **_shown(line, facts)} for called, line in lines[:rows_max]]
    ends = lines[rows_max - 1][1].place.text() if len(lines) > rows_max else None
    if lot is not None and (sku, lot) != names[0]:
        said = f"{lot} of {sku} is a former number: this is lot {names[0][1]} of {names[0][0]}, under all its numbers."
    about = {"owner": who, "sku": names[0][0], "lot": names[0][1], "note": said}
    former = [{"sku": one, "lot": called} for one, called in names[1:]]
    return {**about, "former": former, **_facts(facts), "history": shown, "next": ends}


def in_order(
    names: Sequence[tuple[str, str | None]], pages: Sequence[Sequence[HistoryLine]]
) -> list[tuple[str | None, HistoryLine]]:
    """Return the lines of all numbers of a lot as they followed each other, each with the number it was told under."""
    found = ((called, line) for (_, called), page in zip(names, pages, strict=True) for line in page)
    return sorted(found, key=lambda one: one[1].place)


def _called(sku: str, lot: str | None) -> str:
    return f"{sku} without a lot" if lot is None else f"lot {lot} of {sku}"


def _facts(facts: LotFacts) -> dict[str, Any]:
    return {
        "expires": facts.expires,
        "made": facts.made,
        "received": facts.received,
        "supplier": facts.supplier,
        "supplier_lot": facts.supplier_lot,
        "holds": [{"hold": hold.id, "kind": hold.kind.value, "reason": hold.reason} for hold in facts.holds],
        "on_hand": base_units(facts.item, facts.on_hand),
        "unit": unit_of(facts.item),
    }


def _shown(line: HistoryLine, facts: LotFacts) -> dict[str, Any]:
    """Return a line as JSON values, its quantity as a decimal string of base units."""
    from lotstream.contracts.quantities import base_text

    told = {name: getattr(line, name) for name in _SHOWN_AS_THEY_ARE}
    weight = {} if line.weight_g is None else {"weight_kg": base_text(line.weight_g, 3)}
    return {**told, "quantity": base_units(facts.item, line.quantity), **weight}


def _heading(told: dict[str, Any]) -> str:
    lot = "without a lot" if told["lot"] is None else f"lot {told['lot']}"
    known = [f"{name.replace('_', ' ')} {told[name]}" for name in ("expires", "made", "supplier") if told[name]]
    known += [f"was {', '.join(one['lot'] for one in told['former'])}"] if told["former"] else []
    known += [f"held by {hold['hold']} ({hold['kind']})" for hold in told["holds"]]
    on_hand = f"{told['on_hand']} {told['unit'] or ''}".rstrip()
    return f"{told['sku']} {lot} of {told['owner']}: {', '.join([f'{on_hand} on hand', *known])}"


def _in_words(line: dict[str, Any]) -> tuple[object, ...]:
    order = None if line["order"] is None else f"{line['order']} from {line['source']}, line {line['line']}"
    document = None if line["document"] is None else f"{line['document'].replace('_', ' ')} {line['number']}"
    return (
        f"{line['at']:%Y-%m-%d %H:%M}", line["kind"].replace("_", " "),
        _amount(line), _place(line, ""), _place(line, "to_"), document,
        order or line["customer"], line["by"], _why(line),
    )  # fmt: skip


def _amount(line: dict[str, Any]) -> str | None:
    weight = f"{line['weight_kg']} kg" if "weight_kg" in line else None
    return " ".join(part for part in (None if line["quantity"] == "0" else line["quantity"], weight) if part) or None


def _why(line: dict[str, Any]) -> str | None:
    return ": ".join([line[name] for name in ("code", "reason") if line[name] is not None]) or None


def _place(line: dict[str, Any], to: str) -> str | None:
    if line[f"{to}location"] is None:
        return None
    status = line[f"{to}status"]
    return f"{line[f'{to}location']} at {line[f'{to}site']}" + ("" if status == "good" else f" ({status})")
