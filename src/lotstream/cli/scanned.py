"""``lotstream receive`` and ``lotstream pick``: labels that are scanned become a receipt, or the scan of a pick."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple
from uuid import uuid4

import typer

from lotstream.cli.asking import Wait, ask
from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import print_json, table
from lotstream.cli.scan import FROM_STDIN, read_label

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lotstream.connect.scans import ScannedTask
    from lotstream.standards.scan import Scan

WAIT_S: Final = 10.0
"""Seconds that a command waits until its message is decided."""

#: What is shown of a line in words.
_SHOWN: Final = (
    "line", "sku", "gtin", "lot", "expires", "quantity", "unit", "serials", "weight_kg", "package", "location",
)  # fmt: skip

_Accept = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Fault that is taken as it reads, e.g. day_zero; may be given more than once."),
]
_OwnerOf = Annotated[str, typer.Option("--owner", help="Whose goods.")]
_Site = Annotated[str, typer.Option("--site", help="Where they are.")]
_Unit = Annotated[str | None, typer.Option("--unit", help="What the label's number stands for, e.g. case, or kg.")]
_Quantity = Annotated[str | None, typer.Option("--quantity", help="How much, where the label does not count it.")]
_Location = Annotated[str | None, typer.Option("--location", help="The bin; of received goods where they stand.")]
_Weighed = Annotated[
    bool, typer.Option("--weighed", help="The item is weighed: the label's net weight is what these weigh.")
]
_Happened = Annotated[
    bool, typer.Option("--happened", help="It has been done and is booked, whatever is odd; without, it is asked.")
]
_By = Annotated[str | None, typer.Option("--by", help="Who, or which scanner.")]
_Print = Annotated[bool, typer.Option("--print", help="Print the message and send nothing; no server is needed.")]


def register(app: typer.Typer) -> None:
    """Add the commands ``receive`` and ``pick``."""
    app.command("receive")(receive)
    app.command("pick")(pick)


def receive(
    receipt: Annotated[str, typer.Argument(help="The receipt's number at the site.")],
    labels: Annotated[
        list[str], typer.Argument(metavar="LABEL", help="What the scanner sends, label by label; - to read stdin.")
    ],
    owner: _OwnerOf,
    site: _Site,
    sku: Annotated[str | None, typer.Option("--sku", help="The item; left out it is found by the label.")] = None,
    unit: _Unit = None,
    quantity: _Quantity = None,
    location: _Location = None,
    supplier: Annotated[str | None, typer.Option("--supplier", help="Who supplied the goods.")] = None,
    expected: Annotated[str | None, typer.Option("--expected", help="The announcement (ASN) they belong to.")] = None,
    status: Annotated[str, typer.Option("--status", help="Their condition.")] = "good",
    line: Annotated[str | None, typer.Option("--line", help="Id of the line, of one label.")] = None,
    final: Annotated[bool, typer.Option("--final", help="Nothing more comes on this receipt.")] = False,
    numbered: Annotated[
        bool, typer.Option("--serials", help="The item has serial numbers: that of the label is this unit's.")
    ] = False,
    weighed: _Weighed = False,
    happened: _Happened = False,
    by: _By = None,
    accept: _Accept = None,
    print_only: _Print = False,
    wait: Wait = WAIT_S,
    as_json: Json = False,
) -> None:
    """Receive goods by their labels: one line of `stock.received` for each.

    A label that cannot be taken as it is names its fault, and nothing is sent. The line of a pallet is known by its
    SSCC, that of a unit by its serial number, so that scanning it again books it once; any other label is a line of its
    own each time, under an id that is printed.
    """
    from lotstream.connect.scans import label_lacks, receipt_line

    scans = [read_label(label, accept or (), as_json=as_json) for label in _all_of(labels)]
    more = {"location": location, "supplier": supplier, "status": status}

    def line_of(scan: Scan) -> BaseModel:
        if numbered and scan.serial is None:
            # Booked without its number it would be a unit that no scan finds again.
            raise label_lacks(scan, "serial number, (21)", "serials")
        name = line or scan.sscc or (scan.serial if numbered else None) or uuid4().hex[:12]
        return receipt_line(
            scan, line=name, sku=sku, unit=unit, quantity=_number(quantity), numbered=numbered, weighed=weighed,
            more=more,
        )  # fmt: skip

    lines = [_plain(_made(line_of, scan)) for scan in scans]
    if line is None:
        # A pallet, or a unit, that was scanned twice is the same line; of boxes no two lines are the same.
        lines = list({repr(one): one for one in lines}.values())
    body = {
        "owner": owner, "site": site, "happened": happened, "by": by, "receipt": receipt, "expected": expected,
        "final": final or None, "lines": lines,
    }  # fmt: skip
    _tell([_Told("stock.received", body, lines)], print_only=print_only, wait_s=wait, as_json=as_json)


def pick(
    label: Annotated[str, typer.Argument(help="What the scanner sends; - to read stdin.")],
    owner: _OwnerOf,
    site: _Site,
    order: Annotated[str | None, typer.Option("--order", help="The order, with --source.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Where the order was made.")] = None,
    wave: Annotated[str | None, typer.Option("--wave", help="The wave, instead of an order.")] = None,
    task: Annotated[str | None, typer.Option("--task", help="The pick task.")] = None,
    line: Annotated[str | None, typer.Option("--line", help="The order line, instead of a task.")] = None,
    expected: Annotated[str | None, typer.Option("--expected", help="The lot that the task names.")] = None,
    unit: _Unit = None,
    quantity: _Quantity = None,
    location: _Location = None,
    numbered: Annotated[
        bool, typer.Option("--serials", help="The item has serial numbers: the unit of the label is picked.")
    ] = False,
    weighed: _Weighed = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="The goods are picked: `pick.confirmed`.")] = False,
    happened: _Happened = False,
    by: _By = None,
    accept: _Accept = None,
    print_only: _Print = False,
    wait: Wait = WAIT_S,
    as_json: Json = False,
) -> None:
    """Scan a label for a pick: may its lot be taken (`pick.scanned`)? With --confirm it is picked then.

    A label of other goods than the task's, or of a lot that may not leave, is refused with code and sentence, and
    nothing is picked. Where another lot than the promised one may be taken the promise is swapped: name the --line, as
    the task is another one then. Of an item with serial numbers (--serials) the unit of the label is picked, if it may
    be; a label without a lot needs --confirm and the --line, as only the pick itself asks about a unit.
    """
    from lotstream.connect.scans import ScannedTask, pick_confirmed, pick_scanned
    from lotstream.errors import InputRefused

    if confirm and not wait and not print_only:
        what_to_do = "Leave out --wait, or say how many seconds to wait for the answer."
        raise InputRefused("Nothing is picked before its scan is answered.", what_to_do=what_to_do)
    scan = read_label(sys.stdin.readline() if label == FROM_STDIN else label, accept or (), as_json=as_json)
    what = ScannedTask(
        owner, site, happened=happened, scanner="lotstream-cli", number=uuid4().hex, source=source, order=order,
        wave=wave, task=task, line=line, expected=expected, location=location, quantity=_number(quantity), unit=unit,
        by=by, numbered=numbered,
    )  # fmt: skip
    told: list[_Told] = []
    if scan.lot is None and numbered:
        what = _one_unit(what, confirm=confirm, print_only=print_only)
    else:
        asked = _plain(_made(lambda scan: pick_scanned(scan, what).body, scan))
        told.append(_Told("pick.scanned", asked, [{**asked, "lot": asked["scanned"]}]))
    if confirm:
        picked = _plain(_made(lambda scan: pick_confirmed(scan, what, weighed=weighed).body, scan))
        told.append(_Told("pick.confirmed", picked, picked["lines"]))
    _tell(told, print_only=print_only, wait_s=wait, as_json=as_json)


def _one_unit(task: ScannedTask, *, confirm: bool, print_only: bool) -> ScannedTask:
    """Return the task of a unit whose label has no lot, with the trade item numbers that its goods may have.

    Two items may have units of one number, and a pick names no trade item: the label is compared here.
    """
    from lotstream.errors import InputRefused

    if not confirm or task.line is None or task.order is None or task.source is None:
        what_to_do = "Give --confirm with --source, --order and --line, or scan the label that has the lot."
        raise InputRefused(
            "The label has no lot, (10): whether its unit may go is asked by picking it.", what_to_do=what_to_do
        )
    return task if print_only else replace(task, gtins=run(_gtins_of(task.owner, task.source, task.order, task.line)))


async def _gtins_of(owner: str, source: str, order: str, line: str) -> tuple[str, ...]:
    """Return the trade item numbers of an order line's item; none where the hub will say that it is not known."""
    from lotstream.domain.model import OrderKey
    from lotstream.store.reads import Reads

    settings = read_settings()
    async with Reads(settings.postgres_url, timeout_s=settings.postgres_timeout_s) as reads:
        known = await reads.order(owner, OrderKey(source, order))
        skus = [] if known is None else [one.sku for one in known.lines if one.line == line]
        items = await reads.items(owner, skus)
        return tuple(gtin for item in items.values() for gtin in item.gtins)


