"""What a person sees of a demo: what came in, which lots were chosen and why, what left, and whether all is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lotstream.cli.order_tellers.words import BECAUSE
from lotstream.contracts.sent_shipments import ShipConfirmation
from lotstream.domain.codes import NotUsed
from lotstream.domain.events import Considered, LineDecision
from lotstream.local.demo.check import PROVEN
from lotstream.local.demo.outcome import Counts, OrderOutcome, Outcome

WIDTH: Final = 100
"""Columns at most, and where the output is no terminal."""

ID_CHARS: Final = 8
"""Characters shown of an id of 32."""

EXCERPTS: Final = {
    "orders-create.json": ('"name": "#', '"sku"', '"quantity"'),
    "warehouse-order.edi": ("W05*", "N1*", "W01*"),
    "erp-orders.csv": ("",),
}
"""What is shown of each input: the lines that hold one of these."""


class Report:
    """The report of one demo on a console."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._console.width = min(self._console.width, WIDTH) if self._console.is_terminal else WIDTH

    def show(self, outcome: Outcome, problems: Sequence[str], *, seconds: float) -> None:
        """Print everything; ``seconds`` is how long the demo took so far."""
        confirmations = [one for order in outcome.orders for one in order.confirmations]
        today = min(one.shipped_at for one in confirmations).date()
        self._console.print(_intro(outcome, today))
        self._part("In stock before the first order", [_stock(outcome, today)])
        self._part("Three orders, three doors", _inputs(outcome))
        self._part("Which lots, and why", _whys(outcome, today))
        self._part("Pick tasks for the warehouse", [_tasks(outcome)])
        self._part("Ship confirmations", _confirmations(confirmations))
        self._part("In figures", [_times(outcome), *_counts(outcome.counts)])
        self._part("Checked", _verdict(problems, seconds))

    def _part(self, title: str, parts: Iterable[RenderableType]) -> None:
        self._console.print()
        self._console.print(Rule(Text(title, style="bold"), align="left", style="dim"))
        for part in parts:
            self._console.print(part)


