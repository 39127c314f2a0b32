"""The ISA segment: delimiters by position, by counting when the positions do not hold.

X12.5 fixes the ISA at 106 characters, so that the element separator is character 4, the component separator character
105 and the terminator character 106. Of 100 public files 7 do not keep to that; they are read by counting 16 elements,
with a warning for each element of the wrong width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment

WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""Widths of ISA01 to ISA16."""
FIXED_CHARS: Final = 106
"""Characters of an ISA with its terminator."""
SEPARATOR_PLACES: Final = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
"""Where the element separator stands in a fixed ISA, from 0."""
ISA_CHARS_MAX: Final = 512
"""Characters within which an ISA of the wrong size must have its 16 elements."""
LINE_BREAKS_MAX: Final = 20
"""Carriage returns and line feeds that may stand inside an ISA."""
ELEMENT_CHARS_MAX: Final = 80
"""Longest element of an ISA of the wrong size."""
LINES_LOOKED_AT: Final = 3
"""Lines behind an ISA whose ends tell whether ISA16 is really the terminator."""
SECRET_ELEMENTS: Final = (2, 4)
"""Elements whose contents are repeated nowhere: authorization and security information."""
REPETITION_SINCE: Final = "00402"
"""ISA12 from which ISA11 is the repetition separator; before, it is the standards identifier."""

