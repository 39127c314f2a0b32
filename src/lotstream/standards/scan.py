"""What a scanned label says, and why one cannot be taken as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lotstream.errors import InputRefused


class Form(StrEnum):
    """How a label's data was written."""

    #: As a scanner sends GS1-128, DataBar, DataMatrix or a GS1 QR code: ``0109506000134352…``.
    ELEMENT_STRING = "element_string"
    #: As it is printed below the bars: ``(01)09506000134352(10)LOT1``.
    HUMAN_READABLE = "human_readable"
    #: ``https://id.gs1.org/01/09506000134352/10/LOT1``.
    DIGITAL_LINK = "digital_link"
    #: A trade item's number (EAN, UPC, ITF-14) or an SSCC alone.
    PLAIN = "plain"


class ScanFault(StrEnum):
    """What is wrong with a scan, or not certain about it."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    BAD_DATE = "bad_date"
    DAY_ZERO = "day_zero"
    SWALLOWED = "swallowed"
    CONTRADICTION = "contradiction"
    COMPRESSED = "compressed"
    NOT_GS1 = "not_gs1"


#: What a person can do about each fault.
ADVICE: Final = {
    ScanFault.EMPTY: "Scan the label again.",
    ScanFault.UNREADABLE: "Scan the label again; if it stays so, type what is printed below it, with its brackets.",
    ScanFault.TOO_LONG: "Set the scanner to send FNC1 as GS (0x1D), or type what is printed below the bars; accept "
    "`too_long` when a value of full length is right as it stands.",
    ScanFault.WRONG_CHECK_DIGIT: "Scan the label again or type the number anew; a label that is printed so is wrong. "
    "A code of digits alone that is an element string needs its symbology identifier (]C1…), which scanners can send.",
    ScanFault.BAD_DATE: "Read the date on the box, and type the label's text with the right one.",
    ScanFault.DAY_ZERO: "Accept `day_zero` to take the last day of the month, or type the label's text with a day.",
    ScanFault.SWALLOWED: "Set the scanner to send FNC1 as GS (0x1D), or type what is printed below the bars; accept "
    "`swallowed` when the value is right as it stands.",
    ScanFault.CONTRADICTION: "Look at the goods, and type what is right as (01)…(10)…; a count alone can be accepted "
    "as `contradiction`.",
    ScanFault.COMPRESSED: "Scan another code of the label, or type what is printed beside it.",
    ScanFault.NOT_GS1: "Scan the label's GS1 code; accept `not_gs1` when this code is known to hold the same data.",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """What a label says. Two scans are equal when they say the same, in whatever form."""

    form: Form = field(compare=False)
    #: The pallet's or carton's number, 18 digits.
    sscc: str | None = None
    #: The trade item's number, always 14 digits (shorter ones get zeros in front).
    gtin: str | None = None
    #: The number of the trade items that a pallet holds, 14 digits.
    content_gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    #: The last day of use (AI 17, or 7003, whose midnight means the day before).
    expires: date | None = None
    best_before: date | None = None
    sell_by: date | None = None
    made: date | None = None
    packed: date | None = None
    due: date | None = None
    #: Pieces in a trade item that is sold by varying count (AI 30).
    count: int | None = None
    #: Trade items on a pallet (AI 37).
    content_count: int | None = None
    #: Net weight (AI 310n; 320n is converted from pounds).
    weight_kg: Decimal | None = None
    #: Country of origin, ISO 3166 numeric, three digits.
    origin: str | None = None
    #: All else: values by application identifier, and what a link's query has beside them by its key.
    other: dict[str, str] = field(default_factory=dict)
    #: What was uncertain and accepted.
    accepted: tuple[ScanFault, ...] = field(default=(), compare=False)
    #: The label's text in brackets, as it is printed below bars.
    printed: str = field(default="", compare=False)

    @property
    def item_gtin(self) -> str | None:
        """Return the number of the goods themselves: what a pallet holds, or the trade item."""
        return self.content_gtin or self.gtin

    @property
    def last_day(self) -> date | None:
        """Return the last day of use: the expiry, else best before, else sell by."""
        return self.expires or self.best_before or self.sell_by


class ScanError(InputRefused):
    """A scan cannot be taken as it is."""

    def __init__(
        self,
        fault: ScanFault,
        message: str,
        *,
        ai: str | None = None,
        value: str = "",
        reading: Scan | None = None,
        meant: Scan | None = None,
    ) -> None:
        super().__init__(message, what_to_do=ADVICE[fault])
        self.fault = fault
        #: The application identifier it is about.
        self.ai = ai
        #: What stands there.
        self.value = value
        #: What the label says if the fault is accepted; None when it cannot be.
        self.reading = reading
        #: What the label says if a separator is missing where it seems to be.
        self.meant = meant