def _table(*columns: str, figures: Iterable[str] = ()) -> Table:
    """Return an empty table; columns of figures stand to the right."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.header_style, table.border_style = "bold", "dim"
    right = set(figures)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _intro(outcome: Outcome, today: date) -> Text:
    owner, site = outcome.catalogue.owner, outcome.catalogue.site
    return Text(
        f"\nThe goods of {owner} at site {site.site} ({site.time_zone}) on {today}. All of it is made up; what runs is "
        "real: Apache Kafka, PostgreSQL, a worker, three connectors."
    )


def _stock(outcome: Outcome, today: date) -> Table:
    table = _table("SKU", "lot", "expires", "days", "bin", "each", "", figures=("days", "each"))
    held = {(hold["sku"], hold["lot"]): f"on hold: {hold['reason']}" for hold in outcome.catalogue.holds}
    sku = ""
    for lot in outcome.catalogue.lots:
        days = (lot.expires - today).days
        note = "expired" if days < 0 else held.get((lot.sku, lot.lot), "")
        name = lot.sku if lot.sku != sku else ""
        table.add_row(name, lot.lot, f"{lot.expires}", f"{days}", lot.location, f"{lot.quantity}", note)
        sku = lot.sku
    return table


def _inputs(outcome: Outcome) -> Iterator[RenderableType]:
    for order in outcome.orders:
        given = order.given
        door = Text(given.door, style="bold")
        yield door.append(f"  {given.file}, {len(given.body)} bytes, {given.answer}", style="not bold")
        excerpt = Text("\n".join(_excerpt(given.file, given.body)), style="dim", no_wrap=True, overflow="ellipsis")
        yield Padding(excerpt, (0, 0, 1, 2))
    yield Text(f"The same webhook signed wrongly: HTTP {outcome.forged_status}, not kept.")
    for letter in outcome.dead_letters:
        yield Text(f"A record cut off on its way: dead letter {letter.code}. {letter.message}")


def _excerpt(file: str, body: bytes) -> list[str]:
    parts = EXCERPTS[file]
    return [line.strip() for line in body.decode().splitlines() if any(part in line for part in parts)]


def _whys(outcome: Outcome, today: date) -> Iterator[RenderableType]:
    for number, order in enumerate(outcome.orders):
        key, customer = order.given.key, order.order.customer
        yield _title(f"Order {key.order}", f"from {key.source} for {customer}", is_first=number == 0)
        yield _why(order, days_wanted=outcome.catalogue.days_wanted(customer), today=today)


def _title(name: str, rest: str, *, is_first: bool) -> Text:
    return Text("" if is_first else "\n").append(name, style="bold").append(f" {rest}")


def _why(order: OrderOutcome, *, days_wanted: int, today: date) -> Table:
    table = _table("line", "lot", "expires", "days", "bin", "free", "taken", "why",
                   figures=("days", "free", "taken"))  # fmt: skip
    for decision in order.decisions():
        name = Text(_wanted(order, decision), style="not dim")
        for considered, why in zip(decision.considered, _reasons(decision, days_wanted), strict=True):
            table.add_row(name, *_looked_at(considered, today), why, style="" if considered.taken else "dim")
            name = Text()
        table.add_section()
    return table


def _wanted(order: OrderOutcome, decision: LineDecision) -> str:
    """Return what a line asks for, in the words of its sender."""
    line = next(line for line in order.order.lines if line.line == decision.line)
    return f"{line.ordered // line.unit_factor} {line.unit} {line.sku}"


def _looked_at(considered: Considered, today: date) -> tuple[str, ...]:
    expires = considered.expires
    days = "" if expires is None else f"{(expires - today).days}"
    taken = f"{considered.taken}" if considered.taken else "–"
    return (considered.lot or "–", f"{expires or '–'}", days, considered.location, f"{considered.free}", taken)


def _reasons(decision: LineDecision, days_wanted: int) -> Iterator[str]:
    """Yield for each lot looked at why it was taken or not."""
    taken = "first to expire that may go"
    for considered in decision.considered:
        if considered.reason is None:
            yield taken
            taken = "next to expire, for the rest"
        elif considered.reason == NotUsed.SHORT_LIFE:
            yield f"too short a life, {days_wanted} days wanted"
        else:
            yield BECAUSE[NotUsed(considered.reason)]


def _tasks(outcome: Outcome) -> Table:
    table = _table("order", "task", "take", "lot", "expires", "from bin", figures=("take",))
    for order in outcome.orders:
        name = order.given.key.order
        for task in order.tasks:
            take = f"{task.quantity} {task.unit}"
            table.add_row(name, task.task[:ID_CHARS], take, f"{task.sku} {task.lot}", f"{task.expires}", task.location)
            name = ""
    return table


def _confirmations(confirmations: Iterable[ShipConfirmation]) -> Iterator[RenderableType]:
    for number, shipped in enumerate(confirmations):
        package = shipped.packages[0]
        left = f"left {shipped.site} with {shipped.shipment}, SSCC {package.sscc}, {package.tracking}"
        yield _title(f"Order {shipped.order}", left, is_first=number == 0)
        yield _shipped(shipped)


def _shipped(shipped: ShipConfirmation) -> Table:
    table = _table("line", "ordered", "shipped", "lot", "expires", "of it", figures=("ordered", "shipped", "of it"))
    for line in shipped.lines:
        head = (line.sku, f"{line.ordered} {line.unit}", f"{line.shipped} {line.unit}")
        for lot in line.lots:
            table.add_row(*head, lot.lot, f"{lot.expires}", f"{lot.quantity}")
            head = ("", "", "")
    return table


def _times(outcome: Outcome) -> Table:
    table = _table("order", "record appended to pick task readable", "to ship confirmation readable",
                   figures=("record appended to pick task readable", "to ship confirmation readable"))  # fmt: skip
    for order in outcome.orders:
        table.add_row(order.given.key.order, f"{1000 * order.task_s:.0f} ms", f"{1000 * order.shipped_s:.0f} ms")
    return table


def _counts(counts: Counts) -> Iterator[Text]:
    yield Text("\nFrom the worker's /metrics:")
    for what, figures in (
        ("records", counts.records),
        ("decisions on orders", counts.orders),
        ("messages published", counts.published),
        ("dead letters", counts.dead_letters),
    ):
        yield Text(f"  {what}: {_listed(figures)}")
    stages = ", ".join(f"{stage} {ms:.1f}" for stage, ms in counts.stages_ms.items())
    yield Text(f"  mean ms of a batch: {stages}; records behind: {counts.lag:.0f}")


def _listed(figures: Mapping[str, float]) -> str:
    return ", ".join(
        f"{count:.0f} {name.removeprefix('lotstream.')}" for name, count in sorted(figures.items()) if count
    )


def _verdict(problems: Sequence[str], seconds: float) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    for sentence in problems or PROVEN:
        table.add_row(Text("wrong", style="red") if problems else Text("ok", style="green"), sentence)
    yield table
    if problems:
        yield Text(f"\n{len(problems)} of the things checked did not come out as they should.", style="bold red")
    else:
        yield Text(f"\nAll came out as it should, {seconds:.1f} s after the start.", style="bold")
