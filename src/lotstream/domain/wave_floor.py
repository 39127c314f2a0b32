"""Work on tasks of a wave: what is told of one task is split to the orders it is for.

Whoever stands first in the queue is picked for first, and short last; what is undone goes back from the end. Orders
that are held come last of all. More than the tasks say, and than the owner allows for their orders, is no order's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lotstream.domain.bins_named import rows_named
from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts, uncounted
from lotstream.domain.codes import Code, Refusal, Refused, called, granted, stop_if
from lotstream.domain.commands import (
    ConfirmPick,
    Moment,
    PickLine,
    ReportShort,
    ScanLot,
    ShortLine,
    StartPick,
    UndoneLine,
    UndoPick,
    WorkOnWave,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinsChanged, Event, PickStarted, StockPicked
from lotstream.domain.filling import fill
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item, Order, OrderKey, OrderState, RowKey, Wave
from lotstream.domain.picking import pick_line, weigh_picks
from lotstream.domain.places import staging_place
from lotstream.domain.quantities import in_base_units, is_uncounted, smallest, unit_factor
from lotstream.domain.reservations import copy_order
from lotstream.domain.serials import check_count
from lotstream.domain.shorting import Shorting, as_pick_line, pick_found, shorted, weigh_found
from lotstream.domain.sums import state_of
from lotstream.domain.undoing import Undoing, put_back, undo
from lotstream.domain.unpromised import Picking, is_meant
from lotstream.domain.wave_bins import bins_for_wave, open_parts
from lotstream.domain.wave_parts import WavePart, by_task, orders_in, wave_key
from lotstream.domain.wave_scanning import scan_for_wave
from lotstream.domain.wave_shares import shares
from lotstream.domain.wave_work import Work, says_which
from lotstream.domain.wording import only


def work_on_wave(ledger: Ledger, command: WorkOnWave, moment: Moment) -> tuple[Event, ...]:
    """Decide a message of the floor that names a wave in place of an order."""
    said, verdicts = command.said, Verdicts(command.happened)
    stop_if(site_unknown(ledger, said.site, noted=verdicts.noted if command.happened else None))
    orders = [copy_order(order) for order in orders_in(ledger, command.wave)]
    orders.sort(key=lambda order: order.held is not None)
    draft = Draft(ledger, moment)
    work = Work(draft, command.wave, verdicts, Books(ledger), {order.key: order for order in orders})
    known = ledger.document(wave_key(command.wave), Wave)
    if known is None or known.site != said.site:
        message = f"Wave {command.wave} is not known at {said.site}; check its number."
        work.object(Code.NOT_RESERVED, "wave", message)
        work.orders.clear()
    return _DO[type(said)](work, said)


def _picking(work: Work, said: ConfirmPick | ReportShort, key: OrderKey) -> Picking:
    """Return what is picked for an order of the wave, or for nobody under the key of none."""
    picking = work.pickings.get(key)
    if picking is None:
        pick = ConfirmPick(said.site, said.happened, said.by, said.occurred_at, key, None, ())
        place = staging_place(work.draft.ledger.sites, said.site, said.staged_at)
        picking = Picking(work.draft, pick, work.orders.get(key), place, work.books, work.verdicts, work.wave)
        work.pickings[key] = picking
    return picking


def _pick(work: Work, said: ConfirmPick) -> tuple[Event, ...]:
    if not said.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "Nothing is named as picked; send at least one line.")
    bins, freed = _name_bins(work, said.site, said.lines)
    for index, line in enumerate(said.lines):
        path = f"lines.{index}"
        before = {key: len(picking.picks) for key, picking in work.pickings.items()}
        if says_which(work, line, path):
            _pick_task(work, said, line, path)
        pickings = list(work.pickings.values())
        since = [before.get(key, 0) for key in work.pickings]
        weigh_picks(pickings, since, line.weight_kg, path)
    at = said.occurred_at or work.draft.moment.recorded_at
    events: list[Event] = [*work.books.found, *bins]
    for key, picking in work.pickings.items():
        state = OrderState.REJECTED if picking.order is None else state_of(picking.order, decided=False)
        if picking.picks:
            events.append(StockPicked(key, state, said.by, at, tuple(picking.picks)))
        if picking.order is not None:
            work.draft.orders[key] = picking.order
    freed = freed.union(*(picking.freed for picking in work.pickings.values()))
    return *events, *work.verdicts.noted, *fill(work.draft, freed)


def _name_bins(work: Work, site: str, lines: Sequence[PickLine]) -> tuple[tuple[BinsChanged, ...], set[str]]:
    """Bring what tasks by lot are for to the bins that are named; returns also SKUs with something else free now."""
    if not work.draft.ledger.sites.lot_tasks:
        return (), set()
    bringing = bins_for_wave(work, site, lines)
    return bringing.event(), bringing.freed


def _pick_task(work: Work, said: ConfirmPick | ReportShort, line: PickLine, path: str) -> None:
    """Pick what was taken for one task, in the order in which its orders are served; the rest is no order's."""
    parts = [one for one in work.parts(line.task) if is_meant(one.part.row, line, said.site)]
    if not parts and not said.happened:
        message = f"Nothing of that is promised by wave {work.wave} as task {line.task}; pick what its tasks say."
        raise Refused(Code.NOT_RESERVED, f"{path}.task", message)
    nobody, left = replace(line, task=None, line=None), 0
    if parts:
        item = work.draft.known_item(parts[0].part.row.sku)
        meant = _smallest(item, line, path)
        if isinstance(meant, Refusal):
            uncounted(work.verdicts, meant, {"wave": work.wave, **_said(line)})
            return
        mine, left = shares(work, parts, meant)
        numbers = _Numbers(line.serials, parts)
        for one, quantity in mine:
            _check_held(work, one.order, path)
            units = quantity // 10**item.decimals
            share = PickLine(
                one.part.task, None, one.part.row.lot, one.part.row.location, in_base_units(item, quantity),
                package=one.part.row.package, serials=numbers.of(one, units),
            )  # fmt: skip
            pick_line(_picking(work, said, one.order.key), share, path)
        row = parts[-1].part.row
        nobody = PickLine(
            None, None, row.lot, row.location, in_base_units(item, left), package=row.package, sku=item.sku,
            serials=numbers.rest(),
        )  # fmt: skip
    if not parts or left:
        pick_line(_picking(work, said, said.key), nobody, path)


