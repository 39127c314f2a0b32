"""Five hundred labels, written from the General Specifications and not from the code that reads them.

Each is made of parts whose meaning is known, so that what it has to say is known as well; sections are those of the
GS1 General Specifications and of the Digital Link URI Syntax.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from lotstream.standards.gs1 import ScanError, read_scan

TODAY = date(2026, 11, 22)
GS = "\x1d"
EXPIRES = date(2027, 12, 31)
LINK = "https://id.gs1.org"

Label = tuple[str, dict[str, Any] | str]
"""A label, and the fields it has to have or the fault."""


def with_check_digit(digits: str) -> str:
    """Return digits with the one that section 7.9 adds to them."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-weighted % 10}"


def spoiled(digits: str) -> str:
    """Return a number whose check digit is wrong."""
    return f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"


ITEM, CONTENT = with_check_digit("0950600013435"), with_check_digit("1061414199999")
PALLET, PLACE = with_check_digit("10614141234567890"), with_check_digit("061414112345")
NUMBERS = tuple(map(with_check_digit, ("9638507", "61414112345", "950600013435", "1950600013435", "0950600013435")))
LOTS = (
    "A",
    "0",
    "00",
    "abc",
    "ABCDEFGHIJKLMNOPQRST",
    "12345678901234567890",
    *(f"A{sign}1" for sign in "/-._+&%=:;,*?!\"'<>"),
)
NO_LOTS = tuple(f"A{sign}1" for sign in "#$@[\\{|`^ \N{LATIN CAPITAL LETTER A WITH DIAERESIS}\N{FULLWIDTH DIGIT ONE}")
DATED = {"11": "made", "12": "due", "13": "packed", "15": "best_before", "16": "sell_by", "17": "expires"}


def forms() -> Iterator[Label]:
    """Yield one label as scanners send it: prefix, separator, what comes before and after."""
    said = {"gtin": ITEM, "expires": EXPIRES, "lot": "L24A", "serial": "S1"}
    for prefix in ("", "]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"):
        for separator in (GS, "{GS}", "<GS>", "{FNC1}", "<FNC1>", "^]", "~1", "\N{SYMBOL FOR GROUP SEPARATOR}"):
            yield f"{prefix}01{ITEM}1727123110L24A{separator}21S1", said
        for end in ("\r\n", "\n", "\r", " ", "\t", GS, f"{GS}\r\n"):
            yield f"{prefix}01{ITEM}10L24A{end}", {"gtin": ITEM, "lot": "L24A"}
        yield f"{prefix}{GS}01{ITEM}10L24A", {"gtin": ITEM, "lot": "L24A"}
        yield f"{prefix}10L24A{GS}01{ITEM}", {"gtin": ITEM, "lot": "L24A"}
    for prefix in ("]C0", "]d1", "]Q1", "]c1", "]X0"):
        yield f"{prefix}01{ITEM}10L", "not_gs1"
    for nothing in ("]C1", "]d2", "]Q3", "]e0", "", "   ", "\r\n", GS, f"]C1{GS}", "]C1\r\n"):
        yield nothing, "empty"
    for text in (
        "]C1Hello",
        "ABC",
        "]E012345",
        "\0",
        f"01{ITEM}10L\0",
        f"01{ITEM}10L{{gs}}1",
        "(1)5",
        "()",
        "(10",
    ):
        yield text, "unreadable"


