"""Lengths, types and codes of the elements of a 940, by table; what a map would check, in a few microseconds.

The tables hold versions 004010 and 005010, which differ in what is listed in `LONGER_IN_5010` alone. Most violations
are warnings: what arrived is passed on whole. Those at places where a shifted element would become a wrong quantity,
item or lot are errors. W0101 and G62 are not listed: they are checked where quantities and dates are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment


@dataclass(frozen=True, slots=True)
class Element:
    """What X12 says of one element of a segment."""

    is_mandatory: bool
    #: ID, AN, R (decimal), N (whole number), DT or TM.
    type: str
    chars_min: int
    chars_max: int


def _row(text: str) -> tuple[Element | None, ...]:
    """Read ``M:ID:1/1 - O:AN:1/22``, one word an element, ``-`` for one that is checked elsewhere."""
    return tuple(None if word == "-" else _element(word) for word in text.split())


def _element(word: str) -> Element:
    need, kind, length = word.split(":")
    least, most = length.split("/")
    return Element(need == "M", kind, int(least), int(most))


TABLE_4010: Final = {
    segment_id: _row(text)
    for segment_id, text in {
        "W05": "M:ID:1/1 M:AN:1/22 O:AN:1/22 O:N:6/6 O:AN:1/22 O:ID:2/2 O:ID:1/2 O:ID:2/2",
        "N1": "M:ID:2/3 O:AN:1/60 O:ID:1/2 O:AN:2/80 O:ID:2/2 O:ID:2/3",
        "N2": "M:AN:1/60 O:AN:1/60",
        "N3": "M:AN:1/55 O:AN:1/55",
        "N4": "O:AN:2/30 O:ID:2/2 O:ID:3/15 O:ID:2/3 O:ID:1/2 O:AN:1/30 O:ID:1/3",
        "PER": "M:ID:2/2 O:AN:1/60 O:ID:2/2 O:AN:1/80 O:ID:2/2 O:AN:1/80 O:ID:2/2 O:AN:1/80 O:AN:1/20",
        "N9": "M:ID:2/3 O:AN:1/30 O:AN:1/45 O:DT:8/8 O:TM:4/8 O:ID:2/2 O:AN:1/200",
        "NTE": "O:ID:3/3 M:AN:1/80",
        "W66": "M:ID:2/2 M:ID:1/2 O:ID:1/1 O:ID:2/2 O:AN:1/35 O:ID:2/2 O:AN:1/30 O:ID:1/1 O:N:1/15 O:ID:2/4",
        "LX": "M:N:1/6",
        "W01": "- M:ID:2/2 O:AN:12/12 O:ID:2/2 O:AN:1/48 O:ID:2/2 O:AN:1/48 O:AN:2/5 O:ID:1/3 O:ID:1/1 "
        "O:AN:1/30 O:N:6/6 O:AN:1/12 O:ID:2/2 O:ID:2/2 O:AN:1/48",
        "W76": "M:R:1/15 O:R:1/10 O:ID:2/2 O:R:1/8 O:ID:2/2 O:R:1/10",
    }.items()
}
"""Elements by segment id; segments that are not read into the order are not listed."""

LONGER_IN_5010: Final = {("N9", 2): 50, ("PER", 4): 256, ("PER", 6): 256, ("PER", 8): 256}
"""Most characters of an element where 005010 allows more than 004010."""

NAMES: Final = {
    ("W05", 1): "an order status code",
    ("W05", 2): "a depositor order number",
    ("W01", 1): "a quantity",
    ("W01", 2): "a unit",
    ("W01", 3): "a UPC case code",
    ("W01", 4): "a product id qualifier",
    ("W01", 6): "a product id qualifier",
    ("W01", 14): "a product condition",
    ("W01", 15): "a product id qualifier",
    ("W01", 13): "a warehouse lot number",
    ("LX", 1): "a line number",
}
"""What belongs in an element, for sentences."""

REFUSES: Final = frozenset({("W05", 1), ("W05", 2), *(("W01", number) for number in (2, 3, 4, 6, 15))})
"""Elements whose violation refuses the order: behind a wrong one of these stands a shifted or missing element."""

KEPT_WHOLE: Final = frozenset({("W05", 2)})
"""Of those, elements that are only too long: they are kept whole, with a warning."""

_TYPES: Final = {
    "N": re.compile(r"-?[0-9]+"),
    "R": re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)"),
    "DT": re.compile(r"[0-9]{6}([0-9][0-9])?"),
    "TM": re.compile(r"[0-9]{4,8}"),
    "ID": re.compile(r"[A-Z0-9]+"),
}
_TYPE_NAMES: Final = {
    "N": "a whole number",
    "R": "a decimal number",
    "DT": "a date, CCYYMMDD",
    "TM": "a time",
    "ID": "capital letters and digits",
}


def check(segment: Segment, *, is_5010: bool) -> list[Finding]:
    """Return what is wrong with the elements of one segment, by the table alone."""
    row = TABLE_4010.get(segment.id)
    if row is None:
        return []
    values = [value.strip() for value in segment.elements[1:]]
    findings = [] if len(values) <= len(row) else [_too_many(segment, len(row), values)]
    for number, element in enumerate(row, start=1):
        value = values[number - 1] if number <= len(values) else ""
        finding = _check_element(segment, number, element, value=value, is_5010=is_5010) if element else None
        if finding is not None:
            findings.append(finding)
    return findings


def _check_element(segment: Segment, number: int, element: Element, *, value: str, is_5010: bool) -> Finding | None:
    if not value:
        return _missing(segment, number) if element.is_mandatory else None
    pattern = _TYPES.get(element.type)
    invalid = pattern is not None and not pattern.fullmatch(value)
    if invalid and element.type != "ID":
        return _invalid(segment, number, value, expected=_TYPE_NAMES[element.type])
    longest = LONGER_IN_5010.get((segment.id, number), element.chars_max) if is_5010 else element.chars_max
    if not element.chars_min <= len(_digits(value, element.type)) <= longest:
        return _length(segment, number, value, limits=(element.chars_min, longest))
    # A code of the wrong length is told by its length, which hints at a shifted element.
    return _invalid(segment, number, value, expected=_TYPE_NAMES[element.type]) if invalid else None


def _digits(value: str, type: str) -> str:
    """Return what counts for the length of a number: X12 counts neither its sign nor its decimal point."""
    return value.replace("-", "").replace(".", "") if type in {"N", "R"} else value


def _place(segment: Segment, number: int) -> str:
    return f"{segment.id}{number:02}"


def _missing(segment: Segment, number: int) -> Finding:
    what = NAMES.get((segment.id, number), "a value")
    return _graded(
        segment,
        number,
        FindingCode.ELEMENT_MISSING,
        message=f"{_place(segment, number)} is empty, {what} belongs there.",
        value="",
        expected=what,
    )


def _length(segment: Segment, number: int, value: str, *, limits: tuple[int, int]) -> Finding:
    least, most = limits
    expected = f"{least} characters" if least == most else f"{least} to {most} characters"
    what = NAMES.get((segment.id, number), "an element of this place")
    shifted = (segment.id, number) in REFUSES and not (len(value) > most and (segment.id, number) in KEPT_WHOLE)
    size = "1 character" if len(value) == 1 else f"{len(value)} characters"
    has = f"has {least}" if least == most else f"has {least} to {most}"
    hint = ": is an element missing?" if len(value) < least else ": is there an element too many?" if shifted else "."
    message = f"{_place(segment, number)} holds {size}, {what} {has}{hint}"
    code = FindingCode.ELEMENT_SHIFTED if shifted else FindingCode.ELEMENT_LENGTH
    make = error if shifted else warning
    return make(code, message, at=segment, element=number, value=value, expected=expected)


def _invalid(segment: Segment, number: int, value: str, *, expected: str) -> Finding:
    return _graded(
        segment,
        number,
        FindingCode.ELEMENT_INVALID,
        message=f"{_place(segment, number)} holds {value[:40]!r}, expected is {expected}.",
        value=value,
        expected=expected,
    )


def _graded(segment: Segment, number: int, code: FindingCode, *, message: str, value: str, expected: str) -> Finding:
    make = error if (segment.id, number) in REFUSES else warning
    return make(code, message, at=segment, element=number, value=value, expected=expected)


def _too_many(segment: Segment, most: int, values: list[str]) -> Finding:
    """Return the finding on a segment with more elements than it has places."""
    make = error if segment.id == "W01" and any(values[most:]) else warning
    return make(
        FindingCode.ELEMENT_UNEXPECTED,
        f"{segment.id} has {len(values)} elements, the segment has {most}: is there an element too many?",
        at=segment,
        element=len(values),
        value=values[-1],
        expected=f"at most {most} elements",
    )
