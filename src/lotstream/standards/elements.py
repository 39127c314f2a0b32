"""Element strings: the pieces of a label's text, each an application identifier (AI) and its value.

biip knows the identifiers and what their values look like. Its own parser lets wrong check digits, missing separators
and empty values pass in silence and takes its century from the machine's clock, so pieces are cut and checked here.
Sections are those of the GS1 General Specifications.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from lotstream.domain.gtins import GTIN_DIGITS
from lotstream.standards.scan import ScanError, ScanFault

#: What scanners send for FNC1, which ends a value of varying length (section 7.8).
GS: Final = "\x1d"
#: Lengths of trade item numbers in their own forms (section 2.1).
GTIN_LENGTHS: Final = (8, 12, 13, 14)
SSCC_DIGITS: Final = 18
#: Plain dates YYMMDD, whose day may be 00 (section 3.4).
DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})
EXPIRY_TIME: Final = "7003"
#: Trade items, pallets, and places: what ends in a check digit (section 7.9).
_GTINS: Final = frozenset({"01", "02", "03"})
_CHECKED: Final = _GTINS | {"00"} | {f"41{which}" for which in range(8)}
_AI_CHARS_MAX: Final = 4
#: Texts that begin differently, of which the identifier is remembered.
_BEGINNINGS_MAX: Final = 4096
_BRACKETED: Final = re.compile(r"\((\d{2,4})\)([^(]*)")


@dataclass(frozen=True, slots=True)
class Element:
    """One piece of a label's text."""

    ai: str
    value: str
    #: It ends where it has to, or a separator ends it: it cannot be longer.
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Identifier:
    """An AI, and what its values look like."""

    ai: str
    #: The AI with its value.
    pattern: re.Pattern[str]
    #: Digits alone.
    numeric: bool
    #: Values differ in length.
    varies: bool
    longest: int


@lru_cache(_BEGINNINGS_MAX)
def identifier(beginning: str) -> Identifier | None:
    """Return the AI that a text begins with; ``beginning`` is as much of it as an AI may have."""
    try:
        known = GS1ApplicationIdentifier.extract(beginning)
    except ParseError:
        return None
    parts = known.format.split("+")[1:]
    return Identifier(
        known.ai,
        # The digits of other alphabets are none here.
        re.compile(known.pattern.removesuffix("$"), re.ASCII),
        numeric=not any(kind in part for part in parts for kind in "XYZ"),
        varies=any(mark in part for part in parts for mark in (".", "[")),
        longest=sum(int(length) for part in parts for length in re.findall(r"\d+", part)[-1:]),
    )


def known_ai(ai: str) -> Identifier | None:
    """Return the AI that is written so, whole, or None."""
    found = identifier(ai)
    return found if found is not None and found.ai == ai else None


def scanned_elements(text: str) -> Iterator[Element]:
    """Yield the pieces of an element string; AIs stand in any order, and separators may stand after every value.

    Raises `ScanError` where the text is none.
    """
    rest, open_one = text.lstrip(GS), None
    while rest:
        known = identifier(rest[:_AI_CHARS_MAX])
        found = known.pattern.match(rest) if known is not None else None
        if known is None or found is None:
            raise _not_read(text, rest, known) if open_one is None else _ran_on(*open_one, rest)
        value, after = found[0].removeprefix(known.ai), rest[found.end() :]
        open_one = (known, value) if known.varies and after and not after.startswith(GS) else None
        yield checked(Element(known.ai, value, ended=open_one is None))
        rest = after.lstrip(GS)


def printed_elements(text: str) -> Iterator[Element]:
    """Yield the pieces of a label's text in brackets, ``(01)…(10)…``; raises `ScanError` where it is none."""
    pieces = _BRACKETED.findall(text)
    if "".join(f"({ai}){value}" for ai, value in pieces) != text:
        # A bracket inside a value cannot be told from the next AI; biip drops what follows it.
        raise ScanError(
            ScanFault.UNREADABLE, f"What stands in brackets in {text!r} is not an AI of two to four digits.", value=text
        )
    for ai, value in pieces:
        known = known_ai(ai)
        if known is None:
            raise ScanError(ScanFault.UNREADABLE, f"There is no application identifier ({ai}).", ai=ai, value=value)
        yield named_element(known, _without_spaces(known, value.strip(f" {GS}")))