def _smallest(item: Item, line: PickLine, path: str) -> int | Refusal:
    """Return what a line says in smallest units, with as many serial numbers as units where any are told."""
    factor = unit_factor(item, line.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {line.unit}; send one it has.")
    quantity = smallest(line.quantity, factor, f"{path}.quantity")
    if isinstance(quantity, Refusal):
        return quantity
    return check_count(line.serials, quantity, item, path) or quantity


def _said(line: PickLine) -> dict[str, str | None]:
    return {"task": line.task, "quantity": str(line.quantity), "unit": line.unit}


class _Numbers:
    """The serial numbers read for one task: a promise by number gets its own, every other the next that are left."""

    def __init__(self, numbers: Sequence[str], parts: Sequence[WavePart]) -> None:
        named = {number for one in parts if one.part.picked == 0 for number in one.part.serials}
        self._named = named.intersection(numbers)
        self._others = [number for number in numbers if number not in self._named]

    def of(self, one: WavePart, units: int) -> tuple[str, ...]:
        """Return the numbers of so many units picked of a promise."""
        mine = [number for number in one.part.serials if number in self._named]
        self._named.difference_update(mine)
        mine += self._others[: units - len(mine)]
        self._others = [number for number in self._others if number not in mine]
        return tuple(mine)

    def rest(self) -> tuple[str, ...]:
        """Return the numbers that are left."""
        return (*self._others, *sorted(self._named))


def _check_held(work: Work, order: Order, path: str) -> None:
    if order.held is None:
        return
    message = f"Order {order.key.order} is held ({order.held}); have it released first."
    work.object(Code.ON_HOLD, f"{path}.quantity", message)


def _short(work: Work, said: ReportShort) -> tuple[Event, ...]:
    if not said.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "Nothing is named as short; send at least one line.")
    at = said.occurred_at or work.draft.moment.recorded_at
    shorting = Shorting(work.draft, said.by, at, work.books, work.verdicts)
    bins, shorting.freed = _name_bins(work, said.site, [as_pick_line(line) for line in said.lines])
    shorting.bins = bins
    for index, line in enumerate(said.lines):
        path = f"lines.{index}"
        before = {key: len(picking.picks) for key, picking in work.pickings.items()}
        if says_which(work, line, path):
            _short_task(work, shorting, said, line, path)
        pickings = list(work.pickings.values())
        weigh_found(pickings, [before.get(key, 0) for key in work.pickings], line, path)
    shorting.pickings = list(work.pickings.values())
    return shorted(shorting)


