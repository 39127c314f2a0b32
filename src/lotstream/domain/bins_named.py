"""The floor names the bin of a task that names none: promises are brought there before anything is picked.

What the lot has free in that bin comes first, then what others were promised of it and have not picked: they change
bins with the line, and nobody is told, as nobody was told of a bin. Exactly as much as is needed is brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import lcm
from typing import NamedTuple

from lotstream.domain.books import Books
from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.carrying import change_bin
from lotstream.domain.checks import Verdicts, terms_of
from lotstream.domain.codes import Code, NotUsed, Refusal, stop_if
from lotstream.domain.commands import PickLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinChange, BinsChanged
from lotstream.domain.kit_lines import as_part
from lotstream.domain.model import Order, OrderKey, OrderLine, PackRule, Reservation, RowKey, Status
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import loose_first
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import copy_order
from lotstream.domain.wording import amount, goods_called

#: What a line asks of where goods lie, and not of how old they are: that is asked when they are picked.
_OF_PLACE = frozenset({NotUsed.OTHER_LOCATION, NotUsed.PACK_SIZE, NotUsed.RETURNED})
#: A quantity of a promise: its order and line, its task and its row.
PromiseOf = tuple[OrderKey, str, str, RowKey]
#: A SKU, and a lot of it.
Goods = tuple[str, str | None]
#: An order line, and some of what it is promised.
Meant = tuple[OrderLine, list[Reservation]]


class Spot(NamedTuple):
    """The bin that the floor names, and the pallet or carton in it."""

    location: str
    package: str | None = None

    def holds(self, row: RowKey) -> bool:
        """Tell whether a row is there."""
        return row.location == self.location and self.package in (None, row.package)


@dataclass(slots=True)
class Want:
    """So many smallest units that a line is promised by lot are meant to be in a bin."""

    order: Order
    #: The line as it is in the order.
    line: OrderLine
    #: The tasks that are meant; None: any of the line.
    tasks: frozenset[str] | None
    #: SKUs and lots that may be meant, in the order in which they are promised.
    lots: list[Goods]
    spot: Spot
    quantity: int
    #: The field that names the bin.
    path: str


@dataclass(slots=True)
class Bringing:
    """What is decided so far about bins that one message names."""

    draft: Draft
    books: Books
    verdicts: Verdicts
    site: str
    #: Why goods that nobody knew of were found.
    reason: str
    changes: list[BinChange] = field(default_factory=list)
    #: What earlier lines of the message have named already.
    kept: Counter[PromiseOf] = field(default_factory=Counter)
    #: SKUs of which something else is free than before.
    freed: set[str] = field(default_factory=set)

    def note(self, order: Order, change: BinChange) -> None:
        """Note at an order of this decision that some of a promise is expected in another row."""
        self.changes.append(change)
        change_bin(order, change)

    def event(self) -> tuple[BinsChanged, ...]:
        """Return what has changed, if anything has."""
        return (BinsChanged(tuple(self.changes)),) if self.changes else ()


def bring(bringing: Bringing, want: Want, *, short_ok: bool = False) -> None:
    """Bring promises of a line to the bin that is named.

    What that bin cannot give is refused when it is asked for, and found there when it has happened; with ``short_ok``
    it stays where it is.
    """
    bringing.draft.orders[want.order.key] = want.order
    left = want.quantity
    for goods in want.lots:
        left -= _have(bringing, want, goods, left)
    for goods in want.lots:
        left -= _fetch(bringing, want, goods, left)
    if left == 0 or short_ok:
        return
    goods = next((goods for goods in want.lots if _sources(bringing, want, goods)), want.lots[0])
    there = f"{amount(bringing.draft.known_item(goods[0]), want.quantity - left)} of {goods_called(*goods)}"
    message = f"{want.spot.location} has {there} for it; name where it lies."
    about = {"sku": goods[0], "lot": goods[1], "location": want.spot.location, "line": want.line.line}
    key = want.order.key
    bringing.verdicts.object(
        Code.NOT_AVAILABLE, want.path, message, {"order": key.order, "source": key.source, **about}
    )
    for found in want.lots:
        left -= _find(bringing, want, found, left)


def _open(bringing: Bringing, key: OrderKey, line: OrderLine, part: Reservation) -> int:
    """Return what of a promise may be brought elsewhere: it is not picked, and not named by the message."""
    return max(part.quantity - part.picked - bringing.kept[key, line.line, part.task, part.row], 0)


def _is_meant(want: Want, line: OrderLine, task: str) -> bool:
    return line is want.line and (want.tasks is None or task in want.tasks)


def _mine(bringing: Bringing, want: Want, goods: Goods) -> Iterator[Reservation]:
    for part in want.line.reservations:
        meant = (part.row.sku, part.row.lot) == goods and part.row.site == bringing.site
        meant = meant and told_by_lot(part.task, part.wave)
        if meant and _is_meant(want, want.line, part.task) and _open(bringing, want.order.key, want.line, part):
            yield part


def _have(bringing: Bringing, want: Want, goods: Goods, quantity: int) -> int:
    """Keep for the line what it is promised in the bin already; returns how much that is."""
    had = 0
    for part in _mine(bringing, want, goods):
        if want.spot.holds(part.row):
            units = min(quantity - had, _open(bringing, want.order.key, want.line, part))
            bringing.kept[want.order.key, want.line.line, part.task, part.row] += units
            had += units
    return had


def _sources(bringing: Bringing, want: Want, goods: Goods) -> list[Reservation]:
    """Return the promises that are in other bins, the last one first."""
    return [part for part in _mine(bringing, want, goods) if not want.spot.holds(part.row)][::-1]


def _fetch(bringing: Bringing, want: Want, goods: Goods, quantity: int) -> int:
    """Bring free stock of a lot in the bin to the line, then what others may have elsewhere; returns how much."""
    brought = 0
    rows = _rows(bringing, want, goods)
    for row in rows:
        free = max(bringing.draft.free(bringing.draft.candidate(row)), 0)
        brought += _bring(bringing, want, goods, row, min(free, quantity - brought))
    for row in rows if brought < quantity else ():
        for part in _sources(bringing, want, goods):
            brought += _change_with_others(bringing, want, part, row, quantity - brought)
    return brought


def _rows(bringing: Bringing, want: Want, goods: Goods) -> list[RowKey]:
    """Return the rows of a lot in the bin that the line takes, loose ones first."""
    draft = bringing.draft
    here = draft.rows_in(bringing.site, want.spot.location)
    rows = [row for row in here if _is_of(row, goods, want.spot)]
    return sorted((row for row in rows if _takes(draft, want.order, want.line, row)), key=loose_first)


def _takes(draft: Draft, order: Order, line: OrderLine, row: RowKey) -> bool:
    meant = as_part(draft, line, row.sku) if line.parts else line
    return terms_of(draft, order, meant, site=row.site).refuse(draft.candidate(row)) not in _OF_PLACE


def _bring(bringing: Bringing, want: Want, goods: Goods, row: RowKey, quantity: int) -> int:
    """Bring up to so much of the line's promises to a row that has it; returns how much."""
    left = quantity
    while left > 0 and (sources := _sources(bringing, want, goods)):
        part = sources[0]
        units, before = min(left, _open(bringing, want.order.key, want.line, part)), part.row
        bringing.books.put(before, 0, reserved=-units)
        bringing.books.put(row, 0, reserved=units, reason=bringing.reason)
        bringing.draft.give(before, units)
        bringing.draft.give(row, -units)
        bringing.freed.add(row.sku)
        bringing.note(want.order, BinChange(want.order.key, want.line.line, part.task, before, row, units))
        bringing.kept[want.order.key, want.line.line, part.task, row] += units
        left -= units
    return quantity - left