def _all_of(labels: list[str]) -> list[str]:
    """Return labels as they were given, and those of stdin, one on each line, where a dash stands for them."""
    found: list[str] = []
    for label in labels:
        found += [one for line in sys.stdin if (one := line.rstrip("\r\n"))] if label == FROM_STDIN else [label]
    return found


def _number(text: str | None) -> Decimal | None:
    from lotstream.errors import InputRefused

    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise InputRefused(f"{text} is no quantity.", what_to_do="Send a decimal number, e.g. 12 or 2.5.") from None


def _made(make: Callable[[Scan], BaseModel], scan: Scan) -> BaseModel:
    """Return what is made of a scan; raises `InputRefused` with code and field where nothing can be."""
    from lotstream.connect.delivery import Refused
    from lotstream.errors import InputRefused

    try:
        return make(scan)
    except Refused as refused:
        where = f", {refused.refusal.field}" if refused.refusal.field else ""
        raise InputRefused(f"{refused} ({refused.refusal.code}{where})") from None


def _plain(body: BaseModel) -> dict[str, Any]:
    """Return a part of a message as JSON values, without what it leaves out."""
    told: dict[str, Any] = body.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return told


class _Told(NamedTuple):
    """A message, and what of its lines is shown to a person."""

    name: str
    body: Mapping[str, Any]
    shown: list[dict[str, Any]]

    def said(self) -> dict[str, Any]:
        """Return the body without what it leaves out."""
        return {field: value for field, value in self.body.items() if value not in (None, [])}


def _tell(told: Sequence[_Told], *, print_only: bool, wait_s: float, as_json: bool) -> None:
    """Send messages one after the other until one is refused, or print them; and show what became of them."""
    if print_only:
        bodies = [one.said() for one in told]
        print_json(bodies if len(bodies) > 1 else bodies[0])
        return
    outcomes = ["done" if ask(one.name, one.said(), wait_s=wait_s) else "sent" for one in told]
    if as_json:
        became = zip(told, outcomes, strict=True)
        print_json([{"message": one.name, "outcome": outcome, "body": one.said()} for one, outcome in became])
        return
    shown = told[-1].shown
    columns = [column for column in _SHOWN if any(line.get(column) is not None for line in shown)]
    table(columns, ([line.get(column) for column in columns] for line in shown))
    for one, outcome in zip(told, outcomes, strict=True):
        print(f"{one.name}: {outcome}")
