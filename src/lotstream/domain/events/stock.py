"""Stock turned out otherwise, was moved, or came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from lotstream.domain.model import (
    AdjustCode,
    Booked,
    InWave,
    Lot,
    OrderKey,
    ReturnExpected,
    RowKey,
    Serial,
)


@dataclass(frozen=True, slots=True)
class RowChange:
    """Smallest units added to a row, or taken from it."""

    line: str
    row: RowKey
    quantity: int
    reason: str | None = None
    #: The facts of a lot that nobody knew of.
    lot: Lot | None = None
    #: Receipt date of goods without a lot that were found.
    received: date | None = None
    code: AdjustCode | None = None
    #: What they weigh, in grams, of items that are weighed: above zero whether they are added or taken.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class RowWeight:
    """What all goods of a row weigh, in grams."""

    row: RowKey
    weight_g: int


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """More or less is there than the books said."""

    site: str
    number: str
    by: str | None
    at: datetime
    #: What each line said, so that it is booked once.
    booked: dict[str, Booked]
    changes: tuple[RowChange, ...]
    #: Units by their numbers that are gone, or turned up; as they are afterwards.
    units: tuple[Serial, ...] = ()


@dataclass(frozen=True, slots=True)
class StockCounted:
    """Bins were counted; what each line says is how much was found, in smallest units.

    Without lines it puts a count right that was booked before: what it found is put down to what was told since.
    """

    site: str
    number: str
    by: str | None
    at: datetime
    booked: dict[str, Booked]
    #: Where something else was found than the books said.
    changes: tuple[RowChange, ...]
    #: What rows weigh by now, where all of them was weighed.
    weighed: tuple[RowWeight, ...] = ()
    #: What lines say they weigh, in grams, by which a repeat is known.
    told_g: dict[str, int] = field(default_factory=dict)
    #: When it was counted, where it was told later; None: at ``at``.
    as_of: datetime | None = None
    #: Lines that counted goods in whatever condition.
    whole: tuple[str, ...] = ()
    #: Lines whose goods another line of the count has counted again, under the same label: that one is right.
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Smallest units promised to an order line, and not picked, that went along with their goods."""

    key: OrderKey
    line: str
    task: str
    quantity: int
    #: Its task from now on, where some that is not picked stays behind; a task is for one bin.
    to_task: str | None = None
    #: The same of a wave's task.
    to_wave: InWave | None = None


@dataclass(frozen=True, slots=True)
class BinChange:
    """Smallest units promised by lot, and not picked, that are expected in another row of the lot from now on."""

    key: OrderKey
    line: str
    task: str
    row: RowKey
    to: RowKey
    quantity: int


@dataclass(frozen=True, slots=True)
class BinsChanged:
    """The ledger's own notes of where promises by lot will be picked were put right; the floor was told of no bin."""

    changes: tuple[BinChange, ...]


@dataclass(frozen=True, slots=True)
class Relocated:
    """Smallest units that are in another row now."""

    line: str
    row: RowKey
    to: RowKey
    quantity: int
    carried: tuple[Carried, ...] = ()
    reason: str | None = None
    #: Receipt date of goods without a lot, which goes along.
    received: date | None = None
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class StockMoved:
    """Goods went from one bin to another."""

    site: str
    number: str
    by: str | None
    at: datetime
    booked: dict[str, Booked]
    moves: tuple[Relocated, ...]


@dataclass(frozen=True, slots=True)
class GoodsPutAway(StockMoved):
    """Goods that came in are in their bins."""

    task: str | None = None


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Goods are in another condition now."""

    site: str
    number: str
    by: str | None
    at: datetime
    booked: dict[str, Booked]
    moves: tuple[Relocated, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """Smallest units that came back of one order line and lot."""

    line: str
    #: None where it is not known which order line they left for.
    order_line: str | None
    row: RowKey
    quantity: int
    received: date
    reason: str | None = None
    #: Code and sentence of why the goods went to quarantine, None when they did not.
    discrepancy: str | None = None
    message: str | None = None
    serials: tuple[str, ...] = ()
    #: Its lot, where nobody knew of that.
    lot: Lot | None = None
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0
    #: People are told of its discrepancy by what is doubted (`CounterfeitSuspected`), and of the line not once more.
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class GoodsReturned:
    """A customer sent goods back, of one order or of none that is known."""

    site: str
    number: str
    key: OrderKey | None
    by: str | None
    at: datetime
    booked: dict[str, Booked]
    lines: tuple[Returned, ...]
    #: What was announced, as it is afterwards.
    announced: ReturnExpected | None = None
    #: What came is kept with the numbers of its units, for whoever looks at it.
    numbered: bool = False
