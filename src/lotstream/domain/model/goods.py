"""What is known of goods beyond where they lie: how lots are numbered and made, what they cost, which papers they have.

Whatever is not said costs nothing: a lot of which nobody said more has no `LotMore`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple


class LotName(NamedTuple):
    """A lot by the name it has now."""

    sku: str
    lot: str


class Mixing(StrEnum):
    """What else may lie where goods lie."""

    ANY = "any"
    ONE_SKU = "one_sku"
    ONE_LOT = "one_lot"


class NumberKind(StrEnum):
    """Where the number of a lot comes from that comes in without one of ours."""

    SUPPLIER = "supplier"  # it keeps the supplier's
    SEQUENCE = "sequence"
    DATE = "date"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class LotNumber:
    """How the lots of an item are numbered."""

    kind: NumberKind = NumberKind.SUPPLIER
    #: Text with ``{supplier_lot}``, ``{made:%y%m%d}``, ``{received:%y%m%d}``, ``{facility}`` and ``{seq:4}``.
    template: str = ""
    #: A regular expression that a number of ours which a line names has to match as a whole.
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Rebase:
    """Until an arrival an item was counted in another unit: what one smallest unit of then is in those of today.

    `lotstream.domain.recounting` puts right what was written then.
    """

    #: Of the record that said so: records before it count in the old unit.
    arrival: int
    #: Smallest units of today for so many (``denominator``) of those of then; shortened.
    numerator: int
    denominator: int
    #: The base unit of then, and its decimals.
    unit: str = ""
    decimals: int = 0
    #: When, by business time.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CountApproval:
    """A count that differs by as much as any of these needs a second counter; None: that does not matter."""

    units: Decimal | None = None
    percent: Decimal | None = None
    #: In the owner's currency.
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LotDocument:
    """A certificate or another paper of a lot."""

    type: str
    number: str
    issued: date | None = None
    expires: date | None = None
    uri: str | None = None
    sha256: str | None = None


class AdjustCode(StrEnum):
    """Why there is more or less than the books say, in words that can be added up."""

    EXPIRED = "expired"
    SPOILED = "spoiled"
    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    SAMPLE = "sample"
    DONATED = "donated"
    DESTROYED = "destroyed"
    THEFT = "theft"
    CORRECTION = "correction"
    OTHER = "other"


class ConditionKind(StrEnum):
    """What was recorded of how goods were kept."""

    #: In degrees Celsius.
    TEMPERATURE = "temperature"
    #: In percent.
    HUMIDITY = "humidity"
    SHOCK = "shock"
    OTHER = "other"


class Stage(StrEnum):
    """When a lot is inspected."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class Inspection:
    """Somebody has looked at a lot."""

    number: str
    stage: Stage
    passed: bool
    by: str | None = None
    at: datetime | None = None
    #: Name of what was measured → the value as it was read.
    measured: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


class Lost(NamedTuple):
    """What was counted as lost when a lot expired at a site; it is taken back where the lot had not expired."""

    site: str
    #: Smallest units, by today's base unit.
    quantity: int
    #: As it was counted: base units, and the owner's currency.
    units: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class LotMore:
    """Facts of a lot that most lots do not have."""

    #: Numbers it had before, and those of lots that were merged into it.
    aliases: tuple[str, ...] = ()
    #: The kind of document it came by: ``receipt``, ``balance``, ``production`` …
    came: str | None = None
    #: It came in more than one line, so that a line alone does not say what the lot is.
    several: bool = False
    #: Lots it was made from directly, without itself; sorted, each once.
    made_from: tuple[LotName, ...] = ()
    #: What ``cost_units`` smallest units have cost together; None: nobody has said.
    cost_total: Decimal | None = None
    cost_units: int = 0
    origin: str | None = None
    facility: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    documents: tuple[LotDocument, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    #: Marks of what people were told of it, so that they are told once.
    alerted: tuple[str, ...] = ()
    #: What was counted as lost because it has expired, by site; what was written off as expired since is left out.
    lost: tuple[Lost, ...] = ()
    #: The lot that its goods are of now: it was merged, or its number was corrected.
    into: LotName | None = None
    #: Holds that were lifted from it, the last ones: lifting one of them again is a repetition.
    lifted: tuple[str, ...] = ()


PLAIN: Final = LotMore()
"""What is known of a lot of which nobody said more."""
