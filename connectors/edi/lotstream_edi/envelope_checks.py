"""Counts, control numbers and missing ends: each mismatch named with what was declared and what is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lotstream_edi.enclosure import Enclosure
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.isa import Isa
from lotstream_edi.segment import Segment

FUNCTIONAL_IDS: Final = {
    "810": "IN",
    "824": "AG",
    "846": "IB",
    "850": "PO",
    "855": "PR",
    "856": "SH",
    "860": "PC",
    "940": "OW",
    "943": "AR",
    "944": "RE",
    "945": "SW",
    "947": "AW",
    "997": "FA",
    "999": "FA",
}
"""GS01 by ST01. It is checked and not trusted: 9 of 100 public files have another one."""

INTERCHANGE_SEGMENTS: Final = frozenset({"TA1", "TA3", "ISB", "ISE"})
"""What X12 lets stand between ISA and the first GS."""

DIGITS_MAX: Final = 18
"""Digits of a count or control number that is read as a number."""


def of_set(part: Enclosure) -> tuple[Finding, ...]:
    """Return what is wrong with a set's ST and SE."""
    if part.head is None:
        return (_no_head(part),)
    findings = list(_control_number(part.head))
    if part.tail is None:
        findings.append(
            error(
                FindingCode.SE_MISSING,
                f"The set {part.head.element(2)!r} has no SE: it breaks off after segment "
                f"{part.inner[-1].number if part.inner else part.head.number}.",
                at=part.head,
                expected="SE",
            )
        )
        return tuple(findings)
    actual = len(part.inner) + 2
    findings += _count(part.tail, actual, code=FindingCode.SEGMENT_COUNT, what="segments, ST and SE included")
    findings += _same_number(part.tail, 2, part.head, 2)
    return tuple(findings)


def of_group(part: Enclosure, *, sets: int) -> tuple[Finding, ...]:
    """Return what is wrong with a group's GS and GE."""
    if part.head is None:
        first = part.inner[0] if part.inner else part.tail
        return (
            error(
                FindingCode.GS_MISSING,
                "A transaction set, or a part of one, stands outside any group: the GS before it is missing, and with "
                "it the version.",
                at=first,
                expected="GS",
            ),
        )
    if part.tail is None:
        return (
            error(
                FindingCode.GE_MISSING,
                f"The group {part.head.element(6)!r} has no GE: it was cut, or its end was left out.",
                at=part.head,
                expected="GE",
            ),
        )
    findings = list(_count(part.tail, sets, code=FindingCode.SET_COUNT, what="transaction sets"))
    findings += _same_number(part.tail, 2, part.head, 6)
    findings += _unexpected_functional_id(part)
    return tuple(findings)


def of_interchange(isa: Isa, tail: Segment | None, *, heads: Sequence[Segment], groups: int) -> tuple[Finding, ...]:
    """Return what is wrong with an interchange's IEA and with the GS heads of its groups."""
    findings = _repeated_group_numbers(heads)
    if tail is None:
        findings.append(
            error(
                FindingCode.IEA_MISSING,
                f"The interchange {isa.control_number} has no IEA: the file was cut, or is still being written. "
                "Nothing of this interchange is taken.",
                at=isa.segment,
                expected="IEA",
            )
        )
        return tuple(findings)
    findings += _count(tail, groups, code=FindingCode.GROUP_COUNT, what="groups")
    findings += _same(tail, 2, declared=isa.control_number, where="ISA13")
    return tuple(findings)


def repeated_set_number(head: Segment) -> Finding:
    """Return the warning that a set's ST02 stood in its group before."""
    return warning(
        FindingCode.CONTROL_NUMBER_REPEATED,
        f"ST02 {head.element(2)!r} was used before in this group; numbers of a group's sets have to differ.",
        at=head,
        element=2,
        value=head.element(2),
        expected="a number of its own",
    )


def same_number(one: str, other: str) -> bool:
    """Compare control numbers as numbers where both are: 3438 is 000003438."""
    numbers = as_number(one), as_number(other)
    return one == other or (None not in numbers and numbers[0] == numbers[1])


def as_number(value: str) -> int | None:
    """Return a count or control number, or None when it is none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= DIGITS_MAX else None


def _no_head(part: Enclosure) -> Finding:
    if part.tail is not None:
        return error(
            FindingCode.ST_MISSING,
            f"The SE of segment {part.tail.number} closes a set whose ST is missing.",
            at=part.inner[0] if part.inner else part.tail,
            expected="ST",
        )
    first, last = part.inner[0], part.inner[-1]
    return error(
        FindingCode.SEGMENT_OUTSIDE_SET,
        f"Segments {first.number} to {last.number} ({first.id[:3]} …) stand outside any transaction set.",
        at=first,
        expected="ST or GE",
    )


def _control_number(head: Segment) -> tuple[Finding, ...]:
    number = head.element(2)
    if re.fullmatch(r"[A-Za-z0-9]{4,9}", number):
        return ()
    return (
        warning(
            FindingCode.CONTROL_NUMBER_INVALID,
            f"ST02 holds {number!r}, 4 to 9 letters or digits were expected.",
            at=head,
            element=2,
            value=number,
            expected="4 to 9 letters or digits",
        ),
    )


def _count(tail: Segment, actual: int, *, code: FindingCode, what: str) -> tuple[Finding, ...]:
    declared = tail.element(1)
    if as_number(declared) == actual:
        return ()
    return (
        error(
            code,
            f"{tail.id}01 declares {declared!r} {what}, there are {actual}.",
            at=tail,
            element=1,
            value=declared,
            expected=str(actual),
        ),
    )


def _same_number(tail: Segment, element: int, head: Segment, head_element: int) -> tuple[Finding, ...]:
    return _same(tail, element, declared=head.element(head_element), where=f"{head.id}{head_element:02}")


def _same(tail: Segment, element: int, *, declared: str, where: str) -> tuple[Finding, ...]:
    value = tail.element(element)
    if same_number(value, declared):
        return ()
    return (
        error(
            FindingCode.CONTROL_NUMBER_MISMATCH,
            f"{tail.id}{element:02} holds {value!r}, {where} holds {declared!r}; they have to be equal.",
            at=tail,
            element=element,
            value=value,
            expected=declared,
        ),
    )


def _unexpected_functional_id(part: Enclosure) -> tuple[Finding, ...]:
    head = part.head
    first = next((segment for segment in part.inner if segment.id == "ST"), None)
    expected = FUNCTIONAL_IDS.get(first.element(1)) if first else None
    if head is None or first is None or expected is None or head.element(1) == expected:
        return ()
    return (
        warning(
            FindingCode.FUNCTIONAL_ID_UNEXPECTED,
            f"GS01 holds {head.element(1)!r}, for a {first.element(1)} {expected!r} was expected; ST01 is followed.",
            at=head,
            element=1,
            value=head.element(1),
            expected=expected,
        ),
    )


def _repeated_group_numbers(heads: Sequence[Segment]) -> list[Finding]:
    seen: set[str] = set()
    findings: list[Finding] = []
    for head in heads:
        number = head.element(6)
        if number in seen:
            findings.append(_repeated_group_number(head, number))
        seen.add(number)
    return findings


def _repeated_group_number(head: Segment, number: str) -> Finding:
    return warning(
        FindingCode.CONTROL_NUMBER_REPEATED,
        f"GS06 {number!r} was used before in this interchange; numbers of its groups have to differ.",
        at=head,
        element=6,
        value=number,
        expected="a number of its own",
    )