def _change_with_others(bringing: Bringing, want: Want, part: Reservation, row: RowKey, quantity: int) -> int:
    """Have others, the back of the queue first, take the line's place in its bin for theirs; returns how much."""
    draft, source, task, changed = bringing.draft, part.row, part.task, 0
    if draft.candidate(source).reason is not draft.candidate(row).reason:
        # Where nobody may pick from the one bin, others would only lose what they would be given there.
        return 0
    for order, line, other in _others(bringing, want, row):
        mine = [one for one in _sources(bringing, want, (row.sku, row.lot)) if (one.task, one.row) == (task, source)]
        if not mine or changed >= quantity:
            break
        if _takes(draft, order, line, source):
            most = min(_open(bringing, order.key, line, other), _open(bringing, want.order.key, want.line, mine[0]))
            units = _whole_packs(draft, min(quantity - changed, most), most, [source, row])
            bringing.note(order, BinChange(order.key, line.line, other.task, row, source, units))
            bringing.note(want.order, BinChange(want.order.key, want.line.line, task, source, row, units))
            bringing.kept[want.order.key, want.line.line, task, row] += min(units, quantity - changed)
            changed += units
    return min(changed, quantity)


def _others(bringing: Bringing, want: Want, row: RowKey) -> Iterator[tuple[Order, OrderLine, Reservation]]:
    """Yield promises by lot of a row that others have, and that no unit was named for, from the back of the queue."""
    draft = bringing.draft
    for known in reversed(orders_promised(draft, [(row.sku, row.lot)])):
        if not any(part.row == row for line in known.lines for part in line.reservations):
            continue
        order = known
        if draft.orders.get(known.key) is not known:
            order = draft.orders[known.key] = copy_order(known)
        for line in reversed(order.lines):
            for part in reversed(line.reservations):
                named = part.serials and part.picked == 0
                theirs = part.row == row and told_by_lot(part.task, part.wave) and not _is_meant(want, line, part.task)
                if theirs and not named and _open(bringing, order.key, line, part):
                    yield order, line, part


