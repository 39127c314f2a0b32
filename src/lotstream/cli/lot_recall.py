"""``lotstream lot recall`` and what follows: the recall's report, consignees' answers, and its end."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lotstream.cli.asking import Wait, ask
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json, Owner
from lotstream.cli.output import print_json, progress, say, table
from lotstream.cli.recall_gathered import open_reads, report_one
from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from lotstream.store.reads_recalls import LotsSaid, RecallSeen

ROWS_MAX: Final = 100
"""Consignees that are printed unless more are asked for; JSON has all of them."""

RECALLS_MAX: Final = 1000
"""Recalls that are listed at most."""

By = Annotated[str | None, typer.Option("--by", help="Who says so.")]
Number = Annotated[str, typer.Argument(metavar="RECALL", help="The recall's number.")]
RowsMax = Annotated[int, typer.Option("--rows-max", help="Most consignees that are printed.", min=1)]

LIST_COLUMNS: Final = (
    "asked",
    "owner",
    "recall",
    "state",
    "took",
    "lots",
    "orders",
    "customers",
    "letters",
    "answered",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the group ``lot``."""
    (lots,) = [group.typer_instance for group in app.registered_groups if group.name == "lot" and group.typer_instance]
    lots.command("recall")(recall)
    lots.command("recalled")(recalled)
    lots.command("recall-answer")(answer)
    lots.command("recall-close")(close)