def numbers() -> Iterator[Label]:
    """Yield trade items of every length and pallets, alone and under their identifiers, right and wrong (3.2, 7.9)."""
    for number in NUMBERS:
        gtin = number.zfill(14)
        for label in (number, f"(01){gtin}", f"]C101{gtin}", f"{LINK}/01/{gtin}", f"{LINK}/01/{number}"):
            yield label, {"gtin": gtin}
        wrong = spoiled(number)
        for label in (
            wrong,
            f"(01){wrong.zfill(14)}",
            f"]C101{wrong.zfill(14)}",
            f"{LINK}/01/{wrong}",
            f"(02){wrong.zfill(14)}",
        ):
            yield label, "wrong_check_digit"
    for label in (PALLET, f"00{PALLET}", f"(00){PALLET}", f"https://shop.example/00/{PALLET}"):
        yield label, {"sscc": PALLET}
    for label in (spoiled(PALLET), f"]C100{spoiled(PALLET)}", f"(00){PALLET}(410){spoiled(PLACE)}"):
        yield label, "wrong_check_digit"
    pallet = {"sscc": PALLET, "content_gtin": CONTENT, "content_count": 48, "lot": "L7"}
    yield f"]C100{PALLET}02{CONTENT}3748{GS}10L7", pallet
    yield f"(00){PALLET}(02){CONTENT}(37)48(10)L7", pallet
    yield f"{LINK}/00/{PALLET}?02={CONTENT}&37=48&10=L7", pallet
    yield f"(01){ITEM}(37)48", "contradiction"
    yield f"(01){ITEM}(02){CONTENT}(37)3", "contradiction"
    for digits in (14, 18):
        yield f"({'01' if digits == 14 else '00'}){'0' * digits}", "unreadable"


def dates() -> Iterator[Label]:
    """Yield each kind of date, right, without a day, and impossible (3.4, 7.12)."""
    for ai, field in DATED.items():
        yield f"01{ITEM}{ai}27123110L", {"lot": "L", field: EXPIRES}
        yield f"(01){ITEM}({ai})280229", {field: date(2028, 2, 29)}
        for wrong in ("271331", "270230", "270000", "271232", "270229", "27123", "27AB31"):
            yield f"(01){ITEM}({ai}){wrong}", "bad_date"
        for label in (f"01{ITEM}{ai}271200", f"(01){ITEM}({ai})270200", f"{LINK}/01/{ITEM}?{ai}=271200"):
            yield label, "day_zero"
    for years, fault in (("76", "bad_date"), ("77", "bad_date"), ("57", "bad_date")):
        yield f"(01){ITEM}(17){years}1231", fault
    yield f"(01){ITEM}(7003)2712311400", {"expires": EXPIRES}
    yield f"(01){ITEM}(7003)2712310000", {"expires": date(2027, 12, 30)}
    for wrong in ("2712312400", "2712311460", "2712001400", "2713011400"):
        yield f"(01){ITEM}(7003){wrong}", "bad_date"


def lots() -> Iterator[Label]:
    """Yield lots of every character that is allowed, of some that are not, too long ones and swallowed ones (7.11)."""
    for lot in LOTS:
        for label in (f"01{ITEM}10{lot}", f"(01){ITEM}(10){lot}", f"{LINK}/01/{ITEM}/10/{quote(lot, safe='')}"):
            yield label, {"gtin": ITEM, "lot": lot}
        yield f"{LINK}/01/{ITEM}?10={quote(lot, safe='')}", {"gtin": ITEM, "lot": lot}
    for lot in NO_LOTS:
        for label in (f"]C101{ITEM}10{lot}", f"(01){ITEM}(10){lot}", f"{LINK}/01/{ITEM}/10/{quote(lot, safe='')}"):
            yield label, "unreadable"
    for lot in ("A(1", "A)1", "(A)"):
        yield f"]C101{ITEM}10{lot}", {"lot": lot}
    for length in (21, 30):
        for label in (f"(10){'A' * length}", f"]C110{'A' * length}", f"{LINK}/01/{ITEM}/10/{'A' * length}"):
            yield label, "too_long"
    for hidden in ("17271231", "11260101", "15271231", "3103002500", "3201000123", "1727123121SER", "3700000048"):
        yield f"]C110ABC123{hidden}", "swallowed"
        yield f"(10)ABC123{hidden}", {"lot": f"ABC123{hidden}"}
    for lot in ("ABC12317991399", "AB1713", "20271231", "L2612", "240612AB"):
        yield f"]C101{ITEM}10{lot}", {"lot": lot}
    for label in (f"(01){ITEM}(10)", f"]C101{ITEM}10", f"{LINK}/01/{ITEM}?10="):
        yield label, "unreadable"


