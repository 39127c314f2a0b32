"""Reading a label's code: GS1-128, DataMatrix, QR and DataBar, what is printed below, and Digital Links.

One label gives one `Scan`, in whatever form it comes. What is wrong, and what is not certain, is a `ScanError` with a
fault of its own; nothing is guessed. What is not certain can be accepted by its name: the error has the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lotstream.domain.gtins import gtin_14
from lotstream.standards.dates import read_date, read_expiry_time
from lotstream.standards.elements import (
    DATES,
    EXPIRY_TIME,
    GS,
    GTIN_LENGTHS,
    Element,
    plain_key,
    printed_elements,
    scanned_elements,
)
from lotstream.standards.links import SCHEMES, linked_elements
from lotstream.standards.scan import Form, Scan, ScanError, ScanFault
from lotstream.standards.swallowed import mended, where_swallowed

__all__ = ["Form", "Scan", "ScanError", "ScanFault", "gtin_14", "read_scan"]

#: Characters of a scan. The largest symbols hold 3,000, those of GS1 labels well below 400.
TEXT_CHARS_MAX: Final = 1000
#: How scanners and people write the separator where the character itself does not come through.
SEPARATORS: Final = ("{GS}", "<GS>", "{FNC1}", "<FNC1>", "^]", "~1", "\N{SYMBOL FOR GROUP SEPARATOR}")
#: Kilograms in a pound, exactly (international yard and pound agreement of 1959).
KG_PER_LB: Final = Decimal("0.45359237")

#: Symbology identifiers of codes that hold element strings (General Specifications, figure 5.1.2-2).
_ELEMENT_CODES: Final = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
#: And of those that hold a number alone: EAN and UPC, with an add-on of two or five digits after it, and ITF-14.
_KEY_CODES: Final = frozenset({"]E0", "]E1", "]E2", "]E3", "]E4", "]I0", "]I1"})
_WITH_ADD_ON: Final = "]E3"
_EAN_DIGITS: Final = 13

_PREFIX: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_ISO_15434: Final = "[)>"
#: What parts the pieces of a text that is typed or copied.
_BLANKS: Final = re.compile(r"[\t\r\n]+")
_NO_CODE: Final = re.compile(rf"[^ -~{GS}]")
_FIELDS: Final = {
    "00": "sscc", "01": "gtin", "02": "content_gtin", "10": "lot", "21": "serial", "422": "origin",
}  # fmt: skip
_COUNTS: Final = {"30": "count", "37": "content_count"}
_DATES: Final = {"11": "made", "12": "due", "13": "packed", "15": "best_before", "16": "sell_by", "17": "expires"}
_KILOGRAMS: Final = "310"
_POUNDS: Final = "320"


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Something that is not certain, and can be accepted."""

    fault: ScanFault
    message: str
    ai: str | None = None
    value: str = ""
    #: The label's text as it seems to be meant.
    meant: str | None = None


def read_scan(
    text: str, *, today: date, accept: Iterable[ScanFault] = (), separators: Sequence[str] = ()
) -> Scan:  # fmt: skip
    """Return what a scanned or typed label says.

    ``today`` gives years their century. ``accept`` names faults that are taken as read: ``day_zero`` (the last day of
    the month), ``swallowed`` (the value as it stands), ``too_long`` (as far as it goes), ``not_gs1`` (as if it were),
    ``contradiction`` of a count. ``separators`` are further ways in which the scanner writes FNC1.
    Raises `ScanError` for everything else that is wrong, and where a fault is not accepted.
    """
    accepted = tuple(accept)
    scan, doubts = _read(text, today=today, separators=separators)
    for doubt in doubts:
        if doubt.fault not in accepted:
            meant = _meant(doubt, today)
            raise ScanError(doubt.fault, doubt.message, ai=doubt.ai, value=doubt.value, reading=scan, meant=meant)
    return scan


