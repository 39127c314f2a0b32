"""``lotstream lot trace``: where a lot came from and what was made of it, with quantities, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.amounts import base_units, unit_of
from lotstream.cli.environment import read_settings, run
from lotstream.cli.lot_called import lot_meant, note
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, say
from lotstream.cli.reaching_back import say_how_far

if TYPE_CHECKING:
    from lotstream.domain.model import LotName
    from lotstream.store.reads_trace import Amount, Trace, TracedLot

_HEADINGS: Final = {True: "What was made of it", False: "What it was made of"}


def trace(
    sku: Annotated[str, typer.Argument(help="The item.")],
    lot: Annotated[str, typer.Argument(help="The lot, by any number it has or had.")],
    owner: Owner = None,
    forward: Annotated[bool, typer.Option("--forward", help="Only what was made of it.")] = False,
    backward: Annotated[bool, typer.Option("--backward", help="Only what it was made of.")] = False,
    depth_max: Annotated[int | None, typer.Option("--depth-max", help="Most levels that are followed.", min=1)] = None,
    as_json: Json = False,
) -> None:
    """Show what a lot was made of and what was made of it: every lot on the way, with quantities, to the end."""
    ways = [way for way, wanted in ((True, forward), (False, backward)) if wanted] or [True, False]
    run(say_how_far())
    who, traces, said = run(_read(owner, sku, lot, ways, depth_max))
    if as_json:
        print_json({"owner": who, **_named(traces[0].start), "note": said, "traces": [_shown(one) for one in traces]})
        return
    if said is not None:
        say(said)
    for line in report(who, traces):
        say(line)


async def _read(
    owner: str | None, sku: str, lot: str, ways: list[bool], depth_max: int | None
) -> tuple[str, list[Trace], str | None]:
    from lotstream.cli.candidates import only_one
    from lotstream.domain.model import LotName
    from lotstream.store.reads_trace import TraceReads

    settings, meant = read_settings(), await lot_meant(owner, sku, lot)
    owner, lot, said = meant.owner, meant.lot, note(meant, lot)
    async with TraceReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        found = await reads.owners_of_lot(sku, lot, owner=owner)
        who = only_one("owner", found, option="--owner", what=f"lot {lot} of {sku}")
        traces = [await reads.trace(who, LotName(sku, lot), forward=way, depth_max=depth_max) for way in ways]
        return who, traces, said


def report(owner: str, traces: list[Trace]) -> Iterator[str]:
    """Yield the lines that a person reads."""
    first = traces[0]
    yield f"{_about(first, first.lots[first.start])}, of {owner}"
    for one in traces:
        yield ""
        yield f"{_HEADINGS[one.forward]}:"
        yield from _Tree(one).lines() if one.steps else ["  nothing"]
        if not one.complete:
            yield "  … there is more than was followed."


class _Tree:
    """Prints what a lot leads to below it, each lot once: a circle, and a second way to a lot, end where it begins."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._shown: set[LotName] = {trace.start}

    def lines(self) -> Iterator[str]:
        """Yield the tree below the lot that was asked for."""
        yield from self._below(self._trace.start, 1)

    def _below(self, name: LotName, depth: int) -> Iterator[str]:
        trace, pad = self._trace, "  " * depth
        for step in trace.steps:
            if name not in step.lots(used=trace.forward):
                continue
            mine = [one for one in (step.used if trace.forward else step.made) if (one.sku, one.lot) == name]
            units = _text(trace, mine[0].sku, sum(one.quantity for one in mine))
            verb = "of it in" if trace.forward else "of it from"
            document = f"{(step.document or 'a record').replace('_', ' ')} {step.number or ''}".rstrip()
            yield f"{pad}{units} {verb} {document}, {step.at:%Y-%m-%d %H:%M}{f' at {step.site}' if step.site else ''}"
            for one in _together(step.made if trace.forward else step.used):
                yield from self._side(one, depth + 1)

    def _side(self, one: Amount, depth: int) -> Iterator[str]:
        from lotstream.domain.model import LotName

        trace, pad = self._trace, "  " * depth
        units = _text(trace, one.sku, one.quantity)
        if one.lot is None:
            yield f"{pad}{units} {one.sku} without a lot"
            return
        name = LotName(one.sku, one.lot)
        again = name in self._shown
        lot = trace.lots.get(name)
        about = f"{one.sku} lot {one.lot}" if lot is None else _about(trace, lot)
        yield (
            f"{pad}{units} → {about}{' (see above)' if again else ''}"
            if trace.forward
            else (f"{pad}{units} ← {about}{' (see above)' if again else ''}")
        )
        if not again:
            self._shown.add(name)
            yield from self._below(name, depth + 1)


def _together(side: tuple[Amount, ...]) -> list[Amount]:
    """Return the amounts of one side, each lot once, however many rows they came from."""
    from lotstream.store.reads_trace import Amount

    units: dict[tuple[str, str | None], int] = {}
    for one in side:
        units[one.sku, one.lot] = units.get((one.sku, one.lot), 0) + one.quantity
    return [Amount(sku, lot, quantity) for (sku, lot), quantity in units.items()]


def _about(trace: Trace, lot: TracedLot) -> str:
    facts = [f"{_text(trace, lot.name.sku, lot.on_hand)} on hand"]
    facts += [f"{_text(trace, lot.name.sku, lot.shipped)} shipped"] if lot.shipped else []
    facts += [f"expires {lot.expires}"] if lot.expires is not None else []
    facts += [f"was {', '.join(_called(one, lot.name) for one in lot.former)}"] if lot.former else []
    return f"{lot.name.sku} lot {lot.name.lot}: {', '.join(facts)}"


def _called(former: LotName, now: LotName) -> str:
    return former.lot if former.sku == now.sku else f"{former.sku} {former.lot}"


def _text(trace: Trace, sku: str, units: int) -> str:
    amount, unit = _amount(trace, sku, units)
    return f"{amount} {unit or ''}".rstrip()


def _amount(trace: Trace, sku: str, units: int) -> tuple[str, str | None]:
    """Return smallest units as a decimal string of base units, and the base unit."""
    item = trace.items.get(sku)
    return base_units(item, units), unit_of(item)


def _shown(trace: Trace) -> dict[str, Any]:
    """Return a trace as JSON values, quantities as decimal strings of base units."""
    return {
        "direction": "forward" if trace.forward else "backward",
        "complete": trace.complete,
        "lots": [_lot(trace, lot) for lot in trace.lots.values()],
        "steps": [
            {
                "at": step.at, "site": step.site, "document": step.document, "number": step.number,
                "used": [_one(trace, one) for one in _together(step.used)],
                "made": [_one(trace, one) for one in _together(step.made)],
            }
            for step in trace.steps
        ],
    }  # fmt: skip


def _lot(trace: Trace, lot: TracedLot) -> dict[str, Any]:
    on_hand, unit = _amount(trace, lot.name.sku, lot.on_hand)
    return {
        **_named(lot.name), "depth": lot.depth, "former": [_named(name) for name in lot.former],
        "expires": lot.expires, "on_hand": on_hand, "shipped": _amount(trace, lot.name.sku, lot.shipped)[0],
        "unit": unit,
    }  # fmt: skip


def _one(trace: Trace, one: Amount) -> dict[str, Any]:
    quantity, unit = _amount(trace, one.sku, one.quantity)
    return {"sku": one.sku, "lot": one.lot, "quantity": quantity, "unit": unit}


def _named(name: LotName) -> dict[str, str]:
    return {"sku": name.sku, "lot": name.lot}
