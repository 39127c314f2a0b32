"""The lot a line asks for: three places it may stand in, and what must not be taken for one.

Seen in public files: W0113, a pair LT in W01, N9*LT under W01; and in the lot's place a qualifier, a trade item number
or a date, when an element was left out or added before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lotstream_edi import dates, gtin
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment

LOT: Final = "LT"
_QUALIFIERS = """
BP CB CH EN EO IB IN IT IZ LT MF MG MN N4 ND ON PD PI PK PL PN PR PU SH SK SN SR SZ TP UA UC UD UE UI UK UN UP
UX VA VC VE VN VO VP VS VU ZZ
"""
QUALIFIERS: Final = frozenset(_QUALIFIERS.split())
"""Product id qualifiers (element 235) in everyday use; none of them is a lot number."""


@dataclass(frozen=True, slots=True)
class LotPlace:
    """A lot as it was written, and where."""

    value: str
    segment: Segment
    element: int

    @property
    def name(self) -> str:
        """Return the place in the words of X12, e.g. ``W0113``."""
        return f"{self.segment.id}{self.element:02}"


def lot_of(places: list[LotPlace], *, gtins: frozenset[str], may_be_date: bool, findings: list[Finding]) -> str | None:
    """Return the lot that all places agree on, or None; doubts become findings."""
    for place in places:
        findings += _doubts(place, gtins=gtins, may_be_date=may_be_date)
    values = {place.value for place in places}
    if len(values) > 1:
        said = " and ".join(f"{place.name} {place.value!r}" for place in places)
        findings.append(
            error(
                FindingCode.LOT_CONFLICT,
                f"The line names more than one lot: {said}.",
                at=places[-1].segment,
                element=places[-1].element,
                value=places[-1].value,
                expected=places[0].value,
            )
        )
    return places[0].value if places else None


def _doubts(place: LotPlace, *, gtins: frozenset[str], may_be_date: bool) -> list[Finding]:
    value = place.value
    if value.upper() in QUALIFIERS:
        return [_implausible(place, f"{value!r} is a product id qualifier and no lot: is an element missing or added?")]
    if gtin.is_number(value) and (gtin.padded(value) in gtins or len(value) == 14):
        return [_implausible(place, f"{value!r} is a trade item number and no lot: is an element missing or added?")]
    if dates.read_any_day(value) is None:
        return []
    if may_be_date:
        message = f"{place.name}: {value!r} is a date; it was taken as a lot number, as the partner's profile says."
        return [warning(FindingCode.LOT_IMPLAUSIBLE, message, at=place.segment, element=place.element, value=value)]
    return [_implausible(place, f"{value!r} is a date; if this partner's lots are dates, set lot_may_be_date for it.")]


def _implausible(place: LotPlace, why: str) -> Finding:
    return error(
        FindingCode.LOT_IMPLAUSIBLE,
        f"{place.name}: {why}",
        at=place.segment,
        element=place.element,
        value=place.value,
        expected="a lot number",
    )
