"""Which item a W01 asks for: the owner's SKU by qualifier, and the trade item number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lotstream_edi import gtin
from lotstream_edi.findings import Finding, FindingCode, error, warning
from lotstream_edi.segment import Segment

PAIRS: Final = ((4, 5), (6, 7), (15, 16))
"""Places of qualifier (element 235) and value (element 234) in a W01."""

CASE_CODE: Final = 3
"""W0103, the U.P.C. case code."""

GTIN_DIGITS: Final = {"UK": 14, "EN": 13, "UP": 12, "EO": 8}
"""Qualifiers whose value is a trade item number with its check digit, most wanted first, and how many digits each has.
UA, UC, UD and UI are left out: their codes have no check digit and are no GTIN."""


@dataclass(frozen=True, slots=True)
class ProductIds:
    """What a W01 says about its item."""

    #: Values by qualifier, in the order written.
    pairs: dict[str, tuple[str, int]]
    sku: str | None
    gtin: str | None
    #: Every trade item number of the line, padded.
    gtins: frozenset[str]


def product_ids(w01: Segment, *, sku_qualifiers: tuple[str, ...], findings: list[Finding]) -> ProductIds:
    """Return the item of a W01; doubts become findings, no usable id at all is an error."""
    pairs = _pairs(w01, findings)
    numbers = _numbers(w01, pairs, findings)
    sku = next((pairs[qualifier][0] for qualifier in sku_qualifiers if qualifier in pairs), None)
    if sku is None and not numbers:
        findings.append(_no_item(w01, pairs, sku_qualifiers))
    return ProductIds(pairs, sku, numbers[0] if numbers else None, frozenset(numbers))


def _pairs(w01: Segment, findings: list[Finding]) -> dict[str, tuple[str, int]]:
    pairs: dict[str, tuple[str, int]] = {}
    for place, value_place in PAIRS:
        qualifier, value = w01.element(place), w01.element(value_place)
        if bool(qualifier) != bool(value):
            findings.append(_incomplete(w01, place if not qualifier else value_place, qualifier or value))
        elif qualifier and pairs.setdefault(qualifier, (value, value_place))[0] != value:
            findings.append(_twice(w01, place, qualifier))
    return pairs


def _numbers(w01: Segment, pairs: dict[str, tuple[str, int]], findings: list[Finding]) -> list[str]:
    """Return the trade item numbers of a line as 14 digits, most wanted first."""
    wanted = [(*pairs[qualifier], digits) for qualifier, digits in GTIN_DIGITS.items() if qualifier in pairs]
    if len(w01.element(CASE_CODE)) >= 8:
        wanted.append((w01.element(CASE_CODE), CASE_CODE, 12))
    numbers: list[str] = []
    for value, place, digits in wanted:
        if not gtin.is_number(value):
            findings.append(_no_gtin(w01, place, value, digits))
            continue
        if not gtin.has_right_check_digit(value):
            findings.append(_check_digit(w01, place, value))
        numbers.append(gtin.padded(value))
    return numbers


def _no_item(w01: Segment, pairs: dict[str, tuple[str, int]], sku_qualifiers: tuple[str, ...]) -> Finding:
    known = ", ".join((*sku_qualifiers, *GTIN_DIGITS))
    there = f"its qualifiers are {', '.join(pairs)}" if pairs else "it has no product id"
    return error(
        FindingCode.ITEM_MISSING,
        f"The W01 of segment {w01.number} names no item that is understood: {there}; expected is a U.P.C. case code in "
        f"W0103 or one of {known}.",
        at=w01,
        element=4,
        value=", ".join(pairs),
        expected=f"one of {known}",
    )


def _incomplete(w01: Segment, place: int, other: str) -> Finding:
    return error(
        FindingCode.PAIR_INCOMPLETE,
        f"W01{place:02} is empty although the other half of its pair holds {other[:40]!r}: is an element missing or "
        "added?",
        at=w01,
        element=place,
        value=other,
        expected="qualifier and value, or neither",
    )


def _twice(w01: Segment, place: int, qualifier: str) -> Finding:
    return error(
        FindingCode.PAIR_INCOMPLETE,
        f"W01{place:02} holds the qualifier {qualifier!r} a second time, with another value.",
        at=w01,
        element=place,
        value=qualifier,
        expected="each qualifier once",
    )


def _no_gtin(w01: Segment, place: int, value: str, digits: int) -> Finding:
    return warning(
        FindingCode.ELEMENT_INVALID,
        f"W01{place:02} holds {value[:40]!r}, which is no trade item number of {digits} digits; it was not used.",
        at=w01,
        element=place,
        value=value,
        expected=f"{digits} digits",
    )


def _check_digit(w01: Segment, place: int, value: str) -> Finding:
    right = gtin.check_digit(value[:-1])
    return warning(
        FindingCode.GTIN_CHECK_DIGIT,
        f"W01{place:02} holds {value}, whose check digit would be {right}; it was passed on as written.",
        at=w01,
        element=place,
        value=value,
        expected=f"{value[:-1]}{right}",
    )
