"""A pick is undone: the goods go back to the bin they came from, and stay promised to the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lotstream.domain.checks import Verdicts, uncounted
from lotstream.domain.codes import Code, NotUsed, Refusal, stop_if
from lotstream.domain.commands import Moment, StartPick, UndoneLine, UndoPick
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, PickStarted, PickUndone, Undone
from lotstream.domain.goods import site_unknown
from lotstream.domain.keeping import unmet
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderKey, OrderLine, Reservation, RowKey, StockRow
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.reservations import copy_order, give_back, give_back_part, note_undone, staged_key
from lotstream.domain.serial_holds import set_apart, units_held
from lotstream.domain.settling import Loser, lose, settle
from lotstream.domain.sums import OVER, picked, promised, state_of
from lotstream.domain.wording import only


@dataclass(slots=True)
class Undoing:
    """What is decided so far about picks of one order."""

    draft: Draft
    command: UndoPick
    #: A copy, changed as picks are undone.
    order: Order
    verdicts: Verdicts
    undone: list[Undone] = field(default_factory=list)


def start_pick(ledger: Ledger, command: StartPick, _moment: Moment) -> tuple[Event, ...]:
    """Decide pick.started: somebody is on the way to the bins; nothing is moved, and the order's state stays."""
    verdicts, order = Verdicts(command.happened), ledger.order(command.key)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    _check(verdicts, order, command.key)
    parts = [part for line in (order.lines if order is not None else ()) for part in line.reservations]
    open_tasks = {part.task: part.started for part in parts if part.quantity > part.picked}
    for index, task in enumerate(command.tasks):
        if order is not None and task not in open_tasks:
            message = f"Task {task} is no open task of order {command.key.order}; start what its tasks say."
            about = _about(command.key) | {"task": task}
            verdicts.object(Code.NOT_RESERVED, f"tasks.{index}", message, about)
    begun = tuple(task for task in dict.fromkeys(command.tasks or open_tasks) if open_tasks.get(task) is False)
    return (*((PickStarted(command.key, begun),) if begun else ()), *verdicts.noted)


def undo_pick(ledger: Ledger, command: UndoPick, moment: Moment) -> tuple[Event, ...]:
    """Decide pick.undone.

    Without lines, everything picked and not packed goes back. What may no longer be promised where it lies then (its
    lot was put on hold meanwhile), and what was picked beyond the order, is given back, and the order is allocated
    again. Asked, the floor is told to put the goods back; happened, they lie there already.
    """
    verdicts, known = Verdicts(command.happened), ledger.order(command.key)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    _check(verdicts, known, command.key)
    if known is None:
        return tuple(verdicts.noted)
    undoing = Undoing(Draft(ledger, moment), command, copy_order(known), verdicts)
    for index, line in enumerate(command.lines or (UndoneLine(),)):
        undo(undoing, line, f"lines.{index}")
    return put_back(undoing.draft, [undoing], verdicts)


def _check(verdicts: Verdicts, order: Order | None, key: OrderKey) -> None:
    if order is None:
        message = f"Order {key.order} is not known; check its number and source."
        verdicts.object(Code.UNKNOWN_ORDER, "order", message, _about(key))
        return
    if order.state in OVER:
        message = f"Order {key.order} is {order.state.value}; nothing of it is picked."
        verdicts.object(Code.NOT_RESERVED, "order", message, _about(key))


def _about(key: OrderKey) -> dict[str, str | None]:
    return {"order": key.order, "source": key.source}


def undo(undoing: Undoing, said: UndoneLine, path: str) -> None:
    """Undo picks of one line or task, the last picked first."""
    parts = [
        (line, part)
        for line in undoing.order.lines
        for part in line.reservations
        if part.row.site == undoing.command.site and _is_meant(line, part, said)
    ]
    counted = _counted(undoing, said, parts, path)
    if isinstance(counted, Refusal):
        said_of = {"line": said.line, "task": said.task, "quantity": str(said.quantity), "unit": said.unit}
        uncounted(undoing.verdicts, counted, _about(undoing.command.key) | said_of)
        return
    # Counted after that: of a kit line only the component whose goods are meant is left among the parts.
    loose = sum(part.picked - part.packed for _, part in parts)
    wanted = loose if said.quantity is None else counted
    if wanted > loose or loose == 0:
        _object(undoing, said, path, parts)
    for line, part in reversed(parts):
        back = min(wanted, part.picked - part.packed)
        if back:
            staged, units = staged_key(part.row, part.staged_at), back // _unit_of(undoing.draft, part)
            serials = part.serials[-units:] if units else ()
            undone = Undone(line.line, part.task, part.row, staged, back, serials, untold=part.untold)
            note_undone(undoing.order, undone)
            undoing.undone.append(undone)
            wanted -= back


def _unit_of(draft: Draft, part: Reservation) -> int:
    """Return the smallest units of one unit that has a serial number."""
    return int(10 ** draft.known_item(part.row.sku).decimals)


def _is_meant(line: OrderLine, part: Reservation, said: UndoneLine) -> bool:
    return (
        part.picked > 0
        and said.task in (None, part.task)
        and said.line in (None, line.line)
        and said.lot in (None, part.row.lot)
    )


