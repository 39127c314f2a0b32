"""``lotstream kpi``: the figures that each owner's warehouse is judged by."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.candidates import check_owner
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import complain, print_json, table
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from lotstream.domain.kpis import Figures
    from lotstream.store.kpis import Otherwise, RecallTime

OWNERS_MAX: Final = 1000
"""Owners that are shown unless more are asked for."""

COLUMNS: Final = (
    *("lot accuracy", "inventory accuracy", "expiration loss", "loss in value", "traceability"),
    *("longest recall", "lines counted", "received", "expired", "shipped"),
)


def register(app: typer.Typer) -> None:
    """Add the command ``kpi``."""
    app.command("kpi")(kpi)


def kpi(
    owner: Annotated[str | None, typer.Option("--owner", help="Whose figures; left out: everybody's.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="First day of the period.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day of the period.")] = None,
    by_day: Annotated[bool, typer.Option("--by-day", help="Show each day of the period; wants --owner.")] = False,
    owners_max: Annotated[int, typer.Option("--owners-max", help="Most owners shown.", min=1)] = OWNERS_MAX,
    as_json: Json = False,
) -> None:
    """Show lot accuracy, inventory accuracy, expiration loss, recall time and traceability by owner.

    They are of all time unless a period is asked for, and made of what was counted as it was decided.
    """
    if by_day and owner is None:
        raise typer.BadParameter("--by-day shows one owner; say which with --owner.")
    first, last = (None if said is None else _day(said) for said in (begin, end))
    if first is not None and last is not None and last < first:
        raise InputRefused("The period ends before it begins.", what_to_do="Give --from a day before --to.")
    told = run(_read(owner, first, last, by_day, owners_max))
    check_owner(owner, told)
    if as_json:
        print_json(told)
        return
    name = "day" if by_day else "owner"
    table((name, *COLUMNS), (_in_words(name, one) for one in told))
    if len(told) == owners_max and not by_day:
        complain(f"Only the first {owners_max} owners are shown.", "Ask for one with --owner, or --owners-max.")


def _day(text: str) -> date:
    """Return a day; raises `InputRefused`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(f"{text!r} is no day.", what_to_do="Write it as 2026-09-01.") from error


async def _read(
    owner: str | None, first: date | None, last: date | None, by_day: bool, owners_max: int
) -> list[dict[str, Any]]:  # fmt: skip
    from lotstream.domain.kpis import Figures
    from lotstream.store.kpis import KpiReads, Period

    settings, period = read_settings(), Period(first, last)
    async with KpiReads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        if by_day and owner is not None:
            days = await reads.kpis.days(owner, period)
            _note(await reads.kpis.counted_otherwise(owner=owner, period=period))
            return [{"day": day, **shown(figures)} for day, figures in days.items()]
        counted = await reads.kpis.owners(owner=owner, period=period, owners_max=owners_max)
        recalls = await reads.kpis.recalls(owner=owner, period=period)
        _note(await reads.kpis.counted_otherwise(owner=owner, period=period))
    names = sorted({*counted, *(recall.owner for recall in recalls)})[:owners_max]
    return [
        {"owner": name, **shown(counted.get(name, Figures())), "recalls": recalled(name, recalls)} for name in names
    ]


def _note(items: Iterable[Otherwise]) -> None:
    """Say of which items quantities of two units are added up; rates of value are not touched by that."""
    for one in items:
        what = f"{one.sku} of {one.owner} was counted in {one.unit} until {one.until:%Y-%m-%d %H:%M}, in {one.now} now."
        complain(what, "Quantities are in base units as they were counted: compare periods before or after that.")


def shown(figures: Figures) -> dict[str, Any]:
    """Return rates and the sums they are made of as JSON values, decimals as text; null for a rate of nothing."""
    from lotstream.domain.kpis import rates

    sums = {name: _text(value) for name, value in asdict(figures).items()}
    return {**{name: _text(value) for name, value in asdict(rates(figures)).items()}, "of": sums}


def recalled(owner: str, recalls: Iterable[RecallTime]) -> list[dict[str, Any]]:
    """Return how long each recall and drill of an owner took as JSON values, the last first."""
    return [
        {"recall": one.recall, "drill": one.drill, "asked_at": one.asked_at, "seconds": round(one.seconds, 3)}
        for one in recalls
        if one.owner == owner
    ]


def _text(value: Decimal | int | None) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _in_words(name: str, told: dict[str, Any]) -> tuple[object, ...]:
    of = told["of"]
    return (
        told[name], _percent(told["lot_accuracy"]), _percent(told["inventory_accuracy"]),
        _percent(told["expiration_loss"]), _percent(told["expiration_loss_value"]), _percent(told["traceability"]),
        _longest(told.get("recalls", [])), of["count_lines"], of["received"], of["expired"], of["shipped"],
    )  # fmt: skip


def _longest(recalls: list[dict[str, Any]]) -> str | None:
    return f"{max(one['seconds'] for one in recalls):.1f} s" if recalls else None


def _percent(share: str | None) -> str | None:
    return None if share is None else f"{float(share):.2%}"