def named_element(known: Identifier, value: str) -> Element:
    """Return a piece whose AI and value are given apart; raises `ScanError` where the value is none of the AI's."""
    if known.ai in _GTINS and len(value) in GTIN_LENGTHS:
        value = value.zfill(GTIN_DIGITS)
    if not known.pattern.fullmatch(f"{known.ai}{value}"):
        raise _no_value(known, value)
    return checked(Element(known.ai, value))


def plain_key(digits: str) -> Element | None:
    """Return the piece that a number without an AI is, by its length: a trade item's number or an SSCC."""
    if len(digits) in GTIN_LENGTHS:
        return checked(Element("01", digits.zfill(GTIN_DIGITS)), written=digits)
    if len(digits) == SSCC_DIGITS:
        return checked(Element("00", digits), written=digits)
    return None


def checked(element: Element, *, written: str | None = None) -> Element:
    """Return a piece again; raises `ScanError` where its check digit is wrong or nothing stands in it."""
    ai, value = element.ai, element.value
    if not value:
        raise _empty(ai)
    if ai not in _CHECKED:
        return element
    right = gs1_standard_check_digit(value[:-1])
    if int(value[-1]) != right:
        message = f"The check digit of {written or f'({ai}) {value}'} is {value[-1]} and should be {right}."
        raise ScanError(ScanFault.WRONG_CHECK_DIGIT, message, ai=ai, value=value)
    if not value.strip("0"):
        # Zeros have a right check digit, and are what a printer without data prints.
        raise ScanError(ScanFault.UNREADABLE, f"({ai}) is nothing but zeros.", ai=ai, value=value)
    return element


def _empty(ai: str) -> ScanError:
    return ScanError(ScanFault.UNREADABLE, f"({ai}) has no value.", ai=ai)


def _no_value(known: Identifier, value: str) -> ScanError:
    """Return why a text is no value of an AI."""
    ai = known.ai
    if not value:
        return _empty(ai)
    if ai in DATES:
        return ScanError(ScanFault.BAD_DATE, f"({ai}) {value} is no date as YYMMDD.", ai=ai, value=value)
    if len(value) > known.longest:
        message = f"({ai}) has at most {known.longest} characters, and {len(value)} are here: {value}."
        return ScanError(ScanFault.TOO_LONG, message, ai=ai, value=value)
    return ScanError(ScanFault.UNREADABLE, f"{value!r} is no value of ({ai}).", ai=ai, value=value)


def _without_spaces(known: Identifier, value: str) -> str:
    """Return a printed value without the spaces that group its digits; in a text they are no part of the code."""
    if " " in value and not known.numeric:
        message = f"({known.ai}) {value!r} has a space, which no GS1 code can hold."
        raise ScanError(ScanFault.UNREADABLE, message, ai=known.ai, value=value)
    return value.replace(" ", "")


def _not_read(text: str, rest: str, known: Identifier | None) -> ScanError:
    """Return why nothing can be read at ``rest``, before which all has ended."""
    if known is not None:
        return _no_value(known, rest.removeprefix(known.ai).split(GS, 1)[0][: known.longest])
    where = f"at character {len(text) - len(rest) + 1}"
    message = f"{rest[:_AI_CHARS_MAX]!r} {where} begins with no application identifier."
    return ScanError(ScanFault.UNREADABLE, message, value=rest)


def _ran_on(known: Identifier, value: str, rest: str) -> ScanError:
    """Return why nothing can be read right after a value of varying length that no separator ends."""
    ai, whole = known.ai, value + rest.split(GS, 1)[0]
    if len(value) >= known.longest:
        message = f"({ai}) has at most {known.longest} characters, and {len(whole)} stand before the next separator."
        return ScanError(ScanFault.TOO_LONG, message, ai=ai, value=whole)
    if known.numeric:
        message = f"({ai}) {whole} has swallowed what comes after it: no separator ends it."
        return ScanError(ScanFault.SWALLOWED, message, ai=ai, value=whole)
    return ScanError(ScanFault.UNREADABLE, f"{rest[0]!r} in ({ai}) {whole!r} is in no GS1 code.", ai=ai, value=whole)