def _read(text: str, *, today: date, separators: Sequence[str]) -> tuple[Scan, list[_Doubt]]:
    raw = _cleaned(text, separators)
    prefix, code = _without_prefix(raw)
    doubts: list[_Doubt] = []
    form, elements, beside = _elements(prefix, code, doubts)
    known = _by_ai(elements)
    if form is Form.ELEMENT_STRING:
        doubts += _run_on(elements)
        doubts += _swallowed(code, elements, known, today)
    values = _values(known, today, doubts)
    doubts += _odd_count(known)
    faults = tuple(dict.fromkeys(doubt.fault for doubt in doubts))
    printed = "".join(f"({ai}){value}" for ai, value in known.items())
    scan = Scan(form=form, **values, accepted=faults, printed=printed)
    return (replace(scan, other={**scan.other, **beside}) if beside else scan), doubts


def _meant(doubt: _Doubt, today: date) -> Scan | None:
    """Return what the text says with the separator that seems to be missing, where it can be read so."""
    if doubt.meant is None:
        return None
    try:
        return _read(doubt.meant, today=today, separators=())[0]
    except ScanError:
        return None


def _cleaned(text: str, separators: Sequence[str]) -> str:
    """Return the text without what a scanner adds at its ends; raises `ScanError` where it cannot be a code."""
    if len(text) > TEXT_CHARS_MAX:
        message = f"The text has {len(text)} characters; no label has more than {TEXT_CHARS_MAX}."
        raise ScanError(ScanFault.TOO_LONG, message)
    code = text.strip(f" \t\r\n{GS}")
    if not code:
        raise ScanError(ScanFault.EMPTY, "There is nothing in the scan.")
    if not code.lower().startswith(SCHEMES):
        for written in (*separators, *SEPARATORS):
            code = code.replace(written, GS)
    if code.startswith("("):
        code = _BLANKS.sub(" ", code)
    if code.startswith(_ISO_15434):
        message = "The code is a message of ISO/IEC 15434, whose data identifiers are not GS1's."
        raise ScanError(ScanFault.UNREADABLE, message, value=code)
    if found := _NO_CODE.search(code):
        message = f"Character {found.start() + 1}, {found[0]!r}, is in no GS1 code."
        raise ScanError(ScanFault.UNREADABLE, message, value=code)
    return code


def _without_prefix(code: str) -> tuple[str, str]:
    """Split off the symbology identifier, ``]C1`` and the like, which says what sort of code was scanned."""
    prefix = code[:3] if _PREFIX.match(code) else ""
    rest = code[len(prefix) :].strip(GS)
    if not rest:
        raise ScanError(ScanFault.EMPTY, f"There is nothing in the scan after {prefix or 'its separators'}.")
    return prefix, rest


def _elements(
    prefix: str, code: str, doubts: list[_Doubt]
) -> tuple[Form, list[Element], dict[str, str]]:  # fmt: skip
    """Return form and pieces of a code, and what stands beside them."""
    if code.lower().startswith(SCHEMES):
        pieces = list(linked_elements(code))
        beside = dict(piece for piece in pieces if not isinstance(piece, Element))
        return Form.DIGITAL_LINK, [piece for piece in pieces if isinstance(piece, Element)], beside
    if prefix in _KEY_CODES:
        return Form.PLAIN, *_key_alone(prefix, code)
    if code.startswith("("):
        return Form.HUMAN_READABLE, list(printed_elements(code)), {}
    if prefix and prefix not in _ELEMENT_CODES:
        doubts.append(_other_symbology(prefix))
    if not prefix and code.isdigit() and (key := plain_key(code)) is not None:
        return Form.PLAIN, [key], {}
    return Form.ELEMENT_STRING, list(scanned_elements(code)), {}


def _key_alone(prefix: str, code: str) -> tuple[list[Element], dict[str, str]]:
    """Return the number in an EAN, UPC or ITF code, and its add-on."""
    digits, add_on = (code[:_EAN_DIGITS], code[_EAN_DIGITS:]) if prefix == _WITH_ADD_ON else (code, "")
    key = plain_key(digits) if digits.isdigit() and len(digits) in GTIN_LENGTHS else None
    if key is None:
        message = f"A code {prefix} should hold the number of a trade item, and {code!r} is none."
        raise ScanError(ScanFault.UNREADABLE, message, value=code)
    return [key], {"add_on": add_on} if add_on else {}


def _other_symbology(prefix: str) -> _Doubt:
    turned = prefix.swapcase()
    if turned in _ELEMENT_CODES | _KEY_CODES:
        message = f"{prefix} is {turned} with its letter turned over, as with Caps Lock on; so will those of lots be."
    else:
        message = f"The code's symbology identifier {prefix} is not one of GS1's: it was not made to hold GS1 data."
    return _Doubt(ScanFault.NOT_GS1, message, value=prefix)


