"""What came on a receipt beside what was announced, lot by lot.

A line of an announcement that names a lot is of that lot, or of the supplier's lot; one that names none takes any lot
of its SKU. What is more than awaited counts as over on the last line it belongs to. What of a SKU nobody announced, or
of another lot than the announced one, is unannounced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lotstream.domain.events import ReceiptLineTold
from lotstream.domain.model import Booked, Expected, ExpectedLine, RowKey, Status


class Supplied(NamedTuple):
    """The number that a lot has from its supplier."""

    number: str | None = None
    #: Somebody else announced goods.
    foreign: bool = False


@dataclass(slots=True)
class Came:
    """What came of one lot, by its condition, as far as it is not told yet."""

    sku: str
    lot: str | None
    supplied: Supplied
    good: int = 0
    damaged: int = 0
    quarantined: int = 0
    #: What it weighs, in grams, of items that are weighed.
    weight_g: int = 0
    #: Where in the list of lines the last of it is told.
    told_at: int | None = None

    @property
    def units(self) -> int:
        """Return how much is not told yet."""
        return self.good + self.damaged + self.quarantined

    def take(self, line: str | None, quantity: int, *, expected: int) -> ReceiptLineTold:
        """Tell so much of it, good goods first."""
        grams = self.weight_g * quantity // self.units if quantity else 0
        self.weight_g -= grams
        good = min(self.good, quantity)
        quarantined = min(self.quarantined, quantity - good)
        damaged = quantity - good - quarantined
        self.good, self.damaged, self.quarantined = (
            self.good - good, self.damaged - damaged, self.quarantined - quarantined,
        )  # fmt: skip
        return ReceiptLineTold(line, self.sku, self.lot, expected, quantity, damaged, quarantined, weight_g=grams)


@dataclass(slots=True)
class Comparison:
    """Lines of an announcement, and what came against them."""

    left: dict[str, int]
    told: list[ReceiptLineTold] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def match(self, line: ExpectedLine, came: Came) -> None:
        """Count what came against a line, as far as both go."""
        units = min(self.left[line.line], came.units)
        if units:
            came.told_at = len(self.told)
            self.told.append(came.take(line.line, units, expected=units))
            self.left[line.line] -= units
            self.counted[line.line] = self.counted.get(line.line, 0) + units

    def lack(self, line: ExpectedLine) -> None:
        """Tell what did not come of a line, beside what came last of it."""
        units = self.left[line.line]
        mine = [at for at, one in enumerate(self.told) if one.line == line.line]
        if units and mine:
            self.told[mine[-1]] = replace(self.told[mine[-1]], expected=self.told[mine[-1]].expected + units)
        elif units:
            self.told.append(short_of(line, units))

    def rest(self, came: Came, lines: tuple[ExpectedLine, ...]) -> None:
        """Tell what is more than awaited: over on the last line it belongs to, or unannounced."""
        if not came.units:
            return
        if came.told_at is not None:
            one = self.told[came.told_at]
            more = came.take(one.line, came.units, expected=0)
            self.told[came.told_at] = replace(
                one, received=one.received + more.received, damaged=one.damaged + more.damaged,
                quarantined=one.quarantined + more.quarantined, weight_g=one.weight_g + more.weight_g,
            )  # fmt: skip
            return
        mine = [line for line in lines if line.sku == came.sku and (_is_of(line, came) or _is_any(line))]
        self.told.append(came.take(mine[-1].line if mine else None, came.units, expected=0))


def compare(wanted: Sequence[ExpectedLine], left: Mapping[str, int], came: Sequence[Came]) -> Comparison:
    """Compare what came with what is still awaited of each announced line; what came is used up by it."""
    comparison = Comparison(dict(left))
    for line in wanted:
        for one in came:
            if _is_of(line, one):
                comparison.match(line, one)
    for line in wanted:
        for one in came:
            if one.sku == line.sku and _is_any(line):
                comparison.match(line, one)
    for one in came:
        comparison.rest(one, tuple(wanted))
    for line in wanted:
        comparison.lack(line)
    return comparison


def came_of(
    booked: Mapping[str, Booked], calls: Callable[[RowKey], Supplied], weights: Mapping[str, int]
) -> list[Came]:
    """Return what lines that were booked brought, by lot and condition; ``weights`` are those of the lines."""
    came: dict[tuple[str, str | None], Came] = {}
    for line, (row, quantity) in booked.items():
        one = came.setdefault((row.sku, row.lot), Came(row.sku, row.lot, calls(row)))
        one.weight_g += weights.get(line, 0)
        if row.status == Status.DAMAGED:
            one.damaged += quantity
        elif row.status == Status.QUARANTINE:
            one.quarantined += quantity
        else:
            one.good += quantity
    return list(came.values())


def supplied(announced: Expected | None, supplier: str | None, number: str | None) -> Supplied:
    """Return what a lot is called by its supplier, and whether that is another one than announced it."""
    known = announced is None or announced.supplier is None or supplier in (None, announced.supplier)
    return Supplied(number, foreign=not known)


def _is_of(line: ExpectedLine, came: Came) -> bool:
    """Tell whether goods are of the very lot that a line announces."""
    if line.sku != came.sku:
        return False
    if line.lot is not None and line.lot == came.lot:
        return True
    if came.supplied.foreign:
        # Two suppliers may use one number.
        return False
    return line.supplier_lot is not None and line.supplier_lot in (came.supplied.number, came.lot)


def _is_any(line: ExpectedLine) -> bool:
    return line.lot is None and line.supplier_lot is None


def short_of(line: ExpectedLine, units: int) -> ReceiptLineTold:
    """Return what is told of a line of which so much did not come."""
    return ReceiptLineTold(
        line.line, line.sku, line.lot, units, 0, supplier_lot=line.supplier_lot, made=line.made, expires=line.expires
    )