_LINE_BREAKS = "\r\n"
_START = re.compile(r"ISA[^A-Za-z0-9\s]")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that part an interchange; read anew at each ISA."""

    element: str
    terminator: str
    component: str | None = None
    repetition: str | None = None


@dataclass(frozen=True, slots=True)
class Isa:
    """What an ISA says; the contents of ISA02 and ISA04 are not kept."""

    segment: Segment
    delimiters: Delimiters
    #: ISA01 to ISA16 without blanks around them; ISA02 and ISA04 are left empty.
    values: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def value(self, element: int) -> str:
        """Return ISA01 to ISA16 by number."""
        return self.values[element - 1]

    @property
    def sender(self) -> str:
        """Return qualifier and id of the sender, e.g. ``ZZ-ACME``."""
        return f"{self.value(5)}-{self.value(6)}"

    @property
    def receiver(self) -> str:
        """Return qualifier and id of the receiver."""
        return f"{self.value(7)}-{self.value(8)}"

    @property
    def control_number(self) -> str:
        """Return ISA13 as written."""
        return self.value(13)

    @property
    def is_test(self) -> bool:
        """Tell whether ISA15 says test."""
        return self.value(15) == "T"


@dataclass(frozen=True, slots=True)
class _Found:
    """An ISA as far as its extent is known: elements as written, and where it ends."""

    elements: tuple[str, ...]
    component: str | None
    terminator: str
    end: int
    findings: tuple[Finding, ...] = ()


def looks_like_isa(text: str, start: int) -> bool:
    """Tell whether an ISA may begin here: the letters, then something that can be a separator."""
    return _START.match(text, start) is not None


def read_isa(text: str, start: int) -> Isa | Finding:
    """Read the ISA that begins at ``start``, or return the finding that says why it cannot be read."""
    found = _fixed(text, start) or _wrapped(text, start) or _counted(text, start)
    if isinstance(found, Finding):
        return found
    found = _without_isa16(text, found)
    refused = _refused_delimiters(text, start, found)
    if refused is not None:
        return refused
    values = tuple(
        "" if number in SECRET_ELEMENTS else value.strip() for number, value in enumerate(found.elements, start=1)
    )
    segment = Segment(1, "ISA", text[start : start + 4], start, found.end, text[start + 3])
    delimiters = Delimiters(text[start + 3], found.terminator, found.component, _repetition(values))
    findings = tuple(_placed(finding, segment) for finding in found.findings) + _checked(segment, values)
    return Isa(segment, delimiters, values, findings)


def _placed(finding: Finding, segment: Segment) -> Finding:
    return replace(finding, segment=segment.number, segment_id=segment.id, start=segment.start, end=segment.end)


def _fixed(text: str, start: int) -> _Found | None:
    """Return an ISA whose separators all stand at their places."""
    chars = text[start : start + FIXED_CHARS]
    if len(chars) < FIXED_CHARS or not _at_places(chars) or any(mark in chars[:-2] for mark in _LINE_BREAKS):
        return None
    return _Found(_at_widths(chars), chars[-2], chars[-1], start + FIXED_CHARS)


def _wrapped(text: str, start: int) -> _Found | None:
    """Return a fixed ISA that was broken over lines, as mail and 80-column programs do."""
    written = text[start : start + FIXED_CHARS + LINE_BREAKS_MAX]
    chars = written.replace("\r", "").replace("\n", "")[: FIXED_CHARS - 1]
    if len(chars) < FIXED_CHARS - 1 or not _at_places(chars):
        return None
    # Where the last of these characters stands among the line breaks.
    places = [place for place, char in enumerate(written, start) if char not in _LINE_BREAKS]
    end = places[FIXED_CHARS - 2] + 2
    if end > len(text) or end == start + FIXED_CHARS:
        return None
    folded = warning(FindingCode.LINE_WRAPPED, "The ISA is broken over lines; the line breaks were taken out.")
    return _Found(_at_widths(chars), chars[-1], text[end - 1], end, (folded,))


def _counted(text: str, start: int) -> _Found | Finding:
    """Return an ISA of the wrong size by counting its 16 elements."""
    separator = text[start + 3]
    parts = text[start : start + ISA_CHARS_MAX].split(separator, 16)
    if len(parts) < 17 or not parts[16]:
        return _cut_or_malformed(text, start, elements=len(parts) - 1)
    elements = (*parts[1:16], parts[16][0])
    if any(mark in element for mark in _LINE_BREAKS for element in elements[:15]) or len(elements[14].strip()) > 1:
        return _malformed(start, "it has fewer than 16 elements before the next segment begins")
    if any(len(element) > ELEMENT_CHARS_MAX for element in elements):
        return _malformed(start, f"one of its elements has more than {ELEMENT_CHARS_MAX} characters")
    component_place = start + sum(len(part) + 1 for part in parts[:16])
    end = component_place + 2
    if end > len(text):
        return _cut_or_malformed(text, start, elements=16)
    return _Found(elements, elements[15], text[end - 1], end, _widths(elements))


def _at_places(chars: str) -> bool:
    return all(chars[place] == chars[3] for place in SEPARATOR_PLACES)


def _at_widths(chars: str) -> tuple[str, ...]:
    return tuple(chars[place + 1 : place + 1 + width] for place, width in zip(SEPARATOR_PLACES, WIDTHS, strict=True))


def _without_isa16(text: str, found: _Found) -> _Found:
    """Return an ISA whose ISA16 was left out with the terminator that was taken for it.

    Then the terminator stands where ISA16 belongs, and what stands in the terminator's place is a line break or the
    first letter of the next segment (both seen in public files).
    """
    component = found.component or ""
    if component and component in _LINE_BREAKS:
        return _moved(found, terminator=component, end=found.end - 1)
    if found.terminator.isalnum() and component and not component.isalnum():
        return _moved(found, terminator=component, end=found.end - 1)
    if found.terminator in _LINE_BREAKS and _ends_each_line(text, found.end, component):
        return _moved(found, terminator=component, end=found.end)
    return found


def _moved(found: _Found, *, terminator: str, end: int) -> _Found:
    missing = warning(
        FindingCode.ISA16_MISSING,
        "ISA16 is missing: its place holds the segment terminator; the interchange is read without a component "
        "separator.",
        value=terminator,
        expected="the component separator, e.g. >",
    )
    return _Found((*found.elements[:15], ""), None, terminator, end, (*found.findings, missing))


def _ends_each_line(text: str, start: int, mark: str) -> bool:
    lines = [line.strip() for line in text[start : start + ISA_CHARS_MAX].splitlines()[:LINES_LOOKED_AT]]
    whole = [line for line in lines if line]
    return bool(mark) and bool(whole) and all(line.endswith(mark) for line in whole)


def _refused_delimiters(text: str, start: int, found: _Found) -> Finding | None:
    separator = text[start + 3]
    if found.terminator.isalnum() or found.terminator in {" ", "\t", separator}:
        return _malformed(start, f"{found.terminator!r} stands where the segment terminator belongs")
    return None


def _repetition(values: tuple[str, ...]) -> str | None:
    """Return ISA11 where it parts repetitions: from version 00402, and never a letter or digit."""
    mark, version = values[10], values[11]
    return mark if version >= REPETITION_SINCE and mark and not mark.isalnum() else None


def _cut_or_malformed(text: str, start: int, *, elements: int) -> Finding:
    rest = len(text) - start
    if rest >= ISA_CHARS_MAX:
        return _malformed(start, f"its 16 elements do not fit into {ISA_CHARS_MAX} characters")
    return error(
        FindingCode.ISA_CUT,
        f"The file ends {rest} characters into an ISA, after element {elements} of 16: it was cut, or is still being "
        "written.",
        expected=f"{FIXED_CHARS} characters",
    )


def _malformed(start: int, why: str) -> Finding:
    return error(
        FindingCode.ISA_MALFORMED,
        f"The ISA at character {start} cannot be read: {why}. An ISA has 16 elements, {FIXED_CHARS} characters with "
        "its terminator.",
        expected="16 elements",
    )


def _widths(elements: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(
        warning(
            FindingCode.ISA_ELEMENT_WIDTH,
            f"ISA{number:02} has {len(value)} characters, {width} were expected.",
            element=number,
            value=None if number in SECRET_ELEMENTS else value,
            expected=f"{width} characters",
        )
        for number, (value, width) in enumerate(zip(elements, WIDTHS, strict=True), start=1)
        if len(value) != width
    )


def _checked(segment: Segment, values: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return what is wrong in the contents of an ISA that could be read."""
    checks = (
        (9, r"[0-9]{6}", "a date, YYMMDD"),
        (10, r"([01][0-9]|2[0-3])[0-5][0-9]", "a time, HHMM"),
        (12, r"[0-9]{5}", "a version, e.g. 00401"),
        (14, r"[01]", "0 or 1"),
    )
    findings = [
        warning(
            FindingCode.ISA_ELEMENT_INVALID,
            f"ISA{number:02} holds {values[number - 1]!r}, expected is {expected}.",
            at=segment,
            element=number,
            value=values[number - 1],
            expected=expected,
        )
        for number, pattern, expected in checks
        if not re.fullmatch(pattern, values[number - 1])
    ]
    if not values[5]:
        findings.append(_invalid(segment, 6, values[5], code=FindingCode.ISA_ELEMENT_INVALID, expected="a sender id"))
    if not re.fullmatch(r"[0-9]{1,9}", values[12]):
        expected = "a control number of up to 9 digits"
        findings.append(_invalid(segment, 13, values[12], code=FindingCode.CONTROL_NUMBER_INVALID, expected=expected))
    if values[14] not in {"P", "T"}:
        expected = "P (production) or T (test)"
        findings.append(_invalid(segment, 15, values[14], code=FindingCode.USAGE_UNKNOWN, expected=expected))
    return tuple(findings)


def _invalid(segment: Segment, element: int, value: str, *, code: FindingCode, expected: str) -> Finding:
    return error(
        code,
        f"ISA{element:02} holds {value!r}, expected is {expected}.",
        at=segment,
        element=element,
        value=value,
        expected=expected,
    )