def _by_ai(elements: Iterable[Element]) -> dict[str, str]:
    """Return values by AI; raises `ScanError` where one AI has two, or two AIs exclude each other."""
    known: dict[str, str] = {}
    for element in elements:
        if (before := known.setdefault(element.ai, element.value)) != element.value:
            message = f"({element.ai}) is there twice, {before} and {element.value}."
            raise ScanError(ScanFault.CONTRADICTION, message, ai=element.ai, value=element.value)
    if "01" in known and "02" in known:
        message = "(01) and (02) are there both: the label is one of a trade item or one of a pallet's content."
        raise ScanError(ScanFault.CONTRADICTION, message, ai="02", value=known["02"])
    return known


def _run_on(elements: Iterable[Element]) -> Iterable[_Doubt]:
    """Yield each value that may be longer than its AI allows: what was read after it may be its end."""
    for element in elements:
        if not element.ended:
            message = (
                f"({element.ai}) {element.value} is as long as it may be and no separator ends it: it may be longer."
            )
            yield _Doubt(ScanFault.TOO_LONG, message, element.ai, element.value)


def _swallowed(code: str, elements: Iterable[Element], known: Mapping[str, str], today: date) -> Iterable[_Doubt]:
    for element in elements:
        own = where_swallowed(element, others=known.keys(), today=today)
        if own is not None:
            ai, value = element.ai, element.value
            message = f"({ai}) {value} seems to be {value[:own]}, then {value[own:]}: no separator ends it."
            yield _Doubt(ScanFault.SWALLOWED, message, ai, value, mended(code, element, own))


def _values(known: Mapping[str, str], today: date, doubts: list[_Doubt]) -> dict[str, Any]:
    """Return the fields of a scan; what has no field of its own is ``other``."""
    fields: dict[str, Any] = {"other": {}}
    for ai, value in known.items():
        if ai in _FIELDS:
            fields[_FIELDS[ai]] = value
        elif ai in _COUNTS:
            fields[_COUNTS[ai]] = int(value)
        elif ai in DATES:
            fields[_DATES[ai]], no_day = read_date(ai, value, today)
            if no_day:
                message = f"({ai}) {value} has no day; by the standard it means {fields[_DATES[ai]]}."
                doubts.append(_Doubt(ScanFault.DAY_ZERO, message, ai, value))
        elif ai.startswith((_KILOGRAMS, _POUNDS)):
            _weigh(fields, ai, value)
        else:
            fields["other"][ai] = value
    _expire_by_time(fields, known, today)
    return fields


def _weigh(fields: dict[str, Any], ai: str, value: str) -> None:
    """Note a net weight; its AI's last digit is the number of decimals (section 3.6)."""
    weight = Decimal(int(value)).scaleb(-int(ai[3]))
    kilograms = weight * KG_PER_LB if ai.startswith(_POUNDS) else weight
    if fields.setdefault("weight_kg", kilograms) != kilograms:
        message = f"({ai}) {value} is another weight than the one before, {fields['weight_kg']} kg."
        raise ScanError(ScanFault.CONTRADICTION, message, ai=ai, value=value)


def _expire_by_time(fields: dict[str, Any], known: Mapping[str, str], today: date) -> None:
    if EXPIRY_TIME not in known:
        return
    value, expires = known[EXPIRY_TIME], fields.get("expires")
    last_day = read_expiry_time(value, today)
    if expires is not None and known["17"] != value[:6]:
        message = f"({EXPIRY_TIME}) {value} is another day than (17) {known['17']}."
        raise ScanError(ScanFault.CONTRADICTION, message, ai=EXPIRY_TIME, value=value)
    fields["expires"] = last_day


def _odd_count(known: Mapping[str, str]) -> Iterable[_Doubt]:
    """Yield a count of nothing: (37) counts trade items, (02), or pieces of them, (8026) (section 4.14)."""
    if "37" in known and not known.keys() & {"02", "8026"}:
        message = f"(37) {known['37']} counts what (02) names, and there is no (02)."
        yield _Doubt(ScanFault.CONTRADICTION, message, "37", known["37"])
