"""Values that have swallowed what comes after them, because no separator ends them.

A scanner that does not send FNC1, or a printer that did not write it, makes ``10ABC123`` and ``17271231`` one lot,
``ABC12317271231``. It is found where the end of a value is itself a sequence of elements that can hardly be chance: a
date, a weight, a number with a right check digit, a count filled up with zeros. A serial number or a plain count that
was swallowed looks like any other end and cannot be found.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Final

from lotstream.standards.dates import read_date
from lotstream.standards.elements import GS, Element, plain_key
from lotstream.standards.scan import ScanError

#: Values of varying length with letters in which an end may hide.
_TEXTS: Final = frozenset({"10", "21", "22", "240", "241", "250", "251", "400"})
_COUNTS: Final = frozenset({"30", "37"})
#: Dates further back are no reason to doubt a lot.
_YEARS_BACK_MAX: Final = 10

_PIECE: Final = re.compile(
    r"(?P<date>1[123567])(?P<day>\d{6})"
    r"|(?P<weight>3[12]0[0-5])\d{6}"
    r"|(?P<gtin>0[12])(?P<digits>\d{14})"
    r"|(?P<count>30|37)0\d{7}"
)
#: What may follow those up to the end.
_REST: Final = re.compile(r"(?:(?P<text>10|21)[!-~]+|(?P<count>30|37)\d{1,8})?")
#: A count of a hundred thousand and more that may be a smaller one, a lot or a serial number.
_LONG_COUNT: Final = re.compile(r"(?P<count>[1-9]\d{0,4}?)(?:10|21)\d+")
_LONG_COUNT_DIGITS: Final = 6
_SHORTEST_PIECE: Final = 8


def where_swallowed(element: Element, *, others: Collection[str], today: date) -> int | None:
    """Return how many characters of a value are its own, or None when all are.

    ``others`` are the AIs that the label has anyway: what it has, was not swallowed.
    """
    value = element.value
    if element.ai in _COUNTS:
        return _in_count(value, others) if len(value) >= _LONG_COUNT_DIGITS else None
    if element.ai not in _TEXTS:
        return None
    for own in range(1, len(value) - _SHORTEST_PIECE + 1):
        if _is_elements(value, own, others=others, today=today):
            return own
    return None


def mended(text: str, element: Element, own: int) -> str:
    """Return a label's text with the separator that seems to be missing."""
    whole = f"{element.ai}{element.value}"
    cut = len(element.ai) + own
    return text.replace(whole, f"{whole[:cut]}{GS}{whole[cut:]}", 1)


def _in_count(value: str, others: Collection[str]) -> int | None:
    found = _LONG_COUNT.fullmatch(value)
    return len(found["count"]) if found and value[len(found["count"]) :][:2] not in others else None


def _is_elements(value: str, start: int, *, others: Collection[str], today: date) -> bool:
    """Tell whether the end of a value reads as elements that the label has not."""
    at = start
    while (piece := _PIECE.match(value, at)) and _holds(piece, others=others, today=today):
        at = piece.end()
    rest = _REST.fullmatch(value, at) if at > start else None
    return rest is not None and (rest["text"] or rest["count"]) not in others


def _holds(piece: re.Match[str], *, others: Collection[str], today: date) -> bool:
    ai = piece["date"] or piece["weight"] or piece["gtin"] or piece["count"]
    if ai in others:
        return False
    try:
        if piece["date"]:
            return read_date(ai, piece["day"], today)[0].year >= today.year - _YEARS_BACK_MAX
        if piece["gtin"]:
            plain_key(piece["digits"])
    except ScanError:
        return False
    return True