def _counted(
    undoing: Undoing, said: UndoneLine, parts: list[tuple[OrderLine, Reservation]], path: str
) -> int | Refusal:
    """Return how much is said to be undone; of a kit line, of the component whose goods are meant."""
    refused = None if said.quantity is None else check_quantity(said.quantity, f"{path}.quantity")
    if refused is not None:
        return refused
    if said.quantity is None or not parts:
        return 0
    item = undoing.draft.known_item(parts[0][1].row.sku)
    parts[:] = [(line, part) for line, part in parts if part.row.sku == item.sku]
    factor = unit_factor(item, said.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {said.unit}; send one it has.")
    return smallest(said.quantity, factor, f"{path}.quantity")


def _object(undoing: Undoing, said: UndoneLine, path: str, parts: list[tuple[OrderLine, Reservation]]) -> None:
    item = undoing.draft.known_item(parts[0][1].row.sku) if parts else None
    there = only(item, sum(part.picked - part.packed for _, part in parts))
    code, message = Code.NOT_RESERVED, f"{there} is picked for the order; undo what is picked."
    if any(part.packed for _, part in parts):
        code, message = Code.ALREADY_PICKED, "Some of that is packed; have it unpacked first."
    about = _about(undoing.command.key) | {"line": said.line, "task": said.task, "lot": said.lot}
    undoing.verdicts.object(code, f"{path}.quantity", message, about)


def put_back(draft: Draft, undoings: Iterable[Undoing], verdicts: Verdicts) -> tuple[Event, ...]:
    """Return what follows: goods are back in their bins, and what may not be promised there is given back."""
    undoings = [one for one in undoings if one.undone]
    short = _deficits(draft, [undone for undoing in undoings for undone in undoing.undone])
    events: list[Event] = []
    apart: list[Event] = []
    losers: list[Loser] = []
    for undoing in undoings:
        command, order = undoing.command, undoing.order
        order.state = state_of(order, decided=False)
        at = command.occurred_at or draft.moment.recorded_at
        events.append(PickUndone(order.key, order.state, tuple(undoing.undone), command.happened, command.by, at))
        draft.orders[order.key] = order
        freed, reason = _not_kept(draft, order, {undone.row for undone in undoing.undone}, short)
        held = [(undone, unit) for undone in undoing.undone for unit in units_held(draft, undone)]
        if held and not freed:
            freed, reason = [_given_back(draft, order, undone) for undone, _ in held], NotUsed.HOLD
        apart += [set_apart(draft, unit, undone.row) for undone, unit in held]
        losers += [lose(draft, order, freed, reason)] if freed or unmet(draft, order) else []
    return *events, *apart, *verdicts.noted, *(settle(draft, losers) if events else ())


def _given_back(draft: Draft, order: Order, undone: Undone) -> Freed:
    """Return the promise of one unit of undone goods, which may not be kept."""
    parts = [(line, part) for line in order.lines for part in line.reservations if line.line == undone.line]
    back = [(line, part) for line, part in parts if (part.task, part.row) == (undone.task, undone.row)]
    line, part = next((line, part) for line, part in back if part.quantity > part.picked)
    return give_back(line, _unit_of(draft, part), [part])[0]


def _not_kept(draft: Draft, order: Order, rows: set[RowKey], short: dict[RowKey, int]) -> tuple[list[Freed], NotUsed]:
    """Return what may not stay promised where it lies now.

    That is what nobody may use, what fills up a deficit of the bin, and what is more than was ordered. ``short`` is
    used up.
    """
    freed: list[Freed] = []
    reasons: list[NotUsed] = []
    for line in order.lines:
        back = [part for part in line.reservations if part.row in rows and part.quantity > part.picked]
        mine: list[Freed] = []
        for part in reversed(back):
            unpicked, reason = part.quantity - part.picked, draft.candidate(part.row).reason
            lost = min(short[part.row], unpicked) if reason is None else unpicked
            if lost:
                mine.append(give_back_part(line, part, unpicked=lost, picked=0))
                reasons.append(reason or NotUsed.LOT_TOO_SMALL)
                short[part.row] -= lost
        over = 0 if line.parts else promised(line) - max(line.ordered - line.cancelled - line.shipped, picked(line))
        kept = [part for part in reversed(back) if all(loss.task != part.task for loss in mine)]
        over -= sum(loss.quantity for loss in mine)
        freed += [*mine, *(give_back(line, over, kept) if over > 0 else ())]
    return freed, reasons[0] if reasons else NotUsed.OTHER_LOT


def _deficits(draft: Draft, undone: list[Undone]) -> dict[RowKey, int]:
    """Return by row that goods go back to how much of them is missing there, and can be promised to nobody."""
    back = Counter[RowKey]()
    for one in undone:
        back[one.row] += one.quantity
    short = {}
    for row, quantity in back.items():
        known = draft.ledger.stock.get(row) or StockRow(row)
        left = max(known.on_hand + quantity, 0) - known.reserved - known.promised_elsewhere
        short[row] = min(max(quantity - left, 0), quantity)
    return short