def _short_task(work: Work, shorting: Shorting, said: ReportShort, line: ShortLine, path: str) -> None:
    """Pick what was found for one task; who comes last in the queue goes without."""
    found = replace(as_pick_line(line), line=None)
    parts = [one for one in work.parts(line.task) if is_meant(one.part.row, found, said.site)]
    parts = [one for one in parts if one.part.quantity > one.part.picked]
    if not parts and _found_none(work, shorting, said.site, found):
        return
    if not parts:
        message = f"Nothing of that is promised by wave {work.wave} and not picked; say what its task says."
        work.object(Code.NOT_RESERVED, f"{path}.task", message, line.task)
        pick_found(_picking(work, said, said.key), replace(found, task=None), path)
        return
    if found.quantity and is_uncounted(work.draft.known_item(parts[0].part.row.sku), found.quantity, found.unit):
        # How much was found nobody can say, and so not what is missing.
        with called(f"{path}.quantity", sent_as=f"{path}.picked"):
            _pick_task(work, said, found, path)
        return
    wanting: dict[tuple[OrderKey, str, RowKey], int] = {}
    for order, order_line, part, _ in parts:
        name = (order.key, order_line.line, part.row)
        wanting[name] = wanting.get(name, 0) + part.quantity - part.picked
    before = {key: len(picking.picks) for key, picking in work.pickings.items()}
    if line.picked:
        with called(f"{path}.quantity", sent_as=f"{path}.picked"):
            _pick_task(work, said, found, path)
    for key, picking in work.pickings.items():
        for pick in picking.picks[before.get(key, 0) :]:
            if (key, pick.line, pick.row) in wanting:
                wanting[key, pick.line, pick.row] -= pick.quantity - pick.over
    shorting.missing.update(wanting)


def _found_none(work: Work, shorting: Shorting, site: str, found: PickLine) -> bool:
    """Note a bin in which a lot was looked for in vain that was promised from others; False where it had none."""
    parts = open_parts(work, site, found) if work.draft.ledger.sites.lot_tasks and found.location else []
    if not parts or found.quantity:
        return False
    rows = rows_named(work.draft, work.books, [one.part for one in parts], found)
    for row in rows:
        shorting.missing.setdefault((parts[0].order.key, parts[0].line.line, row), 0)
    return bool(rows)


def _start(work: Work, said: StartPick) -> tuple[Event, ...]:
    tasks = {
        task: [one for one in parts if one.part.quantity > one.part.picked]
        for task, parts in by_task(work.parts(None)).items()
    }
    begun: dict[OrderKey, dict[str, None]] = {}
    for index, task in enumerate(said.tasks):
        if not tasks.get(task):
            message = f"Task {task} is no open task of wave {work.wave}; start what its tasks say."
            work.object(Code.NOT_RESERVED, f"tasks.{index}", message, task)
    for task in said.tasks or tasks:
        for one in tasks.get(task, ()):
            if not one.part.started:
                begun.setdefault(one.order.key, {})[one.part.task] = None
    return *(PickStarted(key, tuple(mine)) for key, mine in begun.items()), *work.verdicts.noted


def _undo(work: Work, said: UndoPick) -> tuple[Event, ...]:
    undoings: dict[OrderKey, Undoing] = {}
    for index, line in enumerate(said.lines or (UndoneLine(),)):
        path = f"lines.{index}"
        if not said.lines or says_which(work, line, path):
            _undo_task(work, said, undoings, line, path)
    return put_back(work.draft, undoings.values(), work.verdicts)


def _undo_task(work: Work, said: UndoPick, undoings: dict[OrderKey, Undoing], line: UndoneLine, path: str) -> None:
    """Undo picks of one task, from the end of the queue; without a quantity all that is not packed."""
    parts = [one for one in work.parts(line.task) if line.lot in (None, one.part.row.lot) and one.part.picked]
    loose, packed = sum(one.part.picked - one.part.packed for one in parts), any(one.part.packed for one in parts)
    left: int | Refusal = loose
    if parts and line.quantity is not None:
        item = work.draft.known_item(parts[0].part.row.sku)
        left = _smallest(item, PickLine(line.task, None, None, None, line.quantity, line.unit), path)
    if isinstance(left, Refusal):
        said_of = {"task": line.task, "quantity": str(line.quantity), "unit": line.unit}
        uncounted(work.verdicts, left, {"wave": work.wave, **said_of})
        return
    if left > loose or loose == 0:
        of = work.draft.known_item(parts[0].part.row.sku) if parts else None
        code, message = Code.NOT_RESERVED, f"{only(of, loose)} is picked; undo what is picked."
        if packed:
            code, message = Code.ALREADY_PICKED, "Some of that is packed; have it unpacked first."
        work.object(code, f"{path}.quantity", message, line.task)
    for one in reversed(parts):
        back = min(left, one.part.picked - one.part.packed)
        if back:
            left -= back
            undoing = undoings.setdefault(
                one.order.key, Undoing(work.draft, replace(said, key=one.order.key), one.order, work.verdicts)
            )
            item = work.draft.known_item(one.part.row.sku)
            meant = UndoneLine(one.part.task, one.line.line, one.part.row.lot, in_base_units(item, back))
            undo(undoing, meant, path)


_DO: dict[type, Callable[[Work, Any], tuple[Event, ...]]] = {
    ConfirmPick: _pick,
    ReportShort: _short,
    StartPick: _start,
    UndoPick: _undo,
    ScanLot: lambda work, said: granted(scan_for_wave(work, said)),
}