def _whole_packs(draft: Draft, units: int, most: int, rows: Iterable[RowKey]) -> int:
    """Return so much, or as little more as keeps the packs of both rows whole where there is so much."""
    if draft.ledger.settings.pack_rule is PackRule.PARTIAL_PACKS:
        return units
    pack = lcm(*(row.pack_size or 1 for row in rows))
    whole = -(-units // pack) * pack
    return whole if whole <= most else units


def _find(bringing: Bringing, want: Want, goods: Goods, quantity: int) -> int:
    """Bring promises to where goods were taken although nobody knew that they lay there; returns how much."""
    spot, here = want.spot, bringing.draft.rows_in(bringing.site, want.spot.location)
    there = sorted((row for row in here if _is_of(row, goods, spot)), key=loose_first)
    row = there[0] if there else RowKey(goods[0], goods[1], bringing.site, spot.location, spot.package)
    known = len(bringing.books.found)
    brought = _bring(bringing, want, goods, row, quantity)
    for more in bringing.books.found[known:]:
        bringing.draft.give(more.row, more.quantity)
    return brought


def _is_of(row: RowKey, goods: Goods, spot: Spot) -> bool:
    return (row.sku, row.lot, row.status) == (*goods, Status.GOOD) and spot.holds(row)


def open_by_lot(parts: Iterable[Reservation]) -> list[Reservation]:
    """Return the promises that are not picked and that the floor was told of without a bin."""
    return [part for part in parts if part.quantity > part.picked and told_by_lot(part.task, part.wave)]


def no_bin(site: str, path: str) -> Refusal:
    """Refuse a line of a task that names no bin, and that does not name one either."""
    message = f"{site} reserves by lot and names its bins itself; say in which one the goods are."
    return Refusal(Code.FIELD_MISSING, f"{path}.location", message)


def rows_named(draft: Draft, books: Books, parts: Iterable[Reservation], told: PickLine) -> list[RowKey]:
    """Return the rows with goods, in the bin that a line names, of the lots of some promises by lot."""
    rows: list[RowKey] = []
    for part in {(part.row.sku, part.row.lot, part.row.site): part for part in open_by_lot(parts)}.values():
        here = draft.rows_in(part.row.site, told.location or "")
        spot, goods = Spot(told.location or "", told.package), (part.row.sku, part.row.lot)
        rows += sorted((row for row in here if _is_of(row, goods, spot) and books.on_hand(row)), key=loose_first)
    return rows


def bring_picked(bringing: Bringing, order: Order, meant: Meant, told: PickLine, path: str) -> None:
    """Bring what a line of a pick means to the bin that it names.

    ``meant`` are the order line as it is in the order, and what it is promised of the goods that are named, in whatever
    bin. Where the floor asks, it has to name the bin of a task that names none.
    """
    line, parts = meant
    by_lot = open_by_lot(parts)
    if not by_lot:
        return
    if told.location is None:
        stop_if(None if bringing.verdicts.happened else no_bin(bringing.site, path))
        return
    quantity = counted(bringing.draft, by_lot[0].row.sku, told)
    spot = Spot(told.location, told.package)
    named = sum(part.quantity - part.picked for part in parts if part not in by_lot and spot.holds(part.row))
    most = sum(_open(bringing, order.key, line, part) for part in by_lot)
    goods = list(dict.fromkeys((part.row.sku, part.row.lot) for part in by_lot))
    wanted = min(quantity - named, most)
    if wanted > 0:
        tasks = None if told.task is None else frozenset([told.task])
        bring(bringing, Want(order, line, tasks, goods, spot, wanted, f"{path}.location"))


def counted(draft: Draft, sku: str, told: PickLine) -> int:
    """Return what a line says in smallest units; 0 for what cannot be counted, which is objected to elsewhere."""
    item = draft.known_item(sku)
    factor = unit_factor(item, told.unit)
    quantity = None if factor is None else smallest(told.quantity, factor, "")
    return quantity if isinstance(quantity, int) else 0