def recall(
    number: Number,
    lot: Annotated[list[str] | None, typer.Option("--lot", help="A lot to recall; may be given again.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="The item; may be left out while its lot is unique.")] = None,
    supplier: Annotated[str | None, typer.Option("--supplier", help="All lots of this supplier.")] = None,
    supplier_lot: Annotated[
        str | None, typer.Option("--supplier-lot", help="All lots with this number at their supplier.")
    ] = None,
    made_from: Annotated[str | None, typer.Option("--made-from", help="All made on this day or later.")] = None,
    made_to: Annotated[str | None, typer.Option("--made-to", help="All made on this day or earlier.")] = None,
    owner: Owner = None,
    all_owners: Annotated[
        bool, typer.Option("--all-owners", help="Recall them at every owner who has any, each a recall of his own.")
    ] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="Change nothing: find out, and time, how far they came.")
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Subject of the letters.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="What the letters ask for.")] = None,
    by: By = None,
    wait_s: Wait = 60.0,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Recall lots: hold them and all made of them, take promises and picks back, and write to whoever got any.

    Waits until it is done, and prints the report. Given again with the same number it changes nothing, but writes to
    whoever got more since; with other lots it recalls those as well.
    """
    from lotstream.store.reads_recalls import LotsSaid

    said = LotsSaid(
        owner, lot or None, sku, supplier, supplier_lot, _day(made_from, "made-from"), _day(made_to, "made-to")
    )
    body = {
        "recall": number, "reason": reason, "drill": drill, "by": by, "subject": subject, "text": text,
        **_lots(said),
    }  # fmt: skip
    told = _recall(body, said, all_owners=all_owners, wait_s=wait_s)
    _print(told, as_json=as_json, rows_max=rows_max)


def recalled(
    number: Annotated[
        str | None, typer.Argument(metavar="RECALL", help="The recall's number; left out: all of them.")
    ] = None,
    owner: Owner = None,
    rows_max: RowsMax = ROWS_MAX,
    as_json: Json = False,
) -> None:
    """Show how a recall stands: lots, where they lie, who got any, what they answer; without a number, list recalls."""
    if number is None:
        told = run(_list(owner))
        if as_json:
            print_json(told)
        else:
            table(LIST_COLUMNS, ([one[name] for name in LIST_COLUMNS] for one in told))
        return
    _print([run(report_one(number, owner))], as_json=as_json, rows_max=rows_max)


def answer(
    number: Number,
    consignee: Annotated[str, typer.Argument(help="The id that his letter names.")],
    said: Annotated[str, typer.Argument(metavar="ANSWER", help="informed, returned, destroyed, unreachable or none.")],
    sku: Annotated[str | None, typer.Option("--sku", help="The item of the lot he speaks of.")] = None,
    lot: Annotated[str | None, typer.Option("--lot", help="The lot he speaks of.")] = None,
    returned: Annotated[str | None, typer.Option("--returned", help="How much he sends back, in base units.")] = None,
    destroyed: Annotated[str | None, typer.Option("--destroyed", help="How much he destroyed, in base units.")] = None,
    owner: Owner = None,
    by: By = None,
    wait_s: Wait = 60.0,
) -> None:
    """Note what a consignee says; what he says last counts."""
    lots = [] if lot is None else [{"sku": sku, "lot": lot, "returned": returned, "destroyed": destroyed}]
    lots = [{name: value for name, value in one.items() if value is not None} for one in lots]
    body: dict[str, object] = {"recall": number, "consignee": consignee, "answer": said, "lots": lots, "by": by}
    _tell("recall.answered", number, owner, body, wait_s=wait_s)
    say(f"{consignee} of recall {number}: {said}")


def close(number: Number, owner: Owner = None, by: By = None, wait_s: Wait = 60.0) -> None:
    """Close a recall: nothing more is expected. Its lots stay on hold until somebody lifts it."""
    _tell("recall.closed", number, owner, {"recall": number, "by": by}, wait_s=wait_s)
    _print([run(report_one(number, owner))], as_json=False, rows_max=ROWS_MAX)


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(f"--{option} {text} is no day; write it as YYYY-MM-DD.") from error


def _lots(said: LotsSaid) -> dict[str, object]:
    """Return what a message says of the lots; raises `InputRefused` when it is nothing."""
    shared = {
        "supplier": said.supplier, "supplier_lot": said.supplier_lot,
        "made_from": None if said.made_from is None else said.made_from.isoformat(),
        "made_to": None if said.made_to is None else said.made_to.isoformat(),
    }  # fmt: skip
    if said.lots:
        return {"lots": [{"lot": lot} | ({} if said.sku is None else {"sku": said.sku}) for lot in said.lots], **shared}
    if not any(shared.values()):
        raise InputRefused(
            "No lots are named.", what_to_do="Say --lot, --supplier-lot, --supplier, --made-from or --made-to."
        )
    return {"sku": said.sku, **shared}


def _recall(body: dict[str, object], said: LotsSaid, *, all_owners: bool, wait_s: float) -> list[dict[str, Any]]:
    from lotstream.cli.candidates import only_one

    number = str(body["recall"])
    found = run(_owners_of_lots(said))
    owners = found if all_owners and found else [only_one("owner", found, option="--owner", what="such lot")]
    for who in owners:
        _recall_at(who, body, wait_s=wait_s)
    told = {who: run(report_one(number, who)) for who in owners}
    following = [*owners] if all_owners else []
    while following:
        bought = run(_bought(told, following.pop(0)))
        for who, lots in bought.items():
            # An owner who bought of it may call the item otherwise: it is recalled there by his own names.
            _recall_at(who, {**_unscoped(body), "lots": lots}, wait_s=wait_s)
            told[who] = run(report_one(number, who))
            following.append(who)
    return [*told.values()]


def _recall_at(who: str, body: dict[str, object], *, wait_s: float) -> None:
    """Recall lots at one owner, until everybody is listed who got any."""
    number = str(body["recall"])
    progress(f"recalling at {who}")
    while ask("lot.recalled", {"owner": who, **body}, wait_s=wait_s) and not body["drill"]:
        seen = run(_seen(who, number))
        if seen is None or seen.recall.listed_to is None:
            break
        progress(f"{seen.recall.consignees} consignees of {who} are written to; there are more")


def _unscoped(body: dict[str, object]) -> dict[str, object]:
    """Return what a recall says beside its lots."""
    return {name: body[name] for name in ("recall", "reason", "drill", "by", "subject", "text")}


async def _bought(told: dict[str, dict[str, Any]], seller: str) -> dict[str, list[dict[str, str]]]:
    """Return, by owner, the lots that a seller gave away and that are not recalled there yet."""
    from lotstream.store.reads_recalls import LotsSaid

    bought: dict[str, list[dict[str, str]]] = {}
    async with open_reads(read_settings()) as reads:
        for one in told[seller]["given"]:
            who, named = one["to_owner"], {"sku": one["to_sku"], "lot": one["lot"]}
            known = told[who]["lots"] if who in told else []
            if named in bought.get(who, []) or any((lot["sku"], lot["lot"]) == (*named.values(),) for lot in known):
                continue
            if who in await reads.owners_of_lots(LotsSaid(who, [named["lot"]], named["sku"])):
                bought.setdefault(who, []).append(named)
            else:
                what = f"lot {one['lot']} of {one['sku']}"
                say(f"lotstream: {who} bought {what} and has no such lot of {one['to_sku']}: look.", stream=sys.stderr)
    return bought


async def _owners_of_lots(said: LotsSaid) -> list[str]:
    async with open_reads(read_settings()) as reads:
        return await reads.owners_of_lots(said)


async def _seen(owner: str, number: str) -> RecallSeen | None:
    async with open_reads(read_settings()) as reads:
        return await reads.recall(owner, number)


def _tell(name: str, number: str, owner: str | None, body: dict[str, object], *, wait_s: float) -> None:
    from lotstream.cli.candidates import only_one

    found = run(_owners_of_recall(number, owner))
    who = only_one("owner", found, option="--owner", what=f"recall {number}")
    ask(name, {"owner": who, **body}, wait_s=wait_s)


async def _owners_of_recall(number: str, owner: str | None) -> list[str]:
    async with open_reads(read_settings()) as reads:
        return await reads.owners_of_recall(number, owner=owner)


async def _list(owner: str | None) -> list[dict[str, Any]]:
    async with open_reads(read_settings()) as reads:
        found = await reads.recalls(owner, rows_max=RECALLS_MAX)
    return [
        {
            "asked": f"{seen.asked_at:%Y-%m-%d %H:%M}", "owner": seen.owner, "recall": seen.recall.key.number,
            "state": "drill" if seen.recall.drill else seen.recall.state.value,
            "took": f"{(seen.listed_at - seen.asked_at).total_seconds():.1f} s",
            "lots": len(seen.recall.lots) + len(seen.recall.descendants), "orders": seen.recall.reached.orders,
            "customers": seen.recall.reached.customers, "letters": 0 if seen.recall.drill else seen.recall.consignees,
            "answered": seen.recall.answered,
        }
        for seen in found
    ]  # fmt: skip


def _print(told: list[dict[str, Any]], *, as_json: bool, rows_max: int) -> None:
    from lotstream.cli.recall_report import print_report

    if as_json:
        print_json(told[0] if len(told) == 1 else told)
        return
    for number, one in enumerate(told):
        if number:
            print()
        print_report(one, rows_max=rows_max)