def measures() -> Iterator[Label]:
    """Yield weights, counts and what has no field of its own (3.6, 3.7)."""
    for decimals in range(6):
        weight = Decimal(2345).scaleb(-decimals)
        yield f"01{ITEM}310{decimals}00234510L", {"weight_kg": weight, "lot": "L"}
        yield f"(01){ITEM}(320{decimals})002345", {"weight_kg": weight * Decimal("0.45359237")}
    for wrong in ("(3106)002345", "(3103)2345", "(3103)00234A", "(30)1A", "(30)1.5", "(30)-1", "(8005)125", "(422)84"):
        yield f"(01){ITEM}{wrong}", "unreadable"
    yield f"(01){ITEM}(3103)002345(3102)000234", "contradiction"
    yield f"01{ITEM}3012{GS}10L", {"count": 12, "lot": "L"}
    for ai, value in (("8005", "000125"), ("240", "X-1"), ("241", "C9"), ("20", "07"), ("250", "S2"), ("90", "X")):
        yield f"(01){ITEM}({ai}){value}", {"other": {ai: value}}
    for ai in map(str, range(91, 100)):
        yield f"01{ITEM}{ai}abc{GS}10L", {"other": {ai: "abc"}, "lot": "L"}
    yield f"(01){ITEM}(91){'x' * 91}", "too_long"


def twice_and_links() -> Iterator[Label]:
    """Yield what is said twice, alike and otherwise, and links of every shape."""
    yield f"]C101{ITEM}10L{GS}10L", {"lot": "L"}
    for label in (f"]C101{ITEM}10L{GS}10M", f"(01){ITEM}(01){CONTENT}", "(17)271231(17)271230", "(21)1(21)2"):
        yield label, "contradiction"
    for path in (
        "/10/L",
        "/10/L/",
        "/21/S/10/L",
        "/22/V/10/L/21/S",
        "/lot/L",
        "/10/L#top",
        "/10/%4C",
        "?10=L&linkType=x",
    ):
        yield f"{LINK}/01/{ITEM}{path}", {"gtin": ITEM, "lot": "L"}
    for host in (
        "http://shop.example/some/path",
        "HTTPS://ID.GS1.ORG",
        "https://a.example:443",
        "https://a.example/01/tea",
    ):
        yield f"{host}/01/{ITEM}/10/L", {"gtin": ITEM, "lot": "L"}
    yield f"{LINK}/gtin/{ITEM}/lot/L?exp=271231", {"gtin": ITEM, "lot": "L", "expires": EXPIRES}
    yield f"{LINK}/AQnYUc1gmiERhtJZ", "compressed"
    for wrong in (
        "/10/L",
        "/",
        "/01/",
        f"/01/{ITEM}/10",
        f"/01/{ITEM}/XX/1",
        f"/01/{ITEM}/10/L%1D1",
        f"/01/{ITEM}/10/%00",
    ):
        yield f"{LINK}{wrong}", "unreadable"


@pytest.mark.parametrize("theme", [forms, numbers, dates, lots, measures, twice_and_links])
def test_labels_say_what_the_standard_says(theme: Any) -> None:  # noqa: ANN401 - a function of this file
    """Every field that a label has to have it has, and what is wrong with one has the name of its fault."""
    differing = [(label, wanted, found) for label, wanted in theme() if (found := _found(label, wanted)) != wanted]
    assert differing == []


def _found(label: str, wanted: dict[str, Any] | str) -> dict[str, Any] | str:
    """Return the fault of a label, or those of its fields that are asked for."""
    try:
        scan = read_scan(label, today=TODAY)
    except ScanError as error:
        return error.fault.value
    return {name: getattr(scan, name) for name in wanted} if isinstance(wanted, dict) else scan.printed


def test_there_are_five_hundred_of_them() -> None:
    """As many different ones as are spoken of."""
    assert (
        len({label for theme in (forms, numbers, dates, lots, measures, twice_and_links) for label, _ in theme()}) > 500
    )
